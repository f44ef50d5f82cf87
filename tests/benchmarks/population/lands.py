"""Lands: the names, towns, streets and phones of a country, some frequent and most rare, as they are in life."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from faker import Faker
from faker.providers.address.it_IT import Provider as Italy

from tests.benchmarks.population import scripts, words

LATIN: dict[str, int] = words.BOOK["latin"]
OTHER: dict[str, int] = words.BOOK["other"]
COUNTRIES = {code: tuple(ways.split("|")) for code, ways in words.BOOK["countries"].items()}
DIAL: dict[str, str] = words.BOOK["dial"]
NUMBER_FIRST = ("en_US", "en_GB", "fr_FR", "en_IN")
CLOSE = ("ja", "zh", "ko")  # names stand without a blank, the family first


@dataclass(frozen=True, slots=True)
class Pool:
    """Things to pick from, the first most often."""

    items: tuple
    ends: tuple[float, ...]

    def pick(self, rng: random.Random):
        """One of them."""
        return rng.choices(self.items, cum_weights=self.ends)[0]


@dataclass(frozen=True, slots=True)
class Town:
    """A town: where it lies, and how its post codes and phones begin."""

    name: str
    state: str
    post: str
    area: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Land:
    """A country as its files show it."""

    code: str
    language: str
    men: Pool
    women: Pool
    families: Pool
    towns: Pool
    streets: Pool
    firms: Pool


def pool(items: Sequence, steep: float, shift: float = 2.0) -> Pool:
    """A pool where the n-th thing is picked like 1/(n + shift)^steep."""
    weights = [1 / (n + shift) ** steep for n in range(len(items))]
    return Pool(tuple(items), tuple(itertools.accumulate(weights)))


@cache
def _faker(code: str) -> Faker:
    return Faker(code)  # slow to make; it is seeded anew for each land


def land(code: str, rng: random.Random, paired: bool = False, entities: int = 500) -> Land:
    """A country, drawn anew for each problem: how many names it has and how frequent the first ones are.

    `paired` keeps to names with a known Latin spelling, where files write one person in two scripts.
    """
    fake = _faker(code)
    fake.seed_instance(rng.randrange(10**9))
    language = code[:2]
    few = entities < 800 and rng.random() < 0.4  # many persons of few names could not be told apart by anybody
    steep = rng.uniform(0.55, 1.1)
    families = _families(code, fake, rng, 150 if few else rng.randint(400, 1000), paired)
    men = _drawn(fake.first_name_male, 60 if few else 240, scripts.native(language, "givens_m"), paired)
    women = _drawn(fake.first_name_female, 60 if few else 240, scripts.native(language, "givens_f"), paired)
    return Land(
        code,
        language,
        pool(men, steep),
        pool(women, steep),
        pool(families, steep),
        pool(_towns(code, fake, rng), rng.uniform(0.5, 1.3)),
        pool(_streets(code, fake, families, rng), rng.uniform(0.3, 0.8)),
        pool(_drawn(fake.company, 200), 0.3),
    )


def _drawn(make, count: int, first: Sequence[str] = (), only: bool = False) -> list[str]:
    """Up to `count` distinct texts; those in `first` come first, and `only` they if there are any."""
    found = dict.fromkeys(first)
    if found and only:
        return list(found)
    idle = 0
    while len(found) < count and idle < 40:  # faker's own list is used up
        before = len(found)
        found.setdefault(make().strip())
        idle = idle + 1 if len(found) == before else 0
    return list(found)


def _families(code: str, fake: Faker, rng: random.Random, count: int, paired: bool) -> list[str]:
    known = list(words.listed("us_families")) if code == "en_US" else scripts.native(code[:2], "families")
    rng.shuffle(known)
    known = _drawn(getattr(fake, "last_name_male", fake.last_name), count, known, paired and code != "en_US")
    whole = list(dict.fromkeys(known))[:count]
    if code[:2] in {"ja", "zh", "ko", "ar", "he"}:
        return whole
    seen, crossed = set(whole), []
    while len(crossed) < count // 2:  # rare names: the head of one and the tail of another
        head, tail = rng.sample(whole, 2)
        name = head[: max(3, len(head) // 2)] + tail[len(tail) // 2 :].lower()
        if name not in seen and " " not in name:
            seen.add(name)
            crossed.append(name)
    return whole + crossed


def _towns(code: str, fake: Faker, rng: random.Random) -> list[Town]:
    named: list[tuple[str, str]]
    if code == "en_US":
        named = [tuple(town.rsplit(" ", 1)) for town in words.listed("us_towns")]
        named += [(fake.city(), rng.choice(list(words.STATES))) for _ in range(60)]
        home = rng.choice([state for _, state in named])
        if rng.random() < 0.4:  # a file of one state
            named = [(name, home) for name, _ in named[: rng.randint(20, 100)]]
    else:
        names = list(words.listed("towns", code)) or scripts.native(code[:2], "cities")
        if code == "it_IT":  # faker keeps Italian towns in the order of a set, which every process has anew
            names = rng.sample(sorted(set(Italy.cities)), 120)
        names = names or _drawn(fake.city, 120)
        states = [state(fake) if code not in {"tr_TR", "ar_AA", "he_IL"} else "" for _ in range(12)]
        named = [(name, rng.choice(states)) for name in names]
    rng.shuffle(named)
    named = named[: rng.choice((8, 30, 80, 150))]
    lat, lon = rng.uniform(32, 60), rng.uniform(-110, 40)
    return [
        Town(name, region, _post(code, fake), str(rng.randint(201, 989)), lat + rng.gauss(0, 3), lon + rng.gauss(0, 5))
        for name, region in named
    ]


def state(fake: Faker) -> str:
    """A region of the country, where its faker knows one."""
    for name in ("administrative_unit", "state", "region"):
        if hasattr(fake, name):
            return str(getattr(fake, name)())
    return ""


def _post(code: str, fake: Faker) -> str:
    return "".join(fake.postcode().split())[:-2] if code != "en_GB" else fake.postcode().split()[0]


def _streets(code: str, fake: Faker, families: Sequence[str], rng: random.Random) -> list[str]:
    if code in {"en_US", "en_GB", "en_IN"}:
        named = [*words.listed("streets"), *rng.sample(families, min(60, len(families)))]
        found = [f"{name} {rng.choice(words.listed('street_kinds'))}" for name in named for _ in range(2)]
        found = [f"{rng.choice(('North', 'South', 'East', 'West'))} {s}" if rng.random() < 0.1 else s for s in found]
    elif code in {"ar_AA", "tr_TR", "ja_JP"}:
        form = {"ar_AA": "شارع {}", "tr_TR": "{} Sokak", "ja_JP": "{}町"}[code]
        found = [form.format(name) for name in families[:80]]
    else:
        found = _drawn(fake.street_name, 180)
    return list(dict.fromkeys(found))


def phone(town: Town, land: Land, rng: random.Random, mobile: bool = False) -> str:
    """A number as country|area|local, to be written in a source's own way."""
    area = str(rng.randint(600, 799)) if mobile and land.code != "en_US" else town.area
    return f"{DIAL[land.code]}|{area}|{rng.randint(2000000, 9999999)}"


