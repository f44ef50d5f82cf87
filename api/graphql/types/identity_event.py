"""What became of an identity."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import strawberry

from api.graphql.context import Context, Info
from api.graphql.cursors import Cursor, decode
from api.graphql.types.base import First, field
from api.graphql.types.entity import Entity
from api.graphql.types.page import Connection, page
from kg.errors import InputError
from kg.ontology.values import IDENTITY_EVENTS
from kg.query.shown import HIDDEN

EVENTS = "events"
Row = dict[str, Any]


@strawberry.type(description="What happened to an identity.")
class IdentityEvent:
    """What happened to an identity."""

    id: strawberry.ID
    sequence: int = strawberry.field(description="Number in the order in which it was decided, from 1.")
    kind: str = strawberry.field(description="CREATED, MERGED, SPLIT, MOVED or RETIRED.")
    entity_kind: str = strawberry.field(description="Kind of entity.")
    at: datetime = strawberry.field(description="The moment of the data that brought it.")
    count: int = strawberry.field(description="How many entities it touched.")
    entity_ids: list[strawberry.ID] = strawberry.field(
        description="All ids that it touched, lost ones too, the survivor first; empty for CREATED: see `entities`."
    )
    records: list[str] = strawberry.field(description="Records that changed their entity, as source:record_id.")

    @field
    async def entities(self, info: Info, first: First = 25) -> list[Entity]:
        """The entities that it touched and that are there still, by id."""
        rows = await info.context.loaders.rows("event_entities", str(self.id), first=info.context.page(first))
        return [cast("Entity", info.context.entity(row["label"], row["entity"])) for row in rows]


async def identity_page(
    context: Context, first: int, after: str | None, kinds: list[str] | None
) -> Connection[IdentityEvent]:
    """A page of the feed of identity events.

    Raises:
        InputError: the cursor is not of this feed, or there is no such kind of event.
    """
    if unknown := [kind for kind in kinds or () if kind not in IDENTITY_EVENTS]:
        raise InputError(f"kinds: {unknown[0]!r} is none; the valid ones are {', '.join(IDENTITY_EVENTS)}.")
    cursor = decode(after, EVENTS) if after else None
    number = cursor.value if cursor and isinstance(cursor.value, int) else 0
    rows = await context.loaders.one_by_one(
        "identity_events", after=number, kinds=kinds, first=first + 1, as_of=await context.loaders.as_of()
    )
    return page(
        [(_event(r["row"], context), Cursor(EVENTS, r["row"]["sequence"], r["row"]["id"]).encode()) for r in rows],
        first,
    )


def _event(row: Row, context: Context) -> IdentityEvent:
    hidden = context.shown("IdentityEvent", row).get("records") is None
    return IdentityEvent(
        id=row["id"],
        sequence=row["sequence"],
        kind=row["kind"],
        entity_kind=row["entity_kind"],
        at=row["at"],
        count=row["count"],
        entity_ids=row.get("entities") or [],
        records=[_name(key, hidden=hidden) for key in row.get("records") or []],
    )


def _name(key: str, *, hidden: bool) -> str:
    """A record's key as source:record_id; of an event that names a person's address, the sources alone."""
    source, _, record_id = key.partition("|")[2].partition(":")
    return f"{source}:{HIDDEN if hidden else record_id}"
