"""When one open deal ends: a weekly hazard of being won and of being lost, and why it is higher or lower than usual.

The cycle's hazard is a product of the usual one and a factor for each thing that is known of the deal, so the reasons
are exact: their logarithms add up to that of the hazard. The chance to be won at all is the score's; the cycle says
when it falls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from scoring.forecast.cycle import AGE, DUE, WEEKS, Cycle
from scoring.forecast.history import DAY, Standing
from scoring.model.tables import Floats

MIDDLE: Final = (0.1, 0.5, 0.9)
SAME: Final = 0.05
"""A factor nearer to 1 than this is not worth a sentence."""


@dataclass(frozen=True, slots=True)
class Factor:
    """How many times as likely as usual a deal is to be won, and to be lost, in the coming week, for one reason."""

    trait: str
    sentence: str
    won: float
    lost: float


@dataclass(frozen=True, slots=True)
class Closing:
    """When a deal ends, as of a moment.

    `weekly` is the chance that it ends (won or lost) within a week; `days` are those by which it has ended in 10, 50
    and 90 of 100 cases, None beyond two years; `days_if_won` the same of the cases in which it is won. `won` and
    `ended` are the chances by the beginning of each week (the last: after all).
    """

    as_of: datetime
    chance: float
    weekly: float
    days: tuple[float | None, ...]
    days_if_won: tuple[float | None, ...]
    factors: tuple[Factor, ...]
    won: Floats
    ended: Floats

    def won_by(self, moment: datetime) -> float:
        """The chance that it is won by a moment; 0 for one that has passed."""
        days = (moment - self.as_of).total_seconds() / DAY
        if days <= 0:
            return 0.0
        share = np.interp(days, np.arange(WEEKS + 1) * 7.0, self.won) / max(float(self.won[-1]), 1e-12)
        return float(self.chance * share)


def standing_of(row: Mapping[str, Any], as_of: datetime) -> Standing:
    """How one deal stands, from a row with stage, due and opened."""

    def number(value: Any) -> Floats:
        return np.array([np.nan if value is None else float(value)], dtype=np.float64)

    due = None if row["due"] is None else (row["due"] - as_of).total_seconds() / DAY
    age = None if row["opened"] is None else max(0.0, (as_of - row["opened"]).total_seconds() / DAY)
    return Standing(np.zeros(1, dtype=np.int64), number(row["stage"]), number(due), number(age or 0.0), number(None))


def closing(cycle: Cycle, deal: Standing, chance: float, as_of: datetime) -> Closing:
    """When one deal ends; `chance` is that to be won at all, as the score says."""
    won, lost = cycle.curves(deal)
    # the score says how many are won; the cycle's curves of both ends are weighed so that they agree with it
    won_share, lost_share = won / max(float(won[-1]), 1e-12), lost / max(float(lost[-1]), 1e-12)
    stays = max(0.0, 1 - float(won[-1] + lost[-1]))
    ends = 1 - stays
    ended = chance * won_share * ends + (1 - chance) * lost_share * ends
    return Closing(
        as_of, chance, float(ended[1]), _days(ended), _days(won_share), _factors(cycle, deal), chance * won_share, ended
    )


def _days(curve: Floats) -> tuple[float | None, ...]:
    """Days by which a curve of chances by week reaches each of `MIDDLE`."""
    weeks = np.arange(WEEKS + 1) * 7.0
    return tuple(float(np.interp(q, curve, weeks)) if curve[-1] >= q else None for q in MIDDLE)


def _factors(cycle: Cycle, deal: Standing) -> tuple[Factor, ...]:
    """The factors of the coming week, those farthest from 1 first."""
    told = (_due(float(deal.due[0])), _stage(float(deal.stage[0])), _age(float(deal.age[0])))
    found = [
        Factor(trait, sentence, float(values[0]), float(values[1]))
        for (trait, sentence), values in zip(told, cycle.now(deal), strict=True)
        if np.abs(np.log(values)).max() >= np.log1p(SAME)
    ]
    return tuple(sorted(found, key=lambda f: (-max(abs(np.log(f.won)), abs(np.log(f.lost))), f.trait)))


def _due(days: float) -> tuple[str, str]:
    if np.isnan(days):
        return "due", "No day of closing was told"
    band = int(np.digitize(days, DUE))
    if band == 0:
        return "due", f"Its day of closing passed more than {-DUE[0]:.0f} days ago"
    if band == 1:
        return "due", f"Its day of closing passed less than {-DUE[0]:.0f} days ago"
    if band == len(DUE):
        return "due", f"Expected to close in more than {DUE[-1]:.0f} days"
    return "due", f"Expected to close in {DUE[band - 1]:.0f} to {DUE[band]:.0f} days"


def _stage(place: float) -> tuple[str, str]:
    return "stage", "Its stage is not known" if np.isnan(place) else f"In stage {place:.0f}"


def _age(days: float) -> tuple[str, str]:
    band = int(np.digitize(days, AGE))
    if band == 0:
        return "age", f"Open for less than {AGE[0]:.0f} days"
    if band == len(AGE):
        return "age", f"Open for more than {AGE[-1]:.0f} days"
    return "age", f"Open for {AGE[band - 1]:.0f} to {AGE[band]:.0f} days"
