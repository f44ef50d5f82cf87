"""Columns that nobody thought of beforehand count: from files to explained scores, by the mapping alone."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.auth import Principal, Role
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute
from api.jobs.refresh import Refreshed, refresh
from api.settings import ApiSettings
from kg.errors import NotFound
from kg.graph import AsyncGraph, Graph
from kg.settings import GraphSettings
from kg.store.checks import assert_checks
from kg.store.migrate import migrate
from scoring.learning.train import train
from scoring.registry.registry import served
from scoring.scores import score_named
from scoring.serving.predict import answer, entities_at
from tests.conftest import EMPTY

START = datetime(2024, 1, 1, tzinfo=UTC)
TOML = """[workspace]
currency = "EUR"
[source.crm.account]
files = "accounts.csv"
id = "Account"
name = "Account Name"
known_at = "Since"
attributes = ["Tier"]
[source.crm.deal]
files = "deals.csv"
id = "Id"
name = "Title"
account = { ref = "Account" }
opened_at = "Opened"
closed_at = "Closed"
stage = { column = "Stage", values = { "Open" = "open:1", "Won" = "won", "Lost" = "lost" } }
attributes = [
  { column = "Budget Confirmed", known_at = "Opened" },
  { column = "Seats Wanted", known_at = "Opened" },
  { column = "Assistant", known_at = "Opened" },
  { column = "Reply To", known_at = "Opened" },
  "Field 7",
  { column = "Field 8", known_at = "Closed" },
]
[source.app.activity]
files = "events.csv"
id = "n"
event = "What"
at = "When"
deal = { ref = "crm:Deal" }
account = { ref = "crm:Account" }
attributes = ["Seats", "Page"]
"""
ASKED = """{ deals(first: 3, filter: {state: "open"}, orderBy: {score: DESC}) { edges { node {
  attributes { name type text number record feature }
  account { attributes { name text } }
  score { basis base logOdds contributions { feature { name family } logOdds value sentence
    paths(first: 2) { sentence nodes { id label properties { name value } } } } } } } } }"""
Ask = Callable[..., dict[str, Any]]


def write_company(folder: Path, deals: int = 260) -> None:
    """Deals whose outcome follows their budget and their account's tier, and a column that closing fills."""
    draw = random.Random(5)
    accounts = [(f"A{i}", f"Firm {i}", "2023-06-01", ("gold", "silver")[i % 2]) for i in range(40)]
    rows = ["Account,Account Name,Since,Tier", *(",".join(a) for a in accounts)]
    (folder / "accounts.csv").write_text("\n".join(rows), encoding="utf-8")
    events: list[str] = []
    lines = ["Id,Title,Account,Opened,Closed,Stage,Budget Confirmed,Seats Wanted,Assistant,Reply To,Field 7,Field 8"]
    for i in range(deals):
        opened = START + timedelta(days=i * 1.5)
        open_ = i >= deals - 20
        budget, account = draw.random() < 0.5, draw.randrange(40)
        won = draw.random() < 0.15 + 0.5 * budget + 0.2 * (account % 2 == 0)
        closed = "" if open_ else f"{opened + timedelta(days=draw.randint(10, 60)):%Y-%m-%d}"
        stage = "Open" if open_ else "Won" if won else "Lost"
        lines.append(
            f"D{i},Deal {i},A{account},{opened:%Y-%m-%d},{closed},{stage},{'yes' if budget else 'no'},"
            f"{draw.randint(1, 90)},{('Ann Berg', 'Ove Dahl')[i % 2]},{'ab'[i % 2]}@firm.se,"
            f"{'' if open_ else 'KX'[won]},{'' if open_ else draw.choice('pq')}"
        )
        when = opened + timedelta(days=5)
        if draw.random() < (0.7 if won else 0.3):
            what = ("Trial started", "trial Started")[i % 3 == 0]
            events.append(f"{len(events)},{what},{when:%Y-%m-%d},D{i},,{draw.randint(1, 9)},p{i}")
        if won and not open_:
            events.append(f"{len(events)},Contract signed,{closed},D{i},,,")
        events.append(f"{len(events)},Page viewed,{when:%Y-%m-%d},,A{account},,p{i}")
    (folder / "deals.csv").write_text("\n".join(lines), encoding="utf-8")
    events += ["9000,Rare thing,2024-03-01,D1,,,", *(f"90{i},ann@firm.se,2024-03-01,D{i},,," for i in range(10, 30))]
    (folder / "events.csv").write_text("\n".join(["n,What,When,Deal,Account,Seats,Page", *events]), encoding="utf-8")
    (folder / "sources.toml").write_text(TOML, encoding="utf-8")


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, neo4j_server: GraphSettings, _session_graph: Graph
) -> tuple[Path, Refreshed]:
    """The company, loaded, learned from and scored once."""
    folder = tmp_path_factory.mktemp("attributes")
    write_company(folder)
    _session_graph.write(EMPTY)
    migrate(_session_graph)
    done = refresh(_session_graph, folder / "sources.toml", home=folder, show=lambda _: lambda *_a: None)
    return folder, done


