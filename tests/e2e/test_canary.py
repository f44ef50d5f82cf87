"""A canary in every personal field appears in nothing that a viewer can ask: every field, list, page and error."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

from api.app import create_app
from api.auth import Principal, Role, make_token, signing_secret
from api.graphql.context import new_context
from api.graphql.schema import MAKERS, execute, schema
from api.settings import ApiSettings
from kg.graph import AsyncGraph, Graph
from kg.ontology import LABELS
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.migrate import migrate
from tests.conftest import EMPTY
from tests.e2e.canaries import CANARIES, MAIL, PERSON, build, canaries_in, ids

DEPTH = 5
WIDE = {"cost_limit": 10**12, "depth_limit": 60, "lexer_limit": 10**6, "alias_limit": 10**4, "request_seconds": 600.0}
ASKED = [PERSON, PERSON.lower(), "zanfirst", "zanlast", MAIL, "zanhost", *CANARIES.values()]
UNLOADED = {"contact profile", "participant"}
"""Canaries that no node holds."""
Asking = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def server(neo4j_server: GraphSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphSettings]:
    with Graph.connect(neo4j_server) as graph:
        graph.write(EMPTY)
        migrate(graph)
        build(graph, tmp_path_factory.mktemp("canary"))
        yield neo4j_server
        graph.write(EMPTY)


@pytest.fixture(scope="module")
def ask(server: GraphSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    settings = ApiSettings(home=tmp_path_factory.mktemp("home"), **WIDE)  # type: ignore[arg-type]
    with asyncio.Runner() as runner:
        graph = AsyncGraph.connect(server)

        def run(text: str, role: Role = Role.VIEWER, **variables: Any) -> dict[str, Any]:
            context = new_context(Principal("p", role), graph, settings, MAKERS)
            result = runner.run(execute(context, text, variables))
            return {"data": result.data, "errors": [error.formatted for error in result.errors or []]}

        yield run
        runner.run(graph.close())


def around(graph: Graph, label: str) -> list[str]:
    """The ids of a label's nodes that carry a canary or stand beside one that does."""
    text = f"""MATCH (n:{label}) WHERE n.personal_values IS NOT NULL OR EXISTS {{ MATCH (n)--(c:Contact|Lead)
        WHERE c.email CONTAINS 'anhost' }} OR n.email CONTAINS 'anhost' RETURN n.id AS id ORDER BY id"""
    return [row["id"] for row in graph.read(Query(name="around", kind="tests", text=text))]


def graphql_schema() -> GraphQLSchema:
    return schema(ApiSettings())._schema


def selection(kind: GraphQLNamedType, depth: int = DEPTH, seen: tuple[str, ...] = ()) -> str:
    """Every field of a type, and of what it leads to, no type twice on one way."""
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLInterfaceType):
        inside = " ".join(
            f"... on {one.name} {selection(one, depth, seen)}" for one in graphql_schema().get_possible_types(kind)
            if one.name not in seen
        )  # fmt: skip
        return f"{{ __typename id {inside} }}"
    assert isinstance(kind, GraphQLObjectType)
    parts = ["__typename"]
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner):
            parts.append(name)
        elif depth > 0 and inner.name not in (*seen, kind.name):
            parts.append(f"{name} {selection(inner, depth - 1, (*seen, kind.name))}")
    return "{ " + " ".join(parts) + " }"


def clean(answer: dict[str, Any], text: str) -> None:
    assert canaries_in(answer) == [], text[:300]
    internal = [e for e in answer["errors"] if e["extensions"]["code"] not in {"BAD_INPUT", "FORBIDDEN", "NOT_FOUND"}]
    assert internal == [], text[:300]


def test_every_field_of_every_entity(ask: Asking, server: GraphSettings) -> None:
    told: set[str] = set()
    with Graph.connect(server) as graph:
        for kind in ("Deal", "Lead", "Account", "Contact"):
            of = selection(graphql_schema().type_map[kind])
            for id_ in around(graph, kind):
                text = f'{{ {kind.lower()}(id: "{id_}") {of} }}'
                answer = ask(text)
                assert answer["errors"] == [] and answer["data"][kind.lower()], (kind, answer["errors"][:1])
                clean(answer, text)
                if not set(CANARIES) - told <= UNLOADED:
                    told |= {name for name, value in CANARIES.items() if value in str(ask(text, Role.ADMIN))}
    assert set(CANARIES) - told <= UNLOADED


