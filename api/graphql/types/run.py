"""Runs of the line, for admins."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graphql.types.base import FromRow, node_type


@node_type("Run")
class Run(FromRow):
    """One run of one stage."""

    id: strawberry.ID
    stage: str
    started: datetime | None
    finished: datetime | None
    code: str | None
    config: str | None
    counts: str | None


@strawberry.type(description="What is published.")
class Workspace:
    """What is published."""

    as_of: datetime | None = strawberry.field(
        description="The moment that every answer is as of; empty before the first refresh."
    )
    currency: str | None = strawberry.field(description="Currency of every amount.")
