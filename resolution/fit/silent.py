"""Columns that say nothing of who is who: random numbers, categories drawn at will.

Pairs of records that agree on so much else that they are the same record agree on a telling column too; on a silent
one they agree as often as any two. No label is needed to see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Pairs of records (rows) by columns: where they agree, where both have a value, and which column drew them.

    `bits` is how rare the value is that they share: log2 of filled records to those that hold it; 0 where they differ.
    """

    agree: NDArray[np.bool_]
    both: NDArray[np.bool_]
    drew: NDArray[np.bool_]
    bits: NDArray[np.float64]


def without_silent(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], where: str
) -> tuple[Column, ...]:
    """The columns, those that say nothing unused; one whose name or values tell its role is taken at its word."""
    some = [c for c in columns if c.role not in ("unused", "source")]
    told = [i for i, c in enumerate(some) if c.told_by in TOLD or c.role in CLEAR]
    asked = [i for i in range(len(some)) if i not in told]
    if not asked or not told:
        return tuple(columns)
    names = [c.name for c in some]
    values = ", ".join(f"lower(filled({quoted(name)})) AS {quoted(name)}" for name in names)
    rarity = ", ".join(
        f"log2(count({q}) OVER () / count({q}) OVER (PARTITION BY {q})) AS bits_{i}"
        for i, q in enumerate(map(quoted, names))
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE said_row AS SELECT *, {rarity} FROM "
        f"(SELECT row_no, {values} FROM {table} WHERE ({where}) AND {_part(con, table, [some[i] for i in told])})"
    )
    records = rows_in(con, "FROM said_row")
    if records < ENOUGH:
        return tuple(columns)
    drawn = _draw(con, names)
    least = float(np.log2(records * (records - 1) / 2)) + BEYOND
    silent = {names[i] for i in asked if _is_silent(drawn, i, told, _chance(con, names[i]), least)}
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


def _draw(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> _Drawn:
    """Pairs that share a value of some column, the rarest values of each first."""
    con.execute("CREATE OR REPLACE TEMP TABLE drawn (a BIGINT, b BIGINT, origin INTEGER)")
    for i, name in enumerate(names):
        own = quoted(name)
        con.execute(
            f"""INSERT INTO drawn WITH shared AS (
                  SELECT row_no, {own} AS value, count(*) OVER (PARTITION BY {own}) AS n,
                    row_number() OVER (PARTITION BY {own} ORDER BY hash(row_no)) AS place
                  FROM said_row WHERE {own} IS NOT NULL),
                few AS (FROM shared WHERE n > 1 AND place <= {MOST})
                SELECT a.row_no, b.row_no, {i} FROM few a JOIN few b
                  ON a.value = b.value AND a.row_no < b.row_no
                ORDER BY a.n, hash(a.row_no, b.row_no) LIMIT {max(200, PAIRS // len(names))}"""
        )
    agree = ", ".join(f"coalesce(l.{quoted(n)} = r.{quoted(n)}, false) AS a{i}" for i, n in enumerate(names))
    both = ", ".join(f"l.{quoted(n)} IS NOT NULL AND r.{quoted(n)} IS NOT NULL AS b{i}" for i, n in enumerate(names))
    drew = ", ".join(f"list_contains(d.origins, {i}) AS d{i}" for i in range(len(names)))
    bits = ", ".join(
        f"CASE WHEN l.{quoted(n)} = r.{quoted(n)} THEN l.bits_{i} ELSE 0.0 END AS w{i}" for i, n in enumerate(names)
    )
    found = con.execute(
        f"""SELECT {agree}, {both}, {drew}, {bits}
            FROM (SELECT a, b, list(origin) AS origins FROM drawn GROUP BY a, b) d
            JOIN said_row l ON l.row_no = d.a JOIN said_row r ON r.row_no = d.b ORDER BY d.a, d.b"""
    ).fetchnumpy()
    return _Drawn(*(np.column_stack([found[f"{k}{i}"] for i in range(len(names))]) for k in "abdw"))


def _is_silent(drawn: _Drawn, column: int, told: Sequence[int], chance: float, least: float) -> bool:
    """Whether pairs that are one record by the columns told agree on this one no more often than any two.

    They are one record where what they share elsewhere is so rare that `least` bits come together.
    """
    found = (drawn.bits[:, told].sum(axis=1) >= least) & drawn.drew[:, told].any(axis=1)
    same, filled = int(drawn.agree[found, column].sum()), int(drawn.both[found, column].sum())
    if filled < ENOUGH:
        return False
    sd = float(np.sqrt(filled * chance * (1 - chance)))
    return same < chance * filled + max(2.0, SURE * sd) and _highest(same, filled) < TELLING


def _highest(same: int, of: int) -> float:
    """The upper end of the interval of a share (Wilson 1927)."""
    z, share = SURE, same / of
    middle = share + z * z / (2 * of)
    half = z * float(np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)))
    return (middle + half) / (1 + z * z / of)
