"""What all tests share: a real Neo4j of their own, one for each worker, and an emptied, migrated graph in it.

The server is started by the product's own code in `.dealgraph/tests/<process>`, on a free port, with jars that the
demo shares (`DEALGRAPH_JARS`, else `.dealgraph/jars`). `DEALGRAPH_TEST_NEO4J_URI` with `DEALGRAPH_TEST_NEO4J_PASSWORD`
names another server; it is emptied. A Neo4j that cannot be had fails the tests, it never skips them.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from kg.graph import Graph
from kg.query.query import Query
from kg.server import managed
from kg.settings import GraphSettings, read_settings, reset_settings
from kg.store.migrate import migrate
from scoring.settings import settings as scoring_settings

ROOT = Path(__file__).parent.parent
HOMES = ROOT / ".dealgraph" / "tests"
EMPTY = Query(
    name="empty",
    kind="tests",
    mode="write",
    auto_commit=True,
    text=(
        "MATCH (n) WHERE NOT n:__Neo4jMigration AND NOT n:__Neo4jMigrationsLock "
        "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
    ),
)


def pytest_configure(config: pytest.Config) -> None:
    """Take the developer's own settings away: tests see only what they set."""
    given = {name: value for name, value in os.environ.items() if name.startswith("DEALGRAPH_TEST_")}
    shared = os.environ.get("DEALGRAPH_JARS"), os.environ.get("DEALGRAPH_DATA")
    for name in [name for name in os.environ if name.startswith("DEALGRAPH_")]:
        del os.environ[name]
    os.environ.update(given)
    os.environ.setdefault("DEALGRAPH_SCORING_SCORES", "deal_win,lead_conversion")  # the line's own test has all
    os.environ["DEALGRAPH_JARS"] = shared[0] or str(ROOT / ".dealgraph" / "jars")
    if shared[1]:
        os.environ["DEALGRAPH_DATA"] = shared[1]


def quiet(_: str) -> Callable[..., None]:
    """A stage's progress that nobody watches."""
    return lambda done, total, what: None


@contextmanager
def quick_training() -> Iterator[None]:
    """Training that takes seconds: boosting is left out and little is resampled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEALGRAPH_SCORING_BOOSTING", "false")
        patch.setenv("DEALGRAPH_SCORING_RESAMPLES", "50")
        scoring_settings.cache_clear()
        yield
    scoring_settings.cache_clear()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clear_homes() -> None:
    """Stop and remove what test sessions that were killed left behind."""
    for home in HOMES.glob("*") if HOMES.exists() else ():
        if not (home.name.isdigit() and psutil.pid_exists(int(home.name))):
            managed.down(read_settings(home=home))
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[GraphSettings]:
    """Settings that lead to the tests' Neo4j, which runs for the whole session."""
    uri = os.environ.get("DEALGRAPH_TEST_NEO4J_URI")
    home = HOMES / str(os.getpid())
    if uri is not None:
        password = os.environ.get("DEALGRAPH_TEST_NEO4J_PASSWORD", "")
        own = read_settings(home=home, neo4j_uri=uri, neo4j_password=password)
    else:
        clear_homes()
        own = read_settings(home=home, neo4j_port=free_port(), neo4j_heap_mb=1024, neo4j_pagecache_mb=256)
        managed.up(own)
    with Graph.connect(own) as graph:
        graph.wait_ready(60)
    yield own
    managed.down(own)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def _session_graph(neo4j_server: GraphSettings) -> Iterator[Graph]:
    with Graph.connect(neo4j_server) as graph:
        yield graph


@pytest.fixture
def graph(_session_graph: Graph) -> Graph:
    """A connected graph, empty but for its schema."""
    _session_graph.write(EMPTY)
    migrate(_session_graph)
    return _session_graph


@pytest.fixture
def neo4j_environment(neo4j_server: GraphSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphSettings]:
    """The environment set so that this process and its children take the tests' server for theirs."""
    uri, user, password = neo4j_server.address
    monkeypatch.setenv("DEALGRAPH_NEO4J_URI", uri)
    monkeypatch.setenv("DEALGRAPH_NEO4J_USER", user)
    monkeypatch.setenv("DEALGRAPH_NEO4J_PASSWORD", password)
    reset_settings()
    yield neo4j_server
    reset_settings()
