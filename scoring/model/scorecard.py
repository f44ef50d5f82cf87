"""A logistic scorecard of penalised linear splines, monotone where declared.

Each number is one piecewise linear curve over quantile knots, each text one value a level. How hard mean slopes,
curvature and levels are pulled towards zero is learned from the data (`scoring.smoothing`). Declared directions are
bounds on the slopes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from scoring.model.blocks import columns_of, curve_of, design, levels_block, ramp_means, spline_block, variance_of
from scoring.model.newton import newton
from scoring.model.rules import TRUST, TRUST_SPREAD, Prior
from scoring.model.smoothing import Kind, kinds_of, learned, penalty
from scoring.model.tables import Floats, Frame, Tables


class Scorecard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The estimator; `frame` is a mapping of feature → column, as in `scoring.tables`.

    log-odds = prior base + trust·rules(x) + intercept + Σ curves: with few outcomes the prior speaks, with many the
    curves do, and how far the rules are trusted is a coefficient that the data move. There is no switch between them.

    Args:
        directions: feature → +1, -1 or 0 (free).
        categorical: names of the features that are text.
        groups: feature → group of numbers whose slopes are pulled equally hard; `number` where not said.
        strengths: kind (`levels`, `missing`, a group, its curvature) → how hard it is pulled towards zero, in units of
            deals (prior variance 1 / strength for a standardised feature); learned from the data where not given.
        rare: a text level with less weight than this joins the unseen level.
        rate: the base rate before the data; without one the data alone say it.
        rules: (feature, weight, centre, scale) of what is believed before the data.
    """

    def __init__(
        self,
        directions: Mapping[str, int] | None = None,
        categorical: tuple[str, ...] = (),
        groups: Mapping[str, str] | None = None,
        strengths: Mapping[str, float] | None = None,
        rare: float = 5.0,
        rate: float | None = None,
        rules: tuple[tuple[str, float, float, float], ...] = (),
    ) -> None:
        self.directions = directions
        self.categorical = categorical
        self.groups = groups
        self.strengths = strengths
        self.rare = rare
        self.rate = rate
        self.rules = rules

    def fit(self, frame: Frame, y: Floats, weight: Floats) -> Self:
        """Learn from rows whose weights add up to the number of deals."""
        x, kinds, fixed, offset = self._prepared(frame, y, weight)
        size = x.shape[1]
        given = self.strengths
        self.strengths_ = dict(learned(x, y, weight, kinds, fixed, offset) if given is None else given)
        pull = penalty(kinds, self.strengths_, size) + fixed
        self.coef_, self.covariance_ = newton(x, y, weight, pull, *self._bounds(size), offset=offset)
        self.trust_ = float(TRUST + self.coef_[-1]) if self.rules else 0.0
        self.joint_ = self._joint(x, weight)
        self.classes_ = np.array([0, 1])
        return self

    def _joint(self, x: Floats, weight: Floats) -> float:
        """Average variance of the log-odds but for the intercept, as a multiple of the sum of its blocks' own."""
        moments = (x.T * (weight / weight.sum())) @ x
        both = self.covariance_ * moments
        spans = [slice(b["start"], b["start"] + columns_of(b)) for b in self.blocks_]
        alone = sum(float(both[span, span].sum()) for span in spans)
        return float(both[1:, 1:].sum()) / alone if alone > 0 else 1.0

    def learn_strengths(self, frame: Frame, y: Floats, weight: Floats) -> dict[str, float]:
        """The strengths that these rows ask for."""
        x, kinds, fixed, offset = self._prepared(frame, y, weight)
        return learned(x, y, weight, kinds, fixed, offset)

    @property
    def _prior(self) -> Prior:
        return Prior(self.rate or 0.5, self.rules)

    def _prepared(self, frame: Frame, y: Floats, weight: Floats) -> tuple[Floats, dict[str, Kind], Floats, Floats]:
        """The design matrix, what is penalised in it, the penalty of the prior, and the log-odds that it says.

        Columns are centred: the first is the intercept, so the prior of the base is one of the average; with rules the
        last is what they say.
        """
        self.blocks_: list[dict[str, Any]] = []
        at = 1
        for name in frame:
            text = name in self.categorical
            block = levels_block(frame[name], weight, self.rare) if text else spline_block(frame[name], y, weight)
            block |= {"feature": name, "start": at}
            if not text:
                block["means"] = ramp_means(block, frame[name], design(block, frame[name]), weight)
            at += columns_of(block)
            self.blocks_.append(block)
        size = at + bool(self.rules)
        self.mean_ = np.zeros(size)
        self.mean_[1:] = np.average(self._design(frame)[:, 1:], axis=0, weights=weight)
        fixed = np.zeros((size, size))
        fixed[0, 0] = self._prior.certainty if self.rate else 0.0
        x = self._design(frame)
        offset = np.full(len(x), self._prior.base)
        if self.rules:
            fixed[-1, -1] = 1 / TRUST_SPREAD**2
            offset = offset + TRUST * x[:, -1]
        return x, kinds_of(self.blocks_, size, self.groups or {}), fixed, offset

    def _design(self, frame: Frame) -> Floats:
        """The centred design matrix of any rows."""
        rows = len(next(iter(frame.values()))) if frame else 0
        parts = [np.ones((rows, 1)), *(design(b, frame[b["feature"]]) for b in self.blocks_)]
        if self.rules:
            parts.append(self._prior.said(frame)[:, None])
        return np.asarray(np.hstack(parts) - self.mean_)

    def _bounds(self, size: int) -> tuple[Floats, Floats]:
        """Least and greatest coefficients: slopes of a declared direction do not cross zero, nor does the trust."""
        lower, upper = np.full(size, -np.inf), np.full(size, np.inf)
        for block in self.blocks_:
            slopes = slice(block["start"], block["start"] + len(block.get("widths", ())))
            sign = (self.directions or {}).get(block["feature"], 0)
            if sign > 0:
                lower[slopes] = 0.0
            elif sign < 0:
                upper[slopes] = 0.0
        if self.rules:
            lower[-1] = -TRUST
        return lower, upper

    def decision_function(self, frame: Frame) -> Floats:
        """Log-odds, one a row, from the design matrix (the tables must say the same)."""
        x = self._design(frame)
        said = TRUST * x[:, -1] if self.rules else 0.0
        return np.asarray(self._prior.base + said + x @ self.coef_)

    def predict_proba(self, frame: Frame) -> Floats:
        """Columns: lost, won."""
        p = 1 / (1 + np.exp(-self.decision_function(frame)))
        return np.column_stack([1 - p, p])

    def tables(self) -> Tables:
        """The same function as served tables, with the Laplace variance of every contribution.

        Contributions of one deal are correlated; their variances are scaled so that their sum is right on average.
        """
        curves, variance = {}, {}
        for block in self.blocks_:
            span = slice(block["start"], block["start"] + columns_of(block))
            name = block["feature"]
            curves[name] = curve_of(block, self.coef_[span])
            variance[name] = variance_of(block, self.covariance_[span, span], self.mean_[span]).scaled(self.joint_)
        size = len(self.coef_) - bool(self.rules)
        base = float(self.coef_[0] - self.mean_[1:size] @ self.coef_[1:size])
        tables = Tables(self._prior.base + base, curves, (), variance, float(self.covariance_[0, 0]))
        if not self.rules:
            return tables
        rules = replace(self._prior.tables(), base=-float(self.mean_[-1])).scaled(self.trust_)
        return tables.plus(rules)
