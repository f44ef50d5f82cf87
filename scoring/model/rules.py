"""The declared rules of a score: what is believed before any outcome, and how far it is trusted."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np

from scoring.model.tables import Curve, Floats, Frame, Piece, Tables
from scoring.scores.score import Score

REACH = 2.0
TRUST = 0.5
"""How much of their declared weight rules have before the data: a practised seller is right in direction more than in
size. In the demo company, whose causes the rules name, the data settle at .46; in the null world at 0."""
TRUST_SPREAD = 0.35
"""Standard deviation of that trust: the data move it."""
PRIOR_EXAMPLES = 20.0
"""How many deals the declared base rate counts for when data arrive."""


@dataclass(frozen=True, slots=True)
class Prior:
    """The belief before the data: the base rate, and rules as (feature, weight, centre, scale)."""

    rate: float
    rules: tuple[tuple[str, float, float, float], ...] = ()

    @property
    def base(self) -> float:
        """Log-odds of the base rate."""
        return float(np.log(self.rate / (1 - self.rate)))

    @property
    def certainty(self) -> float:
        """Inverse variance of the base, in log-odds."""
        return PRIOR_EXAMPLES * self.rate * (1 - self.rate)

    def tables(self) -> Tables:
        """Rules as curves with their whole weight: weight·(x − centre)/scale, held between ± 2 weights.

        A missing value adds nothing.
        """
        curves: dict[str, Curve] = {}
        for feature, weight, centre, scale in self.rules:
            knots = (centre - REACH * scale, centre + REACH * scale)
            curves[feature] = Curve((Piece("linear", knots, (-REACH * weight, REACH * weight)),))
        return Tables(self.base, curves)

    def said(self, frame: Frame) -> Floats:
        """What all rules say together of each row, in log-odds without the base."""
        tables = self.tables()
        return np.asarray(tables.log_odds(frame) - tables.base)


def prior_of(score: Score, among: Container[str]) -> Prior:
    """The prior of a score; rules on features that are not `among` those at hand are left out."""
    return Prior(
        score.prior_rate, tuple((r.feature, r.weight, r.centre, r.scale) for r in score.rules if r.feature in among)
    )


def disagreements(score: Score, directions: Mapping[str, int]) -> list[str]:
    """Rules whose sign contradicts the direction that the feature file declares."""
    return [r.feature for r in score.rules if r.weight * directions.get(r.feature, 0) < 0]