def inputs(name: str, value: str) -> Iterator[str]:
    """The arguments of a list that hold a text, and every order."""
    kind = graphql_schema().type_map[name]
    assert isinstance(kind, GraphQLInputObjectType)
    for field, declared in kind.fields.items():
        inner = get_named_type(declared.type)
        if inner.name in {"String", "ID"}:
            yield f'{field}: "{value}"'
        elif isinstance(inner, GraphQLEnumType):
            for one in inner.values:
                yield f"{field}: {one}"


LISTS = {"deals": "Deal", "leads": "Lead", "accounts": "Account", "contacts": "Contact"}


@pytest.mark.parametrize("field", LISTS)
def test_every_list_in_every_order_and_filter(ask: Asking, field: str) -> None:
    kind = LISTS[field]
    of = "{ edges { cursor node { " + " ".join(_leaves(kind)) + " } } pageInfo { endCursor hasNextPage } }"
    orders = [f"orderBy: {{{order}}}" for order in inputs(f"{kind}Order", "")]
    for order in ["", *orders]:
        given, after = f"first: 5, {order}", None
        for _ in range(8):
            text = f"{{ {field}({given}{f', after: {chr(34)}{after}{chr(34)}' if after else ''}) {of} }}"
            answer = ask(text)
            clean(answer, text)
            assert answer["errors"] == []
            after = answer["data"][field]["pageInfo"]["endCursor"]
            if not answer["data"][field]["pageInfo"]["hasNextPage"]:
                break
    found: dict[str, int] = {}
    for value in ASKED:
        for given in inputs(f"{kind}Filter", value):
            if given.startswith(("state", "seniority", "kind")):
                continue
            text = f"{{ {field}(filter: {{{given}}}) {of} }}"
            for role in (Role.VIEWER, Role.ANALYST) if value in {PERSON, MAIL} else (Role.VIEWER,):
                answer = ask(text, role)
                rows = ((answer["data"] or {}).get(field) or {"edges": []})["edges"]
                found[role] = found.get(role, 0) + len(rows)
            assert found[Role.VIEWER] == 0, text
    assert found[Role.ANALYST] > 0, "nothing here could have been found"


def _leaves(kind: str) -> list[str]:
    declared = graphql_schema().type_map[kind]
    assert isinstance(declared, GraphQLObjectType)
    return [name for name, field in declared.fields.items() if is_leaf_type(get_named_type(field.type))]


def test_a_viewer_sees_no_order_of_names(ask: Asking) -> None:
    answer = ask("{ contacts(first: 100, orderBy: {name: DESC}) { edges { node { id } } } }")
    order = [edge["node"]["id"] for edge in answer["data"]["contacts"]["edges"]]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("text", ASKED)
def test_nobody_is_found_by_search_or_record(ask: Asking, text: str) -> None:
    search = f'{{ search(text: "{text}") {{ name kind id }} }}'
    assert ask(search)["data"] == {"search": []}
    for source, kind in itertools.product(("web", "mail", "erp", "desk", "crm"), ("", ', kind: "contact"')):
        record = f'{{ entityForRecord(source: "{source}", recordId: "{text}"{kind}) {{ id }} }}'
        assert ask(record) == {"data": {"entityForRecord": None}, "errors": []}
    if text == PERSON:
        assert len(ask(search, Role.ANALYST)["data"]["search"]) >= 4
    if text == MAIL:
        own = f'{{ entityForRecord(source: "web", recordId: "{MAIL}") {{ id }} }}'
        assert ask(own, Role.ANALYST)["data"]["entityForRecord"]


