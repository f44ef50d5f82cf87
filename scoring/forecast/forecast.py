"""What will be won in a period: what is won already, what the open deals will bring, and what is not there yet.

An open deal is expected to bring its chance to be won (the score) × the share of that chance which falls in the period
(`cycle`) × its amount × what won deals brought of the amount known before.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kg.progress import Progress
from kg.query.files import load_queries
from scoring.forecast.cycle import Cycle, learn_cycle
from scoring.forecast.draws import Spread, shared_spread
from scoring.forecast.fresh import Fresh, fresh
from scoring.forecast.history import DAY, History, Ints, Standing, month_ends, read_history, standing
from scoring.forecast.periods import Period
from scoring.model.tables import Floats
from scoring.scores.score import Score
from scoring.serving.predict import answer, usable

if TYPE_CHECKING:
    from kg.graph import Graph

COMMIT: Final = 0.6
BEST_CASE: Final = 0.3
"""A deal's chance to be won in the period from which it is called commit, and best case."""
RATIOS: Final = 400
GRID: Final = 2.0**20


def exact(values: Floats) -> Floats:
    """Values to the nearest multiple of 2⁻²⁰: sums of such numbers are exact below 2³³."""
    return np.asarray(np.round(np.nan_to_num(values) * GRID) / GRID)


@dataclass(frozen=True, slots=True)
class Learned:
    """What a forecast knows beside the score.

    The cycle; new business of the period; the ratio of what won deals brought to the amount known at a month's end
    before (`ratios` holds single ones, of mean 1); the usual amount; how deals move together.
    """

    cycle: Cycle
    fresh: Fresh
    ratio: float
    ratios: Floats
    usual: float
    spread: Spread

    def amounts(self, known: Floats) -> Floats:
        """What deals of these amounts would bring; the usual amount stands for one that is not known."""
        return np.asarray(np.where(np.isnan(known), self.usual, known * self.ratio))


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast of a period as of a moment.

    Parallel: `deals` (how each open deal stands), `chance` to be won ever, `share` of it that falls in the period,
    `amount` that it would bring. `won` are rows of the history that were won in the period already; `guessed` counts
    open deals without an amount, for which the usual one stands.
    """

    period: Period
    as_of: datetime
    score: str
    version: str
    history: History
    learned: Learned
    deals: Standing
    chance: Floats
    share: Floats
    amount: Floats
    won: Ints
    guessed: int = 0

    @property
    def booked(self) -> Floats:
        """What each deal of `won` brought; 0 where no amount was ever told."""
        return np.nan_to_num(self.history.paid[self.won])

    @property
    def each(self) -> Floats:
        """What each open deal is expected to bring in the period."""
        return self.chance * self.share * self.amount

    @property
    def fresh(self) -> float:
        """What deals that are not there yet bring, to the nearest multiple of 2⁻²⁰."""
        return float(exact(np.array(self.learned.fresh.amount)))

    @property
    def money(self) -> dict[str, float]:
        """What each deal brings, open or won, by its id, to the nearest multiple of 2⁻²⁰."""
        rows = np.concatenate([self.deals.rows, self.won])
        values = exact(np.concatenate([self.each, self.booked]))
        return dict(zip(self.history.ids[rows].tolist(), values.tolist(), strict=True))

    @property
    def expected(self) -> float:
        """All of it: the exact sum of its parts."""
        return fsum([*self.money.values(), self.fresh])

    def learned_as(self, learned: Learned) -> "Forecast":
        """The same deals by what was learned at another time."""
        return told(self.history, self.deals, self.chance, self.period, self.score, self.version, learned)

    @property
    def categories(self) -> dict[str, float]:
        """Amounts of open deals by their chance to be won in the period: commit, best case, pipeline."""
        q = self.chance * self.share
        commit, best = q >= COMMIT, (q >= BEST_CASE) & (q < COMMIT)
        rest = (q < BEST_CASE) & (q > 0)
        return {
            "commit": float(self.amount[commit].sum()),
            "best case": float(self.amount[best].sum()),
            "pipeline": float(self.amount[rest].sum()),
        }


def make(
    graph: "Graph",
    score: Score,
    period: Period,
    as_of: datetime,
    *,
    home: Path,
    version: str | None = None,
    history: History | None = None,
    learned: Learned | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """The forecast of a period as was known at a moment, by the model that serves or `version`.

    `history` and `learned` are of that moment and period, where somebody has them already.
    """
    history = history or read_history(graph, as_of)
    deals = standing(history, as_of.timestamp())
    model = usable(graph, home, score, version)
    chance = _chances(graph, score, model.version, history.ids[deals.rows], as_of)
    if np.isnan(chance).any():
        pairs = [(str(i), as_of) for i in history.ids[deals.rows]]
        chance = answer(graph, model, pairs, progress).answer.probability
    return told(history, deals, chance, period, score.name, model.version, learned)


def told(
    history: History,
    deals: Standing,
    chance: Floats,
    period: Period,
    score: str,
    version: str,
    learned: Learned | None = None,
) -> Forecast:
    """The forecast from the chances of the deals that are open at the history's moment."""
    learned = learned or learn(history, period)
    share = learned.cycle.within(deals, *days_of(period, history.now))
    unknown = np.isnan(deals.amount)
    amount = learned.amounts(deals.amount)
    won = np.flatnonzero(history.won_between(period.start.timestamp(), period.end.timestamp()))
    as_of = datetime.fromtimestamp(history.now, UTC)
    given = (history, learned, deals, chance, share, amount, won, int(unknown.sum()))
    return Forecast(period, as_of, score, version, *given)


