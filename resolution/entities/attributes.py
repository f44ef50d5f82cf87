"""Attributes as rows of the graph: one node for each record and moment, and what each attribute is."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import duckdb

from kg.features.attributes import WORDED
from kg.store.load import NodeRows, RelationshipRows
from resolution.entities.personal import judge

CHUNK = 20_000
TEXTED = ("date", "ordinal")
"""Types whose number says something else than their text: both are kept."""


def attribute_rows(con: duckdb.DuckDBPyConnection) -> Iterator[NodeRows]:
    """Nodes of attributes and of their definitions; none where nothing was staged."""
    if _there(con):
        yield NodeRows("Attribute", _definitions(con))
        yield NodeRows("Attributes", _nodes(con))


def attribute_ties(con: duckdb.DuckDBPyConnection) -> Iterator[RelationshipRows]:
    """(Attributes)-[:OF]->(Record)."""
    if _there(con):
        yield RelationshipRows("Attributes", "OF", "Record", _ties(con))


def _there(con: duckdb.DuckDBPyConnection) -> bool:
    made = "CREATE OR REPLACE TABLE attributes_of AS "
    if not con.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_catalog = 'staging' AND table_name = 'staged_attribute'"
    ).fetchall():
        return False
    con.execute(
        made
        + """WITH version AS (
               SELECT a.kind || '|' || a.source || ':' || a.record_id AS record, a.property, d.type, a.value, a.number,
                 greatest(a.known_from, r.known_from) AS known_from
               FROM staging.staged_attribute a JOIN staging.attributes d USING (kind, property)
               JOIN record_known r ON r.id = a.kind || '|' || a.source || ':' || a.record_id
               QUALIFY row_number() OVER (PARTITION BY record, a.property, greatest(a.known_from, r.known_from)
                 ORDER BY a.known_from DESC) = 1)
             SELECT record, property, type, value, number, known_from, min(known_from) FILTER (value IS NULL) OVER (
                 PARTITION BY record, property ORDER BY known_from ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
               ) AS emptied
             FROM version QUALIFY value IS NOT NULL"""
    )
    return bool(con.execute("SELECT 1 FROM attributes_of LIMIT 1").fetchall())


def _definitions(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    columns = ("kind", "name", "property", "type", "levels", "filled", "feature", "why", "personal", "aggregate")
    rows = con.execute(
        """SELECT kind, name, property, type, "order", filled, feature, why, personal, aggregate
           FROM staging.attributes WHERE kind <> 'activity' ORDER BY kind, property"""
    ).fetchall()
    for row in rows:
        told = {name: value for name, value in zip(columns, row, strict=True) if value is not None and value != []}
        yield {"id": f"attribute|{told['kind']}|{told['property']}", **told}


def _nodes(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    judge(con, f"SELECT value AS said FROM attributes_of WHERE type IN {WORDED}")
    cursor = con.cursor().execute(
        f"""SELECT record, known_from, list(property ORDER BY property), list(type ORDER BY property),
             list(value ORDER BY property), list(number ORDER BY property), list(emptied ORDER BY property),
             list('a_' || property ORDER BY property) FILTER (type IN {WORDED}
               AND value IN (SELECT said FROM personal_text))
           FROM attributes_of GROUP BY record, known_from ORDER BY record, known_from"""
    )
    while chunk := cursor.fetchmany(CHUNK):
        for record, known, names, types, values, numbers, ends, personal in chunk:
            moment = known.replace(tzinfo=UTC)
            row = {"id": _id(record, known), "record": record, "at": moment, "known_from": moment}
            if personal:
                row["personal_values"] = personal
            for name, type_, value, number, emptied in zip(names, types, values, numbers, ends, strict=True):
                if number is not None:
                    row[f"a_{name}"] = float(number)
                elif type_ in WORDED:
                    row[f"a_{name}"] = value
                if type_ in TEXTED:
                    row[f"t_{name}"] = value
                if emptied is not None:
                    row[f"u_{name}"] = float(round(emptied.replace(tzinfo=UTC).timestamp() * 1000))
            yield row


def _ties(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    cursor = con.cursor().execute("SELECT DISTINCT record, known_from FROM attributes_of ORDER BY record, known_from")
    while chunk := cursor.fetchmany(CHUNK):
        for record, known in chunk:
            yield {"start": _id(record, known), "end": record, "known_from": known.replace(tzinfo=UTC)}


def _id(record: str, known: Any) -> str:
    return f"attributes|{record}|{known:%Y%m%dT%H%M%S}{known.microsecond // 1000:03d}"
