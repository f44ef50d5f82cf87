"""Own events as rows of the graph: what activities are called in features, their numbers, and what each event is."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import duckdb

from kg.store.load import NodeRows

NUMBERS: Final = "numbers"
"""Column of an activity's own numbers by property; `with_numbers` turns it into properties."""


def event_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make `event_of`: event and numbers of each activity that has one.

    Of a number that a source changed later, the first value counts: it is what could be known when it happened.
    """
    columns = (
        "source VARCHAR, record_id VARCHAR, event_key VARCHAR, numbers MAP(VARCHAR, DOUBLE), numbers_known TIMESTAMP"
    )
    con.execute(f"CREATE TABLE event_of ({columns})")
    if _there(con):
        con.execute(
            """INSERT INTO event_of
               WITH first AS (
                 SELECT source, record_id, property, number, known_from FROM staging.staged_attribute
                 WHERE kind = 'activity' AND number IS NOT NULL AND property IN (SELECT property FROM staging.events)
                 QUALIFY row_number() OVER (PARTITION BY source, record_id, property ORDER BY known_from) = 1),
               held AS (
                 SELECT source, record_id, map_from_entries(list((property, number) ORDER BY property)) AS numbers,
                   max(known_from) AS known FROM first GROUP BY ALL)
               SELECT a.source, a.record_id, k.key, h.numbers,
                 CASE WHEN h.known > greatest(a.known_from, a."at") THEN h.known END
               FROM s_activity a JOIN staging.event_key k ON k.said = lower(trim(a.event))
               LEFT JOIN held h USING (source, record_id)"""
        )


def event_definitions(con: duckdb.DuckDBPyConnection) -> Iterator[NodeRows]:
    """Nodes of events and of their numbers, beside those of attributes; none where no source names events."""
    if _there(con):
        yield NodeRows("Attribute", _definitions(con))


def _there(con: duckdb.DuckDBPyConnection) -> bool:
    made = "SELECT 1 FROM duckdb_tables() WHERE database_name = 'staging' AND table_name = 'events'"
    return bool(con.execute(made).fetchall()) and bool(con.execute("SELECT 1 FROM staging.events LIMIT 1").fetchall())


def _definitions(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    rows = con.execute(
        """SELECT key, event, property, name, type, filled, feature, why FROM staging.events
           ORDER BY key, property NULLS FIRST"""
    ).fetchall()
    for key, event, property_, name, type_, filled, feature, why in rows:
        row = {
            "id": f"attribute|activity|{key}" + (f"|{property_}" if property_ else ""),
            "kind": "activity",
            "name": name,
            "property": property_ or "event",
            "type": type_,
            "filled": filled,
            "feature": feature,
            "event": event,
            "event_key": key,
        }
        yield {**row, "why": why} if why else row


def with_numbers(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Activities with their numbers as properties `a_…`."""
    for row in rows:
        numbers: Mapping[str, float] = row.pop(NUMBERS, None) or {}
        yield {**row, **{f"a_{name}": float(number) for name, number in numbers.items()}}
