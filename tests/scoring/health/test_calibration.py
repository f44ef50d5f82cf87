"""Answers against what came: literal outcomes, ripe months, proof and none, what probabilities promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from scoring.evaluation import metrics
from scoring.health.calibration import Answers, answers_of, held, miscalibrated, promised
from scoring.settings import settings

NOW = datetime(2025, 6, 1, tzinfo=UTC)
MARCH = datetime(2025, 3, 3, tzinfo=UTC)


def label(id_: str, as_of: datetime, closed: datetime | None, won: int | None) -> dict[str, Any]:
    return {"id": id_, "as_of": as_of, "closed_at": closed, "label": won, "group": f"of {id_}"}


def given(id_: str, at: datetime, value: float, version: str = "v1") -> dict[str, Any]:
    return {"id": id_, "at": at, "value": value, "version": version}


def test_an_answer_is_held_against_the_end_that_came_after_it() -> None:
    opened = MARCH - timedelta(days=20)
    labels = [
        label("won", opened, NOW - timedelta(days=9), 1), label("lost", opened, NOW - timedelta(days=8), 0),
        label("open", opened, None, None), label("over", opened, MARCH - timedelta(days=1), 1),
        label("late", opened, NOW + timedelta(days=3), 1),
    ]  # fmt: skip
    said = [given(row["id"], MARCH, 0.5) for row in labels] + [given("won", MARCH + timedelta(days=5), 0.9)]
    found = answers_of(said, labels, NOW, None)
    assert [None if y != y else y for y in found.y.tolist()] == [1.0, 0.0, None, None], "what was over is no answer"
    assert found.value.tolist() == [0.5] * 4, "the first answer of a month counts"
    assert set(found.month) == {"2025-03"} and found.group[0] == "of won"


@pytest.mark.parametrize(
    ("closed", "won", "days", "expected"),
    [(MARCH + timedelta(days=10), 1, 30, 1.0), (MARCH + timedelta(days=40), 1, 30, 0.0), (None, None, 30, 0.0),
     (None, None, 300, None), (MARCH + timedelta(days=10), 0, 300, 0.0)],
)  # fmt: skip
def test_a_horizon_decides(closed: datetime | None, won: int | None, days: int, expected: float | None) -> None:
    found = answers_of([given("x", MARCH, 0.4)], [label("x", MARCH, closed, won)], NOW, timedelta(days=days))
    assert [None if y != y else y for y in found.y.tolist()] == [expected]


def drawn(seed: int, shift: float = 0.0, n: int = 400, still: float = 0.0, month: str = "2025-01") -> Answers:
    """Answers of deals, four of each account; the truth is `shift` above what was said; some are still open."""
    chance = np.random.default_rng(seed)
    p = chance.uniform(0.1, 0.6, n)
    y = (chance.random(n) < np.clip(p + shift, 0, 1)).astype(float)
    y[chance.random(n) < still] = np.nan
    text = np.full(n, month), np.full(n, "v1"), np.array([f"a{i // 4}" for i in range(n)])
    return Answers(p, y, *text)


def test_right_probabilities_are_not_accused() -> None:
    assert sum(bool(miscalibrated(drawn(seed, still=0.05), "v1", settings())) for seed in range(100)) <= 2


@pytest.mark.parametrize("shift", [-0.2, 0.2])
def test_wrong_ones_are_proven_wrong_in_the_right_direction(shift: float) -> None:
    for seed in range(10):
        (breach,) = miscalibrated(drawn(seed, shift), "v1", settings())
        assert breach.severe and breach.subject == "v1" and breach.value == pytest.approx(0.2, abs=0.07)
    (breach,) = miscalibrated(drawn(1, shift), "v2", settings())
    assert not breach.severe and breach.subject == "all versions", "a version that answered nothing is not accused"


def test_accounts_count_not_deals() -> None:
    """Deals of five accounts prove nothing, however many they are."""
    few = drawn(1, 0.3)
    few = Answers(few.value, few.y, few.month, few.version, np.array([f"a{i % 5}" for i in range(len(few))]))
    assert miscalibrated(few, "v1", settings()) == []


def test_a_month_with_open_answers_waits_and_open_ones_may_end_either_way() -> None:
    assert held(drawn(1, 0.2, still=0.3)) is None
    both = drawn(1, still=0.05)
    found = held(both)
    assert found is not None and found.answers == 400 and found.decided == int((~np.isnan(both.y)).sum())
    won = float(np.nansum(both.y))
    assert found.off == pytest.approx(
        max(both.value.sum() - won - (400 - found.decided), won - both.value.sum(), 0) / 400
    )
    assert found.low < found.came < found.high and found.months["2025-01"]["answers"] == 400


def test_what_is_promised_is_what_comes_on_average() -> None:
    """CBPE against a simulation: if the probabilities are right, measures of outcomes drawn from them agree."""
    chance = np.random.default_rng(5)
    p = chance.beta(2, 3, 4000)
    told = promised(p)
    ones = np.ones(len(p))
    drawn_ = [(chance.random(len(p)) < p).astype(float) for _ in range(20)]
    for name, value in told.items():
        assert value == pytest.approx(np.mean([metrics.MEASURES[name](y, p, ones) for y in drawn_]), abs=0.004), name
    assert told["brier"] == pytest.approx(float((p * (1 - p)).mean())) and promised(np.zeros(0)) == {}
