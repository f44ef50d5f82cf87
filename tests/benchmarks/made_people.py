"""Made contacts for benchmarks, as staged: names as unequal as real ones, employers of all sizes, several systems.

Shares follow what registers of names show: the commonest of some 50,000 last names is borne by half a per cent, the
commonest first name by two, and most last names by very few (Zipf with an offset). A person leaves 1.75 records on
average, with typing errors, blanks, nicknames, initials, moves and changed jobs.
"""

import csv
import random
import tempfile
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from resolution.database.connection import connect
from resolution.kinds import BY_NAME
from resolution.normalise.nicknames import NICKNAMES

T = TypeVar("T")
START: Final = datetime(2023, 1, 1)
COLUMNS: Final = {
    "source": "VARCHAR", "record_id": "VARCHAR", "known_from": "TIMESTAMP", "first_name": "VARCHAR",
    "last_name": "VARCHAR", "email": "VARCHAR", "phone": "VARCHAR", "title": "VARCHAR", "account": "VARCHAR",
    "company": "VARCHAR", "city": "VARCHAR", "country": "VARCHAR",
}  # fmt: skip
ONSETS: Final = ("b", "br", "d", "f", "fr", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "r", "s", "st", "t",
                 "tr", "v", "w")  # fmt: skip
RIMES: Final = ("a", "al", "an", "ar", "e", "el", "en", "er", "i", "il", "in", "is", "o", "ol", "on", "or", "u", "un")
ENDINGS: Final = (
    "berg",
    "dorf",
    "mann",
    "sen",
    "son",
    "ski",
    "ova",
    "ini",
    "ez",
    "land",
    "ley",
    "ton",
    "er",
    "ard",
    "",
    "",
)
WORDS: Final = ("Group", "Systems", "Foods", "Energy", "Logistics", "Partners", "Media", "Steel", "Care", "Labs")
LEGAL: Final = ("AB", "GmbH", "Ltd", "Inc", "SA", "BV", "")
LEVELS: Final = ("", "Senior", "Head of", "Director", "Junior", "VP")
AREAS: Final = ("Sales", "Finance", "Engineering", "Operations", "Marketing", "IT", "Purchasing", "Legal", "People")
MAILBOXES: Final = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "icloud.com")
COUNTRIES: Final = ("Sweden", "Germany", "United Kingdom", "France", "Spain")
SYSTEMS: Final = ("crm", "marketing", "support", "billing")
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Unequal(Generic[T]):
    """Values drawn with weights 1 / (offset + rank)^power."""

    def __init__(self, values: Sequence[T], offset: float, power: float) -> None:
        self._values = values
        self._ends = list(accumulate((offset + rank) ** -power for rank in range(len(values))))

    def draw(self, random_: random.Random) -> T:
        """One of them."""
        return self._values[bisect(self._ends, random_.random() * self._ends[-1])]


def write(path: Path, records: int, seed: int = 7) -> None:
    """Write so many records into `staged_contact` of a new DuckDB file, a person's records far from each other."""
    names = list(COLUMNS)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        rows = Path(scratch) / "rows.csv"
        with rows.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(people(records, seed))
        with connect(path) as con:
            types = ", ".join(f"'{name}': '{COLUMNS[name]}'" for name in names)
            con.execute(f"CREATE TABLE staged_contact ({', '.join(f'{n} {t}' for n, t in BY_NAME['contact'].columns)})")
            con.execute(
                f"INSERT INTO staged_contact BY NAME FROM read_csv('{rows}', header = false, columns = {{{types}}}) "
                "ORDER BY hash(record_id)"
            )


