"""A person at an account."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graphql.context import Info
from api.graphql.types.base import First, field, node_type
from api.graphql.types.entity import Entity
from api.graphql.types.links import AccountLink, DealLink


@strawberry.type(description="Where a contact works or worked.")
class Employment:
    """Where a contact works or worked."""

    account: AccountLink
    title: str | None
    from_: datetime | None = strawberry.field(name="from")
    to: datetime | None = strawberry.field(description="Empty while it holds.")


@strawberry.type(description="A contact's part in a deal.")
class Seat:
    """A contact's part in a deal."""

    deal: DealLink
    role: str
    confidence: float | None
    basis: str | None


@node_type("Contact")
class Contact(Entity):
    """A person at an account."""

    name: str | None
    email: str | None
    phone: str | None
    title: str | None
    seniority: str | None
    department: str | None
    country: str | None

    @property
    def called(self) -> str:
        """Name and title as far as they may be seen."""
        said = [part for part in (self.name, self.title) if part]
        return ", ".join(said) or f"contact {self.id[:8]}"

    @field
    async def employments(self, info: Info) -> list[Employment]:
        """Where the contact works and worked, newest first."""
        rows = await info.context.loaders.rows("contact_employments", self.id)
        return [
            Employment(
                account=info.context.entity("Account", r["account"]), title=r["title"], from_=r["from"], to=r["to"]
            )
            for r in rows
        ]

    @field
    async def account(self, info: Info) -> AccountLink | None:
        """Where the contact works now."""
        rows = await info.context.loaders.rows("contact_employments", self.id)
        return info.context.entity("Account", next((r["account"] for r in rows if r["to"] is None), None))

    @field
    async def deals(self, info: Info, first: First = 25) -> list[Seat]:
        """The deals whose decision the contact has a part in, newest first."""
        rows = await info.context.loaders.rows("contact_seats", self.id, first=info.context.page(first))
        return [Seat(**{**row, "deal": info.context.entity("Deal", row["deal"])}) for row in rows]
