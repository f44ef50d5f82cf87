"""A few queries that depend on one another, told once for both doors: steps ask, and are sent the rows."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from kg.graph import AsyncGraph, Graph
from kg.query.query import Query

Row = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """A query and its parameters."""

    query: Query
    params: dict[str, Any] = field(hash=False)


Steps = Generator[Ask, list[Row], T]


@dataclass(frozen=True, slots=True)
class End(Generic[T]):
    """What steps came to."""

    value: T


def take(graph: Graph, steps: Steps[T]) -> T:
    """Carry steps out on the synchronous graph and return what they come to."""
    ask = _next(steps, None)
    while isinstance(ask, Ask):
        door = graph.write if ask.query.mode == "write" else graph.read
        ask = _next(steps, door(ask.query, **ask.params))
    return ask.value


async def take_async(graph: AsyncGraph, steps: Steps[T]) -> T:
    """The same on the asynchronous graph."""
    ask = _next(steps, None)
    while isinstance(ask, Ask):
        door = graph.write if ask.query.mode == "write" else graph.read
        ask = _next(steps, await door(ask.query, **ask.params))
    return ask.value


def _next(steps: Steps[T], rows: list[Row] | None) -> Ask | End[T]:
    """The next question after these rows (None: none was asked yet), or the end."""
    try:
        return next(steps) if rows is None else steps.send(rows)
    except StopIteration as end:
        return End(end.value)
