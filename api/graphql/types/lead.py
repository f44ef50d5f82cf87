"""A person's interest, before it is a deal."""

from __future__ import annotations

from datetime import datetime

from api.graphql.context import Info
from api.graphql.types.activity import Activity
from api.graphql.types.base import First, field, node_type
from api.graphql.types.entity import Entity
from api.graphql.types.links import AccountLink, ContactLink, DealLink
from api.graphql.types.reference import Campaign, Rep


@node_type("Lead")
class Lead(Entity):
    """A person's interest, before it is a deal."""

    name: str | None
    email: str | None
    company: str | None
    title: str | None
    source: str | None
    status: str | None
    country: str | None
    created_at: datetime | None
    converted_at: datetime | None

    @field
    async def account(self, info: Info) -> AccountLink | None:
        """The account it works at."""
        return info.context.entity("Account", await info.context.loaders.row("lead_account", self.id))

    @field
    async def contact(self, info: Info) -> ContactLink | None:
        """The contact it is."""
        return info.context.entity("Contact", await info.context.loaders.row("lead_contact", self.id))

    @field
    async def deal(self, info: Info) -> DealLink | None:
        """The deal it became."""
        return info.context.entity("Deal", await info.context.loaders.row("lead_deal", self.id))

    @field
    async def campaign(self, info: Info) -> Campaign | None:
        """The campaign that brought it."""
        row = await info.context.loaders.row("lead_campaign", self.id)
        return Campaign.of(row, info.context) if row else None

    @field
    async def owner(self, info: Info) -> Rep | None:
        """The rep who works it."""
        row = await info.context.loaders.row("lead_owner", self.id)
        return Rep.of(row, info.context) if row else None

    @field
    async def activities(self, info: Info, first: First = 25) -> list[Activity]:
        """The newest activities about it."""
        rows = await info.context.loaders.rows("lead_activities", self.id, first=info.context.page(first))
        return [Activity.of(row, info.context) for row in rows]