def address(land: Land, rng: random.Random, town: Town | None = None, business: bool = False) -> dict[str, str]:
    """A place: house, street, unit, city, state, zip, country, lat, lon and the town's area code."""
    town = town or land.towns.pick(rng)
    kind = "firm" if business else "home"
    forms = words.listed("units", f"{land.code}_{kind}") or words.listed("units", land.language)
    form = rng.choice(forms) if forms and rng.random() < 0.15 else ""
    unit = form.format(n=rng.randint(1, 40), h=rng.randint(100, 900))
    number = rng.randint(1, 120) if land.code != "en_US" else int(10 ** rng.uniform(1, 4.1))
    tail = f"{rng.randint(0, 99):02d}"
    if land.code == "en_GB":
        tail = f" {rng.randint(1, 9)}{rng.choice('ABDEFGHJ')}{rng.choice('ABDEF')}"
    return {
        "house": str(number) + (rng.choice("abc") if rng.random() < 0.04 else ""),
        "street": land.streets.pick(rng),
        "unit": unit,
        "city": town.name,
        "state": town.state,
        "zip": town.post + tail,
        "country": land.code,
        "lat": f"{town.lat + rng.gauss(0, 0.04):.6f}",
        "lon": f"{town.lon + rng.gauss(0, 0.04):.6f}",
    }


def feminine(family: str, land: Land) -> str:
    """A woman's form of the surname, where the language has one."""
    if land.language in {"ru", "uk"}:
        for end, new in (("ов", "ова"), ("ев", "ева"), ("ин", "ина"), ("ський", "ська"), ("ский", "ская")):
            if family.endswith(end):
                return family.removesuffix(end) + new
    if land.language == "pl" and family.endswith(("ski", "cki")):
        return family[:-1] + "a"
    if land.language == "cs" and not family.endswith(("á", "í")):
        return (family[:-1] if family[-1] in "ao" else family.removesuffix("ý")) + (
            "á" if family.endswith("ý") else "ová"
        )
    return family


def lands(rng: random.Random, paired: bool, entities: int) -> tuple[Land, ...]:
    """The countries of a problem: mostly one, sometimes several, sometimes with a script of its own."""
    codes = {**LATIN, **OTHER} if rng.random() < 0.75 else LATIN
    first = rng.choices(list(codes), list(codes.values()))[0]
    found = [first]
    if rng.random() < 0.25:
        mixed = LATIN if first in LATIN and rng.random() < 0.8 else codes
        found += rng.choices(list(mixed), list(mixed.values()), k=rng.randint(1, 3))
    return tuple(land(code, rng, paired, entities) for code in dict.fromkeys(found))
