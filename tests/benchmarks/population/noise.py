"""How facts go wrong between the world and a file: in names, dates, places, phones and mail."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.population import words
from tests.benchmarks.population.firm_noise import FIRM, SITE
from tests.benchmarks.population.lands import Land, address, phone
from tests.benchmarks.population.letters import SLIPS, digit, slip
from tests.benchmarks.population.mention import Facts

Change = Callable[[Facts, Land, random.Random, "Taste"], None]


@dataclass(frozen=True, slots=True)
class Taste:
    """What goes wrong in this file rather than in others: weights of the slips, and of the changes by their name."""

    slips: tuple[float, ...]
    changes: dict[str, float]


def taste(rng: random.Random) -> Taste:
    """A file's own mixture: a third of the kinds hardly ever happen, few dominate."""
    slips = tuple(rng.random() ** 3 + 0.01 for _ in SLIPS)
    names = [change.__name__ for group in (*GROUPS.values(), *OTHER.values()) for change in group]
    return Taste(slips, {name: 0.02 if rng.random() < 0.33 else rng.random() ** 2 + 0.05 for name in names})


def spoiled(facts: Facts, what: str, land: Land, dose: float, likes: Taste, rng: random.Random) -> Facts:
    """The facts with something wrong: in each group of fields with the chance `dose`, and rarely more than once."""
    found = dict(facts)
    for name, group in GROUPS.items():
        if name == "birth" and what != "person":
            continue
        changes = OTHER.get((what, name), group)
        chance = dose * (1.3 if name == "name" else 0.8)
        while rng.random() < chance:
            weights = [likes.changes[change.__name__] for change in changes]
            rng.choices(changes, weights)[0](found, land, rng, likes)
            chance *= 0.4
    return found