def people(records: int, seed: int = 7) -> Iterator[tuple[Any, ...]]:
    """Rows of `staged_contact`, a person's records one after the other."""
    draw = random.Random(seed)
    first_names = Unequal(_first_names(draw, 1_000), 8, 0.9)
    last_names = Unequal(_last_names(draw, 50_000), 12, 0.85)
    cities = Unequal(sorted({_word(draw, 2).title() for _ in range(400)}), 5, 0.9)
    companies = Unequal([_company(draw, n, cities) for n in range(max(20, records // 25))], 30, 0.8)
    made = 0
    while made < records:
        person = _person(draw, first_names.draw(draw), last_names.draw(draw), companies, cities)
        for _ in range(min(records - made, _copies(draw))):
            yield _record(draw, person, made, companies)
            made += 1


def _word(draw: random.Random, syllables: int) -> str:
    return "".join(draw.choice(ONSETS) + draw.choice(RIMES) for _ in range(syllables))


def _first_names(draw: random.Random, n: int) -> list[str]:
    """Known names, which have nicknames, are the commoner ones."""
    known = sorted(NICKNAMES)
    draw.shuffle(known)
    found = dict.fromkeys(known)
    while len(found) < n:
        found[_word(draw, 2)] = None
    return list(found)


def _last_names(draw: random.Random, n: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < n:
        found[(_word(draw, draw.choice((1, 1, 2))) + draw.choice(ENDINGS)).title()] = None
    return list(found)


def _company(draw: random.Random, number: int, cities: Unequal[str]) -> dict[str, str]:
    stem = _word(draw, draw.choice((2, 2, 3)))
    name = f"{stem.title()} {draw.choice(WORDS)} {draw.choice(LEGAL)}".strip()
    return {
        "account": f"crm:A{number:06d}", "name": name, "domain": f"{stem}{number % 1000}.com",
        "city": cities.draw(draw), "switchboard": f"+46 8 {draw.randrange(10**6, 10**7)}",
    }  # fmt: skip


def _person(
    draw: random.Random, first: str, last: str, companies: Unequal[dict[str, str]], cities: Unequal[str]
) -> dict[str, Any]:
    work = companies.draw(draw)
    return {
        "first": first.title(), "last": last, "work": work, "phone": f"+46 {draw.randrange(10**8, 10**9)}",
        "title": f"{draw.choice(LEVELS)} {draw.choice(AREAS)}".strip(),
        "city": work["city"] if draw.random() < 0.7 else cities.draw(draw), "country": draw.choice(COUNTRIES),
        "private": f"{first}{last}{draw.randrange(100)}@{draw.choice(MAILBOXES)}".lower(),
    }  # fmt: skip


def _copies(draw: random.Random) -> int:
    return draw.choices((1, 2, 3, 4, 6), (52, 30, 12, 4, 2))[0]


def _record(
    draw: random.Random, person: dict[str, Any], number: int, companies: Unequal[dict[str, str]]
) -> tuple[Any, ...]:
    work = person["work"] if draw.random() < 0.93 else companies.draw(draw)
    first, last = person["first"], person["last"]
    spoken = draw.random()
    given = (
        first
        if spoken < 0.8
        else first[0] + "."
        if spoken < 0.87
        else draw.choice(NICKNAMES.get(first.lower(), (first,)))
    )
    mail = person["private"] if draw.random() < 0.2 else f"{first}.{last}@{work['domain']}".lower()
    phone = work["switchboard"] if draw.random() < 0.15 else person["phone"]
    here = draw.random
    return (
        draw.choice(SYSTEMS), f"{number:07d}", START + timedelta(minutes=number), given.title(), _typed(draw, last),
        _typed(draw, mail) if here() < 0.75 else None, phone if here() < 0.6 else None,
        person["title"] if here() < 0.6 else None, work["account"] if here() < 0.6 else None,
        work["name"] if here() < 0.7 else None, person["city"] if here() < 0.6 else None,
        person["country"] if here() < 0.7 else None,
    )  # fmt: skip


def _typed(draw: random.Random, text: str) -> str:
    """The text, one time in twenty with a letter lost, doubled, changed or swapped."""
    if draw.random() >= 0.05:
        return text
    at = draw.randrange(1, len(text))
    how = draw.randrange(4)
    if how == 0:
        return text[:at] + text[at + 1 :]
    if how == 1:
        return text[:at] + text[at - 1] + text[at:]
    if how == 2:
        return text[:at] + draw.choice(LETTERS) + text[at + 1 :]
    return text[: at - 1] + text[at : at + 1] + text[at - 1 : at] + text[at + 1 :]
