"""Closed unless opened: tokens, roles, masks, limits, and errors that say no more than they should."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.auth import Role, make_token, read_token, signing_secret
from api.settings import ApiSettings
from kg.errors import ConfigurationError, Forbidden
from tests.api.conftest import Ask
from tests.api.test_schema import ROOT

ASKED = {
    "deal": 'deal(id: "D1") { id }', "lead": 'lead(id: "L1") { id }', "account": 'account(id: "norrland") { id }',
    "contact": 'contact(id: "mara") { id }', "deals": "deals { edges { node { id } } }",
    "leads": "leads { edges { node { id } } }", "accounts": "accounts { edges { node { id } } }",
    "contacts": "contacts { edges { node { id } } }",
    "why_matched": 'whyMatched(a: {source: "crm", recordId: "A-1"}, b: {source: "crm", recordId: "A-2"}) { sentence }',
    "why_entities": 'whyEntities(a: "norrland", b: "polar") { sentence }',
    "identity_events": "identityEvents { edges { node { kind } } }",
    "entity_for_record": 'entityForRecord(source: "crm", recordId: "A-1") { __typename }', "segments": "segments { name }",  # noqa: E501
    "segment": 'segment(name: "open_deal_without_decider") { edges { node { reason } } }', "features": "features { name }",  # noqa: E501
    "forecasts": "forecasts { period }", "models": "models { name }", "health_events": "healthEvents { sentence }",
    "search": 'search(text: "norr") { name }', "workspace": "workspace { asOf }",
    "runs": "runs { stage }", "own_kinds": "ownKinds { name }",
    "own_entity": 'ownEntity(kind: "site", id: "site|crm:S1") { id }',
    "own_entities": 'ownEntities(kind: "site") { edges { node { id } } }', "review_queue": "reviewQueue { edges { node { id } } }",  # noqa: E501
}  # fmt: skip
LEAST = {"models": "analyst", "runs": "admin"}
ORDER = ["nobody", "viewer", "analyst", "admin"]


@pytest.mark.parametrize("who", ORDER)
@pytest.mark.parametrize("field", [f.python_name for f in ROOT])
def test_every_root_field_asks_for_a_role(ask: Ask, field: str, who: str) -> None:
    result = ask(f"{{ {ASKED[field]} }}", who)
    if ORDER.index(who) >= ORDER.index(LEAST.get(field, "viewer")):
        assert result.errors is None
        return
    assert result.errors[0].extensions["code"] == "FORBIDDEN"
    assert "role" in result.errors[0].message or "token" in result.errors[0].message


PERSONAL = """{ contact(id: "mara") { name email phone title records { name } }
deal(id: "D1") { owner { name email } activities(first: 5) { subject people { name } rep { name } }
timeline { sentence }
buyingCenter { sentence roles { contact { name email } } missing { sentence via { name } } }
score { contributions { sentence paths(first: 20) { sentence nodes { name label properties { name value } } } } }
similarDeals { sentence path { nodes { name } } } }
lead(id: "L1") { name email score { contributions { sentence paths { sentence nodes { name } } } } }
contacts { edges { node { name } cursor } } search(text: "mara") { name }
account(id: "norrland") { contacts { name } } }"""


@pytest.mark.parametrize("who", ["viewer", "analyst"])
def test_viewers_see_no_personal_data_anywhere(ask: Ask, who: str) -> None:
    result = ask(PERSONAL, who, own=ApiSettings(cost_limit=10**9, request_seconds=120))
    assert result.errors is None
    told = json.dumps(result.data)
    names = {word for word in ("Mara", "Jon", "Ines", "Rita", "@norrland.se", "+46 8", "mara@") if word in told}
    assert names == (set() if who == "viewer" else names | {"Mara", "Jon", "Ines", "Rita", "@norrland.se", "+46 8"})


def test_viewers_may_not_search_people_by_name(ask: Ask) -> None:
    text = '{ contacts(filter: {text: "mara"}) { edges { node { id } } } }'
    assert ask(text, "viewer").errors[0].extensions["code"] == "FORBIDDEN"
    assert [e["node"]["id"] for e in ask(text, "analyst").data["contacts"]["edges"]] == ["mara"]


NESTED = '{ deal(id: "D1") { ' + "account { deals(first: 1) { " * 8 + "id" + " } }" * 8 + " } }"
REFUSED = [
    (NESTED, "levels deep"),
    ("{ " + " ".join(f"a{i}: features {{ name }}" for i in range(21)) + " }", "aliases"),
    ("{ " + "features { name } " * 700 + "}", "tokens"),
    ("{ deals(first: 100) { edges { node { score { contributions { paths(first: 50) { nodes { id } } } } } } } }", "values"),  # noqa: E501
    ("{ deals(first: 101) { edges { node { id } } } }", "outside 1 to 100"),
    ("{ deals(first: 0) { edges { node { id } } } }", "outside 1 to 100"),
    ("{ deals(first: -1) { edges { node { id } } } }", "outside 1 to 100"),
    ('{ deal(id: "D1") { activities(first: 1000) { id } } }', "outside 1 to 100"),
    ('{ deals(after: "x") { edges { node { id } } } }', "not a cursor"),
    ("{ deals(orderBy: {score: DESC, amount: ASC}) { edges { node { id } } } }", "exactly one"),
    ("{ deals(orderBy: {amount: ASC}, filter: {minScore: 0.5}) { edges { node { id } } } }", "ordered by score"),
    ('{ deal(id: "D1") { score(asOf: "2024-04-10T00:00:00") { value } } }', "no time zone"),
    ('{ segment(name: "nobody") { edges { node { reason } } } }', "the segments are"),
    ('{ search(text: "a") { name } }', "at least 2"),
    ("{ nothing }", "Cannot query field"),
    ("{ deals(", "Syntax Error"),
    ("{ ...missing }", "missing"),
    ("mutation { x }", "ot"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[w for _, w in REFUSED])
def test_what_is_refused_says_why(client: TestClient, token: Callable[[str], str], text: str, words: str) -> None:
    answer = client.post("/graphql", json={"query": text}, headers={"Authorization": f"Bearer {token('analyst')}"})
    error = answer.json()["errors"][0]
    assert words in error["message"], error
    assert error["extensions"]["code"] == "BAD_INPUT"


def test_variables_count_in_the_cost(ask: Ask) -> None:
    text = """query Q($n: Int) { deals(first: $n) { edges { node { score {
    contributions { paths(first: $n) { sentence } } } } } } }"""
    assert "values" in ask(text, n=100).errors[0].message
    assert ask(text, n=2).errors is None


def test_a_slow_request_is_stopped(ask: Ask) -> None:
    result = ask('{ deal(id: "D1") { score { contributions { sentence } } } }', own=ApiSettings(request_seconds=0.001))
    assert result.errors[0].extensions["code"] == "UNAVAILABLE"
    assert "longer than" in result.errors[0].message


def test_an_unknown_error_leaves_masked_and_is_logged(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("the password is 123")

    monkeypatch.setattr("api.graphql.types.score.Score.of", broken)
    error = ask('{ deal(id: "D1") { score { value } } }').errors[0]
    assert "password" not in error.message
    assert error.extensions["code"] == "INTERNAL"
    assert error.extensions["id"] in error.message
    assert any(error.extensions["id"] in record.getMessage() for record in caplog.records)


def test_tokens_are_read_back_and_forgeries_refused(tmp_path: Path) -> None:
    secret = signing_secret(tmp_path / "token.secret")
    made = make_token(secret, Role.ADMIN, name="me", days=1)
    assert read_token(secret, made).role is Role.ADMIN
    old = make_token(secret, Role.ADMIN, name="me", days=1, now=datetime.now(UTC) - timedelta(days=2))
    for bad in (made[:-2] + "xx", old, "x.y.z", "", make_token("a" * 40, Role.ADMIN, name="me", days=1)):
        with pytest.raises(Forbidden):
            read_token(secret, bad)


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    file = tmp_path / "new" / "token.secret"
    assert signing_secret(file) == signing_secret(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        signing_secret(file)


def test_http_asks_for_a_token(client: TestClient, token: Callable[[str], str]) -> None:
    body = {"query": "{ workspace { asOf } }"}
    assert client.post("/graphql", json=body).status_code == 401
    assert client.post("/graphql", json=body, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.post("/graphql", json=body, headers={"Authorization": "Basic x"}).status_code == 401
    client.cookies.set("dealgraph_token", token("admin"))
    assert client.post("/graphql", json=body).status_code == 401  # the explorer's cookie opens pages, not the API
    client.cookies.clear()
    good = client.post("/graphql", json=body, headers={"Authorization": f"Bearer {token('viewer')}"})
    assert good.status_code == 200
    assert good.json()["data"]["workspace"]["asOf"].startswith("2024-04-15")


BODIES = [
    (b"not json", "application/json", "not JSON"), (b"[]", "application/json", "JSON object"),
    (b'{"query": 3}', "application/json", "JSON object"), (b'{"query": "{ a }", "variables": 3}', "application/json", "wrong type"),  # noqa: E501
    (b"{}", "text/plain", "content type"), (b'{"query": "' + b" " * 70_000 + b'"}', "application/json", "larger than"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "words"), BODIES, ids=[w for _, _, w in BODIES])
def test_a_bad_body_is_refused(
    client: TestClient, token: Callable[[str], str], body: bytes, kind: str, words: str
) -> None:
    headers = {"Authorization": f"Bearer {token('viewer')}", "Content-Type": kind}
    answer = client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    assert words in answer.json()["errors"][0]["message"]


def test_there_is_no_page_that_loads_from_elsewhere(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/static/nothing.js"):
        assert client.get(path).status_code == 404
    assert client.get("/graphql").status_code == 405
    assert "default-src 'none'" in client.get("/sign-in").headers["content-security-policy"]
    web = Path(__file__).parents[2] / "api" / "web"
    for file in [*web.rglob("*.html"), *web.rglob("*.css"), *web.rglob("*.js")]:
        assert "http://" not in file.read_text(encoding="utf-8")
        assert "https://" not in file.read_text(encoding="utf-8")


def test_signing_in_sets_a_cookie_that_no_script_reads(client: TestClient, token: Callable[[str], str]) -> None:
    assert client.get("/deals").headers["location"] == "/sign-in?next=%2Fdeals"
    assert client.post("/sign-in", data={"token": "x"}).status_code == 403
    for wanted, reached in (("/leads", "/leads"), ("//evil.example", "/deals"), ("https://evil.example", "/deals")):
        answer = client.post("/sign-in", data={"token": token("analyst"), "next": wanted})
        assert answer.headers["location"] == reached
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
    page = client.get("/deals")
    assert page.status_code == 200
    assert "Route planning" in page.text
    assert client.get("/deals/none").status_code == 404
    client.post("/sign-out")
    assert client.get("/deals").status_code == 303


def test_what_a_page_shows_is_escaped(client: TestClient, token: Callable[[str], str]) -> None:
    client.cookies.set("dealgraph_token", token("analyst"))
    page = client.get("/search", params={"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
