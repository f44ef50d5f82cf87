"""The loader's statements, rendered from the ontology."""

from typing import Final

from kg.errors import ConfigurationError
from kg.ontology import LABELS, TRIPLES
from kg.query.query import Query

BATCH: Final = 5000


def quoted(name: str) -> str:
    """An identifier of the ontology, safe in Cypher whatever word it is."""
    if not name.replace("_", "a").isalnum():
        raise ConfigurationError(f"{name!r} is no identifier of the ontology")
    return f"`{name}`"


def merge_nodes(label: str) -> Query:
    """MERGE by id and take the row's properties as they are: what a row does not say is removed."""
    declared = LABELS[label]
    marked = "".join(f", n:{quoted(marker)}" for marker in declared.markers)
    text = f"UNWIND $rows AS row MERGE (n:{quoted(declared.label)} {{id: row.id}}) SET n = row{marked}"
    return Query(label, "load", text, mode="write", parameters=frozenset(("rows",)))


def merged(start: str, type_: str, end: str) -> str:
    """A relationship between two nodes that exist, by its id, with the properties of the row as they are."""
    return (
        f"UNWIND $rows AS row "
        f"MATCH (a:{quoted(start)} {{id: row.start}}) MATCH (b:{quoted(end)} {{id: row.end}}) "
        f"MERGE (a)-[r:{quoted(type_)} {{id: row.properties.id}}]->(b) SET r = row.properties"
    )


def merge_relationships(triple: tuple[str, str, str]) -> Query:
    """MERGE by id between two nodes that exist; `matched` counts the rows whose both ends were found."""
    start, kind, end = triple
    text = f"{merged(start, TRIPLES[triple].type, end)} RETURN count(*) AS matched"
    return Query(f"{start}-{kind}-{end}", "load", text, "write", parameters=frozenset(("rows",)), columns=("matched",))


def missing_ends(triple: tuple[str, str, str]) -> Query:
    """The first row of a batch that lacks an end, and which."""
    start, kind, end = triple
    text = (
        f"UNWIND $rows AS row "
        f"OPTIONAL MATCH (a:{quoted(start)} {{id: row.start}}) OPTIONAL MATCH (b:{quoted(end)} {{id: row.end}}) "
        f"WITH row, a, b WHERE a IS NULL OR b IS NULL "
        f"RETURN row.start AS start, row.end AS end, a IS NULL AS no_start ORDER BY start, end LIMIT 1"
    )
    return Query(
        f"{start}-{kind}-{end}", "load", text, parameters=frozenset(("rows",)), columns=("start", "end", "no_start")
    )


def close_nodes(label: str) -> Query:
    """Close what an earlier run asserted and this one did not."""
    text = (
        f"MATCH (n:{quoted(LABELS[label].label)}) WHERE n.known_to IS NULL AND n.run <> $run "
        f"CALL (n) {{ {_close('n')} }} IN TRANSACTIONS OF {BATCH} ROWS RETURN count(*) AS closed"
    )
    return Query(
        label, "close", text, "write", parameters=frozenset(("run", "now")), columns=("closed",), auto_commit=True
    )


def close_relationships(triple: tuple[str, str, str]) -> Query:
    """Close relationships of one triple that an earlier run asserted and this one did not."""
    start, kind, end = triple
    text = (
        f"MATCH (:{quoted(start)})-[r:{quoted(TRIPLES[triple].type)}]->(:{quoted(end)}) "
        f"WHERE r.known_to IS NULL AND r.run <> $run "
        f"CALL (r) {{ {_close('r')} }} IN TRANSACTIONS OF {BATCH} ROWS RETURN count(*) AS closed"
    )
    return Query(
        f"{start}-{kind}-{end}",
        "close",
        text,
        "write",
        parameters=frozenset(("run", "now")),
        columns=("closed",),
        auto_commit=True,
    )


def remove_nodes(label: str, by: tuple[str, ...] = ()) -> Query:
    """Delete derived nodes of other runs, those alone whose `by` properties have the values asked for."""
    declared = LABELS[label]
    if declared.asserted and label not in ("Norm", "Measure"):
        raise ConfigurationError(f"{label} is asserted by sources: it is closed, never removed")
    for name in by:
        if name not in declared.by_name:
            raise ConfigurationError(f"{label} has no property {name!r}; it has {', '.join(declared.by_name)}")
    where = "".join(f" AND n.{quoted(name)} = ${name}" for name in by)
    text = (
        f"MATCH (n:{quoted(label)}) WHERE n.run <> $run{where} "
        f"CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF {BATCH} ROWS RETURN count(*) AS removed"
    )
    return Query(
        label, "remove", text, "write", parameters=frozenset(("run", *by)), columns=("removed",), auto_commit=True
    )


def _close(variable: str) -> str:
    """Something that was first known after `now` is closed at once, never before it began."""
    later = f"{variable}.known_from > $now"
    return f"SET {variable}.known_to = CASE WHEN {later} THEN {variable}.known_from ELSE $now END"
