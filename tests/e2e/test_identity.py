"""Identity through every layer: staged records, Splink, the graph, and what is answered about who is who."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.auth import Principal, Role
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.jobs.refresh import DERIVED
from api.settings import ApiSettings
from kg.graph import AsyncGraph, Graph
from kg.ontology import NODES, RELATIONSHIPS
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.checks import assert_checks, digest
from kg.store.load import close_missing, load
from kg.store.runs import publish
from resolution.entities.rows import graph_rows
from resolution.explain.how import feed, how
from resolution.explain.why import why
from resolution.run.resolve import resolve
from tests.resolution.explain.test_why import accounts
from tests.resolution.small_world import stage

PAIRS = Query(
    name="pairs",
    kind="tests",
    text="MATCH (a:Record)-[c:COMPARED_WITH]->(b:Record) RETURN a.id AS a, b.id AS b, properties(c) AS c",
)
LABELS = [node.label for node in NODES if node.asserted and node.label not in DERIVED]
TRIPLES = [r.triple for r in RELATIONSHIPS if r.asserted and r.start not in DERIVED]


def ask(server: GraphSettings, home: Path, text: str, **variables: Any) -> Any:
    """The data that a query is answered with."""

    async def one() -> Any:
        async with AsyncGraph.connect(server) as door:
            context = new_context(Principal("e2e", Role.ANALYST), door, ApiSettings(home=home), MAKERS)
            return await execute(context, text, variables)

    result = asyncio.run(one())
    assert result.errors is None, result.errors
    return result.data


def run(graph: Graph, folder: Path, tables: dict[str, Any], name: str) -> Path:
    """One run of the line as far as identity goes: stage, resolve, load, close, publish."""
    staging = stage(folder / f"{name}.duckdb", tables)
    now = datetime(2024, 4, 1 if name == "one" else 2, tzinfo=UTC)
    resolve(staging, folder / "resolution.duckdb", now=now)
    load(graph, graph_rows(folder / "resolution.duckdb", staging), run=name)
    close_missing(graph, run=name, now=now, labels=LABELS, triples=TRIPLES)
    publish(graph, name, now, "EUR")
    return staging


@pytest.mark.timeout(600)
def test_who_is_who_from_records_to_answers(graph: Graph, neo4j_server: GraphSettings, tmp_path: Path) -> None:
    tables = accounts()
    stranger = {"key": "web:W0", "known": "2023-01-01", "name": "Unrelated Orchard"}
    run(graph, tmp_path, {**tables, "account": [*tables["account"], stranger]}, "one")
    lost = how(tmp_path / "one.duckdb", tmp_path / "resolution.duckdb", "web:W0").entity
    nordkraft = {"name": "Nordkraft Industries", "domain": "nordkraft.com", "city": "City 0", "phone": "+46 8 7000000"}
    staging = run(graph, tmp_path, {**tables, "account": [*tables["account"], {**stranger, **nordkraft}]}, "two")
    resolution = tmp_path / "resolution.duckdb"

    # re-adding the stored parts gives every stored weight
    rows = graph.read(PAIRS)
    assert len(rows) > 40
    for row in rows:
        c = row["c"]
        assert c["prior"] + sum(c["weights"]) + sum(c["adjustments"]) == pytest.approx(c["match_weight"], abs=1e-9)
    assert {row["c"]["decision"] for row in rows} == {"accepted", "rejected", "cut"}

    # an id that was given up leads to its heir; the feed and the file tell the same
    built = how(staging, resolution, "web:W0")
    text = "query($id: ID!) { account(id: $id) { id how { step joined into meanWeight } } }"
    account = ask(neo4j_server, tmp_path, text, id=lost)["account"]
    assert account["id"] == built.entity != lost
    assert [(s["step"], s["meanWeight"]) for s in account["how"]] == [(s.step, s.mean_weight) for s in built.steps]
    assert {key for s in account["how"] for key in (*s["joined"], *s["into"])} == {
        key.partition("|")[2] for key in built.records
    }
    text = "{ identityEvents(first: 50) { edges { node { sequence kind entityKind count entityIds records } } } }"
    told = [edge["node"] for edge in ask(neo4j_server, tmp_path, text)["identityEvents"]["edges"]]
    events = feed(resolution)
    assert [(e["sequence"], e["kind"], e["count"]) for e in told] == [
        (e["sequence"], e["event"], len(e["entities"])) for e in events
    ]
    assert told[-1] == {
        "sequence": 6, "kind": "MERGED", "entityKind": "account", "count": 2, "entityIds": [built.entity, lost],
        "records": ["web:W0"],
    }  # fmt: skip

    # the graph and the file explain a pair alike
    text = """query($a: RecordKey!, $b: RecordKey!) { whyMatched(a: $a, b: $b) {
        together decision sentence matchWeight comparisons { comparison level weight adjustment } } }"""
    for a, b in (("crm:A1", "erp:V1"), ("billing:B1", "erp:V1"), ("crm:A0", "web:W0"), ("web:L1", "mail:M0")):
        keys = [dict(zip(("source", "recordId"), key.split(":"), strict=True)) for key in (a, b)]
        shown = ask(neo4j_server, tmp_path, text, a=keys[0], b=keys[1])["whyMatched"]
        found = why(staging, resolution, a, b)
        assert (shown["together"], shown["decision"], shown["sentence"]) == (
            found.together, found.decision.name, found.sentence,
        )  # fmt: skip
        assert [tuple(part.values()) for part in shown["comparisons"]] == [
            (p.comparison, p.level, p.weight, p.adjustment) for p in found.parts
        ]
    assert_checks(graph)

    # a second run over the same records adds nothing
    before = digest(graph)
    (tmp_path / "two.duckdb").unlink()
    run(graph, tmp_path, {**tables, "account": [*tables["account"], {**stranger, **nordkraft}]}, "two")
    assert feed(resolution) == events
    assert digest(graph) == before