def days_of(period: Period, now: float) -> tuple[float, float]:
    """What is left of a period, in days from now."""
    return max(0.0, (period.start.timestamp() - now) / DAY), max(0.0, (period.end.timestamp() - now) / DAY)


def learn(history: History, period: Period) -> Learned:
    """What the history teaches, as known at its moment."""
    cycle = learn_cycle(history)
    ratio, ratios, usual = _brought(history)
    new = new_business(history, period)
    return Learned(cycle, new, ratio, ratios, usual, shared_spread(history, cycle))


def new_business(history: History, period: Period) -> Fresh:
    """All of what the history teaches that another period has of its own."""
    return fresh(history, history.now, period.start.timestamp(), period.end.timestamp())


def _chances(graph: "Graph", score: Score, version: str, ids: NDArray[Any], as_of: datetime) -> Floats:
    """The stored scores of deals at the moment; NaN where there is none."""
    rows = graph.read(load_queries("reads")["score_values"], name=score.name, as_of=as_of, version=version)
    stored = {row["id"]: float(row["value"]) for row in rows}
    return np.array([stored.get(str(i), np.nan) for i in ids], dtype=np.float64)


def _brought(history: History) -> tuple[float, Floats, float]:
    """What won deals brought for each unit known at the month's ends before; single ratios; the usual amount."""
    paid, known = [], []
    for moment in month_ends(history, history.now):
        deals = standing(history, moment)
        rows = deals.rows[(history.won[deals.rows] > 0) & (history.told[deals.rows] <= history.now)]
        amount = history.amounts.by(moment, len(history))[rows]
        fit = (amount > 0) & (history.paid[rows] >= 0)
        paid.append(history.paid[rows][fit])
        known.append(amount[fit])
    brought, told_before = np.concatenate([*paid, []]), np.concatenate([*known, []])
    ever = history.paid[(history.won > 0) & (history.told <= history.now) & (history.paid > 0)]
    usual = float(ever.mean()) if len(ever) else 0.0
    if not len(brought):
        return 1.0, np.ones(1), usual
    ratio = float(brought.sum() / told_before.sum())
    each = np.sort(brought / told_before)[np.linspace(0, len(brought) - 1, min(RATIOS, len(brought))).astype(int)]
    return ratio, np.asarray(each / max(each.mean(), 1e-12)), usual
