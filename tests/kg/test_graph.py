"""The doors to Neo4j: values, modes, errors and plans, on a real server."""

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import BadQuery, IntegrityError, ServerError
from kg.graph import AsyncGraph, Graph, NodeValue, RelationshipValue
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.load import NodeRows, RelationshipRows, load
from kg.values import ends_of, relationship_id

T = datetime(2024, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
WORLD = [
    NodeRows("Account", [{"id": "a_1", "name": "Acme", "known_from": T}]),
    NodeRows("Deal", [{"id": "d_1", "amount": 3, "known_from": T}]),
    RelationshipRows("Deal", "WITH", "Account", [{"start": "d_1", "end": "a_1", "known_from": T}]),
]


def query(text: str, mode: str = "read", *, auto_commit: bool = False) -> Query:
    return Query("it", "tests", text, mode, auto_commit=auto_commit)  # type: ignore[arg-type]


def test_values_come_back_as_python_and_never_as_neo4j(graph: Graph) -> None:
    load(graph, WORLD, run="r1")
    deal = NodeValue(("Deal",), {"id": "d_1", "amount": 3.0, "known_from": T, "run": "r1"})
    link = RelationshipValue("WITH", "d_1", "a_1", {"id": "d_1>a_1", "end_id": "a_1", "known_from": T, "run": "r1"})
    text = (
        "MATCH (d:Deal)-[w:WITH]->(a:Account) RETURN d, w, [d, {w: w}] AS many, properties(d) AS p, "
        "date('2024-03-01') AS day, null AS nothing, [1, 2.5, 'x', true] AS mixed"
    )
    assert graph.read(query(text)) == [
        {
            "d": deal,
            "w": link,
            "many": [deal, {"w": link}],
            "p": deal.properties,
            "day": date(2024, 3, 1),
            "nothing": None,
            "mixed": [1, 2.5, "x", True],
        }
    ]
    assert deal.id == "d_1"
    assert link.id == "d_1>a_1"


def test_a_relationship_knows_its_ends_without_its_nodes(graph: Graph) -> None:
    load(graph, WORLD, run="r1")
    [row] = graph.read(query("MATCH ()-[w:WITH]->() RETURN w"))
    assert (row["w"].start, row["w"].end) == ("d_1", "a_1")


ENDS = [("a", "b", ()), ("a>b", "c%d", ()), ("a", "b", ("x>y", T, None)), ("%3E", ">", (1,)), ("", "b", ())]


@pytest.mark.parametrize(("start", "end", "key"), ENDS)
def test_a_relationship_id_names_its_ends(start: str, end: str, key: tuple[Any, ...]) -> None:
    assert ends_of(relationship_id(start, end, *key)) == (start, end)


MOMENTS = [
    (T, T),
    (datetime(1, 1, 2, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)),
    (datetime(9999, 12, 30, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)),
    (datetime(2024, 3, 1, 2, tzinfo=timezone(timedelta(hours=2))), datetime(2024, 3, 1, tzinfo=UTC)),
]


@pytest.mark.parametrize(("given_", "back"), MOMENTS)
def test_moments_come_back_in_utc(graph: Graph, given_: datetime, back: datetime) -> None:
    [row] = graph.read(query("RETURN $t AS t, toString($t) AS text, valueType($t) AS type"), t=given_)
    assert row["t"] == back
    assert row["t"].tzinfo is UTC
    assert row["type"] == "ZONED DATETIME NOT NULL"
    assert datetime.fromisoformat(row["text"]) == back


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=50))
def test_any_moment_makes_the_round_trip(_session_graph: Graph, moments: list[datetime]) -> None:
    assert _session_graph.read(query("RETURN $t AS t"), t=moments) == [{"t": moments}]


def test_zoned_and_named_moments_of_others_are_read_in_utc(graph: Graph) -> None:
    text = "RETURN datetime('2024-03-01T02:00[Europe/Stockholm]') AS named, datetime('2024-03-01T02:00+02:00') AS zoned"
    assert graph.read(query(text)) == [
        {"named": datetime(2024, 3, 1, 1, tzinfo=UTC), "zoned": datetime(2024, 3, 1, tzinfo=UTC)}
    ]


