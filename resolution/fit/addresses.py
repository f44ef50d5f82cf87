"""Postal addresses that stand in one line here and in several columns there: house, street and postal code of each.

A street's name and its house number come from the line that names a kind of street ('Rd', 'rue', '-strasse'); floors
and suites, compass points and the kinds themselves are left out, so that '705 Sheppard Ave' is found inside 'Skyline
Apartments, 705 Sheppard Avenue E., Toronto M1S 1T4'.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
from anyascii import anyascii

from resolution.fit.profile import Column
from resolution.fit.roles import STREET_ENDINGS, STREET_KINDS, is_street_word
from resolution.fit.templates import Part, raw_filled
from resolution.matchers.terms import Comparison, Level

UNITS = frozenset("suite ste apt apartment appt unit flat floor room rm bld building block".split())  # noqa: SIM905
COMPASS = frozenset("n s e w ne nw se sw north south east west".split())  # noqa: SIM905
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d)\b")
WHOLE = r",.*[A-Za-z]{2}|[^0-9][0-9]{5}(-?[0-9]{4})?\s*$|[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b"
"""What a street's column holds where it holds a whole address: a comma and more, or a postal code behind."""
WHOLE_SHARE = 0.05
FEW = 300
ROLES = ("street", "house", "city", "state", "postcode", "country")


@dataclass(frozen=True, slots=True)
class Address:
    """Parts of an address, in lower-case ASCII; empty where it does not say."""

    house: str = ""
    street: str = ""
    postcode: str = ""


def parse(text: str) -> Address:
    """The parts of an address whose lines are divided by commas."""
    plain = re.sub(r"\bp\.? ?o\.? box\b", "pobox", anyascii(text).lower().replace("'", ""))
    lines = [re.findall(r"[a-z0-9]+", line) for line in re.split(r"[,;\n]", plain)]
    lines = [_without_units(line) for line in lines if line]
    named = [line for line in lines if any(is_street_word(w) for w in line) and len(line) > 1]
    numbered = [line for line in lines if any(_is_house(w) for w in line)]
    best = next((line for line in named if line in numbered), None) or next(iter(named or numbered or lines), [])
    house = next((w for w in best if _is_house(w)), "")
    if house and best[0] in STREET_KINDS - {"pobox"} and best[1] == house:  # 'Street 128': the number is the name
        other = next((w for line in numbered if line is not best for w in line if _is_house(w)), "")
        return Address(other.lstrip("0"), house, _postcode(plain, lines, other))
    return Address(house.lstrip("0"), " ".join(_street(best, house)), _postcode(plain, lines, house))


def _is_house(word: str) -> bool:
    return bool(re.fullmatch(r"\d{1,5}[a-z]?", word))


def _without_units(line: list[str]) -> list[str]:
    """A line without 'suite 900' or 'apt 4': the number of a flat is not the number of a house."""
    units = {i for i, w in enumerate(line) if w in UNITS and i + 1 < len(line) and line[i + 1][0].isdigit()}
    return [w for i, w in enumerate(line) if i not in units and i - 1 not in units]


def _street(line: list[str], house: str) -> list[str]:
    """The words of a street's name: after the house number up to the kind of street, else before the number."""
    at = line.index(house) if house else -1
    after = line[at + 1 :]
    end = next((i for i, w in enumerate(after) if is_street_word(w) and i > 0), len(after))
    words = _names(after[: end + 1]) or _names(line[: max(at, 0)])
    return words or [w for w in line if w != house]


def as_one(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], where: str) -> bool:
    """Whether the address must be compared as one: some streets hold whole addresses, or the file is small.

    A file of fewer than FEW records cannot teach that street, city and postal code change together when people move.
    """
    for column in (c.name.replace('"', '""') for c in columns if c.role == "street"):
        whole, every = con.execute(
            f'SELECT count(*) FILTER (regexp_matches("{column}", \'{WHOLE}\')), count(filled("{column}")) '
            f"FROM {table} WHERE {where}"
        ).fetchall()[0]
        if whole >= max(2, WHOLE_SHARE * every) or 0 < every < FEW:
            return True
    return False


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Add `address_parts(text)` (house, street, postal code) to a connection."""
    known = con.execute("SELECT count(*) FROM duckdb_functions() WHERE function_name = 'address_parts'").fetchall()
    if not known[0][0]:
        con.create_function("address_parts", _parts, ["VARCHAR"], "VARCHAR[]")


def _parts(text: str) -> list[str | None]:
    found = parse(text)
    return [found.house or None, found.street or None, found.postcode or None]


def address(columns: Sequence[Column], name: str) -> Part:
    """All columns of an address as one: house and street, the street alone, the postal code alone."""
    ordered = [c.name for role in ROLES for c in columns if c.role == role]
    numbers = [c.name for c in columns if c.role == "house"]
    lines = ", ".join(raw_filled(c) for c in ordered if c not in numbers)
    text = f"concat_ws(' ', {', '.join(raw_filled(c) for c in numbers)}, concat_ws(', ', {lines}))" if numbers else (
        f"concat_ws(', ', {lines})"
    )  # fmt: skip
    parts = f"address_parts(filled({text}))"
    house, street, postcode = (f"{name}_{part}" for part in ("house", "street", "postcode"))
    near = (
        f"(jaro_winkler_similarity({street}_l, {street}_r) >= 0.9 OR starts_with({street}_l, {street}_r) OR "
        f"starts_with({street}_r, {street}_l))"
    )
    town = f"coalesce(left({postcode}_l, 2) = left({postcode}_r, 2), true)"
    levels = (
        Level("same house in the same street", f"{name}_l = {name}_r AND {town}", 0.55, name),
        Level("same house, street spelled nearly the same", f"{house}_l = {house}_r AND {near} AND {town}", 0.1),
        Level(
            "same street, another or no house number",
            f"{near} AND {town} AND (coalesce(damerau_levenshtein({house}_l, {house}_r), 0) <= 1)", 0.08, street,
        ),
        Level("same postal code", f"{postcode}_l = {postcode}_r", 0.04, postcode),
    )  # fmt: skip
    about = f"Address ({', '.join(ordered)})."
    missing = f"{street}_l IS NULL OR {street}_r IS NULL"
    return Part(
        "address", tuple(ordered),
        ((house, f"{parts}[1]"), (street, f"{parts}[2]"), (postcode, f"{parts}[3]"),
         (name, f"{parts}[1] || ' ' || {parts}[2]")),
        Comparison(name, about, missing, levels, otherwise_m=0.23, needs=(street,)), name,
        keys=(("same house in the same street", name, 60),
              ("same street and postal code", f"{street} || {postcode}", 40)),
        coarse=(("street", street), ("house and postal code", f"{house} || {postcode}")),
    )  # fmt: skip


def _names(words: list[str]) -> list[str]:
    bare = [next((w[: -len(s)] for s in STREET_ENDINGS if w.endswith(s) and len(w) - len(s) >= 3), w) for w in words]
    return [w for w in bare if w not in STREET_KINDS and w not in COMPASS] or [w for w in words if w == "pobox"]


def _postcode(plain: str, lines: list[list[str]], house: str) -> str:
    if found := _POSTCODE.findall(plain):
        return str(found[-1]).replace(" ", "")
    numbers = [w for line in lines for w in line if re.fullmatch(r"\d{4,9}", w) and w != house]
    return "" if not numbers else numbers[-1][:5] if len(numbers[-1]) == 9 else numbers[-1]
