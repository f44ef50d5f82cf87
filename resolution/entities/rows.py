"""The graph's rows: what the sources said, told of resolved entities, as `kg.store.load` takes it.

One SELECT for each label and each relationship over the staged tables and the resolution, streamed. A fact told
through a record is known from the later of the fact and the moment at which the record belonged to its entity.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import NotFound
from kg.ontology import LABELS, TRIPLES
from kg.store.load import NodeRows, RelationshipRows
from resolution.database.connection import attach
from resolution.entities.attributes import attribute_rows, attribute_ties
from resolution.entities.base import base_tables
from resolution.entities.events import NUMBERS, event_definitions, event_tables, with_numbers
from resolution.entities.facts import fact_tables
from resolution.entities.nodes import node_queries
from resolution.entities.personal import marked, person_values
from resolution.entities.ties import tie_queries
from resolution.identity.store import resolved_as_of
from resolution.staging.as_of import open_staging

CHUNK = 20_000


def graph_rows(resolution_db: Path, staging_db: Path) -> Iterator[NodeRows | RelationshipRows]:
    """All nodes by label, then all relationships by triple; rows in a fixed order.

    The rows of a batch are read as they are asked for, so take the batches in order and each to its end.
    """
    resolution_db = Path(resolution_db)
    if not resolution_db.is_file():
        raise NotFound(f"{resolution_db} is not there: resolve the staged records first")
    con, _ = open_staging(Path(staging_db), resolved_as_of(resolution_db))
    try:
        attach(con, resolution_db, "resolution")
        base_tables(con)
        fact_tables(con)
        person_values(con)
        event_tables(con)
        for label, sql in node_queries():
            allowed = LABELS[label].by_name
            ordered = f"SELECT * FROM ({marked(con, label, sql)}) ORDER BY id"
            rows = _rows(con, ordered, frozenset((*allowed, NUMBERS)))
            yield NodeRows(label, with_numbers(rows) if label == "Activity" else rows)
        yield from attribute_rows(con)
        yield from event_definitions(con)
        for (start, kind, end), sql in tie_queries(con):
            allowed = TRIPLES[(start, kind, end)].by_name
            ordered = f"SELECT * FROM ({marked(con, kind, sql)}) ORDER BY ALL"
            yield RelationshipRows(start, kind, end, _rows(con, ordered, frozenset({*allowed, "start", "end"})))
        yield from attribute_ties(con)
    finally:
        con.close()


def _rows(con: duckdb.DuckDBPyConnection, sql: str, allowed: frozenset[str]) -> Iterator[dict[str, Any]]:
    cursor = con.cursor()
    try:
        described = cursor.execute(sql).description or []
        names = [str(column[0]) for column in described]
        kept = [(i, name) for i, name in enumerate(names) if name in allowed]
        while chunk := cursor.fetchmany(CHUNK):
            for row in chunk:
                yield {name: _aware(row[i]) for i, name in kept if row[i] is not None}
    finally:
        cursor.close()


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if type(value) is datetime else value
