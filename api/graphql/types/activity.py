"""Something that happened between us and them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from api.graphql.context import Context
from api.graphql.types.base import node_type
from api.graphql.types.links import ContactLink
from api.graphql.types.reference import Rep


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
        )