@pytest.fixture
def ask(company: tuple[Path, Refreshed], neo4j_server: GraphSettings) -> Ask:
    """Execute a query as somebody."""

    def run(text: str, role: Role = Role.ANALYST, **variables: Any) -> dict[str, Any]:
        async def one() -> Any:
            async with AsyncGraph.connect(neo4j_server) as graph:
                own = ApiSettings(home=company[0], request_seconds=60, cost_limit=10**9)
                return await execute(new_context(Principal("e2e", role), graph, own, MAKERS), text, variables)

        result = asyncio.run(one())
        assert result.errors is None, result.errors
        return dict(result.data)

    return run


def deals_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in answer["deals"]["edges"]]


def test_own_columns_count_and_add_up_with_a_path_to_their_record(ask: Ask) -> None:
    deals = deals_of(ask(ASKED))
    assert len(deals) == 3
    said = [reason for deal in deals for reason in deal["score"]["contributions"]]
    for deal in deals:
        score = deal["score"]
        assert score["basis"] == "MODEL"
        assert abs(score["base"] + sum(r["logOdds"] for r in score["contributions"]) - score["logOdds"]) <= 1e-9
    own = [reason for reason in said if reason["feature"]["family"] == "attribute"]
    assert {r["feature"]["name"] for r in own} >= {"attribute:Budget Confirmed", "account attribute:Tier"}
    budget = max(own, key=lambda r: abs(float(r["logOdds"])))
    assert budget["sentence"].startswith("Budget Confirmed: yes, since")
    for reason in own:
        *_, record, held = reason["paths"][0]["nodes"]
        assert (record["label"], held["label"]) == ("Record", "Attributes"), reason
        assert held["id"].startswith(f"attributes|{record['id']}|")


def test_an_entity_tells_its_attributes(ask: Ask) -> None:
    deal = deals_of(ask(ASKED))[0]
    told = {a["name"]: a for a in deal["attributes"]}
    assert told["Budget Confirmed"] == {
        "name": "Budget Confirmed", "type": "flag", "text": "yes", "number": 1.0, "feature": True,
        "record": told["Seats Wanted"]["record"],
    }  # fmt: skip
    assert told["Seats Wanted"]["record"].startswith("crm:D")
    assert told["Assistant"]["text"] in ("Ann Berg", "Ove Dahl")
    assert deal["account"]["attributes"][0]["text"] in ("gold", "silver")


def test_what_only_closing_fills_is_left_out_by_name(company: tuple[Path, Refreshed], _session_graph: Graph) -> None:
    model = served(_session_graph, company[0], "deal_win")
    left = model.manifest["left_out"]
    assert not {"attribute:Field 7", "attribute:Field 8"} & set(model.features)
    assert "it tells the outcome almost alone" in left["attribute:Field 7"]
    assert "only with or after their outcome" in left["attribute:Field 8"]
    said = " ".join(sentence for stage in company[1].stages for sentence in stage.said)
    assert "Field 7" in said and "Field 8" in said


def test_who_says_why_may_learn_from_what_was_left_out(
    company: tuple[Path, Refreshed], _session_graph: Graph, tmp_path: Path
) -> None:
    score = replace(score_named("deal_win"), allow={"Field 7": "asked at the first call"})
    now = START + timedelta(days=400)
    model = train(_session_graph, score, as_of=now, home=tmp_path)
    assert "attribute:Field 7" in model.features and "attribute:Field 8" in model.left_out
    assert model.manifest["allowed"] == {"Field 7": "asked at the first call"}
    ids = entities_at(_session_graph, "deal", [("crm", "D100", now)])
    assert 0 < answer(_session_graph, model, [(str(ids[0]), now)]).answer.probability[0] < 1
    with pytest.raises(NotFound, match="--allow 'Field 9': there is no such column of your own; they are "):
        train(_session_graph, replace(score, allow={"Field 9": "x"}), as_of=now, home=tmp_path)


def test_own_events_count_by_kind_and_number(ask: Ask, company: tuple[Path, Refreshed], _session_graph: Graph) -> None:
    model = served(_session_graph, company[0], "deal_win")
    own = {name for name in model.features if "event:" in name}
    assert {"event:Trial started", "event:Trial started: Seats, sum", "event:Trial started: Seats, last"} <= own
    assert {"event:Trial started, days since", "account event:Page viewed"} <= own
    assert "event:Contract signed" not in own
    assert "only with or after their outcome" in model.manifest["left_out"]["event:Contract signed"]
    said = " ".join(sentence for stage in company[1].stages for sentence in stage.said)
    assert "own events count: Page viewed (260); " in said and "Trial started (126, with Seats)" in said
    assert "event Rare thing happened 1 time, fewer than 10: it is no feature" in said
    assert "an event names people: it is no feature" in said and "ann@firm.se" not in said
    assert re.search(r"activity Page [^.]*: it is no feature", said)
    reasons = [r for deal in deals_of(ask(ASKED)) for r in deal["score"]["contributions"]]
    trials = [r for r in reasons if r["feature"]["name"].startswith("event:Trial started") and r["value"]]
    assert trials
    for reason in trials:
        assert reason["paths"][0]["nodes"][-1]["id"].startswith("activity|app:"), reason
        assert reason["sentence"].startswith(("Trial started", "Seats of Trial started")), reason


