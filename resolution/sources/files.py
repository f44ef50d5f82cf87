"""Fetches rows as they are: finds files, opens each once, and puts its columns as text into a raw table.

`fetch` knows nothing of kinds. What stops a whole source (no file, no rows, an open encoding, a missing column) is one
SourceRefused sentence; a row that cannot be cut is a broken row with its place and reason.
"""

import fnmatch
import glob
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from kg.errors import SourceRefused
from resolution.database.connection import quoted, text_sql
from resolution.sources.mapping import Reader, Section
from resolution.sources.reading.header import plain
from resolution.sources.reading.load import Place
from resolution.sources.reading.nested import (
    check_nested,
    fetch_json,
    fetch_parquet,
    open_json,
    open_parquet,
    resolve_paths,
)
from resolution.sources.reading.opened import Opened, matched, told
from resolution.sources.reading.shapes import READABLE, Shape
from resolution.sources.reading.text import fetch_text, open_text
from resolution.sources.reading.unpack import called, members, unpack
from resolution.sources.reading.workbook import fetch_workbook, open_workbook

NESTED = (Shape.JSON, Shape.LINES, Shape.PARQUET)
FETCH = {
    Shape.TEXT: fetch_text,
    Shape.WORKBOOK: fetch_workbook,
    Shape.JSON: fetch_json,
    Shape.LINES: fetch_json,
    Shape.PARQUET: fetch_parquet,
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A raw table: column `__n` (order), `__place` (file:line), and the columns asked for, as text."""

    table: str
    columns: tuple[str, ...]
    broken: tuple[tuple[str, str, str], ...]
    """(place, line, reason) of rows that could not be cut into columns."""


@dataclass(slots=True)
class Files:
    """The files of one run, each opened once: DuckDB connection, a scratch folder for what is unpacked and decoded."""

    connection: duckdb.DuckDBPyConnection
    scratch: Path
    opened: dict[tuple[Path, Reader], Opened] = field(default_factory=dict)

    def open(self, path: Path, reader: Reader, wanted: Sequence[str] = (), *, guess: bool = False) -> Opened:
        """Opens a file; `wanted` are columns by which its header is known where it stands below notes.

        Raises:
            SourceRefused: it cannot be read as a whole; the sentence says what it is and what to do.
        """
        key = (path, reader)
        if key not in self.opened:
            with engine_faults(called(path)):
                self.opened[key] = self._open(path, reader, wanted, guess)
        return self.opened[key]

    def _open(self, path: Path, reader: Reader, wanted: Sequence[str], guess: bool) -> Opened:
        self.scratch.mkdir(parents=True, exist_ok=True)
        part = unpack(path, self.scratch)
        match part.shape:
            case Shape.WORKBOOK:
                return open_workbook(part, reader, wanted)
            case Shape.PARQUET:
                return open_parquet(self.connection, part, reader)
            case Shape.JSON | Shape.LINES:
                return open_json(self.connection, part, reader, self.scratch)
            case _:
                return open_text(part, reader, wanted, self.scratch, guess=guess)

    def notes(self) -> Iterator[str]:
        """What was said of the files that were opened, each sentence once."""
        yield from dict.fromkeys(note for opened in self.opened.values() for note in told(opened))


@contextmanager
def engine_faults(name: str) -> Iterator[None]:
    """Turns whatever the engine says while `name` is read into one sentence of ours.

    Raises:
        SourceRefused: instead of any error of DuckDB's.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise SourceRefused(f"{name} needs more memory than staging may use: raise DEALGRAPH_STAGING_MEMORY") from error
    except duckdb.Error as error:
        line = re.search(r"\bline:? (\d+)", str(error), re.IGNORECASE)
        where = f":{line.group(1)}" if line else ""
        raise SourceRefused(
            f'{name}{where} cannot be read, it is damaged or not what its name says: export it again, as "CSV UTF-8"'
        ) from error


def find(patterns: Sequence[str], folder: Path) -> list[Path]:
    """Files of the disk that the globs (or folders) name, sorted."""
    found: set[Path] = set()
    for pattern in patterns:
        path = folder / pattern
        inside = re.match(r"(.*?\.zip)/.", pattern, re.IGNORECASE)
        if path.is_dir():
            found |= {p for p in path.rglob("*") if p.is_file() and p.name.lower().endswith(READABLE)}
        elif inside and (folder / inside.group(1)).is_file():
            found.add(folder / inside.group(1))
        else:
            found |= {Path(p) for p in glob.glob(str(path), recursive=True) if Path(p).is_file()}
    return sorted(found)


def find_members(patterns: Sequence[str], folder: Path) -> list[Path]:
    """Files that the globs name; those of a zip archive as `archive.zip/member.csv`, which a pattern may name too.

    Raises:
        SourceRefused: a zip archive is damaged or holds nothing that can be read.
    """
    found: set[Path] = set()
    for pattern in patterns:
        full = str(folder / pattern).lower()
        for path in find([pattern], folder):
            inside = members(path)
            if ".zip/" in full and str(path).lower() + "/" in full:
                inside = [m for m in inside if fnmatch.fnmatch(str(m).lower(), full)]
            found |= set(inside)
    return sorted(found)


def pick(files: Sequence[Path], match: Sequence[str]) -> list[Path]:
    """Those files whose name one of the patterns fits, blind to case."""
    return [f for f in files if any(fnmatch.fnmatch(f.name.lower(), m.lower()) for m in match)]


def found_columns(opened: Opened, wanted: Sequence[str]) -> dict[str, str]:
    """For each wanted column that the file has, the file's own name of it.

    Raises:
        SourceRefused: one is ambiguous, or is an object with values inside it.
    """
    if opened.shape in NESTED:
        opened.columns = resolve_paths(opened, wanted)
    found = matched(opened, wanted)
    if opened.shape in NESTED:
        for name, column in found.items():
            check_nested(opened, name, column)
    return found


def apart(names: Sequence[str]) -> list[str]:
    """Names that DuckDB can tell apart: of those that differ in case alone (Email, email) the first."""
    return list({name.lower(): name for name in reversed(names)}.values())[::-1]


def plain_columns(opened: Opened, known: Sequence[str]) -> list[str]:
    """Columns of a file beside the known ones, those left out that hold objects or lists."""
    seen = {name.lower() for name in known}
    found = []
    for column in opened.columns:
        if column.strip() and column.lower() not in seen:
            try:
                found_columns(opened, [column])
            except SourceRefused:
                continue
            seen.add(column.lower())
            found.append(column)
    return found


def typed_numbers(files: Files, paths: Sequence[Path], reader: Reader, wanted: Sequence[str]) -> frozenset[str]:
    """Wanted columns that hold numbers by type in every one of the files; they come with a decimal point always."""
    kept = set(wanted) if paths else set()
    for path in paths:
        opened = files.open(path, reader)
        kept &= {name for name, column in found_columns(opened, wanted).items() if column in opened.numbers}
    return frozenset(kept)


def fetch(files: Files, name: str, paths: Sequence[Path], reader: Reader, wanted: Sequence[str]) -> Fetched:
    """Reads files into the raw table `name` with the columns `wanted`; a column that some file lacks is NULL there.

    Names that DuckDB cannot tell apart (Email, email) are one column there.

    Raises:
        SourceRefused: a file cannot be read, or has no rows.
    """
    once = apart(wanted)
    columns = "".join(f", {quoted(c)} VARCHAR" for c in once)
    files.connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} (__n BIGINT, __place VARCHAR{columns})")
    broken: list[tuple[str, str, str]] = []
    start = 0
    for path in paths:
        opened = files.open(path, reader, wanted)
        found = found_columns(opened, once)
        target = f"{quoted(name)} (__n, __place{''.join(', ' + quoted(c) for c in found)})"
        with engine_faults(opened.name):
            cut = _fetch_one(files.connection, quoted(name), target, start, opened, list(found.values()))
            count = files.connection.execute(f"SELECT coalesce(max(__n), 0) FROM {quoted(name)}").fetchall()[0][0]
        if count <= start and not cut:
            raise SourceRefused(f"{opened.name} has a header and no rows: export it again, or take it out of files")
        broken += cut
        start = max(start, count)
    return Fetched(name, tuple(wanted), tuple(broken))


