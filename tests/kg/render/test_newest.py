"""`newest(…)`: a hub's newest rows by an index, the same rows as a plain expansion where the hub is small."""

from datetime import timedelta
from typing import Any

import pytest

from kg.errors import BadQuery
from kg.graph import Graph
from kg.query.query import Query
from kg.render.newest import WIDER, expand_newest
from tests.worlds import START, World

DEALS = "newest((f)<-[v:WITH]-(d:Deal))"
ENDED = "newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))"
TIES = "newest((f)-[v:PARTNERS_WITH|OWNED_BY]-(d:Account))"
HEAD = "MATCH (f:Account {id: 'hub'}) WITH f, $as_of AS as_of "


def world() -> World:
    """A hub with ten deals, one known each day, of which every second ended two days later; and five tied accounts."""
    w = World()
    w.add("Account", "hub", START, name="Hub")
    for i in range(10):
        known = START + timedelta(days=i)
        w.add("Deal", f"d{i}", known, name=f"D{i}")
        w.tie(f"d{i}", "WITH", "hub", known)
        if i % 2:
            ended = known + timedelta(days=2)
            w.add("Outcome", f"o{i}", ended, result="won", at=ended)
            w.tie(f"d{i}", "ENDED_IN", f"o{i}", ended)
    for i in range(5):
        w.add("Account", f"a{i}", START, name=f"A{i}")
        ends = (f"a{i}", "hub") if i % 2 else ("hub", f"a{i}")
        w.tie(ends[0], ("PARTNERS_WITH", "OWNED_BY")[i % 2], ends[1], START + timedelta(days=i))
    return w


CASES: list[tuple[str, int, int, list[str]]] = [
    (DEALS, 3, 20, ["d9", "d8", "d7"]),
    (DEALS, 3, 4, ["d4", "d3", "d2"]),  # nothing that was not known yet takes a place
    (DEALS, 50, 20, [f"d{i}" for i in range(9, -1, -1)]),
    (ENDED, 2, 20, ["d9", "d7"]),
    (ENDED, 2, 10, ["d7", "d5"]),  # d9 is known by then, its end is not
    (ENDED, 1, 5, ["d3"]),
    (TIES, 2, 20, ["a4", "a3"]),
    (TIES, 9, 20, ["a4", "a3", "a2", "a1", "a0"]),
]


@pytest.mark.parametrize(("call", "limit", "days", "found"), CASES)
def test_the_newest_rows_known_by_the_moment(graph: Graph, call: str, limit: int, days: int, found: list[str]) -> None:
    world().load(graph, START + timedelta(days=30))
    text = HEAD + expand_newest(call, str(limit), "f.cypher") + " RETURN d.id AS id ORDER BY v.known_from DESC"
    rows = graph.read(Query("newest", "tests", text), as_of=START + timedelta(days=days))
    assert [row["id"] for row in rows] == found


def test_what_a_tail_leaves_out_is_bounded_too(graph: Graph) -> None:
    """Among the newest ten open deals no ended one is looked for farther back than `WIDER` times the limit."""
    w = world()
    for i in range(10, 10 + WIDER):
        w.add("Deal", f"d{i}", START + timedelta(days=i), name=f"D{i}")
        w.tie(f"d{i}", "WITH", "hub", START + timedelta(days=i))
    w.load(graph, START + timedelta(days=30))
    text = HEAD + expand_newest(ENDED, "1", "f.cypher") + " RETURN d.id AS id"
    assert graph.read(Query("newest", "tests", text), as_of=START + timedelta(days=30)) == []


def test_the_rows_of_a_hub_come_from_its_index(graph: Graph) -> None:
    for call in (DEALS, ENDED, TIES):
        text = HEAD + expand_newest(call, "5", "f.cypher") + " RETURN d.id AS id"
        plan = graph.explain(Query("newest", "tests", text, parameters=frozenset({"as_of"})))
        steps = list(operators(plan))
        assert any("RelationshipIndexSeek" in step for step in steps), steps
        assert not any(step.startswith("Expand") for step in steps if call != ENDED), steps


def operators(plan: dict[str, Any]) -> list[str]:
    return [plan["operatorType"], *(name for child in plan.get("children") or [] for name in operators(child))]


REFUSED: list[tuple[str, str | None, str]] = [
    (DEALS, None, "needs '// newest: 200'"),
    (DEALS, "0", "newest '0' is no whole number above 0"),
    (DEALS, "many", "newest 'many' is no whole number"),
    (DEALS, "²", "newest '²' is no whole number"),
    ("MATCH (f)<-[v:WITH]-(d:Deal)", "5", "the header says newest, but no"),
    ("newest((f)<-[v]-(d:Deal))", "5", "takes a path from a hub"),
    ("newest((f:Account)<-[v:WITH]-(d:Deal))", "5", "takes a path from a hub"),
    (f"{DEALS} newest(f, d)", "5", "takes a path from a hub"),
    ("newest((d)-[v:FOR]->(p:Product))", "5", "FOR with Product is not kept newest first at its start"),
    ("newest((f)<-[v:PLAYS]-(d:Deal))", "5", "PLAYS with Deal is not kept newest first at its end"),
]


@pytest.mark.parametrize(("text", "limit", "complaint"), REFUSED)
def test_what_cannot_be_bounded_is_refused(text: str, limit: str | None, complaint: str) -> None:
    with pytest.raises(BadQuery) as told:
        expand_newest(text, limit, "f.cypher")
    assert str(told.value).startswith("f.cypher:1: ") and complaint in str(told.value)
