"""From a training set to a served model: search, challenger, blend, calibration, or rules where data are few."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from kg.progress import Progress
from scoring.evaluation import metrics as evaluate
from scoring.learning.blend import TRIED, Blend, account_losses, blended, boosted_on
from scoring.learning.dataset import LEAST_DECIDED, TrainingSet, account_folds
from scoring.model.rules import TRUST, Prior, prior_of
from scoring.model.scorecard import Scorecard
from scoring.model.served import Basis, Served
from scoring.model.tables import Floats, Tables, probability
from scoring.scores.score import Score
from scoring.settings import ScoringSettings

FEW = 8
"""Below this many of either outcome the answer is said to be the rules'."""
STIFFNESS = (5.0, 20.0)
"""How hard shift and slope of the calibration are held where they are, in inverse variances."""
WORTH = 2.0
SOON = 600.0
"""Standard errors by which the graph must lower held-out log-loss, WORTH for many deals: noise alone may pass one. With
few, where so much cannot be proven and noise is pulled flat anyway, less is asked: WORTH − SOON / (100 + deals)."""
HIDDEN = 0.25
"""Variance, in log-odds, of the true probability around what any features of ours say: what no record tells. In the
demo company (seeds 101, 102) 80 % bands hold the truth in 79 to 83 % with it for all deals and in 83 to 90 % for 20 to
500, in 62 to 65 % for all without; in the null world, where nothing is hidden, in more."""
DOUBT = 1.0
FADES = 10.0
"""Variance of log-odds that features would explain, before any outcome says how, and the deals that halve it: the
variance that the fit gives itself with few deals takes the effects of features to be small."""
ALIKE = 0.3
"""Standard deviation of what accounts may differ in beyond the features, before the data show it."""
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

    One learner for any number of outcomes: it starts from the score's base rate and rules and moves away from them as
    outcomes arrive. RULES, BLEND and MODEL say which of them carries the answer: below `FEW` of either outcome, below
    the score's minimum, and from there.
    """
    prior = prior_of(score, data.frame)
    if not len(data):
        return believed(prior)
    fewest = min(data.won, data.examples - data.won)
    basis: Basis = "RULES" if fewest < FEW else "BLEND" if fewest < score.minimum_each else "MODEL"
    groups = {name: "flat" if name in score.flat else "graph" for name in data.frame if name not in categorical}
    card = Scorecard(dict(directions), categorical, groups, rate=prior.rate, rules=prior.rules)
    # matrices are small: a second BLAS thread costs more than it brings, and one gives the same bits everywhere
    with threadpool_limits(1):
        return _modelled(data, card, score.flat, settings, basis, progress or (lambda *_: None))


def believed(prior: Prior) -> Learned:
    """What answers before any outcome: the rules with the trust that they have, and the doubt about them."""
    tables = prior.tables()
    half = tables.scaled(TRUST).shifted((1 - TRUST) * tables.base)
    doubt = DOUBT + 1 / prior.certainty + HIDDEN
    return Learned(Served(half, "RULES", 0.0, hidden_variance=doubt), {}, choices={"trust": TRUST})


def _modelled(
    data: TrainingSet,
    card: Scorecard,
    flat: AbstractSet[str],
    settings: ScoringSettings,
    basis: Basis,
    progress: Progress,
) -> Learned:
    progress(0, LATE_FOLDS + 1, "choosing features and regularisation")
    data, card, held, worth = chosen(data, card, flat, settings)
    blend = blended(data, card, held, settings) if basis == "MODEL" else Blend()
    late = late_slice(data, card, blend.share, settings, progress) if basis == "MODEL" else None
    card = clone(card).fit(data.frame, data.y, data.weight)
    fitted: dict[str, Any] = {"scorecard": card}
    tables, seen = card.tables(), data
    if blend.share > 0:
        fitted["boosting"] = boosted_on(data, card, settings)
        tables = _mixed(tables, fitted["boosting"].tables(), blend.share)
        held, seen = blend.log_odds, data.at(blend.rows)
    served, shift, slope = _calibrated(tables, seen, held)
    served = replace(served, basis=basis, examples=data.examples, tables=served.tables.centred(data.frame, data.weight))
    metrics = _metrics(data, late, shift, slope, settings) if late else {}
    choices: dict[str, Any] = {"features": len(data.frame), "graph_worth": worth, "strengths": card.strengths_}
    choices |= {"trust": card.trust_, "boosting_share": blend.share, "boosting_gain": dict(blend.gain)}
    choices |= {"shift": shift, "slope": slope}
    progress(1, 1, "trained")
    return Learned(served, fitted, metrics, choices)


def _mixed(card: Tables, boost: Tables, share: float) -> Tables:
    """Both in their shares, with the scorecard's variances: boosting says none of its own and learned from the same."""
    mixed = card.scaled(1 - share).plus(boost.scaled(share))
    return replace(mixed, variance=card.variance, base_variance=card.base_variance)


