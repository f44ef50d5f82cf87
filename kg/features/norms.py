"""Norms: population figures that features compare with, one for each month, from what was known when it began."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from kg.errors import BadQuery
from kg.graph import Graph
from kg.progress import Progress
from kg.query.files import load_queries
from kg.query.query import Query
from kg.store.load import NodeRows, load, remove

COLUMNS: Final = ("month", "group", "value", "n")


def rebuild_norms(graph: Graph, now: datetime, run: str, progress: Progress | None = None) -> int:
    """Write every norm of every month up to `now`, remove those of older runs, and return how many there are.

    The Norm of a month has `known_from` at its first instant and `known_to` at the next month's; its id is
    `name|group|YYYY-MM`, so that a feature finds it without a search.
    """
    months = months_between(first_known(graph), now)
    queries = in_order(load_queries("norms"))
    written = 0
    for done, query in enumerate(queries):
        rows = graph.read(query, months=months) if months else []
        written += sum(load(graph, [NodeRows("Norm", _rows(query, rows))], run=run).values())
        if progress:
            progress(done + 1, len(queries), query.name)
    remove(graph, "Norm", run=run)
    return written


def first_known(graph: Graph) -> datetime | None:
    """The earliest knowledge time of a deal or a lead."""
    found = graph.read(load_queries("networks")["first_known"])[0]["first"]
    return found if isinstance(found, datetime) else None


def months_between(first: datetime | None, now: datetime) -> list[datetime]:
    """The first instants of the months from that of `first` to that of `now`, in UTC."""
    if first is None:
        return []
    month = month_of(first)
    months: list[datetime] = []
    while month <= now:
        months.append(month)
        month = next_month(month)
    return months


def month_of(moment: datetime) -> datetime:
    """The first instant of the month of `moment`, in UTC."""
    at = moment.astimezone(UTC)
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def next_month(month: datetime) -> datetime:
    """The first instant of the month after."""
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)


def in_order(queries: Mapping[str, Query]) -> list[Query]:
    """Norms that others are built on first: a header's `after` names them."""
    placed: dict[str, Query] = {}
    waiting = dict(sorted(queries.items()))
    while waiting:
        ready = [name for name, query in waiting.items() if all(a in placed for a in _after(query))]
        if not ready:
            name, query = next(iter(waiting.items()))
            raise BadQuery(
                f"{query.place}:1: 'after' of {name} names {', '.join(_after(query))}, which cannot come first."
            )
        placed |= {name: waiting.pop(name) for name in ready}
    return list(placed.values())


def _after(query: Query) -> list[str]:
    return [name.strip() for name in query.header.get("after", "").split(",") if name.strip()]


def _rows(query: Query, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if missing := [c for c in COLUMNS if c not in query.columns]:
        raise BadQuery(f"{query.place}:1: a norm must return {', '.join(COLUMNS)}; {missing[0]!r} is missing.")
    for row in rows:
        month = row["month"]
        yield {
            "id": f"{query.name}|{row['group']}|{month:%Y-%m}",
            "name": query.name,
            "group": row["group"],
            "value": float(row["value"]),
            "n": row["n"],
            "unit": query.header.get("unit"),
            "known_from": month,
            "known_to": next_month(month),
        }
