"""What can be changed through GraphQL: each field with the least role that may; its author is whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry

from api.graphql.context import Info
from api.graphql.permissions import NeedsAdmin, NeedsAnalyst, opened
from api.graphql.types.activation import Activation
from api.graphql.types.judgement import Judgement, RecordKey
from api.jobs.activation import switch
from kg import judgements
from kg.ontology.values import Verdict
from kg.steps import take_async

WAIT = 0.5
"""Share of a request's time that it waits for work which may take longer."""


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

    @opened(NeedsAdmin)
    async def activate_model(self, info: Info, score: str, version: str, because: str) -> Activation:
        """Let a version of a score serve, whatever its gates say, and make its scores the current ones.

        Who asked and why are kept. Where it has not scored the published moment yet, that may take minutes: the answer
        then says `done: false` and the work goes on.
        """
        return await _switched(info, score, version, because)

    @opened(NeedsAdmin)
    async def roll_back_model(self, info: Info, score: str, because: str) -> Activation:
        """Let the version of a score serve that did before, and bring its scores back bit for bit; as activateModel."""
        return await _switched(info, score, None, because)


async def _switched(info: Info, score: str, version: str | None, because: str) -> Activation:
    own, by = info.context.settings, info.context.principal.name
    made = await switch(own, score, version, because=because, by=by, seconds=own.request_seconds * WAIT)
    return Activation.of(made)
