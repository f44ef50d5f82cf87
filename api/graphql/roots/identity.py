"""What can be asked about identity: why two are one or not, and what became of identities."""

from __future__ import annotations

from typing import Annotated

import strawberry

from api.graphql.context import Info
from api.graphql.permissions import NeedsViewer, opened
from api.graphql.types.base import After, First
from api.graphql.types.identity_event import IdentityEvent, identity_page
from api.graphql.types.judgement import RecordKey
from api.graphql.types.match import MatchExplanation, why_entities, why_records
from api.graphql.types.page import Connection


@strawberry.type(description="What can be asked about identity.")
class IdentityQuery:
    """What can be asked about identity."""

    @opened(NeedsViewer)
    async def why_matched(self, info: Info, a: RecordKey, b: RecordKey) -> MatchExplanation:
        """Why two source records are one entity, or why not, as far as the graph holds it."""
        return await why_records(info.context, a, b)

    @opened(NeedsViewer)
    async def why_entities(self, info: Info, a: strawberry.ID, b: strawberry.ID) -> MatchExplanation:
        """Why two entities are two: the best pair between their records."""
        return await why_entities(info.context, a, b)

    @opened(NeedsViewer)
    async def identity_events(
        self,
        info: Info,
        first: First = 25,
        after: After = None,
        kinds: Annotated[
            list[str] | None, strawberry.argument(description="CREATED, MERGED, SPLIT, MOVED, RETIRED.")
        ] = None,
    ) -> Connection[IdentityEvent]:
        """What became of identities, in the order in which it was decided: a feed to follow by `after`."""
        return await identity_page(info.context, info.context.page(first), after, kinds)
