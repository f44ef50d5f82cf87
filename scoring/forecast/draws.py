"""How far a period may come out differently: drawn many times, with what moves deals together.

Deals are won or not by their chances; in log-odds all deals of a draw share a shock (a good or bad quarter) and the
deals of an account another. The first variance is a moment of how past quarters came out against what the cycle alone
expected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from scoring.forecast.cycle import Cycle
from scoring.forecast.history import DAY, History, month_ends, standing
from scoring.model.tables import Floats

if TYPE_CHECKING:
    from scoring.forecast.forecast import Forecast

DRAWS: Final = 2000
AT_ONCE: Final = 2000
QUANTILES: Final = (0.1, 0.5, 0.9)
PRIOR: Final = 0.05
WEIGHS: Final = 4.0
"""Variance in log-odds that the deals of a quarter share before any quarter was seen (±22 % of odds), and as how many
quarters it weighs."""
ACCOUNT: Final = 0.09
"""The same of an account: what learning takes it to be before data show it. Of ten times as much the bands of a demo
company's totals, teams and products hardly moved."""
LOGISTIC: Final = 3 * np.pi**-2


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances in log-odds that all deals of a quarter, and the deals of an account, share."""

    quarter: float
    account: float


def shared_spread(history: History, cycle: Cycle) -> Spread:
    """Learned from the quarters that are over: who was open at the beginning, and who was won in it."""
    rest, weight, quarters = _residuals(history, cycle)
    return Spread(_between(rest, weight, quarters), ACCOUNT)


def totals(forecast: "Forecast", parts: NDArray[Any], shares: Mapping[str, float], seed: int = 7) -> dict[str, Floats]:
    """DRAWS totals of the period for each value of `parts` (one text for each row of the history); `shares` say how new
    business falls to them.
    """
    chance = np.random.default_rng(seed)
    learned = forecast.learned
    names, place = np.unique(np.concatenate([parts[forecast.deals.rows], parts[forecast.won]]), return_inverse=True)
    mine, won = place[: len(forecast.deals.rows)], place[len(forecast.deals.rows) :]
    found = np.zeros((len(names), DRAWS)) + np.bincount(won, forecast.booked, minlength=len(names))[:, None]
    q = np.clip(forecast.chance * forecast.share, 1e-9, 1 - 1e-9)
    about = learned.spread.quarter + learned.spread.account
    z = np.log(q / (1 - q)) * np.sqrt(1 + about * LOGISTIC)  # so that the mean over the shocks stays q
    quarter = chance.normal(0, np.sqrt(learned.spread.quarter), DRAWS)
    codes = np.unique(forecast.history.accounts[forecast.deals.rows], return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    for start in range(0, len(order), AT_ONCE):
        rows = order[start : start + AT_ONCE]
        accounts, of = np.unique(codes[rows], return_inverse=True)
        shock = chance.normal(0, np.sqrt(learned.spread.account), (len(accounts), DRAWS))[of] + quarter
        wins = chance.random((len(rows), DRAWS)) < 1 / (1 + np.exp(-(z[rows][:, None] + shock)))
        brought = forecast.amount[rows][:, None] * chance.choice(learned.ratios, (len(rows), DRAWS)) * wins
        np.add.at(found, mine[rows], brought)
    all_names = [*names.tolist(), *sorted(set(shares) - set(names.tolist()))]
    drawn = dict(zip(all_names, [*found, *np.zeros((len(all_names) - len(names), DRAWS))], strict=True))
    shared = max(learned.fresh.shared, 1e-6)
    rate = chance.gamma(1 / shared, shared, DRAWS)
    return {name: total + _fresh(forecast, shares.get(name, 0.0), rate, chance) for name, total in drawn.items()}


def _fresh(forecast: "Forecast", share: float, rate: Floats, chance: np.random.Generator) -> Floats:
    """Draws of a part of the new business: so many deals, each of its amount; `rate` multiplies all parts alike."""
    new = forecast.learned.fresh
    if new.amount * share <= 0 or new.wins <= 0:
        return np.zeros(DRAWS)
    wins = chance.poisson(new.wins * share * rate)
    each = new.amount / new.wins
    shape = 1 / max(new.varies, 1e-3)
    return np.asarray(np.where(wins > 0, chance.gamma(np.maximum(wins, 1) * shape, each / shape), 0.0))


def _residuals(history: History, cycle: Cycle) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Of each deal open at the beginning of a past quarter: what came less what the cycle expected, the variance of
    that, and the quarter.
    """
    none = np.zeros(0)
    found = [(none, none, none.astype(np.int64))]
    for number, (start, end) in enumerate(pairwise(month_ends(history, history.now)[::3])):
        deals = standing(history, start)
        q = np.clip(cycle.ever(deals) * cycle.within(deals, 0.0, (end - start) / DAY), 1e-6, 1 - 1e-6)
        y = history.won_between(start, end)[deals.rows].astype(np.float64)
        found.append((y - q, q * (1 - q), np.full(len(q), number)))
    rest, weight, quarters = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rest, weight, quarters


def _between(rest: Floats, weight: Floats, groups: NDArray[np.int64]) -> float:
    """Variance in log-odds that members of a group share: a moment over pairs of them, pulled toward PRIOR."""
    if not len(groups):
        return PRIOR
    pairs = np.bincount(groups, rest) ** 2 - np.bincount(groups, rest**2)
    mass = np.bincount(groups, weight) ** 2 - np.bincount(groups, weight**2)
    seen = max(0.0, float(pairs.sum() / max(mass.sum(), 1e-12)))
    count = float((np.bincount(groups) > 1).sum())
    return (count * seen + WEIGHS * PRIOR) / (count + WEIGHS)
