"""From a training set to a served model: search, challenger, blend, calibration, or rules where data are few."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from kg.progress import Progress
from scoring.evaluation import metrics as evaluate
from scoring.learning.dataset import TrainingSet, account_folds
from scoring.model.boosting import Boosting
from scoring.model.rules import DOUBT, rule_tables
from scoring.model.scorecard import Scorecard
from scoring.model.served import Served
from scoring.model.tables import Floats, probability
from scoring.scores.score import Score
from scoring.settings import ScoringSettings

FEW = 8
"""Below this many of either outcome, data only move the base rate."""
STIFF = {"number": 40.0, "levels": 40.0, "missing": 40.0, "number curvature": 4000.0}
"""How hard coefficients are pulled to zero where rules still have a say: too few data to learn it from."""
STIFFNESS = 20.0
WORTH = 2.0
"""Standard errors by which the graph must lower held-out log-loss, as boosting must: noise alone may pass one."""
LATE = 0.7
LATE_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Learned:
    """A served model with the fitted estimators behind it and how it was chosen."""

    served: Served
    fitted: Mapping[str, Any]
    metrics: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)


def learn(
    score: Score,
    data: TrainingSet,
    directions: Mapping[str, int],
    categorical: tuple[str, ...],
    settings: ScoringSettings,
    progress: Progress | None = None,
) -> Learned:
    """The best additive model that the data support.

    RULES below `FEW` of either outcome, BLEND of rules and a stiff scorecard below the score's minimum, MODEL from
    there.
    """
    fewest = min(data.won, data.examples - data.won)
    if fewest < FEW:
        return _ruled(score, data)
    # matrices are small: a second BLAS thread costs more than it brings, and one gives the same bits everywhere
    with threadpool_limits(1):
        if fewest < score.minimum_each:
            return _mixed(score, data, directions, categorical, fewest / score.minimum_each)
        groups = {name: "flat" if name in score.flat else "graph" for name in data.frame if name not in categorical}
        card = Scorecard(dict(directions), categorical, groups)
        return _modelled(data, card, score.flat, settings, progress or (lambda *_: None))


def _ruled(score: Score, data: TrainingSet) -> Learned:
    tables = rule_tables(score, data.won, data.examples, data.frame)
    tables = tables.centred(data.frame, data.weight) if len(data) else tables
    return Learned(Served(tables, "RULES", data.examples, hidden_variance=DOUBT), {})


def _mixed(
    score: Score,
    data: TrainingSet,
    directions: Mapping[str, int],
    categorical: tuple[str, ...],
    share: float,
) -> Learned:
    card = Scorecard(dict(directions), categorical, strengths=STIFF).fit(data.frame, data.y, data.weight)
    rules = rule_tables(score, data.won, data.examples, data.frame)
    tables = rules.scaled(1 - share).plus(card.tables().scaled(share)).centred(data.frame, data.weight)
    served = Served(tables, "BLEND", data.examples, hidden_variance=DOUBT * (1 - share) ** 2 + 0.1)
    return Learned(served, {"scorecard": card}, choices={"share_of_data": share})


def _modelled(
    data: TrainingSet, card: Scorecard, flat: AbstractSet[str], settings: ScoringSettings, progress: Progress
) -> Learned:
    progress(0, LATE_FOLDS + 1, "choosing features and regularisation")
    data, card, held, worth = chosen(data, card, flat, settings)
    late = late_slice(data, card, settings, progress)
    card = clone(card).fit(data.frame, data.y, data.weight)
    fitted: dict[str, Any] = {"scorecard": card}
    tables = card.tables()
    share = late.share
    if share > 0:
        boost = boosting(card, settings, settings.pairs)
        boost.fit(data.frame, data.y, data.weight, _codes(data.groups))
        fitted["boosting"] = boost
        tables = tables.scaled(1 - share).plus(boost.tables().scaled(share))
        held = (1 - share) * held + share * cross_boosted(data, card, settings)
    (shift, slope), spread = evaluate.affine(held, data.y, data.weight, STIFFNESS)
    centre = float(np.average(held, weights=data.weight))
    about = spread[0, 0] + 2 * centre * spread[0, 1] + centre**2 * spread[1, 1]
    p = probability(shift + slope * held)
    served = Served(
        tables.scaled(float(slope)).shifted(float(shift)).centred(data.frame, data.weight),
        "MODEL",
        data.examples,
        centre=float(shift + slope * centre),
        shift_variance=float(about),
        slope_variance=float(spread[1, 1] / slope**2),
        hidden_variance=evaluate.hidden_variance(data.y, p, data.weight, data.groups, data.ids),
    )
    metrics = _metrics(data, late, float(shift), float(slope), settings)
    choices: dict[str, Any] = {"features": len(data.frame), "graph_worth": worth, "strengths": card.strengths}
    choices |= {"boosting_share": share, "boosting_gain": late.gain, "shift": float(shift), "slope": float(slope)}
    progress(1, 1, "trained")
    return Learned(served, fitted, metrics, choices)


def chosen(
    data: TrainingSet, card: Scorecard, flat: AbstractSet[str], settings: ScoringSettings
) -> tuple[TrainingSet, Scorecard, Floats, float]:
    """The features and strengths to learn with, the held-out log-odds of every row, and what the graph is worth there.

    The worth is what the graph's features take off the log-loss of other accounts, in standard errors by account. Where
    that is not above `WORTH` they are left out, so that a graph that says nothing costs nothing.
    """
    full = tuned(data, card, settings.selection_rows)
    held = cross(data, full, settings.folds)
    names = [name for name in data.frame if name in flat]
    if not names or len(names) == len(data.frame):
        return data, full, held, 0.0
    less = data.only(names)
    plain = tuned(less, card, settings.selection_rows)
    plain_held = cross(less, plain, settings.folds)
    gain = _account_losses(data, plain_held) - _account_losses(data, held)
    worth = float(gain.sum() / max(np.sqrt(len(gain)) * gain.std(), 1e-12))
    return (data, full, held, worth) if worth > WORTH else (less, plain, plain_held, worth)


def tuned(data: TrainingSet, card: Scorecard, most: int) -> Scorecard:
    """The scorecard with strengths learned from whole accounts of about `most` rows."""
    few = data
    if len(data) > most:
        few = data.at(np.flatnonzero(account_folds(data.groups, int(np.ceil(len(data) / most))) == 0))
    strengths = card.learn_strengths(few.frame, few.y, few.weight)
    return Scorecard(card.directions, card.categorical, card.groups, strengths, card.rare)


def cross(data: TrainingSet, card: Scorecard, folds: int) -> Floats:
    """Log-odds of every row from a scorecard that saw no row of its account."""
    fold = account_folds(data.groups, folds)
    z = np.zeros(len(data))
    for k in range(folds):
        out = np.flatnonzero(fold == k)
        if len(out):
            seen, held = data.at(np.flatnonzero(fold != k)), data.at(out)
            z[out] = clone(card).fit(seen.frame, seen.y, seen.weight).decision_function(held.frame)
    return z


def cross_boosted(data: TrainingSet, card: Scorecard, settings: ScoringSettings) -> Floats:
    """The same from boosting."""
    fold = account_folds(data.groups, LATE_FOLDS)
    z = np.zeros(len(data))
    for k in range(LATE_FOLDS):
        seen, out = data.at(np.flatnonzero(fold != k)), np.flatnonzero(fold == k)
        boost = boosting(card, settings, settings.pairs)
        boost.fit(seen.frame, seen.y, seen.weight, _codes(seen.groups), bags=2)
        z[out] = boost.decision_function(data.at(out).frame)
    return z


def boosting(card: Scorecard, settings: ScoringSettings, pairs: int) -> Boosting:
    """The scorecard's challenger, with the same directions and texts."""
    return Boosting(card.directions, card.categorical, pairs, threads=settings.threads)


