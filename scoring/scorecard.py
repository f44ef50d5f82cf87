"""A logistic scorecard of penalised linear splines, monotone where declared.

Each number is one piecewise linear curve over quantile knots, each text one value a level. The penalty (Eilers and
Marx,
P-splines, 1996, degree 1) pulls the mean slope towards zero and neighbouring slopes towards each other, so that a
curve is
a straight line until the data insist. Declared directions are bounds on the slopes. Fitted by Newton steps with an
active set.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from scoring.tables import Column, Curve, Floats, Frame, Piece, Tables, squash

QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)
FEW = 6
SKEWED = 8.0


class Scorecard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The estimator; `frame` is a mapping of feature → column, as in `scoring.tables`.

    Args:
        directions: feature → +1, -1 or 0 (free).
        categorical: names of the features that are text.
        ridge: penalty on mean slopes and levels, in units of deals (prior variance 1 / ridge for a standardised
        feature).
        curve: penalty on the difference of neighbouring slopes, as a multiple of `ridge`.
        rare: a text level with less weight than this joins the unseen level.
    """

    def __init__(
        self,
        directions: Mapping[str, int] | None = None,
        categorical: tuple[str, ...] = (),
        ridge: float = 20.0,
        curve: float = 10.0,
        rare: float = 12.0,
    ) -> None:
        self.directions = directions
        self.categorical = categorical
        self.ridge = ridge
        self.curve = curve
        self.rare = rare

    def fit(self, frame: Frame, y: Floats, weight: Floats) -> Self:
        """Learn from rows whose weights add up to the number of deals."""
        directions = self.directions or {}
        self.blocks_: list[dict[str, Any]] = []
        matrices, penalties, lower, upper = [np.ones((len(y), 1))], [np.zeros((1, 1))], [-np.inf], [np.inf]
        at = 1
        for name in frame:
            text = name in self.categorical
            block = levels_block(frame[name], weight, self.rare) if text else spline_block(frame[name], weight)
            block |= {"feature": name, "start": at}
            x = design(block, frame[name])
            if not text:
                block["means"] = ramp_means(block, frame[name], x, weight)
                x = design(block, frame[name])
            matrices.append(x)
            penalties.append(penalty(block, self.ridge, self.curve))
            sign = 0 if text else directions.get(name, 0)
            slopes = len(block.get("widths", ()))
            lower += [0.0 if sign > 0 and i < slopes else -np.inf for i in range(x.shape[1])]
            upper += [0.0 if sign < 0 and i < slopes else np.inf for i in range(x.shape[1])]
            at += x.shape[1]
            self.blocks_.append(block)
        x = np.hstack(matrices)
        self.mean_ = np.average(x, axis=0, weights=weight)
        self.coef_, self.covariance_ = newton(x, y, weight, block_diagonal(penalties), np.array(lower), np.array(upper))
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, frame: Frame) -> Floats:
        """Log-odds, one a row, from the design matrix (the tables must say the same)."""
        parts = [design(b, frame[b["feature"]]) for b in self.blocks_]
        rows = parts[0].shape[0] if parts else 0
        return np.asarray(np.hstack([np.ones((rows, 1)), *parts]) @ self.coef_)

    def predict_proba(self, frame: Frame) -> Floats:
        """Columns: lost, won."""
        p = 1 / (1 + np.exp(-self.decision_function(frame)))
        return np.column_stack([1 - p, p])

    def tables(self) -> Tables:
        """The same function as served tables, with the Laplace variance of every contribution."""
        curves, variance = {}, {}
        for block in self.blocks_:
            span = slice(block["start"], block["start"] + columns_of(block))
            name = block["feature"]
            curves[name] = curve_of(block, self.coef_[span])
            variance[name] = variance_of(block, self.covariance_[span, span], self.mean_[span])
        return Tables(float(self.coef_[0]), curves, (), variance, float(self.mean_ @ self.covariance_ @ self.mean_))


