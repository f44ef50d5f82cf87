"""What the schema answers: entities, scores that add up, paths behind every reason, pages, segments, search."""

from __future__ import annotations

import math
from typing import Any

import pytest

from api.graphql.cursors import Cursor, decode
from kg.errors import InputError
from tests.api.conftest import DEALS, Ask
from tests.worlds import norrland

THE_QUERY = (
    "query { deals(first: 3, orderBy: {score: DESC}) { edges { node { name account { name } score { value low high "
    "contributions(first: 5) { sentence logOdds paths(first: 2) { sentence nodes { id label } "
    "relationships { type at } } } } } } } }"
)


def data(result: Any) -> Any:
    assert result.errors is None
    return result.data


def test_the_query_that_it_must_answer(ask: Ask) -> None:
    edges = data(ask(THE_QUERY))["deals"]["edges"]
    values = [edge["node"]["score"]["value"] for edge in edges]
    assert len(edges) == 3
    assert values == sorted(values, reverse=True)
    for edge in edges:
        assert edge["node"]["account"]["name"]
        for reason in edge["node"]["score"]["contributions"]:
            assert reason["sentence"]
            assert len(reason["paths"]) >= 1
            assert all(path["nodes"] and path["sentence"] for path in reason["paths"])


def test_contributions_add_up_and_each_leads_to_a_path(ask: Ask) -> None:
    text = """query { deal(id: "D1") { score { base logOdds value contributions {
    logOdds feature { name absent } sentence
    paths(first: 1) { sentence nodes { id } relationships { type from to } } } } } }"""
    score = data(ask(text))["deal"]["score"]
    reasons = score["contributions"]
    assert abs(score["base"] + math.fsum(c["logOdds"] for c in reasons) - score["logOdds"]) <= 1e-9
    assert [abs(c["logOdds"]) for c in reasons] == sorted((abs(c["logOdds"]) for c in reasons), reverse=True)
    for reason in reasons:
        assert reason["paths"], reason
        ids = {node["id"] for node in reason["paths"][0]["nodes"]}
        assert all({r["from"], r["to"]} <= ids for r in reason["paths"][0]["relationships"])


def test_what_is_absent_says_so_and_shows_the_anchor(ask: Ask) -> None:
    text = """query { deal(id: "O000") { score { contributions {
    sentence feature { name absent } paths(first: 1) { sentence nodes { id } } } } } }"""
    reasons = data(ask(text))["deal"]["score"]["contributions"]
    absent = {c["feature"]["name"]: c for c in reasons if c["sentence"] == c["feature"]["absent"]}
    assert {"activity_velocity", "close_date_pushes", "meetings_booked"} <= set(absent)
    nodes = {name: [n["id"] for n in c["paths"][0]["nodes"]] for name, c in absent.items()}
    assert nodes["meetings_booked"] == ["O000"]
    assert {name for name, ids in nodes.items() if "O000" not in ids} == set()  # a norm may stand in beside the anchor