def _fetch_one(
    connection: duckdb.DuckDBPyConnection, table: str, target: str, start: int, opened: Opened, columns: Sequence[str]
) -> list[tuple[str, str, str]]:
    return FETCH[opened.shape](connection, Place(table, target, start), opened, columns)


def fetch_table(
    connection: duckdb.DuckDBPyConnection, name: str, address: str, folder: Path, wanted: Sequence[str] | None
) -> list[str]:
    """Reads a database table ('duckdb:path:table' or 'postgres:address:table') into the raw table `name`; gives its
    columns.

    Raises:
        SourceRefused: there is no such table, or it cannot be opened.
    """
    system, _, rest = address.partition(":")
    place, _, table = rest.rpartition(":")
    if system not in ("duckdb", "postgres") or not place or not table:
        raise SourceRefused(
            f"table = {address!r}: write 'duckdb:<path>:<table>' or 'postgres:<address>:<schema.table>'"
        )
    path = str(folder / place) if system == "duckdb" else place
    if system == "duckdb" and not Path(path).is_file():
        raise SourceRefused(f"{place}: no such DuckDB file, named in table = {address!r}")
    kind = "" if system == "duckdb" else ", TYPE postgres"
    try:
        if system == "postgres":
            connection.execute("LOAD postgres")
        connection.execute(f"ATTACH {text_sql(path)} AS outside (READ_ONLY{kind})")
    except duckdb.Error as error:
        remedy = (
            "install DuckDB's postgres extension and check the address, or export the table to Parquet"
            if system == "postgres"
            else "it is no DuckDB file, or another process writes to it"
        )
        raise SourceRefused(f"table = {address!r} cannot be opened: {remedy}") from error
    try:
        full = "outside." + ".".join(quoted(part) for part in table.split("."))
        described = connection.execute(f"SELECT * FROM {full} LIMIT 0").description or ()
        found = [d[0] for d in described]
        select = ", ".join(
            f"CAST({quoted(c)} AS VARCHAR) AS {quoted(c)}" for c in (found if wanted is None else wanted) if c in found
        )
        connection.execute(
            f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT row_number() OVER () AS __n, $t || ':' || "
            "row_number() OVER () AS __place"
            f"{', ' + select if select else ''} FROM {full}",
            {"t": table},
        )
    except duckdb.CatalogException as error:
        raise SourceRefused(f"table = {address!r}: there is no such table in {place}") from error
    except duckdb.Error as error:
        raise SourceRefused(f"table = {address!r} cannot be read: export it to Parquet") from error
    finally:
        connection.execute("DETACH outside")
    return found


def check_columns(section: Section, found: Sequence[str], where: str) -> None:
    """Refuses a source whose columns are not there, and says so if the delimiter looks wrong.

    Raises:
        SourceRefused: naming the first missing column.
    """
    have = {plain(c) for c in found}
    missing = [c for c, optional in section.columns() if not optional and plain(c) not in have]
    if not missing:
        return
    if len(found) == 1 and (
        other := next((d for d in (",", ";", "\t", "|") if d in found[0] and d != section.reader.delimiter), None)
    ):
        raise SourceRefused(
            f"{where} has one column {found[0][:60]!r}: its delimiter looks like {other!r}, not "
            f"{section.reader.delimiter!r}"
        )
    found = list(dict.fromkeys(found))
    has = ", ".join(found[:30]) + (" …" if len(found) > 30 else "")
    raise SourceRefused(f"{where} has no column {missing[0]!r}, which [{section.kind}] reads; it has {has}")
