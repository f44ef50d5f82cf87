"""What moved a forecast: every cause, and nothing left over."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.graph import Graph
from kg.query.query import Query
from scoring.forecast.forecast import Forecast, make
from scoring.forecast.kept import keep, kept_at, kept_before
from scoring.forecast.ledger import RESTATED, ledger
from scoring.forecast.periods import Period, quarter_of
from scoring.forecast.scenario import Scenario, imagined
from scoring.forecast.watch import keep_quarters
from scoring.learning.train import train
from tests.scoring.scored import DEAL_WIN, EARLY, NOW
from tests.worlds import START

PAIRS = 8
RESIDUAL = 1e-9
OPEN = Query(
    "open", "tests",
    "MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome) WHERE z.known_from > $at AND d.known_from <= $at "
    "RETURN d.id AS id, z.known_from AS told ORDER BY id", columns=("id", "told"),
)  # fmt: skip
KEPT = Query("kept", "tests", "MATCH (f:Forecast) RETURN f {.*} AS f ORDER BY f.as_of, f.starts", columns=("f",))
TAKEN_BACK = Query(
    "taken_back", "tests", "MATCH (d:Deal {id: $id})-[r]-() SET d.known_to = $never, r.known_to = $never",
    mode="write",
)  # fmt: skip
GIVEN_BACK = Query(
    "given_back", "tests", "MATCH (d:Deal {id: $id})-[r]-() SET d.known_to = null, r.known_to = null", mode="write"
)


@pytest.fixture
def scored(filled: Graph, tmp_path: Path) -> Graph:
    """The world with two models: one that knows the first months, and one that knows all."""
    train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    return filled


def test_the_entries_add_up_between_any_two_moments(scored: Graph, tmp_path: Path) -> None:
    """Over random pairs of moments and periods, a change of the model among them."""
    chance = random.Random(4)
    old = train(scored, DEAL_WIN, as_of=EARLY, home=tmp_path, serve=False).version
    causes: set[str] = set()
    for number in range(PAIRS):
        since = START + timedelta(days=chance.uniform(200, 600))
        until = since + timedelta(days=chance.uniform(1, 90))
        period = quarter_of(since).after(chance.choice((0, 0, 1)))
        versions = (old if number % 2 else None,)
        before, after = _both(scored, tmp_path, period, (since, until), versions[0])
        found = ledger(scored, DEAL_WIN, before, after, home=tmp_path)
        assert abs(found.residual) <= RESIDUAL
        assert (found.before, found.after) == (before.expected, after.expected)
        assert sum(found.by_cause().values()) == pytest.approx(found.after - found.before)
        causes |= found.by_cause().keys()
    assert {"won", "lost", "new deal", "time", "score", "stage", "learned from history", "model"} <= causes


def test_a_merge_is_told_as_what_was_said_otherwise(scored: Graph, tmp_path: Path) -> None:
    """A deal of a kept forecast that the graph no longer knows takes its money with it, by name."""
    since, until = _moments()
    period = quarter_of(since)
    made = make(scored, DEAL_WIN, period, since, home=tmp_path)
    keep(scored, made, "run")
    kept = kept_at(scored, DEAL_WIN.name, period.name, since)
    assert kept is not None
    assert kept.total == made.expected
    whole = ledger(scored, DEAL_WIN, *_both(scored, tmp_path, period, (since, until)), home=tmp_path, kept=kept)
    assert RESTATED not in whole.by_cause()
    gone = max(kept.money, key=lambda id_: kept.money[id_])
    scored.write(TAKEN_BACK, id=gone, never=START - timedelta(days=1))
    try:
        found = ledger(scored, DEAL_WIN, *_both(scored, tmp_path, period, (since, until)), home=tmp_path, kept=kept)
    finally:
        scored.write(GIVEN_BACK, id=gone)
    assert abs(found.residual) <= RESIDUAL
    assert found.before == made.expected
    entry = next(e for e in found.entries if e.cause == RESTATED and e.deal == gone)
    assert entry.money == pytest.approx(-kept.money[gone])
    assert "part of another deal" in entry.detail


def test_a_score_that_moved_names_its_features(scored: Graph, tmp_path: Path) -> None:
    """In proportion to their log-odds, and with how much."""
    since, until = _moments()
    found = ledger(scored, DEAL_WIN, *_both(scored, tmp_path, quarter_of(until), (since, until)), home=tmp_path)
    moved = [e for e in found.entries if e.cause == "score"]
    assert moved
    assert all(e.feature and e.detail.endswith("log-odds") and e.deal for e in moved)


def test_the_last_kept_forecast_is_found(scored: Graph, tmp_path: Path) -> None:
    """And one that was never kept is said not to be there."""
    since, until = _moments()
    period = quarter_of(since)
    assert kept_before(scored, DEAL_WIN.name, period.after(9).name, until) is None
    made = make(scored, DEAL_WIN, period, since, home=tmp_path)
    assert keep(scored, made, "run") == keep(scored, made, "again")
    found = kept_before(scored, DEAL_WIN.name, period.name, until)
    assert found is not None
    assert found.as_of == since
    assert made.learned_as(found.learned).expected == made.expected


def test_the_quarters_are_kept_with_what_moved_them(scored: Graph, tmp_path: Path) -> None:
    """At a second moment every quarter that was kept before tells its movement, and the causes add up to it."""
    since = quarter_of(START + timedelta(days=400)).start + timedelta(days=20)
    first = keep_quarters(scored, since, home=tmp_path, run="one")
    second = keep_quarters(scored, since + timedelta(days=30), home=tmp_path, run="two")
    assert [f.period for f in first] == [f.period for f in second]
    rows = [row["f"] for row in scored.read(KEPT)]
    assert [row.get("moved") is None for row in rows] == [True, True, False, False]
    for row, before, now in zip(rows[2:], first, second, strict=True):
        moved = json.loads(row["moved"])
        assert (moved["before"], row["expected"]) == (before.expected, now.expected)
        assert sum(moved["by_cause"].values()) == pytest.approx(now.expected - before.expected)
        assert now.expected == make(scored, DEAL_WIN, now.period, now.as_of, home=tmp_path).expected


def test_a_scenario_changes_what_it_names(scored: Graph, tmp_path: Path) -> None:
    """Slipped and lost deals take what they would bring; a deal that is won brings all; leads add."""
    since, _ = _moments()
    made = make(scored, DEAL_WIN, _period(since), since, home=tmp_path)
    ids = made.history.ids[made.deals.rows].tolist()
    order = made.each.argsort()[::-1]
    first, second, third = (ids[i] for i in order[:3])
    found = imagined(scored, made, Scenario(slip=[first], lose=[second], win=[third], leads=10))
    gone = made.each[order[0]] + made.each[order[1]]
    new = found.learned.fresh.amount - made.learned.fresh.amount
    assert new >= 0
    assert found.expected == pytest.approx(made.expected - gone + made.amount[order[2]] - made.each[order[2]] + new)
    with pytest.raises(InputError, match="name it once"):
        imagined(scored, made, Scenario(slip=[first], lose=[first]))
    with pytest.raises(InputError, match="no deal that was open"):
        imagined(scored, made, Scenario(slip=["nothing"]))


def _moments() -> tuple[datetime, datetime]:
    since = START + timedelta(days=400)
    return since, since + timedelta(days=40)


def _period(since: datetime) -> Period:
    return quarter_of(since).after(1)


def _both(
    graph: Graph, home: Path, period: Period, moments: tuple[datetime, datetime], version: str | None = None
) -> tuple[Forecast, Forecast]:
    since, until = moments
    return make(graph, DEAL_WIN, period, since, home=home, version=version), make(
        graph, DEAL_WIN, period, until, home=home
    )
