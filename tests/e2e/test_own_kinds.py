"""Kinds, features and a score of a company's own: from files to an explained score through GraphQL, no Python."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.auth import Principal, Role
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.jobs.own import published_own
from api.jobs.refresh import Refreshed, refresh
from api.settings import ApiSettings
from kg.errors import ConfigurationError
from kg.graph import AsyncGraph, Graph
from kg.ontology.own import using
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.checks import assert_checks, digest
from kg.store.migrate import migrate
from tests.conftest import EMPTY, quiet
from tests.e2e.own_company import write_company

DROPS = Query("drops", "tests", "SHOW CONSTRAINTS YIELD name WHERE name =~ $own RETURN name", columns=("name",))
OWN = "(tender|bid)_id|(tender_of|needs|bid_on|bid_with)_rel_id"


@dataclass(frozen=True, slots=True)
class Line:
    """A company whose line has run once."""

    sources: Path
    home: Path
    server: GraphSettings
    done: Refreshed


@pytest.fixture(scope="module")
def line(neo4j_server: GraphSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Run the line once; take the constraints of the company's own away behind all tests."""
    folder = tmp_path_factory.mktemp("own")
    sources = write_company(folder)
    with Graph.connect(neo4j_server) as graph:
        graph.write(EMPTY)
        migrate(graph)
        yield Line(sources, folder / "home", neo4j_server, refresh(graph, sources, home=folder / "home", show=quiet))
        graph.write(EMPTY)
        for row in graph.read(DROPS, own=OWN):
            graph.write(Query("drop", "tests", f"DROP CONSTRAINT {row['name']}", "write"))


def ask(line: Line, text: str, role: Role = Role.ANALYST, **variables: Any) -> Any:
    """The answer of the doors, which read the graph alone."""

    async def one() -> Any:
        async with AsyncGraph.connect(line.server) as door:
            own = ApiSettings(home=line.home, request_seconds=60, cost_limit=10**9)
            return await execute(new_context(Principal("e2e", role), door, own, MAKERS), text, variables)

    return asyncio.run(one())


def test_own_rows_reach_the_graph_and_every_audit_holds(line: Line) -> None:
    with Graph.connect(line.server) as graph, using(published_own(graph)):
        assert_checks(graph)
    counts = {stage.stage: stage.counts for stage in line.done.stages}
    assert counts["score"]["bid_win"] == 30
    assert counts["train"]["bid_win"].endswith("(MODEL)")


BEST = """{ ownEntities(kind: "bid", first: 100, filter: [{property: "reference", equals: "BID-329"}]) { edges { node {
  id kind name properties { name value number moment }
  records { source recordId kind }
  related(first: 5) { type outgoing node { label name } entity { id } }
  score(name: "bid_win") { value base logOdds basis
    contributions { logOdds sentence feature { name family }
      paths(first: 2) { sentence nodes { label name } } } } } } } }"""


def test_a_bid_has_a_score_with_reasons_and_paths(line: Line) -> None:
    found = ask(line, BEST)
    assert found.errors is None, found.errors
    (edge,) = found.data["ownEntities"]["edges"]
    bid = edge["node"]
    assert (bid["kind"], bid["name"]) == ("bid", "BID-329")
    assert {p["name"] for p in bid["properties"]} == {"reference", "price", "submitted_at", "decided_at", "result"}
    assert bid["records"] == [{"source": "crm", "recordId": "B329", "kind": "bid"}]
    assert {(r["type"], r["node"]["label"]) for r in bid["related"]} == {("BID_ON", "Tender"), ("BID_WITH", "Account")}
    score = bid["score"]
    total = score["base"] + sum(c["logOdds"] for c in score["contributions"])
    assert abs(total - score["logOdds"]) <= 1e-9
    reasons = {c["feature"]["name"]: c for c in score["contributions"]}
    history = reasons["bid_account_history"]
    assert "earlier bids for" in history["sentence"]
    assert [n["label"] for n in history["paths"][0]["nodes"]] == ["Bid", "Tender", "Account", "Tender", "Bid"]


ALL = """{ ownEntities(kind: "bid", first: 100, after: $after) { edges { node { name score { value } } }
  pageInfo { hasNextPage endCursor } } }"""


