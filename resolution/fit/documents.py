"""Columns that look like an identifier of a person but name what several persons share: a document, an order, a team.

Two records that share a person's identifier have mostly the same name, however noisy; two mentions on one document are
of two persons.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import duckdb

from resolution.database.connection import quoted
from resolution.fit.profile import Column

NAMED: Final = ("given", "family", "person")
MOST: Final = 30
"""Records of one value that are paired."""
ENOUGH: Final = 10
"""Pairs with both names told that it takes to tell."""
SELDOM: Final = 0.4
"""Where fewer pairs than this share of them agree on any name, the value is not one person's."""
WHY: Final = "records that share it have other names"


def without_documents(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], where: str
) -> tuple[Column, ...]:
    """The columns, those identifiers unused that records of other names share."""
    names = [c.name for c in columns if c.role in NAMED]
    asked = [c for c in columns if c.role == "identifier"]
    if not names or not asked:
        return tuple(columns)
    shared = {c.name for c in asked if _of_several(con, table, c.name, names, where)}
    return tuple(replace(c, role="unused", told_by=WHY) if c.name in shared else c for c in columns)


def _of_several(con: duckdb.DuckDBPyConnection, table: str, column: str, names: Sequence[str], where: str) -> bool:
    words = ", ".join(f"string_split(lower(coalesce({quoted(n)}, '')), ' ')" for n in names)
    same, pairs = con.execute(
        f"""WITH told AS (SELECT row_no, lower(filled({quoted(column)})) AS value,
                list_filter(list_distinct(flatten([{words}])), lambda w: length(w) > 1) AS words
            FROM {table} WHERE {where}),
        few AS (FROM told WHERE value IS NOT NULL AND len(words) > 0
            QUALIFY count(*) OVER (PARTITION BY value) BETWEEN 2 AND {MOST})
        SELECT count(*) FILTER (list_has_any(a.words, b.words)), count(*)
        FROM few a JOIN few b ON a.value = b.value AND a.row_no < b.row_no"""
    ).fetchall()[0]
    return bool(pairs >= ENOUGH and same < SELDOM * pairs)
