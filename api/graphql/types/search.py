"""Where a text was found."""

from __future__ import annotations

from enum import Enum

import strawberry

from api.graphql.types.entity import Entity


@strawberry.enum(description="Kinds of entities.")
class EntityKind(Enum):
    """Kinds of entities."""

    DEAL = "deal"
    LEAD = "lead"
    ACCOUNT = "account"
    CONTACT = "contact"


@strawberry.type(description="An entity that holds a text.")
class SearchHit:
    """An entity that holds a text."""

    kind: EntityKind
    id: strawberry.ID
    name: str = strawberry.field(description="What it is called; label and id where that is personal data.")
    entity: Entity