def test_the_planted_effect_is_found_and_pages_follow_one_another(line: Line) -> None:
    seen, scored, after = 0, [], None
    while True:
        asked = ALL.replace("$after", "null" if after is None else f'"{after}"')
        found = ask(line, asked).data["ownEntities"]
        seen += len(found["edges"])
        scored += [e["node"]["score"]["value"] for e in found["edges"] if e["node"]["score"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert (seen, len(scored)) == (330, 30)
    assert max(scored) - min(scored) > 0.3


def test_kinds_features_and_segments_describe_themselves(line: Line) -> None:
    found = ask(line, "{ ownKinds { name about scores properties { name unit personal } relationships { type to } } }")
    kinds = {kind["name"]: kind for kind in found.data["ownKinds"]}
    assert kinds["tender"]["about"] == "A request for bids that an account publishes."
    assert kinds["bid"]["scores"] == ["bid_win"]
    assert {"type": "NEEDS", "to": "product"} in kinds["tender"]["relationships"]
    names = {f["name"] for f in ask(line, "{ features { name } }").data["features"]}
    assert {"bid_price", "bid_products", "bid_account_history", "deal_amount"} <= names
    assert "open_bids" in {s["name"] for s in ask(line, "{ segments { name } }").data["segments"]}
    members = ask(line, '{ segment(name: "open_bids", first: 3) { edges { node { reason } } } }')
    assert members.data["segment"]["edges"][0]["node"]["reason"] == "a bid is open"


MASKED = '{ ownEntities(kind: "tender", first: 2) { edges { node { properties { name value } } } } }'


def test_a_viewer_sees_no_personal_property_and_cannot_search_by_it(line: Line) -> None:
    for role, told in ((Role.VIEWER, False), (Role.ANALYST, True)):
        for edge in ask(line, MASKED, role).data["ownEntities"]["edges"]:
            values = {p["name"]: p["value"] for p in edge["node"]["properties"]}
            assert (values["buyer_email"] is not None) == told
            assert values["name"]
    by_mail = '{ ownEntities(kind: "tender", filter: [{property: "buyer_email", equals: "x"}]) { edges { cursor } } }'
    refused = ask(line, by_mail, Role.VIEWER)
    assert "buyer_email is personal data" in str(refused.errors[0])


BAD = [
    ('ownEntities(kind: "deal") { edges { cursor } }', "there is no own kind 'deal'; the own kinds are tender, bid."),
    ('ownEntity(kind: "x`y", id: "1") { id }', "there is no own kind 'x`y'"),
    ('ownEntities(kind: "bid", first: 1000) { edges { cursor } }', "first: 1000 is outside 1 to 100"),
    (
        'ownEntities(kind: "bid", filter: [{property: "prize", equals: "1"}]) { edges { cursor } }',
        "a bid has no property 'prize'; it has reference, price",
    ),
    (
        'ownEntities(kind: "bid", filter: [{property: "price", equals: "dear"}]) { edges { cursor } }',
        "price = 'dear' is no number",
    ),
    ('ownEntities(kind: "bid", after: "nonsense") { edges { cursor } }', "is not a cursor of ours"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_a_bad_question_is_refused(line: Line, text: str, sentence: str) -> None:
    found = ask(line, f"{{ {text} }}")
    assert sentence in str(found.errors[0])


def test_an_account_leads_to_its_tenders(line: Line) -> None:
    text = '{ accounts(first: 1) { edges { node { related(type: "TENDER_OF") { outgoing entity { id } } } } } }'
    (edge,) = ask(line, text).data["accounts"]["edges"]
    assert edge["node"]["related"]
    assert all(not r["outgoing"] and r["entity"]["id"].startswith("tender|crm:T") for r in edge["node"]["related"])


def test_a_record_leads_to_its_own_entity(line: Line) -> None:
    text = '{ entityForRecord(source: "crm", recordId: "T7", kind: "tender") { id __typename } }'
    assert ask(line, text).data["entityForRecord"] == {"id": "tender|crm:T7", "__typename": "OwnEntity"}


def test_a_second_refresh_does_nothing_and_a_kind_cannot_go_away(line: Line) -> None:
    with Graph.connect(line.server) as graph:
        before = digest(graph)
        again = refresh(graph, line.sources, home=line.home, show=quiet)
        assert all(stage.skipped for stage in again.stages)
        assert digest(graph) == before
        ontology = line.sources.parent / "ontology.toml"
        whole = ontology.read_text()
        ontology.write_text(whole[whole.index("[kind.bid]") :].replace('to = "tender"', 'to = "deal"'))
        with pytest.raises(ConfigurationError, match=r"ontology.toml: \[kind.tender\] with label Tender is gone"):
            refresh(graph, line.sources, home=line.home, show=quiet)
        ontology.write_text(whole)
