"""Something that happened between us and them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from api.graphql.context import Context, Info
from api.graphql.types.base import field, node_type
from api.graphql.types.links import ContactLink
from api.graphql.types.reference import Rep


@strawberry.type(description="A number of your own that an event carries.")
class EventNumber:
    """A number of your own that an event carries."""

    name: str = strawberry.field(description="Name of the column.")
    value: float = strawberry.field(description="The number; of a flag 1 or 0.")


@node_type("Activity")
class Activity:
    """Something that happened between us and them."""

    id: strawberry.ID
    kind: str | None
    direction: str | None
    outcome: str | None
    subject: str | None
    minutes: float | None
    at: datetime
    rep: Rep | None = strawberry.field(description="The rep who did it.")
    people: list[ContactLink] = strawberry.field(description="The contacts who took part.")
    event: str | None = strawberry.field(description="What happened, in your own words.")
    held: strawberry.Private[Mapping[str, Any]]

    @field
    async def numbers(self, info: Info) -> list[EventNumber]:
        """The numbers of your own that it carries, by name."""
        if (key := self.held.get("event_key")) is None:
            return []
        known = await info.context.loaders.attributes()
        held = {a.name: self.held.get(f"a_{a.property}") for a in known if a.event_key == key and a.type != "event"}
        return [EventNumber(name=name, value=value) for name, value in sorted(held.items()) if value is not None]

    @classmethod
    def of(cls, row: Mapping[str, Any], context: Context) -> Self:
        """An activity with who took part."""
        shown = context.shown("Activity", row)
        return cls(
            id=strawberry.ID(context.key("Activity", row, "id")),
            kind=shown.get("kind"),
            direction=shown.get("direction"),
            outcome=shown.get("outcome"),
            subject=shown.get("subject"),
            minutes=row.get("minutes"),
            at=row["at"],
            rep=Rep.of(row["rep"], context) if row.get("rep") else None,
            people=context.entities("Contact", row.get("people", [])),
            event=shown.get("event"),
            held=row,
        )
