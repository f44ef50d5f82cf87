"""Records of other systems go through the whole line by a mapping alone and come out with scores and paths."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api.auth import Principal, Role
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.jobs.refresh import Refreshed, refresh
from api.settings import ApiSettings
from kg.graph import AsyncGraph, Graph
from kg.settings import GraphSettings
from kg.store.checks import assert_checks
from tests.conftest import ROOT, quiet
from tests.resolution.sources.test_ready_made import PUBLIC, needs_public

DATA = ROOT / "tests" / "data"
BEST = """{ deals(first: 5, orderBy: {score: DESC}, filter: {state: "open"}) { edges { node { name
score { value basis base logOdds
contributions { logOdds sentence paths(first: 2) { sentence nodes { id } } } } } } } }"""


def answer(sources: Path, home: Path, server: GraphSettings, graph: Graph) -> tuple[Refreshed, list[dict[str, Any]]]:
    """What the line did with these sources, and its best open deals with their reasons."""
    done = refresh(graph, sources, home=home, show=quiet)

    async def ask() -> Any:
        async with AsyncGraph.connect(server) as door:
            own = ApiSettings(home=home, request_seconds=60, cost_limit=10**9)
            return await execute(new_context(Principal("e2e", Role.ANALYST), door, own, MAKERS), BEST, {})

    result = asyncio.run(ask())
    assert result.errors is None, result.errors
    return done, [edge["node"] for edge in result.data["deals"]["edges"]]


def holds(deals: list[dict[str, Any]], basis: str) -> None:
    """Each deal has a score with its basis, reasons that add up, and a path for each."""
    assert deals
    for deal in deals:
        score = deal["score"]
        assert score["basis"] == basis
        assert abs(score["base"] + sum(c["logOdds"] for c in score["contributions"]) - score["logOdds"]) <= 1e-9
        for reason in score["contributions"]:
            assert reason["sentence"]
            assert not reason["logOdds"] or (reason["paths"] and reason["paths"][0]["nodes"])


@pytest.mark.parametrize("folder", ["salesforce", "hubspot", "fivetran/salesforce", "fivetran/hubspot"])
def test_a_small_company_in_each_shape(folder: str, tmp_path: Path, neo4j_server: GraphSettings, graph: Graph) -> None:
    done, deals = answer(DATA / folder / "sources.toml", tmp_path, neo4j_server, graph)
    stages = {stage.stage: stage.counts for stage in done.stages}
    told = stages["stage"]
    assert told["staged"] + told["rejected"] + told["left_out"] == told["fetched"]
    holds(deals, "BLEND")  # 72 closed deals are fewer than 40 won and 40 lost: rules, shrunk toward them
    assert_checks(graph)


@needs_public
def test_maven_through_its_mapping_alone(tmp_path: Path, neo4j_server: GraphSettings, graph: Graph) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f'[workspace]\ncurrency = "USD"\n[source.maven]\nuse = "maven"\nfiles = "{PUBLIC / "crm_maven"}"\n',
        encoding="utf-8",
    )
    _, deals = answer(sources, tmp_path / "home", neo4j_server, graph)
    holds(deals, "MODEL")
    assert_checks(graph)
