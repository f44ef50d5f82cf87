"""Opens text files of columns: decodes them, skips what stands above the header, and cuts the rows.

A file without oddities is cut by DuckDB. Where a row does not cut, a line break stands in a value, or a line looks
like a total, every row is cut and looked at here instead, so that each has its own line and reason.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from io import BufferedReader
from pathlib import Path

import duckdb

from kg.errors import SourceRefused
from resolution.sources.mapping import Reader
from resolution.sources.reading.encoding import as_utf8, decide
from resolution.sources.reading.footers import NOTICE, SUSPECT, Dropped, Row, without_footers
from resolution.sources.reading.header import LOOKED_AT, best_delimiter, cut, find_header, separator
from resolution.sources.reading.load import Place, append
from resolution.sources.reading.opened import Opened
from resolution.sources.reading.unpack import Part

LONGEST = 8_000_000
"""Characters that one value may have."""
BLOCK = 1 << 20


def open_text(part: Part, reader: Reader, wanted: Sequence[str], scratch: Path, *, guess: bool = False) -> Opened:
    """Opens a text file; with `guess` its delimiter is found, and an open encoding is taken as likeliest.

    Raises:
        SourceRefused: the encoding is open or does not fit, or there is no header.
    """
    decision = decide(part.path, part.name, reader.encoding, guess=guess)
    path = part.path
    if decision.encoding != "utf-8" or _carriage_returns(path):
        path = scratch / f"{len(list(scratch.iterdir()))}-utf8.csv"
        as_utf8(part.path, decision.encoding, path)
    opened = Opened(part.name, part.shape, path, replace(reader, encoding=decision.encoding))
    if decision.evidence:
        opened.notes.append(f"{part.name} {decision.evidence}")
    if decision.guess:
        opened.guesses.append(f"encoding = a guess: {decision.evidence}")
    _find_table(opened, wanted, scratch, guess=guess)
    _scan(opened)
    return opened


def fetch_text(
    connection: duckdb.DuckDBPyConnection, place: Place, opened: Opened, columns: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Appends the rows of `columns` to the raw table; gives (place, line, reason) of those that cannot be cut."""
    if not opened.suspect and _by_duckdb(connection, place, opened, columns):
        return []
    dropped = Dropped()
    broken: list[tuple[str, str, str]] = []
    rows = without_footers(_rows(opened), len(opened.columns), dropped, footer=opened.reader.footer)
    append(connection, place, opened, columns, rows, broken)
    opened.notes += [n for n in dropped.notes(opened.name) if n not in opened.notes]
    return broken


def _carriage_returns(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b"\r" in block for block in iter(partial(file.read, BLOCK), b""))


def _head(path: Path) -> list[str]:
    """The first lines, with their ends; none too long to be a line of columns."""
    with path.open("rb") as file:
        text = file.read(4 * BLOCK).decode("utf-8", errors="ignore")
    return re.findall(r"[^\n]*\n|[^\n]+", text)[: LOOKED_AT * 20]


def _find_table(opened: Opened, wanted: Sequence[str], scratch: Path, *, guess: bool) -> None:
    """Finds the header, by `skip` or by evidence, and lets `opened.path` begin with it."""
    lines, reader = _head(opened.path), opened.reader
    skip = reader.skip or 0
    if reader.skip is not None and skip >= len(lines):
        raise SourceRefused(f"{opened.name} has {len(lines)} lines and skip = {skip}: nothing is left")
    declared = separator(lines[0]) if lines and not skip else None
    if declared:
        skip = 1
    delimiter = declared or (best_delimiter("".join(lines[skip : skip + LOOKED_AT]), reader.quote) if guess else "")
    delimiter = delimiter or ("\t" if _tabbed(opened.name) and reader.delimiter == "," else reader.delimiter)
    if declared and declared != reader.delimiter:
        opened.notes.append(f"{opened.name} is cut at {declared!r}, as its first line says (sep={declared})")
    opened.reader = replace(reader, delimiter=delimiter)
    starts, records = _records(lines[skip:], opened.reader)
    header = find_header(records if reader.skip is None else _first_filled(records), wanted)
    if header is None:
        raise SourceRefused(f"{opened.name} has no header: its first line must name the columns")
    opened.columns, opened.repeated = header.columns, header.repeated
    opened.first_line = skip + starts[header.at] + 1
    if header.above:
        opened.guesses.append(f"skip = {opened.first_line - 1}")
        shown = "; ".join(repr(a[:50]) for a in header.above[:3])
        opened.notes.append(
            f"{opened.name}: the header is on line {opened.first_line}, below {shown}; skip = says it otherwise"
        )
    if opened.first_line > 1:
        _cut_off(opened, lines, scratch)


def _first_filled(records: list[list[str]]) -> list[list[str]]:
    at = next((i for i, cells in enumerate(records) if any(c.strip() for c in cells)), len(records) - 1)
    return records[: at + 1]


def _records(lines: list[str], reader: Reader) -> tuple[list[int], list[list[str]]]:
    """The first records, and the line on which each begins, from 0."""
    starts, records = [0], []
    counted = _Counting(lines)
    for cells in cut(counted, reader.delimiter, reader.quote):
        records.append(cells)
        starts.append(counted.read)
    return starts, records


class _Counting:
    """Lines, counted as they are read."""

    def __init__(self, lines: list[str]) -> None:
        self.lines, self.read = lines, 0

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.read += 1
            yield line


