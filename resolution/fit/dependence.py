"""Columns that say the same twice: where two postcodes agree, little is left for the towns to say.

Weights add up only where comparisons are independent, among matches and among strangers. Strangers show which are not:
those of one postcode mostly live in one town. Where two comparisons both agree, their weight is corrected by how much
oftener they do so together than apart, among matches over that among strangers; along a maximum spanning forest of all
comparisons (Chow and Liu 1968), so that none is corrected for the same thing twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree

from resolution.database.connection import texts_sql
from resolution.fit.odds import Floats
from resolution.fit.seen import Seen, best_of
from resolution.linking.model import Model, added_sql

DEPENDENT = 0.5
"""Bits by which two comparisons agree oftener together among strangers, from which on they depend on each other."""
MET = 5
"""So many pairs of entities have to agree on both for that to be believed."""
STRANGE = -3.0
"""All else weighs so much at most (log2) where two records are strangers for certain."""
BELIEVED = 100.0
"""That matches agree on each by itself counts as so many of them."""

Bonds = Mapping[tuple[str, str], float]


def bonds(con: duckdb.DuckDBPyConnection, model: Model) -> Bonds:
    """By two comparisons of a forest: log2 of how much oftener strangers agree on both than if they were independent.

    `strange_pair` has the strangers' pairs as scored, `strange` (join_key_l, join_key_r) how many each counts (n). Only
    those are asked against which all else speaks: a match that the grouping missed agrees on everything together.
    """
    comparisons, asked = model.comparisons, []
    columns = {str(row[0]) for row in con.execute("DESCRIBE strange_pair").fetchall()}
    says = [added_sql(c.name, columns) for c in comparisons]
    known = [f"level_{c.name} IN ({texts_sql([*(v.label for v in c.levels), c.otherwise])})" for c in comparisons]
    best = [f"level_{c.name} = {texts_sql([c.levels[best_of(c)].label])}" for c in comparisons]
    for j in range(len(comparisons)):
        for i in range(j):
            told = f"{known[i]} AND {known[j]} AND match_weight - ({model.prior}) - {says[i]} - {says[j]} <= {STRANGE}"
            both = f"{told} AND {best[i]} AND {best[j]}"
            counts = ", ".join(
                f"sum(n) FILTER ({where})::DOUBLE"
                for where in (told, f"{told} AND {best[i]}", f"{told} AND {best[j]}", both)
            )
            asked.append(f"SELECT {i} AS i, {j} AS j, {counts} FROM met HAVING sum(n) FILTER ({both}) >= {MET}")
    if not asked:
        return {}
    con.execute(
        "CREATE OR REPLACE TEMP TABLE met AS SELECT * FROM strange_pair JOIN strange ON l = join_key_l AND "
        "r = join_key_r"
    )
    lifts: dict[tuple[int, int], float] = {}
    cost = np.zeros((len(comparisons), len(comparisons)))  # less, the more two tell of each other; 0: no bond
    for i, j, told, *agree in con.execute(" UNION ALL ".join(asked) + " ORDER BY i, j").fetchall():
        bits, shared = _lift(*(part / told for part in agree))
        if bits >= DEPENDENT:
            lifts[i, j], cost[i, j] = bits, -round(shared, 9)
    con.execute("DROP TABLE met")
    kept = sorted(zip(*minimum_spanning_tree(cost).nonzero(), strict=True))
    return {(comparisons[i].name, comparisons[j].name): lifts[i, j] for i, j in kept}


def _lift(one: float, other: float, both: float) -> tuple[float, float]:
    """log2 of how much oftener two things are together than if independent, and their mutual information (bits).

    `one`, `other` and `both` are the shares of pairs that agree on either, and on both.
    """
    shares = np.array([[both, one - both], [other - both, 1 - one - other + both]])
    alone = np.outer([one, 1 - one], [other, 1 - other])
    told = np.where(shares > 0, shares * np.log2(np.maximum(shares, 1e-300) / np.maximum(alone, 1e-300)), 0.0)
    return float(np.log2(both / (one * other))), float(told.sum())


@dataclass(slots=True)
class Tied:
    """Two comparisons that agree together: so many bits oftener among strangers, and so many among matches.

    `agreed` says which pairs agree on both, `explained` is the share of all pairs that do so for a reason which is
    weighed by itself (one household).
    """

    one: Seen
    other: Seen
    strangers: float
    matches: float = 0.0
    explained: float = 0.0
    agreed: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.agreed = (self.one.level == self.one.best) & (self.other.level == self.other.best)

    @property
    def weaker(self) -> Seen:
        """The one that says less where both agree."""
        return min(self.one, self.other, key=lambda s: float(s.weights()[s.best]))

    def both(self, held: Callable[[Seen], bool]) -> bool:
        """Whether something is so of both."""
        return held(self.one) and held(self.other)

    def said_twice(self) -> Floats:
        """What the weights of each pair say twice (log2, at most 0), never more than the lesser of them."""
        one, other = self.one, self.other
        least = np.minimum(one.added(), other.added())
        alone, both = one.u[one.best] * other.u[other.best], one.m[one.best] * other.m[other.best]
        left = self.strangers - np.log2(1 + self.explained * both / alone)
        twice = min(self.matches - max(left, 0.0), 0.0)
        return np.where(self.agreed, np.maximum(twice, -np.maximum(least, 0.0)), 0.0)


def beyond(tied: Tied, probability: Floats) -> float:
    """log2 of how much oftener matches agree on both than if they were independent."""
    one, other = tied.one, tied.other
    matches = probability * ((one.level >= 0) & (other.level >= 0))
    total = matches.sum() + BELIEVED
    first, second = one.m[one.best], other.m[other.best]
    shares = [
        (matches[where].sum() + BELIEVED * before) / total
        for where, before in (
            (one.level == one.best, first), (other.level == other.best, second), (tied.agreed, first * second)
        )
    ]  # fmt: skip
    return float(np.log2(shares[2] / (shares[0] * shares[1])))
