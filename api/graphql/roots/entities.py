"""Root fields for accounts, contacts, leads, deals and their features, scores and segments."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar, cast

import strawberry

from api.graphql.context import Context, Info
from api.graphql.permissions import NeedsAdmin, NeedsAnalyst, NeedsViewer, opened
from api.graphql.roots.identity import IdentityQuery
from api.graphql.types.account import Account
from api.graphql.types.base import After, First, FromRow
from api.graphql.types.contact import Contact
from api.graphql.types.deal import Deal
from api.graphql.types.entity import Entity
from api.graphql.types.feature import FeatureDefinition
from api.graphql.types.filters import (
    AccountFilter,
    AccountOrder,
    ContactFilter,
    ContactOrder,
    DealFilter,
    DealOrder,
    LeadFilter,
    LeadOrder,
)
from api.graphql.types.forecast import Forecast, forecasts
from api.graphql.types.health import HealthEvent
from api.graphql.types.judgement import ReviewPair, review_page
from api.graphql.types.lead import Lead
from api.graphql.types.model import Model
from api.graphql.types.own import (
    OwnEntity,
    OwnFilter,
    OwnKindDefinition,
    all_kinds,
    own_entities,
    own_entity,
)
from api.graphql.types.page import Connection, Direction
from api.graphql.types.pages import entity_page
from api.graphql.types.run import Run, Workspace
from api.graphql.types.score import own_score
from api.graphql.types.search import EntityKind, SearchHit
from api.graphql.types.segment import Segment, SegmentMember, all_segments, segment_page
from kg.errors import Forbidden, InputError
from kg.ontology.own import current
from kg.ontology.values import ReviewKind

E = TypeVar("E", bound=FromRow)


BY_SCORE = ("score", Direction.DESC)


BY_NAME = ("name", Direction.ASC)


ScoreName = Annotated[str | None, strawberry.argument(description="Score to order by; the entity's own without one.")]


async def _one(info: Info, kind: type[E], id_: str) -> E | None:
    row = await info.context.loaders.row(f"{kind.__name__.lower()}s", id_)
    return kind.of(row, info.context) if row else None


@strawberry.type(description="What can be asked. Every answer is as of what is published.")
class Query(IdentityQuery):
    """What can be asked."""

    @opened(NeedsViewer)
    async def deal(self, info: Info, id: strawberry.ID) -> Deal | None:
        """A deal by id; an id that was given up leads to the one that took its place."""
        return await _one(info, Deal, id)

    @opened(NeedsViewer)
    async def lead(self, info: Info, id: strawberry.ID) -> Lead | None:
        """A lead by id."""
        return await _one(info, Lead, id)

    @opened(NeedsViewer)
    async def account(self, info: Info, id: strawberry.ID) -> Account | None:
        """An account by id."""
        return await _one(info, Account, id)

    @opened(NeedsViewer)
    async def contact(self, info: Info, id: strawberry.ID) -> Contact | None:
        """A contact by id."""
        return await _one(info, Contact, id)

    @opened(NeedsViewer)
    async def deals(
        self,
        info: Info,
        filter: DealFilter | None = None,
        order_by: DealOrder | None = None,
        first: First = 25,
        after: After = None,
        score: ScoreName = None,
    ) -> Connection[Deal]:
        """Deals, by score unless ordered otherwise; those without the value come last."""
        return await entity_page(
            info.context,
            "Deal",
            filter or DealFilter(),
            order_by,
            info.context.page(first),
            after,
            default=BY_SCORE,
            score=score or own_score("deal"),
        )

    @opened(NeedsViewer)
    async def leads(
        self,
        info: Info,
        filter: LeadFilter | None = None,
        order_by: LeadOrder | None = None,
        first: First = 25,
        after: After = None,
        score: ScoreName = None,
    ) -> Connection[Lead]:
        """Leads, by score unless ordered otherwise; those without the value come last."""
        return await entity_page(
            info.context,
            "Lead",
            filter or LeadFilter(),
            order_by,
            info.context.page(first),
            after,
            default=BY_SCORE,
            score=score or own_score("lead"),
        )

    @opened(NeedsViewer)
    async def accounts(
        self,
        info: Info,
        filter: AccountFilter | None = None,
        order_by: AccountOrder | None = None,
        first: First = 25,
        after: After = None,
    ) -> Connection[Account]:
        """Accounts, by name."""
        page = info.context.page(first)
        return await entity_page(
            info.context, "Account", filter or AccountFilter(), order_by, page, after, default=BY_NAME
        )

    @opened(NeedsViewer)
    async def contacts(
        self,
        info: Info,
        filter: ContactFilter | None = None,
        order_by: ContactOrder | None = None,
        first: First = 25,
        after: After = None,
    ) -> Connection[Contact]:
        """Contacts, by name for analysts."""
        if filter is not None and filter.text and not info.context.principal.sees_personal:
            raise Forbidden(
                "contacts: searching people by name needs the role analyst; filter by seniority or account instead."
            )
        page = info.context.page(first)
        return await entity_page(
            info.context, "Contact", filter or ContactFilter(), order_by, page, after, default=BY_NAME
        )

    @opened(NeedsViewer)
    async def entity_for_record(
        self,
        info: Info,
        system: Annotated[str, strawberry.argument(name="source", description="Name of the source.")],
        record_id: strawberry.ID,
        kind: Annotated[
            str | None, strawberry.argument(description="Kind of record, where an id is used for several.")
        ] = None,
    ) -> Entity | None:
        """The entity that a source record speaks of."""
        key = {"source": system, "record_id": record_id, "kind": kind}
        row = await info.context.loaders.row("entity_for_record", key)
        return cast("Entity | None", info.context.entity(row["label"], row["entity"]) if row else None)

    @opened(NeedsViewer)
    async def own_kinds(self) -> list[OwnKindDefinition]:
        """The kinds that the company declares itself."""
        return all_kinds()

    @opened(NeedsViewer)
    async def own_entity(self, info: Info, kind: str, id: strawberry.ID) -> OwnEntity | None:
        """An entity of an own kind by id."""
        return await own_entity(info, kind, id)

    @opened(NeedsViewer)
    async def own_entities(
        self,
        info: Info,
        kind: str,
        filter: list[OwnFilter] | None = None,
        first: First = 25,
        after: After = None,
    ) -> Connection[OwnEntity]:
        """Entities of an own kind, by id; all filters must hold."""
        return await own_entities(info, kind, filter or [], info.context.page(first), after)

    @opened(NeedsViewer)
    async def segments(self) -> list[Segment]:
        """The segments there are."""
        return all_segments()

    @opened(NeedsViewer)
    async def segment(self, info: Info, name: str, first: First = 25, after: After = None) -> Connection[SegmentMember]:
        """The accounts of a segment, and why each is in it."""
        return await segment_page(info, name, info.context.page(first), after)

    @opened(NeedsViewer)
    async def features(self, info: Info, entity: EntityKind | None = None) -> list[FeatureDefinition]:
        """The features that scores are made of."""
        kinds = [entity.value] if entity else [*(k.value for k in EntityKind), *(k.name for k in current().kinds)]
        found = [f for kind in kinds for f in (await info.context.loaders.features(kind)).values()]
        return [FeatureDefinition.of(f) for f in sorted(found, key=lambda f: (f.name, f.entity))]

    @opened(NeedsViewer)
    async def forecasts(
        self,
        info: Info,
        period: Annotated[str | None, strawberry.argument(description="Such as 2026Q1; all without one.")] = None,
        first: First = 2,
    ) -> list[Forecast]:
        """What this quarter and the next will bring, as kept at each refresh, the newest first."""
        return await forecasts(info, period, info.context.page(first))

    @opened(NeedsViewer)
    async def health_events(self, info: Info, score: str | None = None, first: First = 25) -> list[HealthEvent]:
        """What was found wrong with one score or with all, the newest first; what has no `endedAt` still is."""
        as_of, take = await info.context.loaders.as_of(), info.context.page(first)
        rows = await info.context.loaders.one_by_one("health_events", name=score, as_of=as_of, first=take)
        return [HealthEvent.of(row["row"], info.context) for row in rows]

    @opened(NeedsAnalyst)
    async def models(self, info: Info, score: str | None = None, first: First = 25) -> list[Model]:
        """The models that were trained, with how well they did."""
        rows = await info.context.loaders.one_by_one("all_models", name=score, first=info.context.page(first))
        return [Model.of(row["row"]) for row in rows]

    @opened(NeedsViewer)
    async def search(
        self,
        info: Info,
        text: str,
        kinds: list[EntityKind] | None = None,
        first: First = 10,
    ) -> list[SearchHit]:
        """Entities whose name holds a text; people only for analysts."""
        if len(text.strip()) < 2:
            raise InputError(f"text: {text!r} is too short to search for; give at least 2 characters.")
        personal = info.context.principal.sees_personal
        wanted = [k.name for k in kinds or list(EntityKind) if personal or k is not EntityKind.CONTACT]
        as_of = await info.context.loaders.as_of()
        rows = await info.context.loaders.one_by_one(
            "search",
            text=text.strip().lower(),
            kinds=wanted,
            first=info.context.page(first),
            as_of=as_of,
        )
        return [_hit(info.context, row) for row in rows]

    @opened(NeedsViewer)
    async def workspace(self, info: Info) -> Workspace:
        """What is published: the moment that every answer is as of."""
        found = await info.context.loaders.published()
        return Workspace(as_of=found.as_of, currency=found.currency)

    @opened(NeedsViewer)
    async def review_queue(
        self, info: Info, first: First = 10, after: After = None, kind: ReviewKind | None = None
    ) -> Connection[ReviewPair]:
        """The pairs of records that are most worth a person's look, those left out that were judged since."""
        return await review_page(info, kind, info.context.page(first), after)

    @opened(NeedsAdmin)
    async def runs(self, info: Info, first: First = 25) -> list[Run]:
        """The newest runs of the line."""
        rows = await info.context.loaders.one_by_one("runs", first=info.context.page(first))
        return [Run.of(row["row"], info.context) for row in rows]


def _hit(context: Context, row: dict[str, Any]) -> SearchHit:
    shown = context.shown(row["label"], row["row"])
    name = shown.get("name") or shown.get("company") or f"{row['label']} {shown['id'][:8]}"
    return SearchHit(
        kind=EntityKind(row["label"].lower()),
        id=shown["id"],
        name=name,
        entity=cast("Entity", context.entity(row["label"], row["row"])),
    )
