"""Columns that say nothing of who is who: random numbers, categories drawn at will.

Pairs of records that agree on so much else that they are the same record agree on a telling column too; on a silent
one they agree as often as any two. No label is needed to see it.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import log2, sqrt
from typing import Final

import duckdb

from resolution.database.connection import quoted, rows_in
from resolution.fit.profile import Column

PAIRS: Final = 200_000
"""Pairs of records that are looked at, drawn among those that share a value of a column."""
RECORDS: Final = 100_000
"""Records of a file that are looked at, about."""
MOST: Final = 30
"""Records of one value that are paired."""
BEYOND: Final = 1.0
"""Bits above the number of all pairs at which agreement elsewhere cannot be chance."""
ENOUGH: Final = 10
"""Pairs of the same record that it takes to judge a column."""
SURE: Final = 2.0
"""Standard deviations of the interval in which the share of agreement lies."""
TELLING: Final = 0.35
"""A column on which so many records of the same may agree is not yet silent."""
TOLD: Final = ("its name", "its neighbours")
CLEAR: Final = frozenset(("email", "phone", "postcode"))
"""Roles that values tell beyond doubt."""
WHY: Final = "records that agree on all else agree on it as often as any two"


def without_silent(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], where: str
) -> tuple[Column, ...]:
    """The columns, those that say nothing unused; one whose name or values tell its role is taken at its word."""
    some = [c for c in columns if c.role not in ("unused", "source")]
    told = [c for c in some if c.told_by in TOLD or c.role in CLEAR]
    asked = [c.name for c in some if c not in told]
    if not asked or not told:
        return tuple(columns)
    values = ", ".join(f"lower(filled({quoted(c.name)})) AS {quoted(c.name)}" for c in some)
    rarity = ", ".join(
        f"log2(count({q}) OVER () / count({q}) OVER (PARTITION BY {q})) AS bits_{i}"
        for i, q in enumerate(quoted(c.name) for c in told)
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE said_row AS SELECT *, {rarity} FROM "
        f"(SELECT row_no, {values} FROM {table} WHERE ({where}) AND {_part(con, table, told)})"
    )
    records = rows_in(con, "FROM said_row")
    if records < ENOUGH:
        return tuple(columns)
    _draw(con, [c.name for c in told], max(200, PAIRS // len(some)))
    found = _agreement(con, [c.name for c in told], asked, log2(records * (records - 1) / 2) + BEYOND)
    silent = {name for name, (same, filled) in found.items() if _is_silent(same, filled, _chance(con, name))}
    return tuple(replace(c, role="unused", told_by=WHY) if c.name in silent else c for c in columns)


def _part(con: duckdb.DuckDBPyConnection, table: str, told: Sequence[Column]) -> str:
    """The condition on the records looked at: of many, those of a part of the values of the most telling column.

    Two records of one person mostly share that value, so that a part by values keeps them together.
    """
    parts = rows_in(con, f"FROM {table}") // RECORDS
    most = max(told, key=lambda c: (c.filled * c.distinct, c.name))
    return f"hash(lower(filled({quoted(most.name)}))) % {parts} = 0" if parts > 1 else "true"


def _chance(con: duckdb.DuckDBPyConnection, name: str) -> float:
    """The share of all pairs of filled records that agree on a column, above zero."""
    same, filled = con.execute(
        f"SELECT coalesce(sum(n * (n - 1)), 0), coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM said_row WHERE "
        f"{quoted(name)} IS NOT NULL GROUP BY {quoted(name)})"
    ).fetchall()[0]
    every = max(float(filled) * (float(filled) - 1), 1.0)
    return min(max(float(same), 1.0) / every, 1.0)


def _draw(con: duckdb.DuckDBPyConnection, told: Sequence[str], most: int) -> None:
    """Make `drawn` (a, b): pairs that share a value of a column told, the rarest values of each first."""
    con.execute("CREATE OR REPLACE TEMP TABLE drawn (a BIGINT, b BIGINT)")
    for own in map(quoted, told):
        con.execute(
            f"""INSERT INTO drawn WITH shared AS (
                  SELECT row_no, {own} AS value, count(*) OVER (PARTITION BY {own}) AS n,
                    row_number() OVER (PARTITION BY {own} ORDER BY hash(row_no)) AS place
                  FROM said_row WHERE {own} IS NOT NULL),
                few AS (FROM shared WHERE n > 1 AND place <= {MOST})
                SELECT a.row_no, b.row_no FROM few a JOIN few b ON a.value = b.value AND a.row_no < b.row_no
                ORDER BY a.n, hash(a.row_no, b.row_no) LIMIT {most}"""
        )


def _agreement(
    con: duckdb.DuckDBPyConnection, told: Sequence[str], asked: Sequence[str], least: float
) -> dict[str, tuple[int, int]]:
    """For each column asked: in how many pairs of one record it agrees, and in how many both fill it.

    Two records are one where the values that they share of the columns told are so rare that `least` bits come
    together: log2 of the filled records to those that hold the value.
    """
    bits = " + ".join(f"CASE WHEN l.{q} = r.{q} THEN l.bits_{i} ELSE 0 END" for i, q in enumerate(map(quoted, told)))
    counts = ", ".join(
        f"count(*) FILTER (l.{q} = r.{q}), count(*) FILTER (l.{q} IS NOT NULL AND r.{q} IS NOT NULL)"
        for q in map(quoted, asked)
    )
    found = con.execute(
        f"SELECT {counts} FROM (SELECT DISTINCT a, b FROM drawn) d JOIN said_row l ON l.row_no = d.a "
        f"JOIN said_row r ON r.row_no = d.b WHERE {bits} >= {least}"
    ).fetchall()[0]
    return {name: (found[2 * i], found[2 * i + 1]) for i, name in enumerate(asked)}


def _is_silent(same: int, filled: int, chance: float) -> bool:
    """Whether pairs of one record agree on a column no more often than any two."""
    if filled < ENOUGH:
        return False
    sd = sqrt(filled * chance * (1 - chance))
    return same < chance * filled + max(2.0, SURE * sd) and _highest(same, filled) < TELLING


def _highest(same: int, of: int) -> float:
    """The upper end of the interval of a share (Wilson 1927)."""
    z, share = SURE, same / of
    middle = share + z * z / (2 * of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle + half) / (1 + z * z / of)
