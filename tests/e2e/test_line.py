"""From files to an explained score: a demo company through the whole line, on a real Neo4j, asked through GraphQL."""

from __future__ import annotations

import asyncio
import csv
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.auth import Principal, Role
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.jobs.refresh import Refreshed, refresh
from api.settings import ApiSettings
from kg.graph import AsyncGraph, Graph
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.checks import assert_checks, digest
from kg.store.migrate import migrate
from resolution.demo import write_demo
from scoring.scores import SCORES
from scoring.settings import settings as scoring_settings
from tests.api.test_answers import THE_QUERY
from tests.conftest import EMPTY, ROOT, quiet

ACCOUNTS = 45
EVERY_SCORE = Query(
    name="every_score",
    kind="tests",
    text="MATCH (s:Score) RETURN s.base AS base, s.contributions AS parts, s.log_odds AS log_odds, s.value AS value",
)
Line = tuple[Path, Path, GraphSettings, Refreshed]


@pytest.fixture(scope="module", autouse=True)
def training() -> Iterator[None]:
    """Here models are trained as users train them, those of every score."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DEALGRAPH_SCORING_SCORES")
        scoring_settings.cache_clear()
        yield
    scoring_settings.cache_clear()


@pytest.fixture(scope="module")
def line(neo4j_server: GraphSettings, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """A demo company that went through the whole line once: its files, its home, its graph."""
    files, home = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("home")
    write_demo(files, accounts=ACCOUNTS, seed=3)
    with Graph.connect(neo4j_server) as graph:
        graph.write(EMPTY)
        migrate(graph)
        found = refresh(graph, files / "sources.toml", home=home, show=quiet)
    return files, home, neo4j_server, found


def ask(line: Line, text: str, **variables: Any) -> Any:
    """The data of a query, asked by an analyst."""

    async def one() -> Any:
        async with AsyncGraph.connect(line[2]) as graph:
            own = ApiSettings(home=line[1], request_seconds=180, cost_limit=10**9)
            context = new_context(Principal("e2e", Role.ANALYST), graph, own, MAKERS)
            return await execute(context, text, variables)

    result = asyncio.run(one())
    assert result.errors is None, result.errors
    return result.data


def test_every_stage_counts_what_it_did(line: Line) -> None:
    stages = {done.stage: done for done in line[3].stages}
    assert list(stages) == ["stage", "resolve", "load", "norms", "networks", "train", "score", "forecast", "publish"]
    counts = stages["stage"].counts
    assert counts["staged"] + counts["rejected"] + counts["left_out"] == counts["fetched"] > 1000
    assert stages["load"].counts["nodes"] > 1000
    assert {score.name for score in SCORES} <= stages["score"].counts.keys() & stages["train"].counts.keys()
    assert stages["score"].counts["deal_win"] > 0 and stages["score"].counts["champion_strength"] > 0


def test_the_query_answers_with_paths(line: Line) -> None:
    edges = ask(line, THE_QUERY)["deals"]["edges"]
    assert len(edges) == 3
    for edge in edges:
        score = edge["node"]["score"]
        assert 0 < score["low"] <= score["value"] <= score["high"] < 1
        assert score["contributions"]
        assert all(c["paths"] and c["sentence"] for c in score["contributions"] if c["logOdds"])


def test_each_non_zero_contribution_of_every_open_deal_has_a_path(line: Line) -> None:
    text = """{ deals(first: 100, filter: {state: "open"}) { edges { node { score { contributions {
    logOdds sentence paths(first: 1) { sentence nodes { id } } } } } } } }"""
    deals = [edge["node"]["score"] for edge in ask(line, text)["deals"]["edges"]]
    reasons = [c for score in deals if score for c in score["contributions"] if c["logOdds"]]
    assert len(reasons) > 50
    assert [c for c in reasons if not c["paths"] or not c["paths"][0]["nodes"] or not c["sentence"]] == []


def test_every_score_in_the_graph_adds_up(line: Line) -> None:
    with Graph.connect(line[2]) as graph:
        scores = graph.read(EVERY_SCORE)
    assert scores
    for row in scores:
        assert abs(row["base"] + math.fsum(row["parts"]) - row["log_odds"]) <= 1e-9
        assert abs(1 / (1 + math.exp(-row["log_odds"])) - row["value"]) <= 1e-12


def test_audits_hold(line: Line) -> None:
    with Graph.connect(line[2]) as graph:
        assert_checks(graph)


def test_a_record_leads_to_its_entity(line: Line) -> None:
    with (line[0] / "truth" / "entities.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "account"]
    found = {}
    for row in rows[:25]:
        text = "query R($s: String!, $r: ID!) { entityForRecord(source: $s, recordId: $r) { __typename ... on Account { id } } }"  # noqa: E501
        entity = ask(line, text, s=row["source"], r=row["record_id"])["entityForRecord"]
        if entity is not None and entity["__typename"] == "Account":
            found[row["source"], row["record_id"]] = entity["id"]
    assert len(found) >= 15


def test_a_second_refresh_does_nothing_and_a_forced_one_changes_nothing(line: Line) -> None:
    files, home, settings, _ = line
    with Graph.connect(settings) as graph:
        before = digest(graph)
        again = refresh(graph, files / "sources.toml", home=home, show=quiet)
        assert all(done.skipped for done in again.stages)
        forced = refresh(graph, files / "sources.toml", home=home, show=quiet, force=True)
        assert not any(done.skipped for done in forced.stages)
        assert digest(graph) == before


def cli(line: Line, *args: str) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own."""
    import os

    uri, user, password = line[2].address
    environment = os.environ | {
        "DEALGRAPH_HOME": str(line[1]), "DEALGRAPH_NEO4J_URI": uri, "DEALGRAPH_NEO4J_USER": user,
        "DEALGRAPH_NEO4J_PASSWORD": password,
    }  # fmt: skip
    command = [sys.executable, "-m", "api.cli", *args]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_the_commands_answer_in_their_fixed_forms(line: Line, tmp_path: Path) -> None:
    record = ask(line, "{ deals(first: 1) { edges { node { records { source recordId kind } } } } }")
    deal = next(r for r in record["deals"]["edges"][0]["node"]["records"] if r["kind"] == "deal")
    moments = tmp_path / "m.csv"
    as_of = line[3].as_of.isoformat()
    moments.write_text(f"source,record_id,as_of\n{deal['source']},{deal['recordId']},{as_of}\ncrm,unknown,{as_of}\n")
    answer = cli(line, "score", "predict", "deal_win", "--moments", str(moments), "--out", str(tmp_path / "p.csv"))
    assert answer.returncode == 0, answer.stderr
    with (tmp_path / "p.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["record_id"] for r in rows] == [deal["recordId"], "unknown"]
    assert 0 < float(rows[0]["low"]) <= float(rows[0]["probability"]) <= float(rows[0]["high"]) < 1
    assert (rows[1]["probability"], rows[1]["basis"]) == ("", "NONE")
    why = cli(
        line, "explain", "deal_win", "--record", f"{deal['source']}:{deal['recordId']}", "--as-of", as_of, "--json"
    )
    assert why.returncode == 0, why.stderr
    told = json.loads(why.stdout)
    assert abs(told["base"] + math.fsum(c["contribution"] for c in told["contributions"]) - told["log_odds"]) <= 1e-9
    assert told["probability"] == pytest.approx(float(rows[0]["probability"]), abs=1e-12)
    features_answer(line, f"{deal['source']}:{deal['recordId']}")
    exported = cli(line, "score", "export", "deal_win", "--out", str(tmp_path / "f.csv"))
    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "f.csv").read_text().startswith("source,record_id,probability,band,reason_1")
    forecast = cli(line, "forecast", "show", "--by", "rep", "--json")
    assert forecast.returncode == 0, forecast.stderr
    said = json.loads(forecast.stdout)
    assert said["expected"] == pytest.approx(math.fsum(part["expected"] for part in said["parts"]))
    begin = (line[3].as_of - timedelta(days=20)).isoformat()
    ledger = cli(line, "forecast", "ledger", said["period"], "--from", begin, "--json")
    assert ledger.returncode == 0, ledger.stderr
    moved = json.loads(ledger.stdout)
    assert moved["after"] == said["expected"]
    assert abs(moved["residual"]) <= 1e-9
    assert math.fsum(e["money"] for e in moved["entries"]) == pytest.approx(moved["after"] - moved["before"])
    assert cli(line, "forecast", "show", "2026Q7").returncode == 3
    assert cli(line, "forecast", "ledger", "1999Q1").returncode == 4
    unknown = cli(line, "explain", "deal_win", "--record", "crm:unknown", "--json")
    assert unknown.returncode == 4
    assert json.loads(unknown.stderr)["error"]["code"] == "NOT_FOUND"
    assert cli(line, "score", "predict", "nothing", "--moments", str(moments), "--out", "x.csv").returncode == 3
    assert cli(line, "check", "audits").returncode == 0


