"""Weights that were declared, held against what the rest of a file says: do words that weigh 6 bits mean 6 bits here?

The words of names are weighed as if each stood by itself, and by how rare they are in this file. Where telephone,
address or other columns tell matches apart without the name, they show how often matches and strangers really meet each
level, and the weights move there as far as that evidence goes; where a file has nothing but names, nothing moves.
"""

import numpy as np
from scipy.optimize import brentq, isotonic_regression

from resolution.fit.odds import LEAST, SUREST, Floats, probability_of
from resolution.fit.seen import Seen

DECLARED = 1.5
"""Standard deviation (bits) within which a declared weight is believed before the file is seen."""
FAINTEST = 1e-3
"""All else tells at least so much of which pairs match."""


def told(others: Floats, matches: float, rate: Floats) -> float:
    """How much of which pairs match is told without a comparison: 0 nothing, 1 all (R² of their probabilities).

    `others` are the weights (log2) of all else; `matches` is the share of matches; `rate` what each pair counts.
    """
    part = rate / rate.sum()
    before = brentq(  # the prior at which all else finds as many matches
        lambda prior: float(part @ probability_of(others + prior)) - matches,
        -SUREST - float(others.max()), SUREST - float(others.min()), xtol=1e-9,
    )  # fmt: skip
    spread = float(part @ (probability_of(others + before) - matches) ** 2)
    return spread / (matches * (1 - matches))


def calibrated(declared: Floats, matches: Floats, strangers: Floats, reliance: float) -> Floats:
    """Weights of levels in their order, from the least to the most: what was declared, moved by what was seen.

    `matches` and `strangers` count how often either met each level. The mean of both weighed by their variances, that
    of a log ratio of counts being 1/m + 1/u (in nats²), never falling from one level to the next.
    """
    seen = np.log2((matches + 0.5) / (matches.sum() + 1)) - np.log2((strangers + 0.5) / (strangers.sum() + 1))
    sure = np.log(2) ** 2 / (1 / (matches + 0.5) + 1 / (strangers + 0.5)) * max(reliance, FAINTEST) ** 2
    believed = 1 / DECLARED**2
    mean = (declared * believed + seen * sure) / (believed + sure)
    return np.asarray(isotonic_regression(mean, weights=believed + sure).x)


def hold_against(s: Seen, strange: Floats, weight: Floats, rate: Floats) -> None:
    """Move declared weights to what all else shows, as far as all else tells who is who."""
    probability = probability_of(weight)
    known = s.level >= 0
    share = float(np.clip(np.average(probability, weights=rate), LEAST, 1 - LEAST))
    reliance = told(weight - s.added(), share, rate)
    met = np.bincount(s.level[known], weights=(probability * rate)[known], minlength=len(s.m)).astype(float)
    s.shown = calibrated(np.log2(s.m / s.u)[:-1], met[:-1], strange, reliance)
