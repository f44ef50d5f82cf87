"""Countries and cities under their other names: codes, English, native and neighbours' spellings. Frozen data.

Systems write `DE`, `DEU`, `Germany` or `Deutschland`, and `Köln` or `Cologne`: one place, so one key. Countries follow
ISO 3166-1 (alpha-2, alpha-3, short English name), with the usual other names behind; cities are those whose English
name differs from the local one. Keys are letters only, ASCII, lower case.
"""

import duckdb

_COUNTRIES = """
AD AND andorra|AE ARE united arab emirates,uae,emirates|AF AFG afghanistan|AG ATG antigua and barbuda|AL ALB albania
AM ARM armenia|AO AGO angola|AR ARG argentina|AT AUT austria,osterreich,oesterreich,autriche|AU AUS australia
AZ AZE azerbaijan|BA BIH bosnia and herzegovina,bosnia|BB BRB barbados|BD BGD bangladesh|BF BFA burkina faso
BE BEL belgium,belgie,belgique,belgien|BG BGR bulgaria|BH BHR bahrain|BI BDI burundi|BJ BEN benin|BM BMU bermuda
BN BRN brunei,brunei darussalam|BO BOL bolivia|BR BRA brazil,brasil|BS BHS bahamas,the bahamas|BT BTN bhutan
BW BWA botswana|BY BLR belarus|BZ BLZ belize|CA CAN canada,kanada|CD COD congo kinshasa,dr congo,drc
CF CAF central african republic|CG COG congo,republic of the congo|CI CIV cote divoire,ivory coast|CL CHL chile
CH CHE switzerland,schweiz,suisse,svizzera,swiss confederation|CM CMR cameroon
CN CHN china,peoples republic of china,prc
CO COL colombia|CR CRI costa rica|CU CUB cuba|CV CPV cape verde,cabo verde|CY CYP cyprus
CZ CZE czech republic,czechia,cesko
DE DEU germany,deutschland,allemagne,federal republic of germany,tyskland|DJ DJI djibouti|DK DNK denmark,danmark
DM DMA dominica|DO DOM dominican republic|DZ DZA algeria|EC ECU ecuador|EE EST estonia,eesti|EG EGY egypt
ES ESP spain,espana,espagne,spanien|ET ETH ethiopia|FI FIN finland,suomi|FJ FJI fiji|FO FRO faroe islands
FR FRA france,frankreich,francia|GA GAB gabon|GE GEO georgia|GG GGY guernsey|GH GHA ghana|GI GIB gibraltar
GL GRL greenland
GB GBR united kingdom,uk,great britain,britain,england,scotland,wales,northern ireland,grossbritannien,royaume uni
GM GMB gambia|GN GIN guinea|GQ GNQ equatorial guinea|GR GRC greece,hellas,ellada|GT GTM guatemala|GY GUY guyana
HK HKG hong kong,hong kong sar|HN HND honduras|HR HRV croatia,hrvatska|HT HTI haiti|HU HUN hungary,magyarorszag
ID IDN indonesia|IE IRL ireland,eire,republic of ireland|IL ISR israel|IM IMN isle of man|IN IND india,bharat
IQ IRQ iraq
IR IRN iran,islamic republic of iran|IS ISL iceland,island|IT ITA italy,italia,italie,italien|JE JEY jersey
JM JAM jamaica
JO JOR jordan|JP JPN japan,nippon|KE KEN kenya|KG KGZ kyrgyzstan|KH KHM cambodia|KP PRK north korea|KW KWT kuwait
KR KOR south korea,korea,republic of korea,korea republic of|KY CYM cayman islands|KZ KAZ kazakhstan|LA LAO laos
LB LBN lebanon
LI LIE liechtenstein|LK LKA sri lanka|LR LBR liberia|LS LSO lesotho|LT LTU lithuania,lietuva
LU LUX luxembourg,luxemburg
LV LVA latvia,latvija|LY LBY libya|MA MAR morocco,maroc|MC MCO monaco|MD MDA moldova,republic of moldova
ME MNE montenegro
MG MDG madagascar|MK MKD north macedonia,macedonia|ML MLI mali|MM MMR myanmar,burma|MN MNG mongolia|MO MAC macao,macau
MR MRT mauritania|MT MLT malta|MU MUS mauritius|MV MDV maldives|MW MWI malawi|MX MEX mexico,mejico|MY MYS malaysia
MZ MOZ mozambique|NA NAM namibia|NE NER niger|NG NGA nigeria|NI NIC nicaragua|NP NPL nepal|NZ NZL new zealand,aotearoa
NL NLD netherlands,the netherlands,nederland,holland,niederlande,pays bas|NO NOR norway,norge,noreg,norwegen
OM OMN oman
PA PAN panama|PE PER peru|PG PNG papua new guinea|PH PHL philippines,the philippines|PK PAK pakistan
PL POL poland,polska,polen
PR PRI puerto rico|PS PSE palestine|PT PRT portugal|PY PRY paraguay|QA QAT qatar|RO ROU romania|RS SRB serbia,srbija
RU RUS russia,russian federation,rossiya|RW RWA rwanda|SA SAU saudi arabia,ksa|SB SLB solomon islands
SC SYC seychelles
SD SDN sudan|SE SWE sweden,sverige,schweden,suede|SG SGP singapore|SI SVN slovenia,slovenija|SK SVK slovakia,slovensko
SL SLE sierra leone|SM SMR san marino|SN SEN senegal|SO SOM somalia|SR SUR suriname|SS SSD south sudan
SV SLV el salvador
SY SYR syria|SZ SWZ eswatini,swaziland|TD TCD chad|TG TGO togo|TH THA thailand|TJ TJK tajikistan|TM TKM turkmenistan
TN TUN tunisia|TR TUR turkey,turkiye|TT TTO trinidad and tobago|TW TWN taiwan|TZ TZA tanzania|UA UKR ukraine,ukraina
UG UGA uganda|US USA united states,united states of america,america,vereinigte staaten,etats unis,estados unidos
UY URY uruguay|UZ UZB uzbekistan|VA VAT vatican,holy see|VE VEN venezuela|VN VNM vietnam,viet nam|YE YEM yemen
ZA ZAF south africa|ZM ZMB zambia|ZW ZWE zimbabwe
"""