@dataclass(frozen=True, slots=True)
class Late:
    """Predictions for the latest part of the data by models that saw neither its time nor its accounts."""

    rows: NDArray[np.bool_]
    log_odds: Floats
    share: float
    gain: Mapping[str, float]
    cut: float


def late_slice(data: TrainingSet, card: Scorecard, settings: ScoringSettings, progress: Progress) -> Late:
    """Split by time and account, and let boosting challenge the scorecard there.

    Rows first seen after the cut are predicted by models of what was closed before it, from other accounts. Boosting
    gets the share that lowers log-loss most, and only if the gain is above two standard errors by account.
    """
    first = _first_seen(data)
    cut = float(np.quantile(first, LATE))
    fold = account_folds(data.groups, LATE_FOLDS)
    late = first > cut
    z, b = np.full(len(data), np.nan), np.full(len(data), np.nan)
    for k in range(LATE_FOLDS):
        seen = data.known_at(cut, (fold != k) & ~late)
        out = np.flatnonzero((fold == k) & late)
        if not len(out) or not len(seen) or min(seen.won, seen.examples - seen.won) < FEW:
            continue
        held = data.at(out)
        z[out] = clone(card).fit(seen.frame, seen.y, seen.weight).decision_function(held.frame)
        if settings.boosting:
            boost = boosting(card, settings, 0)
            boost.fit(seen.frame, seen.y, seen.weight, _codes(seen.groups), bags=2)
            b[out] = boost.decision_function(held.frame)
        progress(k + 1, LATE_FOLDS + 1, "trying on later deals")
    rows = late & ~np.isnan(z)
    if not settings.boosting or not rows.any() or np.isnan(b[rows]).any():
        return Late(rows, z, 0.0, {}, cut)
    share, gain = _share(data.at(np.flatnonzero(rows)), z[rows], b[rows], settings.resamples)
    return Late(rows, np.where(rows, (1 - share) * z + share * b, np.nan), share, gain, cut)


