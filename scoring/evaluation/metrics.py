"""How good probabilities are: AUC, log-loss, Brier, calibration error and slope, with intervals by account."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.tables import Floats

Measure = Callable[[Floats, Floats, Floats], float]


def auc(y: Floats, p: Floats, w: Floats) -> float:
    """Weighted area under the ROC curve; ties count half (Mann and Whitney 1947). NaN without both outcomes."""
    order = np.argsort(p, kind="stable")
    p, y, w = p[order], y[order], w[order]
    starts = np.flatnonzero(np.r_[True, np.diff(p) > 0])
    won = np.add.reduceat(w * y, starts)
    lost = np.add.reduceat(w * (1 - y), starts)
    below = np.cumsum(lost) - lost
    total = won.sum() * lost.sum()
    return float((won * (below + lost / 2)).sum() / total) if total > 0 else float("nan")


def log_loss(y: Floats, p: Floats, w: Floats) -> float:
    """Mean −log-likelihood, natural log."""
    q = np.clip(p, 1e-9, 1 - 1e-9)
    return float(np.average(-(y * np.log(q) + (1 - y) * np.log1p(-q)), weights=w))


def brier(y: Floats, p: Floats, w: Floats) -> float:
    """Mean squared error of the probability."""
    return float(np.average((p - y) ** 2, weights=w))


def ece(y: Floats, p: Floats, w: Floats, bins: int = 10) -> float:
    """Expected calibration error in equal-count bins (by weight): Σ share·|mean p − mean y|."""
    place = bins_of(p, w, bins)
    return float(np.abs(np.bincount(place, w * (p - y), bins)).sum() / w.sum())


def bins_of(p: Floats, w: Floats, bins: int = 10) -> NDArray[np.int64]:
    """Number of the bin of each row, from the lowest probabilities to the highest, all of about equal weight."""
    order = np.argsort(p, kind="stable")
    share = (np.cumsum(w[order]) - w[order] / 2) / w.sum()
    place = np.empty(len(p), dtype=np.int64)
    place[order] = np.minimum((share * bins).astype(int), bins - 1)
    return place


def slope(y: Floats, p: Floats, w: Floats) -> float:
    """Slope of the outcome's log-odds on the predicted ones; 1 is right, below 1 is over-confident."""
    q = np.clip(p, 1e-6, 1 - 1e-6)
    return float(affine(np.log(q / (1 - q)), y, w, (0.0, 0.0))[0][1])


MEASURES: dict[str, Measure] = {"auc": auc, "log_loss": log_loss, "brier": brier, "ece": ece, "slope": slope}


def affine(z: Floats, y: Floats, w: Floats, stiffness: tuple[float, float]) -> tuple[Floats, Floats]:
    """Calibrate y on shift + slope·z by logistic regression; the slope stays above .05.

    `stiffness` pulls the shift to 0 and the slope to 1, as inverse variances of what they are before the data.

    Returns ((shift, slope), their covariance).
    """
    beta = np.array([0.0, 1.0])
    x = np.column_stack([np.ones_like(z), z])
    pull = np.diag(np.array(stiffness) + 1e-6)
    hessian = pull
    for _ in range(50):
        mu = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (w * (mu - y)) + pull @ (beta - np.array([0.0, 1.0]))
        hessian = (x.T * (w * mu * (1 - mu))) @ x + pull
        step = np.clip(np.linalg.solve(hessian, gradient), -2, 2)
        beta = beta - step
        if np.abs(step).max() < 1e-10:
            break
    if beta[1] < 0.05:
        beta = np.array([beta[0], 0.05])
    return beta, np.asarray(np.linalg.inv(hessian), dtype=np.float64)


def account_draws(groups: NDArray[Any], resamples: int, seed: int = 11) -> NDArray[np.float64]:
    """Bootstrap by account: resamples × rows, how often each row's account was drawn."""
    codes = np.unique(groups, return_inverse=True)[1]
    n = int(codes.max()) + 1 if len(codes) else 0
    chance = np.random.default_rng(seed)
    draws = np.empty((resamples, len(codes)))
    for i in range(resamples):
        draws[i] = np.bincount(chance.integers(0, n, n), minlength=n)[codes]
    return draws


def measured(y: Floats, p: Floats, w: Floats, groups: NDArray[Any], resamples: int) -> dict[str, dict[str, float]]:
    """Every measure with its 90 % interval, resampled by account."""
    draws = account_draws(groups, resamples)
    out = {}
    for name, measure in MEASURES.items():
        values = [measure(y[d > 0], p[d > 0], (w * d)[d > 0]) for d in draws]
        low, high = np.nanquantile(values, [0.05, 0.95])
        out[name] = {"value": measure(y, p, w), "low": float(low), "high": float(high)}
    return out


def difference(
    y: Floats,
    first: Floats,
    second: Floats,
    w: Floats,
    groups: NDArray[Any],
    measure: Measure = auc,
    resamples: int = 400,
) -> dict[str, float]:
    """measure(second) − measure(first) on the same rows: value, 90 % interval and standard error, paired by account."""
    values = []
    for d in account_draws(groups, resamples):
        keep = d > 0
        weight = (w * d)[keep]
        values.append(measure(y[keep], second[keep], weight) - measure(y[keep], first[keep], weight))
    low, high = np.nanquantile(values, [0.05, 0.95])
    value = measure(y, second, w) - measure(y, first, w)
    return {"value": float(value), "low": float(low), "high": float(high), "se": float(np.nanstd(values))}


def hidden_variance(y: Floats, p: Floats, w: Floats, groups: NDArray[Any], ids: NDArray[Any], before: float) -> float:
    """Variance between accounts, in log-odds, that predictions leave: Σ r_i r_j / Σ v_i v_j over deals i ≠ j of one
    account, shrunk.

    r is a deal's mean residual and v its mean p(1 − p), so that E[r_i r_j] ≈ v_i v_j·variance, and its own variance is
    about 2 / Σ v_i v_j; `before` is the standard deviation of what it may be before the data. Held within [0, 1].
    """
    codes, first = np.unique(ids, return_index=True)
    place = np.searchsorted(codes, ids)
    mass = np.bincount(place, w)
    r = np.bincount(place, w * (y - p)) / mass
    v = np.bincount(place, w * p * (1 - p)) / mass
    account = np.unique(groups[first], return_inverse=True)[1]
    top = (np.bincount(account, r) ** 2 - np.bincount(account, r * r)).sum()
    under = (np.bincount(account, v) ** 2 - np.bincount(account, v * v)).sum()
    if under <= 0:
        return 0.0
    return float(np.clip(top / under * before**2 / (before**2 + 2 / under), 0.0, 1.0))
