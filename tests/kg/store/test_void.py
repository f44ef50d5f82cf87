"""Who is who, corrected: what was told of an entity that a record has left never held; what a source ended did."""

from datetime import UTC, datetime
from typing import Any

from kg.graph import Graph
from kg.query.query import Query
from kg.store.load import NodeRows, RelationshipRows, close_missing, load, void_moved

KNOWN, NOW = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
PERIODS = Query(
    "periods", "tests",
    "MATCH (a)-[r:RESOLVED_TO|WITH]->(b) RETURN a.id + '>' + b.id AS tie, r.known_from AS known_from, "
    "r.known_to AS known_to ORDER BY tie",
)  # fmt: skip


def told(resolved: dict[str, str], deals: dict[str, str]) -> list[NodeRows | RelationshipRows]:
    """Account records and deals with their accounts, all known since January."""
    record = {"source": "crm", "kind": "account", "known_from": KNOWN}
    accounts = sorted({*resolved.values(), *deals.values()})
    return [
        NodeRows("Record", [{**record, "id": key, "record_id": key} for key in resolved]),
        NodeRows("Account", [{"id": id_, "known_from": KNOWN} for id_ in accounts]),
        NodeRows("Deal", [{"id": id_, "known_from": KNOWN} for id_ in deals]),
        RelationshipRows("Record", "RESOLVED_TO", "Account", _ties(resolved)),
        RelationshipRows("Deal", "WITH", "Account", _ties(deals)),
    ]


def _ties(pairs: dict[str, str]) -> list[dict[str, Any]]:
    return [{"start": a, "end": b, "known_from": KNOWN} for a, b in pairs.items()]


def run(graph: Graph, name: str, rows: list[NodeRows | RelationshipRows]) -> int:
    load(graph, rows, run=name)
    moved = void_moved(graph, run=name)
    triples = [("Record", "RESOLVED_TO", "Account"), ("Deal", "WITH", "Account")]
    close_missing(graph, run=name, now=NOW, labels=["Account"], triples=triples)
    return moved


def periods(graph: Graph) -> dict[str, str]:
    """Each tie: open, never (it began and ended at once), or ended."""
    names = {None: "open", KNOWN: "never", NOW: "ended"}
    return {row["tie"]: names[row["known_to"]] for row in graph.read(PERIODS)}


def test_a_corrected_identity_never_held_and_comes_back_whole(graph: Graph) -> None:
    deals = {"d1": "A", "d2": "A", "d3": "C"}
    assert run(graph, "one", told({"r1": "A", "r2": "A", "r3": "C"}, deals)) == 0
    split = {"d1": "A", "d2": "B", "d3": "A"}  # r2 is B now; d3 went from C to A, which its source says
    assert run(graph, "two", told({"r1": "A", "r2": "B", "r3": "C"}, split)) == 1
    assert periods(graph) == {
        "r1>A": "open", "r2>A": "never", "r2>B": "open", "r3>C": "open",
        "d1>A": "open", "d2>A": "never", "d2>B": "open", "d3>A": "open", "d3>C": "ended",
    }  # fmt: skip
    assert run(graph, "three", told({"r1": "A", "r2": "A", "r3": "C"}, {**deals, "d3": "A"})) == 1
    assert periods(graph) == {
        "r1>A": "open", "r2>A": "open", "r2>B": "never", "r3>C": "open",
        "d1>A": "open", "d2>A": "open", "d2>B": "never", "d3>A": "open", "d3>C": "ended",
    }  # fmt: skip
    gone = graph.read(Query("b", "tests", "MATCH (b:Account {id: 'B'}) RETURN b.known_to = b.known_from AS never"))
    assert gone == [{"never": True}]
