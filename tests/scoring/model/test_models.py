"""Fitted models and their tables say the same, keep declared directions, and survive skops."""

from __future__ import annotations

import numpy as np
import pytest
import skops.io

from scoring.model.blocks import log_scale, places
from scoring.model.boosting import Boosting
from scoring.model.newton import bounded_step
from scoring.model.scorecard import Scorecard
from scoring.model.tables import probability
from scoring.registry.artifact import TRUSTED
from tests.scoring.synthetic import CATEGORICAL, DIRECTIONS, drawn, unseen


@pytest.fixture(scope="module")
def card() -> Scorecard:
    data, _ = drawn(600)
    return Scorecard(DIRECTIONS, CATEGORICAL).fit(data.frame, data.y, data.weight)


@pytest.fixture(scope="module")
def boosting() -> Boosting:
    data, _ = drawn(600)
    groups = np.unique(data.groups, return_inverse=True)[1].astype(float)
    return Boosting(DIRECTIONS, CATEGORICAL, pairs=2).fit(data.frame, data.y, data.weight, groups, bags=2)


@pytest.mark.parametrize("name", ["card", "boosting"])
def test_tables_equal_the_decision_function(name: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(name)
    for frame in (drawn(300, seed=5)[0].frame, unseen(400)):
        assert np.abs(model.tables().log_odds(frame) - model.decision_function(frame)).max() <= 1e-9


@pytest.mark.parametrize("name", ["card", "boosting"])
@pytest.mark.parametrize("feature", [f for f, sign in DIRECTIONS.items() if sign])
def test_declared_directions_hold_everywhere(name: str, feature: str, request: pytest.FixtureRequest) -> None:
    curve = request.getfixturevalue(name).tables().curves[feature]
    rises = np.diff(curve(np.linspace(-50, 120, 2000)))
    assert (rises * DIRECTIONS[feature] >= -1e-12).all()


def test_pairs_hold_no_feature_with_a_direction(boosting: Boosting) -> None:
    pairs = boosting.tables().pairs
    assert {f for p in pairs for f in (p.a.feature, p.b.feature)} <= {f for f, sign in DIRECTIONS.items() if not sign}


@pytest.mark.parametrize("name", ["card", "boosting"])
def test_skops_gives_the_same_model_back(name: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(name)
    again = skops.io.loads(skops.io.dumps(model), trusted=list(TRUSTED))
    frame = drawn(50, seed=6)[0].frame
    assert again.decision_function(frame).tolist() == model.decision_function(frame).tolist()


def test_the_scorecard_finds_the_truth() -> None:
    data, z = drawn(3000, seed=2)
    card = Scorecard(DIRECTIONS, CATEGORICAL).fit(data.frame, data.y, data.weight)
    assert np.corrcoef(card.decision_function(data.frame), z)[0, 1] > 0.95
    assert card.predict_proba(data.frame)[:, 1] @ data.weight == pytest.approx(data.y @ data.weight, rel=1e-3)


def test_rare_texts_join_the_unseen() -> None:
    data, _ = drawn(600)
    card = Scorecard(DIRECTIONS, CATEGORICAL, rare=12.0).fit(data.frame, data.y, data.weight)
    curve = card.tables().curves["source"]
    assert set(curve.levels) == {"web", "fair", "partner"}


def test_more_penalty_means_smaller_contributions() -> None:
    data, _ = drawn(400)
    kinds = ("number", "number curvature", "levels", "missing")
    spread = [
        Scorecard(DIRECTIONS, CATEGORICAL, strengths=dict.fromkeys(kinds, strength))
        .fit(data.frame, data.y, data.weight)
        .tables()
        .log_odds(data.frame)
        .std()
        for strength in (1.0, 30.0, 1000.0)
    ]
    assert spread == sorted(spread, reverse=True)


def test_noise_is_pulled_harder_than_what_matters() -> None:
    data, _ = drawn(1000, seed=4)
    chance = np.random.default_rng(4)
    noise = {f"noise_{i}": chance.normal(size=len(data)) for i in range(20)}
    frame = {**data.frame, **noise}
    card = Scorecard(DIRECTIONS, CATEGORICAL, dict.fromkeys(noise, "noise")).fit(frame, data.y, data.weight)
    assert card.strengths_["noise"] > 10 * card.strengths_["number"]
    contributions = card.tables().contributions(frame)
    spread = {name: contributions[:, i].std() for i, name in enumerate(frame)}
    assert max(spread[name] for name in noise) < 0.1


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (list(range(1, 101)), 0.0),
        ([1.0] * 50 + [2.0] * 30 + [9.0] * 20, 1.0),
        ([0.0] * 60 + [3.0, 5.0, 8.0, 40.0] * 10, 3.0),
        ([0.0] * 90 + [1.0] * 10, 0.0),
        ([-1.0] + [1.0] * 50 + [2.0] * 30 + [9.0] * 20, 0.0),
    ],
    ids=["even", "skewed count", "mostly zero", "yes or no", "below zero"],
)
def test_skewed_numbers_get_a_log_scale_that_begins_at_their_small_values(values: list[float], scale: float) -> None:
    seen = np.array(values, dtype=np.float64)
    assert log_scale(seen, np.zeros(len(seen)), np.ones(len(seen))) == scale


@pytest.mark.parametrize("seed", range(5))
def test_a_skewed_number_stays_as_it_is_where_the_outcomes_follow_it_so(seed: int) -> None:
    chance = np.random.default_rng(seed)
    seen = np.exp(chance.normal(3, 1, 3000))
    straight = chance.random(3000) < probability(0.5 * (seen - seen.mean()) / seen.std() - 0.5)
    logged = chance.random(3000) < probability(np.log(seen) - 3.5)
    assert log_scale(seen, straight.astype(float), np.ones(3000)) == 0.0
    assert log_scale(seen, logged.astype(float), np.ones(3000)) > 0.0


def test_knots_go_further_out_the_more_deals_there_are() -> None:
    assert places(400.0) == (0.01, 0.25, 0.5, 0.75, 0.99)
    assert places(4000.0) == (0.0025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.9975)
    assert places(100_000.0) == (0.0001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.9999)


def test_features_without_any_value_or_variation_add_nothing() -> None:
    data, _ = drawn(200)
    frame = {**data.frame, "gone": np.full(len(data), np.nan), "same": np.full(len(data), 7.0)}
    tables = Scorecard({}, CATEGORICAL).fit(frame, data.y, data.weight).tables()
    contributions = tables.contributions(frame)
    for name in ("gone", "same"):
        assert np.ptp(contributions[:, list(tables.curves).index(name)]) == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_the_bounded_step_meets_its_conditions(seed: int) -> None:
    """At a bound the gradient points outwards, inside it is zero."""
    chance = np.random.default_rng(seed)
    a = chance.normal(size=(12, 12))
    h, g = a @ a.T + 0.1 * np.eye(12), chance.normal(size=12)
    lower, upper = np.where(chance.random(12) < 0.5, -0.05, -np.inf), np.where(chance.random(12) < 0.3, 0.02, np.inf)
    d = bounded_step(h, g, lower, upper)
    slope = g + h @ d
    assert ((d >= lower - 1e-9) & (d <= upper + 1e-9)).all()
    inside = (d > lower + 1e-9) & (d < upper - 1e-9)
    assert np.abs(slope[inside]).max(initial=0.0) < 1e-7
    assert (slope[d <= lower + 1e-9] >= -1e-7).all() and (slope[d >= upper - 1e-9] <= 1e-7).all()
