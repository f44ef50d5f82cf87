"""How far forecasts were right: made anew at the beginning of each quarter that is over, by what was known then.

The score is learned from what was decided by then, the features are extracted as of then. Beside it stand the two
answers that need no deals: as much as in the quarter before, and as in the same quarter a year before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.progress import Progress
from scoring.forecast.forecast import Forecast, told
from scoring.forecast.history import DIMENSIONS, History, cut, read_history, standing
from scoring.forecast.parts import ALL, figures, parts_of
from scoring.forecast.periods import Period, quarter_of
from scoring.learning.columns import features_at
from scoring.learning.learn import learn
from scoring.learning.train import Gathered, gather
from scoring.model.tables import Floats
from scoring.scores.score import Score
from scoring.settings import ScoringSettings

if TYPE_CHECKING:
    from kg.graph import Graph

QUARTERS: Final = 8
YEAR: Final = 4
"""Quarters in a year: so many are needed before the first that is tested."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One part of one quarter: what was said (mean and ends of the 80 % band), what came, and what the two simple
    answers would have said.
    """

    period: str
    dimension: str
    name: str
    expected: float
    low: float
    high: float
    came: float
    last: float
    year_before: float


def backtest(
    graph: "Graph",
    score: Score,
    as_of: datetime,
    settings: ScoringSettings,
    quarters: int = QUARTERS,
    progress: Progress | None = None,
) -> list[Tested]:
    """Every part of every quarter that ended by `as_of` and can be tested, oldest first; at most `quarters` of them."""
    tell = progress or (lambda *_: None)
    history = read_history(graph, as_of)
    periods = tested_quarters(history, as_of, quarters)
    if not periods:
        return []
    found = gather(graph, score, as_of=as_of)
    quick = settings.model_copy(update={"boosting": False})
    tested: list[Tested] = []
    for number, period in enumerate(periods):
        tell(number, len(periods), f"forecast of {period.name}")
        then = cut(history, period.start.timestamp())
        chance = _chances(graph, found, then, period, quick)
        tested += held(history, told(then, standing(then, then.now), chance, period, score.name, "back-test"))
    tell(len(periods), len(periods), "quarters")
    return tested


def tested_quarters(history: History, as_of: datetime, most: int) -> list[Period]:
    """The last quarters that ended by `as_of`, each with a year of history before it, oldest first."""
    opened = history.opened[np.isfinite(history.opened)]
    if not len(opened):
        return []
    last = quarter_of(as_of).after(-1)
    found: list[Period] = []
    while len(found) < most and last.after(-YEAR).end.timestamp() > opened.min():
        found.append(last)
        last = last.after(-1)
    return found[::-1]


def held(history: History, made: Forecast) -> Iterator[Tested]:
    """A forecast held against what came, by every dimension."""
    came = {n: _won(history, made.period.after(-n)) for n in (0, 1, YEAR)}
    for dimension in (ALL, *DIMENSIONS):
        parts = parts_of(history, dimension)
        for f in figures(made, dimension):
            mine = parts == f.name
            real, last, year = (float(came[n][mine].sum()) for n in (0, 1, YEAR))
            yield Tested(made.period.name, dimension, f.name, f.expected, f.low, f.high, real, last, year)


def summary(tested: list[Tested]) -> dict[str, Mapping[str, float]]:
    """By dimension: how many, the share within the band, said for each unit that came, and mean absolute errors."""
    found: dict[str, Mapping[str, float]] = {}
    for dimension in dict.fromkeys(t.dimension for t in tested):
        mine = [t for t in tested if t.dimension == dimension]
        errors = {
            name: float(np.mean([abs(getattr(t, name) - t.came) for t in mine]))
            for name in ("expected", "last", "year_before")
        }
        came = sum(t.came for t in mine)
        found[dimension] = {
            "parts": len(mine),
            "within": float(np.mean([t.low <= t.came <= t.high for t in mine])),
            "said_per_came": sum(t.expected for t in mine) / came if came else float("nan"),
            **{f"error_{name}": value for name, value in errors.items()},
        }
    return found


def _chances(graph: "Graph", found: Gathered, then: History, period: Period, settings: ScoringSettings) -> Floats:
    """Chances of the deals open at the beginning of a period, by a model of what was decided then."""
    rows = then.open_at(then.now)
    if not len(rows):
        return np.zeros(0)
    seen = found.data.known_at(then.now, np.ones(len(found.data), dtype=np.bool_))
    learned = learn(found.score, seen, found.directions, found.categorical, settings)
    pairs = [(str(i), period.start) for i in then.ids[rows]]
    return learned.served.answer(features_at(graph, list(found.features.values()), pairs)).probability


def _won(history: History, period: Period) -> Floats:
    rows = history.won_between(period.start.timestamp(), period.end.timestamp())
    return np.where(rows, np.nan_to_num(history.paid), 0.0)


def report(tested: list[Tested]) -> dict[str, Any]:
    """The back-test as plain data, ready for JSON."""
    quarters = [t for t in tested if t.dimension == ALL]
    plain = [{n: getattr(t, n) for n in Tested.__slots__} for t in quarters]
    return {"quarters": plain, "by": summary(tested)}
