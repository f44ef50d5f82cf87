"""Finds the line that names the columns, below notes and above the rows, and gives each column one name."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LOOKED_AT = 60
"""Records from the top of a file among which the header is looked for."""
SEPARATOR = re.compile(r'^"?sep=(.)"?[,;\t|]*$', re.IGNORECASE)
Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file: their names, the record they stand in (from 0), and what was said above them."""

    columns: tuple[str, ...]
    at: int
    above: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    """Names that several columns have; the second is called `name (2)`."""


def plain(name: str) -> str:
    """A column's name as names are compared: blind to case and to how blanks and line breaks stand in it."""
    return " ".join(name.split()).casefold()


def find_header(records: Sequence[Cells], wanted: Iterable[str]) -> Header | None:
    """The record that names the columns: the first if it can be one, else the first that holds most of `wanted`.

    Without `wanted`, or where no record holds any of them, the first record that is as wide as the rows and filled.
    """
    looked = records[:LOOKED_AT]
    names = {plain(w) for w in wanted}
    hits = [len(names & {plain(c) for c in cells}) for cells in looked]
    first = next((i for i, cells in enumerate(looked) if any(c.strip() for c in cells)), None)
    if first is None:
        return None
    if max(hits) > hits[first]:
        return _named(looked, hits.index(max(hits)))
    if hits[first] or _could_be(looked, first):
        return _named(looked, first)
    found = next((i for i in range(first, len(looked)) if _could_be(looked, i)), first)
    return _named(looked, found)


def separator(first_line: str) -> str | None:
    """The delimiter that a line `sep=;` declares, as Excel writes it above the header."""
    found = SEPARATOR.match(first_line.strip("\ufeff\r\n"))
    return found.group(1) if found else None


def best_delimiter(text: str, quote: str) -> str:
    """The delimiter by which most of the first lines fall into the same number of columns, more than one."""
    best, score = ",", 0.0
    for candidate in (",", ";", "\t", "|"):
        widths = Counter(len(cells) for cells in cut(text.splitlines(keepends=True), candidate, quote) if cells)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda pair: (pair[1] if pair[0] > 1 else 0, pair[0]))
        value = count * min(width, 50) ** 0.5 if width > 1 else 0.0
        if value > score:
            best, score = candidate, value
    return best


def cut(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    """The first records of a text, cut leniently; what cannot be cut ends it."""
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    try:
        for _, cells in zip(range(LOOKED_AT * 4), reader, strict=False):
            yield cells
    except csv.Error:
        return


def named(cells: Cells) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """One name for each column, blanks and line breaks in it made one blank; and the names that were repeated."""
    seen: Counter[str] = Counter()
    names, repeated = [], []
    taken = {" ".join(c.split()) for c in cells}
    for position, cell in enumerate(cells):
        name = " ".join(cell.split()) or f"column {position + 1}"
        seen[name] += 1
        if seen[name] == 2:
            repeated.append(name)
        if seen[name] > 1:
            while f"{name} ({seen[name]})" in taken:
                seen[name] += 1
            name = f"{name} ({seen[name]})"
        names.append(name)
    return tuple(names), tuple(repeated)


def _named(records: Sequence[Cells], at: int) -> Header:
    above = tuple(" ".join(" ".join(c for c in cells if c.strip()).split()) for cells in records[:at])
    names, repeated = named(records[at])
    return Header(names, at, tuple(a for a in above if a), repeated)


def _could_be(records: Sequence[Cells], at: int) -> bool:
    """At least half as many cells filled as the rows have, and no more numbers than words among them."""
    widths = Counter(len(cells) for cells in records if len(cells) > 1)
    width = max(widths, key=lambda w: (widths[w], w), default=1)
    filled = [c for c in records[at] if c.strip()]
    numbers = sum(bool(re.fullmatch(r"[-+]?[\d.,:/ %-]+", c.strip())) for c in filled)
    usual = sorted(sum(bool(c.strip()) for c in cells) for cells in records if len(cells) == width)
    needed = min(width, usual[len(usual) // 2] if usual else 1) / 2
    return len(filled) >= max(2 if width > 1 else 1, needed) and numbers * 2 <= len(filled)
