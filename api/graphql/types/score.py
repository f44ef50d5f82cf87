"""What a model said about an entity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Self

import strawberry

from api.graphql.context import Info
from api.graphql.types.base import First, field, node_type
from api.graphql.types.contribution import Contribution, changed, contributions, kind_of
from api.graphql.types.links import ContactLink
from api.graphql.types.model import Model
from api.graphql.types.reference import Product
from kg.errors import InputError
from kg.ontology import SECOND
from scoring.scores import SCORES

REASONS = 10
HISTORY = 52


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


@strawberry.enum(description="Reasons as people ask for them.")
class ReasonGroup(Enum):
    """Reasons as people ask for them."""

    CHANGED = strawberry.enum_value("changed", description="What differs from the score before, by how much it moved.")
    CAN_DO = strawberry.enum_value("can_do", description="What sellers can act on: whom they meet, how they talk.")
    GIVEN = strawberry.enum_value("given", description="What is as it is: the deal, the account, what happened.")


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
    answered: bool = strawberry.field(
        description="Whether it was the answer at its moment; if not, it was computed later, by a model that knew more."
    )

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
    async def contact(self, info: Info) -> ContactLink | None:
        """The contact of a score about a contact on a deal."""
        if SECOND.get(kind_of(self.name)) != "Contact":
            return None
        return info.context.entity("Contact", await info.context.loaders.row("contacts", self.row.get("second_id")))

    @field
    async def product(self, info: Info) -> Product | None:
        """The product of a score about a product for an account."""
        if SECOND.get(kind_of(self.name)) != "Product":
            return None
        row = await info.context.loaders.row("products", self.row.get("second_id"))
        return Product.of(row, info.context) if row else None

    @field
    async def health(self, info: Info) -> list[str]:
        """Why another model than the newest answered, in sentences; empty where it was the newest."""
        found = await info.context.loaders.rows("health_at", {"name": self.name, "at": self.as_of})
        return [row["sentence"] for row in found]

    @field
    def contributions(self, info: Info, first: First = None) -> list[Contribution]:
        """Its reasons, the largest first; without `first` all of them, which with `base` add up to `logOdds`."""
        found = contributions(self.row)
        return found if first is None else found[: info.context.page(first)]

    @field
    async def reasons(
        self, info: Info, group: ReasonGroup = ReasonGroup.CHANGED, first: First = REASONS
    ) -> list[Contribution]:
        """Its reasons as people ask for them, the largest first: what changed, what can be acted on, what is given."""
        take = info.context.page(first, REASONS)
        found = contributions(self.row)
        if group is ReasonGroup.CHANGED:
            before = await self._before(info)
            return changed(found, contributions(before))[:take] if before else []
        features = await info.context.loaders.features(kind_of(self.name))
        can = [f.name in features and features[f.name].actionable for f in found]
        return [f for f, one in zip(found, can, strict=True) if one is (group is ReasonGroup.CAN_DO)][:take]

    @field
    async def before(self, info: Info) -> Score | None:
        """The score before it, as of an earlier moment."""
        row = await self._before(info)
        return Score.of(row) if row else None

    async def _before(self, info: Info) -> Mapping[str, Any] | None:
        key = {"name": self.name, "entity": self.row["entity_id"]}
        rows = await info.context.loaders.rows("score_history", key, first=HISTORY)
        return next((row for row in rows if row["as_of"] < self.as_of), None)

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
            answered=row.get("answered") is not False,
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
    take = info.context.page(first, HISTORY)
    rows = await info.context.loaders.rows("score_history", {"name": name, "entity": entity}, first=take)
    return [Score.of(row) for row in rows]


async def pair_scores_of(info: Info, entity: str, name: str, first: int | None) -> list[Score]:
    """The current scores of the pairs of which an entity is the first, the highest first.

    Raises:
        InputError: there is no such score, or it is not about pairs.
    """
    if SECOND.get(kind_of(name)) is None:
        valid = ", ".join(score.name for score in SCORES if score.entity in SECOND)
        raise InputError(f"name: {name!r} is no score about pairs; those are {valid}.")
    take = info.context.page(first)
    rows = await info.context.loaders.rows("pair_scores", {"name": name, "entity": entity}, first=take)
    return [Score.of(row) for row in rows]
