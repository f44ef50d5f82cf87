"""People's judgements through GraphQL and the explorer: who may, what is written, what the queue shows and hides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.graphql.mutations import Mutation
from api.graphql.permissions import NeedsAdmin, NeedsAnalyst
from kg.graph import Graph
from kg.judgements import Judgement, read_judgements, write
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.steps import take
from kg.store.load import NodeRows, RelationshipRows, load
from tests.api.conftest import Ask
from tests.worlds import day

KNOWN = day("2024-01-01")
RECORDS = {  # record → entity; crm:7 is a contact and a deal
    "contact|crm:7": "otto", "contact|mail:8": "otto", "contact|erp:5": "otto", "contact|web:9": "jon",
    "deal|crm:7": "D1",
}  # fmt: skip
PARTS = {"parts": ["prior", "name"], "part_levels": ["prior", "same name"], "part_weights": [-8.0, 9.5]}
SAID = {"fields": ["email"], "values_a": ["mara@secret.se"], "values_b": ["m.polar@secret.se"]}
QUEUE = [("contact|crm:7", "contact|web:9", 0.7, "contact"), ("contact|crm:7", "contact|mail:8", 0.9, "contact")]
CLEAR = Query("clear", "tests", "MATCH (n:Judgement|Review) DETACH DELETE n", "write")
DROP = Query("drop", "tests", "MATCH (n:Record|Contact) WHERE n.id IN $ids DETACH DELETE n", "write")


@pytest.fixture
def pairs(world: GraphSettings) -> Iterator[Graph]:
    """The API's world with records of contacts and two pairs to look at; taken away afterwards."""
    with Graph.connect(world) as graph:
        records = []
        for key in RECORDS:
            kind, _, rest = key.partition("|")
            source, _, record_id = rest.partition(":")
            records.append({"id": key, "kind": kind, "source": source, "record_id": record_id, "name": "Mara P."})
        ties = {label: [{"start": k, "end": e, "known_from": KNOWN} for k, e in RECORDS.items() if k.startswith(kind)]
                for label, kind in (("Contact", "contact"), ("Deal", "deal"))}  # fmt: skip
        reviews = [
            {"id": f"review|{a}>{b}", "kind": kind, "score": score, "reason": "+1.5 bits from the threshold",
             "match_weight": 1.5, "probability": 0.7, "threshold": 1.0, "together": False, **PARTS, **SAID}
            for a, b, score, kind in QUEUE
        ]  # fmt: skip
        on = [{"start": f"review|{a}>{b}", "end": key, "known_from": KNOWN} for a, b, *_ in QUEUE for key in (a, b)]
        batches: list[NodeRows | RelationshipRows] = [
            NodeRows("Record", [{**row, "known_from": KNOWN} for row in records]),
            NodeRows("Contact", [{"id": "otto", "name": "Otto", "known_from": KNOWN}]),
            NodeRows("Review", [{**row, "known_from": KNOWN} for row in reviews]),
            *(RelationshipRows("Record", "RESOLVED_TO", label, rows) for label, rows in ties.items()),
            RelationshipRows("Review", "ON", "Record", on),
        ]
        load(graph, batches, run="test")
        yield graph
        graph.write(CLEAR)
        graph.write(DROP, ids=[*RECORDS, "otto"])


JUDGE = """mutation J($a: RecordKey!, $b: RecordKey!, $reason: String = "known") {
  judge(a: $a, b: $b, verdict: SAME, reason: $reason) { id verdict author reason a b } }"""
UNMERGE = """mutation U($entity: ID!, $apart: [RecordKey!]!) {
  unmerge(entity: $entity, apart: $apart, reason: "two people") { verdict author a b } }"""
SHOWN = """query Q($first: Int, $after: String, $kind: ReviewKind) {
  reviewQueue(first: $first, after: $after, kind: $kind) {
  pageInfo { hasNextPage endCursor } edges { node { id score reason matchWeight threshold together
    a { source recordId name entityId } b { source recordId name entityId }
    parts { name level weight } fields { name a b } } } } }"""


def key(text: str, kind: str | None = None) -> dict[str, Any]:
    source, _, record_id = text.partition(":")
    return {"source": source, "recordId": record_id} | ({"kind": kind} if kind else {})


def test_every_mutation_needs_a_role() -> None:
    fields = Mutation.__strawberry_definition__.fields  # type: ignore[attr-defined]
    least = {
        "judge": NeedsAnalyst,
        "unmerge": NeedsAnalyst,
        "activate_model": NeedsAdmin,
        "roll_back_model": NeedsAdmin,
    }
    assert {f.python_name: f.permission_classes for f in fields} == {name: [role] for name, role in least.items()}
    assert all(f.description for f in fields)


@pytest.mark.parametrize("who", ["nobody", "viewer"])
def test_viewers_are_refused_and_nothing_is_written(ask: Ask, pairs: Graph, who: str) -> None:
    for text, variables in (
        (JUDGE, {"a": key("mail:8"), "b": key("web:9")}),
        (UNMERGE, {"entity": "otto", "apart": [key("mail:8")]}),
    ):
        assert ask(text, who, **variables).errors[0].extensions["code"] == "FORBIDDEN"
    assert read_judgements(pairs) == ()


def test_a_judgement_is_written_under_the_name_of_whoever_asked(ask: Ask, pairs: Graph) -> None:
    result = ask(JUDGE, "analyst", a=key("web:9"), b=key("crm:7", "contact"))
    assert result.errors is None, result.errors
    made = result.data["judge"]
    assert (made["verdict"], made["author"], made["reason"]) == ("SAME", "a", "known")
    assert (made["a"], made["b"]) == ("contact|crm:7", "contact|web:9")
    (kept,) = read_judgements(pairs)
    assert (kept.id, kept.verdict, kept.author) == (made["id"], "same", "a")
    left = ask(SHOWN, "analyst").data["reviewQueue"]["edges"]
    assert [edge["node"]["b"]["recordId"] for edge in left] == ["8"]  # the judged pair is gone at once


