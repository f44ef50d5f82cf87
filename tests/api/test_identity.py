"""Why, why not, how and the feed, asked of the API's small world."""

from __future__ import annotations

import pytest

from tests.api.conftest import Ask

EXPLAINED = """
together decision sentence matchWeight prior threshold block veto cut meanWeight model
comparisons { comparison level weight adjustment } flip { comparison level gain }
linkedBy { source recordId } bestRejected { of { recordId } record { recordId } matchWeight }
a { source recordId name } b { source recordId name }
"""
WHY = (
    "query($a: RecordKey!, $b: RecordKey!) { whyMatched(a: $a, b: $b) { " + EXPLAINED + " } }",
    "query($a: ID!, $b: ID!) { whyEntities(a: $a, b: $b) { " + EXPLAINED + " } }",
)


def record(key: str) -> dict[str, str]:
    source, _, record_id = key.partition(":")
    return {"source": source, "recordId": record_id}


PAIRS = [
    # a, b, together, decision, sentence, linked by
    ("crm:A-1", "billing:B-1", True, "ACCEPTED", "Accepted: the weight +7.25 against the threshold 0.", ["W-1"]),
    ("billing:B-1", "web:W-1", True, "ACCEPTED", "Accepted: the weight +0.75 against the threshold 0.", ["A-1"]),
    (
        "crm:A-2", "crm:A-1", False, "BELOW_THRESHOLD",
        "Rejected: the weight -5.25 against the threshold 0. Were phone “same phone” (+6.00), they would be accepted.",
        [],
    ),
    (
        "erp:E-2", "web:W-1", False, "CUT",
        "Accepted as a pair (the weight +1.75 against the threshold 0), but two entities: over all 6 pairs between "
        "the two groups the mean weight is -2.50, below 0.", [],
    ),
    (
        "erp:E-2", "crm:A-1", False, "NOT_STORED",
        "Not stored: never compared, or rejected below the -12 from which pairs are kept.", [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "together", "decision", "said", "linked"), PAIRS)
def test_why_two_records(ask: Ask, a: str, b: str, together: bool, decision: str, said: str, linked: list[str]) -> None:
    result = ask(WHY[0], a=record(a), b=record(b))
    assert result.errors is None
    found = result.data["whyMatched"]
    assert (found["together"], found["decision"], found["sentence"]) == (together, decision, said)
    assert {found[side]["recordId"] for side in "ab"} == {a.partition(":")[2], b.partition(":")[2]}
    if found["matchWeight"] is not None:
        parts = sum(part["weight"] + part["adjustment"] for part in found["comparisons"])
        assert found["prior"] + parts == pytest.approx(found["matchWeight"], abs=1e-9)
    assert [r["recordId"] for r in found["linkedBy"]] == linked


def test_the_best_rejected_pair_of_each(ask: Ask) -> None:
    found = ask(WHY[0], a=record("crm:A-1"), b=record("crm:A-2")).data["whyMatched"]
    assert {(e["of"]["recordId"], e["record"]["recordId"], e["matchWeight"]) for e in found["bestRejected"]} == {
        ("A-1", "A-2", -5.25),
        ("A-2", "A-1", -5.25),
    }


def test_why_two_entities_are_two(ask: Ask) -> None:
    found = ask(WHY[1], a="norrland-old", b="polar").data["whyEntities"]
    assert (found["decision"], found["together"]) == ("CUT", False)
    assert {found["a"]["recordId"], found["b"]["recordId"]} == {"E-2", "W-1"}


WRONG = [
    (0, record("crm:A-1"), record("crm:nobody"), "There is no record crm:nobody"),
    (0, record("crm:A-1"), record("crm:C-1"), "of kinds that are never compared"),
    (0, record("crm:A-1"), record("crm:A-1"), "are one record"),
    (1, "norrland", "norrland-old", "are one entity, norrland"),
    (1, "norrland", "nobody", "There is no entity 'nobody'"),
]


@pytest.mark.parametrize(("query", "a", "b", "said"), WRONG)
def test_what_cannot_be_asked_is_said_so(ask: Ask, query: int, a: object, b: object, said: str) -> None:
    assert said in ask(WHY[query], a=a, b=b).errors[0].message


HOW = '{ account(id: "norrland") { how { step joined into meanWeight heldFrom pair { together matchWeight } } } }'


def test_how_an_account_was_built(ask: Ask) -> None:
    steps = ask(HOW).data["account"]["how"]
    assert [(s["step"], s["joined"], s["into"], s["meanWeight"], s["heldFrom"][:10]) for s in steps] == [
        (1, ["billing:B-1"], ["crm:A-1"], 7.0, "2023-02-01"),
        (2, ["web:W-1"], ["billing:B-1", "crm:A-1"], 1.75, "2023-03-01"),
    ]
    assert [s["pair"]["matchWeight"] for s in steps] == [7.25, 3.25]
    assert ask('{ deal(id: "D1") { how { step } } }').data["deal"]["how"] == []


def test_how_takes_as_many_reads_for_fifty_as_for_one(ask: Ask) -> None:
    text = "query($n: Int) { deals(first: $n) { edges { node { how(first: 3) { pair { linkedBy { name } } } } } } }"
    assert ask(text, n=1).calls == ask(text, n=50).calls


def test_names_of_people_stay_masked(ask: Ask) -> None:
    found = ask(WHY[0], "viewer", a=record("crm:A-1"), b=record("billing:B-1")).data["whyMatched"]
    assert found["a"]["name"] is None
    assert found["b"]["name"] is None


FEED = """query($after: String, $kinds: [String!]) { identityEvents(first: 1, after: $after, kinds: $kinds) {
  edges { cursor node { sequence kind entityKind count entityIds records entities { ... on Account { id } } } }
  pageInfo { hasNextPage endCursor } } }"""


def test_the_feed_is_followed_by_its_cursor(ask: Ask) -> None:
    first = ask(FEED).data["identityEvents"]
    assert first["edges"][0]["node"] == {
        "sequence": 1, "kind": "CREATED", "entityKind": "account", "count": 3, "entityIds": [], "records": [],
        "entities": [{"id": "norrland"}, {"id": "polar"}],
    }  # fmt: skip
    assert first["pageInfo"]["hasNextPage"] is True
    second = ask(FEED, after=first["pageInfo"]["endCursor"]).data["identityEvents"]
    assert second["edges"][0]["node"] == {
        "sequence": 2, "kind": "MERGED", "entityKind": "account", "count": 2,
        "entityIds": ["norrland", "norrland-old"], "records": ["web:W-1"], "entities": [{"id": "norrland"}],
    }  # fmt: skip
    assert second["pageInfo"]["hasNextPage"] is False
    assert ask(FEED, after=second["pageInfo"]["endCursor"]).data["identityEvents"]["edges"] == []
    merged = ask(FEED, kinds=["MERGED"]).data["identityEvents"]["edges"]
    assert [edge["node"]["sequence"] for edge in merged] == [2]
    assert "valid" in ask(FEED, kinds=["MERGEDD"]).errors[0].message


LOST = [
    ('{ account(id: "norrland-old") { id } }', {"account": {"id": "norrland"}}),
    ('{ deal(id: "D0") { id } }', {"deal": {"id": "D1"}}),
    (
        '{ deals(filter: {account: "norrland-old", text: "route"}) { edges { node { id } } } }',
        {"deals": {"edges": [{"node": {"id": "D1"}}]}},
    ),
]


@pytest.mark.parametrize(("text", "wanted"), LOST)
def test_a_lost_id_leads_to_its_heir_everywhere(ask: Ask, text: str, wanted: object) -> None:
    result = ask(text)
    assert result.errors is None
    assert result.data == wanted
