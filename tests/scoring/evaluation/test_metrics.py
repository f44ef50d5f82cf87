"""Measures by literal cases, and intervals that resample accounts."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.evaluation import metrics
from scoring.model.tables import probability

ONE = np.ones(4)
AUCS = [
    ([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], 1.0),
    ([0.4, 0.3, 0.2, 0.1], [0, 0, 1, 1], 0.0),
    ([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1], 0.5),
    ([0.1, 0.2, 0.2, 0.4], [0, 1, 0, 1], 0.875),
]


@pytest.mark.parametrize(("p", "y", "expected"), AUCS)
def test_auc(p: list[float], y: list[int], expected: float) -> None:
    assert metrics.auc(np.array(y, dtype=float), np.array(p), ONE) == pytest.approx(expected)


def test_auc_weights_are_repetitions() -> None:
    y, p, w = np.array([0.0, 1, 1, 0]), np.array([0.1, 0.3, 0.2, 0.25]), np.array([1.0, 2, 1, 3])
    again = np.repeat(np.arange(4), w.astype(int))
    assert metrics.auc(y, p, w) == pytest.approx(metrics.auc(y[again], p[again], np.ones(len(again))))


def test_auc_without_both_outcomes_is_not_a_number() -> None:
    assert np.isnan(metrics.auc(np.ones(4), np.arange(4.0), ONE))


def test_ece_of_a_constant() -> None:
    y = np.array([1.0] * 30 + [0.0] * 70)
    chance = np.random.default_rng(1).permutation(100)
    assert metrics.ece(y[chance], np.full(100, 0.3), np.ones(100), bins=1) == pytest.approx(0.0)
    assert metrics.ece(y[chance], np.full(100, 0.5), np.ones(100), bins=1) == pytest.approx(0.2)


def test_affine_calibration_finds_shift_and_slope() -> None:
    chance = np.random.default_rng(2)
    z = chance.normal(size=20_000)
    y = (chance.random(20_000) < probability(0.5 + 0.7 * z)).astype(float)
    (shift, slope), spread = metrics.affine(z, y, np.ones(20_000), (0.0, 0.0))
    assert (shift, slope) == (pytest.approx(0.5, abs=0.05), pytest.approx(0.7, abs=0.05))
    assert spread[1, 1] < 0.001
    assert metrics.affine(-z, y, np.ones(20_000), (0.0, 0.0))[0][1] == 0.05


def test_a_difference_is_paired_by_account() -> None:
    chance = np.random.default_rng(3)
    z = chance.normal(size=2000)
    y = (chance.random(2000) < probability(z)).astype(float)
    groups = np.array([f"a{i}" for i in chance.integers(0, 200, 2000)])
    better = metrics.difference(y, z + chance.normal(0, 2, 2000), z, np.ones(2000), groups, resamples=100)
    assert better["low"] > 0
    assert metrics.difference(y, z, z, np.ones(2000), groups, resamples=50)["high"] == 0.0


@pytest.mark.parametrize("sd", [0.0, 1.0])
def test_hidden_variance_between_accounts_is_found(sd: float) -> None:
    chance = np.random.default_rng(4)
    account = np.repeat(np.arange(600), 6)
    z = chance.normal(-0.5, 0.7, 3600)
    y = (chance.random(3600) < probability(z + sd * chance.normal(size=600)[account])).astype(float)
    p = probability(z)
    found = metrics.hidden_variance(y, p, np.ones(3600), account, np.arange(3600), 1.0)
    assert found == pytest.approx(0.75 * sd**2, abs=0.25)
