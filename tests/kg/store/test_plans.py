"""Queries are planned anew when the graph grew much, and only then."""

from __future__ import annotations

from datetime import UTC, datetime

from kg.graph import Graph
from kg.store.load import NodeRows, load
from kg.store.plans import replan
from kg.store.runs import publish

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def grow(graph: Graph, first: int, last: int) -> None:
    rows = ({"id": f"a{i}", "kind": "call", "at": NOW, "known_from": NOW} for i in range(first, last))
    load(graph, [NodeRows("Activity", rows)], run="r")


def test_plans_are_made_anew_when_the_graph_grew_by_half(graph: Graph) -> None:
    publish(graph, "r", NOW)
    grow(graph, 0, 10)
    assert replan(graph) is True
    assert replan(graph) is False
    grow(graph, 10, 14)
    assert replan(graph) is False
    grow(graph, 14, 15)
    assert replan(graph) is True
    assert replan(graph) is False


def test_an_empty_graph_is_planned_for(graph: Graph) -> None:
    assert replan(graph) is True
