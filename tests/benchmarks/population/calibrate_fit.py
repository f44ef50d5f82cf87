"""Fit the coefficients of `resolution/fit/expected.toml` on evidence of problems whose truth is known, and check them.

Ridge regression on the log-odds of the true figures, of which each slope may only point where reason says it does (few
problems would turn some round); a second one on the logarithm of its out-of-fold residuals; and interval ends by split
conformal prediction over folds (Lei and others 2018): so far out that eight of ten problems lie inside with both
figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from resolution.evaluation.expected import Evidence
from resolution.fit.expected import FIGURES, LEAST, MOST, SLACK, Calibrated, features, log_odds

Floats = NDArray[np.float64]
INSIDE = 0.8
FOLDS = 10
ANY = (np.array(-np.inf), np.array(np.inf))
NOTHING = 1e-9
"""A slope that is none: bounds must not meet."""
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
KEPT = (0.02, 0.98)
"""Features are kept between these quantiles of the problems seen."""
LEAST_SPREAD = 0.15
"""Added to residuals (log-odds) before their logarithm, so that a few hits do not narrow an interval to nothing."""
FLOOR, CAP = log_odds(LEAST), log_odds(MOST)
UP = {
    "precision": "raw_precision raw_recall entity_precision firm spoke known alone filled",
    "recall": "raw_precision raw_recall entity_precision firm spoke known largest filled",
}
"""Features that may only raise a figure."""
DOWN = {
    "precision": "undecided vetoed cut refused thin near disagree others",
    "recall": "undecided apart vetoed cut between closest unseen uncompared refused thin near disagree size alone",
}
"""Features that may only lower it."""
FREE = {"precision": "pairs largest size organisations", "recall": "organisations"}
"""Features that may do either; all else says nothing of a figure."""


@dataclass(frozen=True, slots=True)
class Known:
    """A problem's evidence and its true precision and recall."""

    said: Evidence
    precision: float
    recall: float


def known(line: Mapping[str, str]) -> Known | None:
    """A line of a file of evidence; None where no pair was put together or none is true."""
    said = Evidence(**{field.name: float(line[field.name]) for field in fields(Evidence)})
    together, true = float(line["true_together"]), float(line["true"])
    return Known(said, together / said.together, together / true) if said.together and true else None


@dataclass(frozen=True, slots=True)
class _Line:
    """A linear function of standardised features."""

    base: float
    slopes: Floats

    def at(self, x: Floats) -> Floats:
        return np.asarray(self.base + x @ self.slopes)


def ridge(x: Floats, y: Floats, penalty: float, bounds: tuple[Floats, Floats] = ANY) -> _Line:
    """Least squares with a penalty on the slopes, each within its bounds; x is standardised."""
    middle, wide = x.mean(axis=0), x.shape[1]
    rows = np.vstack([x - middle, np.sqrt(penalty) * np.eye(wide)])
    slopes = lsq_linear(rows, np.append(y - y.mean(), np.zeros(wide)), bounds).x
    return _Line(float(y.mean() - middle @ slopes), slopes)


def bounds_of(figure: str, names: Sequence[str]) -> tuple[Floats, Floats]:
    """The least and the greatest slope of each feature."""
    up, down, free = (some[figure].split() for some in (UP, DOWN, FREE))
    low = np.array([-np.inf if name in (*down, *free) else -NOTHING for name in names])
    high = np.array([np.inf if name in (*up, *free) else NOTHING for name in names])
    return low, high


def chosen(x: Floats, y: Floats, bounds: tuple[Floats, Floats] = ANY) -> float:
    """The penalty with the least absolute error out of fold."""
    return min(PENALTIES, key=lambda penalty: float(np.abs(y - out_of_fold(x, y, penalty, bounds)).mean()))


def out_of_fold(x: Floats, y: Floats, penalty: float, bounds: tuple[Floats, Floats] = ANY) -> Floats:
    """What is said of each problem by a model of the others."""
    found, fold = np.empty(len(y)), np.arange(len(y)) % FOLDS
    for number in range(FOLDS):
        mine = fold == number
        found[mine] = ridge(x[~mine], y[~mine], penalty, bounds).at(x[mine])
    return found


