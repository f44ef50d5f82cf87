"""A model is looked at before it answers: nothing where nothing is wrong, another answer where something is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.jobs.models import scored
from kg.graph import Graph
from kg.query.query import Query
from kg.store.migrate import migrate
from scoring.health.events import events, open_events
from scoring.health.watch import UNSEEN, watch
from scoring.learning.train import train
from scoring.registry import artifact as artifacts
from scoring.registry import registry
from scoring.registry.artifact import Artifact
from scoring.serving.explain import explain
from scoring.serving.rescore import score_all
from tests.conftest import EMPTY
from tests.scoring.health.steady import NOW, SMALL, steady
from tests.scoring.scored import SCORES

SET = Query("said", "tests", "MATCH (s:Score {version: $version}) SET s.value = $value", mode="write")


def ready(graph: Graph, home: Path, earlier: bool = False, **planted: Any) -> Artifact:
    """A graph emptied and filled, and the model learned as of now, which serves; `earlier` one was two months ago."""
    graph.write(EMPTY)
    migrate(graph)
    steady(planted.pop("seed", 1), **planted).load(graph, NOW)
    if earlier:
        train(graph, SMALL, as_of=NOW - timedelta(days=60), home=home, serve=False)
    return train(graph, SMALL, as_of=NOW, home=home)


def looked(graph: Graph, home: Path, model: Artifact | None, as_of: datetime = NOW) -> Any:
    found = watch(graph, SMALL, model.version if model else None, as_of=as_of, home=home, run="one")
    assert found is not None
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_nothing_is_wrong_nothing_is_told(graph: Graph, quick: None, tmp_path: Path, seed: int) -> None:
    model = ready(graph, tmp_path, seed=seed)
    found = looked(graph, tmp_path, model)
    assert found.sentences == () and found.answers.version == model.version == registry.serving(graph, "deal_win")
    assert len(found.looked.moved) == len(model.features) + 1, "each feature and the score itself are compared"
    assert events(graph, None, NOW) == []


def test_what_the_files_began_with_is_told_and_takes_no_model_away(graph: Graph, quick: None, tmp_path: Path) -> None:
    """A feed that had ended before the first model, or a column that was never filled for what is open."""
    model = ready(graph, tmp_path, quiet=NOW - timedelta(days=28))
    found = looked(graph, tmp_path, model)
    assert found.looked.severe == () and "meeting" in {b.subject for b in found.looked.breaches if b.what == "silent"}
    assert found.answers.version == model.version == registry.serving(graph, "deal_win")
    later = looked(
        graph, tmp_path, model, NOW + timedelta(hours=1)
    )  # there is an earlier model now: the feed had ended
    assert later.looked.severe == () and later.answers.version == model.version
    emptied = ready(graph, tmp_path, dear=NOW - timedelta(days=10), emptied=True)
    assert looked(graph, tmp_path, emptied).answers.version == emptied.version


def test_a_silent_source_is_left_out_until_it_speaks_again(graph: Graph, quick: None, tmp_path: Path) -> None:
    model = ready(graph, tmp_path, earlier=True, quiet=NOW - timedelta(days=28))
    found = looked(graph, tmp_path, model)
    told = {b.subject: b for b in found.looked.severe}
    assert set(told) >= {"meeting", "mail"} and told["meeting"].features[-1] == "meetings_recent"
    less = found.answers
    assert less.version != model.version and not {"meetings_recent", "days_since_inbound"} & set(less.features)
    assert "deal_amount" in less.features and registry.serving(graph, "deal_win") == less.version
    assert "learned without days_since_inbound, meetings_recent" in found.sentences[0]

    again = looked(graph, tmp_path, model)
    assert again.answers.version == less.version and len(events(graph, "deal_win", NOW)) == len(told)
    assert registry.health_at(graph, "deal_win", NOW) == [e["sentence"] for e in open_events(graph, "deal_win")]
    assert train(graph, SMALL, as_of=NOW, home=tmp_path).version == model.version
    assert registry.serving(graph, "deal_win") == less.version, "until it is looked at, what was wrong does not serve"

    steady(1).load(graph, NOW)
    later = NOW + timedelta(hours=1)
    healed = train(graph, SMALL, as_of=later, home=tmp_path)
    found = looked(graph, tmp_path, healed, later)
    assert found.sentences == () and registry.serving(graph, "deal_win") == healed.version
    assert open_events(graph, "deal_win") == [] and {e["ended_at"] for e in events(graph, None, later)} == {later}
    assert registry.health_at(graph, "deal_win", later) == [] and len(
        registry.health_at(graph, "deal_win", NOW)
    ) == len(told)


def test_a_shift_of_a_feature_is_told_and_does_not_stop_the_model(graph: Graph, quick: None, tmp_path: Path) -> None:
    """All that is open is a hundred times as large as ever: told; the model, which hardly uses it, goes on."""
    model = ready(graph, tmp_path, dear=NOW - timedelta(days=10))
    found = looked(graph, tmp_path, model)
    assert [b.subject for b in found.looked.breaches if b.what == "drifted"] == ["deal_amount"]
    assert found.answers.version == model.version or found.looked.severe


def test_a_column_that_emptied_is_left_out(graph: Graph, quick: None, tmp_path: Path) -> None:
    model = ready(graph, tmp_path, earlier=True, dear=NOW - timedelta(days=10), emptied=True)
    found = looked(graph, tmp_path, model)
    assert [(b.what, b.subject) for b in found.looked.severe] == [("missing", "deal_amount")]
    assert "deal_amount" not in found.answers.features and "meetings_recent" in found.answers.features


def answered(graph: Graph, home: Path, model: Artifact, value: float) -> None:
    """What the model answered over half a year, as if it had said one number of everything."""
    for days in range(330, 100, -30):
        score_all(graph, SMALL, as_of=NOW - timedelta(days=days), home=home, run="before", version=model.version)
    graph.write(SET, version=model.version, value=value)


def test_a_model_proven_wrong_gives_way_to_the_last_good_one_and_without_one_to_rules(
    graph: Graph, quick: None, tmp_path: Path
) -> None:
    first = ready(graph, tmp_path)
    answered(graph, tmp_path, first, 0.95)
    found = looked(graph, tmp_path, None)
    assert [(b.what, b.subject) for b in found.looked.severe] == [("miscalibrated", first.version)]
    assert found.answers.served.basis == "RULES" and found.how == "Rules answer."
    assert "said 95%" in found.sentences[0] and found.sentences[0].endswith("Rules answer.")
    score_all(graph, SMALL, as_of=NOW, home=tmp_path, run="two")
    assert registry.serving(graph, "deal_win") == found.answers.version

    other = train(graph, SMALL, as_of=NOW, home=tmp_path, only=("rep_win_rate", "deal_kind"), serve=False)
    assert looked(graph, tmp_path, other).answers.version == other.version
    assert looked(graph, tmp_path, first).answers.version == other.version, "the last that was well comes before rules"


def test_a_model_without_a_profile_says_that_drift_cannot_be_told(graph: Graph, quick: None, tmp_path: Path) -> None:
    model = ready(graph, tmp_path)
    old = {name: value for name, value in model.manifest.items() if name != "profile"}
    artifacts.write(tmp_path, "deal_win", model.version, model.served, old, {})
    found = looked(graph, tmp_path, model)
    assert found.sentences == (f"deal_win: {UNSEEN}",) and found.answers.version == model.version
    assert train(graph, SMALL, as_of=NOW, home=tmp_path).version == model.version, "a profile is no part of a version"


def test_a_refresh_tells_it_and_scores_by_what_answers(graph: Graph, quick: None, tmp_path: Path) -> None:
    model = ready(graph, tmp_path, earlier=True, quiet=NOW - timedelta(days=28))
    done = scored(graph, SMALL, model.version, NOW, tmp_path, "one", lambda *_: None)
    assert done.verdict is not None and done.anew is None
    assert {notice["what"] for notice in done.notices} == {"health"}
    found = {row["s"]["version"] for row in graph.read(SCORES) if row["s"]["current"]}
    assert found == {done.verdict.answers.version} != {model.version}
    told = explain(graph, SMALL, "crm:D", NOW, home=tmp_path)
    assert told["health"] == registry.health_at(graph, "deal_win", NOW) and "No meeting" in " ".join(told["health"])


def test_nobody_looks_where_it_is_turned_off(
    graph: Graph, quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scoring.settings import settings

    model = ready(graph, tmp_path, quiet=NOW - timedelta(days=28))
    looked(graph, tmp_path, model)
    monkeypatch.setenv("DEALGRAPH_SCORING_HEALTH", "false")
    settings.cache_clear()
    assert watch(graph, SMALL, model.version, as_of=NOW, home=tmp_path, run="two") is None
    assert registry.serving(graph, "deal_win") == model.version and open_events(graph, "deal_win") == []
