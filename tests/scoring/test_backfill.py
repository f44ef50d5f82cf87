"""Scores of moments before anybody asked: computed once, marked as no answers, equal to a real score of then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kg.graph import Graph
from scoring.learning.train import train
from scoring.serving.backfill import backfill, missing
from scoring.serving.predict import answer
from scoring.serving.rescore import score_all
from tests.scoring.scored import DEAL_WIN, NOW, SCORES


@pytest.fixture
def model(filled: Graph, tmp_path: Path) -> str:
    """The version of a model of the world."""
    return train(filled, DEAL_WIN, as_of=NOW, home=tmp_path).version


def test_months_ends_are_scored_once_and_never_answered(filled: Graph, model: str, tmp_path: Path) -> None:
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="1")
    asked = missing(filled, DEAL_WIN, NOW, NOW - timedelta(days=365))
    assert asked and all(moment.day == 1 and moment < NOW for _, moment in asked)
    assert backfill(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="1", months=12, most=5) == 5
    assert missing(filled, DEAL_WIN, NOW, NOW - timedelta(days=365)) == asked[5:]
    assert backfill(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="1", months=12) == len(asked) - 5
    assert backfill(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="2", months=12) == 0
    assert backfill(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="2", months=0) == 0
    rows = [row["s"] for row in filled.read(SCORES)]
    later = [row for row in rows if not row["answered"]]
    assert {(row["entity_id"], row["as_of"]) for row in later} == set(asked)
    assert not any(row["current"] for row in later)
    assert all(row["current"] and row["as_of"] == NOW for row in rows if row["answered"])
    used = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    got = answer(filled, used, [(later[0]["entity_id"], later[0]["as_of"])]).answer
    assert (used.version, float(got.log_odds[0])) == (model, later[0]["log_odds"])


def test_after_the_first_answer_nothing_is_filled_in(filled: Graph, model: str, tmp_path: Path) -> None:
    """What was said stands alone from then on: only entities that came since, and what was before, are missing."""
    early = NOW - timedelta(days=100)
    score_all(filled, DEAL_WIN, as_of=early, home=tmp_path, run="1")
    said = {row["s"]["entity_id"] for row in filled.read(SCORES)}
    asked = missing(filled, DEAL_WIN, NOW, NOW - timedelta(days=365))
    assert said and asked
    assert all(moment < early for id_, moment in asked if id_ in said)
    assert any(moment > early for id_, moment in asked if id_ not in said)
