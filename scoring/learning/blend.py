"""How much of boosting a score takes: stacking on the log-odds of accounts that neither of the two saw."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.learning.dataset import TrainingSet, account_folds
from scoring.model.boosting import Boosting
from scoring.model.scorecard import Scorecard
from scoring.model.tables import Floats
from scoring.settings import ScoringSettings

SHARES = np.linspace(0.0, 1.0, 11)
LEAST = 200.0
"""Deals from which on boosting is tried. In made tables of 100 no share of it took anything off the log-loss."""
CAUTION = 5.0
PROOF = 1.0
"""What boosting must bring: CAUTION · share² of log-likelihood, and PROOF standard errors by account. The share is one
number, so it needs less proof than a choice between models; without any, a share of a worse model is taken by chance.
"""
FOLDS = 3
BAGS, TRIED = 6, 2
"""Bags of what serves, and of what only tells how good it is."""
MANY = 20_000
"""Rows from which on half the bags serve: what one bag sees hardly differs from what another does."""


@dataclass(frozen=True, slots=True)
class Blend:
    """The share of boosting, what it takes off the log-loss, and the rows that said so, with their log-odds."""

    share: float = 0.0
    gain: Mapping[str, float] = field(default_factory=dict)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    log_odds: Floats = field(default_factory=lambda: np.zeros(0))


def blended(data: TrainingSet, card: Scorecard, held: Floats, settings: ScoringSettings) -> Blend:
    """Let boosting challenge the scorecard, whose log-odds of rows it did not see are `held`.

    Whole accounts of about `selection_rows` are looked at, each predicted by boosting of other accounts, with its
    pairs: what interacts is what a scorecard cannot say.
    """
    if not settings.boosting or data.weight.sum() < LEAST:
        return Blend()
    parts = int(np.ceil(len(data) / settings.selection_rows))
    rows = np.flatnonzero(account_folds(data.groups, parts) == 0)
    few = data.at(rows)
    boosted = cross_boosted(few, card, settings)
    if boosted is None:
        return Blend()
    share, gain = share_of(few, held[rows], boosted)
    return Blend(share, gain, rows, (1 - share) * held[rows] + share * boosted)


def share_of(data: TrainingSet, z: Floats, boosted: Floats) -> tuple[float, Mapping[str, float]]:
    """The share of `boosted` that lowers the loss of `z` most, 0 where it is not proven; with the gain a deal."""
    losses = [account_losses(data, (1 - share) * z + share * boosted) for share in SHARES]
    best = int(np.argmin([each.sum() + CAUTION * share**2 for each, share in zip(losses, SHARES, strict=True)]))
    best = best or 1  # what is not taken is told too
    gain = losses[0] - losses[best]
    error = float(np.sqrt(len(gain)) * gain.std())
    proven = gain.sum() > max(CAUTION * SHARES[best] ** 2, PROOF * error)
    deals = float(data.weight.sum())
    told = {"value": float(gain.sum()) / deals, "se": error / deals, "at": float(SHARES[best])}
    return (float(SHARES[best]) if proven else 0.0), told


def cross_boosted(data: TrainingSet, card: Scorecard, settings: ScoringSettings) -> Floats | None:
    """Log-odds of every row from boosting that saw no row of its account; None where accounts are too few."""
    fold = account_folds(data.groups, FOLDS)
    z = np.zeros(len(data))
    for k in range(FOLDS):
        seen, out = data.at(np.flatnonzero(fold != k)), np.flatnonzero(fold == k)
        if not len(out) or len(np.unique(seen.y)) < 2:
            return None
        z[out] = boosted_on(seen, card, settings, TRIED).decision_function(data.at(out).frame)
    return z


def boosted_on(data: TrainingSet, card: Scorecard, settings: ScoringSettings, bags: int = 0) -> Boosting:
    """The scorecard's challenger, with the same directions and texts, learned from all rows."""
    bags = bags or (BAGS if len(data) < MANY else BAGS // 2)
    boost = Boosting(card.directions, card.categorical, settings.pairs, threads=settings.threads)
    return boost.fit(data.frame, data.y, data.weight, codes(data.groups), bags=bags)


def account_losses(data: TrainingSet, z: Floats) -> Floats:
    """Weighted log-loss of each account."""
    each = data.weight * (np.logaddexp(0, z) - data.y * z)
    return np.asarray(np.bincount(codes(data.groups).astype(int), each), dtype=np.float64)


def codes(groups: NDArray[Any]) -> Floats:
    """A number for each group."""
    return np.unique(groups, return_inverse=True)[1].astype(np.float64)
