"""What every entity can be asked: its records, how it was built, its scores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, cast

import strawberry

from api.graphql.context import Context, Info
from api.graphql.types.attribute import AttributeValue, attributes_of
from api.graphql.types.base import First, FromRow, field
from api.graphql.types.graph import GraphNode
from api.graphql.types.match import JoinStep, how_of
from api.graphql.types.reference import SourceRecord
from api.graphql.types.score import Score, own_score, score_history_of, score_of
from kg.errors import InputError
from kg.ontology.own import current
from kg.render.own import own_related

ScoreName = Annotated[str | None, strawberry.argument(description="Name of the score; the entity's own by default.")]


@strawberry.type(description="What an entity is tied to by a relationship that the company declares itself.")
class Related:
    """What an entity is tied to by a relationship that the company declares itself."""

    type: str = strawberry.field(description="Its type, as ontology.toml declares it.")
    outgoing: bool = strawberry.field(description="Whether it leads from this entity to the other.")
    node: GraphNode = strawberry.field(description="The other end, whatever it is.")
    entity: Entity | None = strawberry.field(description="The other end, where it is an entity.")


@strawberry.interface(description="An account, contact, deal or lead, or an entity of an own kind.")
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

    @field
    async def related(self, info: Info, type: str | None = None, first: First = 25) -> list[Related]:
        """What it is tied to by relationships of own kinds, those of one type or all."""
        types = {r.type for kind in current().kinds for r in kind.relationships}
        if type is not None and type not in types:
            valid = ", ".join(sorted(types)) or "none"
            raise InputError(f"type: there is no own relationship {type!r}; the own relationships are {valid}.")
        if not types:
            return []
        query = own_related(current(), type)
        rows = await info.context.loaders.rows_of(query, self.id, first=info.context.page(first))
        return [related(row, info.context) for row in rows]

    def _own_score(self) -> str:
        return own_score(type(self).__name__.lower())


def related(row: Mapping[str, Any], context: Context) -> Related:
    """One end of an own relationship, masked for this principal."""
    node = row["node"]
    label = next((name for name in node.labels if name in context.makers or current().kind_of(name)), "")
    return Related(
        type=row["type"],
        outgoing=row["outgoing"],
        node=GraphNode.of(node, context),
        entity=cast("Entity | None", context.entity(label, node.properties) if label else None),
    )
