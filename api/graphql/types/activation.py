"""That another version of a score came to serve."""

from __future__ import annotations

import strawberry

from api.graphql.context import Info
from api.graphql.types.base import field
from api.graphql.types.model import Model
from api.jobs.activation import Switched


@strawberry.type(description="That another version of a score came to serve, or is about to.")
class Activation:
    """That another version of a score came to serve, or is about to."""

    score: str = strawberry.field(description="Name of the score.")
    version: str | None = strawberry.field(
        description="The version; empty where the one before is still being looked for."
    )
    done: bool = strawberry.field(
        description="Whether it serves and its scores are current; if not, the work goes on and `models` tells when."
    )
    scores: int | None = strawberry.field(description="How many scores are current; empty until it is done.")

    @field
    async def model(self, info: Info) -> Model | None:
        """The model that serves now."""
        found = await info.context.loaders.row("models", {"name": self.score, "version": None})
        return Model.of(found) if found else None

    @classmethod
    def of(cls, made: Switched) -> Activation:
        """What the job came to."""
        return cls(score=made.score, version=made.version, done=made.done, scores=made.scores)
