"""How one feature enters the scorecard's design: ramps between the knots of a number, or the levels of a text."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from scoring.model.tables import Column, Curve, Floats, Piece, squash

OUTSIDE = 10.0
"""Deals that lie outside the outermost knots: what is beyond them says nothing by itself."""
OUTERMOST = 0.01
BETWEEN = (0.01, 0.05)
BESIDE = 100.0
"""Deals that a knot between the outermost and the quartile must have outside."""
FEW = 6
SKEWED = 2.0
"""Numbers that are never negative and whose 95th percentile is above this multiple of the median go on a log scale."""
STRAIGHTER = 2.0
"""How much more of the outcome a straight line must explain than one on the log scale (twice the log-likelihood)."""


def spline_block(column: Column, y: Floats, weight: Floats) -> dict[str, Any]:
    """Knots of one number: its values where they are few, else weighted quantiles; a skewed one on a log scale."""
    x = column.astype(np.float64)
    there = ~np.isnan(x)
    seen, w = x[there], weight[there]
    missing = bool((~there).any()) and bool(there.any())
    values = np.unique(seen)
    scale = log_scale(seen, y[there], w)
    t = squash(seen, scale)
    if len(values) <= FEW:
        knots = squash(values, scale)
    else:
        knots = np.unique(quantiles(t, w, places(float(w.sum()))))
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


def places(deals: float) -> tuple[float, ...]:
    """Quantiles at which knots stand: quartiles, and further out the more deals there are."""
    outer = min(OUTERMOST, OUTSIDE / max(deals, 1.0))
    between = [q for q in BETWEEN if q > 2 * outer and q * deals >= BESIDE]
    low = [outer, *between, 0.25]
    return (*low, 0.5, *(1 - q for q in reversed(low)))


def log_scale(seen: Floats, y: Floats, weight: Floats) -> float:
    """Where the logarithm of a number begins, 0 for none: its small values (5th percentile of those above zero).

    The tenth meeting says less than the second: what is skewed is a straight line on a log scale far more often. It
    stays as it is where the outcomes themselves follow it clearly better so.
    """
    above = seen > 0
    if len(seen) == 0 or seen.min() < 0 or len(np.unique(seen)) <= 2:
        return 0.0
    middle, high = quantiles(seen, weight, (0.5, 0.95))
    if high <= SKEWED * middle:
        return 0.0
    scale = float(quantiles(seen[above], weight[above], (0.05,))[0])
    outer = places(float(weight.sum()))[0]
    inside = np.clip(seen, *quantiles(seen, weight, (outer, 1 - outer)))
    gain = explained(inside, y, weight) - explained(squash(inside, scale), y, weight)
    return 0.0 if gain > STRAIGHTER else scale


def explained(x: Floats, y: Floats, weight: Floats) -> float:
    """What a straight line of x explains of y: deals times the squared correlation (the score test of its slope)."""
    total = float(weight.sum())
    dx, dy = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    spread = float(weight @ dx**2) * float(weight @ dy**2)
    return total * float(weight @ (dx * dy)) ** 2 / spread if spread > 0 else 0.0


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
