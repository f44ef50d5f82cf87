"""How a column of a population looked over some months, kept so that it can be compared with how it looks later.

A number is parted at its tenths, a text by its most frequent values; what is missing is a part of its own. Kept is what
each part held, and how far the months differed among themselves: what changes every month is no news.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from scoring.model.tables import Column, Floats

PARTS: Final = 10
LEVELS: Final = 12
EXPECTED: Final = 5.0
"""Least count expected in a cell: below it the chi-square distribution does not hold (Cochran 1954)."""
LEAST: Final = 10
"""Least rows of a month that it is compared with those before it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How one column looked.

    `cuts` part numbers: a value lies in the part numbered by how many cuts are at or below it. `levels` are texts;
    other texts come after them. `shares` are those of all parts, of missing ones last, and add up to 1. `n` is how many
    entities were looked at. `spread` is how many times more than by chance a month differed from those before it, at
    least 1, as the mean of `months` months, and `most` the same of the month that differed most.
    """

    cuts: tuple[float, ...]
    levels: tuple[str, ...]
    text: bool
    shares: tuple[float, ...]
    n: float
    spread: float
    most: float
    months: int

    def cells(self, column: Column) -> NDArray[np.int64]:
        """The number of the part of each value; of what is missing the last."""
        return _cells(column, self.cuts, self.levels, self.text)

    def counts(self, column: Column) -> Floats:
        """How many values lie in each part."""
        return np.bincount(self.cells(column), minlength=len(self.shares)).astype(np.float64)

    def as_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Profile":
        """The inverse of `as_json`."""
        lists = {name: tuple(data[name]) for name in ("cuts", "levels", "shares")}
        return Profile(**{**data, **lists})


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a column moved from its profile.

    `psi` is the population stability index less what chance alone brings to it (at least 0), `ks` the largest distance
    of the two distributions (0 of texts). `p` is the probability of so large a difference, by either test, where
    nothing but what is usual between months happened. `times` is how many times as much it differs as the month that
    differed most. `was_missing` and `is_missing` are shares; `missing_p` is the probability of so large a rise.
    """

    psi: float
    p: float
    times: float
    ks: float
    was_missing: float
    is_missing: float
    missing_p: float
    n: int


def profiles(frame: Mapping[str, Column], month: NDArray[np.int64], entities: int) -> dict[str, Profile]:
    """The profile of each column; `month` is the number of the month of each row, `entities` how many there are."""
    return {name: _profile(column, month, entities) for name, column in frame.items()} if len(month) else {}


def drift(profile: Profile, column: Column) -> Drift:
    """How far a column of entities, each once, moved from a profile.

    PSI = Σ (q − p)·ln(q / p) (Siddiqi 2006) has the mean (cells − 1)·(1/n + 1/m) where nothing changed (Yurdakul 2018),
    which is taken off. The test is that of two samples by Pearson's chi-square, in units of what is usual between
    months: an F ratio, as that is itself an estimate. Cells are joined until 5 are expected in each. The distance is
    that of Kolmogorov and Smirnov at the cuts: it is not larger than the true one, and sees a move of all values where
    there are few. Of the two tests the smaller probability counts twice (Bonferroni). A rise of what is missing is
    tested by Fisher's exact test.
    """
    now = profile.counts(column)
    was = np.array(profile.shares)
    m = now.sum()
    if not m or not profile.n:
        return Drift(0.0, 1.0, 0.0, 0.0, float(was[-1]), float(now[-1] / m) if m else 0.0, 1.0, int(m))
    a, b = joined(was * profile.n, now)
    statistic, free = two_samples(a, b)
    q, p = (b + 0.5) / (b + 0.5).sum(), (a + 0.5) / (a + 0.5).sum()
    chance = free * (1 / profile.n + 1 / m) * profile.spread
    psi = max(0.0, float(((q - p) * np.log(q / p)).sum() - chance))
    ks, ks_p = (0.0, 1.0) if profile.text else _distance(was, now / m, profile, float(m))
    times = statistic / free / profile.most if free else 0.0
    tail = _tail(statistic, free, profile)
    tail = tail if profile.text else min(1.0, 2 * min(tail, ks_p))
    table = [[now[-1], m - now[-1]], [round(was[-1] * profile.n), round((1 - was[-1]) * profile.n)]]
    missing_p = float(stats.fisher_exact(table, alternative="greater").pvalue)
    return Drift(psi, tail, times, ks, float(was[-1]), float(now[-1] / m), missing_p, int(m))


def two_samples(a: Floats, b: Floats) -> tuple[float, int]:
    """Pearson's chi-square of two rows of counts and its degrees of freedom."""
    total = a + b
    there = total > 0
    n, m = a.sum(), b.sum()
    if not n or not m:
        return 0.0, 0
    difference = np.sqrt(m / n) * a[there] - np.sqrt(n / m) * b[there]
    return float((difference**2 / total[there]).sum()), int(there.sum()) - 1


