"""Weights in bits (log2 odds) as probabilities, and the arrays that hold both."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST = 1e-4
"""No share of a level is less."""
SUREST = 60.0
"""Beyond so many bits a pair is as good as certain."""


def probability_of(weight: Floats) -> Floats:
    """1 / (1 + 2^-weight)."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(weight, -SUREST, SUREST))))
