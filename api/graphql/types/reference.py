"""Small types that entities hold: products, reps, campaigns, outcomes, stages, changes, tickets, records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from api.graphql.context import Context
from api.graphql.types.base import FromRow, node_type


@node_type("Product")
class Product(FromRow):
    """A product of a deal."""

    id: strawberry.ID
    name: str | None
    family: str | None
    price: float | None
    quantity: float | None = strawberry.field(description="How many of it the deal would sell.")
    amount: float | None = strawberry.field(description="For how much.")


@node_type("Rep")
class Rep(FromRow):
    """Someone who sells for us."""

    id: strawberry.ID
    name: str | None
    email: str | None
    team: str | None = strawberry.field(description="The rep's team.")


@node_type("Campaign")
class Campaign(FromRow):
    """A marketing campaign."""

    id: strawberry.ID
    name: str | None
    kind: str | None
    started_at: datetime | None


@node_type("Outcome")
class Outcome(FromRow):
    """How a deal ended."""

    id: strawberry.ID
    result: str
    reason: str | None
    competitor: str | None
    amount: float | None
    at: datetime


@strawberry.type(description="A stage that a deal entered.")
class StageEntry(FromRow):
    """A stage that a deal entered."""

    stage: str | None = strawberry.field(description="Its name in its source.")
    order: int | None = strawberry.field(description="Its position, from 1.")
    state: str | None = strawberry.field(description="What being in it means: open, won or lost.")
    pipeline: str | None
    at: datetime
    left_at: datetime | None = strawberry.field(description="When the deal left it; empty while it is there.")


@node_type("Change")
class Change(FromRow):
    """A field took another value."""

    id: strawberry.ID
    field: str
    old: str | None
    new: str | None
    at: datetime


@node_type("Ticket")
class Ticket(FromRow):
    """A support ticket."""

    id: strawberry.ID
    severity: str | None
    subject: str | None
    opened_at: datetime
    closed_at: datetime | None


@node_type("Record")
class SourceRecord:
    """A record of a source."""

    key: strawberry.Private[str]
    source: str
    record_id: str
    kind: str
    name: str | None
    match_weight: float | None = strawberry.field(
        description="Best match weight that ties it to the entity's other records (log2)."
    )

    @classmethod
    def of(cls, row: Mapping[str, Any], context: Context) -> Self:
        """A record, masked for this principal."""
        return cls(
            key=row["id"],
            source=row["source"],
            record_id=context.key("Record", row, "record_id"),
            kind=row["kind"],
            name=context.shown("Record", row).get("name"),
            match_weight=row.get("match_weight"),
        )
