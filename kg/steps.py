"""A few queries that depend on one another, told once for both doors: steps ask, and are sent the rows."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kg.graph import AsyncGraph, Graph
from kg.query import Query

Row = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """A query and its parameters."""

    query: Query
    params: dict[str, Any] = field(hash=False)


Steps = Generator[Ask, list[Row], T]


def take(graph: Graph, steps: Steps[T]) -> T:
    """Carry steps out on the synchronous graph and return what they come to."""
    rows: list[Row] | None = None
    while True:
        try:
            ask = steps.send(rows) if rows is not None else next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        door = graph.write if ask.query.mode == "write" else graph.read
        rows = door(ask.query, **ask.params)


async def take_async(graph: AsyncGraph, steps: Steps[T]) -> T:
    """The same on the asynchronous graph."""
    rows: list[Row] | None = None
    while True:
        try:
            ask = steps.send(rows) if rows is not None else next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        door = graph.write if ask.query.mode == "write" else graph.read
        rows = await door(ask.query, **ask.params)
