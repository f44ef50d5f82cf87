"""Whatever is given to whatever argument of a root field, the answer is data or one sentence, never an inner error."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNamedType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as bounded
from hypothesis import strategies as st

from api.graphql.context import new_context
from api.graphql.cursors import Cursor
from api.graphql.schema import MAKERS, execute, schema
from api.settings import ApiSettings
from kg.graph import AsyncGraph
from kg.settings import GraphSettings
from tests.api.conftest import PEOPLE, Ask

QUERY = schema(ApiSettings())._schema.type_map["Query"]
FIELDS = sorted(QUERY.fields)  # type: ignore[attr-defined]
EXPECTED = {"BAD_INPUT", "NOT_FOUND", "FORBIDDEN"}
NASTY: tuple[Any, ...] = (
    "", " ", "a\0b", "\ud800", "\udfff\ud800", "\U0001f600", "%", "'", '"', "\\", "\u202e", "x" * 5000, "D1", "crm",
    0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400, 1e308, float("inf"), float("-inf"), float("nan"), -0.0, True, None,
    [], {}, [[]], {"t": "x"}, "2024-01-01", "2024-01-01T00:00:00", "2024-02-30T00:00:00Z", "2024-01-01T25:00:00Z",
    "2024-01-01T00:00:00+25:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "-2024-01-01T00:00:00Z",
    "now", "ASC", base64.urlsafe_b64encode(b'["score:desc", 1e400, "a"]').decode(),
    Cursor("score:desc", 0.5, "D1").encode(), Cursor("events", 2**70, "a").encode(),
    Cursor("review", 0.5, "a").encode(), Cursor("name:asc", None, "a").encode(),
)  # fmt: skip
BITS = st.sampled_from(NASTY)
ANY = st.one_of(
    BITS, st.text(max_size=20), st.integers(), st.floats(), st.datetimes().map(str), st.lists(BITS, max_size=3)
)


def values(kind: GraphQLNamedType) -> st.SearchStrategy[Any]:
    """Values for an input type: some that fit, and some that do not."""
    if isinstance(kind, GraphQLInputObjectType):
        fields = {name: values(get_named_type(field.type)) for name, field in kind.fields.items()}
        needed = {name: fields.pop(name) for name, field in kind.fields.items() if is_non_null_type(field.type)}
        return st.fixed_dictionaries(needed, optional=fields)
    fits: dict[str, st.SearchStrategy[Any]] = {
        "Int": st.integers(-5, 120),
        "Float": st.floats(allow_nan=False, allow_infinity=False),
        "Boolean": st.booleans(),
        "DateTime": st.datetimes().map(lambda at: at.isoformat() + "Z"),
        "ID": st.sampled_from(["D1", "L1", "norrland", "mara", "D0"]),
        "String": st.one_of(
            st.text(max_size=12), st.sampled_from(["crm", "deal_win", "open", "site", "name", "capacity", "TENANT"])
        ),
    }
    if isinstance(kind, GraphQLEnumType):
        return st.one_of(st.sampled_from(sorted(kind.values)), BITS)
    return st.one_of(fits[kind.name], fits[kind.name], BITS, ANY)


def text_of(name: str) -> tuple[str, dict[str, st.SearchStrategy[Any]]]:
    """A query of a root field that takes every argument as a variable, and what to give them."""
    field = QUERY.fields[name]  # type: ignore[attr-defined]
    kind = get_named_type(field.type)
    leaf = "" if is_leaf_type(kind) else "{ __typename }"
    declared = ", ".join(f"${arg}: {one.type}" for arg, one in field.args.items())
    taken = ", ".join(f"{arg}: ${arg}" for arg in field.args)
    inner = {
        arg: st.lists(values(get_named_type(one.type)), max_size=3) | BITS
        if is_list_type(one.type)
        else values(get_named_type(one.type))
        for arg, one in field.args.items()
    }
    of = f"{name}({taken})" if taken else name
    return f"query Q{f'({declared})' if declared else ''} {{ {of} {leaf} }}", inner


@pytest.fixture(scope="module")
def told(world: GraphSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Ask in one loop, over one connection."""
    settings = ApiSettings(home=tmp_path_factory.mktemp("home"))
    with asyncio.Runner() as runner:
        graph = AsyncGraph.connect(world)

        def run(text: str, variables: dict[str, Any], who: str) -> Any:
            return runner.run(execute(new_context(PEOPLE[who], graph, settings, MAKERS), text, variables))

        yield run
        runner.run(graph.close())


@pytest.mark.parametrize("name", FIELDS)
def test_every_argument_of_every_root_field(told: Callable[..., Any], name: str) -> None:
    text, arguments = text_of(name)

    @seed(20260101)
    @bounded(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries({}, optional=arguments), st.sampled_from(["viewer", "admin"]))
    def hold(variables: dict[str, Any], who: str) -> None:
        for error in told(text, variables, who).errors or []:
            formatted = error.formatted
            assert formatted["extensions"]["code"] in EXPECTED, (formatted, variables)
            assert "went wrong" not in formatted["message"]
            json.dumps(formatted).encode()

    hold()


