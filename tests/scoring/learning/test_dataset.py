"""What may be learned from: label rows, weights, folds and the digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from scoring.learning.dataset import account_folds, seen_closing, select, shares, training_set

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
    rows = [row("d1", 10), row("d1", 10, moment="last"), row("d1", -1), row("d0", 5)]
    assert [(r["id"], r["moment"]) for r in select(rows, NOW, None)] == [("d0", "stage"), ("d1", "last")]


def test_a_horizon_must_have_passed() -> None:
    assert [r["id"] for r in select([row("old", 400), row("young", 300)], NOW, timedelta(days=365))] == ["old"]


SHARES = [
    (["a", "a", "b"], [False, True, True], None, [0.5, 0.5, 1.0]),
    (["a", "a", "a", "b"], [False, False, True, True], 0.9, [0.05, 0.05, 0.9, 1.0]),
    (["a", "a"], [False, False], 0.9, [0.5, 0.5]),
]


@pytest.mark.parametrize(("ids", "last", "share", "expected"), SHARES)
def test_moments_of_one_deal_share_one(
    ids: list[str], last: list[bool], share: float | None, expected: list[float]
) -> None:
    assert shares(np.array(ids), np.array(last), share).tolist() == pytest.approx(expected)


def test_slow_closers_stand_for_those_unseen() -> None:
    ids = np.array(["start", "fast", "slow"])
    weight = seen_closing(ids, np.array([0.0, 10.0, 10.0]), np.array([1.0, 20.0, 60.0]), 100.0)
    assert weight[2] > weight[1] > weight[0]
    assert weight.mean() == pytest.approx(1.0)
    assert weight[2] / weight[0] == pytest.approx((99 / 100) / (50 / 100))


def test_accounts_are_never_on_both_sides() -> None:
    groups = np.array([f"a{i % 37}" for i in range(400)])
    fold = account_folds(groups, 5)
    assert all(len(set(fold[groups == g])) == 1 for g in set(groups))
    assert sorted(np.bincount(fold) > 0) == [True] * 5
    assert (account_folds(groups[::-1], 5)[::-1] == fold).all()


def test_the_digest_sees_every_value_and_no_order() -> None:
    rows = [row("d1", 20), row("d1", 10, moment="last"), row("d2", 5, label=1, moment="last")]
    frame = {"x": np.array([1.0, np.nan, 3.0]), "t": np.array(["a", None, "b"], dtype=object)}
    one = training_set(rows, frame, NOW, None, 0.9)
    back = [2, 1, 0]
    turned = training_set([rows[i] for i in back], {k: v[back] for k, v in frame.items()}, NOW, None, 0.9)
    other = training_set(rows, {**frame, "x": np.array([1.0, np.nan, 3.0000001])}, NOW, None, 0.9)
    assert one.digest() == turned.digest() != other.digest()
    assert (one.examples, one.won) == (2.0, 1.0)
