"""An organisation that we sell to, or might."""

from __future__ import annotations

import strawberry

from api.graphql.context import Info
from api.graphql.types.activity import Activity
from api.graphql.types.base import First, field, node_type
from api.graphql.types.entity import Entity
from api.graphql.types.links import AccountLink, ContactLink, DealLink
from api.graphql.types.reference import Ticket
from api.graphql.types.score import Score, pair_scores_of


@strawberry.type(description="How an account stands to another.")
class AccountRelation:
    """How an account stands to another."""

    type: str = strawberry.field(description="SUBSIDIARY_OF, PARTNERS_WITH or OWNED_BY.")
    outgoing: bool = strawberry.field(description="Whether it leads from this account to the other.")
    account: AccountLink


@node_type("Account")
class Account(Entity):
    """An organisation that we sell to, or might."""

    name: str | None
    domain: str | None
    country: str | None
    city: str | None
    phone: str | None
    employees: int | None
    revenue: float | None
    registration_id: str | None

    @field
    async def industry(self, info: Info) -> str | None:
        """The account's industry."""
        row = await info.context.loaders.row("account_industry", self.id)
        return info.context.shown("Industry", row).get("name") if row else None

    @field
    async def contacts(self, info: Info, first: First = 25) -> list[ContactLink]:
        """The people who work there, by name."""
        rows = await info.context.loaders.rows("account_contacts", self.id, first=info.context.page(first))
        return info.context.entities("Contact", rows)

    @field
    async def deals(self, info: Info, first: First = 25) -> list[DealLink]:
        """The deals with it, newest first."""
        rows = await info.context.loaders.rows("account_deals", self.id, first=info.context.page(first))
        return info.context.entities("Deal", rows)

    @field
    async def relations(self, info: Info) -> list[AccountRelation]:
        """The accounts that it belongs to, owns or works with."""
        rows = await info.context.loaders.rows("account_relations", self.id)
        return [AccountRelation(**{**row, "account": info.context.entity("Account", row["account"])}) for row in rows]

    @field
    async def activities(self, info: Info, first: First = 25) -> list[Activity]:
        """The newest activities about the account itself."""
        rows = await info.context.loaders.rows("account_activities", self.id, first=info.context.page(first))
        return [Activity.of(row, info.context) for row in rows]

    @field
    async def tickets(self, info: Info, first: First = 25) -> list[Ticket]:
        """Its newest support tickets."""
        rows = await info.context.loaders.rows("account_tickets", self.id, first=info.context.page(first))
        return [Ticket.of(row, info.context) for row in rows]

    @field
    async def offers(self, info: Info, first: First = 10) -> list[Score]:
        """The products that it could buy next, the likeliest first; only of customers."""
        return await pair_scores_of(info, self.id, "cross_sell", first)
