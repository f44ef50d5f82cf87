"""What may be learned from: label rows, weights, folds and the digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from scoring.learning.dataset import account_folds, chosen_rows, decidable, select, training_set

NOW = datetime(2025, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def row(
    id: str, ago: float, label: int = 0, moment: str = "stage", closed: float = 1, group: str = "a"
) -> dict[str, Any]:
    return {
        "id": id,
        "as_of": NOW - ago * DAY,
        "label": label,
        "moment": moment,
        "group": group,
        "closed_at": NOW - closed * DAY,
    }


def test_each_moment_counts_once_and_none_from_the_future() -> None:
    rows = [row("d1", 10), row("d1", 10, moment="month_end"), row("d1", -1), row("d0", 5)]
    known, unknown = select(rows, NOW, None, {"month_end": 1.0, "stage": 0.5})
    assert [(r["id"], r["moment"]) for r in known] == [("d0", "stage"), ("d1", "month_end")] and unknown == []


def test_moments_that_a_score_does_not_name_are_left_out() -> None:
    rows = [row("d1", 10), row("d1", 9, moment="month_end")]
    assert [r["moment"] for r in select(rows, NOW, None, {"month_end": 1.0})[0]] == ["month_end"]
    assert len(select(rows, NOW, None)[0]) == 2


def test_what_is_not_decided_yet_is_told_apart() -> None:
    still = {**row("open", 20), "label": None, "closed_at": None}
    known, unknown = select([row("d1", 10), still], NOW, None)
    assert ([r["id"] for r in known], [r["id"] for r in unknown]) == (["d1"], ["open"])
    bare = [{k: v for k, v in row(name, ago).items() if k != "closed_at"} for name, ago in (("old", 400), ("new", 300))]
    known, unknown = select(bare, NOW, timedelta(days=365))
    assert ([r["id"] for r in known], [r["id"] for r in unknown]) == (["old"], ["new"])


def test_an_outcome_counts_within_the_horizon() -> None:
    """A deal won after 70 days, one lost after 10, one still open after 100 and one after 5; the horizon is 30 days."""
    still = {"label": None, "closed_at": None}
    rows = [row("won", 100, label=1, closed=30), row("lost", 100, closed=90), {**row("open", 100), **still}]
    known, unknown = select([*rows, {**row("young", 5), **still}], NOW, timedelta(days=30))
    found = {r["id"]: (r["label"], (NOW - r["closed_at"]).days) for r in known}
    assert found == {"won": (0, 70), "lost": (0, 90), "open": (0, 70)} and [r["id"] for r in unknown] == ["young"]
    known, _ = select(rows, NOW, timedelta(days=80))
    assert {r["id"]: r["label"] for r in known} == {"won": 1, "lost": 0, "open": 0}


def test_a_history_too_short_shortens_the_horizon() -> None:
    rows = [row("d", ago) for ago in range(1, 91)]
    assert decidable(rows, NOW, timedelta(days=365)) == timedelta(days=60)
    assert decidable(rows, NOW, timedelta(days=30)) == timedelta(days=30)
    assert decidable([], NOW, timedelta(days=365)) == timedelta(days=365)


def test_slow_closers_stand_for_those_not_known_yet() -> None:
    known = [row("fast", 100, closed=95), row("slow", 100, closed=20), row("new", 30, closed=20)]
    unknown = [{**row(f"open{i}", 40), "label": None, "closed_at": None} for i in range(2)]
    data = training_set(known, {}, NOW, None, unknown)
    fast, slow, new = data.weight
    assert fast == new
    assert slow / fast == pytest.approx(5 / 2)  # two of five moments lie 80 days back


def test_where_all_began_at_once_old_moments_are_not_the_fast_ones_alone() -> None:
    """Forty leads of one week, of which ten are won on day 110; the others never are. The horizon is 90 days."""
    rows, unknown = [], []
    for i in range(40):
        for month in range(4):
            ago = 120 - 30 * month
            won = i < 10 and ago > 10
            closed = 10 if won and ago <= 100 else ago - 90
            one = row(f"l{i:02d}", ago, int(won and ago <= 100), closed=closed)
            (rows if closed >= 0 else unknown).append(one)
    data = training_set(rows, {}, NOW, None, unknown, timedelta(days=90))
    rate = {age: data.y[data.ages == age] @ data.weight[data.ages == age] for age in np.unique(data.ages)}
    assert data.weight[data.ages > 45 * 86400].max() == 0.0  # of the older moments only wins could be known
    assert rate[30 * 86400.0] / data.weight[data.ages == 30 * 86400].sum() == pytest.approx(0.25)


def test_weights_add_up_to_the_entities_that_they_are_worth() -> None:
    alike = [row(f"d{i}", 50 + m, closed=1) for i in range(4) for m in range(3)]
    assert training_set(alike, {}, NOW).weight.sum() == pytest.approx(4)
    long = [row("long", 50 + m, closed=1) for m in range(60)]
    mixed = training_set([*alike, *long], {}, NOW)
    assert 1 < mixed.weight.sum() < 5
    kinds = [row("d", 50, moment="month_end", closed=49), row("d", 60, moment="stage", closed=49)]
    one = training_set(kinds, {}, NOW, {"month_end": 1, "stage": 0.5})
    assert one.weight.tolist() == pytest.approx([2 / 3, 1 / 3])


def test_a_past_moment_is_weighed_as_one_would_have_then() -> None:
    rows = [row("early", 300, closed=250), row("slow", 300, closed=150), row("late", 100, closed=10)]
    data = training_set(rows, {"x": np.arange(3.0)}, NOW)
    then = (NOW - 200 * DAY).timestamp()
    past = data.known_at(then, np.ones(3, dtype=bool))
    assert past.ids.tolist() == ["early"] and past.frame["x"].tolist() == [0.0]
    assert past.waiting.seconds.tolist() == [(NOW - 300 * DAY).timestamp()]


def test_more_moments_than_are_worth_it_are_drawn_by_account() -> None:
    data = training_set([row(f"d{i}", 50, closed=1, group=f"a{i % 40}") for i in range(400)], {}, NOW)
    some = chosen_rows(data, 100)
    assert 60 <= len(some) <= 140 and len(set(data.groups[some])) == len(some) / 10
    assert len(chosen_rows(data, 400)) == 400


def test_accounts_are_never_on_both_sides() -> None:
    groups = np.array([f"a{i % 37}" for i in range(400)])
    fold = account_folds(groups, 5)
    assert all(len(set(fold[groups == g])) == 1 for g in set(groups))
    assert sorted(np.bincount(fold) > 0) == [True] * 5
    assert (account_folds(groups[::-1], 5)[::-1] == fold).all()


def test_the_digest_sees_every_value_and_no_order() -> None:
    rows = [row("d1", 20), row("d1", 10, moment="month_end"), row("d2", 5, label=1, moment="month_end")]
    frame = {"x": np.array([1.0, np.nan, 3.0]), "t": np.array(["a", None, "b"], dtype=object)}
    one = training_set(rows, frame, NOW)
    back = [2, 1, 0]
    turned = training_set([rows[i] for i in back], {k: v[back] for k, v in frame.items()}, NOW)
    other = training_set(rows, {**frame, "x": np.array([1.0, np.nan, 3.0000001])}, NOW)
    assert one.digest() == turned.digest() != other.digest()
    assert (one.examples, one.won) == (2.0, 1.0)
