"""The only door to Neo4j: queries in, plain Python values out, every failure one of our errors."""

import asyncio
import copy
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self

import neo4j
import neo4j.exceptions as failures
from neo4j import AsyncGraphDatabase, GraphDatabase, NotificationDisabledClassification
from neo4j._codec.hydration.bolt.v2 import temporal as driver_times
from neo4j._codec.packstream import Structure
from neo4j.graph import Node, Relationship
from neo4j.graph import Path as GraphPath
from neo4j.time import Date, DateTime

from kg.errors import BadQuery, DealgraphError, IntegrityError, QueryStopped, ServerError
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.settings import settings as _settings
from kg.values import NodeValue, RelationshipValue, ends_of

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = -62_000_000_000, 253_000_000_000  # seconds that a datetime of Python can hold
OPTIONS: Final[Mapping[str, Any]] = {
    # A new, empty database warns about every label it has not seen yet.
    "notifications_disabled_classifications": [NotificationDisabledClassification.UNRECOGNIZED],
    "connection_timeout": 10.0,
    "connection_acquisition_timeout": 30.0,
    "max_transaction_retry_time": 30.0,
    "user_agent": "dealgraph",
}


def _quick_moments() -> None:
    """Let moments pass the driver as plain datetimes in UTC.

    The driver turns every datetime into a class of its own, on the way out and on the way in, at 50 µs each: two
    thirds of the time of a load. What is not a moment with an offset still goes the driver's way.
    """
    slow_out: Callable[[Any], Structure] = driver_times.dehydrate_datetime
    slow_in: Callable[..., Any] = driver_times.hydrate_datetime

    def dehydrate(value: datetime) -> Structure:
        if type(value) is not datetime or value.tzinfo is None:
            return slow_out(value)
        since = value - EPOCH
        return Structure(b"I", since.days * 86400 + since.seconds, since.microseconds * 1000, 0)

    def hydrate(seconds: int, nanoseconds: int, tz: int | str | None = None) -> Any:
        if type(tz) is not int or not EARLIEST <= seconds <= LATEST:
            return slow_in(seconds, nanoseconds, tz)
        return EPOCH + timedelta(0, seconds, nanoseconds // 1000)

    driver_times.dehydrate_datetime, driver_times.hydrate_datetime = dehydrate, hydrate


_quick_moments()


def _moment(value: DateTime) -> datetime:
    return value.to_native().astimezone(UTC)


def _day(value: Date) -> date:
    return value.to_native()


def _list(values: list[Any]) -> list[Any]:
    return [v if type(v) in PLAIN else to_python(v) for v in values]


def _map(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if type(v) in PLAIN else to_python(v) for k, v in values.items()}


def _node(value: Node) -> NodeValue:
    return NodeValue(tuple(sorted(value.labels)), _map(value._properties))


def _relationship(value: Relationship) -> RelationshipValue:
    properties = _map(value._properties)
    start, end = (str(n._properties.get("id", "")) if n is not None else "" for n in value.nodes)
    if not (start and end):  # the result holds the relationship without its nodes: its own id names them
        start, end = ends_of(str(properties.get("id", "")))
    return RelationshipValue(value.type, start, end, properties)


def _path(value: GraphPath) -> list[Any]:
    return [*map(_node, value.nodes), *map(_relationship, value.relationships)]


PLAIN: Final = frozenset((str, int, float, bool, type(None)))
CONVERT: Final[dict[type, Callable[[Any], Any]]] = {
    DateTime: _moment,
    Date: _day,
    list: _list,
    dict: _map,
    Node: _node,
    GraphPath: _path,
}


def to_python(value: Any) -> Any:
    """A value of the driver as plain Python: aware UTC datetimes, NodeValue, RelationshipValue, lists and dicts."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if convert := CONVERT.get(kind):
        return convert(value)
    return _relationship(value) if isinstance(value, Relationship) else value


def _row(record: neo4j.Record) -> dict[str, Any]:
    return {k: v if type(v) in PLAIN else to_python(v) for k, v in zip(record.keys(), record, strict=True)}


def _sent(
    query: Query, params: Mapping[str, Any], timeout: float, prefix: str = ""
) -> tuple[neo4j.Query, dict[str, Any]]:
    if not isinstance(query, Query):
        raise TypeError(f"the graph runs a Query from kg.query.files or kg.render, not {type(query).__name__}")
    text, given = query.sent(params, prefix)
    return neo4j.Query(text, timeout=timeout), given


def translate(error: Exception, place: str, address: str, limit: str = "") -> DealgraphError:
    """One of our errors for one of the driver's: what happened, where, and what to do; `limit` says how long it had."""
    code = getattr(error, "code", None) or ""
    said = " ".join(str(getattr(error, "message", None) or error).split())
    if isinstance(error, failures.AuthError):
        return ServerError(
            f"{address}: Neo4j refuses the user or password; check DEALGRAPH_NEO4J_USER and the password."
        )
    if isinstance(error, failures.ServiceUnavailable | failures.SessionExpired | OSError):
        return ServerError(f"{address}: Neo4j cannot be reached ({said[:120]}); start it with `dealgraph up`.")
    if "TransactionTimedOut" in code or "LockClientStopped" in code:
        return QueryStopped(f"{place}: Neo4j stopped the query at its time limit{limit}; raise it or ask for less.")
    if "OutOfMemory" in code:
        return QueryStopped(f"{place}: Neo4j stopped the query at its memory limit; raise DEALGRAPH_NEO4J_HEAP_MB.")
    if isinstance(error, failures.ConstraintError):
        return IntegrityError(f"{place}: {said[:300]}")
    if isinstance(error, failures.ClientError):
        return BadQuery(f"{place}: {code.rpartition('.')[2] or 'refused'}: {said[:400]}")
    return ServerError(f"{place}: Neo4j could not answer ({code or type(error).__name__}: {said[:200]}); try again.")


@contextmanager
def _translated(place: str, door: "Graph | AsyncGraph") -> Iterator[None]:
    try:
        yield
    except (failures.DriverError, failures.Neo4jError, OSError) as error:
        raise translate(error, place, door.address, f" ({door.setting} is {door.timeout:g})") from error


class Graph:
    """A synchronous door. Use it as a context manager: `with Graph.connect() as graph: graph.read(query, id="d_1")`."""

    setting = "DEALGRAPH_QUERY_SECONDS"

    def __init__(self, uri: str, user: str, password: str, database: str = "neo4j", timeout: float = 600.0) -> None:
        self.address, self.database, self.timeout = uri, database, timeout
        with _translated(uri, self):
            self._driver = GraphDatabase.driver(uri, auth=(user, password), **OPTIONS)

    @classmethod
    def connect(cls, settings: GraphSettings | None = None) -> Self:
        """The graph that the settings name: a server of one's own, or the managed one."""
        current = settings or _settings()
        return cls(*current.address, current.neo4j_database, current.query_seconds)

    def within(self, seconds: float, setting: str) -> Self:
        """The same connections with another time limit, and the setting that an error names for it."""
        other = copy.copy(self)
        other.timeout, other.setting = seconds, setting
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._driver.close()

    def read(self, query: Query, **params: Any) -> list[dict[str, Any]]:
        """Rows of a query that only reads, retried where Neo4j says that trying again may help."""
        return self._execute(query, neo4j.READ_ACCESS, params)

    def write(self, query: Query, **params: Any) -> list[dict[str, Any]]:
        """Rows of a query that may write, in one transaction of its own, retried likewise."""
        return self._execute(query, neo4j.WRITE_ACCESS, params)

    def _execute(self, query: Query, access: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        text, given = _sent(query, params, self.timeout)
        with _translated(query.place, self), self._session(access) as session:
            if query.auto_commit:
                return [_row(record) for record in session.run(text, given)]
            work = neo4j.unit_of_work(timeout=self.timeout)(lambda tx: [_row(r) for r in tx.run(text.text, given)])
            run = session.execute_read if access == neo4j.READ_ACCESS else session.execute_write
            return run(work)

    def stream(self, query: Query, **params: Any) -> Iterator[dict[str, Any]]:
        """Rows one at a time, never all in memory; not retried."""
        text, given = _sent(query, params, self.timeout)
        with _translated(query.place, self), self._session(neo4j.READ_ACCESS, fetch_size=5000) as session:
            for record in session.run(text, given):
                yield _row(record)

    def explain(self, query: Query, *, profiled: bool = False, **params: Any) -> dict[str, Any]:
        """The plan that Neo4j would follow, as the driver's tree: operatorType, args, identifiers, children.

        `profiled` runs a reading query: args then hold what each step cost, as DbHits and Rows.
        """
        every = {name: params.get(name) for name in query.parameters} | params
        text, given = _sent(query, every, self.timeout, "PROFILE " if profiled else "EXPLAIN ")
        with _translated(query.place, self), self._session(neo4j.READ_ACCESS) as session:
            result = session.run(text, given)
            result.values()  # what was not read has no figures
            summary = result.consume()
        return dict((summary.profile if profiled else summary.plan) or {})

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Return once Neo4j answers; ServerError when it has not by then."""
        end = time.monotonic() + seconds
        while True:
            try:
                with _translated(self.address, self):
                    self._driver.verify_connectivity()
                    return
            except ServerError as error:
                refused = isinstance(error.__cause__, failures.AuthError)
                if refused or time.monotonic() > end:
                    raise
            time.sleep(0.2)

    def _session(self, access: str, **options: Any) -> neo4j.Session:
        return self._driver.session(database=self.database, default_access_mode=access, **options)


class AsyncGraph:
    """The asynchronous door of the API; the same words, awaited."""

    setting = "DEALGRAPH_ANSWER_SECONDS"

    def __init__(self, uri: str, user: str, password: str, database: str = "neo4j", timeout: float = 30.0) -> None:
        self.address, self.database, self.timeout = uri, database, timeout
        with _translated(uri, self):
            self._driver = AsyncGraphDatabase.driver(uri, auth=(user, password), **OPTIONS)

    @classmethod
    def connect(cls, settings: GraphSettings | None = None) -> Self:
        """The graph that the settings name."""
        current = settings or _settings()
        return cls(*current.address, current.neo4j_database, current.answer_seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._driver.close()

    async def read(self, query: Query, **params: Any) -> list[dict[str, Any]]:
        """Rows of a query that only reads: auto-commit, which saves round trips; a passing failure is tried again."""
        text, given = _sent(query, params, self.timeout)
        with _translated(query.place, self):
            for pause in (0.05, 0.2, None):
                try:
                    async with self._session(neo4j.READ_ACCESS) as session:
                        return [_row(record) async for record in await session.run(text, given)]
                except (failures.DriverError, failures.Neo4jError) as error:
                    if pause is None or not error.is_retryable():
                        raise
                    await asyncio.sleep(pause)
        raise AssertionError("unreachable")  # the last try returns or raises

    async def write(self, query: Query, **params: Any) -> list[dict[str, Any]]:
        """Rows of a query that may write, in one transaction, retried where Neo4j says that this may help."""
        text, given = _sent(query, params, self.timeout)

        async def work(tx: neo4j.AsyncManagedTransaction) -> list[dict[str, Any]]:
            return [_row(record) async for record in await tx.run(text.text, given)]

        with _translated(query.place, self):
            async with self._session(neo4j.WRITE_ACCESS) as session:
                return await session.execute_write(neo4j.unit_of_work(timeout=self.timeout)(work))

    async def stream(self, query: Query, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """Rows one at a time; not retried."""
        text, given = _sent(query, params, self.timeout)
        with _translated(query.place, self):
            async with self._session(neo4j.READ_ACCESS) as session:
                async for record in await session.run(text, given):
                    yield _row(record)

    async def explain(self, query: Query, **params: Any) -> dict[str, Any]:
        """The plan that Neo4j would follow."""
        every = {name: params.get(name) for name in query.parameters} | params
        text, given = _sent(query, every, self.timeout, "EXPLAIN ")
        with _translated(query.place, self):
            async with self._session(neo4j.READ_ACCESS) as session:
                result = await session.run(text, given)
                return dict((await result.consume()).plan or {})

    @asynccontextmanager
    async def _session(self, access: str) -> AsyncIterator[neo4j.AsyncSession]:
        async with self._driver.session(database=self.database, default_access_mode=access) as session:
            yield session


__all__ = ["AsyncGraph", "Graph", "NodeValue", "RelationshipValue", "to_python", "translate"]