ANSWERS = [
    ('{ deal(id: "D0") { id } }', {"deal": {"id": "D1"}}),  # an id that was given up
    ('{ deal(id: "no") { id } }', {"deal": None}),
    ('{ deal(id: "D1") { owner { name } products { name amount } account { name industry } } }',
     {"deal": {"owner": {"name": "Rita"}, "products": [{"name": "Router", "amount": 500.0}],
               "account": {"name": "Norrland", "industry": "Logistics"}}}),
    ('{ deal(id: "D1") { stageHistory { stage } changes(first: 1) { field old new } } }',
     {"deal": {"stageHistory": [{"stage": "Prospect"}, {"stage": "Proposal"}, {"stage": "Prospect"}],
               "changes": [{"field": "amount", "old": "100", "new": "200"}]}}),
    ('{ deal(id: "d_old") { outcome { result reason } score { value } } }',
     {"deal": {"outcome": {"result": "lost", "reason": "price"}, "score": None}}),
    ('{ deal(id: "D1") { activities(first: 1) { kind people { name } } } }',
     {"deal": {"activities": [{"kind": "call", "people": [{"name": "Jon"}]}]}}),
    ('{ deal(id: "D1") { scoreHistory { asOf } score(asOf: "2024-04-10T00:00:00Z") { asOf } } }',
     {"deal": {"scoreHistory": [{"asOf": "2024-04-15T00:00:00+00:00"}, {"asOf": "2024-04-08T00:00:00+00:00"}],
               "score": {"asOf": "2024-04-08T00:00:00+00:00"}}}),
    ('{ account(id: "norrland") { relations { type outgoing account { name } } tickets(first: 5) { severity closedAt } } }',  # noqa: E501
     {"account": {"relations": [{"type": "SUBSIDIARY_OF", "outgoing": False, "account": {"name": "Baltic"}}],
                  "tickets": [{"severity": "severe", "closedAt": None}]}}),  # closed later than what is published
    ('{ contact(id: "mara") { account { name } deals(first: 5) { role deal { id } } employments { account { name } to } } }',  # noqa: E501
     {"contact": {"account": {"name": "Norrland"},
                  "deals": [{"role": "champion", "deal": {"id": "D1"}}, {"role": "user", "deal": {"id": "d_polar"}}],
                  "employments": [{"account": {"name": "Norrland"}, "to": None},
                                  {"account": {"name": "Polar"}, "to": "2024-02-01T00:00:00+00:00"}]}}),
    ('{ lead(id: "L1") { account { name } contact { name } campaign { name } score { basis } } }',
     {"lead": {"account": {"name": "Norrland"}, "contact": {"name": "Mara"}, "campaign": {"name": "Trade fair"},
               "score": {"basis": "MODEL"}}}),
    ('{ entityForRecord(source: "crm", recordId: "A-1") { __typename ... on Account { name } } }',
     {"entityForRecord": {"__typename": "Account", "name": "Norrland"}}),
    ('{ entityForRecord(source: "mail", recordId: "D-1") { __typename } }', {"entityForRecord": {"__typename": "Contact"}}),  # noqa: E501
    ('{ entityForRecord(source: "crm", recordId: "D-1", kind: "contact") { __typename } }', {"entityForRecord": None}),
    ('{ models { name metrics { name value low high } features } }',
     {"models": [{"name": "deal_win", "metrics": [{"name": "auc", "value": 0.7, "low": 0.6, "high": 0.8}],
                  "features": ["deal_amount"]}]}),
    ('{ search(text: "norr") { kind name } }', {"search": [{"kind": "ACCOUNT", "name": "Norrland"}]}),
    ('{ workspace { asOf currency } }', {"workspace": {"asOf": "2024-04-15T00:00:00+00:00", "currency": "EUR"}}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), ANSWERS, ids=lambda v: v[:48] if isinstance(v, str) else "")
def test_what_is_answered(ask: Ask, text: str, answer: Any) -> None:
    assert data(ask(text)) == answer


def test_the_buying_center_says_who_sits_where_and_who_is_missing(ask: Ask) -> None:
    text = """{ deal(id: "D1") { buyingCenter { coverage roles { role contact { name } confidence metAt }
    missing { role seenInWon via { name } sentence } } } }"""
    center = data(ask(text))["deal"]["buyingCenter"]
    assert [(r["role"], r["contact"]["name"]) for r in center["roles"]] == [
        ("economic_buyer", "Ines"), ("champion", "Mara"), ("user", "Jon"),
    ]  # fmt: skip
    held = {r["role"] for r in center["roles"]}
    assert not held & {m["role"] for m in center["missing"]}
    assert all(0 < m["seenInWon"] <= 1 and m["via"]["name"] == "Mara" for m in center["missing"])
    assert 0 < center["coverage"] < 1


def test_similar_deals_are_those_that_the_score_compares_with(ask: Ask) -> None:
    text = '{ deal(id: "D1") { similarDeals(k: 2) { similarity result shares deal { id } path { nodes { id } } } } }'
    found = data(ask(text))["deal"]["similarDeals"]
    assert len({s["deal"]["id"] for s in found} - {"D1"}) == 2
    assert all(s["result"] in {"won", "lost"} and s["shares"] for s in found)
    assert found[0]["similarity"] >= found[1]["similarity"] > 0
    assert all(s["path"]["nodes"][0]["id"] == "D1" for s in found)


ORDERS = ["{score: DESC}", "{score: ASC}", "{amount: DESC}", "{amount: ASC}", "{name: ASC}", "{closeDate: ASC}"]


