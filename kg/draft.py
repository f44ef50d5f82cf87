"""A graph that nobody else sees: what is written into it is read there, and is gone in the end."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Self

from kg.errors import ConfigurationError
from kg.graph import Graph, _row, _sent, _translated
from kg.query.query import Query

WRITE = "WRITE"


class _Draft(Graph):
    """A door of which every query runs in one transaction, one after the other."""

    @classmethod
    def of(cls, graph: Graph, transaction: Any) -> Self:
        """The draft of a graph, in a transaction that somebody else ends."""
        made = cls.__new__(cls)
        made.__dict__.update(copy.copy(graph).__dict__)
        made._transaction, made._lock = transaction, Lock()
        return made

    _transaction: Any
    _lock: Lock

    def _execute(self, query: Query, access: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        if query.auto_commit:
            raise ConfigurationError(f"{query.place}: commits by itself, so it cannot run in a draft.")
        text, given = _sent(query, params, self.timeout)
        with self._lock, _translated(query.place, self):
            return [_row(record) for record in self._transaction.run(text.text, given)]

    def stream(self, query: Query, **params: Any) -> Iterator[dict[str, Any]]:
        """Rows, all read at once: a transaction answers one query at a time."""
        yield from self._execute(query, WRITE, params)

    def close(self) -> None:
        """Nothing: the connections are those of the graph that it is a draft of."""


@contextmanager
def draft(graph: Graph) -> Iterator[Graph]:
    """What-if: a graph that begins as this one; what is written into it is rolled back when the block ends.

    Nodes that it ties something to are locked until then: runs that write wait for it, readers do not.
    """
    with _translated("draft", graph), graph._session(WRITE) as session:
        transaction = session.begin_transaction(timeout=graph.timeout)
        try:
            yield _Draft.of(graph, transaction)
        finally:
            transaction.rollback()
