"""Who decides on a deal: who sits where, who is missing, and who could introduce us."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.types.base import FromRow
from api.graphql.types.links import ContactLink

COVERAGE = "buying_center_coverage"
SEEKS: Mapping[str, tuple[str, ...]] = {
    "economic_buyer": ("c_level", "vp", "finance"),
    "champion": ("vp", "director", "manager"),
    "technical_evaluator": ("it", "engineering", "technology", "data"),
    "user": ("manager", "staff"),
    "procurement": ("procurement", "purchasing", "legal"),
}
"""Seniorities and departments in which a role is usually found: whom to ask for."""


@strawberry.type(description="A contact's seat in the decision.")
class RoleSeat(FromRow):
    """A contact's seat in the decision."""

    role: str
    contact: ContactLink
    confidence: float | None = strawberry.field(description="How sure we are, 0 to 1.")
    basis: str | None = strawberry.field(description="Stated by a person, or inferred from the title.")
    met_at: datetime | None = strawberry.field(description="Last meeting or call about this deal.")
    touched_at: datetime | None = strawberry.field(description="Last activity of any kind about this deal.")
    touches: int = strawberry.field(description="Activities about this deal that the contact took part in.")


@strawberry.type(description="A role that won deals usually have filled, and this one has not.")
class MissingRole:
    """A role that won deals usually have filled, and this one has not."""

    role: str
    seen_in_won: float | None = strawberry.field(description="Share of won deals in which somebody held it.")
    candidate: ContactLink | None = strawberry.field(description="Somebody at the account who may hold it.")
    via: ContactLink | None = strawberry.field(
        description="Who could introduce us: the seat holder whom we talk with most."
    )
    sentence: str = strawberry.field(description="The warmest path to it, in words.")


@strawberry.type(description="Who decides on a deal.")
class BuyingCenter:
    """Who decides on a deal."""

    coverage: float = strawberry.field(description="Weight of the expected roles that have met us, 0 to 1.")
    sentence: str = strawberry.field(description="The same, in words.")
    roles: list[RoleSeat] = strawberry.field(description="Who sits where, the surest first.")
    missing: list[MissingRole] = strawberry.field(description="Expected roles that nobody holds.")


def words(role: str) -> str:
    """A role as people read it."""
    return role.replace("_", " ")


def called(contact: object) -> str:
    """What a contact is called, as far as this reader may know."""
    return str(getattr(contact, "called", "someone"))


def candidate(role: str, people: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first person whose seniority or department is where the role is usually found."""
    for sought in SEEKS.get(role, ()):
        for person in people:
            if sought in {str(person.get("seniority") or "").lower(), str(person.get("department") or "").lower()}:
                return person
    return None


async def buying_center(info: Info, deal: str) -> BuyingCenter:
    """The buying center of a deal as of what is published."""
    context = info.context
    as_of = await context.loaders.as_of()
    expected, seats, opening = await asyncio.gather(
        context.loaders.reasons(COVERAGE, deal, as_of),
        context.loaders.rows("deal_seats", deal),
        context.loaders.row("deal_introductions", deal),
    )
    held = {row["role"] for row in seats}
    wanted = sorted((row for row in expected.rows if row["id"] not in held), key=lambda row: (-row["w"], row["id"]))
    missing = [_missing(row["id"], row["w"], opening, info) for row in wanted]
    roles = [RoleSeat(**{**row, "contact": context.entity("Contact", row["contact"])}) for row in seats]
    coverage = expected.value if isinstance(expected.value, int | float) else 0.0
    return BuyingCenter(coverage=coverage, sentence=expected.sentence, roles=roles, missing=missing)


def _missing(role: str, weight: float, opening: Mapping[str, Any] | None, info: Info) -> MissingRole:
    context = info.context
    person = candidate(role, opening["people"]) if opening else None
    host = opening["host"] if opening else None
    to, via = context.entity("Contact", person), context.entity("Contact", host)
    said = f"Nobody known as {words(role)}"
    if to is not None:
        said += f"; {called(to)} at the account may be"
    if via is not None:
        said += f"; warmest path: via {called(via)}"
    return MissingRole(role=role, seen_in_won=weight, candidate=to, via=via, sentence=said + ".")
