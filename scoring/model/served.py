"""What answers: tables, the band around them, and what stands behind the answer. Numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from scoring.model.tables import Floats, Frame, Tables, probability

Basis = Literal["MODEL", "BLEND", "RULES", "NONE"]
Z80 = 1.2815515655446004
"""Normal quantile at .9: 80 % lies within ± Z80 standard deviations."""


@dataclass(frozen=True, slots=True)
class Served:
    """A model ready to answer.

    The 80 % band for the true probability is sigmoid(z ± Z80·√V) with, in log-odds,
    V(x) = V_fit(x) + V_shift + (z − centre)²·V_slope + V_hidden, where V_fit is the Laplace variance of the
    contributions,
    V_shift and V_slope are the variances of the affine calibration, and V_hidden is the variance between accounts
    that the
    features leave unexplained (estimated from deals of one account), or, for rules, the declared doubt about the rules.
    """

    tables: Tables
    basis: Basis
    examples: float
    centre: float = 0.0
    shift_variance: float = 0.0
    slope_variance: float = 0.0
    hidden_variance: float = 0.0

    def answer(self, frame: Frame) -> "Answer":
        """Scores of all rows of a frame."""
        parts = self.tables.contributions(frame)
        z = self.tables.base + parts.sum(axis=1)
        v = self.tables.log_odds_variance(frame) + self.shift_variance + (z - self.centre) ** 2 * self.slope_variance
        p = probability(z)
        reach = Z80 * np.sqrt(v + self.hidden_variance)
        # as many examples as would leave this variance in a plain rate, what is hidden aside: n = 1 / (V p (1 − p))
        behind = 1.0 / np.maximum(v * p * (1 - p), 1e-9)
        return Answer(
            p, z, parts, probability(z - reach), probability(z + reach), np.minimum(behind, max(self.examples, 4.0))
        )

    def as_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "basis": self.basis,
            "examples": self.examples,
            "centre": self.centre,
            "shift_variance": self.shift_variance,
            "slope_variance": self.slope_variance,
            "hidden_variance": self.hidden_variance,
            "tables": self.tables.as_json(),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Served":
        """The inverse of `as_json`."""
        rest = {k: v for k, v in data.items() if k != "tables"}
        return Served(Tables.from_json(data["tables"]), **rest)


@dataclass(frozen=True, slots=True)
class Answer:
    """Arrays with one entry (or one row) for each entity asked about."""

    probability: Floats
    log_odds: Floats
    contributions: Floats
    low: Floats
    high: Floats
    effective_n: Floats
