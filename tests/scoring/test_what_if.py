"""What-if is a real re-score of a graph that nobody else sees: it equals one after the meeting was really held."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.draft import draft
from kg.errors import ConfigurationError, InputError
from kg.graph import Graph
from kg.query.query import Query
from scoring.learning.train import train
from scoring.scores import score_named
from scoring.serving.predict import answer
from scoring.serving.what_if import add_meeting, feasible, what_if
from tests.conftest import EMPTY
from tests.scoring.scored import DEAL_WIN, NOW

OPEN = Query("open", "tests", "MATCH (d:Deal) WHERE NOT EXISTS { (d)-[:ENDED_IN]->() } RETURN d.id AS id ORDER BY id")
MEETINGS = Query("meetings", "tests", "MATCH (a:Activity) WHERE a.id STARTS WITH 'what-if' RETURN count(a) AS n")
GONE = Query("gone", "tests", "MATCH (a:Activity) WHERE a.id STARTS WITH 'what-if' DETACH DELETE a", mode="write")


def deal_with_people(graph: Graph) -> str:
    return next(row["id"] for row in graph.read(OPEN) if len(feasible(graph, row["id"], NOW)) > 2)


def test_what_if_equals_a_re_score_after_the_meeting(filled: Graph, tmp_path: Path) -> None:
    model = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    deal = deal_with_people(filled)
    before = answer(filled, model, [(deal, NOW)]).answer
    found = what_if(filled, DEAL_WIN, deal, NOW, home=tmp_path, changes=feasible(filled, deal, NOW)[:3])
    assert filled.read(MEETINGS) == [{"n": 0}] and found.log_odds == before.log_odds[0]
    assert answer(filled, model, [(deal, NOW)]).answer.log_odds[0] == before.log_odds[0]
    assert [e.log_odds for e in found.effects] == sorted((e.log_odds for e in found.effects), reverse=True)
    for effect in found.effects[:2]:
        add_meeting(filled, deal, effect.change, NOW, "really")
        after = answer(filled, model, [(deal, NOW)]).answer
        filled.write(GONE)
        assert (effect.probability, effect.log_odds) == (after.probability[0], after.log_odds[0])
        assert (effect.low, effect.high) == (after.low[0], after.high[0])
    best = found.effects[0]
    assert sum(gain for _, gain in best.moved) == pytest.approx(best.log_odds - found.log_odds, abs=1e-9)
    assert best.moved and best.paths
    assert all(any(node.id.startswith("what-if|") for node in path.nodes) for path in best.paths)
    assert len(found.cheapest) <= 3 and all(e.log_odds > found.log_odds for e in found.cheapest)
    assert found.flips is None or found.flips.band < found.band


def test_a_draft_is_seen_by_nobody_and_gone_in_the_end(filled: Graph) -> None:
    deal = deal_with_people(filled)
    change = feasible(filled, deal, NOW)[0]
    with pytest.raises(RuntimeError), draft(filled) as other:
        add_meeting(other, deal, change, NOW, "draft")
        assert other.read(MEETINGS) == [{"n": 1}] and list(other.stream(MEETINGS)) == [{"n": 1}]
        assert filled.read(MEETINGS) == [{"n": 0}]
        raise RuntimeError
    assert filled.read(MEETINGS) == [{"n": 0}]


def test_what_cannot_run_in_a_draft_or_be_asked_is_refused(filled: Graph, tmp_path: Path) -> None:
    with draft(filled) as other, pytest.raises(ConfigurationError, match="cannot run in a draft"):
        other.write(EMPTY)
    with pytest.raises(InputError, match="lead_conversion is of a lead"):
        what_if(filled, score_named("lead_conversion"), "L1", NOW, home=tmp_path)
