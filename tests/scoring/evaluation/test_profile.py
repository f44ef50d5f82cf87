"""Profiles and drift: literal cells, no alarm where nothing changed, a planted shift, few rows, months that vary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.evaluation.profile import Drift, Profile, drift, joined, profiles, two_samples
from scoring.health.watch import TIMES

COLUMNS = 24
ALPHA = 0.01


def told(one: Drift) -> bool:
    """Whether a refresh would tell it."""
    return one.p < ALPHA / COLUMNS and one.times >= TIMES


def drawn(chance: np.random.Generator, kind: int, n: int, level: float = 0.0) -> NDArray[Any]:
    """A column: normal, counts, skewed with missing values, or texts; `level` moves numbers by standard deviations."""
    if kind % 4 == 0:
        return chance.normal(level, 1, n)
    if kind % 4 == 1:
        return chance.poisson(1.5, n).astype(float) + np.round(1.2 * level)
    if kind % 4 == 2:
        return np.where(chance.random(n) < 0.3, np.nan, chance.exponential(1, n) + level)
    return chance.choice(np.array(list("abcdef"), dtype=object), n, p=[0.4, 0.2, 0.2, 0.1, 0.05, 0.05])


def months(seed: int, open_: int, level: float = 0.0, wobble: float = 0.0) -> tuple[dict[str, Profile], dict[str, Any]]:
    """Twelve months of open deals of which a third ends each month, and the month after them, moved by `level`.

    `wobble` moves every month's new deals by chance, as seasons and campaigns do.
    """
    chance = np.random.default_rng(seed)
    month = np.repeat(np.arange(12), open_)
    moves = chance.normal(0, wobble, 13) if wobble else np.zeros(13)
    frame, now, born = {}, {}, open_
    gone = [chance.random(open_) < 0.34 for _ in range(12)]
    born += int(sum(g.sum() for g in gone[:11]))
    for kind in range(COLUMNS):
        current = drawn(chance, kind, open_, moves[0])
        rows = []
        for m in range(12):
            rows.append(current)
            current = current.copy()
            current[gone[m]] = drawn(chance, kind, int(gone[m].sum()), moves[m + 1])
        frame[f"c{kind}"] = np.concatenate(rows)
        now[f"c{kind}"] = drawn(chance, kind, open_, level) if level else current
    return profiles(frame, month, born), now


@pytest.mark.parametrize("open_", [20, 40, 300])
def test_where_nothing_changed_hardly_anything_is_told(open_: int) -> None:
    alarms, psi = 0, []
    for seed in range(20):
        made, now = months(seed, open_)
        found = [drift(made[name], now[name]) for name in made]
        alarms += any(told(one) for one in found)
        psi += [one.psi for one in found]
    assert alarms <= 1
    assert np.mean(psi) < 0.05, "what chance brings to the index is taken off"


def test_months_that_vary_raise_no_alarm_when_they_vary_again() -> None:
    alarms = [
        any(told(drift(made[name], now[name])) for name in made)
        for made, now in (months(seed, 300, wobble=0.4) for seed in range(20))
    ]
    assert sum(alarms) <= 2


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_is_found(seed: int) -> None:
    made, now = months(seed, 120, level=1.0)
    found = {name: drift(made[name], now[name]) for name in made}
    numbers = [name for name in made if not made[name].text]
    assert all(told(found[name]) and found[name].psi > 0.25 for name in numbers)
    assert all(found[name].ks > 0.2 for name in numbers)
    assert not any(told(found[name]) for name in made if made[name].text)


def test_a_column_that_emptied_is_seen_as_missing() -> None:
    made, _ = months(1, 100)
    found = drift(made["c0"], np.full(100, np.nan))
    assert (found.was_missing, found.is_missing) == (0.0, 1.0) and max(found.p, found.missing_p) < 1e-9


def test_a_move_of_everything_is_found_in_ten_rows() -> None:
    made, _ = months(1, 100)
    assert told(drift(made["c0"], np.full(10, 8.0))) and drift(made["c0"], np.full(10, np.nan)).missing_p < 1e-6


def test_cells_are_literal() -> None:
    numbers = profiles({"x": np.array([0.0, 0.0, 0.0, 1.0, 2.0, np.nan])}, np.zeros(6, dtype=np.int64), 6)["x"]
    assert numbers.cuts == (1.0, 2.0) and numbers.shares == pytest.approx((3 / 6, 1 / 6, 1 / 6, 1 / 6))
    assert numbers.counts(np.array([-5.0, 0.5, 1.0, 9.0, np.nan])).tolist() == [2.0, 1.0, 1.0, 1.0]
    texts = profiles({"t": np.array(["b", "a", "b", None], dtype=object)}, np.zeros(4, dtype=np.int64), 4)["t"]
    assert texts.levels == ("b", "a") and texts.counts(np.array(["z", None, "a"], dtype=object)).tolist() == [
        0,
        1,
        1,
        1,
    ]
    assert Profile.from_json(numbers.as_json()) == numbers


def test_chi_square_is_that_of_scipy() -> None:
    from scipy.stats import chi2_contingency

    a, b = np.array([30.0, 20.0, 50.0]), np.array([10.0, 15.0, 7.0])
    expected = chi2_contingency(np.array([a, b]), correction=False)
    assert two_samples(a, b) == (pytest.approx(expected.statistic), expected.dof)


def test_cells_with_few_expected_are_joined() -> None:
    a, b = joined(np.array([50.0, 1.0, 1.0, 48.0]), np.array([5.0, 1.0, 0.0, 4.0]))
    assert a.tolist() == [50.0, 50.0] and b.tolist() == [5.0, 5.0]


def test_without_rows_nothing_is_told() -> None:
    made, _ = months(1, 40)
    found = drift(made["c0"], np.zeros(0))
    assert (found.psi, found.p, found.n) == (0.0, 1.0, 0) and profiles(
        {"x": np.zeros(0)}, np.zeros(0, dtype=int), 0
    ) == {}