def test_only_queries_are_run(graph: Graph) -> None:
    with pytest.raises(TypeError, match="not str"):
        graph.read("MATCH (n) RETURN n")  # type: ignore[arg-type]


FAILURES = [
    ("read", "CREATE (:Deal {id: 'x'})", {}, BadQuery, "Writing in read access mode not allowed"),
    ("read", "RETURN $missing AS x", {}, BadQuery, "rendered tests it: ParameterMissing"),
    ("read", "RETRUN 1", {}, BadQuery, "SyntaxError"),
    ("write", "CREATE (:Deal {id: 'x'}) CREATE (:Deal {id: 'x'})", {}, IntegrityError, "already exists"),
]


@pytest.mark.parametrize(("mode", "text", "params", "error", "sentence"), FAILURES)
def test_failures_are_ours(
    graph: Graph, mode: str, text: str, params: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        getattr(graph, mode)(query(text, mode), **params)


def test_a_server_that_is_not_there_says_what_to_start() -> None:
    with Graph("bolt://127.0.0.1:9", "neo4j", "x") as graph, pytest.raises(ServerError, match="dealgraph up"):
        graph.wait_ready(0.1)


def test_a_wrong_password_says_so(neo4j_server: GraphSettings) -> None:
    with (
        Graph(neo4j_server.address[0], "neo4j", "wrong") as graph,
        pytest.raises(ServerError, match="user or password"),
    ):
        graph.wait_ready(5)


def test_a_query_that_takes_too_long_is_stopped(neo4j_server: GraphSettings) -> None:
    slow = query("UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS x")
    with Graph(*neo4j_server.address, timeout=0.5) as graph, pytest.raises(ServerError, match="time limit"):
        graph.read(slow)


def test_explain_gives_the_plan_without_running(graph: Graph) -> None:
    plan = graph.explain(query("MATCH (d:Deal {id: $id}) SET d.name = 'x' RETURN d", "write"))
    assert plan["operatorType"].startswith("ProduceResults")


def test_call_in_transactions_runs_outside_a_transaction(graph: Graph) -> None:
    text = "UNWIND range(1, 10) AS i CALL (i) { CREATE (:Deal {id: toString(i)}) } IN TRANSACTIONS OF 3 ROWS"
    graph.write(query(text, "write", auto_commit=True))
    assert graph.read(query("MATCH (d:Deal) RETURN count(d) AS n")) == [{"n": 10}]


def test_the_stream_gives_every_row(graph: Graph) -> None:
    rows = graph.stream(query("UNWIND range(1, 12000) AS i RETURN i"))
    assert sum(row["i"] for row in rows) == 12000 * 12001 // 2


def test_the_async_door_speaks_the_same_words(graph: Graph, neo4j_server: GraphSettings) -> None:
    load(graph, WORLD, run="r1")

    async def talk() -> None:
        async with AsyncGraph.connect(neo4j_server) as door:
            read = query("MATCH (d:Deal)-[w:WITH]->() RETURN d.id AS id, w, d.known_from AS t")
            [row] = await door.read(read)
            assert (row["id"], row["w"].start, row["t"]) == ("d_1", "d_1", T)
            assert [row async for row in door.stream(read)] == [row]
            assert await door.write(query("MATCH (d:Deal) SET d.name = 'x' RETURN d.name AS n", "write")) == [
                {"n": "x"}
            ]
            assert (await door.explain(read))["operatorType"].startswith("ProduceResults")
            with pytest.raises(BadQuery, match="Writing in read access mode"):
                await door.read(query("CREATE (:Deal {id: 'y'})"))
            many = await asyncio.gather(*(door.read(read) for _ in range(20)))
            assert all(rows == [row] for rows in many)

    asyncio.run(talk())
