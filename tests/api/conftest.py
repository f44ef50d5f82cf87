"""What the API's tests share: one small world in the tests' Neo4j, and ways to ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from strawberry.types.execution import ExecutionResult

from api.app import create_app
from api.auth import NOBODY, Principal, Role, make_token, signing_secret
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.settings import ApiSettings
from kg.graph import AsyncGraph, Graph
from kg.settings import GraphSettings
from kg.store.migrate import migrate
from tests.api.world import build
from tests.conftest import EMPTY

DEALS = 54
PEOPLE = {
    "nobody": NOBODY, "viewer": Principal("v", Role.VIEWER), "analyst": Principal("a", Role.ANALYST),
    "admin": Principal("x", Role.ADMIN),
}  # fmt: skip


class Asked(ExecutionResult):
    """An answer, and how many Cypher calls it took."""

    calls: int


Ask = Callable[..., Any]


@pytest.fixture(scope="package")
def world(neo4j_server: GraphSettings) -> GraphSettings:
    """The world, loaded and published once for all tests of the API, none of which writes."""
    with Graph.connect(neo4j_server) as graph:
        graph.write(EMPTY)
        migrate(graph)
        build(graph, DEALS)
    return neo4j_server


@pytest.fixture
def settings(tmp_path: Path) -> ApiSettings:
    """Settings of the doors with a home of their own."""
    return ApiSettings(home=tmp_path)


@pytest.fixture
def ask(world: GraphSettings, settings: ApiSettings) -> Ask:
    """Execute a query as somebody: `ask(text, "analyst", variable=…)`; `.calls` are its Cypher calls."""

    def run(text: str, who: str = "analyst", own: ApiSettings | None = None, **variables: Any) -> Any:
        async def one() -> Any:
            async with AsyncGraph.connect(world) as graph:
                context = new_context(PEOPLE[who], graph, own or settings, MAKERS)
                result = await execute(context, text, variables)
                result.calls = context.loaders.calls  # type: ignore[attr-defined]
                return result

        return asyncio.run(one())

    return run


@pytest.fixture
def client(world: GraphSettings, settings: ApiSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application, its graph that of the tests."""

    async def nothing(_: object) -> None:
        """Warming would only make the tests slow."""

    monkeypatch.setattr("api.app.warm", nothing)
    monkeypatch.setattr("api.app.AsyncGraph.connect", lambda: AsyncGraph(*world.address))
    with TestClient(create_app(settings), follow_redirects=False) as made:
        yield made


@pytest.fixture
def token(settings: ApiSettings) -> Callable[[str], str]:
    """A token for a role."""

    def made(role: str) -> str:
        return make_token(signing_secret(settings.secret_file), Role(role), name="test", days=1)

    return made
