"""Words that companies, people and places of the demo are made of; none stands for a real one."""

from types import MappingProxyType
from typing import Final


def listed(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


HEADS: Final = listed(
    "Vel Nor Kar Bri Tan Ost Hel Mar Fen Lun Dra Sol Ark Ves Gal Ter Pel Ron Syl Mon Cor Ald Bex Cas Dov Ena "
    "Fal Gri Hav Ist Jor Kel Lor Mir Nav Oril Pra Qui Rav Sten Tov Ulv Var Wes Xan Yar Zel Ber Cla Dun"
)
TAILS: Final = listed(
    "mora dan vik tec lia ron gard sta nex vara lin dor mar sol via tis wen berg fold ica una ero ado ane est "
    "ium ora eta ival onis ander elle abo orin"
)
PLACES: Final = listed(
    "Baltic Nordic Alpine Rhine Atlantic Danube Central Northern Southern Adriatic Highland Coastal Continental "
    "United European Western"
)
SURNAMES: Final = listed(
    "Lindqvist Müller Schröder Nowak Kowalski García López Fernández Rossi Bianchi Moreau Lefèvre Dubois Jansen "
    "de_Vries van_Dijk Andersen Sørensen Nielsen Håkansson Öberg Åkesson Virtanen Mäkinen Novák Dvořák Horváth "
    "Nagy Popescu Ionescu Petrov Ivanova Shevchenko Papadopoulos Silva Pereira O'Brien Murphy Smith Taylor "
    "Wright Thompson Campbell Fraser Evans Walsh Keller Huber Weiß Groß Schäfer Böhm Krüger Zieliński Wójcik "
    "Szymański Jørgensen Bjørnstad Haugen Solberg Bergström Lundgren Sandberg Wikström Eriksson Johansson "
    "Gustafsson Nyström Engström Marchetti Ferrari Esposito Romano Colombo Ricci Girard Fournier Mercier Blanc "
    "Garnier Peeters Maes Claes Martínez Sánchez Ramírez Torres Navarro Iglesias Costa Ferreira Almeida Barbosa "
    "Yılmaz Kaya Demir Çelik Chen Wang Zhang Nguyen Tran Patel Sharma Gupta Singh Khan Hussain Okafor Mensah "
    "Cohen Levi Kim Park Tanaka Sato"
)

# First names with the short or foreign forms that other systems hold.
FIRST_NAMES: Final = tuple(
    tuple(entry.split("/"))
    for entry in listed(
        "Alexander/Alex/Sasha Elizabeth/Liz/Beth William/Bill/Will Robert/Bob/Rob Katherine/Kate/Kathy Michael/Mike "
        "Margaret/Maggie/Peggy Thomas/Tom Jennifer/Jen/Jenny Christopher/Chris Susanne/Sanna/Susi "
        "Johannes/Hannes/Jo Friedrich/Fritz Andreas/Andi Matthias/Matt Stefan/Steffen Björn/Bjorn Jürgen/Juergen "
        "Günther/Guenther François/Francois Zoë/Zoe José/Pepe Francisco/Paco Giuseppe/Beppe Giovanni/Gianni "
        "Antonio/Toni Maria/Mia Alessandra/Ale Katarzyna/Kasia Małgorzata/Gosia Wojciech/Wojtek Tomasz/Tomek "
        "Agnieszka/Aga Jiří/Jiri Zdeněk/Zdenek Łukasz/Lukasz Søren/Soren Jørgen/Jorgen Åsa/Asa Märta/Marta "
        "Gunnar/Gun Nikolai/Nick Dmitri/Dima Ekaterina/Katya Oleksandr/Alex Ioannis/Yannis Konstantinos/Kostas "
        "Patrick/Pat/Paddy Deborah/Debbie Richard/Rick Edward/Ed/Ted Samuel/Sam Samantha/Sam Benjamin/Ben "
        "Daniel/Dan Joseph/Joe Charles/Charlie Anthony/Tony Victoria/Vicky Rebecca/Becky Nicholas/Nick "
        "Gabriele/Gabi Ulrike/Uli Wolfgang/Wolf Sebastian/Seb Philippe/Phil Stéphane/Stephane Amélie/Amelie "
        "Hélène/Helene Peter/Pete Timothy/Tim Gregory/Greg Jonathan/Jon Lawrence/Larry Anna Emma Sofia Clara Julia "
        "Eva Laura Nina Paula Ines Carla Elena Irina Lea Mona Tara Priya Anita Mei Yuki Lars Erik Karl Jan Piet "
        "Marc Luca Paolo Diego Hugo Ivan Omar Ali Ravi Wei Jin Kenji David Martin Viktor Oskar Henrik Magnus Axel "
        "Nils Emil Felix Simon Adam Leon Marek Pavel Milan Bruno Carlos Luis Pedro Rui Tiago"
    )
)

INDUSTRIES: Final = (
    "Manufacturing",
    "Software",
    "Logistics",
    "Healthcare",
    "Financial Services",
    "Retail",
    "Energy",
    "Construction",
)
INDUSTRY_WORDS: Final = MappingProxyType(
    {
        "Manufacturing": ("Steel", "Machines", "Components", "Tools", "Plastics", "Industries"),
        "Software": ("Software", "Systems", "Data", "Digital", "Labs", "Cloud"),
        "Logistics": ("Logistics", "Freight", "Transport", "Shipping", "Cargo", "Container Lines"),
        "Healthcare": ("Medical", "Pharma", "Clinics", "Health", "Diagnostics", "Care"),
        "Financial Services": ("Finance", "Insurance", "Leasing", "Bank", "Credit", "Payments"),
        "Retail": ("Foods", "Stores", "Fashion", "Markets", "Home", "Trading"),
        "Energy": ("Energy", "Power", "Solar", "Gas Networks", "Grid", "Renewables"),
        "Construction": ("Construction", "Building", "Engineering", "Concrete", "Interiors", "Estates"),
        "Investment": ("Capital", "Partners", "Ventures", "Holdings", "Equity"),
    }
)
SHORT_WORDS: Final = MappingProxyType(
    {
        "International": "Intl",
        "Manufacturing": "Mfg",
        "Systems": "Sys",
        "Services": "Svcs",
        "Engineering": "Eng",
        "Industries": "Ind",
        "Components": "Comp",
        "Transport": "Transp",
        "Construction": "Constr",
        "Technologies": "Tech",
        "Logistics": "Log",
        "Medical": "Med",
        "Company": "Co",
        "Group": "Grp",
        "European": "Euro",
        "Northern": "N",
        "Southern": "S",
        "Insurance": "Ins",
        "Software": "SW",
        "Machines": "Mach",
        "Building": "Bldg",
    }
)

# country: (code, dial prefix, currency, domain ending, legal forms as (written out, short), cities with postcode heads)
COUNTRIES: Final = MappingProxyType(
    {
        "Germany": (
            "DE",
            "49",
            "EUR",
            "de",
            (("GmbH", "G.m.b.H."), ("Aktiengesellschaft", "AG"), ("GmbH & Co. KG", "KG")),
            (("München", "80"), ("Hamburg", "20"), ("Köln", "50"), ("Düsseldorf", "40"), ("Leipzig", "04")),
        ),
        "Sweden": (
            "SE",
            "46",
            "SEK",
            "se",
            (("Aktiebolag", "AB"), ("AB", "AB (publ)")),
            (("Göteborg", "41"), ("Malmö", "21"), ("Stockholm", "11"), ("Västerås", "72"), ("Umeå", "90")),
        ),
        "United Kingdom": (
            "GB",
            "44",
            "GBP",
            "co.uk",
            (("Limited", "Ltd"), ("Ltd.", "Limited"), ("Public Limited Company", "PLC")),
            (("London", "EC"), ("Manchester", "M"), ("Leeds", "LS"), ("Bristol", "BS"), ("Edinburgh", "EH")),
        ),
        "France": (
            "FR",
            "33",
            "EUR",
            "fr",
            (("S.A.S.", "SAS"), ("Société Anonyme", "SA"), ("SARL", "S.à r.l.")),
            (("Paris", "75"), ("Lyon", "69"), ("Saint-Étienne", "42"), ("Orléans", "45"), ("Nantes", "44")),
        ),
        "Netherlands": (
            "NL",
            "31",
            "EUR",
            "nl",
            (("B.V.", "BV"), ("N.V.", "NV")),
            (("Den Haag", "25"), ("Rotterdam", "30"), ("Utrecht", "35"), ("Eindhoven", "56")),
        ),
        "Poland": (
            "PL",
            "48",
            "EUR",
            "pl",
            (("Sp. z o.o.", "spółka z o.o."), ("S.A.", "Spółka Akcyjna")),
            (("Kraków", "30"), ("Warszawa", "00"), ("Łódź", "90"), ("Gdańsk", "80")),
        ),
        "Italy": (
            "IT",
            "39",
            "EUR",
            "it",
            (("S.p.A.", "SpA"), ("S.r.l.", "Srl")),
            (("Milano", "20"), ("Torino", "10"), ("Bologna", "40"), ("Firenze", "50")),
        ),
        "United States": (
            "US",
            "1",
            "USD",
            "com",
            (("Incorporated", "Inc."), ("LLC", "L.L.C."), ("Corporation", "Corp.")),
            (("Chicago", "60"), ("Boston", "02"), ("Denver", "80"), ("Austin", "78"), ("Seattle", "98")),
        ),
    }
)
CITY_FORMS: Final = MappingProxyType(
    {
        "München": "Munich",
        "Köln": "Cologne",
        "Göteborg": "Gothenburg",
        "Den Haag": "The Hague",
        "Kraków": "Cracow",
        "Warszawa": "Warsaw",
        "Milano": "Milan",
        "Torino": "Turin",
        "Firenze": "Florence",
        "Düsseldorf": "Duesseldorf",
    }
)
STREETS: Final = listed(
    "Station Harbour Mill Market Church Garden Bridge King Queen Park Linden Oak Forge Canal Museum Castle "
    "Victory Liberty Hill Lake Foundry Meadow Tower Granary Observatory Orchard"
)
FREE_MAIL: Final = ("gmail.com", "outlook.com", "gmx.de", "yahoo.com", "hotmail.com", "web.de", "orange.fr", "wp.pl")

# role: (weight in the decision, ((title, seniority, department), …))
ROLES: Final = MappingProxyType(
    {
        "economic_buyer": (
            0.30,
            (
                ("Chief Financial Officer", "c_level", "Finance"),
                ("Chief Executive Officer", "c_level", "Management"),
                ("VP Operations", "vp", "Operations"),
                ("Chief Operating Officer", "c_level", "Operations"),
            ),
        ),
        "champion": (
            0.28,
            (
                ("Head of Operations", "director", "Operations"),
                ("Director of Digital", "director", "IT"),
                ("Head of Supply Chain", "director", "Operations"),
                ("Director of Innovation", "director", "Management"),
            ),
        ),
        "technical_evaluator": (
            0.18,
            (
                ("IT Architect", "staff", "IT"),
                ("IT Manager", "manager", "IT"),
                ("Systems Engineer", "staff", "IT"),
                ("Security Manager", "manager", "IT"),
            ),
        ),
        "procurement": (
            0.14,
            (
                ("Procurement Manager", "manager", "Procurement"),
                ("Senior Buyer", "staff", "Procurement"),
                ("Purchasing Manager", "manager", "Procurement"),
            ),
        ),
        "user": (
            0.10,
            (
                ("Operations Analyst", "staff", "Operations"),
                ("Planner", "staff", "Operations"),
                ("Business Analyst", "staff", "Operations"),
                ("Team Lead Planning", "staff", "Operations"),
            ),
        ),
    }
)
TITLE_FORMS: Final = MappingProxyType(
    {
        "Chief Financial Officer": "CFO",
        "Chief Executive Officer": "CEO",
        "Chief Operating Officer": "COO",
        "VP Operations": "Vice President, Operations",
        "Head of Operations": "Operations Director",
        "Procurement Manager": "Procurement Mgr",
        "Purchasing Manager": "Purchasing Mgr.",
        "IT Manager": "Manager IT",
        "Security Manager": "IT Security Manager",
        "Senior Buyer": "Sr. Buyer",
        "Systems Engineer": "System Engineer",
        "Director of Digital": "Digital Director",
        "Head of Supply Chain": "Supply Chain Director",
    }
)

# product: (name, family, list price in EUR)
PRODUCTS: Final = (
    ("Flow Core", "Planning", 24000),
    ("Flow Enterprise", "Planning", 60000),
    ("Flow Insights", "Analytics", 18000),
    ("Insights Plus", "Analytics", 36000),
    ("Dock Scheduler", "Execution", 15000),
    ("Yard Control", "Execution", 28000),
    ("Carrier Connect", "Network", 12000),
    ("Partner Portal", "Network", 20000),
)
STAGES: Final = ("Qualification", "Discovery", "Proposal", "Negotiation", "Contract Review")
LEAD_SOURCES: Final = ("Referral", "Web", "Event", "Partner", "Outbound", "Content Download")
COMPETITORS: Final = ("Planora", "Logivista", "Korvexa", "Transwise", "In-house build")
WON_REASONS: Final = ("Product fit", "Relationship", "Price", "Time to value")
LOST_REASONS: Final = ("Price", "No decision", "Missing feature", "Competitor", "Budget cut", "Timing")
CAMPAIGN_KINDS: Final = ("Webinar", "Trade Show", "Content", "Paid Search", "Newsletter", "Partner Event")
