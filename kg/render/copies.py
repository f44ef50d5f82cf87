"""Statements that copy the graph as it stands and bring it back, rendered from the ontology."""

from typing import Any, Final

from kg.ontology import MARKERS
from kg.query.query import Query
from kg.render.audit import EVERY_NODE, EVERY_RELATIONSHIP
from kg.render.loading import merged, quoted
from kg.render.migration import OWN

APART: Final = ("Judgement", "Workspace")
"""What people judged is never taken back; the workspace is set last, by a query of its own."""


def copy_queries() -> tuple[tuple[Query, dict[str, Any]], ...]:
    """Two queries whose rows are all nodes and all relationships but for `APART` and migrations."""
    nodes = EVERY_NODE + "RETURN labels(n) AS labels, n.id AS id, properties(n) AS properties"
    relationships = (
        EVERY_RELATIONSHIP
        + "RETURN type(r) AS type, labels(a) AS starts, a.id AS start, labels(b) AS ends, b.id AS end, "
        "properties(r) AS properties"
    )
    params = {"apart": list(APART), "own": OWN}
    columns = (("labels", "id", "properties"), ("type", "starts", "start", "ends", "end", "properties"))
    named = zip(("nodes", "relationships"), (nodes, relationships), columns, strict=True)
    return tuple((_read(name, text, found), params) for name, text, found in named)


def label_of(labels: list[str]) -> str:
    """What a node is, also where its declaration is gone; its other labels mark it."""
    return next((label for label in labels if label not in MARKERS), labels[0])


def remove_copied_nodes(label: str) -> Query:
    """Delete nodes of a label by id, with their relationships."""
    text = f"UNWIND $rows AS row MATCH (n:{quoted(label)} {{id: row.id}}) DETACH DELETE n"
    return _write(label, text)


def restore_nodes(label: str, marks: tuple[str, ...], other: tuple[str, ...]) -> Query:
    """Give nodes of a label the properties they had, and of the marks (other labels) those they had."""
    sets = "".join(f" SET n:{quoted(mark)}" for mark in marks)
    removes = "".join(f" REMOVE n:{quoted(mark)}" for mark in other)
    text = f"UNWIND $rows AS row MERGE (n:{quoted(label)} {{id: row.id}}) SET n = row.properties{sets}{removes}"
    return _write(label, text)


def remove_copied_relationships(start: str, kind: str, end: str) -> Query:
    """Delete relationships of a triple by their ids and ends."""
    text = (
        f"UNWIND $rows AS row MATCH (:{quoted(start)} {{id: row.start}})-[r:{quoted(kind)} {{id: row.id}}]->"
        f"(:{quoted(end)} {{id: row.end}}) DELETE r"
    )
    return _write(f"{start}-{kind}-{end}", text)


def restore_relationships(start: str, kind: str, end: str) -> Query:
    """Give relationships of a triple the properties they had."""
    return _write(f"{start}-{kind}-{end}", merged(start, kind, end))


def _read(name: str, text: str, columns: tuple[str, ...]) -> Query:
    return Query(name, "copy", text, parameters=frozenset(("apart", "own")), columns=columns)


def _write(name: str, text: str) -> Query:
    return Query(name, "copy", text, "write", parameters=frozenset(("rows",)))
