"""The loader against a bare `UNWIND … MERGE … SET +=` loop: same rows, batch size, constraints and server."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from kg.graph import Graph
from kg.query.query import Query
from kg.render.migration import statement
from kg.render.schema import schema_items
from kg.store.load import NodeRows, RelationshipRows, load

BATCH = 5000
START = datetime(2022, 1, 1, tzinfo=UTC)
RUN = "bench"
WIPE = Query(
    "wipe", "bench", "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS", "write", auto_commit=True
)
BARE_NODES = Query("nodes", "bench", "UNWIND $rows AS row MERGE (n:Deal {id: row.id}) SET n += row.props", "write")
BARE_LINKS = Query(
    "relationships",
    "bench",
    "UNWIND $rows AS row MATCH (a:Deal {id: row.start}) MATCH (b:Account {id: row.end}) "
    "MERGE (a)-[r:WITH {id: row.id}]->(b) SET r += row.props",
    "write",
)
Rows = list[dict[str, Any]]


def deals(size: int) -> Iterator[dict[str, Any]]:
    """Rows as resolution makes them: texts, numbers, moments."""
    for i in range(size):
        at = START + timedelta(minutes=i)
        yield {
            "id": f"d_{i:012x}",
            "name": f"Deal {i}",
            "kind": "new",
            "amount": 1000.0 + i,
            "currency": "EUR",
            "opened_at": at,
            "stage": "Proposal",
            "state": "open",
            "pipeline": "Sales",
            "lead_source": "web",
            "known_from": at,
        }


def links(size: int, accounts: int) -> Iterator[dict[str, Any]]:
    """One relationship for each deal."""
    for i in range(size):
        yield {"start": f"d_{i:012x}", "end": f"a_{i % accounts}", "record": f"crm:{i}", "known_from": START}


def accounts(count: int) -> list[dict[str, Any]]:
    """The other ends."""
    return [{"id": f"a_{i}", "name": f"Account {i}", "known_from": START} for i in range(count)]


def run(graph: Graph, size: int = 100_000) -> dict[str, Any]:
    """Seconds of both ways on an emptied graph, and their ratio (1 is as fast as the bare loop, larger is faster).

    The graph is emptied: give a graph made for benchmarks. The bare rows are laid out beforehand; the loader's
    time includes its validation.
    """
    for item in schema_items():
        graph.write(statement(item.statement, item.name))
    some = max(1, size // 20)
    seconds: dict[str, list[float]] = {"bare": [], "load": []}
    _once(graph, _loader, min(size, 5000), some)  # warm the server's and the driver's code
    for _ in range(2):
        seconds["bare"].append(_once(graph, _bare, size, some))
        seconds["load"].append(_once(graph, _loader, size, some))
    graph.write(WIPE)
    bare, ours = min(seconds["bare"]), min(seconds["load"])
    return {
        "rows": 2 * size,
        "batch": BATCH,
        "bare_seconds": round(bare, 3),
        "load_seconds": round(ours, 3),
        "ratio": round(bare / ours, 3),
        "rows_per_second": round(2 * size / ours),
    }


def _once(graph: Graph, way: Callable[[Graph, Rows, Rows], None], size: int, some: int) -> float:
    graph.write(WIPE)
    load(graph, [NodeRows("Account", accounts(some))], run=RUN)
    nodes, relationships = list(deals(size)), list(links(size, some))
    if way is _bare:
        nodes = [{"id": row["id"], "props": {**row, "run": RUN}} for row in nodes]
        relationships = [
            {
                "start": r["start"],
                "end": r["end"],
                "id": f"{r['start']}>{r['end']}",
                "props": {"record": r["record"], "known_from": r["known_from"], "run": RUN},
            }
            for r in relationships
        ]
    started = time.perf_counter()
    way(graph, nodes, relationships)
    return time.perf_counter() - started


def _bare(graph: Graph, nodes: Rows, relationships: Rows) -> None:
    for query, rows in ((BARE_NODES, nodes), (BARE_LINKS, relationships)):
        for i in range(0, len(rows), BATCH):
            graph.write(query, rows=rows[i : i + BATCH])


def _loader(graph: Graph, nodes: Rows, relationships: Rows) -> None:
    load(graph, [NodeRows("Deal", nodes), RelationshipRows("Deal", "WITH", "Account", relationships)], run=RUN)