def _cut_off(opened: Opened, lines: list[str], scratch: Path) -> None:
    """Copies the file from its header on."""
    above = len("".join(lines[: opened.first_line - 1]).encode())
    target = scratch / f"{len(list(scratch.iterdir()))}-table.csv"
    with opened.path.open("rb") as old, target.open("wb") as new:
        old.seek(above)
        while block := old.read(BLOCK):
            new.write(block)
    opened.path = target


def _tabbed(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith((".tsv", ".tab"))


def _scan(opened: Opened) -> None:
    """Counts the lines, and looks for those that are no records."""
    lines, held, end = 0, b"", b""
    with opened.path.open("rb") as file:
        for block in iter(partial(file.read, BLOCK), b""):
            lines += block.count(b"\n")
            whole = held + block
            last = whole.rfind(b"\n") + 1
            opened.suspect = opened.suspect or bool(SUSPECT.search(whole[:last]))
            held = whole[last:]
            end = (end + block)[-20_000:]
    opened.suspect |= bool(held) and bool(SUSPECT.search(held))
    opened.lines = lines + bool(held)
    tail = end.decode("utf-8", errors="ignore").splitlines()[-20:]
    opened.suspect |= any(_thin(line, opened) for line in tail)


def _thin(line: str, opened: Opened) -> bool:
    """A line near the end with hardly a value, or with a notice's words."""
    filled = [c for c in line.split(opened.reader.delimiter) if c.strip(' "')]
    return bool(NOTICE.search(line)) or len(filled) < min(2, len(opened.columns))


def _by_duckdb(connection: duckdb.DuckDBPyConnection, place: Place, opened: Opened, columns: Sequence[str]) -> bool:
    """Reads a regular file in one statement; False, with nothing kept, if it is not regular."""
    at = {c: f"c{i}" for i, c in enumerate(opened.columns)}
    types = "{" + ", ".join(f"'{c}': 'VARCHAR'" for c in at.values()) + "}"
    read = (
        f"read_csv($p, auto_detect = false, header = true, all_varchar = true, columns = {types}, delim = $d, "
        "quote = $q, escape = $q, null_padding = false, strict_mode = true, new_line = '\\n', "
        f"max_line_size = {LONGEST}, parallel = true)"
    )
    select = "".join(f", {at[c]}" for c in columns)
    try:
        connection.execute(
            f"INSERT INTO {place.target} SELECT $s + row_number() OVER (), "
            f"$f || ':' || ($l + row_number() OVER ()){select} FROM {read}",
            {
                "s": place.start, "f": opened.name, "l": opened.first_line, "p": str(opened.path),
                "d": opened.reader.delimiter, "q": opened.reader.quote,
            },
        )  # fmt: skip
    except duckdb.Error:
        return False
    count = connection.execute(f"SELECT count(*) FROM {place.table} WHERE __n > $s", {"s": place.start}).fetchall()
    if count[0][0] + 1 == opened.lines:
        return True
    connection.execute(f"DELETE FROM {place.table} WHERE __n > $s", {"s": place.start})
    return False


def _rows(opened: Opened) -> Iterator[Row]:
    """Every record below the header, cut by the rules of RFC 4180; after one that does not cut, from its next line."""
    width = len(opened.columns)
    unnamed = next((i for i in range(width, 0, -1) if not opened.columns[i - 1].startswith("column ")), width)
    csv.field_size_limit(LONGEST)
    with opened.path.open("rb") as file:
        lines = _Lines(file)
        first = True
        while True:
            reader = csv.reader(
                lines, delimiter=opened.reader.delimiter, quotechar=opened.reader.quote, strict=not first
            )
            try:
                while True:
                    lines.mark()
                    cells = next(reader)
                    if first:
                        first = False
                        break
                    yield _row(cells, opened.first_line + lines.marked, width, unnamed, lines)
            except StopIteration:
                return
            except csv.Error as error:
                line = opened.first_line + lines.marked
                text = lines.again()
                yield Row(line, [text], text, f"cannot be cut into columns: {_why(str(error))}")


def _row(cells: list[str], line: int, width: int, unnamed: int, lines: "_Lines") -> Row:
    """A record, with blank cells beyond the header taken off and blanks for columns without a name."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if unnamed <= len(cells) < width:
        cells += [""] * (width - len(cells))
    if cells and len(cells) != width:
        more = f"it has {len(cells)} values, and the header names {width} columns"
        return Row(line, cells, lines.text(), f"cannot be cut into columns: {more}")
    return Row(line, cells)


def _why(error: str) -> str:
    if "expected after" in error:
        return "a quote ends before its value does: double it inside a value"
    if "unexpected end" in error:
        return "a quote is opened and never closed"
    if "field larger" in error:
        return f"a value is longer than {LONGEST:,} characters"
    return "it breaks the rules of quoting"


class _Lines:
    """Lines of a file as text, with the way back to the one at which a record began."""

    def __init__(self, file: BufferedReader) -> None:
        self.file, self.number, self.offset = file, 0, 0
        self.marked, self.begin, self.seen = 0, 0, ""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline()
        if not line:
            raise StopIteration
        self.number += 1
        self.offset += len(line)
        text = line.decode("utf-8")
        self.seen = text if self.seen == "" else self.seen
        return text

    def mark(self) -> None:
        """Notes that a record begins with the next line."""
        self.marked, self.begin, self.seen = self.number, self.offset, ""

    def text(self) -> str:
        """The first line of the record."""
        return self.seen.strip("\n")

    def again(self) -> str:
        """Goes on after the first line of the record; gives that line."""
        self.file.seek(self.begin)
        line = self.file.readline()
        self.number, self.offset = self.marked + 1, self.begin + len(line)
        return line.decode("utf-8").strip("\n")


__all__ = ["fetch_text", "open_text"]
