"""From training set to served model: basis by amount of data, additivity, calibration, bands, reproducibility."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from scoring.evaluation import metrics
from scoring.learning.dataset import TrainingSet
from scoring.learning.learn import WORTH, Learned, learn
from scoring.model.rules import TRUST, disagreements
from scoring.model.tables import probability
from scoring.scores.score import Rule, Score
from scoring.settings import ScoringSettings
from tests.scoring.synthetic import CATEGORICAL, DIRECTIONS, drawn, unseen

QUICK = ScoringSettings(boosting=False, resamples=50)
SCORE = Score(
    name="toy",
    entity="deal",
    question="?",
    about="A toy.",
    horizon=None,
    features=tuple(DIRECTIONS),
    flat=frozenset({"amount", "source"}),
    rules=(Rule("fit", 0.5, 0.0, 1.0), Rule("pushes", -0.3, 1.0, 1.0)),
    prior_rate=0.3,
    cuts=(0.6, 0.35, 0.15),
)


def some(deals: int, settings: ScoringSettings = QUICK) -> tuple[Learned, TrainingSet]:
    data, _ = drawn(max(deals, 1))
    data = data.at(np.flatnonzero(np.isin(data.ids, np.unique(data.ids)[:deals])))
    return learn(SCORE, data, DIRECTIONS, CATEGORICAL, settings), data


BASIS = [(0, "RULES"), (10, "RULES"), (50, "BLEND"), (400, "MODEL")]


@pytest.mark.parametrize(("deals", "basis"), BASIS)
def test_the_basis_follows_the_data(deals: int, basis: str) -> None:
    learned, data = some(deals)
    assert learned.served.basis == basis
    for frame in (unseen(100), data.frame if deals else unseen(5)):
        got = learned.served.answer(frame)
        assert np.abs(learned.served.tables.base + got.contributions.sum(axis=1) - got.log_odds).max() <= 1e-9
        assert ((got.low < got.probability) & (got.probability < got.high)).all()
        assert ((got.low > 0) & (got.high < 1) & (got.effective_n > 0)).all()


def test_bands_narrow_as_data_arrive() -> None:
    frame = drawn(50, seed=8)[0].frame
    widths = [float((a.high - a.low).mean()) for a in (some(n)[0].served.answer(frame) for n in (0, 50, 400))]
    assert widths == sorted(widths, reverse=True)


def test_rules_speak_with_half_their_weight_before_any_outcome() -> None:
    served = some(0)[0].served
    frame = {name: column[:3].copy() for name, column in unseen(3).items()}
    frame["fit"], frame["pushes"] = np.array([1.0, 99.0, np.nan]), np.array([1.0, 1.0, np.nan])
    assert served.answer(frame).log_odds - served.tables.base == pytest.approx([0.25, 0.5, 0.0])
    assert probability(np.array([served.tables.base]))[0] == pytest.approx(0.3)


def test_data_move_the_trust_in_rules() -> None:
    wrong = replace(SCORE, rules=(Rule("fit", -0.5, 0.0, 1.0), Rule("pushes", 0.3, 1.0, 1.0)))
    data, _ = drawn(400)
    right, against = (learn(s, data, DIRECTIONS, CATEGORICAL, QUICK).choices["trust"] for s in (SCORE, wrong))
    assert right > TRUST and against < 0.7 * TRUST


def test_outcomes_take_over_without_a_jump() -> None:
    frame = drawn(200, seed=8)[0].frame
    learned = [some(n)[0] for n in range(110, 171, 10)]
    assert [one.served.basis for one in learned][:: len(learned) - 1] == ["BLEND", "MODEL"]
    answers = [one.served.answer(frame) for one in learned]
    steps = [np.abs(a.log_odds - b.log_odds).mean() for a, b in pairwise(answers)]
    assert max(steps) < 3 * np.median(steps)


def test_one_account_or_one_outcome_is_answered() -> None:
    data, _ = drawn(60)
    alone = replace(data, groups=np.full(len(data), "a1"))
    lost = replace(data, y=np.zeros(len(data)))
    for given in (alone, lost, data.at(np.flatnonzero(data.ids == data.ids[0]))):
        got = learn(SCORE, given, DIRECTIONS, CATEGORICAL, QUICK).served.answer(unseen(50))
        assert ((got.low > 0) & (got.low < got.probability) & (got.probability < got.high) & (got.high < 1)).all()


def test_a_rule_against_its_feature_is_found() -> None:
    assert disagreements(SCORE, DIRECTIONS) == []
    assert disagreements(SCORE, {**DIRECTIONS, "fit": -1}) == ["fit"]


def test_contributions_average_zero_and_the_base_is_the_average() -> None:
    learned, data = some(400)
    parts = learned.served.tables.contributions(data.frame)
    assert np.abs(data.weight @ parts).max() / data.weight.sum() < 1e-9
    average = np.average(learned.served.tables.log_odds(data.frame), weights=data.weight)
    assert learned.served.tables.base == pytest.approx(average, abs=1e-9)


def test_the_model_is_good_and_calibrated_on_new_deals() -> None:
    data, _ = drawn(1500, seed=3)
    test, z = drawn(3000, seed=4)
    got = learn(SCORE, data, DIRECTIONS, CATEGORICAL, QUICK).served.answer(test.frame)
    best = metrics.auc(test.y, z, test.weight)
    assert (metrics.auc(test.y, got.probability, test.weight) - 0.5) / (best - 0.5) > 0.95
    perfect = metrics.ece(test.y, probability(z), test.weight)
    assert metrics.ece(test.y, got.probability, test.weight) < perfect + 0.02
    truth = probability(z)
    assert (
        np.average((got.low <= truth) & (truth <= got.high), weights=test.weight) > 0.6
    )  # a truth that drifts and hides is wider than the band


def test_a_graph_that_says_nothing_is_left_out() -> None:
    data, _ = drawn(400)
    chance = np.random.default_rng(5)
    deals = np.unique(data.ids, return_inverse=True)[1]
    said = learn(SCORE, data, DIRECTIONS, CATEGORICAL, QUICK)
    nothing = {
        name: column if name in SCORE.flat else chance.normal(size=len(data))[deals]
        for name, column in data.frame.items()
    }
    silent = learn(SCORE, replace(data, frame=nothing), DIRECTIONS, CATEGORICAL, QUICK)
    assert set(said.served.tables.curves) == set(DIRECTIONS) and said.choices["graph_worth"] > WORTH
    assert set(silent.served.tables.curves) == set(SCORE.flat) and silent.choices["graph_worth"] <= WORTH


def test_training_twice_gives_the_same_bits() -> None:
    frame = drawn(50, seed=8)[0].frame
    first, second = (some(300)[0].served.answer(frame).log_odds.tolist() for _ in range(2))
    assert first == second


@pytest.mark.slow
def test_boosting_is_tried_and_blended_additively() -> None:
    learned, data = some(500, ScoringSettings(boosting=True, resamples=50, threads=1))
    assert 0.0 <= learned.choices["boosting_share"] <= 1.0
    got = learned.served.answer(data.frame)
    assert np.abs(learned.served.tables.base + got.contributions.sum(axis=1) - got.log_odds).max() <= 1e-9
