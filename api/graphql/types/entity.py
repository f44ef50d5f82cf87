"""What every entity can be asked: its records, how it was built, its scores."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from api.graphql.context import Info
from api.graphql.types.attribute import AttributeValue, attributes_of
from api.graphql.types.base import First, FromRow, field
from api.graphql.types.match import JoinStep, how_of
from api.graphql.types.reference import SourceRecord
from api.graphql.types.score import SCORE_OF, Score, score_history_of, score_of

ScoreName = Annotated[str | None, strawberry.argument(description="Name of the score; the entity's own by default.")]


@strawberry.interface(description="An account, contact, deal or lead.")
class Entity(FromRow):
    """An account, contact, deal or lead."""

    id: strawberry.ID = strawberry.field(description="Unique key.")

    @field
    async def records(self, info: Info, first: First = 25) -> list[SourceRecord]:
        """The source records of this entity."""
        rows = await info.context.loaders.rows("entity_records", self.id, first=info.context.page(first))
        return [SourceRecord.of(row, info.context) for row in rows]

    @field
    async def how(self, info: Info, first: First = 25) -> list[JoinStep]:
        """The steps that built this entity of its records, best first; none for a single record."""
        return await how_of(info, self.id, first)

    @field
    async def score(self, info: Info, name: ScoreName = None, as_of: datetime | None = None) -> Score | None:
        """A score: the current one (closed deals have none), or the newest at or before `asOf`."""
        return await score_of(info, self.id, name or self._own_score(), as_of)

    @field
    async def score_history(self, info: Info, name: ScoreName = None, first: First = None) -> list[Score]:
        """The scores it had, newest first."""
        return await score_history_of(info, self.id, name or self._own_score(), first)

    @field
    async def attributes(self, info: Info) -> list[AttributeValue]:
        """Columns of your own that its records hold, by name, as last known; personal ones only for analysts."""
        return await attributes_of(info, self.id)

    def _own_score(self) -> str:
        return SCORE_OF[type(self).__name__.lower()]
