"""Shapes of made columns: how a standard normal latent becomes a column's values, and what it does to the log-odds."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator
from scipy.stats import norm

from scoring.model.tables import Floats

Marginal = Callable[[Floats, Floats, Generator], Floats]
"""Values from (latent, time of each row, random generator)."""
Effect = Callable[[Floats, Generator], Floats]
"""Log-odds, before their coefficient, from (latent, random generator)."""

FIRST_DAY = 19_000
"""The first date, in days since 1970 (January 2022)."""

MARGINALS: Mapping[str, Marginal] = {
    "normal": lambda latent, when, chance: latent * chance.lognormal(0, 2) + chance.normal(0, 3),
    "log-normal": lambda latent, when, chance: np.exp(3 + latent),
    "heavy": lambda latent, when, chance: np.exp(8 + chance.uniform(1.5, 2.8) * latent),
    "count": lambda latent, when, chance: np.floor(np.exp(0.7 + 0.9 * latent)),
    "zero-inflated": lambda latent, when, chance: np.where(
        latent < chance.uniform(-0.5, 1.0), 0.0, np.exp(1 + 1.2 * latent)
    ),
    "rounded": lambda latent, when, chance: np.round(2 * latent),
    "uniform": lambda latent, when, chance: percent(latent),
    "date": lambda latent, when, chance: FIRST_DAY + np.round(1500 * when + 120 * latent),
}
EFFECTS: Mapping[str, Effect] = {
    "linear": lambda latent, chance: latent,
    "tanh": lambda latent, chance: 1.5 * np.tanh(1.5 * latent),
    "u-shaped": lambda latent, chance: (latent**2 - 1) / 1.2,
    "step": lambda latent, chance: np.where(latent > chance.normal(0, 0.6), 1.0, -1.0),
    "bump": lambda latent, chance: 3 * np.exp(-((latent - chance.normal(0, 0.7)) ** 2) / 0.3) - 1,
    "ramp": lambda latent, chance: 1.5 * np.maximum(latent - chance.normal(0, 0.5), 0),
}
EFFECTS_DRAWN = ("linear", "linear", *EFFECTS)
"""Three of eight effects are linear."""


def percent(latent: Floats) -> Floats:
    """Normal quantiles as percentages: uniform between 0 and 100."""
    return np.asarray(100 * norm.cdf(latent), dtype=np.float64)


def marginal(latent: Floats, when: Floats, chance: Generator) -> Floats:
    """Values of a column with a marginal drawn at random."""
    return MARGINALS[str(chance.choice(list(MARGINALS)))](latent, when, chance)


def effect(latent: Floats, chance: Generator) -> Floats:
    """Log-odds of an effect drawn at random, before its coefficient."""
    return EFFECTS[str(chance.choice(EFFECTS_DRAWN))](latent, chance)