def joined(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Counts of neighbouring cells added up until at least 5 are expected in each cell of both; in the last, half."""
    least = EXPECTED / max(min(a.sum(), b.sum()), 1e-9) * (a.sum() + b.sum())
    parts: list[list[float]] = []
    held = [0.0, 0.0]
    for x, y in zip(a.tolist(), b.tolist(), strict=True):
        held = [held[0] + x, held[1] + y]
        if sum(held) >= least:
            parts.append(held)
            held = [0.0, 0.0]
    if sum(held) >= least / 2:
        parts.append(held)
    elif sum(held) and parts:
        parts[-1] = [parts[-1][0] + held[0], parts[-1][1] + held[1]]
    elif sum(held):
        parts.append(held)
    return np.array([x for x, _ in parts]), np.array([y for _, y in parts])


def _profile(column: Column, month: NDArray[np.int64], entities: int) -> Profile:
    text = column.dtype == object
    levels: tuple[str, ...] = ()
    cuts: tuple[float, ...] = ()
    if text:
        names, counts = np.unique(
            np.array([v for v in column.tolist() if v is not None], dtype=str), return_counts=True
        )
        levels = tuple(names[np.argsort(-counts, kind="stable")][:LEVELS].tolist())
    else:
        there = column[~np.isnan(column)]
        if len(there):
            found = np.unique(np.quantile(there, np.arange(1, PARTS) / PARTS, method="inverted_cdf"))
            cuts = tuple(found[found > there.min()].tolist())
    size = (len(levels) if text else len(cuts)) + 2
    counts = np.bincount(_cells(column, cuts, levels, text), minlength=size).astype(np.float64)
    shares = tuple((counts / counts.sum()).tolist())
    whole = Profile(cuts, levels, text, shares, float(entities), 1.0, 1.0, 0)
    ratios = _months(whole, column, month, entities)
    spread, most = (max(1.0, float(x)) for x in ((np.mean(ratios), max(ratios)) if ratios else (1.0, 1.0)))
    return Profile(cuts, levels, text, shares, float(entities), spread, most, len(ratios))


def _months(whole: Profile, column: Column, month: NDArray[np.int64], entities: int) -> list[float]:
    """How many times as much as by chance each month differed from those before it.

    Rows of one entity in several months say little more than one row, so those before count as their share of entities.
    """
    cells = whole.cells(column)
    each = entities / len(cells)
    found: list[float] = []
    for one in np.unique(month)[1:]:
        here = np.bincount(cells[month == one], minlength=len(whole.shares)).astype(np.float64)
        before = np.bincount(cells[month < one], minlength=len(whole.shares)) * each
        if min(here.sum(), before.sum()) >= LEAST:
            statistic, free = two_samples(*joined(np.asarray(before), here))
            found.append(statistic / free if free else 0.0)
    return found


def _tail(statistic: float, free: int, profile: Profile) -> float:
    """How likely so large a statistic is.

    What months vary by beyond chance is taken to move in one direction, so the ratio has the degrees of freedom of a
    sum of both (Satterthwaite 1946): those of the cells where months do not vary, down to one where they vary much.
    """
    if not free:
        return 1.0
    if profile.spread <= 1.0 or not profile.months:
        return float(stats.chi2.sf(statistic, free))
    own = profile.spread**2 / (1 / free + (profile.spread - 1) ** 2)
    return float(stats.f.sf(statistic / free / profile.spread, own, profile.months * own))


def _distance(was: Floats, now: Floats, profile: Profile, m: float) -> tuple[float, float]:
    if was[:-1].sum() <= 0 or now[:-1].sum() <= 0:
        return 0.0, 1.0
    a, b = (np.cumsum(x[:-1]) / x[:-1].sum() for x in (was, now))
    far = float(np.abs(a - b).max())
    n, m = profile.n * was[:-1].sum(), m * now[:-1].sum()
    return far, float(stats.kstwobign.sf(far * np.sqrt(n * m / (n + m) / profile.spread)))


def _cells(column: Column, cuts: tuple[float, ...], levels: tuple[str, ...], text: bool) -> NDArray[np.int64]:
    if text:
        places: dict[Any, int] = {name: i for i, name in enumerate(levels)}
        places[None] = len(levels) + 1
        return np.array([places.get(v, len(levels)) for v in column.tolist()], dtype=np.int64)
    found = np.digitize(column, np.array(cuts)).astype(np.int64) if cuts else np.zeros(len(column), dtype=np.int64)
    return np.where(np.isnan(column), len(cuts) + 1, found)
