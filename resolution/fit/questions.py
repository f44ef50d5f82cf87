"""Which pairs a person should be asked about: those whose answers are expected to change most."""

from collections.abc import Set
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from resolution.clustering.cluster import Pair
from resolution.fit.beliefs import BITS, Patterns, number_patterns
from resolution.matchers.terms import Matcher

MOST_PATTERNS = 1500
"""Patterns that are weighed up: those whose pairs are most in doubt."""
NOISE = 4 / BITS**2
"""Variance (bits²) with which one answer tells a weight: that of a logistic answer about an even chance."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """Two rows to be judged: their keys, the weight, and how much the answer is expected to change."""

    a: str
    b: str
    weight: float
    worth: float


def normal_gain(mean: Floats, spread: Floats) -> Floats:
    """E max(0, x) - max(0, mean) for x normal: what is won by deciding after `mean` has moved by `spread`."""
    spread = np.maximum(spread, 1e-9)
    z = np.abs(mean) / spread
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    return spread * density - np.abs(mean) * _upper(z)


def _upper(z: Floats) -> Floats:
    """Probability that a standard normal exceeds z ≥ 0 (Abramowitz and Stegun 26.2.17, to 1e-7)."""
    t = 1 / (1 + 0.2316419 * z)
    tail = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    return np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) * tail


def choose(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, number: int, answered: Set[Pair] = frozenset()
) -> list[Question]:
    """At most so many pairs, the most telling first; one of each pattern of levels, none that was answered before.

    A pattern is worth what its answer is expected to change among all pairs that err alike; after each choice the
    others are worth less as far as they would tell the same.
    """
    patterns = number_patterns(con, matcher)
    counts, margin = _in_doubt(con, matcher, patterns)
    own = np.sqrt(np.diag(patterns.covariance(range(1), range(1)))[0]) * np.ones(len(margin))
    own = np.sqrt(np.array([patterns.covariance([i], [i])[0, 0] for i in range(len(margin))]))
    first = counts * normal_gain(margin, own)
    some = np.flatnonzero(first > 0)
    some = some[np.argsort(-first[some], kind="stable")][:MOST_PATTERNS]
    if not len(some):
        return []
    chosen: list[Question] = []
    cov, n, mean = patterns.covariance(some, some), counts[some], margin[some]
    open_ = np.ones(len(some), dtype=bool)
    pairs = _typical(con, matcher, [int(i) for i in some], answered)
    for pair in answered_patterns(con, answered):
        for place in np.flatnonzero(some == pair):
            cov = _told(cov, int(place))
    while len(chosen) < number and open_.any():
        spread = np.abs(cov) / np.sqrt(np.diag(cov) + NOISE)[:, None]
        worth = np.where(open_, normal_gain(np.broadcast_to(mean, cov.shape), spread) @ n, -1.0)
        best = int(np.argmax(worth))
        open_[best] = False
        found = pairs.get(int(some[best]))
        if found is not None:
            chosen.append(Question(*found, float(worth[best])))
            cov = _told(cov, best)
    return chosen


def _told(cov: Floats, place: int) -> Floats:
    """What is left in doubt after an answer about a pattern."""
    return cov - np.outer(cov[place], cov[place]) / (cov[place, place] + NOISE)


def answered_patterns(con: duckdb.DuckDBPyConnection, answered: Set[Pair]) -> list[int]:
    """The pattern of each answered pair that was scored."""
    rows = con.execute("SELECT l, r, pattern FROM pair_patterns ORDER BY l, r").fetchall()
    return [int(p) for a, b, p in rows if (a, b) in answered]


def _in_doubt(con: duckdb.DuckDBPyConnection, matcher: Matcher, patterns: Patterns) -> tuple[Floats, Floats]:
    """Of each pattern: pairs that would change sides, and how far its mean weight is from the threshold."""
    rows = con.execute(
        f"SELECT pattern, count(*) FROM pair_patterns JOIN pairs_{matcher.kind} USING (l, r) "
        "WHERE veto IS NULL GROUP BY pattern"
    ).fetchall()
    counts = np.zeros(len(patterns.weight))
    for number, n in rows:
        counts[int(number)] = float(n)
    return counts, patterns.weight - matcher.threshold


def _typical(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, some: list[int], answered: Set[Pair]
) -> dict[int, tuple[str, str, float]]:
    """Of each pattern the pair whose weight is nearest to the pattern's mean."""
    rows = con.execute(
        f"""SELECT pattern, l, r, match_weight FROM pair_patterns JOIN pairs_{matcher.kind} USING (l, r)
        WHERE veto IS NULL AND list_contains(?, pattern)
        ORDER BY abs(match_weight - avg(match_weight) OVER (PARTITION BY pattern)), l, r""",
        [some],
    ).fetchall()
    found: dict[int, tuple[str, str, float]] = {}
    for pattern, a, b, weight in rows:
        if (a, b) not in answered:
            found.setdefault(int(pattern), (str(a), str(b), float(weight)))
    return found