def nickname(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Bill for William, either way."""
    for group in words.NICKNAMES:
        if facts["given"] in group:
            facts["given"] = rng.choice([name for name in group if name != facts["given"]])
            return
    if len(facts["given"]) > 6 and facts["given"].isascii():
        facts["given"] = facts["given"][: rng.randint(3, 5)]


def initial(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """The first name as a letter."""
    facts["given"] = facts["given"][:1] + rng.choice(("", "."))


def middle_used(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """The middle name takes the first one's place, or stands with it."""
    if facts["middle"]:
        facts["given"] = rng.choice(
            (facts["middle"], f"{facts['given']} {facts['middle']}", f"{facts['given'][0]}. {facts['middle']}")
        )
        facts["middle"] = ""


def middle_gone(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """No middle name, or another letter."""
    facts["middle"] = "" if rng.random() < 0.8 else rng.choice("ABCDEJLMRST")


def swapped(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """First and last name in each other's field."""
    facts["given"], facts["family"] = facts["family"], facts["given"]


def married(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A woman's new surname, alone or after her own."""
    if facts["gender"] != "F" or rng.random() < 0.5:
        return surname_halved(facts, land, rng, likes)
    new = land.families.pick(rng)
    facts["family"] = rng.choice(
        (new, f"{facts['family']}-{new}", f"{new}-{facts['family']}", f"{facts['family']} {new}")
    )
    return None


def surname_halved(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """One half of a double surname, or the halves written otherwise."""
    for mark in ("-", " "):
        if mark in facts["family"]:
            halves = facts["family"].split(mark)
            facts["family"] = rng.choice(
                (halves[0], halves[-1], "".join(halves), ("-" if mark == " " else " ").join(halves))
            )
            return
    slip_family(facts, land, rng, likes)


def slip_given(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A typing mistake in the first name."""
    facts["given"] = slip(facts["given"], likes.slips, rng)


def slip_family(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A typing mistake in the surname."""
    facts["family"] = slip(facts["family"], likes.slips, rng)


def titled(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A degree or ordinal behind the name."""
    facts["suffix"] = rng.choice(("PhD", "MD", "Esq.", "Jr.", "CPA", "Dr.", ""))


def day_month(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Day and month swapped where that is a date."""
    year, month, day = facts["dob"].split("-")
    if int(day) <= 12:
        facts["dob"] = f"{year}-{day}-{month}"
    else:
        date_digit(facts, land, rng, likes)


def date_digit(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A wrong digit in the date of birth, the day or the year near by."""
    year, month, day = facts["dob"].split("-")
    if rng.random() < 0.5:
        facts["dob"] = f"{year}-{month}-{rng.randint(1, 28):02d}"
    else:
        facts["dob"] = f"{int(year) + rng.choice((-10, -1, 1, 2, 10))}-{month}-{day}"


def date_rounded(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Only the year is known."""
    facts["dob"] = facts["dob"][:4] + "-01-01"


def moved(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Another address, half of the time in the same town."""
    town = next((t for t in land.towns.items if t.name == facts["city"]), None)
    facts |= address(land, rng, town if rng.random() < 0.6 else None)


def house_gone(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """No house number, or a neighbouring one."""
    facts["house"] = "" if rng.random() < 0.5 else digit(facts["house"], rng)


def unit_changed(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A flat or floor left out, or added."""
    forms = words.listed("units", f"{land.code}_home") or words.listed("units", land.language)
    if not forms:
        return house_gone(facts, land, rng, likes)
    facts["unit"] = "" if facts["unit"] else rng.choice(forms).format(n=rng.randint(1, 40), h=rng.randint(100, 900))
    return None


def slip_street(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A typing mistake in the street."""
    facts["street"] = slip(facts["street"], likes.slips, rng)


def street_kind_gone(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """The street without its last or first word."""
    parts = facts["street"].split()
    facts["street"] = " ".join(parts[:-1] if rng.random() < 0.8 else parts[1:]) or facts["street"]


def city_changed(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A typing mistake in the town, or a neighbouring town's name."""
    if rng.random() < 0.7:
        city_slip(facts, land, rng, likes)
    else:
        facts["city"] = land.towns.pick(rng).name


def city_slip(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A typing mistake in the town."""
    facts["city"] = slip(facts["city"], likes.slips, rng)


def zip_changed(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A wrong digit in the post code, or the long form."""
    long = land.code == "en_US" and len(facts["zip"]) == 5 and rng.random() < 0.3
    facts["zip"] = f"{facts['zip']}-{rng.randint(1000, 9999)}" if long else digit(facts["zip"], rng)


def place_rough(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Coordinates rounded."""
    facts["lat"], facts["lon"] = (f"{float(facts[part]):.{rng.randint(1, 3)}f}" for part in ("lat", "lon"))


def phone_new(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Another number."""
    facts["phone"] = phone(land.towns.pick(rng), land, rng)


def phone_digit(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A wrong digit."""
    part = rng.choice([key for key in ("phone", "mobile", "work_phone", "fax") if key in facts])
    country, rest = facts[part].split("|", 1)
    facts[part] = f"{country}|{digit(rest, rng)}"


def phone_other(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """The mobile, the office's number or the fax in the field of the phone."""
    facts["phone"] = facts[rng.choice([key for key in ("mobile", "work_phone", "fax", "phone") if key in facts])]


def mail_host(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Another mailbox, or one of everybody's."""
    name, host = [*facts["email"].split("@"), "gmail.com"][:2]
    web = facts["web"].split("//")[-1].split("/")[0]
    facts["email"] = rng.choice((f"{name}@{rng.choice(words.MAIL_HOSTS)}", f"info@{web}", f"office@{host}"))


def mail_slip(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A typing mistake in the mail or web address."""
    part = rng.choice(("email", "web", "work_mail") if "work_mail" in facts else ("email", "web"))
    facts[part] = slip(facts[part], likes.slips, rng).replace(" ", "")


def web_written(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A web address as people paste it."""
    form = rng.choice(("http://www.{}", "https://{}/", "www.{}", "{}/home", "https://www.{}/en/contact"))
    facts["web"] = form.format(facts["web"]) if "/" not in facts["web"] else facts["web"]


def work_changed(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """Another job title, and the employer's name as it comes."""
    if "job" in facts and rng.random() < 0.4:
        facts["job"] = rng.choice(words.JOBS)
    elif "employer" in facts:
        firm = {"name": facts["employer"], "legal": "", "base": facts["employer"], "city": facts["city"]}
        FIRM[rng.randrange(len(FIRM))](firm, land, rng, likes)
        facts["employer"] = firm["name"]


def number_digit(facts: Facts, land: Land, rng: random.Random, likes: Taste) -> None:
    """A wrong digit in an official number."""
    for part in ("ssn", "vat"):
        if part in facts:
            facts[part] = digit(facts[part], rng)


GROUPS: dict[str, tuple[Change, ...]] = {
    "name": (
        nickname,
        initial,
        middle_used,
        middle_gone,
        swapped,
        married,
        surname_halved,
        slip_given,
        slip_family,
        titled,
    ),
    "birth": (day_month, date_digit, date_rounded),
    "home": (moved, house_gone, unit_changed, slip_street, street_kind_gone, place_rough),
    "town": (city_changed, zip_changed),
    "phone": (phone_new, phone_digit, phone_other),
    "mail": (mail_host, mail_slip, web_written),
    "work": (work_changed, number_digit),
}
OTHER: dict[tuple[str, str], tuple[Change, ...]] = {
    ("organisation", "name"): FIRM,
    ("site", "name"): SITE,
    ("site", "home"): (house_gone, unit_changed, slip_street, street_kind_gone, place_rough),  # a site never moves
    ("site", "town"): (zip_changed, city_slip),
}
