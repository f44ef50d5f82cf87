"""Which model serves: the graph says it, with an audit; rolling back and replaying give the scores bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import NotFound
from kg.graph import Graph
from kg.query.files import load_queries
from kg.query.query import Query
from kg.store.checks import run_checks
from scoring.learning import train as training
from scoring.learning.train import train
from scoring.registry.registry import activations, gates, served, served_before, serving
from scoring.serving.replay import replay
from scoring.serving.rescore import activate, score_all
from tests.scoring.scored import DEAL_WIN, NOW

WITHOUT = {"contacts_engaged": "for a second model"}
CURRENT = Query("current", "tests", "MATCH (s:Score:Current) RETURN properties(s) AS s ORDER BY s.id", columns=("s",))
SPOIL = Query(
    "spoil", "tests", "MATCH (s:Score:Current) WITH s ORDER BY s.id LIMIT 1 SET s.value = s.value + 1e-15", mode="write"
)


def current(graph: Graph) -> list[str]:
    return [repr(sorted((k, v) for k, v in row["s"].items() if k != "run")) for row in graph.read(CURRENT)]


def held(graph: Graph) -> bool:
    """Whether every audit of scores holds (the world's accounts rest on no record)."""
    found = [result for result in run_checks(graph) if "score" in result.name]
    return len(found) > 4 and all(result.ok for result in found)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "dropped"])
def test_rolling_back_brings_the_scores_back_bit_for_bit(filled: Graph, tmp_path: Path, kept: bool) -> None:
    first = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")
    before = current(filled)
    second = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path, without=WITHOUT)
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="two", keep=kept)
    assert serving(filled, "deal_win") == second.version != first.version and current(filled) != before
    to = served_before(filled, "deal_win")
    count = activate(filled, DEAL_WIN, to, as_of=NOW, home=tmp_path, run="three", because="too many calls")
    assert (to, serving(filled, "deal_win"), count) == (first.version, first.version, len(before))
    assert current(filled) == before
    told = [(a.version, a.before, a.because) for a in activations(filled, "deal_win")]
    assert told == [
        (first.version, second.version, "too many calls"), (second.version, first.version, "trained"),
        (first.version, None, "trained"),
    ]  # fmt: skip
    assert served_before(filled, "deal_win") == second.version  # and forth again
    assert held(filled)


def test_an_earlier_moment_answers_with_the_model_that_answered_then(filled: Graph, tmp_path: Path) -> None:
    first = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")
    entity = filled.read(CURRENT)[0]["s"]["entity_id"]
    other = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path, without=WITHOUT, serve=False)
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="two", version=other.version, shadow=True)
    key = [{"name": "deal_win", "entity": entity, "at": NOW}]
    asked = load_queries("reads")["scores"]
    assert filled.read(asked, keys=key, as_of=NOW)[0]["rows"][0]["version"] == first.version
    activate(filled, DEAL_WIN, other.version, as_of=NOW, home=tmp_path, run="three", because="better in the shadow")
    assert filled.read(asked, keys=key, as_of=NOW)[0]["rows"][0]["version"] == other.version
    assert held(filled)


def test_replay_finds_every_bit(filled: Graph, tmp_path: Path) -> None:
    train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    count = score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")
    found = replay(filled, DEAL_WIN, NOW, home=tmp_path)
    assert (found.scores, found.equal, found.different) == (count, count, ()) and found.stored == found.replayed
    filled.write(SPOIL)
    spoilt = replay(filled, DEAL_WIN, NOW, home=tmp_path)
    assert (spoilt.equal, len(spoilt.different)) == (count - 1, 1)
    assert spoilt.replayed == found.replayed != spoilt.stored


def test_nothing_serves_before_training_and_nothing_to_roll_back_to(filled: Graph, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="run `dealgraph train deal_win` first"):
        served(filled, tmp_path, "deal_win")
    train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    with pytest.raises(NotFound, match="nothing to roll back to"):
        served_before(filled, "deal_win")


def test_a_model_that_a_gate_holds_waits_for_approval(
    filled: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")
    learn = training._learn
    bad = {"auc": {"value": 0.4, "low": 0.3, "high": 0.45}}

    def spoilt(*given: object) -> object:
        made = learn(*given)  # type: ignore[arg-type]
        return replace(made, manifest={**made.manifest, "metrics": bad})

    monkeypatch.setattr(training, "_learn", spoilt)
    second = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path, without=WITHOUT)
    assert serving(filled, "deal_win") == first.version
    assert (
        f"version {second.version} waits for approval" in second.said[0] and "worse than drawing lots" in second.said[0]
    )
    activate(filled, DEAL_WIN, second.version, as_of=NOW, home=tmp_path, run="two", because="a trial")
    assert serving(filled, "deal_win") == second.version


GATES = [
    ({}, 0),
    ({"auc": {"value": 0.5, "low": 0.4, "high": 0.6}, "slope": {"value": 1.0, "low": 0.5, "high": 1.9}}, 0),
    ({"auc": {"value": 0.4, "low": 0.3, "high": 0.45}, "slope": {"value": 0.3, "low": 0.1, "high": 0.5}}, 2),
    ({"auc": {"value": 0.7, "low": 0.6, "high": 0.8}, "slope": {"value": 2.5, "low": 1.7, "high": 3.0}}, 1),
]


@pytest.mark.parametrize(("metrics", "held"), GATES)
def test_gates_speak_only_where_the_interval_does(metrics: dict[str, dict[str, float]], held: int) -> None:
    assert len(gates({"metrics": metrics})) == held
