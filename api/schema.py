"""The GraphQL schema: the root fields, each with the least role that may ask it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.execution import ExecutionResult

from api.context import Context, Info, Make
from api.errors import render
from api.limits import extensions
from api.permissions import Needs, NeedsAdmin, NeedsAnalyst, NeedsViewer
from api.settings import ApiSettings
from api.types.account import Account
from api.types.base import After, First
from api.types.contact import Contact
from api.types.deal import Deal
from api.types.entity import Entity, EntityKind, SearchHit
from api.types.feature import FeatureDefinition
from api.types.filters import (
    AccountFilter, AccountOrder, ContactFilter, ContactOrder, DealFilter, DealOrder, LeadFilter, LeadOrder,
)
from api.types.lead import Lead
from api.types.model import Model
from api.types.page import Connection, Direction
from api.types.pages import entity_page
from api.types.reference import Rep, SourceRecord
from api.types.run import Run, Workspace
from api.types.score import SCORE_OF
from api.types.segment import Segment, SegmentMember, all_segments, segment_page
from kg.errors import Forbidden, InputError
from kg.features import load_features

SNAPSHOT = Path(__file__).parent / "schema.graphql"
MAKERS: Mapping[str, Make] = {
    "Deal": Deal.of, "Lead": Lead.of, "Account": Account.of, "Contact": Contact.of, "Rep": Rep.of, "Record": SourceRecord.of,
}
BY_SCORE = ("score", Direction.DESC)
BY_NAME = ("name", Direction.ASC)
ScoreName = Annotated[str | None, strawberry.argument(description="Score to order by; the entity's own without one.")]


def opened(needs: type[Needs], about: str) -> Any:
    """A root field: the least role that may ask it, and what it answers."""
    return strawberry.field(permission_classes=[needs], description=about)


async def _one(info: Info, label: str, id_: str) -> Any:
    return info.context.entity(label, await info.context.loaders.row(f"{label.lower()}s", id_))


@strawberry.type(description="What can be asked. Every answer is as of what is published.")
class Query:
    """What can be asked."""

    @opened(NeedsViewer, "A deal by id; an id that was given up leads to the one that took its place.")
    async def deal(self, info: Info, id: strawberry.ID) -> Deal | None:  # noqa: A002, D102 (GraphQL's word; described above)
        return await _one(info, "Deal", id)

    @opened(NeedsViewer, "A lead by id.")
    async def lead(self, info: Info, id: strawberry.ID) -> Lead | None:  # noqa: A002, D102
        return await _one(info, "Lead", id)

    @opened(NeedsViewer, "An account by id.")
    async def account(self, info: Info, id: strawberry.ID) -> Account | None:  # noqa: A002, D102
        return await _one(info, "Account", id)

    @opened(NeedsViewer, "A contact by id.")
    async def contact(self, info: Info, id: strawberry.ID) -> Contact | None:  # noqa: A002, D102
        return await _one(info, "Contact", id)

    @opened(NeedsViewer, "Deals, by score unless ordered otherwise; those without the value come last.")
    async def deals(  # noqa: D102, PLR0913
        self, info: Info, filter: DealFilter | None = None, order_by: DealOrder | None = None,  # noqa: A002
        first: First = 25, after: After = None, score: ScoreName = None,
    ) -> Connection[Deal]:
        return await entity_page(
            info.context, "Deal", filter or DealFilter(), order_by, info.context.page(first), after,
            default=BY_SCORE, score=score or SCORE_OF["deal"],
        )

    @opened(NeedsViewer, "Leads, by score unless ordered otherwise; those without the value come last.")
    async def leads(  # noqa: D102, PLR0913
        self, info: Info, filter: LeadFilter | None = None, order_by: LeadOrder | None = None,  # noqa: A002
        first: First = 25, after: After = None, score: ScoreName = None,
    ) -> Connection[Lead]:
        return await entity_page(
            info.context, "Lead", filter or LeadFilter(), order_by, info.context.page(first), after,
            default=BY_SCORE, score=score or SCORE_OF["lead"],
        )

    @opened(NeedsViewer, "Accounts, by name.")
    async def accounts(  # noqa: D102, PLR0913
        self, info: Info, filter: AccountFilter | None = None, order_by: AccountOrder | None = None,  # noqa: A002
        first: First = 25, after: After = None,
    ) -> Connection[Account]:
        page = info.context.page(first)
        return await entity_page(info.context, "Account", filter or AccountFilter(), order_by, page, after, default=BY_NAME)

    @opened(NeedsViewer, "Contacts, by name for analysts.")
    async def contacts(  # noqa: D102, PLR0913
        self, info: Info, filter: ContactFilter | None = None, order_by: ContactOrder | None = None,  # noqa: A002
        first: First = 25, after: After = None,
    ) -> Connection[Contact]:
        if filter is not None and filter.text and not info.context.principal.sees_personal:
            raise Forbidden("contacts: searching people by name needs the role analyst; filter by seniority or account instead.")
        page = info.context.page(first)
        return await entity_page(info.context, "Contact", filter or ContactFilter(), order_by, page, after, default=BY_NAME)

    @opened(NeedsViewer, "The entity that a source record speaks of.")
    async def entity_for_record(  # noqa: D102
        self, info: Info, source: str, record_id: strawberry.ID,
        kind: Annotated[str | None, strawberry.argument(description="Kind of record, where an id is used for several.")] = None,
    ) -> Entity | None:
        key = {"source": source, "record_id": record_id, "kind": kind}
        row = await info.context.loaders.row("entity_for_record", key)
        return info.context.entity(row["label"], row["entity"]) if row else None

    @opened(NeedsViewer, "The segments there are.")
    async def segments(self) -> list[Segment]:  # noqa: D102
        return all_segments()

    @opened(NeedsViewer, "The accounts of a segment, and why each is in it.")
    async def segment(self, info: Info, name: str, first: First = 25, after: After = None) -> Connection[SegmentMember]:  # noqa: D102
        return await segment_page(info, name, info.context.page(first), after)

    @opened(NeedsViewer, "The features that scores are made of.")
    async def features(self, entity: EntityKind | None = None) -> list[FeatureDefinition]:  # noqa: D102
        return [FeatureDefinition.of(f) for _, f in sorted(load_features().items()) if entity is None or f.entity == entity.value]

    @opened(NeedsAnalyst, "The models that were trained, with how well they did.")
    async def models(self, info: Info, score: str | None = None, first: First = 25) -> list[Model]:  # noqa: D102
        rows = await info.context.loaders.one_by_one("all_models", name=score, first=info.context.page(first))
        return [Model.of(row["row"]) for row in rows]

    @opened(NeedsViewer, "Entities whose name holds a text; people only for analysts.")
    async def search(  # noqa: D102
        self, info: Info, text: str, kinds: list[EntityKind] | None = None, first: First = 10,
    ) -> list[SearchHit]:
        if len(text.strip()) < 2:
            raise InputError(f"text: {text!r} is too short to search for; give at least 2 characters.")
        personal = info.context.principal.sees_personal
        wanted = [k.name for k in kinds or list(EntityKind) if personal or k is not EntityKind.CONTACT]
        as_of = await info.context.loaders.as_of()
        rows = await info.context.loaders.one_by_one(
            "search", text=text.strip().lower(), kinds=wanted, personal=personal, first=info.context.page(first), as_of=as_of
        )
        return [_hit(info.context, row) for row in rows]

    @opened(NeedsViewer, "What is published: the moment that every answer is as of.")
    async def workspace(self, info: Info) -> Workspace:  # noqa: D102
        found = await info.context.loaders.published()
        return Workspace(as_of=found.as_of, currency=found.currency)

    @opened(NeedsAdmin, "The newest runs of the line.")
    async def runs(self, info: Info, first: First = 25) -> list[Run]:  # noqa: D102
        rows = await info.context.loaders.one_by_one("runs", first=info.context.page(first))
        return [Run.of(row["row"], info.context) for row in rows]


def _hit(context: Context, row: dict[str, Any]) -> SearchHit:
    shown = context.shown(row["label"], row["row"])
    name = shown.get("name") or shown.get("company") or f"{row['label']} {shown['id'][:8]}"
    return SearchHit(
        kind=EntityKind(row["label"].lower()), id=shown["id"], name=name, entity=context.entity(row["label"], row["row"])
    )


class Schema(strawberry.Schema):
    """A schema whose errors are logged by `api.errors` alone."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leave logging to `api.errors`, which masks unknown errors under an id."""


@lru_cache(maxsize=4)
def schema(settings: ApiSettings) -> Schema:
    """The schema under the limits of these settings."""
    return Schema(query=Query, config=StrawberryConfig(), extensions=extensions(settings))


def schema_text() -> str:
    """The schema as text: what `schema.graphql` holds."""
    return schema(ApiSettings()).as_str() + "\n"


async def execute(
    context: Context, query: str, variables: dict[str, Any] | None = None, name: str | None = None
) -> ExecutionResult:
    """Execute one operation in this process: what /graphql and the explorer's pages both do."""
    try:
        result = await schema(context.settings).execute(
            query, variable_values=variables, context_value=context, operation_name=name
        )
    except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError) as error:
        raise InputError("The request holds no query, or several and no name of the one to run.") from error
    if not isinstance(result, ExecutionResult):
        raise InputError("Only queries are answered here.")
    result.errors = [render(error) for error in result.errors] if result.errors else None
    return result