def _share(data: TrainingSet, z: Floats, b: Floats, resamples: int) -> tuple[float, Mapping[str, float]]:
    shares = (0.25, 0.5, 0.75, 1.0)
    blends = {s: probability((1 - s) * z + s * b) for s in shares}
    best = min(shares, key=lambda s: evaluate.log_loss(data.y, blends[s], data.weight))
    gain = evaluate.difference(
        data.y, probability(z), blends[best], data.weight, data.groups, evaluate.log_loss, min(resamples, 200)
    )
    return (best if gain["value"] < -2 * gain["se"] else 0.0), gain


def _metrics(data: TrainingSet, late: Late, shift: float, slope: float, settings: ScoringSettings) -> dict[str, Any]:
    """Measures on the late slice."""
    rows = np.flatnonzero(late.rows)
    if not len(rows):
        return {}
    p = probability(shift + slope * late.log_odds[rows])
    w = data.weight[rows]
    found = evaluate.measured(data.y[rows], p, w, data.groups[rows], settings.resamples)
    return {
        "on": "entities first seen after the cut, by a model of other accounts that knows nothing after it",
        "entities": len(np.unique(data.ids[rows])),
        "won": len(np.unique(data.ids[rows][data.y[rows] > 0])),
        "cut": late.cut,
        **found,
    }


def _first_seen(data: TrainingSet) -> Floats:
    codes = np.unique(data.ids, return_inverse=True)[1]
    first = np.full(int(codes.max()) + 1, np.inf)
    np.minimum.at(first, codes, data.seconds)
    return np.asarray(first[codes])


def _account_losses(data: TrainingSet, z: Floats) -> Floats:
    each = data.weight * (np.logaddexp(0, z) - data.y * z)
    return np.asarray(np.bincount(_codes(data.groups).astype(int), each), dtype=np.float64)


def _codes(groups: NDArray[Any]) -> Floats:
    return np.unique(groups, return_inverse=True)[1].astype(np.float64)
