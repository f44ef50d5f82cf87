"""What a model may know, and what answers when nothing is known; each test fills the graph by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kg.graph import Graph
from kg.store.load import load
from scoring.learning.train import label_rows, train
from scoring.scores import score_named
from scoring.serving.rescore import score_all
from tests.conftest import EMPTY
from tests.scoring.scored import DEAL_WIN, EARLY, NOW, SCORES, world
from tests.worlds import START, World

pytestmark = pytest.mark.usefixtures("quick")


def test_training_knows_nothing_later(graph: Graph, tmp_path: Path) -> None:
    """The model trained at a moment is, to the bit, that of a graph that holds nothing later."""
    world().load(graph, NOW)
    before = train(graph, DEAL_WIN, as_of=EARLY, home=tmp_path / "all")
    asked = [(r["id"], r["as_of"], r["label"]) for r in label_rows(graph, DEAL_WIN, EARLY)[1]]
    graph.write(EMPTY)
    world().cut(EARLY).load(graph, EARLY)
    after = train(graph, DEAL_WIN, as_of=EARLY, home=tmp_path / "cut")
    assert [(r["id"], r["as_of"], r["label"]) for r in label_rows(graph, DEAL_WIN, EARLY)[1]] == asked
    assert (before.version, before.manifest["data"]) == (after.version, after.manifest["data"])


def test_an_empty_company_gets_rules(graph: Graph, tmp_path: Path) -> None:
    """All deals open and no past: the line still runs, and the score says what stands behind it."""
    w = World()
    w.add("Deal", "d1", "2024-01-01", name="d1", opened_at=START + timedelta(days=365))
    load(graph, w.batches(), run="test")
    for score in (DEAL_WIN, score_named("lead_conversion")):
        assert train(graph, score, as_of=NOW, home=tmp_path).served.basis == "RULES"
    assert score_all(graph, DEAL_WIN, as_of=NOW, home=tmp_path, run="one") == 1
    (found,) = [row["s"] for row in graph.read(SCORES)]
    assert found["basis"] == "RULES" and found["high"] > 5 * found["low"] and found["effective_n"] > 0
    assert score_all(graph, score_named("lead_conversion"), as_of=NOW, home=tmp_path, run="one") == 0
