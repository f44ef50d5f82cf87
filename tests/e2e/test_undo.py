"""A merge by judgement and the unmerge after it, through the whole line: ids, scores and paths come back exactly."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.auth import Principal, Role
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.jobs.refresh import Refreshed, refresh
from api.settings import ApiSettings
from kg.errors import NeedsApproval
from kg.graph import AsyncGraph, Graph
from kg.judgements import judge, read_name, review_queue, unmerge
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.steps import take
from kg.store.checks import assert_checks
from kg.store.migrate import migrate
from resolution.demo import write_demo
from resolution.settings import settings as resolution_settings
from scoring.scores import score_named
from scoring.serving.explain import explain
from tests.conftest import EMPTY, quiet

ACCOUNTS = 14
ASIDE = ["Judgement", "Review", "IdentityEvent", "Redirect", "Run", "Workspace", "Model"]
"""What tells of the merge and its undoing, and of runs: it stays."""
NODES = Query(
    "living_nodes", "tests",
    "MATCH (n) WHERE none(l IN labels(n) WHERE l IN $aside OR l STARTS WITH '__') "
    "AND (n.known_to IS NULL OR n:Norm OR n:Measure) RETURN n {.*, run: null} AS row ORDER BY n.id",
)  # fmt: skip
TIES = Query(
    "living_ties", "tests",
    "MATCH (a)-[r]->(b) WHERE none(l IN labels(a) + labels(b) WHERE l IN $aside OR l STARTS WITH '__') "
    "AND r.known_to IS NULL RETURN type(r) AS type, r {.*, run: null} AS row ORDER BY type, r.id",
)  # fmt: skip
OPEN = Query(
    "open_deals", "tests",
    "MATCH (s:Score:Current {name: 'deal_win'})-[:OF]->(d:Deal)-[w:WITH]->(a:Account) WHERE w.known_to IS NULL "
    "MATCH (r:Record)-[:RESOLVED_TO]->(d) MATCH (x:Record)-[t:RESOLVED_TO]->(a) WHERE t.known_to IS NULL "
    "RETURN a.id AS account, min(r.source + ':' + r.record_id) AS deal, collect(DISTINCT x.source + ':' + x.record_id) "
    "AS records ORDER BY account",
)  # fmt: skip


def living(graph: Graph) -> list[str]:
    """All that holds now, but for what tells of judgements and runs; as text, where NaN equals NaN."""
    rows = [*graph.read(NODES, aside=ASIDE), *graph.read(TIES, aside=ASIDE)]
    return [repr(sorted(row["row"].items())) for row in rows]


def account(settings: GraphSettings, home: Path, id_: str) -> str | None:
    """The id that GraphQL answers with when asked for an account."""

    async def one() -> Any:
        async with AsyncGraph.connect(settings) as graph:
            context = new_context(Principal("e2e", Role.ANALYST), graph, ApiSettings(home=home), MAKERS)
            return await execute(context, "query A($id: ID!) { account(id: $id) { id } }", {"id": id_})

    result = asyncio.run(one())
    assert result.errors is None, result.errors
    found = result.data["account"]
    return found["id"] if found else None


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_merge_and_its_unmerge_end_where_they_began(
    neo4j_server: GraphSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_demo(files, accounts=ACCOUNTS, seed=6)

    def line(graph: Graph, **more: Any) -> Refreshed:
        return refresh(graph, files / "sources.toml", home=home, show=quiet, **more)

    with Graph.connect(neo4j_server) as graph:
        graph.write(EMPTY)
        migrate(graph)
        as_of = line(graph).as_of
        one, other = graph.read(OPEN)[:2]
        queue = review_queue(graph, kind=None, first=100)
        assert queue
        assert [p.score for p in queue] == sorted((p.score for p in queue), reverse=True)
        assert all(sum(p.part_weights) == pytest.approx(p.match_weight, abs=1e-9) for p in queue)

        def why() -> list[str]:
            both = (explain(graph, score_named("deal_win"), row["deal"], as_of, home=home) for row in (one, other))
            return [json.dumps(told, sort_keys=True, default=str) for told in both]

        before, reasons = living(graph), why()
        said = {"author": "ann", "reason": "one company", "at": datetime.now(UTC)}
        names = read_name(one["records"][0], "account"), read_name(other["records"][0], "account")
        take(graph, judge(*names, "same", **said))

        monkeypatch.setenv("DEALGRAPH_RESOLUTION_APPROVAL_FLOOR", "1")
        monkeypatch.setenv("DEALGRAPH_RESOLUTION_APPROVAL_SHARE", "0")
        resolution_settings.cache_clear()
        with pytest.raises(NeedsApproval, match="nothing was published"):
            line(graph)
        assert living(graph) == before
        line(graph, approve=True)
        monkeypatch.undo()
        resolution_settings.cache_clear()

        winner = {account(neo4j_server, home, row["account"]) for row in (one, other)}
        assert len(winner) == 1
        assert winner <= {one["account"], other["account"]}
        (kept,) = winner
        lost = other if kept == one["account"] else one
        assert living(graph) != before
        assert_checks(graph)

        cut = [read_name(text) for text in lost["records"]]
        take(graph, unmerge(str(kept), cut, **{**said, "reason": "two after all", "at": datetime.now(UTC)}))
        line(graph)
        both = {one["account"], other["account"]}
        assert {account(neo4j_server, home, row["account"]) for row in (one, other)} == both
        after = living(graph)
        assert (sorted({*after} - {*before}), sorted({*before} - {*after})) == ([], [])
        assert why() == reasons
        assert_checks(graph)
