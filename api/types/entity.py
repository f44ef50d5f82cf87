"""Entities of any kind, and where a text was found."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from api.types.account import Account
from api.types.contact import Contact
from api.types.deal import Deal
from api.types.lead import Lead

Entity = Annotated[
    Deal | Lead | Account | Contact, strawberry.union("Entity", description="What a source record may speak of.")
]


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
