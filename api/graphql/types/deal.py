"""An opportunity to sell."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.context import Info
from api.graphql.types.activity import Activity
from api.graphql.types.base import First, field, node_type
from api.graphql.types.buying_center import BuyingCenter, buying_center
from api.graphql.types.closing import Closing, closing_of
from api.graphql.types.entity import Entity
from api.graphql.types.links import AccountLink, LeadLink
from api.graphql.types.reference import Change, Outcome, Product, Rep, StageEntry
from api.graphql.types.score import Score, pair_scores_of
from api.graphql.types.similar_deal import SimilarDeal, similar_deals
from api.graphql.types.timeline import TimelineEvent, deal_timeline

K = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]


@node_type("Deal")
class Deal(Entity):
    """An opportunity to sell."""

    name: str | None
    kind: str | None
    amount: float | None
    currency: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    close_date: datetime | None
    stage: str | None
    state: str | None
    pipeline: str | None
    lead_source: str | None

    @field
    async def account(self, info: Info) -> AccountLink | None:
        """The account it is with."""
        return info.context.entity("Account", await info.context.loaders.row("deal_account", self.id))

    @field
    async def owner(self, info: Info) -> Rep | None:
        """The rep who works it."""
        row = await info.context.loaders.row("deal_owner", self.id)
        return Rep.of(row, info.context) if row else None

    @field
    async def products(self, info: Info) -> list[Product]:
        """What it would sell."""
        return [Product.of(row, info.context) for row in await info.context.loaders.rows("deal_products", self.id)]

    @field
    async def outcome(self, info: Info) -> Outcome | None:
        """How it ended."""
        row = await info.context.loaders.row("deal_outcome", self.id)
        return Outcome.of(row, info.context) if row else None

    @field
    async def lead(self, info: Info) -> LeadLink | None:
        """The lead it grew from."""
        return info.context.entity("Lead", await info.context.loaders.row("deal_lead", self.id))

    @field
    async def buying_center(self, info: Info) -> BuyingCenter:
        """Who decides: who sits where, who is missing, and who could introduce us."""
        return await buying_center(info, self.id)

    @field
    async def closing(self, info: Info) -> Closing | None:
        """When it ends, if it is open: the chance week by week, the days that takes, and why."""
        return await closing_of(info, self.id)

    @field
    async def activities(self, info: Info, first: First = 25) -> list[Activity]:
        """The newest activities about it."""
        rows = await info.context.loaders.rows("deal_activities", self.id, first=info.context.page(first))
        return [Activity.of(row, info.context) for row in rows]

    @field
    async def stage_history(self, info: Info) -> list[StageEntry]:
        """The stages it entered, oldest first."""
        return [StageEntry.of(row, info.context) for row in await info.context.loaders.rows("deal_stages", self.id)]

    @field
    async def changes(self, info: Info, first: First = 25) -> list[Change]:
        """The newest changes of its fields: pushes of the close date, edits of the amount, new owners."""
        rows = await info.context.loaders.rows("deal_changes", self.id, first=info.context.page(first))
        return [Change.of(row, info.context) for row in rows]

    @field
    async def timeline(self, info: Info, first: First = 25) -> list[TimelineEvent]:
        """What happened, newest first: activities, stages, changes, and its account's tickets since."""
        account = await info.context.loaders.row("deal_account", self.id)
        page = info.context.page(first)
        return await deal_timeline(info, self.id, account["id"] if account else None, self.opened_at, page)

    @field
    async def similar_deals(self, info: Info, k: K = 5) -> list[SimilarDeal]:
        """The deals most like it, the most alike first."""
        return await similar_deals(info, self.id, info.context.page(k))

    @field
    async def champions(self, info: Info, first: First = 10) -> list[Score]:
        """The people on it by how much they carry it, the strongest first."""
        return await pair_scores_of(info, self.id, "champion_strength", first)
