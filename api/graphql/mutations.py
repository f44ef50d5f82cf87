"""What can be changed through GraphQL: each field with the least role that may; its author is whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry

from api.graphql.context import Info
from api.graphql.permissions import NeedsAnalyst, opened
from api.graphql.types.judgement import Judgement, RecordKey
from kg import judgements
from kg.ontology.values import Verdict
from kg.steps import take_async


@strawberry.type(description="What can be changed.")
class Mutation:
    """What can be changed."""

    @opened(NeedsAnalyst)
    async def judge(self, info: Info, a: RecordKey, b: RecordKey, verdict: Verdict, reason: str) -> Judgement:
        """Say that two records are the same, different, or that nobody can be sure; it counts from the next refresh."""
        author = info.context.principal.name
        steps = judgements.judge(a.name, b.name, verdict.value, author=author, reason=reason, at=datetime.now(UTC))
        return Judgement.made(await take_async(info.context.loaders.graph, steps))

    @opened(NeedsAnalyst)
    async def unmerge(self, info: Info, entity: strawberry.ID, apart: list[RecordKey], reason: str) -> list[Judgement]:
        """Cut an entity: the records named are judged different from each of its others, from the next refresh on."""
        author, names = info.context.principal.name, [key.name for key in apart]
        steps = judgements.unmerge(str(entity), names, author=author, reason=reason, at=datetime.now(UTC))
        return [Judgement.made(made) for made in await take_async(info.context.loaders.graph, steps)]