@pytest.mark.parametrize("order", ORDERS)
def test_pages_hold_every_deal_once_in_order(ask: Ask, order: str) -> None:
    text = f"""query P($after: String) {{ deals(first: 17, after: $after, orderBy: {order}) {{
    edges {{ cursor node {{ id amount name score {{ value }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    after, seen = None, []
    for _ in range(10):
        page = data(ask(text, after=after))["deals"]
        seen += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len({d["id"] for d in seen}) == DEALS + len(norrland().nodes["Deal"])
    key, direction = order.strip("{}").split(": ")
    values = [d["score"]["value"] if key == "score" and d["score"] else d.get(key) for d in seen]
    there = [v for v in values if v is not None and not isinstance(v, dict)]
    assert there == sorted(there, reverse=direction == "DESC")
    if key == "score":
        assert [bool(d["score"]) for d in seen] == sorted((bool(d["score"]) for d in seen), reverse=True)


def test_filters_narrow(ask: Ask) -> None:
    def ids(given: str) -> list[str]:
        found = data(ask(f"{{ deals(first: 100, filter: {given}) {{ edges {{ node {{ id }} }} }} }}"))
        return sorted(edge["node"]["id"] for edge in found["deals"]["edges"])

    assert {"D1", "d_old"} <= set(ids('{account: "norrland"}')) < set(ids("{}"))
    assert ids('{text: "ROUTE"}') == ["D1"]
    assert ids("{minAmount: 52, maxAmount: 53}") == ["O052", "O053"]
    assert ids('{openedAfter: "2024-02-15T00:00:00Z"}') == ["D1"]
    assert ids("{minScore: 0.99}") == []


def test_a_segment_is_a_file(ask: Ask) -> None:
    text = '{ segments { name about } segment(name: "open_deal_without_decider", first: 5) { edges { node { reason account { name } } } } }'  # noqa: E501
    found = data(ask(text))
    assert "open_deal_without_decider" in {s["name"] for s in found["segments"]}
    assert [e["node"]["account"]["name"] for e in found["segment"]["edges"]] == ["Polar"]
    assert found["segment"]["edges"][0]["node"]["reason"].startswith("nobody decides or supports in")


@pytest.mark.parametrize("first", [1, 50])
def test_the_number_of_cypher_calls_does_not_grow_with_the_deals(ask: Ask, first: int) -> None:
    text = """query C($first: Int!) { deals(first: $first) { edges { node { name account { name industry }
    owner { name } products { name } stageHistory { stage } buyingCenter { coverage roles { contact { name } } }
    similarDeals(k: 2) { result }
    activities(first: 2) { kind people { name } }
    score { value model { version } contributions { sentence paths(first: 2) { sentence } } } } } } }"""
    result = ask(text, first=first, own=generous())
    assert len(data(result)["deals"]["edges"]) == first
    assert result.calls == ask(text, first=2, own=generous()).calls


def generous() -> Any:
    from api.settings import ApiSettings

    return ApiSettings(cost_limit=10**9, request_seconds=120)


@pytest.mark.parametrize("value", [0.25, "Åre", None, -3])
def test_a_cursor_comes_back_as_it_was(value: Any) -> None:
    cursor = Cursor("score:desc", value, "d_1")
    assert decode(cursor.encode(), "score:desc") == cursor


@pytest.mark.parametrize("text", ["x", "bm8", "WyJhIl0", Cursor("amount:desc", 1.0, "d").encode()])
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="cursor"):
        decode(text, "score:desc")


FORECAST = """query { forecasts(first: 5) { period expected low high fresh guessed
  teams: divided(by: TEAM) { name expected low } reps: divided(by: REP) { name expected }
  deals { money deal { id account { name } } }
  moved { before since untold causes { cause money } entries(first: 2)
    { cause money feature detail deal { id } } } } }"""


def test_a_forecast_tells_its_parts_its_deals_and_what_moved_it(ask: Ask) -> None:
    now, later = data(ask(FORECAST, "analyst"))["forecasts"]
    assert (now["period"], now["expected"], later["period"], later["moved"]) == ("2024Q2", 100.0, "2024Q3", None)
    assert now["teams"] == [{"name": "North", "expected": 100.0, "low": 60.0}]
    assert now["reps"] == [{"name": "Rita Berg", "expected": 100.0}]
    assert [(d["money"], d["deal"] and d["deal"]["id"]) for d in now["deals"]] == [(80.0, "D1"), (10.0, None)]
    moved = now["moved"]
    assert moved["before"] + math.fsum(c["money"] for c in moved["causes"]) == now["expected"]
    assert moved["entries"] == [
        {"cause": "score", "money": 15.0, "feature": "deal_age", "detail": "+0.200 log-odds", "deal": {"id": "D1"}},
        {"cause": "lost", "money": -5.0, "feature": None, "detail": "", "deal": None},
    ]


def test_a_viewer_sees_no_figures_of_a_person(ask: Ask) -> None:
    now = data(ask(FORECAST, "viewer"))["forecasts"][0]
    assert now["reps"] == []
    assert now["teams"]
    assert data(ask('{ forecasts(period: "1999Q1") { period } }', "viewer"))["forecasts"] == []


CLOSING = """query { deal(id: "D1") { score { value }
  closing { asOf weekly ever: wonBy soon: wonBy(moment: "2024-05-15T00:00:00Z") factors { sentence }
    days { low median high } daysIfWon { median } } } }"""


def test_an_open_deal_says_when_it_ends(ask: Ask) -> None:
    """Eight of a hundred end in a week: half in eight weeks, whatever happens to them."""
    found = data(ask(CLOSING, "viewer"))["deal"]
    closing = found["closing"]
    assert closing["weekly"] == pytest.approx(0.08, abs=0.002) and closing["factors"] == []
    assert closing["days"]["median"] == pytest.approx(7 * math.log(0.5) / math.log(0.92), abs=2)
    assert closing["ever"] == found["score"]["value"] and 0 < closing["soon"] < closing["ever"]
    assert data(ask('{ deal(id: "d_old") { closing { weekly } } }'))["deal"]["closing"] is None  # has ended
    assert "has no time zone" in str(
        ask('{ deal(id: "D1") { closing { wonBy(moment: "2024-05-15T00:00:00") } } }').errors
    )


def test_scores_of_pairs_hang_on_the_first_and_name_the_second(ask: Ask) -> None:
    text = """{ deal(id: "D1") { champions { name value contact { id name } product { id }
      contributions { logOdds sentence paths(first: 1) { nodes { id } } } }
      account { offers { value product { id name } contact { id } } } } }"""
    deal = data(ask(text, "analyst"))["deal"]
    assert {c["contact"]["id"] for c in deal["champions"]} == {"mara", "jon"}
    assert [c["value"] for c in deal["champions"]] == sorted((c["value"] for c in deal["champions"]), reverse=True)
    mara = next(c for c in deal["champions"] if c["contact"]["id"] == "mara")
    assert mara["product"] is None and any("mara" in str(c["paths"]) for c in mara["contributions"])
    assert [(o["product"]["id"], o["contact"]) for o in deal["account"]["offers"]] == [("router", None)]
    assert {c["contact"]["name"] for c in data(ask(text, "viewer"))["deal"]["champions"]} == {None}


def test_reasons_come_as_people_ask_for_them(ask: Ask) -> None:
    text = """query { deal(id: "D1") { score { answered
      before { asOf answered contributions { logOdds feature { name } } }
      contributions { logOdds feature { name family } }
      changed: reasons(group: CHANGED, first: 50) { logOdds moved sentence feature { name } }
      can: reasons(group: CAN_DO, first: 50) { moved feature { name family } }
      given: reasons(group: GIVEN, first: 50) { feature { name family } } } } }"""
    score = data(ask(text))["deal"]["score"]
    every = {c["feature"]["name"]: c["logOdds"] for c in score["contributions"]}
    can, given = ([c["feature"] for c in score[group]] for group in ("can", "given"))
    assert {f["family"] for f in can} == {"buying center", "engagement"}
    assert not {f["family"] for f in given} & {f["family"] for f in can}
    assert sorted(f["name"] for f in (*can, *given)) == sorted(every)
    assert all(c["moved"] is None for c in score["can"])
    was = {c["feature"]["name"]: c["logOdds"] for c in score["before"]["contributions"]}
    moved = {c["feature"]["name"]: c["moved"] for c in score["changed"]}
    assert moved == pytest.approx({n: every[n] - was[n] for n in every if abs(every[n] - was[n]) > 1e-9})
    assert moved
    assert all(c["sentence"] for c in score["changed"])