def fit(problems: Sequence[Known]) -> dict[str, Calibrated]:
    """The coefficients of both figures."""
    said = [features(one.said) for one in problems]
    names = list(said[0])
    raw = np.array([[one[name] for name in names] for one in said])
    least, most = np.quantile(raw, KEPT, axis=0)
    kept = np.clip(raw, least, most)
    scale = np.where(kept.std(axis=0) > 1e-9, kept.std(axis=0), 1.0)
    x = (kept - kept.mean(axis=0)) / scale
    lines, scores = {}, {}
    for figure in FIGURES:
        y = np.array([log_odds(max(getattr(one, figure), LEAST)) for one in problems])
        bounds = bounds_of(figure, names)
        penalty = chosen(x, y, bounds)
        guess = out_of_fold(x, y, penalty, bounds)
        rest = np.log(np.abs(y - np.clip(guess, FLOOR, CAP)) + LEAST_SPREAD)
        penalty_of_spread = chosen(x, rest)
        spread = np.exp(out_of_fold(x, rest, penalty_of_spread))
        lines[figure] = ridge(x, y, penalty, bounds), ridge(x, rest, penalty_of_spread)
        scores[figure] = _score(y, guess, spread)
    level = _level(scores)
    ends = {figure: (_end(-score, level), _end(score, level)) for figure, score in scores.items()}
    ranges = {name: (float(a), float(b)) for name, a, b in zip(names, least, most, strict=True)}
    return {
        figure: Calibrated(
            *_unscaled(lines[figure][0], names, kept, scale), *_unscaled(lines[figure][1], names, kept, scale),
            *ends[figure], ranges,
        )
        for figure in FIGURES
    }  # fmt: skip


def _score(y: Floats, guess: Floats, spread: Floats) -> Floats:
    """How many spreads the truth lies above what is said, less the slack; none where both are not told apart."""
    beyond = ((y >= CAP) & (guess >= CAP)) | ((y <= FLOOR) & (guess <= FLOOR))
    truth, said = 1 / (1 + np.exp(-y)), 1 / (1 + np.exp(-guess))
    nearer = np.where(truth < said, np.minimum(truth + SLACK, said), np.maximum(truth - SLACK, said))
    nearer = np.clip(nearer, 1e-6, 1 - 1e-6)
    return np.where(beyond, 0.0, (np.log(nearer / (1 - nearer)) - guess) / spread)


def _end(score: Floats, level: float) -> float:
    """The conformal quantile of distances to one side: never less than nothing."""
    n = len(score)
    return max(0.0, float(np.quantile(score, min(1.0, level * (n + 1) / n), method="higher")))


def _level(scores: Mapping[str, Floats]) -> float:
    """The level of each end at which enough problems lie inside with both figures."""
    n = len(next(iter(scores.values())))
    wanted = min(1.0, INSIDE + float(np.sqrt(INSIDE * (1 - INSIDE) / n)))  # one standard error more, to be sure of it
    for level in np.arange(0.8, 1.0, 0.005):
        inside = np.ones(n, dtype=bool)
        for score in scores.values():
            inside &= (-_end(-score, level) <= score) & (score <= _end(score, level))
        if inside.mean() >= wanted:
            return float(level)
    return 1.0


def _unscaled(line: _Line, names: Sequence[str], kept: Floats, scale: Floats) -> tuple[float, dict[str, float]]:
    slopes = line.slopes / scale
    return float(line.base - kept.mean(axis=0) @ slopes), dict(zip(names, (float(s) for s in slopes), strict=True))


def written(found: Mapping[str, Calibrated], about: str) -> str:
    """The text of `expected.toml`."""
    first = found[FIGURES[0]]
    said = ["# Written by tests/benchmarks/population/calibrate.py; read by resolution/fit/expected.py.", f"# {about}"]
    for figure, one in found.items():
        said += ["", f"[{figure}]"]
        said += [f"{name} = {getattr(one, name):.5g}" for name in ("base", "below", "above")]
        said.append(f"spread = {one.spread_base:.5g}")
    said += ["", "[features]"]
    for name, (least, most) in first.ranges.items():
        cells = [f"least = {least:.5g}", f"most = {most:.5g}"]
        for figure, one in found.items():
            cells += [f"{figure} = {one.coefficients[name]:.4g}", f"{figure}_spread = {one.spread[name]:.4g}"]
        said.append(f"{name} = {{ {', '.join(cells)} }}")
    return "\n".join(said) + "\n"


def checked(found: Mapping[str, Calibrated], problems: Sequence[Known]) -> str:
    """Coverage, widths and errors of the estimates, beside those of the raw figures."""
    said, both = [], np.ones(len(problems), dtype=bool)
    for figure, one in found.items():
        truth = np.array([getattr(p, figure) for p in problems])
        got = [one.share(features(p.said)) for p in problems]
        inside = np.array([share.holds(true) for share, true in zip(got, truth, strict=True)])
        both &= inside
        wide = np.array([share.high - share.low for share in got])
        wrong = np.abs(np.array([share.estimate for share in got]) - truth)
        raw = np.array([1 / (1 + np.exp(-features(p.said)[f"raw_{figure}"])) for p in problems])
        plain = np.abs(np.median(truth) - truth).mean()
        said.append(
            f"{figure}: inside {inside.mean():.0%}, mean width {wide.mean():.3f} (median {np.median(wide):.3f}), "
            f"mean error {wrong.mean():.3f} (raw {np.abs(raw - truth).mean():.3f}, a constant {plain:.3f})"
        )
    return "\n".join([f"{len(problems)} problems, inside with both figures {both.mean():.0%}", *said])


def write(path: Path, found: Mapping[str, Calibrated], about: str) -> None:
    """Write `expected.toml`."""
    path.write_text(written(found, about), encoding="utf-8")
