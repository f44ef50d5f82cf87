"""Any file of records as a table of texts: CSV and Parquet by DuckDB, all else as sources are read."""

import re
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution.database.connection import quoted, texts_sql
from resolution.sources.files import Files, fetch, plain_columns
from resolution.sources.mapping import Reader
from resolution.sources.reading.unpack import members

NULLS = ("", "NA", "NULL", "nan")
"""Texts of a CSV file that say nothing."""
PARQUET = ".parquet"
PLAIN = (".csv", ".tsv", ".txt", PARQUET)
"""Endings of files that DuckDB is tried on first."""
LONGEST = 1_000
"""Characters of a value that count: what compares letters grows with the square of their number."""


def read_records(con: duckdb.DuckDBPyConnection, path: Path, into: str, said: list[str] | None = None) -> list[str]:
    """Load a file as text into table `into`, numbered by `row_no`; returns its columns' names.

    A plain CSV or Parquet file is DuckDB's; any other, and one that it cannot read, is read as sources are: workbooks,
    archives, JSON, other encodings, a header below notes. What was guessed there is added to `said`.

    Raises:
        InputError: there is no such file, no column record_id, or a record_id that is empty or stands twice.
        SourceRefused: the file cannot be read.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there: name a CSV file with a column record_id")
    if not (path.suffix.lower() in PLAIN and _read_plain(con, path, into)):
        _read_any(con, path, into, [] if said is None else said)
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE {into}").fetchall()][1:]
    names = plain_names(columns, str(path))
    both = list(zip(columns, names, strict=True))
    long = " + ".join(f"count(*) FILTER (length({quoted(c)}) > {LONGEST})" for c, n in both if n != "record_id")
    if long and said is not None and (cut := con.execute(f"SELECT {long} FROM {into}").fetchall()[0][0]):
        said.append(f"{path}: {cut} values are longer than {LONGEST:,} characters: their beginnings count")
    renamed = ", ".join(
        f'{quoted(c) if n == "record_id" else f"left({quoted(c)}, {LONGEST})"} AS "{n}"' for c, n in both
    )
    con.execute(f"CREATE OR REPLACE TABLE {into} AS SELECT row_no, {renamed} FROM {into}")
    _hold_ids(con, into, path, "source" in names)
    return names


def _read_plain(con: duckdb.DuckDBPyConnection, path: Path, into: str) -> bool:
    """Whether DuckDB could read the file, and found records in it."""
    read = f"read_csv(?, all_varchar=true, header=true, nullstr={list(NULLS)}, parallel=false)"
    if path.suffix.lower() == PARQUET:
        read = "(SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?))"
    numbered = f"CREATE OR REPLACE TABLE {into} AS SELECT row_number() OVER () AS row_no, * FROM {read}"
    try:
        con.execute(numbered, [str(path)])
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return False
    return any("record" in str(row[0]).lower() for row in con.execute(f"DESCRIBE {into}").fetchall())


def _read_any(con: duckdb.DuckDBPyConnection, path: Path, into: str, said: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="dealgraph-records-") as scratch:
        files, (member, *others) = Files(con, Path(scratch)), members(path)
        if others:
            raise InputError(f"{path} holds {len(others) + 1} files: name one of them, unpacked")
        opened = files.open(member, Reader(), guess=True)
        columns = plain_columns(opened, ())
        if cut := fetch(files, "raw_records", [member], Reader(), columns).broken:
            place, _, why = cut[0]
            raise InputError(f"{place}: {why}")
        taken = ", ".join(
            f"CASE WHEN {quoted(c)} NOT IN ({texts_sql(NULLS)}) THEN {quoted(c)} END AS {quoted(c)}" for c in columns
        )
        con.execute(
            f"CREATE OR REPLACE TABLE {into} AS SELECT row_number() OVER (ORDER BY __n) AS row_no, {taken} "
            "FROM raw_records; DROP TABLE raw_records"
        )
        guesses = (guess.partition(": set encoding")[0] for guess in opened.guesses)
        said += [*files.notes(), *(f"{path}: {guess}; save it as UTF-8 if that is wrong" for guess in guesses)]


def _hold_ids(con: duckdb.DuckDBPyConnection, table: str, path: Path, sourced: bool) -> None:
    """Refuses records that no id, or no id of their own, tells apart; a source may use the ids of another."""
    first = con.execute(f"SELECT min(row_no) FROM {table} WHERE record_id IS NULL").fetchall()[0][0]
    if first is not None:
        raise InputError(f"{path}: row {first} has no record_id: give each record one of its own")
    key = "coalesce(source, ''), record_id" if sourced else "record_id"
    twice = con.execute(
        f"SELECT any_value(record_id), min(row_no), max(row_no) FROM {table} GROUP BY {key} HAVING count(*) > 1 "
        "ORDER BY 2 LIMIT 1"
    ).fetchall()
    if twice:
        id_, one, other = twice[0]
        raise InputError(f"{path}: record_id {id_!r} stands in rows {one} and {other}: it has to name one record")


def plain_names(columns: Sequence[str], path: str) -> list[str]:
    """The names under which a file's columns are known: plain, lower case, no two the same.

    Raises InputError where none is record_id.
    """
    names: list[str] = []
    for column in columns:
        apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
        plain = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_") or "column"
        taken = {"row_no", *names}
        spare = (f"{plain}_{n}" for n in count(2))
        names.append(plain if plain not in taken else next(name for name in spare if name not in taken))
    if "record_id" not in names:
        raise InputError(f"{path} has no column record_id; it has {', '.join(names)}")
    return names
