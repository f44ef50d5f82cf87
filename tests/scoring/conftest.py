"""Quick training, and a world in the graph that the tests of one file share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.graph import Graph
from kg.store.migrate import migrate
from tests.conftest import EMPTY, quick_training
from tests.scoring.scored import CLEAN, NOW, world


@pytest.fixture
def quick() -> Iterator[None]:
    """Training that takes seconds."""
    with quick_training():
        yield


@pytest.fixture(scope="module")
def _world_graph(_session_graph: Graph) -> Graph:
    _session_graph.write(EMPTY)
    migrate(_session_graph)
    world().load(_session_graph, NOW)
    return _session_graph


@pytest.fixture
def filled(_world_graph: Graph, quick: None) -> Graph:
    """The world, loaded once for a file, without scores. Tests that empty the graph stand in a file of their own."""
    _world_graph.write(CLEAN)
    return _world_graph
