"""Looks at a file that nobody has mapped: how it is read, and what stands in each column."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kg.errors import SourceRefused
from resolution.database.connection import quoted
from resolution.sources.files import Files, apart, fetch
from resolution.sources.mapping import Reader
from resolution.sources.reading.opened import Opened
from resolution.sources.reading.unpack import archive_of, members
from resolution.sources.times import Times, times_of

SAMPLE = 5_000
MOST = 200_000
"""Different values of a column that decide how its times are written."""


@dataclass(frozen=True, slots=True)
class Column:
    """What was seen in one column: filled values, distinct ones (a few), whether they are unique, and how times are
    read.
    """

    name: str
    word: str
    values: frozenset[str]
    unique: bool
    blank: float
    times: Times | None
    """How its times are written; None: it holds none."""
    shown: tuple[str, ...] = ()
    """The most frequent values."""
    rows: int = 0

    @property
    def time(self) -> str | None:
        """What to write beside `column`: '' for ISO, or a format or epoch setting; None: it holds no times."""
        return None if self.times is None else self.times.setting


def looks(files: Files, paths: Sequence[Path]) -> Iterator[tuple[Path, Opened, list[Column]]]:
    """The profile of each file, of each member of an archive and of each sheet of a workbook.

    Raises:
        SourceRefused: one is not there, or cannot be read.
    """
    for path in paths:
        if not path.is_file() and archive_of(path) is None:
            raise SourceRefused(f"{path}: no such file")
        for member in members(path):
            sheets = files.open(member, Reader(), guess=True).sheets
            for reader in [Reader(sheet=sheet) for sheet in sheets] if len(sheets) > 1 else [Reader()]:
                yield (member, *profile(files, member, reader))


def profile(files: Files, path: Path, reader: Reader) -> tuple[Opened, list[Column]]:
    """How a file that nobody has mapped is read, and what stands in each of its columns (rows in `sample_rows`).

    Raises:
        SourceRefused: it cannot be read.
    """
    connection, opened = files.connection, files.open(path, reader, guess=True)
    names = apart(opened.columns)
    fetch(files, "sample_rows", [path], reader, names)
    columns = []
    for name in names:
        value = f"nullif(trim({quoted(name)}), '')"
        total, filled, distinct = connection.execute(
            f"SELECT count(*), count({value}), count(DISTINCT {value}) FROM sample_rows"
        ).fetchall()[0]
        seen = connection.execute(
            f"SELECT {value} AS v FROM sample_rows WHERE {value} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 "
            f"LIMIT {SAMPLE}"
        ).fetchall()
        values = frozenset(v for (v,) in seen)
        columns.append(
            Column(
                name,
                _word(_last(name) if opened.tree else name),
                values,
                filled == total == distinct,
                1 - filled / max(total, 1),
                _times(connection, name, values),
                tuple(v for (v,) in seen[:20]),
                total,
            )
        )
    return opened, columns


def _last(path: str) -> str:
    """The part of a nested path that names the value: of `properties.dealname` and of `emails.0` the words."""
    return next((part for part in reversed(path.split(".")) if not part.isdigit()), path)


def _word(name: str) -> str:
    """A column's name as the vocabulary writes it: 'Deal - Title' as title, '_parentaccountid_value' as its id."""
    low = re.sub(r"^(?:deal|organi[sz]ation|person|lead|activity)\s+-\s+", "", name.strip().lower().removesuffix("__c"))
    low = re.sub(r"^\(do not modify\)\s*|^_(?=.*_value$)", "", low)
    plain = re.sub(r"[^a-z0-9]", "", low.removesuffix("_value") if name.startswith("_") else low)
    return plain.removeprefix("property") or plain


def _times(connection: duckdb.DuckDBPyConnection, name: str, values: frozenset[str]) -> Times | None:
    """From all values of the column, once those seen first look like times."""
    first = times_of(connection, sorted(values)[:200])
    if first is None:
        return None
    every = connection.execute(
        f"SELECT DISTINCT trim({quoted(name)}) FROM sample_rows WHERE nullif(trim({quoted(name)}), '') IS NOT NULL "
        f"ORDER BY 1 LIMIT {MOST}"
    ).fetchall()
    return times_of(connection, [v for (v,) in every])
