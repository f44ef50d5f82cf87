"""When deals that will be won are won: weekly hazards of winning and losing, as competing risks.

Every deal is followed from each month's end at which it was open, week by week: won, lost, or open as far as is known.
The two hazards of all deals by week (Aalen and Johansen, 1978) are multiplied by factors for what is known of a deal at
the moment: days to the closing that the rep expects, stage, age, each by band of weeks. A factor is pulled toward 1 as
if `pull` more events had come as expected; the deals held out choose it, so that a stage seen twice says little.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from scoring.forecast.history import DAY, History, Ints, Standing, month_ends, standing
from scoring.model.tables import Floats

WEEK: Final = 7 * DAY
WEEKS: Final = 104
STARTS: Final = np.array([0, 2, 5, 9, 14, 27])
"""First week of each band of weeks: half a month, one, two, a quarter, half a year."""
BAND: Final = np.searchsorted(STARTS, np.arange(WEEKS), side="right") - 1
DUE: Final = np.array([-30.0, 0.0, 15.0, 45.0, 90.0, 180.0])
AGE: Final = np.array([15.0, 45.0, 90.0, 180.0, 365.0])
STAGES: Final = 12
SIZES: Final = (len(DUE) + 2, STAGES + 1, len(AGE) + 1)
PULLS: Final = (2.0, 8.0, 32.0, 128.0)
ROUNDS: Final = 6
FOLDS: Final = 3
FEW: Final = 5.0
GUESS: Final = 1 / 26
"""Weekly hazard of either end before any deal has ended, which weighs as much as FEW deals: half end in nine weeks."""
NEAR: Final = 2
"""Weeks to either side that speak for a week of the common hazards."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """Weekly hazards (won and lost × WEEKS) and, for each trait, factors (won and lost × value × band of weeks).

    `wins` is how many won deals stand behind them.
    """

    hazards: Floats
    factors: tuple[Floats, ...]
    pull: float
    wins: int

    def within(self, deals: Standing, start: float, end: float) -> Floats:
        """Of each deal's chance to be won, the share that falls from day `start` until day `end` from then."""
        won, place = self._curves(deals)
        weeks = np.arange(WEEKS + 1) * 7.0
        share = np.array([np.interp(end, weeks, one) - np.interp(start, weeks, one) for one in won], dtype=np.float64)
        return np.asarray((share / np.maximum(won[:, -1], 1e-12))[place])

    def ever(self, deals: Standing) -> Floats:
        """The chance that each deal is won at all, by the cycle alone."""
        won, place = self._curves(deals)
        return np.asarray(won[:, -1][place])

    def curves(self, deal: Standing) -> tuple[Floats, Floats]:
        """Of one deal, the chance to be won and to be lost by the beginning of each week (the last: after all)."""
        both = self._ends(_cell(deal))
        return both[0, 0], both[1, 0]

    def now(self, deal: Standing) -> list[Floats]:
        """Of one deal, the factors (won, lost) of the coming week for each trait: day of closing, stage, age."""
        values = np.unravel_index(_cell(deal), SIZES)
        return [factor[:, int(value[0]), BAND[0]] for factor, value in zip(self.factors, values, strict=True)]

    def _curves(self, deals: Standing) -> tuple[Floats, Ints]:
        """Chance to be won by the beginning of each week for each kind of deal there is, and the kind of each deal."""
        cells, place = np.unique(_cell(deals), return_inverse=True)
        return np.asarray(self._ends(cells)[0]), place.astype(np.int64)

    def _ends(self, cells: Ints) -> Floats:
        """Chance to be won and to be lost by the beginning of each week (the last: after all): end × cell × week."""
        values = np.unravel_index(cells, SIZES)
        both = np.repeat(self.hazards[:, None, :], len(cells), axis=1)
        for factor, value in zip(self.factors, values, strict=True):
            both = both * factor[:, value][:, :, BAND]
        both = both / np.maximum(1.0, both.sum(axis=0))
        still = np.cumprod(1 - both.sum(axis=0), axis=1)
        before = np.concatenate([np.ones((len(cells), 1)), still[:, :-1]], axis=1)
        return np.concatenate([np.zeros((2, len(cells), 1)), np.cumsum(before * both, axis=2)], axis=2)


