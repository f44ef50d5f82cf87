"""New business, quotas, draws and what-if of a forecast."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kg.errors import InputError
from scoring.forecast.forecast import Forecast, told
from scoring.forecast.fresh import fresh
from scoring.forecast.history import DAY, cut, history_of, standing
from scoring.forecast.parts import ALL, figures, read_quotas
from scoring.forecast.periods import period, quarter_of
from scoring.forecast.scenario import lead_worth
from tests.scoring.forecast.made import START, company, day, deal


@pytest.fixture(scope="module")
def quarter() -> Forecast:
    """A quarter of a company as of its middle, by the chances that the truth would say."""
    history = company(8)
    asked = quarter_of(day(800))
    history = cut(history, asked.start.timestamp() + 40 * DAY)
    deals = standing(history, history.now)
    return told(history, deals, np.full(len(deals.rows), 0.3), asked, "deal_win", "v")


def test_new_business_is_the_mean_of_lately_and_a_year_before() -> None:
    """Deals of one day: 100 a week at first, 300 a week since week 70."""
    rows = [deal(f"d{w}", 7 * w + 3, ended=7 * w + 3.5, paid=100.0 if w < 70 else 300.0) for w in range(104)]
    history = history_of(rows, day(728))
    now = history.now
    found = fresh(history, now, now, now + 91 * DAY)
    assert found.lately == pytest.approx(3900, abs=301)
    assert found.year_before == pytest.approx(1300, abs=101)
    assert found.amount == pytest.approx((found.lately + found.year_before) / 2)
    assert fresh(history, now, now - 91 * DAY, now).amount == 0


def test_a_young_company_is_told_by_its_rate_so_far() -> None:
    """Ten wins of 100 in 50 days are twenty in a hundred."""
    history = history_of([deal(f"d{i}", 5 * i, ended=5 * i + 1, paid=100.0) for i in range(10)], day(50))
    found = fresh(history, history.now, history.now, history.now + 100 * DAY)
    assert found.amount == pytest.approx(2000, rel=0.05)
    assert found.year_before is None
    assert fresh(history_of([], START), 0.0, 0.0, 9e6).amount == 0


@pytest.mark.parametrize("dimension", [ALL, "team", "rep"])
def test_parts_add_up_and_their_bands_hold_the_mean(quarter: Forecast, dimension: str) -> None:
    """By any dimension the same total; ten of a hundred draws lie below `low`."""
    found = figures(quarter, dimension)
    assert sum(f.expected for f in found) == pytest.approx(quarter.expected)
    assert all(f.booked <= f.low < f.median < f.high for f in found)
    whole = figures(quarter, ALL)[0]
    assert whole.low < quarter.expected < whole.high
    assert figures(quarter, dimension) == found  # the same draws


def test_more_that_is_shared_widens_the_band(quarter: Forecast) -> None:
    """A quarter that moves all deals together is less certain; its mean stays."""
    spread = replace(quarter.learned.spread, quarter=1.0)
    wide = figures(replace(quarter, learned=replace(quarter.learned, spread=spread)), ALL)[0]
    none = replace(quarter.learned.spread, quarter=0.0, account=0.0)
    narrow = figures(replace(quarter, learned=replace(quarter.learned, spread=none)), ALL)[0]
    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)
    assert wide.median == pytest.approx(narrow.median, rel=0.1)


def test_quotas_are_held_against_the_draws(quarter: Forecast, tmp_path: Path) -> None:
    """A quota of nothing is always reached, one of a hundred times the forecast never."""
    file = tmp_path / "quota.csv"
    name, much = quarter.period.name, 100 * quarter.expected
    file.write_text(f"period,part,name,amount\n{name},all,,0\n{name},team,north,{much}\n1999Q1,team,south,5\n")
    quotas = read_quotas(file)
    assert figures(quarter, ALL, quotas)[0].reach == 1.0
    teams = {f.name: f for f in figures(quarter, "team", quotas)}
    assert teams["north"].reach == 0.0
    assert teams["south"].quota is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("period,part,amount\n", ":1: column 'name'"), ("period,part,name,amount\n2026,region,x,1\n", ":2: part 'region'"),
     ("period,part,name,amount\n2026,all,,much\n", ":2: amount 'much'")],
)  # fmt: skip
def test_quotas_that_cannot_be_read_are_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the place."""
    file = tmp_path / "quota.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        read_quotas(file)


def test_an_unknown_dimension_is_refused(quarter: Forecast) -> None:
    """With those that there are."""
    with pytest.raises(InputError, match="team, rep, product"):
        figures(quarter, "region")


def test_deals_without_an_amount_count_as_a_usual_one() -> None:
    """And it is told how many."""
    rows = [deal(f"d{i}", i, ended=i + 20, paid=250.0) for i in range(20)] + [deal("open", 390, amounts=[])]
    history = history_of(rows, day(400))
    made = told(history, standing(history, history.now), np.array([0.5]), period("2024Q1"), "deal_win", "v")
    assert made.guessed == 1
    assert made.amount.tolist() == [250.0]
    assert made.categories["commit"] + made.categories["best case"] + made.categories["pipeline"] == 250.0


def test_a_lead_is_worth_what_leads_brought_as_soon() -> None:
    """Four leads of the year before, two won within 30 days for 100 each."""
    rows = [deal(f"d{i}", 100 + i, ended=ended, paid=100.0, arose=day(100)) for i, ended in enumerate((110, 125, 180))]
    history = history_of(rows, day(400))
    arrivals = np.array([day(100).timestamp()] * 4)
    assert lead_worth(history, arrivals, 30 * DAY) == 50.0
    assert lead_worth(history, np.zeros(0), 30 * DAY) == 0.0


def test_names_of_teams_that_a_person_carries_are_known() -> None:
    """So that those who may not see personal data are not told them."""
    rows = [deal("d1", 0, team="Ann Lee", private_team="Ann Lee"), deal("d2", 0, team="North")]
    assert history_of(rows, day(1)).private == frozenset({"Ann Lee"})
