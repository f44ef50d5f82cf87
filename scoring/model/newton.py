"""Penalised logistic regression within bounds, by Newton steps with an active set."""

import numpy as np
from numpy.typing import NDArray

from scoring.model.tables import Floats


def newton(
    x: Floats,
    y: Floats,
    weight: Floats,
    p: Floats,
    lower: Floats | None = None,
    upper: Floats | None = None,
    start: Floats | None = None,
    steps: int = 40,
    offset: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Minimise the penalised weighted log-loss within bounds; returns coefficients and their Laplace covariance.

    `offset` is what the log-odds are without any coefficient. The first column of `x` is the intercept; without `start`
    and `offset` it begins at the mean outcome and the others at zero. The covariance is that of free coefficients, also
    where one ends at its bound: what a bound hides is not known any better.
    """
    low = np.full(x.shape[1], -np.inf) if lower is None else lower
    high = np.full(x.shape[1], np.inf) if upper is None else upper
    if start is None:
        rate = np.clip(np.average(y, weights=weight), 1e-4, 1 - 1e-4)
        start = np.zeros(x.shape[1])
        start[0] = np.log(rate / (1 - rate)) if offset is None else 0.0
    before = np.zeros(len(y)) if offset is None else offset
    beta = np.clip(start, low, high)
    p = p + 1e-8 * np.eye(len(p))

    def loss(b: Floats) -> float:
        z = before + x @ b
        return float(weight @ (np.logaddexp(0, z) - y * z) + 0.5 * b @ p @ b)

    now = loss(beta)
    hessian = p
    for _ in range(steps):
        mu = 1 / (1 + np.exp(-(before + x @ beta)))
        gradient = x.T @ (weight * (mu - y)) + p @ beta
        hessian = (x.T * (weight * mu * (1 - mu))) @ x + p
        step = bounded_step(hessian, gradient, low - beta, high - beta)
        size = 1.0
        while (new := loss(beta + size * step)) > now + 1e-12 and size > 1e-6:
            size /= 2
        beta = np.clip(beta + size * step, low, high)
        if now - new < 1e-9 * (1 + abs(now)):
            break
        now = new
    return beta, np.asarray(np.linalg.inv(hessian), dtype=np.float64)


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
