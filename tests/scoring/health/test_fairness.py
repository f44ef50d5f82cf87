"""Figures of groups equal those counted by hand; small groups are joined; moments find the group of then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from kg.graph import Graph
from kg.store.migrate import migrate
from scoring.health.fairness import OTHERS, UNKNOWN, by_group, fairness, groups_at, joined, size_of
from scoring.learning.backtest import said_before
from scoring.learning.train import gather, train
from scoring.settings import settings
from tests.conftest import EMPTY
from tests.scoring.health.steady import NOW, SMALL, steady

CUT = 0.5


def test_figures_equal_those_counted_by_hand() -> None:
    group = np.array(["N"] * 30 + ["S"] * 30, dtype=object)
    p = np.array(([0.8] * 10 + [0.2] * 20) + ([0.8] * 20 + [0.2] * 10))
    y = np.array(([1] * 8 + [0] * 2 + [1] * 4 + [0] * 16) + ([1] * 10 + [0] * 10 + [1] * 1 + [0] * 9), dtype=float)
    account = np.array([f"a{i}" for i in range(60)])
    found = by_group({"region": group}, account, y, p, CUT, 100)["region"]
    north, south = found["groups"]["N"], found["groups"]["S"]
    expected = {
        "selected": (10 / 30, 20 / 30), "said": (0.4, 0.6), "came": (12 / 30, 11 / 30), "gap": (0.0, 0.6 - 11 / 30),
        "true_positive": (8 / 12, 10 / 11), "false_positive": (2 / 18, 10 / 19),
    }  # fmt: skip
    for name, (a, b) in expected.items():
        assert (north[name]["value"], south[name]["value"]) == (pytest.approx(a, abs=1e-12), pytest.approx(b))
        assert found["apart"][name]["value"] == pytest.approx(abs(a - b))
        assert north[name]["low"] <= north[name]["value"] <= north[name]["high"]
    assert (north["n"], north["accounts"], north["too_small"]) == (30, 30, False)


def test_weights_count_and_without_outcomes_only_who_is_chosen_is_told() -> None:
    group = np.array(["N"] * 25 + ["S"] * 25, dtype=object)
    p, w = np.array([0.9, 0.1] * 25), np.array([3.0, 1.0] * 25)
    account = np.array([f"a{i}" for i in range(50)])
    found = by_group({"region": group}, account, None, p, CUT, 50, w)["region"]["groups"]["N"]
    chosen = w[:25][p[:25] >= CUT].sum() / w[:25].sum()
    assert found["selected"]["value"] == pytest.approx(chosen) and "came" not in found
    assert found["said"]["value"] == pytest.approx(np.average(p[:25], weights=w[:25]))


def test_groups_alike_lie_apart_by_chance_only() -> None:
    """Where groups do not differ, the interval of the calibration difference holds 0 nine times of ten or so."""
    held = 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        p = chance.uniform(0.1, 0.9, 300)
        y = (chance.random(300) < p).astype(float)
        group = np.array(["N", "S"], dtype=object)[chance.integers(0, 2, 300)]
        account = np.array([f"a{i // 3}" for i in range(300)])
        gap = by_group({"region": group}, account, y, p, CUT, 200)["region"]["groups"]
        held += all(g["gap"]["low"] <= 0 <= g["gap"]["high"] for g in gap.values())
    assert held >= 14


def test_small_groups_are_joined() -> None:
    column = np.array(["big"] * 30 + ["x"] * 12 + ["y"] * 13 + [UNKNOWN] * 2, dtype=object)
    each = np.arange(len(column)).astype(str)
    names, counts = np.unique(joined(column, each).astype(str), return_counts=True)
    assert dict(zip(names, counts, strict=True)) == {"big": 30, OTHERS: 27}
    assert set(joined(column, np.array(["a1", "a2", "a3"])[np.arange(57) % 3]).tolist()) == {OTHERS}, "three accounts"
    found = by_group({"x": column[:35]}, np.arange(35).astype(str), None, np.full(35, 0.6), CUT, 50)["x"]
    assert found["groups"][OTHERS]["too_small"] and found["apart"] == {}


SIZES = [
    (None, UNKNOWN),
    (0.0, UNKNOWN),
    (9.0, "1 to 9"),
    (10.0, "10 to 49"),
    (249.0, "50 to 249"),
    (1e6, "1000 and more"),
]


@pytest.mark.parametrize(("employees", "expected"), SIZES)
def test_sizes(employees: float | None, expected: str) -> None:
    assert size_of(employees).removesuffix(" employees") == expected


def test_groups_and_report_on_a_graph(graph: Graph, quick: None, tmp_path: Path) -> None:
    graph.write(EMPTY)
    migrate(graph)
    steady(1).load(graph, NOW)
    early = NOW - timedelta(days=450)
    found = groups_at(graph, "deal", [("d0", NOW), ("d1", NOW), ("d149", early), ("nobody", NOW)])
    assert found["region"].tolist() == ["SE", "DE", UNKNOWN, UNKNOWN] or found["region"].tolist()[:2] == ["SE", "DE"]
    assert found["size"].tolist()[:2] == ["1 to 9 employees", "50 to 249 employees"]
    assert found["owner"].tolist() == ["Rep 0", "Rep 1", UNKNOWN, UNKNOWN], "nobody owned what was not there yet"
    assert set(found["source"].tolist()[:2]) <= {"web", "event", "partner"} and found["source"][3] == UNKNOWN
    train(graph, SMALL, as_of=NOW, home=tmp_path)
    learned = gather(graph, SMALL, as_of=NOW)
    told = fairness(graph, learned, NOW, settings(), home=tmp_path, months=3)
    assert set(told["past"]) == {"region", "size", "source", "owner"}
    assert set(told["past"]["region"]["groups"]) <= {"SE", "DE", OTHERS}
    rows = len(said_before(learned, NOW, settings(), 3).rows)
    totals = [sum(group["n"] for group in kind["groups"].values()) for kind in told["past"].values()]
    assert totals == [rows] * 4 and rows > 20