def test_feeds_queues_segments_and_matches(ask: Asking, server: GraphSettings) -> None:
    kinds = graphql_schema().type_map
    texts = [
        f"{{ {name}(first: 50) {selection(get_named_type(kinds['Query'].fields[name].type), 7)} }}"  # type: ignore[union-attr]
        for name in ("identityEvents", "reviewQueue", "forecasts")
    ]
    member = "{ edges { cursor node { reason account { id name phone } } } }"
    segments = ask("{ segments { name about } }")["data"]["segments"]
    texts += [f'{{ segment(name: "{one["name"]}") {member} }}' for one in segments]
    texts += ["{ workspace { asOf currency } features { name about because: absent } segments { name about } }"]
    told = []
    for text in texts:
        clean(ask(text), text)
        told += canaries_in(ask(text, Role.ADMIN))
    assert told
    match = selection(kinds["MatchExplanation"], 3)
    with Graph.connect(server) as graph:
        every = [i for kind in ("Account", "Contact", "Lead", "Deal") for i in around(graph, kind)]
        contacts = ids(graph, "Contact")
    for a, b in [*itertools.pairwise(every), *itertools.combinations(contacts[:5], 2), ("none", every[0])]:
        text = f'{{ whyEntities(a: "{a}", b: "{b}") {match} }}'
        clean(ask(text), text)
    keys = [("web", MAIL), ("crm", "CZ"), ("crm", "CX"), ("crm", "A1"), ("billing", "B1"), ("crm", "D1"), ("erp", MAIL)]
    for (s, a), (t, b) in itertools.permutations(keys, 2):
        left, right = (f'{{source: "{source}", recordId: "{key}"}}' for source, key in ((s, a), (t, b)))
        text = f"{{ whyMatched(a: {left}, b: {right}) {match} }}"
        answer = ask(text)
        if MAIL in (a, b):  # what was asked may be repeated; that it is there is not told
            assert answer["data"] is None and "There is no" in answer["errors"][0]["message"]
        else:
            clean(answer, text)


def test_what_a_viewer_may_not_do(ask: Asking) -> None:
    key = f'{{source: "web", recordId: "{MAIL}"}}'
    for text in (
        f'mutation {{ judge(a: {key}, b: {{source: "crm", recordId: "CZ"}}, verdict: SAME, reason: "x") {{ a b }} }}',
        "{ models { name } }",
        "{ runs { id counts } }",
    ):
        answer = ask(text)
        assert [e["extensions"]["code"] for e in answer["errors"]] == ["FORBIDDEN"]
        assert canaries_in(answer) == []


def test_the_pages_of_the_explorer(
    server: GraphSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Asking
) -> None:
    async def nothing(_: object) -> None:
        """Warming would only make the test slow."""

    monkeypatch.setattr("api.app.warm", nothing)
    monkeypatch.setattr("api.app.AsyncGraph.connect", lambda: AsyncGraph(*server.address))
    settings = ApiSettings(home=tmp_path, **(WIDE | {"lexer_limit": 2000}))  # type: ignore[arg-type]
    token = make_token(signing_secret(settings.secret_file), Role.VIEWER, name="v", days=1)
    with Graph.connect(server) as graph:
        pages = [f"/{k.lower()}s/{i}" for k in ("Deal", "Lead", "Account", "Contact") for i in around(graph, k)]
    pages += ["/deals?state=all", "/deals?state=all&order=name", "/leads?state=all", "/accounts", "/segments",
              "/review", "/segments?name=open_deal_without_decider", "/search?text=an", "/why",
              "/why?a=crm:CZ&b=crm:CX",
              "/why?a=crm:CZ&b=crm:A1", "/deals/none", "/nowhere", "/models"]  # fmt: skip
    with TestClient(create_app(settings), follow_redirects=False, cookies={"dealgraph_token": token}) as client:
        for path in pages:
            answer = client.get(path)
            assert answer.status_code < 500, (path, answer.text[-500:])
            assert canaries_in(answer.text) == [], path


def test_every_personal_property_has_a_canary() -> None:
    personal = {(label, p.name) for label, node in LABELS.items() for p in node.properties if p.personal}
    assert personal == {
        ("Contact", "name"), ("Contact", "email"), ("Contact", "phone"), ("Lead", "name"), ("Lead", "email"),
        ("Rep", "name"), ("Rep", "email"), ("Activity", "subject"), ("Record", "name"), ("Review", "values_a"),
        ("Review", "values_b"), ("Norm", "group"), ("Forecast", "named"),
    }  # fmt: skip
