"""When one deal ends: against hazards that are known, and in agreement with the forecast."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from scoring.forecast.closing import Closing, closing, standing_of
from scoring.forecast.cycle import Cycle, learn_cycle
from scoring.forecast.history import Standing
from tests.scoring.forecast.made import LOSE, WIN, company, day

NOW = day(500)
SHARE = WIN / (WIN + LOSE)


@pytest.fixture(scope="module")
def cycle() -> Cycle:
    """Of a company of two thousand deals."""
    return learn_cycle(company(5))


def ending(cycle: Cycle, stage: float, age: float, chance: float = SHARE) -> Closing:
    deal = Standing(np.zeros(1, dtype=np.int64), *(np.array([x]) for x in (stage, np.nan, age, np.nan)))
    return closing(cycle, deal, chance, NOW)


def test_days_are_those_of_the_true_hazards(cycle: Cycle) -> None:
    """Stage 2 ends with three tenths a week, so half have ended in two weeks; stage 1 waits for it."""
    second, first = ending(cycle, 2, 40), ending(cycle, 1, 3)
    assert second.weekly == pytest.approx(3 * (WIN + LOSE), abs=0.05)
    assert second.days[1] == pytest.approx(7 * np.log(0.5) / np.log(1 - 3 * (WIN + LOSE)), abs=3)
    assert first.weekly < second.weekly and (first.days[1] or 0) > (second.days[1] or 0)
    stage = {f.trait: f for f in second.factors}["stage"]
    assert stage.won > 1 and stage.lost > 1 and stage.sentence == "In stage 2"


def test_the_chance_by_a_day_is_what_the_forecast_takes(cycle: Cycle) -> None:
    """It grows from nothing to the score, and agrees with the share that falls in a period."""
    found = ending(cycle, 1, 3, 0.4)
    deal = Standing(np.zeros(1, dtype=np.int64), *(np.array([x]) for x in (1.0, np.nan, 3.0, np.nan)))
    chances = [found.won_by(NOW + timedelta(days=d)) for d in (0, 10, 30, 91, 400, 5000)]
    assert chances[0] == 0 and all(a < b for a, b in pairwise(chances[:5]))
    assert chances[3] == pytest.approx(0.4 * float(cycle.within(deal, 0.0, 91.0)[0]))
    assert chances[-1] == pytest.approx(0.4)
    assert found.won_by(NOW - timedelta(days=3)) == 0
    assert found.ended[-1] <= 1 and all(a <= b for a, b in pairwise(found.ended.tolist()))


def test_what_is_not_known_of_a_deal_is_no_reason(cycle: Cycle) -> None:
    standing = standing_of({"stage": None, "due": None, "opened": None}, NOW)
    assert np.isnan(standing.stage[0]) and np.isnan(standing.due[0]) and standing.age[0] == 0
    told = standing_of({"stage": 2, "due": NOW + timedelta(days=20), "opened": NOW - timedelta(days=5)}, NOW)
    assert (told.stage[0], told.due[0], told.age[0]) == (2.0, 20.0, 5.0)
