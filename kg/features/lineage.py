"""From a feature's value to the records that said it: every evidence row, its path, and what each part stands on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kg.errors import InputError, NotFound
from kg.features.features import Feature
from kg.features.paths import Evidence, Reasons, every_reason
from kg.graph import Graph
from kg.ontology import ENTITIES, MARKERS, SECOND
from kg.query.files import load_queries
from kg.values import NodeValue, RelationshipValue

OURS: Final = ("Norm", "Measure")
"""Labels of figures that Dealgraph computes over many records: no single record said them."""

EVENTS: Final = ("Activity", "Ticket", "Usage", "Invoice", "Campaign")
"""Labels of which a node is one row of a source."""


@dataclass(frozen=True, slots=True)
class Part:
    """A node or relationship of a path and the records it stands on, as kind|source:record_id.

    `how` says what leads there: `record` (the part names the record that said it), `id` (it is the record), `resolved`
    (the records of the entity as of the moment), `computed` (none: a figure over many records), `none` (none is known).
    """

    what: str
    id: str
    how: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One evidence row with its path and what each part of the path stands on."""

    evidence: Evidence
    parts: tuple[Part, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """Every record behind the row, each once: those that a part names before those of whole entities."""
        named = [r for part in self.parts if part.how != "resolved" for r in part.records]
        return tuple(dict.fromkeys([*named, *(r for part in self.parts for r in part.records)]))


@dataclass(frozen=True, slots=True)
class Lineage:
    """A feature's value for one entity as of a moment, every row behind it, and where each comes from."""

    feature: Feature
    entity_id: str
    as_of: datetime
    reasons: Reasons
    rows: tuple[Row, ...]


def entity_behind(graph: Graph, kind: str, record: str, as_of: datetime, second: str | None = None) -> str:
    """The entity behind a record, written as source:record_id, at a moment; or the pair behind two of them.

    Raises:
        InputError: a record is not written so, or a pair lacks the second one, or an entity has one.
        NotFound: one was not known then.
    """
    if kind not in SECOND:
        if second is not None:
            raise InputError(f"One record is enough for the {kind} {record}: leave --second {second!r} out.")
        return _one(graph, kind, record, as_of)
    kinds = ENTITIES[kind].lower(), SECOND[kind].lower()
    if second is None:
        raise InputError(f"It is about two records, a {kinds[0]} and a {kinds[1]}: name the {kinds[1]} by --second.")
    return "|".join(_one(graph, kind, one, as_of) for kind, one in zip(kinds, (record, second), strict=True))


def _one(graph: Graph, kind: str, record: str, as_of: datetime) -> str:
    source, colon, record_id = record.partition(":")
    if not colon or not source or not record_id:
        raise InputError(f"{record!r} is no record: write source:record_id, such as crm:D-17.")
    asked = [{"i": 0, "source": source, "record_id": record_id, "as_of": as_of}]
    if kind == "product":
        found = graph.read(load_queries("reads")["products_at"], rows=asked)
    else:
        found = graph.read(load_queries("reads")["entities_at"], rows=asked, kind=kind)
    if not found or found[0]["id"] is None:
        raise NotFound(f"No {kind} record {record} was known at {as_of.isoformat()}.")
    return str(found[0]["id"])


def lineage(graph: Graph, feature: Feature, entity_id: str, as_of: datetime, *, personal: bool = False) -> Lineage:
    """Every row behind one value, with the records that each part of its path stands on."""
    found = every_reason(graph, feature, entity_id, as_of, personal=personal)
    nodes = {node.id: node for path in found.paths for node in path.nodes}
    for path in found.paths:
        for tie in path.relationships:  # the ends of a drawn relationship need not be on the path
            for end in (tie.start, tie.end):
                nodes.setdefault(end, NodeValue((), {"id": end}))
    resolved = _resolved(graph, list(nodes), as_of)
    rows = tuple(Row(path, tuple(_parts(path, nodes, resolved))) for path in found.paths)
    return Lineage(feature, entity_id, as_of, found, rows)


def _resolved(graph: Graph, ids: Sequence[str], as_of: datetime) -> dict[str, tuple[str, ...]]:
    rows = graph.read(load_queries("reads")["records_behind"], keys=list(ids), as_of=as_of)
    return {str(row["key"]): tuple(row["records"]) for row in rows}


def _parts(path: Evidence, nodes: Mapping[str, NodeValue], resolved: Mapping[str, tuple[str, ...]]) -> Iterator[Part]:
    for node in path.nodes:
        yield _of_node(node, resolved)
    for tie in path.relationships:
        yield _of_tie(tie, nodes, resolved)


def _of_node(node: NodeValue, resolved: Mapping[str, tuple[str, ...]]) -> Part:
    label = next((label for label in node.labels if label not in MARKERS), "")
    if label in OURS:
        return Part(label, node.id, "computed", ())
    if node.properties.get("record"):
        return Part(label, node.id, "record", (str(node.properties["record"]),))
    if node.id in resolved:
        return Part(label, node.id, "resolved", resolved[node.id])
    if _is_record(node):
        return Part(label, node.id, "id", (node.id,))
    return Part(label, node.id, "none", ())


def _is_record(node: NodeValue) -> bool:
    """Whether a node is one row of a source: then its id is that row's key, kind|source:record_id."""
    kind, _, key = node.id.partition("|")
    return ":" in key and ("Record" in node.labels or kind.title() in (node.labels or EVENTS))


def _of_tie(tie: RelationshipValue, nodes: Mapping[str, NodeValue], resolved: Mapping[str, tuple[str, ...]]) -> Part:
    """A relationship names its record, or stands on what it leaves (an event), else on what it reaches (an outcome)."""
    what = f"{tie.type} {tie.start} → {tie.end}"
    if tie.properties.get("record"):
        return Part(what, tie.id, "record", (str(tie.properties["record"]),))
    order = (tie.end, tie.start) if tie.type == "ENDED_IN" else (tie.start, tie.end)
    ends = [_of_node(nodes[end], resolved) for end in order]
    found = next((part for part in ends if part.records or part.how == "computed"), ends[0])
    return Part(what, tie.id, found.how, found.records)


def as_plain(found: Lineage) -> dict[str, Any]:
    """The lineage as a dict ready for JSON."""
    return {
        "feature": found.feature.name,
        "entity": found.feature.entity,
        "entity_id": found.entity_id,
        "as_of": found.as_of.isoformat(),
        "value": found.reasons.said,
        "unit": found.feature.unit,
        "sentence": found.reasons.sentence,
        "digest": found.feature.digest,
        "rows": [_plain(row) for row in found.rows],
    }


def _plain(row: Row) -> dict[str, Any]:
    e = row.evidence
    return {
        "id": e.id,
        "sentence": e.sentence,
        "x": e.x,
        "weight": e.w,
        "at": e.at.isoformat() if e.at is not None else None,
        "nodes": [{"id": n.id, "labels": list(n.labels)} for n in e.nodes],
        "relationships": [{"type": r.type, "start": r.start, "end": r.end} for r in e.relationships],
        "lineage": [
            {"what": p.what, "id": p.id, "how": p.how, "records": [split(r) for r in p.records]} for p in row.parts
        ],
    }


def split(record: str) -> dict[str, str]:
    """A record's key, kind|source:record_id, in its parts."""
    kind, _, rest = record.partition("|")
    source, _, record_id = rest.partition(":")
    return {"kind": kind, "source": source, "record_id": record_id}
