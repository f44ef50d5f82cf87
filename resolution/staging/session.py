"""What staging stands on: its bench (connection, scratch, what is true for the run), lookup files and dated rates."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from kg.errors import SourceRefused
from resolution.database.connection import quoted
from resolution.sources.files import Files, fetch, find_members, found_columns, pick
from resolution.sources.mapping import Lookup, Reader, Section, Workspace
from resolution.staging.notices import Notice

STRONG = ("EUR", "USD", "GBP", "CHF")
WEAK = (
    "JPY", "KRW", "IDR", "VND", "HUF", "INR", "CZK", "SEK", "NOK", "DKK", "PHP", "THB", "TWD", "RUB", "CLP", "COP",
    "ISK", "MXN", "ZAR", "PLN", "CNY", "HKD", "TRY", "UAH", "NGN", "KES",
)  # fmt: skip
"""Currencies of which one unit has been worth less than one unit of any strong one for decades."""


@dataclass(slots=True)
class Bench:
    """Where staging works: one DuckDB connection over scratch files, and what is true for the whole run."""

    connection: duckdb.DuckDBPyConnection
    workspace: Workspace
    now: datetime
    scratch: Path
    chunk: int
    files: Files
    has_rates: bool = False
    unused: set[str] = field(default_factory=set)
    absent: list[tuple[str, str]] = field(default_factory=list)
    """(source, kind) of ready-made sections for which no file was found."""
    undated: list[tuple[str, str, int]] = field(default_factory=list)
    """(source, kind, how many) of records with no knowledge time."""
    listed: dict[tuple[str, ...], list[Path]] = field(default_factory=dict)
    """Files found for each set of patterns, looked up once."""
    fetched: dict[tuple[str, str], int] = field(default_factory=dict)
    """Rows read for each source and kind, counted on the raw rows."""
    vanished: list[tuple[str, str, str, tuple[str, ...]]] = field(default_factory=list)
    """(file, source, kind, columns) that the mapping reads and the file lacks."""
    notices: list[Notice] = field(default_factory=list)
    """What is worth telling beside the counts; whoever finds something adds it."""


def found_files(bench: Bench, patterns: tuple[str, ...]) -> list[Path]:
    """Files that the patterns name, looked up once a run."""
    if patterns not in bench.listed:
        bench.listed[patterns] = find_members(patterns, bench.workspace.folder)
    return bench.listed[patterns]


def look_up(bench: Bench, section: Section, name: str, lookup: Lookup | None) -> str | None:
    """Reads a lookup's file into a table with look_key, look_value, look_order, look_won, look_closed."""
    if lookup is None:
        return None
    files = pick(found_files(bench, section.files), lookup.files) or found_files(bench, lookup.files)
    if not files:
        if section.optional or section.values[name].optional:
            return None
        raise SourceRefused(f"lookup of {name}: {', '.join(lookup.files)} names no file")
    table = f"raw_look_{section.kind}_{name}"
    found: set[str] = set()
    for path in files:
        found |= set(found_columns(bench.files.open(path, section.reader, lookup.columns), lookup.columns))
    if missing := [c for c in (lookup.key, lookup.value) if c not in found]:
        raise SourceRefused(f"{files[0].name} has no column {missing[0]!r}, which the lookup of {name} reads")
    fetch(bench.files, f"{table}_all", files, section.reader, [c for c in lookup.columns if c in found])
    columns = {
        "look_key": lookup.key,
        "look_value": lookup.value,
        "look_order": lookup.order,
        "look_won": lookup.won,
        "look_closed": lookup.closed,
    }
    select = ", ".join(
        f"nullif(trim({quoted(c)}), '') AS {a}" if c and c in found else f"NULL::VARCHAR AS {a}"
        for a, c in columns.items()
    )
    bench.connection.execute(
        f"CREATE OR REPLACE TABLE {quoted(table)} AS SELECT {select} FROM {quoted(table + '_all')} "
        "QUALIFY row_number() OVER (PARTITION BY look_key ORDER BY __n) = 1"
    )
    return table


def read_rates(bench: Bench, path: Path | None) -> None:
    """Reads the dated rates into the table `rates`.

    Raises:
        SourceRefused: the file is absent, lacks a column, or holds a rate that is no positive number.
    """
    if path is None:
        return
    if not path.is_file():
        raise SourceRefused(f"rates = {path.name!r}: no such file")
    wanted = ("date", "currency", "rate")
    found = found_columns(bench.files.open(path, Reader(), wanted), wanted)
    if missing := [c for c in wanted if c not in found]:
        raise SourceRefused(f"{path.name} has no column {missing[0]!r}; a rates file has date, currency, rate")
    fetch(bench.files, "rates_raw", [path], Reader(), wanted)
    bench.connection.execute(
        """CREATE TABLE rates AS SELECT upper(trim(currency)) AS rate_currency, TRY_CAST(TRY_CAST(date AS DATE) AS
          TIMESTAMP) AS rate_since,
             TRY_CAST(rate AS DOUBLE) AS rate_value, __place AS place FROM rates_raw"""
    )
    bad = bench.connection.execute(
        "SELECT place FROM rates WHERE rate_since IS NULL OR rate_value IS NULL OR rate_value <= 0 OR "
        "rate_currency IS NULL LIMIT 1"
    ).fetchall()
    if bad:
        raise SourceRefused(f"{bad[0][0]}: a rate is a date, a currency and a number above 0")
    _refuse_upside_down(bench, path.name)
    bench.has_rates = True


def _refuse_upside_down(bench: Bench, name: str) -> None:
    """A rate says what one unit is worth in the workspace's currency; central banks publish the inverse."""
    own = bench.workspace.currency
    if own not in STRONG:
        return
    found = bench.connection.execute(
        "SELECT place, rate_currency, rate_value FROM rates WHERE list_contains($weak::VARCHAR[], rate_currency) "
        "AND rate_value > 1 ORDER BY place LIMIT 1",
        {"weak": list(WEAK)},
    ).fetchall()
    if found:
        place, code, rate = found[0]
        raise SourceRefused(
            f"{place}: 1 {code} = {rate:g} {own} cannot be: a rate is what one {code} is worth in {own}, such as "
            f"{1 / rate:.4g}; {name} seems to hold the inverse, write 1 / rate"
        )
