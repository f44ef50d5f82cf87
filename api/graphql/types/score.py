"""What a model said about an entity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Self

import strawberry

from api.graphql.context import Info
from api.graphql.types.base import First, field, node_type
from api.graphql.types.contribution import Contribution, contributions
from api.graphql.types.model import Model
from kg.errors import InputError
from scoring.scores import SCORES


def own_score(kind: str) -> str:
    """The score that an entity answers with when a query names none: the first that is of its kind; empty without."""
    return next((score.name for score in SCORES if score.entity == kind), "")


@strawberry.enum(description="What answered: a trained model, rules shrunk toward data, a mix of both, or nothing.")
class ScoreBasis(Enum):
    """What answered."""

    MODEL = "MODEL"
    BLEND = "BLEND"
    RULES = "RULES"
    NONE = "NONE"


@node_type("Score")
class Score:
    """What a model said about an entity as of a moment, with its reasons."""

    row: strawberry.Private[Mapping[str, Any]]
    name: str
    value: float
    low: float | None
    high: float | None
    band: str | None
    basis: ScoreBasis
    as_of: datetime
    base: float
    log_odds: float
    effective_n: float | None

    @field
    async def model(self, info: Info) -> Model | None:
        """The model that said it."""
        key = {"name": self.name, "version": self.row["version"]}
        found = await info.context.loaders.row("models", key)
        return Model.of(found) if found else None

    @field
    async def means(self, info: Info) -> str | None:
        """What the number means, in one sentence."""
        found = await self.model(info)
        return found.means if found else None

    @field
    def contributions(self, info: Info, first: First = None) -> list[Contribution]:
        """Its reasons, the largest first; without `first` all of them, which with `base` add up to `logOdds`."""
        found = contributions(self.row)
        return found if first is None else found[: info.context.page(first)]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A score from its node."""
        return cls(
            row=row,
            name=row["name"],
            value=row["value"],
            low=row.get("low"),
            high=row.get("high"),
            band=row.get("band"),
            basis=ScoreBasis(row.get("basis") or "NONE"),
            as_of=row["as_of"],
            base=row["base"],
            log_odds=row["log_odds"],
            effective_n=row.get("effective_n"),
        )


async def score_of(info: Info, entity: str, name: str, at: datetime | None) -> Score | None:
    """The score of an entity: the current one, or the newest at or before a moment.

    Raises:
        InputError: the moment has no time zone.
    """
    if at is not None and at.tzinfo is None:
        raise InputError(f"asOf: {at.isoformat()} has no time zone; write for example {at.isoformat()}Z.")
    row = await info.context.loaders.row("scores", {"name": name, "entity": entity, "at": at})
    return Score.of(row) if row else None


async def score_history_of(info: Info, entity: str, name: str, first: int | None) -> list[Score]:
    """The scores an entity had, newest first."""
    take = info.context.page(first, 52)
    rows = await info.context.loaders.rows("score_history", {"name": name, "entity": entity}, first=take)
    return [Score.of(row) for row in rows]
