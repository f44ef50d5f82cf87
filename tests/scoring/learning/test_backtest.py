"""The report of a score: what each month's model said of the month, beside flat fields and Odoo's algorithm."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from api.commands.report import write_report
from scoring.evaluation.odoo import odoo
from scoring.learning.backtest import backtest, perfect_ece, reliability, segment_names
from scoring.settings import ScoringSettings
from tests.scoring.learning.test_learn import SCORE
from tests.scoring.synthetic import CATEGORICAL, DIRECTIONS, drawn

NOW = datetime.fromtimestamp(900 * 86400, tz=UTC)
FAMILIES = {"fit": "fit", "silence": "talk", "noise": "noise", "pushes": "rest", "source": "rest"}
QUICK = ScoringSettings(boosting=False, resamples=50)


def found(deals: int) -> Any:
    data, _ = drawn(deals)
    features = {n: SimpleNamespace(family=FAMILIES.get(n, "rest")) for n in data.frame}
    return SimpleNamespace(
        score=SCORE, data=data, features=features, directions=DIRECTIONS, categorical=CATEGORICAL,
        left_out={"x": "late"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return backtest(found(600), NOW, QUICK, months=3)


def test_each_month_is_answered_by_what_was_known_at_its_beginning(report: dict[str, Any]) -> None:
    assert len(report["months"]) == 3 and report["tested"] == sum(m["n"] for m in report["months"].values()) > 50
    assert report["overall"]["score"]["auc"]["low"] > 0.5
    assert report["gain"]["flat fields"]["value"] < 0 and report["gain"]["Odoo"]["value"] < 0
    assert abs(report["predicted"] - report["won"]) < 0.12
    assert report["precision"]["10%"]["lift"] > report["precision"]["30%"]["lift"] > 1


def test_families_are_told_by_what_the_score_loses_without_them(report: dict[str, Any]) -> None:
    """What carries most of the truth comes first, and noise tells next to nothing."""
    families = report["families"]
    assert list(families) == sorted(families, key=lambda f: -families[f]["value"])
    assert {"fit", "talk", "rest", "noise"} == set(families)
    assert next(iter(families)) == "fit"
    assert families["fit"]["value"] > 0.02 > 5 * abs(families["noise"]["value"])
    assert all(d["low"] <= d["value"] <= d["high"] for d in families.values())


def test_segments_divide_what_was_tested(report: dict[str, Any]) -> None:
    parts = report["segments"]["source"]
    assert {"web", "fair", "partner", "unknown"} <= set(parts)
    assert sum(part["n"] for part in parts.values()) == report["tested"]
    many = segment_names(np.array([f"v{i % 20}" for i in range(400)] + [None, ""], dtype=object))
    assert len(set(many.tolist())) == 9
    assert "others" in many


def test_nothing_to_learn_from_is_said(tmp_path: Path) -> None:
    empty = backtest(found(6), NOW, QUICK, months=3)
    assert (empty["tested"], empty["overall"]) == (0, {})
    write_report(empty, tmp_path / "r.html")
    assert "No month can be tested" in (tmp_path / "r.html").read_text()


def test_the_page_says_what_the_report_says(report: dict[str, Any], tmp_path: Path) -> None:
    write_report(report, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text()
    assert f"{100 * report['predicted']:.1f} % predicted" in page and "x: late" in page
    assert page.count("<circle") == len(report["reliability"]) and "http" not in page
    write_report(report, tmp_path / "r.json")
    assert (tmp_path / "r.json").read_text().startswith("{")


def test_perfect_probabilities_are_off_by_chance_alone() -> None:
    chance = np.random.default_rng(1)
    p = chance.beta(2, 5, 400)
    few, many = perfect_ece(p, np.ones(400)), perfect_ece(np.tile(p, 20), np.ones(8000))
    assert 0 < many["mean"] < few["mean"] < few["high"] < 0.1
    bins = reliability((chance.random(400) < p).astype(float), p, np.ones(400))
    assert sum(b["n"] for b in bins) == 400 and [b["predicted"] for b in bins] == sorted(b["predicted"] for b in bins)


def test_odoo_multiplies_frequencies() -> None:
    seen = {"source": np.array(["a"] * 4 + ["b"] * 4, dtype=object), "amount": np.arange(8.0)}
    y = np.array([1.0, 1, 1, 0, 1, 0, 0, 0])
    asked = {"source": np.array(["a", "b", "c", None], dtype=object), "amount": np.zeros(4)}
    p = odoo(seen, y, np.ones(8), asked, ("source",))
    won, lost = 0.5 * 3.1 / 4.2, 0.5 * 1.1 / 4.2
    assert p.tolist() == pytest.approx([won / (won + lost), lost / (won + lost), 0.5, 0.5])
