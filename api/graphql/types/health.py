"""What was found wrong with scores."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.graphql.types.base import FromRow, node_type


@node_type("HealthEvent")
class HealthEvent(FromRow):
    """Something that was wrong with a score from a moment on."""

    id: strawberry.ID
    name: str
    what: str
    subject: str
    severe: bool
    sentence: str
    value: float | None
    allowed: float | None
    at: datetime
    ended_at: datetime | None
    version: str | None
    answers: str | None
