"""How hard each kind of coefficient is pulled towards zero, learned from the data themselves.

A strength s says: before the data are seen, coefficients of this kind have variance 1 / s. The strengths of all kinds
together maximise the marginal likelihood (Laplace), so what says nothing is pulled hard and what says much is left
alone, and no fold has to be held out for it. The updates s ← (rank − s·tr(V S)) / β'Sβ are those of Fellner and Schall,
as generalised by Wood and Fasiolo (2017).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.model.newton import newton
from scoring.model.tables import Floats

USUAL = 30.0
USUAL_DEALS = 100.0
"""What a strength is taken for before the data, and the deals from which on the data say more about it."""
CURVATURE = "curvature"
RANGE = (0.5, 1e5)
ROUNDS = 25
STEADY = 0.02
"""Rounds end when no strength moves by more than this share."""


@dataclass(slots=True)
class Kind:
    """Coefficients that share one strength: the quadratic form that is penalised, and its rank."""

    form: Floats
    rank: int = 0

    def add(self, at: int, form: Floats, rank: int) -> None:
        """Put a block on the diagonal from place `at`."""
        self.form[at : at + len(form), at : at + len(form)] += form
        self.rank += rank


def kinds_of(blocks: Sequence[Mapping[str, Any]], size: int, groups: Mapping[str, str]) -> dict[str, Kind]:
    """What is penalised in a scorecard of these blocks, by kind.

    The mean slope of a number belongs to the number's group, differences of neighbouring slopes (Eilers and Marx,
    P-splines, 1996, degree 1) to the group's curvature, so that a curve is a straight line until the data insist;
    levels of texts and the missing values of numbers are kinds of their own.
    """
    kinds: dict[str, Kind] = {}

    def add(name: str, at: int, form: Floats, rank: int) -> None:
        kinds.setdefault(name, Kind(np.zeros((size, size)))).add(at, form, rank)

    for block in blocks:
        start = block["start"]
        if "levels" in block:
            count = len(block["levels"]) + 2
            add("levels", start, np.eye(count), count)
            continue
        widths = np.array(block["widths"])
        add("missing", start + len(widths), np.eye(1), 1)
        if not len(widths):
            continue
        mean = np.ones(len(widths)) / widths.sum()
        group = groups.get(block["feature"], "number")
        add(group, start, np.outer(mean, mean), 1)
        if len(widths) > 1:
            slopes = np.diff(np.eye(len(widths)) / widths, axis=0)
            lengths = (widths[1:] + widths[:-1]) / 2
            add(f"{group} {CURVATURE}", start, (slopes.T * lengths) @ slopes, len(widths) - 1)
    return kinds


def penalty(kinds: Mapping[str, Kind], strengths: Mapping[str, float], size: int) -> Floats:
    """The sum of all forms, each times its strength."""
    return sum((strengths.get(name, USUAL) * kind.form for name, kind in kinds.items()), np.zeros((size, size)))


def learned(
    x: Floats, y: Floats, weight: Floats, kinds: Mapping[str, Kind], fixed: Floats, offset: Floats
) -> dict[str, float]:
    """The strength of every kind; `fixed` is a penalty beside them, `offset` the log-odds without any coefficient.

    Declared directions play no part, they would hide what is noise.
    """
    strengths = {name: USUAL * (100.0 if name.endswith(CURVATURE) else 1.0) for name in kinds}
    belief = USUAL_DEALS / max(USUAL_DEALS, float(weight.sum()))
    beta = None
    for _ in range(ROUNDS):
        beta, covariance = newton(
            x, y, weight, penalty(kinds, strengths, x.shape[1]) + fixed, start=beta, steps=3, offset=offset
        )
        before = dict(strengths)
        for name, kind in kinds.items():
            spent = max(kind.rank - before[name] * float(np.sum(covariance * kind.form)), 0.0)
            strength = (spent + belief) / (float(beta @ kind.form @ beta) + belief / USUAL)
            strengths[name] = float(np.clip(strength, *RANGE))
        if all(abs(np.log(strengths[name] / before[name])) < STEADY for name in kinds):
            break
    return strengths