def test_the_same_judgement_written_twice_is_one(pairs: Graph) -> None:
    made = Judgement("contact|web:9", "contact|mail:8", "different", "me", "x", KNOWN)
    assert take(pairs, write([made])) == take(pairs, write([made])) == 1
    assert read_judgements(pairs) == (made,)


WRONG = [
    (JUDGE, {"a": key("crm:none"), "b": key("web:9")}, "NOT_FOUND", "no record crm:none"),
    (JUDGE, {"a": key("crm:7"), "b": key("crm:7")}, "BAD_INPUT", "contact and deal: say which"),
    (JUDGE, {"a": key("mail:8"), "b": key("mail:8")}, "BAD_INPUT", "about two"),
    (JUDGE, {"a": key("crm:7", "deal"), "b": key("web:9")}, "BAD_INPUT", "never the same"),
    (JUDGE, {"a": key("mail:8"), "b": key("web:9"), "reason": " "}, "BAD_INPUT", "needs a reason"),
    (UNMERGE, {"entity": "nobody", "apart": [key("mail:8")]}, "NOT_FOUND", "no entity 'nobody'"),
    (UNMERGE, {"entity": "otto", "apart": [key("web:9")]}, "BAD_INPUT", "web:9 is no record of otto"),
    (UNMERGE, {"entity": "otto", "apart": []}, "BAD_INPUT", "not none of them"),
]


@pytest.mark.parametrize(("text", "variables", "code", "words"), WRONG, ids=[w for *_, w in WRONG])
def test_what_cannot_be_judged_says_why(
    ask: Ask, pairs: Graph, text: str, variables: Any, code: str, words: str
) -> None:
    error = ask(text, "analyst", **variables).errors[0]
    assert words in error.message
    assert error.extensions["code"] == code
    assert read_judgements(pairs) == ()


def test_the_kind_may_be_left_out_where_only_one_fits(ask: Ask, pairs: Graph) -> None:
    assert ask(JUDGE, "analyst", a=key("crm:7"), b=key("web:9")).data["judge"]["a"] == "contact|crm:7"


def test_an_entity_is_cut_between_the_named_and_the_rest(ask: Ask, pairs: Graph) -> None:
    result = ask(UNMERGE, "admin", entity="otto", apart=[key("mail:8")])
    assert result.errors is None, result.errors
    assert {(j["a"], j["b"], j["verdict"], j["author"]) for j in result.data["unmerge"]} == {
        ("contact|crm:7", "contact|mail:8", "DIFFERENT", "x"),
        ("contact|erp:5", "contact|mail:8", "DIFFERENT", "x"),
    }


def test_the_queue_shows_the_best_first_page_by_page(ask: Ask, pairs: Graph) -> None:
    first = ask(SHOWN, "analyst", first=1).data["reviewQueue"]
    assert first["pageInfo"]["hasNextPage"]
    (edge,) = first["edges"]
    node = edge["node"]
    assert (node["score"], node["a"]["entityId"], node["b"]["recordId"]) == (0.9, "otto", "8")
    assert sum(part["weight"] for part in node["parts"]) == pytest.approx(node["matchWeight"], abs=1e-9)
    assert node["fields"] == [{"name": "email", "a": "mara@secret.se", "b": "m.polar@secret.se"}]
    second = ask(SHOWN, "analyst", first=1, after=first["pageInfo"]["endCursor"]).data["reviewQueue"]
    assert [e["node"]["score"] for e in second["edges"]] == [0.7]
    assert not second["pageInfo"]["hasNextPage"]
    assert ask(SHOWN, "analyst", kind="DEAL").data["reviewQueue"]["edges"] == []


def test_viewers_see_the_queue_without_what_the_records_say(ask: Ask, pairs: Graph) -> None:
    result = ask(SHOWN, "viewer")
    assert result.errors is None
    told = json.dumps(result.data)
    assert len(result.data["reviewQueue"]["edges"]) == 2
    assert "secret" not in told
    assert "Mara" not in told


def test_the_page_shows_the_queue_and_takes_an_answer(
    client: TestClient, token: Callable[[str], str], pairs: Graph
) -> None:
    assert client.get("/review").headers["location"] == "/sign-in?next=%2Freview"
    client.cookies.set("dealgraph_token", token("analyst"))
    page = client.get("/review")
    assert page.status_code == 200
    assert page.text.count('class="waterfall weights"') == page.text.count('value="different"') == 2
    assert "mara@secret.se" in page.text
    form = {"a_source": "crm", "a_id": "7", "a_kind": "contact", "b_source": "web", "b_id": "9", "b_kind": "contact",
            "verdict": "different", "reason": "", "kind": "contact"}  # fmt: skip
    answer = client.post("/review", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?kind=contact")
    (kept,) = read_judgements(pairs)
    assert (kept.verdict, kept.author, kept.reason) == ("different", "test", "seen in the review queue")
    assert client.get("/review").text.count('value="different"') == 1
    assert client.post("/review", data={**form, "verdict": "perhaps"}).status_code == 400


def test_a_viewer_cannot_judge_on_the_page(client: TestClient, token: Callable[[str], str], pairs: Graph) -> None:
    client.cookies.set("dealgraph_token", token("viewer"))
    page = client.get("/review")
    assert 'value="different"' not in page.text
    assert "secret" not in page.text
    form = {"a_source": "mail", "a_id": "8", "b_source": "web", "b_id": "9", "verdict": "same"}
    assert client.post("/review", data=form).status_code == 403
    assert read_judgements(pairs) == ()
