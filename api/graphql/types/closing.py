"""When an open deal ends, and why in that time."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Self

import strawberry

from api.graphql.context import Info
from api.graphql.types.base import field
from api.graphql.types.score import score_of
from kg.errors import InputError
from scoring.forecast import closing
from scoring.forecast.cycle import Cycle
from scoring.forecast.kept import cycle_of
from scoring.scores import ever_won

By = Annotated[datetime | None, strawberry.argument(description="With a time zone; without one, ever.")]


@strawberry.type(description="Days by which something has come in 10, 50 and 90 of 100 cases; empty beyond two years.")
class ClosingDays:
    """Days by which something has come in 10, 50 and 90 of 100 cases; empty beyond two years."""

    low: float | None
    median: float | None
    high: float | None

    @classmethod
    def of(cls, days: tuple[float | None, ...]) -> Self:
        """From those three."""
        low, median, high = days
        return cls(low=low, median=median, high=high)


@strawberry.type(description="How many times as likely as usual a deal is to end in the coming week, for one reason.")
class ClosingFactor:
    """How many times as likely as usual a deal is to end in the coming week, for one reason; factors multiply."""

    trait: str
    sentence: str
    won: float = strawberry.field(description="To be won.")
    lost: float = strawberry.field(description="To be lost.")


@strawberry.type(description="When an open deal ends: won and lost as competing risks, week by week.")
class Closing:
    """When an open deal ends: won and lost as competing risks, week by week."""

    found: strawberry.Private[closing.Closing]
    as_of: datetime
    weekly: float = strawberry.field(description="Chance that it ends, won or lost, within a week.")
    days: ClosingDays = strawberry.field(description="Days until it ends, won or lost.")
    days_if_won: ClosingDays = strawberry.field(description="Days until it ends, where it is won.")
    factors: list[ClosingFactor] = strawberry.field(description="What makes the coming week likelier, the most first.")

    @field
    def won_by(self, moment: By = None) -> float:
        """The chance that it is won by a moment, which is its score × the share of wins that come by then."""
        if moment is None:
            return self.found.chance
        if moment.tzinfo is None:
            raise InputError(f"moment: {moment.isoformat()} has no time zone; write for example {moment.isoformat()}Z.")
        return self.found.won_by(moment)


@lru_cache(maxsize=4)
def _cycle(id_: str, learned: str) -> Cycle:
    return cycle_of(learned)


async def closing_of(info: Info, deal: str) -> Closing | None:
    """When a deal ends; None for one that has ended, has no score, or before a forecast was made."""
    score = ever_won()
    if score is None:
        return None
    said = await score_of(info, deal, score.name, None)
    made = await info.context.loaders.row("cycles", score.name)
    stands = await info.context.loaders.row("deal_standings", deal)
    as_of = (await info.context.loaders.published()).as_of
    if said is None or made is None or stands is None or as_of is None:
        return None
    standing = closing.standing_of(stands, as_of)
    found = closing.closing(_cycle(made["id"], made["learned"]), standing, said.value, as_of)
    return Closing(
        found=found,
        as_of=as_of,
        weekly=found.weekly,
        days=ClosingDays.of(found.days),
        days_if_won=ClosingDays.of(found.days_if_won),
        factors=[ClosingFactor(trait=f.trait, sentence=f.sentence, won=f.won, lost=f.lost) for f in found.factors],
    )
