"""The declared rules of a score as served tables: what answers until there are enough outcomes to learn from."""

from collections.abc import Container, Mapping

import numpy as np

from scoring.model.tables import Curve, Piece, Tables
from scoring.scores.score import Score

PRIOR_EXAMPLES = 20.0
"""How many examples the declared base rate counts for when data arrive."""
DOUBT = 1.0
"""Variance of log-odds around what rules say: a rule score is rarely off by more than a factor of e in odds, but
often by that."""
REACH = 2.0


def rule_tables(score: Score, won: float, examples: float, among: Container[str]) -> Tables:
    """Rules as curves: weight·(x − centre)/scale, held between ± 2 weights; a missing value adds nothing.

    Rules on features that are not `among` those at hand are left out. The base is the declared rate shrunk towards
    the observed one: (won + 20·prior) / (n + 20).
    """
    rate = (won + PRIOR_EXAMPLES * score.prior_rate) / (examples + PRIOR_EXAMPLES)
    curves: dict[str, Curve] = {}
    for rule in (r for r in score.rules if r.feature in among):
        knots = (rule.centre - REACH * rule.scale, rule.centre + REACH * rule.scale)
        values = (-REACH * rule.weight, REACH * rule.weight)
        curves[rule.feature] = Curve((Piece("linear", knots, values),))
    return Tables(float(np.log(rate / (1 - rate))), curves)


def disagreements(score: Score, directions: Mapping[str, int]) -> list[str]:
    """Rules whose sign contradicts the direction that the feature file declares."""
    return [r.feature for r in score.rules if r.weight * directions.get(r.feature, 0) < 0]
