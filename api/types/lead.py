"""A person's interest, before it is a deal."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.context import Info
from api.types.activity import Activity
from api.types.base import First, FromRow, Name, field, node_type
from api.types.identity import JoinStep, how_of
from api.types.links import AccountLink, ContactLink, DealLink
from api.types.reference import Campaign, Rep, SourceRecord
from api.types.score import SCORE_OF, Score, score_history_of, score_of


@node_type("Lead")
class Lead(FromRow):
    """A person's interest, before it is a deal."""

    id: strawberry.ID
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

    @field
    async def records(self, info: Info, first: First = 25) -> list[SourceRecord]:
        """The source records that are this lead."""
        rows = await info.context.loaders.rows("entity_records", self.id, first=info.context.page(first))
        return [SourceRecord.of(row, info.context) for row in rows]

    @field
    async def how(self, info: Info, first: First = 25) -> list[JoinStep]:
        """The steps that built this lead of its records, best first; none for a single record."""
        return await how_of(info, self.id, first)

    @field
    async def score(self, info: Info, name: Name = SCORE_OF["lead"], as_of: datetime | None = None) -> Score | None:
        """A score of the lead: the current one, or the newest at or before `asOf`."""
        return await score_of(info, self.id, name, as_of)

    @field
    async def score_history(self, info: Info, name: Name = SCORE_OF["lead"], first: First = None) -> list[Score]:
        """The scores it had, newest first."""
        return await score_history_of(info, self.id, name, first)
