"""The Explainable Boosting Machine (Lou et al. 2013; interpret-core), read out as served tables.

The fit is stopped by held-out account groups, never by rows of the same account. A declared direction is enforced
after the
fit by isotonic regression of the term, and such a feature stays out of pairs.
"""

import warnings
from collections.abc import Mapping
from itertools import combinations
from typing import Any, Self

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.base import BaseEstimator, ClassifierMixin

from scoring.model.tables import Axis, Curve, Floats, Frame, Pair, Piece, Tables

MISSING = "\u2205"
UNSEEN = "\u2026"


class Boosting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """EBM on a frame; parameters as in `Scorecard`, `pairs` is the most pair terms it may add."""

    def __init__(
        self,
        directions: Mapping[str, int] | None = None,
        categorical: tuple[str, ...] = (),
        pairs: int = 3,
        rare: float = 12.0,
        threads: int = 1,
        seed: int = 7,
    ) -> None:
        self.directions = directions
        self.categorical = categorical
        self.pairs = pairs
        self.rare = rare
        self.threads = threads
        self.seed = seed

    def fit(self, frame: Frame, y: Floats, weight: Floats, groups: Floats, bags: int = 6) -> Self:
        """Learn; `groups` holds the number of each row's account."""
        self.names_ = list(frame)
        self.levels_ = {name: self._levels(frame[name], weight) for name in self.names_ if name in self.categorical}
        x = self._matrix(frame)
        types = ["nominal" if n in self.levels_ else "continuous" for n in self.names_]
        directions = self.directions or {}
        bound = [n for n in self.names_ if directions.get(n, 0)]
        free = [n for n in self.names_ if n not in bound]
        pairs = min(self.pairs, len(free) * (len(free) - 1) // 2)
        self.model_ = ExplainableBoostingClassifier(
            feature_names=self.names_,
            feature_types=types,
            max_bins=32,
            max_interaction_bins=8,
            interactions=pairs,
            exclude=[(a, b) for a, b in combinations(self.names_, 2) if a in bound or b in bound] if pairs else None,
            outer_bags=bags,
            learning_rate=0.03,
            smoothing_rounds=75,
            min_samples_leaf=10,
            max_rounds=3000,
            early_stopping_rounds=60,
            n_jobs=self.threads,
            random_state=self.seed,
            objective="log_loss",
        )
        with warnings.catch_warnings():  # its pictures do not show missing values; we draw none of them
            warnings.filterwarnings("ignore", message="Missing values detected", category=UserWarning)
            warnings.filterwarnings("ignore", message="All-NaN slice encountered", category=RuntimeWarning)
            self.model_.fit(x, y.astype(int), sample_weight=weight, bags=_bags(groups, bags, self.seed))
        for name in bound:
            if name in self.levels_ or len(self.model_.term_scores_[self.names_.index(name)]) < 4:
                continue
            self.model_.monotonize(name, increasing=directions[name] > 0)
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, frame: Frame) -> Floats:
        """Log-odds as interpret computes them."""
        return np.asarray(self.model_.decision_function(self._matrix(frame)), dtype=np.float64)

    def tables(self) -> Tables:
        """The same function as served tables."""
        curves = {}
        pairs = []
        for term, scores in zip(self.model_.term_features_, self.model_.term_scores_, strict=True):
            if len(term) == 1:
                name = self.names_[term[0]]
                curves[name] = self._curve(name, self.model_.bins_[term[0]][0], np.asarray(scores))
            else:
                pairs.append(self._pair(term, np.asarray(scores)))
        return Tables(float(np.ravel(self.model_.intercept_)[0]), curves, tuple(pairs))

    def _levels(self, column: Any, weight: Floats) -> list[str]:
        mass: dict[str, float] = {}
        for value, w in zip(column.tolist(), weight.tolist(), strict=True):
            if value is not None:
                mass[value] = mass.get(value, 0.0) + w
        return sorted(k for k, w in mass.items() if w >= self.rare)

    def _matrix(self, frame: Frame) -> Any:
        out = np.empty((len(next(iter(frame.values()))), len(self.names_)), dtype=object)
        for i, name in enumerate(self.names_):
            if name in self.levels_:
                kept = set(self.levels_[name])
                out[:, i] = [MISSING if v is None else v if v in kept else UNSEEN for v in frame[name].tolist()]
            else:
                out[:, i] = frame[name].astype(np.float64)
        return out

    def _curve(self, name: str, bins: Any, scores: Floats) -> Curve:
        if name not in self.levels_:
            cuts = tuple(float(c) for c in bins)
            return Curve((Piece("steps", cuts, tuple(scores[1:-1].tolist())),), {}, float(scores[0]))
        places = {level: float(scores[int(i)]) for level, i in bins.items()}
        unknown = float(scores[-1])
        levels = {k: places.get(k, unknown) for k in self.levels_[name]}
        return Curve((), levels, places.get(MISSING, unknown), places.get(UNSEEN, unknown), True)

    def _pair(self, term: tuple[int, int], scores: Floats) -> Pair:
        axes = []
        for axis, at in enumerate(term):
            name, bins = self.names_[at], self.model_.bins_[at]
            chosen = bins[min(1, len(bins) - 1)]
            if name not in self.levels_:
                axes.append(Axis(name, tuple(float(c) for c in chosen)))
                scores = np.delete(scores, -1, axis=axis)
                continue
            last = scores.shape[axis] - 1
            order = [int(chosen.get(MISSING, last)), *(int(chosen.get(k, last)) for k in self.levels_[name])]
            order.append(int(chosen.get(UNSEEN, last)))
            scores = np.take(scores, order, axis=axis)
            axes.append(Axis(name, (), tuple((k, i + 1) for i, k in enumerate(self.levels_[name])), True))
        return Pair(axes[0], axes[1], tuple(tuple(row) for row in scores.tolist()))


def _bags(groups: Floats, bags: int, seed: int) -> Any:
    """One column a bag: 1 to learn from, -1 to stop by; whole accounts go together."""
    chance = np.random.default_rng(seed)
    codes = np.unique(groups, return_inverse=True)[1]
    out = np.ones((len(groups), bags), dtype=np.int8)
    for b in range(bags):
        held = chance.random(codes.max() + 1) < 0.15
        if held.any() and not held.all():
            out[held[codes], b] = -1
    return out
