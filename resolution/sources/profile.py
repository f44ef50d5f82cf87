"""Looks at a file that nobody has mapped: its delimiter and encoding, and what stands in each column."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from resolution.database.connection import quoted
from resolution.sources.files import columns_of, fetch
from resolution.sources.mapping import Reader
from resolution.sources.words import FORMATS

SAMPLE = 5_000


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
    time: str | None
    """None: no time. Otherwise what to write beside `column`: '' for ISO, or a format or epoch setting."""


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
                _time(connection, values),
            )
        )
    return columns


def _word(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.lower().removesuffix("__c"))
    return plain.removeprefix("property") or plain


def _time(connection: duckdb.DuckDBPyConnection, values: frozenset[str]) -> str | None:
    """How a column's values are read as times, if nine in ten can be."""
    sample = sorted(values)[:200]
    if not sample:
        return None
    if all(re.fullmatch(r"1[0-9]{9}|1[0-9]{12}", v) for v in sample):
        return f'epoch = "{"s" if len(sample[0]) == 10 else "ms"}"'
    connection.execute("CREATE OR REPLACE TEMP TABLE seen_values AS SELECT unnest($v::VARCHAR[]) AS v", {"v": sample})
    iso = connection.execute(
        "SELECT count(*) FROM seen_values WHERE v LIKE '____-%-%' AND TRY_CAST(v AS TIMESTAMPTZ) IS NOT NULL"
    ).fetchall()
    if iso[0][0] >= 0.9 * len(sample):
        return ""
    for form in FORMATS:
        read = connection.execute(
            "SELECT count(*) FROM seen_values WHERE try_strptime(v, $f) IS NOT NULL", {"f": form}
        ).fetchall()
        if read[0][0] >= 0.9 * len(sample):
            return f'format = "{form}"'
    return None