def _calibrated(tables: Tables, seen: TrainingSet, held: Floats) -> tuple[Served, float, float]:
    """The tables moved and stretched as the log-odds `held` of rows that they had not seen ask for; and by how much."""
    (shift, slope), spread = evaluate.affine(held, seen.y, seen.weight, STIFFNESS)
    centre = float(np.average(held, weights=seen.weight))
    about = spread[0, 0] + 2 * centre * spread[0, 1] + centre**2 * spread[1, 1]
    p = probability(shift + slope * held)
    doubt = DOUBT * FADES / (FADES + float(seen.weight.sum()))
    left = evaluate.hidden_variance(seen.y, p, seen.weight, seen.groups, seen.ids, ALIKE)
    served = Served(
        tables.scaled(float(slope)).shifted(float(shift)),
        "MODEL",
        seen.examples,
        centre=float(shift + slope * centre),
        shift_variance=float(about),
        slope_variance=float(spread[1, 1] / slope**2),
        hidden_variance=HIDDEN + doubt + left,
    )
    return served, float(shift), float(slope)


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
    plain = tuned(less, without_rules(card, names), settings.selection_rows)
    plain_held = cross(less, plain, settings.folds)
    gain = account_losses(data, plain_held) - account_losses(data, held)
    worth = float(gain.sum() / max(np.sqrt(len(gain)) * gain.std(), 1e-12))
    asked = WORTH - SOON / (100.0 + float(data.weight.sum()))
    return (data, full, held, worth) if worth > asked else (less, plain, plain_held, worth)


def without_rules(card: Scorecard, names: Sequence[str]) -> Scorecard:
    """The scorecard with the rules on those features alone."""
    few = clone(card)
    return few.set_params(rules=tuple(rule for rule in card.rules if rule[0] in names))  # type: ignore[no-any-return]


def tuned(data: TrainingSet, card: Scorecard, most: int) -> Scorecard:
    """The scorecard with strengths learned from whole accounts of about `most` rows."""
    few = data
    if len(data) > most:
        few = data.at(np.flatnonzero(account_folds(data.groups, int(np.ceil(len(data) / most))) == 0))
    strengths = card.learn_strengths(few.frame, few.y, few.weight)
    return clone(card).set_params(strengths=strengths)  # type: ignore[no-any-return]


def cross(data: TrainingSet, card: Scorecard, folds: int) -> Floats:
    """Log-odds of every row from a scorecard that saw no row of its account (of its entity, where accounts are few).

    A single entity is answered by the prior alone.
    """
    few = len(np.unique(data.groups)) < 2 * folds
    fold = account_folds(data.ids if few else data.groups, folds)
    z = np.full(len(data), Prior(card.rate or 0.5).base)
    for k in range(folds):
        out, rest = np.flatnonzero(fold == k), np.flatnonzero(fold != k)
        if len(out) and len(rest):
            seen, held = data.at(rest), data.at(out)
            z[out] = clone(card).fit(seen.frame, seen.y, seen.weight).decision_function(held.frame)
    return z


@dataclass(frozen=True, slots=True)
class Late:
    """Predictions for the latest part of the data by models that saw neither its time nor its accounts."""

    rows: NDArray[np.bool_]
    log_odds: Floats
    cut: float


def late_slice(data: TrainingSet, card: Scorecard, share: float, settings: ScoringSettings, progress: Progress) -> Late:
    """Split by time and account, and learn with that share of boosting what was known before the cut.

    Rows first seen after the cut are predicted by models of what was closed before it, from other accounts.
    """
    first = _first_seen(data)
    cut = float(np.quantile(first, LATE))
    fold = account_folds(data.groups, LATE_FOLDS)
    late = first > cut
    z = np.full(len(data), np.nan)
    if data.decided_by(cut) < LEAST_DECIDED:  # what was known by then are the quick ones alone
        return Late(np.zeros(len(data), dtype=bool), z, cut)
    for k in range(LATE_FOLDS):
        seen = data.known_at(cut, (fold != k) & ~late)
        out = np.flatnonzero((fold == k) & late)
        if not len(out) or not len(seen) or min(seen.won, seen.examples - seen.won) < FEW:
            continue
        held = data.at(out)
        z[out] = clone(card).fit(seen.frame, seen.y, seen.weight).decision_function(held.frame)
        if share > 0:
            boost = boosted_on(seen, card, settings, TRIED)
            z[out] = (1 - share) * z[out] + share * boost.decision_function(held.frame)
        progress(k + 1, LATE_FOLDS + 1, "trying on later deals")
    return Late(late & ~np.isnan(z), z, cut)


def _metrics(data: TrainingSet, late: Late, shift: float, slope: float, settings: ScoringSettings) -> dict[str, Any]:
    """Measures on the late slice."""
    rows = np.flatnonzero(late.rows)
    if not len(rows):
        return {}
    p = probability(shift + slope * late.log_odds[rows])
    w = data.late(late.cut, rows)
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