def features_answer(line: Line, record: str) -> None:
    """A value leads to its record, a profile covers what is open, and the models have the digests of the files."""
    shown = cli(line, "features", "show", "deal_amount", "--record", record, "--json")
    assert shown.returncode == 0, shown.stderr
    told = json.loads(shown.stdout)
    said = [r for row in told["rows"] for part in row["lineage"] if part["how"] == "record" for r in part["records"]]
    assert told["value"] > 0 and record in {f"{r['source']}:{r['record_id']}" for r in said}
    profiled = cli(line, "features", "profile", "deal", "--json")
    assert profiled.returncode == 0, profiled.stderr
    found = {p["feature"]: p for p in json.loads(profiled.stdout)}
    assert {p["n"] for p in found.values()} == {line[3].stages[6].counts["deal_win"]}
    assert found["deal_amount"]["missing"] < 1 and found["deal_age"]["drift"]["psi"] >= 0
    versions = cli(line, "features", "versions", "deal_amount", "--json")
    assert versions.returncode == 0, versions.stderr
    (one,) = json.loads(versions.stdout)
    assert one["models"] and all(m["same"] and m["refuses"] is None for m in one["models"])
    out = line[1] / "train.parquet"
    written = cli(line, "features", "snapshot", "deal_win", "--out", str(out), "--json")
    assert written.returncode == 0, written.stderr
    told = json.loads(written.stdout)
    serving = next(m["version"] for m in one["models"] if m["serves"] and m["score"] == "deal_win")
    manifest = json.loads((line[1] / "models" / "deal_win" / serving / "manifest.json").read_text())
    assert told["metadata"]["dealgraph.digest"] == manifest["data"] and told["rows"] == manifest["rows"]
    assert told["metadata"]["dealgraph.version"] == serving and out.stat().st_size > 1000
