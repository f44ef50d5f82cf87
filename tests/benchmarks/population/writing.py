"""How a source writes down what it was told: order and case of names, forms of dates and phones, abbreviations."""

import random

from tests.benchmarks.population import lands, words
from tests.benchmarks.population.lands import Land
from tests.benchmarks.population.mention import Facts
from tests.benchmarks.population.plan import Source
from tests.benchmarks.population.scripts import latin, plain

DATES = ("{y}-{m}-{d}", "{m}/{d}/{y}", "{d}.{m}.{y}", "{d}/{m}/{y}", "{y}{m}{d}", "{d}-{b}-{y}", "{m}/{d}/{s}")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TEXTS = (
    "given",
    "middle",
    "family",
    "full",
    "street",
    "city",
    "state",
    "employer",
    "name",
    "owner",
    "contact",
    "colleagues",
)
PERSONAL = ("given", "middle", "family", "contact", "colleagues")
CASED = (*TEXTS, "address", "line", "job", "unit")


def written(facts: Facts, land: Land, source: Source, messy: float, rng: random.Random) -> Facts:
    """A record's values by attribute, as this source has them."""
    found = dict(facts)
    if source.latin and land.language != "en":
        found |= {part: latin(found[part], land.language, rng, part in PERSONAL) for part in TEXTS if part in found}
    if source.plain and land.language not in {"ru", "uk"}:  # there a й is a letter, not an accent
        found |= {part: plain(found[part]) for part in TEXTS if part in found}
    _name(found, land, source, rng)
    if "name" in found:
        found["name"] = _firm(found, source)
    _place(found, land, source, rng)
    for part in ("phone", "mobile", "fax", "work_phone"):
        if found.get(part):
            found[part] = phone(found[part], source.phone if rng.random() > messy * 0.3 else rng.randrange(9))
    if found.get("dob"):
        form = source.date if rng.random() > messy * 0.2 else rng.randrange(7)
        found |= {"yob": found["dob"][:4], "dob": date(found["dob"], form)}
    for part in CASED:
        if part in found:
            found[part] = _cased(found[part], source, messy, rng)
    return found


def _name(found: Facts, land: Land, source: Source, rng: random.Random) -> None:
    """The parts of a person's name and the whole, in the source's order."""
    if "given" not in found:
        return
    given, middle, family = found["given"], found.get("middle", ""), found["family"]
    middle = {"full": middle, "initial": middle[:1], "none": ""}[source.middle]
    suffix = found.get("suffix", "")
    title = found["title"] if rng.random() < source.title else ""
    found["middle"] = middle
    joined = {
        "first": f"{title} {given} {middle} {family} {suffix}",
        "last,": f"{family} {suffix}, {title} {given} {middle}",
        "last": f"{family} {given} {middle} {suffix}",
        "initial": f"{given[:1]}. {middle[:1] + '.' if middle else ''} {family} {suffix}",
    }[source.order]
    found["full"] = " ".join(joined.split()).replace(" ,", ",")
    if land.language in lands.CLOSE and not (given + family).isascii():
        found["full"] = family + given


def _firm(found: Facts, source: Source) -> str:
    """The name with its legal form as the source likes it."""
    name, legal = found["name"], found.get("legal", "")
    if not legal or not name.endswith(" " + legal):
        return name
    bare = name.removesuffix(legal).strip()
    return {"as": name, "none": bare, "upper": f"{bare} {legal.upper()}", "comma": f"{bare}, {legal}"}[source.legal]


def _place(found: Facts, land: Land, source: Source, rng: random.Random) -> None:
    """Street line, whole address, state and country."""
    if "street" not in found:
        return
    street = found["street"]
    if rng.random() < source.short:
        street = " ".join(words.STREET_SHORT.get(part, (part,))[0] for part in street.split())
        found["unit"] = " ".join(words.STREET_SHORT.get(part, (part,))[0] for part in found["unit"].split())
        if land.language == "de":
            street = street.replace("straße", "str.").replace("Straße", "Str.")
    number_first = land.code in lands.NUMBER_FIRST
    found["street"] = street
    line = f"{found['house']} {street}" if number_first else f"{street} {found['house']}"
    found["line"] = " ".join(f"{line} {found['unit']}".split()) if street else ""
    if land.code == "en_US" and source.state == "name":
        found["state"] = words.STATES.get(found["state"], found["state"])
    if found["country"] in lands.COUNTRIES:
        found["country"] = lands.COUNTRIES[found["country"]][source.land]
    town = f"{found['city']}, {found['state']} {found['zip']}" if number_first else f"{found['zip']} {found['city']}"
    found["address"] = ", ".join(filter(None, (found["line"], town.strip(" ,"))))


def phone(number: str, form: int) -> str:
    """A number that is kept as country|area|local, in one of nine forms."""
    country, area, local = number.split("|")
    a, b = local[:3], local[3:]
    forms = (
        f"({area}) {a}-{b}",
        f"{area}-{a}-{b}",
        f"{area}{local}",
        f"+{country} {area} {local}",
        f"{area}.{a}.{b}",
        f"{country}-{area}-{a}-{b}",
        f"0{area}/{local}" if country != "1" else f"{area}/{a}-{b}",
        f"+{country}{area}{local}",
        f"{area} {a} {b}",
    )
    return forms[form]


def date(day: str, form: int) -> str:
    """An ISO date in one of seven forms."""
    year, month, of_month = day.split("-")
    name = MONTHS[(int(month) - 1) % 12]
    return DATES[form].format(y=year, m=month, d=of_month, b=name, s=year[2:])


def _cased(text: str, source: Source, messy: float, rng: random.Random) -> str:
    """Case, length and blanks; a messy file is not even true to its own way."""
    case = source.case
    if rng.random() < messy * 0.15:
        case = rng.choice(("upper", "lower", "title", "as"))
    if case == "title" and len(text) <= 3:
        case = "as"  # codes of states
    text = {"as": text, "upper": text.upper(), "lower": text.lower(), "title": text.title()}[case]
    if source.cut:
        text = text[: source.cut].rstrip()
    if rng.random() < messy * 0.1:
        text = rng.choice((f"{text} ", f" {text}", text.replace(" ", "  ")))
    return text
