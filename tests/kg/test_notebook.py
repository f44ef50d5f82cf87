"""The analysts' handle: a frame, a subgraph, a GraphML file, and nothing written."""

from __future__ import annotations

from pathlib import Path

import networkx
import pytest

from kg.errors import InputError, ServerError
from kg.graph import Graph
from kg.notebook import Notebook
from kg.query.query import Query
from kg.settings import GraphSettings
from tests.conftest import free_port

MAKE = Query(
    "make",
    "tests",
    "CREATE (a:Account {id: 'a_1', name: 'Aalto Öy', aliases: ['A', 'B'], known_from: datetime('2024-01-01T00Z')}) "
    "CREATE (d:Deal {id: 'd_1', name: 'First', amount: 12.5})-[:WITH {id: 'd_1>a_1'}]->(a)",
    mode="write",
)


@pytest.fixture
def book(graph: Graph, neo4j_server: GraphSettings) -> Notebook:
    """A handle on a graph of one deal."""
    graph.write(MAKE)
    return Notebook.connect(neo4j_server)


def test_a_frame(book: Notebook) -> None:
    text = "MATCH (d:Deal)-[:WITH]->(a) WHERE d.amount > $least RETURN d.name AS deal, a.name AS account"
    frame = book.frame(text, least=1)
    assert frame.to_dict("records") == [{"deal": "First", "account": "Aalto Öy"}]
    assert book.frame(Query("n", "tests", "MATCH (n:Deal) RETURN count(n) AS n"))["n"].tolist() == [1]


def test_a_subgraph_and_its_graphml(book: Notebook, tmp_path: Path) -> None:
    text = "MATCH (d:Deal)-[w:WITH]->(a:Account) RETURN d, w, a"
    found = book.subgraph(text)
    assert {node["id"] for node in found.nodes} == {"a_1", "d_1"}  # py2neo may hold an end of a relationship twice
    network = networkx.read_graphml(book.graphml(text, tmp_path / "deal.graphml"), force_multigraph=True)
    assert network.nodes["a_1"]["name"] == "Aalto Öy" and network.nodes["a_1"]["aliases"] == "A; B"
    assert network.nodes["d_1"]["amount"] == 12.5
    assert [data["type"] for _, _, data in network.edges(data=True)] == ["WITH"]


@pytest.mark.parametrize("text", ["CREATE (:Deal {id: 'd_2'})", "MATCH (d:Deal) SET d.amount = 0", "RETURN nonsense"])
def test_it_only_reads(book: Notebook, graph: Graph, text: str) -> None:
    with pytest.raises(InputError, match="Neo4j refused the query"):
        book.frame(text)
    assert graph.read(Query("sum", "tests", "MATCH (d:Deal) RETURN sum(d.amount) AS n")) == [{"n": 12.5}]


def test_nothing_to_draw_is_said(book: Notebook, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither nodes nor relationships"):
        book.graphml("RETURN 1 AS one", tmp_path / "none.graphml")


def test_no_server_is_said() -> None:
    with pytest.raises(ServerError, match="cannot be reached"):
        Notebook(f"bolt://127.0.0.1:{free_port()}", "neo4j", "none")
