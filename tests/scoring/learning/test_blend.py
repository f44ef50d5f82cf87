"""Boosting gets the share that it earns on accounts that neither model saw."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.evaluation import metrics
from scoring.learning.blend import LEAST, share_of
from scoring.learning.dataset import TrainingSet
from scoring.learning.learn import learn
from scoring.model.tables import Floats, probability
from scoring.scores.score import Score
from scoring.settings import ScoringSettings

SETTINGS = ScoringSettings(boosting=True, resamples=50, threads=1)
NAMES = ("fit", "reach", "noise")
SCORE = Score("toy", "deal", "?", "A toy.", None, NAMES, frozenset(NAMES), (), 0.3, (0.6, 0.35, 0.15))


def crossed(deals: int, seed: int) -> tuple[TrainingSet, Floats]:
    """Deals that are won where fit and reach agree, which no sum of curves can say; and their true log-odds."""
    chance = np.random.default_rng(seed)
    frame = {name: chance.normal(size=deals) for name in NAMES}
    z = 2.0 * np.sign(frame["fit"] * frame["reach"]) - 0.5
    y = (chance.random(deals) < probability(z)).astype(np.float64)
    ids = np.array([f"d{i:05d}" for i in range(deals)])
    one, at = np.ones(deals), np.arange(deals) * 86400.0
    return TrainingSet(ids, ids, at, at, one, y, one, frame, np.zeros(deals)), z


@pytest.mark.parametrize(("told", "least", "most"), [(1.0, 0.7, 1.0), (0.0, 0.0, 0.0), (-1.0, 0.0, 0.0)])
def test_a_share_follows_what_boosting_knows_of_other_accounts(told: float, least: float, most: float) -> None:
    data, z = crossed(600, 1)
    rate = np.full(600, float(np.log(data.y.mean() / (1 - data.y.mean()))))
    noise = np.random.default_rng(2).normal(size=600)
    share, gain = share_of(data, rate, told * z if told else rate + noise)
    assert least <= share <= most
    assert gain["at"] >= share


def test_what_acts_together_is_learned_and_stays_a_sum_of_tables() -> None:
    data, _ = crossed(600, 3)
    new, z = crossed(2000, 4)
    learned = learn(SCORE, data, dict.fromkeys(NAMES, 0), (), SETTINGS)
    got = learned.served.answer(new.frame)
    assert learned.choices["boosting_share"] > 0.5
    assert ("fit", "reach") in learned.served.tables.terms or ("reach", "fit") in learned.served.tables.terms
    assert np.abs(learned.served.tables.base + got.contributions.sum(axis=1) - got.log_odds).max() <= 1e-9
    assert metrics.auc(new.y, got.probability, new.weight) > 0.95 * metrics.auc(new.y, probability(z), new.weight)
    assert (got.low < got.probability).all() and (got.probability < got.high).all()


def test_few_deals_are_left_to_the_scorecard() -> None:
    data, _ = crossed(int(LEAST) - 1, 5)
    assert learn(SCORE, data, dict.fromkeys(NAMES, 0), (), SETTINGS).choices["boosting_share"] == 0.0
    few = replace(data, weight=data.weight / 2)
    assert learn(SCORE, few, dict.fromkeys(NAMES, 0), (), SETTINGS).choices["boosting_gain"] == {}
