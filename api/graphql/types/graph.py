"""Nodes, relationships and the paths they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Self

import strawberry

from api.graphql.context import Context
from kg.features.features import Feature
from kg.features.paths import Evidence, Reasons, sentence
from kg.graph import NodeValue, RelationshipValue
from kg.ontology import LABELS

UNSEEN = frozenset({"id", "run", "known_from", "known_to", "golden", "golden_from", "record", "payload_hash"})
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
    return [GraphProperty(name=k, value=text(v)) for k, v in sorted(row.items()) if k not in UNSEEN and v is not None]


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
        row = context.shown(label, node.properties) if label in LABELS else dict(node.properties)
        display = LABELS[label].display if label in LABELS else "id"
        said = row.get(display)
        name = text(said) if said is not None and display != "id" else f"{label} {node.id[:8]}"
        return cls(id=strawberry.ID(node.id), label=label, name=name, properties=shown_properties(row))


@strawberry.type(description="A relationship on a path.")
class GraphRelationship:
    """A relationship on a path."""

    type: str = strawberry.field(description="Its type in the ontology.")
    from_: strawberry.ID = strawberry.field(name="from", description="Id of the node it leaves.")
    to: strawberry.ID = strawberry.field(description="Id of the node it reaches.")
    at: datetime | None = strawberry.field(description="When it happened or began; else since when it is known.")
    properties: list[GraphProperty]

    @classmethod
    def of(cls, found: RelationshipValue) -> Self:
        """A relationship; none of its properties is personal."""
        row = found.properties
        at = next((row[name] for name in WHEN if isinstance(row.get(name), datetime)), row.get("known_from"))
        return cls(
            type=found.type,
            from_=strawberry.ID(found.start),
            to=strawberry.ID(found.end),
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
        return cls(
            nodes=[GraphNode.of(node, context) for node in evidence.nodes],
            relationships=[GraphRelationship.of(r) for r in evidence.relationships],
            weight=evidence.w
            if evidence.w is not None
            else evidence.x
            if isinstance(evidence.x, int | float)
            else None,
            at=evidence.at,
            sentence=masked(evidence.sentence, evidence.nodes, context),
        )


def masked(sentence: str, nodes: Iterable[NodeValue], context: Context) -> str:
    """A sentence without the personal words of the nodes it speaks of, where this principal may not read them."""
    for node in nodes:
        for label in node.labels:
            for word in context.hidden_words(label, node.properties) if label in LABELS else ():
                sentence = sentence.replace(word, "someone")
    return sentence


def told(feature: Feature, reasons: Reasons, context: Context) -> str:
    """What a value says; for viewers without the words of rows whose nodes were not read, which may be personal."""
    if context.principal.sees_personal:
        return reasons.sentence
    read = len(reasons.paths)
    rows = [
        row if i < read else {k: v for k, v in row.items() if not isinstance(v, str)}
        for i, row in enumerate(reasons.rows)
    ]
    return masked(sentence(feature, reasons.value, rows), chain.from_iterable(p.nodes for p in reasons.paths), context)
