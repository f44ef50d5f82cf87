"""Nodes, relationships and the paths they make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from api.graphql.context import Context
from kg.features.paths import Evidence
from kg.graph import NodeValue, RelationshipValue
from kg.ontology import LABELS

UNSEEN = frozenset(
    {"id", "run", "known_from", "known_to", "golden", "golden_from", "record", "payload_hash", "personal_values"}
)
WHEN = ("at", "from", "week", "opened_at", "issued_at", "created_at")


def text(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.hour == value.minute == 0 else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.0f}"
    return ", ".join(map(text, value)) if isinstance(value, list | tuple) else str(value)


@strawberry.type(description="A property as text.")
class GraphProperty:
    """A property as text."""

    name: str
    value: str


def shown_properties(row: Mapping[str, Any]) -> list[GraphProperty]:
    """What a reader may care for: no keys, run tags or clocks, nothing empty."""
    ends = {f"u_{name[2:]}" for name in row if name.startswith("a_")}  # until when a value of an own column stood
    seen = sorted(k for k, v in row.items() if k not in UNSEEN | ends and v is not None)
    return [GraphProperty(name=k, value=text(row[k])) for k in seen]


@strawberry.type(description="A node on a path.")
class GraphNode:
    """A node on a path."""

    id: strawberry.ID
    label: str = strawberry.field(description="Its type in the ontology.")
    name: str = strawberry.field(
        description="What people call it; label and id where that is personal data or missing."
    )
    properties: list[GraphProperty] = strawberry.field(
        description="What is known of it; personal data only for analysts."
    )

    @classmethod
    def of(cls, node: NodeValue, context: Context) -> Self:
        """A node, masked for this principal."""
        label = next((name for name in node.labels if name in LABELS), node.labels[0] if node.labels else "")
        row = context.shown(label, node.properties) if label in LABELS else {"id": node.id}
        display = LABELS[label].display if label in LABELS else "id"
        said = row.get(display)
        id_ = context.key(label, node.properties, "id") if label in LABELS else node.id
        name = text(said) if said is not None and display != "id" else f"{label} {id_[:8] if id_ == node.id else id_}"
        return cls(id=strawberry.ID(id_), label=label, name=name, properties=shown_properties(row))


@strawberry.type(description="A relationship on a path.")
class GraphRelationship:
    """A relationship on a path."""

    type: str = strawberry.field(description="Its type in the ontology.")
    from_: strawberry.ID = strawberry.field(name="from", description="Id of the node it leaves.")
    to: strawberry.ID = strawberry.field(description="Id of the node it reaches.")
    at: datetime | None = strawberry.field(description="When it happened or began; else since when it is known.")
    properties: list[GraphProperty]

    @classmethod
    def of(cls, found: RelationshipValue, hidden: Mapping[str, str], context: Context) -> Self:
        """A relationship, masked for this principal; `hidden` are the ids of ends that stand for others."""
        row = context.shown(found.type, found.properties)
        at = next((row[name] for name in WHEN if isinstance(row.get(name), datetime)), row.get("known_from"))
        return cls(
            type=found.type,
            from_=strawberry.ID(hidden.get(found.start, found.start)),
            to=strawberry.ID(hidden.get(found.end, found.end)),
            at=at,
            properties=shown_properties(row),
        )


@strawberry.type(description="One piece of evidence: what in the graph stands behind a value.")
class Path:
    """One piece of evidence: what in the graph stands behind a value."""

    nodes: list[GraphNode]
    relationships: list[GraphRelationship]
    weight: float | None = strawberry.field(description="Its weight in the feature's value, or what it adds to it.")
    at: datetime | None = strawberry.field(description="When it happened.")
    sentence: str = strawberry.field(description="What it says, in words.")

    @classmethod
    def of(cls, evidence: Evidence, context: Context) -> Self:
        """A path, masked for this principal."""
        nodes = [GraphNode.of(node, context) for node in evidence.nodes]
        ids = {node.id: str(shown.id) for node, shown in zip(evidence.nodes, nodes, strict=True)}
        return cls(
            nodes=nodes,
            relationships=[GraphRelationship.of(r, ids, context) for r in evidence.relationships],
            weight=evidence.w
            if evidence.w is not None
            else evidence.x
            if isinstance(evidence.x, int | float)
            else None,
            at=evidence.at,
            sentence=evidence.sentence,
        )
