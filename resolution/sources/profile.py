"""Looks at a file that nobody has mapped: its delimiter and encoding, and what stands in each column."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from resolution.database.connection import quoted
from resolution.sources.files import columns_of, fetch
from resolution.sources.mapping import Reader
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


def reader_of(path: Path) -> Reader:
    """Delimiter and encoding, from the first lines."""
    head = path.read_bytes()[:100_000]
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            encoding = "cp1252"
        text = head.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    return Reader(delimiter=max((",", ";", "\t", "|"), key=first.count), encoding=encoding)


def profile(connection: duckdb.DuckDBPyConnection, path: Path, reader: Reader, scratch: Path) -> list[Column]:
    """What stands in each column of a file."""
    names = columns_of(connection, path, reader)
    fetch(connection, "sample_rows", [path], reader, names, scratch)
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
                _word(name),
                values,
                filled == total == distinct,
                1 - filled / max(total, 1),
                _times(connection, name, values),
                tuple(v for (v,) in seen[:20]),
                total,
            )
        )
    return columns


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
