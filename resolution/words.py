"""Words that names are made of: legal forms, places, nicknames, free-mail domains. Frozen data of our own."""


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
    "dac uc ulc pc pllc psc"
)
PREFIX_FORMS = _set("the pt ooo oao zao pao jsc uab sia firma")
FILLER = _set("the and und et y e of de des der die das la le les el los van von for")

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

NICKNAMES: dict[str, list[str]] = {
    name: short.split()
    for name, short in {
        "abigail": "abby abbie gail",
        "adam": "ad",
        "adelaide": "addie",
        "albert": "al bert bertie",
        "alexander": "alex al sandy xander sasha lex alec aleksander alexandre alejandro aleks",
        "alexandra": "alex sandra sasha lexi alexa aleksandra",
        "alfred": "al fred alf alfie",
        "alison": "ali allison allie",
        "amanda": "mandy amy",
        "andrea": "andi",
        "andrew": "andy drew andreas anders andre andrei andres andrzej",
        "angela": "angie angel",
        "ann": "anne anna annie nan annette anya hanna hannah",
        "anthony": "tony ant antoine antonio anton antony toni",
        "arthur": "art artie arturo",
        "barbara": "barb babs barbie bobbie",
        "benedict": "ben",
        "benjamin": "ben benny benji",
        "bernard": "bernie bern bernhard",
        "beverly": "bev",
        "bradley": "brad",
        "brian": "bryan bri",
        "calvin": "cal",
        "cameron": "cam",
        "carl": "karl carlos",
        "caroline": "carrie carol caro carolyn karoline",
        "catherine": (
            "kate katie cathy kathy cat kit katherine kathryn katarina "
            "katharina catharina kathleen catrin kati"
        ),
        "charles": "charlie chuck chas karl carlos charly",
        "charlotte": "lottie charlie lotte",
        "christina": "chris tina christine kristina kristin kirsten christy chrissy",
        "christopher": "chris kit topher kristoffer christoph christophe cristobal christian kris",
        "cynthia": "cindy",
        "daniel": "dan danny dani",
        "danielle": "dani",
        "david": "dave davy davey",
        "deborah": "deb debbie debra debs",
        "dennis": "denny den denis",
        "diana": "di diane dianne",
        "dominic": "dom dominik dominique nick",
        "donald": "don donny",
        "dorothy": "dot dottie dorothea",
        "douglas": "doug",
        "edward": "ed eddie ted teddy ned eduard eduardo edvard",
        "edwin": "ed eddie",
        "eleanor": "ellie nell nora elinor",
        "elizabeth": "liz beth betty lizzie eliza lisa elisabeth betsy bess elise libby elisabet elsbeth",
        "emily": "em emmy",
        "emma": "em",
        "ernest": "ernie ernst",
        "eugene": "gene",
        "evelyn": "eve",
        "florence": "flo",
        "frances": "fran francesca franny fanny",
        "francis": "frank fran franz francois francisco francesco",
        "franklin": "frank",
        "frederick": "fred freddy fritz friedrich fredrik federico frederic",
        "gabriel": "gabe",
        "gabrielle": "gabby gaby",
        "geoffrey": "geoff jeff jeffrey",
        "george": "georg jorge georges jorgen giorgio jurgen",
        "gerald": "gerry jerry gerard gerhard",
        "gregory": "greg gregor",
        "harold": "harry hal harald",
        "harry": "hal",
        "helen": "helena nell helene elena ellen",
        "henry": "harry hank hal heinrich henrik henri enrique",
        "howard": "howie",
        "hugh": "hughie hugo",
        "ian": "iain",
        "isaac": "ike zac",
        "isabella": "bella isabel izzy isabelle",
        "jacob": "jake jakob jacques",
        "jacqueline": "jackie jacqui",
        "james": "jim jimmy jamie jaime jaap",
        "jane": "janie jenny",
        "janet": "jan",
        "jason": "jay",
        "jean": "jeannie",
        "jennifer": "jen jenny jenn jennie",
        "jeremy": "jem jerry jez",
        "jessica": "jess jessie",
        "joan": "joanie",
        "joanna": "jo joanne johanna",
        "john": "jack johnny jon jean juan johan johannes hans jan giovanni ivan jens ioannis",
        "jonathan": "jon nathan jonny jonatan",
        "joseph": "joe joey jose josef jo pepe giuseppe",
        "josephine": "jo josie",
        "joshua": "josh",
        "judith": "judy jude",
        "julia": "julie jules juliana",
        "julian": "jules",
        "justin": "jus",
        "karen": "kari karin",
        "kenneth": "ken kenny kent",
        "kevin": "kev",
        "kimberly": "kim",
        "kristen": "kris",
        "lars": "lasse lorenz",
        "laura": "laurie lori",
        "lawrence": "larry lars laurence laurie laurent lorenzo lorenz",
        "leonard": "leo len lenny leonardo",
        "leslie": "les",
        "lillian": "lily lil",
        "louis": "lou louie lewis luis ludwig luigi",
        "louise": "lou luisa lulu",
        "lucas": "luke luca lukas",
        "lucy": "lucille lucia",
        "madeline": "maddie madeleine",
        "magdalena": "lena magda",
        "malcolm": "mal",
        "marcus": "marc mark marco markus",
        "margaret": "maggie meg peggy marge margie greta rita margareta margarete margot daisy gretchen",
        "maria": "mary marie mia ria maja",
        "martha": "marty",
        "martin": "marty martijn",
        "mary": "molly polly may marie maria",
        "matthew": "matt matty mats mateo matthias mathias matteo mathieu",
        "maurice": "mo moe",
        "maximilian": "max maxim",
        "melissa": "mel missy",
        "michael": "mike mick mickey mikey michel miguel mikael michal mikhail misha",
        "michelle": "shelly mich",
        "mitchell": "mitch",
        "mohammed": "mohamed muhammad mohammad mo",
        "nancy": "nan",
        "natalie": "nat natalia natasha",
        "nathaniel": "nat nate nathan",
        "nathan": "nate",
        "nicholas": "nick nicky nico nicolas niklas nikolaus nikolai claus klaus niels nils colin",
        "nicole": "nicky nikki",
        "norman": "norm",
        "oliver": "ollie olly",
        "oscar": "oskar",
        "pamela": "pam",
        "patricia": "pat patty trish tricia patsy",
        "patrick": "pat paddy rick",
        "paul": "pablo pavel paolo pal",
        "pauline": "polly paula",
        "peter": "pete petr pedro pierre piotr pieter petter piet per",
        "philip": "phil phillip philippe felipe",
        "rachel": "rach",
        "raymond": "ray ramon",
        "rebecca": "becky becca",
        "reginald": "reg reggie",
        "richard": "rick dick rich ricky richie ricardo rik dirk",
        "robert": "bob rob bobby robbie bert roberto rupert robb",
        "roderick": "rod",
        "rodney": "rod",
        "roger": "rodge hodge rutger",
        "ronald": "ron ronny",
        "rosemary": "rose rosie",
        "roy": "leroy",
        "russell": "russ rusty",
        "ruth": "ruthie",
        "samantha": "sam sammy",
        "samuel": "sam sammy",
        "sandra": "sandy",
        "sarah": "sally sadie sara",
        "sebastian": "seb bastian",
        "sharon": "shari",
        "sidney": "sid",
        "simon": "si",
        "sophia": "sophie sofia sofie",
        "stanley": "stan",
        "stephanie": "steph stephie stefanie",
        "stephen": "steve steven stefan stevie stephan esteban etienne",
        "stuart": "stu stewart",
        "susan": "sue susie suzy susanne suzanne susanna sanna",
        "sylvia": "silvia",
        "teresa": "terry tess theresa tessa",
        "terence": "terry terrence",
        "theodore": "ted theo teddy",
        "thomas": "tom tommy tomas",
        "timothy": "tim timmy",
        "tobias": "toby",
        "valerie": "val",
        "vanessa": "nessa",
        "victor": "vic viktor",
        "victoria": "vicky tori vic vicki viktoria",
        "vincent": "vince vinny",
        "virginia": "ginny ginger",
        "vivian": "viv",
        "walter": "walt wally",
        "wilhelm": "willi willy",
        "william": "bill will billy willy liam wil guillaume wilhelm willem guillermo bil",
        "winston": "win",
        "yvonne": "vonnie",
        "zachary": "zach zack zac",
        "zoe": "zo",
        "andreas": "andi",
        "gabriele": "gabi gaby",
        "gabriela": "gabi",
        "alessandra": "ale sandra",
        "alessandro": "ale sandro",
        "wojciech": "wojtek",
        "katarzyna": "kasia",
        "malgorzata": "gosia",
        "agnieszka": "aga",
        "krzysztof": "krzys",
        "tomasz": "tomek",
        "piotr": "piotrek",
        "jose": "pepe",
        "francisco": "paco pancho",
        "ignacio": "nacho",
        "guadalupe": "lupe",
        "dolores": "lola",
        "lukasz": "luk",
        "johannes": "hannes",
        "sebastiano": "seba",
        "giuseppe": "beppe peppe",
        "giovanni": "gianni",
        "salvatore": "toto",
        "luigi": "gigi",
        "matthias": "matze",
        "elizaveta": "liza",
        "nikolai": "kolya nick",
        "sergei": "seryozha serge",
        "olga": "olya",
        "tatiana": "tanya",
        "anastasia": "nastya",
        "gunther": "gunter",
        "wolfgang": "wolf",
        "ekaterina": "katya kate",
        "dmitri": "dima dmitry",
        "vladimir": "vova vlad",
        "aleksei": "alexey alyosha alexei",
        "yekaterina": "katya",
        "bjorn": "bjarne",
        "sven": "svein",
        "gustav": "gus gustaf",
        "augustus": "gus august",
        "erik": "eric erick erich",
        "kristian": "christian chris kris",
    }.items()
}