_CITIES = """
aachen: aix la chapelle|antwerpen: antwerp,anvers|athina: athens,athen,athenes|basel: basle,bale|beijing: peking,pekin
beograd: belgrade,belgrad|bern: berne|bolzano: bozen|bratislava: pressburg|braunschweig: brunswick|brugge: bruges
bruxelles: brussels,brussel,bruselas|bucuresti: bucharest,bukarest,bucarest|cordoba: cordova|dunkerque: dunkirk
den haag: the hague,s gravenhage,la haye|dusseldorf: duesseldorf|firenze: florence,florenz
frankfurt: frankfurt am main
gdansk: danzig|geneve: geneva,genf,ginevra|genova: genoa,genua|gent: ghent,gand|goteborg: gothenburg|guangzhou: canton
hamburg: hambourg|hannover: hanover|helsinki: helsingfors|kobenhavn: copenhagen,kopenhagen,copenhague,copenaghen
koln: cologne,colonia,keulen|krakow: cracow,krakau,cracovie|kyiv: kiev,kiew|leuven: louvain|lille: rijsel|lyon: lyons
liege: luik,luttich|lisboa: lisbon,lissabon,lisbonne|london: londres,londra|luxembourg: luxemburg|luzern: lucerne
mainz: mayence|mantova: mantua|marseille: marseilles|mechelen: malines|milano: milan,mailand|moskva: moscow,moskau
munchen: munich,monaco di baviera|napoli: naples,neapel|nice: nizza|nurnberg: nuremberg,norimberga|oostende: ostend
padova: padua|paris: parigi|plzen: pilsen|porto: oporto|praha: prague,prag,praga|regensburg: ratisbon|reims: rheims
roma: rome,rom|sankt peterburg: saint petersburg,st petersburg,petersburg|sevilla: seville|sofiya: sofia
strasbourg: strassburg,strasburgo|szczecin: stettin|tallinn: reval|tampere: tammerfors|thessaloniki: salonica,saloniki
torino: turin|trento: trient|trieste: triest|turku: abo|vaasa: vasa|venezia: venice,venedig,venise
vlissingen: flushing
warszawa: warsaw,warschau,varsovie,varsavia|wien: vienna,vienne,viena|wroclaw: breslau|zaragoza: saragossa
zurich: zuerich,zurigo|bengaluru: bangalore|chennai: madras|kolkata: calcutta|mumbai: bombay|yangon: rangoon
al qahira: cairo,le caire,kairo,el cairo|dimashq: damascus|ho chi minh city: saigon|jerusalem: yerushalayim
ciudad de mexico: mexico city,cdmx,mexico df|new york: new york city,nyc|saint louis: st louis
"""


def place_names() -> list[tuple[str, str, str]]:
    """Rows (kind, a name, the one it stands for): kind 'country' stands for its two-letter code."""
    rows: set[tuple[str, str, str]] = set()
    for entry in _entries(_COUNTRIES):
        code, alpha3, names = entry.split(" ", 2)
        rows |= {("country", name, code) for name in (code, alpha3, *names.split(","))}
    for entry in _entries(_CITIES):
        city, names = entry.split(": ")
        rows |= {("city", name, city) for name in (city, *names.split(","))}
    return sorted(rows)


def _entries(text: str) -> list[str]:
    return [entry for line in text.strip().splitlines() for entry in line.split("|")]


def install_places(con: duckdb.DuckDBPyConnection) -> None:
    """Add `city_key(x)` and `country_key(x)`; needs the macros of `normalise`."""
    kinds, names, places = zip(*place_names(), strict=True)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE place_name AS SELECT kind, letters_of(name) AS letters, min(place) AS place FROM "
        "(SELECT unnest(?::VARCHAR[]) AS kind, unnest(?::VARCHAR[]) AS name, unnest(?::VARCHAR[]) AS place) "
        "GROUP BY kind, letters",
        [list(kinds), list(names), list(places)],
    )
    for kind in ("city", "country"):
        con.execute(
            f"CREATE OR REPLACE MACRO {kind}_key(x) AS coalesce((SELECT min(p.place) FROM place_name p "
            f"WHERE p.kind = '{kind}' AND p.letters = letters_of(x)), place_text(x))"
        )
