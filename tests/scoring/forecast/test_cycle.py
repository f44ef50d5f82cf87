"""When deals are won: against hazards that are known."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.forecast.cycle import WEEKS, learn_cycle
from scoring.forecast.history import DAY, History, cut, history_of, standing
from tests.scoring.forecast.made import LOSE, START, WIN, company, day, deal


@pytest.fixture(scope="module")
def history() -> History:
    """A company of two thousand deals."""
    return company(5)


def test_the_cycle_finds_how_fast_each_stage_is_won(history: History) -> None:
    """A quarter brings stage 2 nearly all of its wins, and what stage 1 has is what its hazards say."""
    cycle = learn_cycle(history)
    deals = standing(history, day(500).timestamp())
    share = cycle.within(deals, 0.0, 91.0)
    still = (1 - 3 * (WIN + LOSE)) ** np.arange(WEEKS)
    truth = float(still[:13].sum() / still.sum())
    assert share[deals.stage == 2].mean() == pytest.approx(truth, abs=0.04)
    assert share[deals.stage == 1].mean() < share[deals.stage == 2].mean()
    assert cycle.wins == len(np.unique(history.ids[history.won > 0])) - _never_open_at_a_months_end(history)


def _never_open_at_a_months_end(history: History) -> int:
    from scoring.forecast.history import month_ends

    seen = np.unique(np.concatenate([history.open_at(m) for m in month_ends(history, history.now)]))
    return int((history.won > 0).sum() - (history.won[seen] > 0).sum())


def test_shares_of_following_periods_add_up(history: History) -> None:
    """All of a chance falls somewhere."""
    cycle = learn_cycle(history)
    deals = standing(history, history.now)
    parts = [cycle.within(deals, start, start + 28.0) for start in range(0, WEEKS * 7, 28)]
    assert np.sum(parts, axis=0) == pytest.approx(np.ones(len(deals.rows)))
    assert min(p.min() for p in parts) >= 0


def test_what_comes_later_teaches_nothing(history: History) -> None:
    """A cycle of a cut history is that of rows which end there."""
    early = day(400).timestamp()
    rows = np.flatnonzero(history.opened <= early)
    assert len(rows) < len(history)
    one = learn_cycle(cut(history, early))
    later = cut(history, early)
    later.ended[later.told > early] = np.inf
    assert np.array_equal(learn_cycle(later).hazards, one.hazards)
    assert one.wins < learn_cycle(history).wins


def test_without_a_single_end_it_is_a_guess_that_says_so() -> None:
    """Half of the deals are expected to end in about nine weeks."""
    cycle = learn_cycle(history_of([deal("d1", 0), deal("d2", 20)], day(60)))
    assert cycle.wins == 0
    deals = standing(history_of([deal("d1", 0)], day(60)), day(60).timestamp())
    share = cycle.within(deals, 0.0, 63.0)
    assert 0.3 < share[0] < 0.7


def test_a_history_without_deals_is_no_fault() -> None:
    """An empty company."""
    empty = history_of([], START)
    cycle = learn_cycle(empty)
    assert cycle.wins == 0
    assert len(cycle.within(standing(empty, START.timestamp()), 0.0, 7.0)) == 0
    assert DAY == 86400
