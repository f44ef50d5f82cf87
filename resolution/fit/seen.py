"""What the scored pairs of a file met in one comparison, and what its levels weigh while they are learned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resolution.fit.odds import Floats
from resolution.matchers.terms import Comparison

WEAKEST = -7.0
"""No single disagreement weighs more against a pair than this (log2)."""


def best_of(comparison: Comparison) -> int:
    """The level of the most likeness: the first, of texts the last."""
    return len(comparison.levels) - 1 if comparison.name.startswith("text") else 0


@dataclass(slots=True)
class Seen:
    """One comparison on all scored pairs: which level each met (-1: missing), its chances and what may be learned."""

    comparison: Comparison
    level: NDArray[np.int64]
    tf: Floats
    m: Floats
    u: Floats
    declared: Floats
    random: Floats
    free: NDArray[np.bool_]
    shared: bool
    correct: NDArray[np.bool_]
    owned: Floats
    site: int
    """How many levels mean the very same place, where two sites of one owner may be meant."""
    trust: float = 1.0
    strange: Floats | None = None
    """How often strangers met each declared level, where its weight is held against what the file says."""
    shown: Floats | None = None
    """Weights that the file showed."""

    @property
    def best(self) -> int:
        """The level of the most likeness."""
        return best_of(self.comparison)

    def weights(self) -> Floats:
        """log2(m / u) of each level, bounded below; the last is that of a missing value: 0.

        Where levels go from the best down, no likeness says more than being the same; where that says nothing for a
        pair, the comparison says nothing at all.
        """
        bounded = np.maximum(np.log2(self.m / self.u), np.where(self.free, WEAKEST, -99.0))
        if self.shown is not None:
            bounded[:-1] = self.shown
        if self.free.all() and not self.comparison.name.startswith("text"):
            bounded = np.minimum(bounded, bounded[0]) * (bounded[0] > 0)
        return np.append(bounded, 0.0)

    def added(self) -> Floats:
        """What the comparison adds to the weight of each pair (log2), with how rare a value is."""
        return np.asarray(self.weights()[self.level] + self.trust * self.tf)