def spline_block(column: Column, weight: Floats) -> dict[str, Any]:
    """Knots of one number: its values where they are few, else weighted quantiles; a skewed one on a log scale."""
    x = column.astype(np.float64)
    there = ~np.isnan(x)
    seen, w = x[there], weight[there]
    missing = bool((~there).any()) and bool(there.any())
    values = np.unique(seen)
    scale = 0.0
    if len(values) > FEW and values[0] >= 0:
        middle, high = quantiles(seen, w, (0.5, 0.95))
        if high > SKEWED * max(middle, 1e-12) and middle > 0:
            scale = float(middle)
    t = squash(seen, scale)
    if len(values) <= FEW:
        knots = squash(values, scale)
    else:
        knots = np.unique(quantiles(t, w, QUANTILES))
        if len(knots) < 2:
            knots = np.array([t.min(), t.max()])
        knots = spread_out(knots, t)
    if len(knots) < 2:
        return {"knots": [], "widths": [], "scale": 0.0, "missing": missing, "means": [], "constant": True}
    clipped = np.clip(t, knots[0], knots[-1])
    sd = float(np.sqrt(np.average((clipped - np.average(clipped, weights=w)) ** 2, weights=w))) or 1.0
    return {
        "knots": knots.tolist(),
        "widths": (np.diff(knots) / sd).tolist(),
        "scale": scale,
        "missing": missing,
        "means": [0.0] * (len(knots) - 1),
    }


def spread_out(knots: Floats, t: Floats) -> Floats:
    """Knots closer than a hundredth of the range join: a slope over nothing is noise."""
    least = 0.01 * (knots[-1] - knots[0])
    kept = [float(knots[0])]
    for k in knots[1:-1]:
        if k - kept[-1] > least and knots[-1] - k > least:
            kept.append(float(k))
    return np.array([*kept, float(knots[-1])])


def levels_block(column: Column, weight: Floats, rare: float) -> dict[str, Any]:
    """Levels of one text that are frequent enough, in order of name; missing is a level of its own."""
    mass: dict[Any, float] = {}
    for value, w in zip(column.tolist(), weight.tolist(), strict=True):
        mass[value] = mass.get(value, 0.0) + w
    levels = sorted(k for k, w in mass.items() if k is not None and w >= rare)
    return {"levels": levels, "missing": None in mass}


def columns_of(block: Mapping[str, Any]) -> int:
    """How many columns of the design matrix a block takes."""
    if "levels" in block:
        return len(block["levels"]) + 1 + 1
    return len(block["widths"]) + 1


def design(block: Mapping[str, Any], column: Column) -> Floats:
    """Columns of one feature: ramps and missing, or levels, unseen and missing."""
    if "levels" in block:
        places = {level: i for i, level in enumerate(block["levels"])}
        n = len(places)
        places[None] = n + 1
        out = np.zeros((len(column), n + 2))
        out[np.arange(len(column)), [places.get(v, n) for v in column.tolist()]] = 1.0
        return out
    x = column.astype(np.float64)
    gone = np.isnan(x)
    out = np.zeros((len(x), len(block["widths"]) + 1))
    if block["widths"]:
        t = squash(np.where(gone, 0.0, x), block["scale"])
        for i, (a, b) in enumerate(zip(block["knots"], block["knots"][1:], strict=False)):
            out[:, i] = np.where(gone, block["means"][i], np.clip((t - a) / (b - a), 0, 1))
    out[:, -1] = gone
    return out


def ramp_means(block: Mapping[str, Any], column: Column, x: Floats, weight: Floats) -> list[float]:
    """Mean of each ramp where the number is there: a missing one starts from the average, not from the lowest."""
    there = ~np.isnan(column.astype(np.float64))
    if not there.any():
        return [0.0] * len(block["widths"])
    return [float(np.average(x[there, i], weights=weight[there])) for i in range(len(block["widths"]))]


def penalty(block: Mapping[str, Any], ridge: float, curve: float) -> Floats:
    """Quadratic penalty on the coefficients of one block (rises of ramps; levels)."""
    n = columns_of(block)
    out = np.eye(n) * ridge
    if "levels" in block or not block["widths"]:
        return out
    widths = np.array(block["widths"])
    k = len(widths)
    mean = np.ones(k) / widths.sum()
    slopes = np.diff(np.eye(k) / widths, axis=0)
    lengths = (widths[1:] + widths[:-1]) / 2
    out[:k, :k] = ridge * np.outer(mean, mean) + ridge * curve * (slopes.T * lengths) @ slopes
    return out


def block_diagonal(blocks: list[Floats]) -> Floats:
    """Square blocks along the diagonal."""
    size = sum(b.shape[0] for b in blocks)
    out = np.zeros((size, size))
    at = 0
    for b in blocks:
        out[at : at + len(b), at : at + len(b)] = b
        at += len(b)
    return out


