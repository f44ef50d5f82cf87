"""The plan of a problem: its part of the population, how many records entities have, and which source tells them."""

import itertools
import random
from dataclasses import dataclass

from tests.benchmarks.population.lands import Land, lands
from tests.benchmarks.population.words import listed

VALUES = {
    "subject": ("persons", "organisations", "sites", "mixed"),
    "size": ("pairs", "groups", "crowds"),
    "missing": ("none", "some", "most"),
    "noise": ("none", "light", "heavy", "wild"),
}
CELLS = tuple(itertools.product(*VALUES.values()))
DOSE = {"none": (0.0, 0.0), "light": (0.03, 0.12), "heavy": (0.14, 0.32), "wild": (0.3, 0.5)}


@dataclass(frozen=True, slots=True)
class Source:
    """One source's way of writing. Numbers pick one of the forms that `writing` knows."""

    name: str
    case: str
    order: str
    middle: str
    plain: bool
    latin: bool
    phone: int
    date: int
    short: float
    legal: str
    cut: int
    title: float
    state: str
    land: int
    blanks: float
    gone: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided before the first record: the strata, the knobs, and who has how many records from where.

    `tellings` has for each entity the source of each of its records.
    """

    strata: dict[str, str]
    lands: tuple[Land, ...]
    sources: tuple[Source, ...]
    shape: str
    tellings: tuple[tuple[int, ...], ...]
    dose: float
    copying: float
    namesakes: float
    households: float
    moving: float
    spread: float


def cell(seed: int) -> dict[str, str]:
    """The strata of a seed: each 144 seeds in a row have all combinations once, in an order of their own."""
    block, place = divmod(seed, len(CELLS))
    cells = list(CELLS)
    random.Random(f"cells {block}").shuffle(cells)
    return dict(zip(VALUES, cells[place], strict=True))


def planned(seed: int, most: int, rng: random.Random) -> Plan:
    """Decide a problem."""
    strata = cell(seed)
    count = min(most, round(300 * 20 ** rng.random()))
    shape = "dirty"
    if strata["size"] == "pairs":
        shape = rng.choice(("dirty", "clean", "link"))
    elif strata["size"] == "groups" and rng.random() < 0.3:
        shape = "clean"
    number = 2 if shape == "link" else min(12, int(rng.choice((1, 1, 2, 3, 4, 12 * rng.random() + 1))))
    number = max(number, 2 if strata["size"] == "pairs" else 4) if shape == "clean" else number
    spread = {"none": 0.25, "light": 0.5, "heavy": 0.75, "wild": 1.0}[strata["noise"]] * rng.uniform(0.3, 1)
    two_scripts = rng.random() < 0.4
    sources = tuple(_sources(number, strata, spread, two_scripts, rng))
    largest = {"link": 2, "clean": number}.get(shape, 10**6)
    sizes = [min(size, largest) for size in _sizes(strata["size"], count, rng)]
    places = lands(rng, two_scripts, len(sizes))
    weights = [1 / (n + 1) ** rng.uniform(0, 1.3) for n in range(number)]
    return Plan(
        strata,
        places,
        sources,
        shape,
        tuple(_told(size, shape, weights, rng) for size in sizes),
        rng.uniform(*DOSE[strata["noise"]]),
        rng.choice((0.0, 0.2, 0.5, 0.8)),
        rng.choice((0.0, 0.01, 0.05, 0.15)),
        rng.choice((0.0, 0.1, 0.3)),
        {"none": 0.0, "light": 0.05, "heavy": 0.15, "wild": 0.25}[strata["noise"]] * rng.uniform(0.2, 1.5),
        spread,
    )


def _sizes(size: str, count: int, rng: random.Random) -> list[int]:
    """How many records each entity has, until there are `count`."""
    found: list[int] = []
    left = count
    if size == "crowds":
        for _ in range(rng.choice((1, 1, 2, 4))):
            crowd = min(int(100 * 10 ** rng.random()), 1000, max(left // 2, 2))
            if crowd >= 100 or not found:
                found.append(crowd)
                left -= crowd
    more, tail = rng.uniform(0.15, 0.85), rng.uniform(1.4, 2.6)
    geometric = rng.random() < 0.5
    while left > 0:
        if size == "pairs":
            one = 1 if rng.random() > more else rng.choices((2, 3), (12, 1))[0]
        elif size == "groups" and geometric:
            one = min(15, 1 + int(rng.expovariate(1 / (4 * more))))
        else:
            one = min(15 if size == "groups" else max(15, count // 8), int(rng.paretovariate(tail - 0.5)))
        found.append(min(one, left))
        left -= found[-1]
    if max(found) < 2:
        found[:2] = [2]
    rng.shuffle(found)
    return found


def _told(size: int, shape: str, weights: list[float], rng: random.Random) -> tuple[int, ...]:
    """The source of each record of one entity; clean sources tell an entity once."""
    if shape == "dirty":
        return tuple(rng.choices(range(len(weights)), weights, k=size))
    return tuple(sorted(range(len(weights)), key=lambda n: rng.random() ** (1 / weights[n]), reverse=True)[:size])


def _sources(number: int, strata: dict[str, str], spread: float, two_scripts: bool, rng: random.Random) -> list[Source]:
    """The sources: the first sets the house style, the others differ from it as far as `spread` says."""
    named = rng.choice(("AB", "words", "files", "numbers"))
    words = rng.sample(listed("sources"), 12)
    house = _style("", rng)
    found = []
    for n in range(number):
        own, fields = _style("", rng), {}
        for key, value in house.items():
            fields[key] = own[key] if rng.random() < spread else value
        name = {"AB": chr(65 + n), "words": words[n], "files": f"{words[n]}.csv", "numbers": str(n + 1)}[named]
        gone = {"none": 0.0, "some": 0.08, "most": 0.25}[strata["missing"]] if number > 1 else 0.0
        scripted = two_scripts and (n % 2 == 1 if number > 1 else False)
        blanks = 0.0 if strata["noise"] == "none" or rng.random() < 0.6 else rng.uniform(0.02, 0.3)
        calm = {"cut": 0} if strata["noise"] in {"none", "light"} else {}
        found.append(Source(**{**fields, **calm, "name": name, "latin": scripted, "gone": gone, "blanks": blanks}))
    return found


def _style(name: str, rng: random.Random) -> dict:
    """A way of writing."""
    return {
        "name": name,
        "case": rng.choice(("as", "as", "as", "upper", "lower", "title")),
        "order": rng.choice(("first", "first", "first", "last,", "last", "initial")),
        "middle": rng.choice(("full", "initial", "none")),
        "plain": rng.random() < 0.4,
        "latin": False,
        "phone": rng.randrange(9),
        "date": rng.randrange(7),
        "short": rng.choice((0.0, 0.1, 0.9)),
        "legal": rng.choice(("as", "as", "none", "upper", "comma")),
        "cut": rng.choice((0, 0, 0, 0, 40, 30, 20)),
        "title": rng.choice((0.0, 0.0, 0.3)),
        "state": rng.choice(("code", "code", "name")),
        "land": rng.randrange(3),
        "blanks": 0.0,
        "gone": 0.0,
    }