def test_lists_are_narrowed_by_own_columns(ask: Ask) -> None:
    whole = """query ($f: DealFilter, $by: DealOrder) { deals(first: 100, filter: $f, orderBy: $by) {
      edges { node { id attributes { name text number } account { attributes { name text } } } } } }"""

    def rows(order: dict[str, str] | None, *attributes: dict[str, Any], role: Role = Role.ANALYST) -> list[Any]:
        given = {"state": "open", "attributes": list(attributes) or None}
        return deals_of(ask(whole, role, f=given, by=order))

    for order in ({"score": "DESC"}, {"openedAt": "ASC"}, None):
        every = rows(order)
        held = {deal["id"]: {a["name"]: a for a in deal["attributes"]} for deal in every}
        budget = {"name": "Budget Confirmed", "equals": "Yes"}
        assert [d["id"] for d in rows(order, budget)] == [
            d["id"] for d in every if held[d["id"]]["Budget Confirmed"]["text"] == "yes"
        ]
        seats = {"name": "Seats Wanted", "min": 20, "max": 60}
        assert [d["id"] for d in rows(order, budget, seats)] == [
            d["id"]
            for d in every
            if held[d["id"]]["Budget Confirmed"]["text"] == "yes"
            and 20 <= held[d["id"]]["Seats Wanted"]["number"] <= 60
        ]
        assert 0 < len(rows(order, budget)) < len(every)
        assert rows(order, {"name": "Assistant", "equals": "ann berg"})
    gold = ask(
        """{ accounts(first: 100, filter: {attributes: [{name: "Tier", equals: "GOLD"}]}) {
          edges { node { attributes { name text } } } } }"""
    )
    tiers = [edge["node"]["attributes"][0]["text"] for edge in gold["accounts"]["edges"]]
    assert len(tiers) == 20 and set(tiers) == {"gold"}


@pytest.mark.parametrize(
    ("role", "asked", "sentence"),
    [
        (
            Role.ANALYST,
            {"name": "Nothing", "equals": "x"},
            "no column 'Nothing' of deals can be asked for; there are A",
        ),
        (Role.VIEWER, {"name": "Assistant", "equals": "Ann Berg"}, "no column 'Assistant' of deals can be asked for"),
        (Role.ANALYST, {"name": "Budget Confirmed"}, "say equals, min, max, after or before"),
        (Role.ANALYST, {"name": "Budget Confirmed", "equals": "maybe"}, "does not fit its type flag: yes, no"),
        (Role.ANALYST, {"name": "Seats Wanted", "equals": "many"}, "does not fit its type number: a number such as"),
        (Role.ANALYST, {"name": "Seats Wanted", "after": "2024-01-01T00:00:00Z"}, "is no date but number"),
        (Role.ANALYST, {"name": "Field 7", "min": 1}, "is category, no number"),
    ],
)
def test_a_filter_that_no_column_fits_is_refused(ask: Ask, role: Role, asked: dict[str, Any], sentence: str) -> None:
    text = "query ($f: DealFilter) { deals(first: 5, filter: $f) { edges { node { id } } } }"
    with pytest.raises(AssertionError, match=re.escape(sentence)):
        ask(text, role, f={"attributes": [asked]})


def test_the_features_list_names_attributes(ask: Ask) -> None:
    found = ask("{ features(entity: DEAL) { name family about } }")["features"]
    own = {f["name"]: f["about"] for f in found if f["family"] == "attribute"}
    assert own["attribute:Budget Confirmed"] == "Budget Confirmed, as its records say it (flag)."
    assert "attribute:Reply To" not in own


def test_a_viewer_reads_neither_people_nor_records(ask: Ask) -> None:
    text = str(ask(ASKED, Role.VIEWER))
    assert [text[text.index(x) - 150 :][:200] for x in ("Ann Berg", "Ove Dahl", "@firm.se") if x in text] == []
    deal = deals_of(ask(ASKED, Role.VIEWER))[0]
    told = {a["name"]: a for a in deal["attributes"]}
    assert told["Budget Confirmed"]["text"] == "yes"
    assert (told["Reply To"]["text"], told["Reply To"]["record"]) == (None, None)


def test_the_graph_keeps_its_promises(company: tuple[Path, Refreshed], _session_graph: Graph) -> None:
    assert_checks(_session_graph)