def newton(
    x: Floats,
    y: Floats,
    weight: Floats,
    p: Floats,
    lower: Floats,
    upper: Floats,
    steps: int = 40,
) -> tuple[Floats, Floats]:
    """Minimise the penalised weighted log-loss within bounds; returns coefficients and their Laplace covariance."""
    rate = np.clip(np.average(y, weights=weight), 1e-4, 1 - 1e-4)
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(rate / (1 - rate))
    p = p + 1e-8 * np.eye(len(p))

    def loss(b: Floats) -> float:
        z = x @ b
        return float(weight @ (np.logaddexp(0, z) - y * z) + 0.5 * b @ p @ b)

    now = loss(beta)
    hessian = p
    for _ in range(steps):
        mu = 1 / (1 + np.exp(-(x @ beta)))
        gradient = x.T @ (weight * (mu - y)) + p @ beta
        hessian = (x.T * (weight * mu * (1 - mu))) @ x + p
        step = bounded_step(hessian, gradient, lower - beta, upper - beta)
        size = 1.0
        while (new := loss(beta + size * step)) > now + 1e-12 and size > 1e-6:
            size /= 2
        beta = np.clip(beta + size * step, lower, upper)
        if now - new < 1e-9 * (1 + abs(now)):
            break
        now = new
    free = (beta > lower) & (beta < upper)
    covariance = np.zeros_like(hessian)
    covariance[np.ix_(free, free)] = np.linalg.inv(hessian[np.ix_(free, free)])
    return beta, covariance


def bounded_step(h: Floats, g: Floats, lower: Floats, upper: Floats) -> Floats:
    """Argmin ½ d'Hd + g'd with lower ≤ d ≤ upper, by an active set (Kim and Park, block principal pivoting, 2011)."""
    d = np.zeros(len(g))
    fixed: NDArray[np.bool_] = np.zeros(len(g), dtype=bool)
    for attempt in range(100):
        free = ~fixed
        d[free] = np.linalg.solve(h[np.ix_(free, free)], -(g[free] + h[np.ix_(free, fixed)] @ d[fixed]))
        out = free & ((d < lower - 1e-12) | (d > upper + 1e-12))
        slack = g + h @ d
        back = fixed & (((d <= lower) & (slack < -1e-9)) | ((d >= upper) & (slack > 1e-9)))
        if not out.any() and not back.any():
            break
        if attempt > 50:  # blocks may cycle: then one variable at a time
            wrong = np.flatnonzero(out | back)[-1:]
            out, back = np.isin(np.arange(len(g)), wrong) & out, np.isin(np.arange(len(g)), wrong) & back
        d[out] = np.clip(d[out], lower[out], upper[out])
        fixed = (fixed | out) & ~back
    return np.clip(d, lower, upper)


def curve_of(block: Mapping[str, Any], coef: Floats) -> Curve:
    """Served curve of one block."""
    if "levels" in block:
        n = len(block["levels"])
        return Curve(
            (), dict(zip(block["levels"], coef[:n].tolist(), strict=True)), float(coef[n + 1]), float(coef[n]), True
        )
    rises = coef[:-1]
    missing = float(np.dot(rises, block["means"]) + coef[-1])
    if not block["widths"]:
        return Curve((), {}, missing, 0.0)
    values = np.concatenate([[0.0], np.cumsum(rises)])
    return Curve((Piece("linear", tuple(block["knots"]), tuple(values.tolist()), block["scale"]),), {}, missing)


def variance_of(block: Mapping[str, Any], covariance: Floats, mean: Floats) -> Curve:
    """Variance of the contribution at each knot or level, around the average of the feature (`mean` of its columns)."""

    def variances(rows: Floats) -> list[float]:
        around = rows - mean
        return [float(v) for v in np.einsum("ij,jk,ik->i", around, covariance, around)]

    if "levels" in block:
        n = len(block["levels"])
        at = variances(np.eye(n + 2))
        return Curve((), dict(zip(block["levels"], at[:n], strict=True)), at[n + 1], at[n], True)
    k = len(block["widths"])
    missing = variances(np.array([[*block["means"], 1.0]]))[0]
    if not k:
        return Curve((), {}, missing, 0.0)
    rows = np.column_stack([np.tril(np.ones((k + 1, k)), -1), np.zeros(k + 1)])
    return Curve((Piece("linear", tuple(block["knots"]), tuple(variances(rows)), block["scale"]),), {}, missing)


def quantiles(x: Floats, weight: Floats, at: tuple[float, ...]) -> Floats:
    """Weighted quantiles."""
    order = np.argsort(x, kind="stable")
    share = np.cumsum(weight[order]) / weight.sum()
    return np.asarray(x[order][np.minimum(np.searchsorted(share, at), len(x) - 1)])
