"""Another version comes to serve through GraphQL: who may, the scores bit for bit, the audit, and what stops it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.auth import Principal, Role
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.jobs import activation
from api.jobs.activation import Switched, switch
from api.settings import ApiSettings
from kg.errors import Busy
from kg.graph import AsyncGraph, Graph
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.migrate import migrate
from kg.store.runs import locked
from scoring.learning.train import train
from scoring.registry import artifact as artifacts
from scoring.registry.registry import activations, serving
from scoring.serving.rescore import score_all
from tests.api.world import PUBLISH
from tests.conftest import EMPTY
from tests.scoring.scored import CLEAN, DEAL_WIN, NOW, world

CURRENT = Query("current", "tests", "MATCH (s:Score:Current) RETURN properties(s) AS s ORDER BY s.id", columns=("s",))
ACTIVATE = """mutation A($version: String!, $score: String = "deal_win", $because: String = "it was better") {
  activateModel(score: $score, version: $version, because: $because) {
    score version done scores model { version active held } } }"""
BACK = """mutation B {
  rollBackModel(score: "deal_win", because: "back again") { version done scores model { version } } }"""
WITHOUT = {"contacts_engaged": "for a second model"}


@pytest.fixture(scope="module")
def loaded(neo4j_server: GraphSettings) -> Iterator[Graph]:
    """A random world, published at NOW."""
    with Graph.connect(neo4j_server) as graph:
        graph.write(EMPTY)
        migrate(graph)
        world().load(graph, NOW)
        graph.write(PUBLISH, as_of=NOW)
        yield graph


@pytest.fixture
def two(loaded: Graph, neo4j_environment: GraphSettings, tmp_path: Path) -> tuple[Graph, Path, list[str], list[Any]]:
    """Two versions of a score, of which the second serves, and the current scores of each."""
    loaded.write(CLEAN)
    made, scores = [], []
    for run, without in (("one", None), ("two", WITHOUT)):
        made.append(train(loaded, DEAL_WIN, as_of=NOW, home=tmp_path, without=without).version)
        score_all(loaded, DEAL_WIN, as_of=NOW, home=tmp_path, run=run, keep=True)
        scores.append(current(loaded))
    assert scores[0] != scores[1]
    return loaded, tmp_path, made, scores


def current(graph: Graph) -> list[str]:
    return [repr(sorted((k, v) for k, v in row["s"].items() if k != "run")) for row in graph.read(CURRENT)]


def ask(settings: GraphSettings, home: Path, text: str, role: Role | None = Role.ADMIN, **variables: Any) -> Any:
    async def one() -> Any:
        async with AsyncGraph.connect(settings) as graph:
            own = ApiSettings(home=home, request_seconds=240)
            context = new_context(Principal("ada", role), graph, own, MAKERS)
            return await execute(context, text, variables)

    return asyncio.run(one())


def test_a_version_comes_to_serve_and_is_rolled_back(two: Any, neo4j_server: GraphSettings) -> None:
    graph, home, (first, second), scores = two
    result = ask(neo4j_server, home, ACTIVATE, version=first)
    assert result.errors is None, result.errors
    model = {"version": first, "active": True, "held": []}
    told = {"score": "deal_win", "version": first, "done": True, "scores": len(scores[0]), "model": model}
    assert result.data["activateModel"] == told
    assert current(graph) == scores[0] and serving(graph, "deal_win") == first
    newest = activations(graph, "deal_win")[0]
    assert (newest.version, newest.before, newest.by, newest.because) == (first, second, "ada", "it was better")
    back = ask(neo4j_server, home, BACK)
    assert back.errors is None, back.errors
    assert back.data["rollBackModel"] == {
        "version": second, "done": True, "scores": len(scores[1]), "model": {"version": second},
    }  # fmt: skip
    assert current(graph) == scores[1]
    assert [(a.version, a.by) for a in activations(graph, "deal_win")][:2] == [(second, "ada"), (first, "ada")]


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.ANALYST])
def test_only_an_admin_may(two: Any, neo4j_server: GraphSettings, role: Role | None) -> None:
    graph, home, (first, second), scores = two
    for text, variables in ((ACTIVATE, {"version": first}), (BACK, {})):
        assert ask(neo4j_server, home, text, role, **variables).errors[0].extensions["code"] == "FORBIDDEN"
    assert serving(graph, "deal_win") == second and current(graph) == scores[1]
    assert len(activations(graph, "deal_win")) == 2


def test_what_stops_it_is_said_as_the_command_says_it(two: Any, neo4j_server: GraphSettings) -> None:
    graph, home, (first, second), scores = two
    stale = artifacts.read(home, "deal_win", first)
    old = {**stale.manifest, "version": "aged", "features": {**stale.manifest["features"], "power_gap": "older"}}
    artifacts.write(home, "deal_win", "aged", stale.served, old, {})
    wrong: list[tuple[dict[str, str], str, str]] = [
        ({"version": "nothing"}, "NOT_FOUND", "no model nothing of deal_win"),
        ({"version": f"../deal_win/{first}"}, "NOT_FOUND", "there are: "),
        ({"version": "--help"}, "NOT_FOUND", "no model --help"),
        ({"version": first, "score": "nothing"}, "BAD_INPUT", "there is no score 'nothing'"),
        ({"version": first, "because": " "}, "BAD_INPUT", "say why"),
        ({"version": first, "because": "a\0b"}, "BAD_INPUT", "NUL byte"),
        ({"version": "aged"}, "STALE_MODEL", "power_gap.cypher changed"),
    ]
    for variables, code, words in wrong:
        error = ask(neo4j_server, home, ACTIVATE, **variables).errors[0]
        assert (error.extensions["code"], words in error.message) == (code, True), error
    with locked(graph, "another", datetime.now(UTC)):
        error = ask(neo4j_server, home, ACTIVATE, version=first).errors[0]
    assert error.extensions["code"] == "BUSY" and "Run another" in error.message
    assert serving(graph, "deal_win") == second and current(graph) == scores[1]


def test_long_work_goes_on_after_the_answer(two: Any) -> None:
    """The answer does not wait for it, a second one is refused meanwhile, and in the end the version serves."""
    graph, home, (first, second), scores = two

    own = ApiSettings(home=home)

    async def asked() -> tuple[Switched, str]:
        made = await switch(own, "deal_win", first, because="later", by="ada", seconds=0.0)
        with pytest.raises(Busy) as refused:
            await switch(own, "deal_win", second, because="at once", by="ada", seconds=60.0)
        assert serving(graph, "deal_win") == second
        await asyncio.wait(set(activation.RUNNING), timeout=240)
        return made, str(refused.value)

    made, said = asyncio.run(asked())
    assert made == Switched("deal_win", first, done=False) and "at this moment" in said
    assert serving(graph, "deal_win") == first and current(graph) == scores[0]
    assert not activation.RUNNING
