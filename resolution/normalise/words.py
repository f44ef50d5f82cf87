"""Words that names are made of: legal forms, places, titles, free-mail domains. Frozen data of our own."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL_FORMS = _set(
    "inc incorporated corp corporation co company companies ltd limited llc llp lp plc pty gmbh ggmbh "
    "mbh ag kg kgaa ohg ug "
    "se sa sas sasu sarl eurl snc spa srl srls sapa bv nv vof cv ab aktiebolag hb oy oyj abp as asa "
    "aps ivs spzoo sro doo dd ad "
    "kft zrt nyrt bt sl slu sau slne ltda eireli cia kk gk pte bhd sdn pvt private ooo oao zao pao "
    "jsc ojsc cjsc pjsc "
    "tbk pt ev eg gbr lda unipessoal ehf hf oü ou uab sia as ivzw vzw bvba sprl asbl sca scs kb ek ik "
    "dac uc ulc pc pllc psc publ aktiengesellschaft kommanditgesellschaft gesmbh pjs too tov pat prat fze fzco wll "
    "osakeyhtio aktieselskab anpartsselskab allmennaksjeselskap limitada sti sirketi sirketler nyilvanosan spk spj sc"
)
NATIVE_FORMS = "股份有限公司|有限责任公司|有限責任公司|有限公司|株式会社|合同会社|有限会社|주식회사|유한회사|㈜|בע.?מ"
"""Legal forms in scripts that write no spaces, before anything is transliterated."""
LEGAL_PHRASES = (
    "public limited company|limited liability (?:company|partnership)|private limited|proprietary limited|"
    "sendirian berhad|societe anonyme|societe a responsabilite limitee|societe par actions simplifiee|"
    "societe en nom collectif|sociedad anonima de capital variable|sociedad anonima|sociedad limitada|"
    "sociedad de responsabilidad limitada|sociedade anonima|societa per azioni|societa a responsabilita limitata|"
    "societa in nome collettivo|spolka akcyjna|spolka jawna|spolka komandytowa|spolka cywilna|"
    "spolka z ograniczona odpowiedzialnoscia|spolka z o ?o|sp z o ?o|sp k|sp j|"
    "akciova spolecnost|akciova spolocnost|spolecnost s rucenim omezenym|spolocnost s rucenim obmedzenym|spol s r o|"
    "korlatolt felelossegu tarsasag|zartkoruen mukodo reszvenytarsasag|reszvenytarsasag|"
    "drustvo s ogranicenom odgovornoscu|anonim sirketi|limited sirketi|ltd sti|naamloze vennootschap|"
    "besloten vennootschap|gesellschaft mit beschrankter haftung|kabushiki kaisha|godo kaisha|yugen kaisha|"
    "perseroan terbatas|obshchestvo s ogranichennoi otvetstvennostyu|aktsionernoe obshchestvo|"
    "s a de c v|sa de cv|s de r l|s p a|s a r l|s r l|s n c|s a s|s r o|g m b h|ges m b h|b v|n v|s a|k k|p l c|"
    "l l c|l l p|d o o|(?:s c|a s|e v|e k) *$"
)
"""Legal forms of several words, folded to ASCII, longest first where one begins another."""
PREFIX_FORMS = _set(
    "the pt ooo oao zao pao jsc uab sia firma ab aktiebolag aktiengesellschaft gmbh sarl srl eurl sasu ltd llc plc bv "
    "sprl bvba oyj kft zrt"
)
FILLER = _set("the and und et y e of de des der die das la le les el los van von for i och og")

WORD_STEMS = {
    stem: words.split()
    for stem, words in {
        "intl": "international internationale internacional internazionale int intern",
        "tech": (
            "technology technologies technologie technologien technologi teknologi "
            "tecnologia tecnologias technik teknik technologic technologica techn"
        ),
        "sys": "system systems systemes systeme systemen sistemas sistemi syst",
        "sol": "solution solutions losungen soluciones soluzioni soln solns",
        "svc": "service services servicios servizi svcs serv dienste dienst",
        "mfg": "manufacturing manufacturers manufacture manuf manufact",
        "grp": "group gruppe groupe gruppo grupo groep gruppen koncern grupp",
        "hldg": "holding holdings hldgs hold",
        "ind": "industry industries industrie industrien industrial industriel industria indus inds indl",
        "assoc": "associates associated associes asociados assocs association",
        "bros": "brothers gebruder freres hermanos fratelli",
        "natl": "national nationale nacional nationwide nat",
        "mgmt": "management managements mgt",
        "eng": "engineering engineers ingenieria ingenieure ingenierie engr engrg",
        "lab": "laboratory laboratories labs laboratorium laboratoire laboratoires laboratorios",
        "univ": "university universitat universite universidad universita universiteit",
        "pharma": "pharmaceutical pharmaceuticals pharm pharmaceutica pharmazeutika",
        "elec": "electric electrical electronics electronic elektronik elektrotechnik electronique elektro electr",
        "comm": "communication communications telecom telecommunications komm commun comms",
        "dev": "development developments entwicklung",
        "dist": "distribution distributors distributing distr",
        "fin": "finance financial finanz financiera financiere finans",
        "cons": "consulting consultants consultancy consult conseil beratung",
        "log": "logistics logistik logistique logistica",
        "log2": "logistic",
        "chem": "chemical chemicals chemie chimie quimica kemi",
        "auto": "automotive automobile automobiles",
        "env": "environmental environment umwelt",
        "med": "medical medicine medizin medizintechnik medica",
        "res": "research resources",
        "soft": "software softwares",
        "prod": "products production productions produkte",
        "trans": "transport transportation transporte transports",
        "ent": "enterprise enterprises entreprise entreprises empresas",
        "prop": "properties property immobilien",
        "equip": "equipment equipments",
        "mach": "machinery machines maschinen machine maschinenbau",
        "agri": "agriculture agricultural agrar",
        "part": "partner partners partnership",
        "cap": "capital",
        "dyn": "dynamics dynamic",
        "inst": "institute institution instrument instruments",
        "bank": "banking banque banco banca",
        "ctr": "center centre zentrum centro",
        "dept": "department",
        "ass": "insurance assurance versicherung assurances",
        "innov": "innovation innovations innovative",
        "net": "network networks netzwerk",
        "biotech": "biotechnology biotechnologies biotechnologie",
        "nanotech": "nanotechnology",
    }.items()
}
STEM_OF = {word: stem for stem, words in WORD_STEMS.items() for word in words}

GENERAL_WORDS = _set("grp hldg intl sol svc ind assoc natl mgmt comm mfg global general co company partners ventures")
"""Stems and words that name nobody: where a name has no others, their order is all that it says."""
TRADE_WORDS = _set(
    "law office clinic veterinary dental dentist hospital medical health care pharmacy church baptist school academy "
    "college university faculty institute foundation trust society club union council board state city town county "
    "district government ministry agency authority commission committee court police fire station airport port museum "
    "library theatre theater hotel restaurant cafe bakery bar grill store shop shops market supermarket mall center "
    "estate realty real home house construction builder building contractor contractors plumbing heating roofing "
    "electric painting landscaping cleaning repair auto car tire motor motors truck trucking freight shipping "
    "transport storage warehouse farm farms food foods beverage coffee water gas oil energy solar power mining steel "
    "metal plastics paper printing press media news radio television film studio studios photography design "
    "advertising marketing travel tours insurance credit federal savings loan bank trust capital investment "
    "investments financial accounting tax equity fund ventures partners advisors consulting staffing security "
    "software technology technologies data digital computer electronics semiconductor imaging optical laboratories "
    "sciences science research clinical therapeutics pharmaceuticals biosciences genetics diagnostics surgical "
    "equipment supply supplies wholesale distributors trading import export imports furniture jewelry clothing "
    "fashion shoes toys sports fitness gym salon spa beauty child children day early learning preschool nursery "
    "youth boys girls senior living nursing family community public private national american united first general "
    "regents directors trustees department division unit section representative represented behalf administration "
    # as other languages call them
    "gesellschaft forderung angewandten forschung wissenschaft wissenschaften hochschule fachhochschule klinik "
    "klinikum krankenhaus stadt gemeinde landkreis landesamt bundesamt verein stiftung verlag handel handels bau "
    "hausverwaltung zahnarztpraxis arztpraxis apotheke backerei metzgerei rechtsanwalte steuerberater werke stadtwerke "
    "ecole lycee hopital hospitalier mairie commune ville conseil regional departement ministere laboratoire recherche "
    "scientifique centre boulangerie pharmacie cabinet syndicat mutuelle societe etablissements "
    "ayuntamiento comunidad ministerio gobierno hospital clinica colegio escuela instituto consejo investigaciones "
    "cientificas fundacion asociacion despacho abogados farmacia panaderia inmobiliaria construcciones comercial "
    "comune provincia regione ministero istituto scuola ospedale farmacia studio legale azienda agricola immobiliare "
    "arredamenti costruzioni consiglio ricerche nazionale universita politecnico "
    "prefeitura municipal secretaria escola faculdade comercio servicos construtora fundacao "
    "urzad miasta gmina szkola szpital instytut uniwersytet politechnika apteka piekarnia nieruchomosci doradztwo "
    "budownictwo fundacja stowarzyszenie gabinety zaklad przedsiebiorstwo handlowe uslugowe produkcyjne syn syny "
    "gemeente stichting vereniging ziekenhuis bouw bakkerij apotheek makelaardij kommun stiftelsen forening skole "
    "sykehus sjukhus fabrik handel bygg fastighet sons daughters"
) | frozenset(WORD_STEMS)
"""What organisations do or are: such words go together (law office, board of regents), and name nobody."""
BRANCH_WORDS = _set(
    "nordic nordics scandinavia europe european emea apac asia asian pacific america americas latam "
    "iberia benelux dach africa "
    "deutschland germany german france francaise uk britain usa us canada italia italy espana spain "
    "portugal polska poland sverige "
    "sweden norge norway danmark denmark suomi finland nederland netherlands belgium schweiz suisse "
    "switzerland austria "
    "osterreich ireland india china japan korea singapore australia brasil brazil mexico north south "
    "east west northern southern "
    "eastern western central subsidiary branch division hldg labs lab leasing finance fin cap "
    "logistics log retail digital cloud "
    "energy services svc research res mobility health"
)

PERSON_TITLES = _set(
    "mr mrs ms miss mx dr prof professor sir dame herr frau fru mme mlle m monsieur madame sr sra ing dipl mag"
)
PERSON_SUFFIXES = _set("jr sr ii iii iv phd md mba msc bsc cpa esq dds")
PARTICLES = _set("van von der den de del della di da dos das du la le ter ten af zu zur bin ibn al el st mac")

ROLE_ADDRESSES = _set(
    "info office sales contact kontakt hello admin support billing accounts accounting invoice "
    "invoices mail team service hr reception "
    "post zentrale buchhaltung einkauf purchasing procurement marketing finance it help helpdesk "
    "noreply no-reply webmaster enquiries "
    "facture compta rechnung faktura"
)

FREE_MAIL = _set(
    "gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it ymail.com "
    "hotmail.com hotmail.co.uk "
    "hotmail.de hotmail.fr hotmail.se outlook.com outlook.de outlook.fr live.com live.co.uk live.se "
    "msn.com aol.com icloud.com "
    "me.com mac.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de mail.com "
    "mail.ru yandex.ru yandex.com "
    "bk.ru list.ru inbox.ru proton.me protonmail.com pm.me tutanota.com zoho.com fastmail.com hey.com "
    "qq.com 163.com 126.com "
    "sina.com naver.com daum.net hanmail.net rediffmail.com orange.fr wanadoo.fr free.fr laposte.net "
    "sfr.fr libero.it "
    "virgilio.it tin.it alice.it telia.com spray.se bredband.net comhem.se wp.pl o2.pl onet.pl "
    "interia.pl seznam.cz centrum.cz "
    "btinternet.com sky.com virginmedia.com ntlworld.com comcast.net verizon.net att.net "
    "sbcglobal.net cox.net bellsouth.net "
    "earthlink.net uol.com.br bol.com.br terra.com.br bigpond.com optusnet.com.au hushmail.com "
    "mailinator.com example.com"
)