DATES = [
    "2024-13-01T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2024-01-01T25:00:00Z",
    "2024-01-01T00:00:00+25:00",
    "yesterday",
]
REFUSED: list[tuple[str, Any, str]] = [
    ("first", 2**31, "ask for fewer rows"),
    ("first", 10**400, "64 bits"),
    ("min", float("nan"), "not a number"),
    ("min", float("-inf"), "not a number"),
    ("text", "a\0b", "NUL byte"),
    ("text", "\ud83d", "lone surrogate"),
    ("at", "2024-01-01T00:00:00", "no time zone"),
    *(("at", at, "DateTime") for at in DATES),
    ("after", "x", "not a cursor of ours"),
    ("after", Cursor("score:desc", 0.5, "D1").encode()[:-3], "not a cursor of ours"),
    ("after", "A" + Cursor("score:desc", 0.5, "D1").encode()[1:], "not a cursor of ours"),
    ("after", base64.urlsafe_b64encode(b'["score:desc", 0.5, "D1"]').decode(), "not a cursor of ours"),
    ("after", Cursor("score:desc", float("nan"), "D1").encode(), "not a number"),
    ("after", Cursor("score:desc", 2**64, "D1").encode(), "64 bits"),
    ("after", Cursor("score:desc", 0.5, "D\0").encode(), "NUL byte"),
    ("after", Cursor("name:asc", "a", "D1").encode(), "belongs to the order"),
]
ASKING = """query Q($first: Int, $min: Float, $text: String, $at: DateTime, $after: String) {
deals(first: $first, after: $after, filter: {minAmount: $min, text: $text, openedAfter: $at}) { edges { cursor } } }"""


@pytest.mark.parametrize(("name", "value", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_meant_is_bad_input(told: Callable[..., Any], name: str, value: Any, words: str) -> None:
    (error,) = told(ASKING, {name: value}, "viewer").errors
    assert error.extensions["code"] == "BAD_INPUT"
    assert words in error.message and "\n" not in error.message


LITERALS = [
    ("{ deals(first: " + "9" * 5000 + ") { edges { cursor } } }", "64 bits"),
    ("{ deals(filter: {minAmount: " + "9" * 400 + "}) { edges { cursor } } }", "64 bits"),
    ("{ deals(filter: {minAmount: 1e999}) { edges { cursor } } }", "not a number"),
    ('{ search(text: "a\\u0000b") { name } }', "NUL byte"),
    ('{ search(text: "a\\uD800b") { name } }', "escape"),
    ("{ deal(id: 99999999999999999999) { id } }", "64 bits"),
]


@pytest.mark.parametrize(("text", "words"), LITERALS)
def test_literals_are_held_like_variables(ask: Ask, text: str, words: str) -> None:
    (error,) = ask(text).errors
    assert error.extensions["code"] == "BAD_INPUT" and words in error.message


FLOAT = b'{"query": "query Q($f: Float) { deals(filter: {minAmount: $f}) { edges { cursor } } }", '
BODIES = [
    b'{"query": "{ search(text: \\"a\\ud800b\\") { name } }"}',
    b'{"query": "query Q($t: String!) { search(text: $t) { name } }", "variables": {"t": "\\ud800ab"}}',
    b'{"query": "query Q($t: String!) { search(text: $t) { name } }", "variables": {"t": "ab", "\\ud800": 1}}',
    FLOAT + b'"variables": {"f": NaN}}',
    FLOAT + b'"variables": {"f": 1e999}}',
    b'{"query": "{ workspace { asOf } }", "operationName": "\\u0000"}',
    b'{"query": "{ workspace { asOf } }", "variables": ' + b"[" * 20_000 + b"}",
    b'{"query": "{ workspace { asOf } }", "variables": {"a": ' + b"[" * 400 + b"]" * 400 + b"}}",
    b'{"query": "' + b"{ a " * 3000 + b'"}',
    b'{"query": "\xff"}',
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_no_request(client: TestClient, token: Callable[[str], str], body: bytes) -> None:
    headers = {"Authorization": f"Bearer {token('viewer')}", "Content-Type": "application/json"}
    answer = client.post("/graphql", content=body, headers=headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT", answer.text[:300]


PATHS = [
    "/deals?after=x",
    "/deals?text=%00",
    "/deals/%00",
    "/deals/%ff",
    "/search?text=%ED%A0%80a",
    "/why?a=%00:b&b=c:d",
    "/accounts?after=" + "A" * 3000,
    "/segments?name=%00",
    "/review?after=%00",
    "/deals?state=%00",
]


@pytest.mark.parametrize("path", PATHS)
def test_pages_say_what_is_wrong(client: TestClient, token: Callable[[str], str], path: str) -> None:
    client.cookies.set("dealgraph_token", token("viewer"))
    answer = client.get(path)
    assert answer.status_code < 500 and "went wrong" not in answer.text
