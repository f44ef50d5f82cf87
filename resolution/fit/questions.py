"""Which pairs a person should be asked about: those whose answers are expected to change most.

One answer moves the weights of all pairs that err alike (`fit/beliefs.py`). Before it is given, the weight of a pattern
at m bits from the threshold is expected to move by s bits, and to decide after it moved wins s φ(m / s) - |m| Φ(-|m| /
s): most where the pattern is near the threshold and the answer tells much (the knowledge gradient: Frazier, Powell and
Dayanik 2009). Summed over all patterns, each with what its pairs count in the partition, that is what a question is
worth. After each choice the doubt that its answer will remove is taken off, so that ten questions do not ask one thing.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

import duckdb
import numpy as np
from scipy.special import ndtr

from resolution.clustering.cluster import Pair
from resolution.fit.beliefs import BITS, number_patterns
from resolution.fit.odds import Floats
from resolution.matchers.terms import Matcher

MOST_PATTERNS = 1500
"""Patterns that are weighed up: those whose pairs are most in doubt."""
NOISE = 4 / BITS**2
"""Variance (bits²) with which one answer tells a weight: that of a logistic answer about an even chance."""


@dataclass(frozen=True, slots=True)
class Question:
    """Two rows to be judged: their keys, the weight (bits), and how much the answer is expected to change."""

    a: str
    b: str
    weight: float
    worth: float


@dataclass(slots=True)
class _Pattern:
    """What the pairs of a pattern count in the partition, and the pair whose weight is nearest to their mean."""

    counts: float = 0.0
    pair: Pair | None = None
    weight: float = 0.0
    off: float = np.inf
    answered: int = 0


def choose(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    entity: Mapping[str, str],
    number: int,
    answered: Set[Pair] = frozenset(),
) -> list[Question]:
    """At most so many pairs, the most telling first; one of each pattern of levels, none that was answered before.

    `entity` has the entity of each row at present. Vetoed pairs are not asked: no weight brings them together.
    """
    patterns = number_patterns(con, matcher)
    met = _met(con, matcher, entity, patterns.weight, answered)
    margin = patterns.weight - matcher.threshold
    counts = np.array([one.counts for one in met])
    alone = counts * expected_gain(margin, patterns.doubt())
    some = np.argsort(-alone, kind="stable")[: min(MOST_PATTERNS, int((alone > 0).sum()))].astype(np.int64)
    doubt, counts, margin = patterns.covariance(some, some), counts[some], margin[some]
    for place, which in enumerate(some):
        for _ in range(met[which].answered):
            doubt = _told(doubt, place)
    found: list[Question] = []
    asked = np.array([met[which].pair is None for which in some], dtype=bool)
    while len(found) < number and not asked.all():
        moved = np.abs(doubt) / np.sqrt(np.diag(doubt) + NOISE)[:, None]
        worth = np.where(asked, -1.0, expected_gain(margin, moved) @ counts)
        best = int(np.argmax(worth))
        asked[best] = True
        doubt = _told(doubt, best)
        chosen = met[some[best]]
        if chosen.pair is not None:
            found.append(Question(chosen.pair[0], chosen.pair[1], chosen.weight, float(worth[best])))
    return found


def expected_gain(margin: Floats, moved: Floats) -> Floats:
    """E max(0, x) - max(0, margin) for x normal around margin: what is won by deciding after it has moved (bits)."""
    moved, at = np.maximum(moved, 1e-9), np.abs(margin)
    z = at / moved
    found: Floats = moved * np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) - at * ndtr(-z)
    return np.maximum(found, 0.0)


def _told(doubt: Floats, place: int) -> Floats:
    """What is left in doubt after an answer about a pattern."""
    found: Floats = doubt - np.outer(doubt[place], doubt[place]) / (doubt[place, place] + NOISE)
    return found


def _met(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, entity: Mapping[str, str], mean: Floats, answered: Set[Pair]
) -> list[_Pattern]:
    """The patterns by number; a pair counts 1 / (records of its entities).

    All pairs between two entities together are then what joining them changes in B-cubed, and one large entity does
    not drown all others.
    """
    size = Counter(entity.values())
    found = [_Pattern() for _ in mean]
    rows = con.execute(
        f"SELECT pattern, l, r, match_weight, veto IS NOT NULL FROM pair_patterns JOIN pairs_{matcher.kind} "
        "USING (l, r) ORDER BY l, r"
    ).fetchall()
    for number, a, b, weight, vetoed in rows:
        one = found[number]
        if (a, b) in answered:
            one.answered += 1
        elif not vetoed:
            one.counts += 1 / sum(size[e] for e in {entity[a], entity[b]})
            if abs(weight - mean[number]) < one.off:
                one.pair, one.weight, one.off = (a, b), weight, abs(weight - mean[number])
    return found