def learn_cycle(history: History) -> Cycle:
    """The cycle as known at the history's moment."""
    rows, cells, weeks, cause = _followed(history)
    at_risk = weeks + (cause < 2)
    exposed = np.cumsum(np.bincount(at_risk, minlength=WEEKS + 1)[::-1])[::-1][1:].astype(np.float64)
    events = np.array([np.bincount(weeks[cause == c], minlength=WEEKS)[:WEEKS] for c in (0, 1)], dtype=np.float64)
    near = np.ones(2 * NEAR + 1)
    several = np.convolve(exposed, near, mode="same")
    hazards = np.array([(np.convolve(e, near, mode="same") + FEW * GUESS) / (several + FEW) for e in events])
    sums = [_sums(cells[rows % FOLDS == k], at_risk[rows % FOLDS == k], weeks[rows % FOLDS == k],
                  cause[rows % FOLDS == k], hazards) for k in range(FOLDS)]  # fmt: skip
    pull = max(PULLS, key=lambda one: _held_out(sums, one))
    came, expected = sum(s[0] for s in sums), sum(s[1] for s in sums)
    wins = len(np.unique(rows[cause == 0]))
    return Cycle(hazards, _factors(np.asarray(came), np.asarray(expected), pull), pull, wins)


def _cell(deals: Standing) -> Ints:
    due = np.where(np.isnan(deals.due), 0, np.digitize(deals.due, DUE) + 1)
    stage = np.where(np.isnan(deals.stage), 0, np.clip(np.nan_to_num(deals.stage), 0, STAGES)).astype(np.int64)
    return np.asarray(np.ravel_multi_index((due, stage, np.digitize(deals.age, AGE)), SIZES), dtype=np.int64)


def _followed(history: History) -> tuple[Ints, Ints, Ints, Ints]:
    """Of each deal at each month's end: row, cell, whole weeks followed, and its end (0 won, 1 lost, 2 not yet)."""
    found: list[tuple[Ints, ...]] = [(np.zeros(0, dtype=np.int64),) * 4]
    for moment in month_ends(history, history.now):
        deals = standing(history, moment)
        closed = history.told[deals.rows] <= history.now
        until = np.where(closed, history.ended[deals.rows], history.now)
        weeks = np.clip((until - moment) // WEEK, 0, WEEKS).astype(np.int64)
        cause = np.where(~closed | (weeks >= WEEKS), 2, np.where(history.won[deals.rows] > 0, 0, 1))
        found.append((deals.rows, _cell(deals), weeks, cause.astype(np.int64)))
    rows, cells, weeks, cause = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, cells, weeks, cause


def _sums(cells: Ints, at_risk: Ints, weeks: Ints, cause: Ints, hazards: Floats) -> tuple[Floats, Floats]:
    """Events that came and that the common hazards expect: cause × cell × band of weeks."""
    size = int(np.prod(SIZES))
    came, expected = np.zeros((2, size, len(STARTS))), np.zeros((2, size, len(STARTS)))
    edges = np.append(STARTS, WEEKS)
    for c in (0, 1):
        total = np.concatenate([[0.0], np.cumsum(hazards[c])])
        mine = cause == c
        np.add.at(came[c], (cells[mine], BAND[weeks[mine]]), 1.0)
        for b in range(len(STARTS)):
            risk = total[np.clip(at_risk, edges[b], edges[b + 1])] - total[edges[b]]
            expected[c, :, b] = np.bincount(cells, risk, minlength=size)
    return came, expected


def _factors(came: Floats, expected: Floats, pull: float) -> tuple[Floats, ...]:
    """Factors of each trait, fitted in turns to the same sums (iterative proportional fitting), pulled toward 1."""
    shape = (2, *SIZES, len(STARTS))
    came, expected = came.reshape(shape), expected.reshape(shape)
    factors = [np.ones((2, size, len(STARTS))) for size in SIZES]
    for _ in range(ROUNDS):
        for trait in range(len(SIZES)):
            others = tuple(1 + i for i in range(len(SIZES)) if i != trait)
            rest = expected * _product(factors, trait)
            factors[trait] = (came.sum(axis=others) + pull) / (rest.sum(axis=others) + pull)
    return tuple(factors)


def _product(factors: list[Floats] | tuple[Floats, ...], without: int | None = None) -> Floats:
    """The factors of every cell multiplied: cause × traits × band."""
    found = np.ones((2, *(1 for _ in SIZES), len(STARTS)))
    for trait, factor in enumerate(factors):
        if trait != without:
            shape = [2, *(SIZES[i] if i == trait else 1 for i in range(len(SIZES))), len(STARTS)]
            found = found * factor.reshape(shape)
    return found


def _held_out(sums: list[tuple[Floats, Floats]], pull: float) -> float:
    """Poisson log-likelihood of the events of deals that the factors have not seen."""
    total = 0.0
    for k, (came, expected) in enumerate(sums):
        rest = [s for i, s in enumerate(sums) if i != k]
        factors = _factors(np.asarray(sum(s[0] for s in rest)), np.asarray(sum(s[1] for s in rest)), pull)
        whole = np.broadcast_to(_product(factors), (2, *SIZES, len(STARTS))).reshape(came.shape)
        total += float((came * np.log(whole) - expected * whole).sum())
    return total
