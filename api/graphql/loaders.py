"""What resolvers may ask: batched reads of the graph, one Cypher call a kind of read however many entities ask.

Every batched file of `cypher/reads` takes `$keys` (entity ids, or maps) and answers with `key` and `rows`; what was
known later than the published moment stays out. A loader lives as long as one request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from strawberry.dataloader import DataLoader

from kg.errors import InputError, ServerError
from kg.features.attributes import Attribute, attribute_of
from kg.features.catalog import catalog
from kg.features.features import Feature, load_features
from kg.features.paths import Reasons, Request, reasons_many
from kg.graph import AsyncGraph
from kg.ontology.own import NOTHING, Own, current, own_of, using
from kg.query.files import Query, load_queries

PLANNED_AT_ONCE = 4
log = logging.getLogger("dealgraph.api")
Row = dict[str, Any]
FIRST_PATHS = 5
OWN: dict[str, Own] = {}
"""Own declarations by digest: what a digest stands for never changes."""
KEPT = 4
"""Paths read with a sentence: up to so many cost no further call."""


@dataclass(frozen=True, slots=True)
class Published:
    """What every reader reads as of: None before the first refresh."""

    as_of: datetime | None
    currency: str | None
    run: str | None
    own_digest: str | None = None


@lru_cache(maxsize=1)
def reads() -> dict[str, Query]:
    """The read queries by name, loaded once a process."""
    return load_queries("reads")


def segments() -> dict[str, Query]:
    """The segment queries by name, built in and own."""
    return _segments(current())


@lru_cache(maxsize=4)
def _segments(own: Own) -> dict[str, Query]:
    return load_queries("segments")


def hashable(key: Any) -> Any:
    """A key that a dict can hold: a map becomes its sorted items."""
    return tuple(sorted(key.items())) if isinstance(key, Mapping) else key


class Loaders:
    """Every read of one request; `personal` says whether whoever asks may read personal data."""

    def __init__(self, graph: AsyncGraph, *, personal: bool = False):
        self.graph = graph
        self.personal = personal
        self.calls = 0
        self._published: asyncio.Task[Published] | None = None
        self._attributes: asyncio.Task[list[Row]] | None = None
        self._loaders: dict[tuple[Any, ...], DataLoader[Any, Any]] = {}

    async def published(self) -> Published:
        """What is published now, read once a request."""
        if self._published is None:
            self._published = asyncio.ensure_future(self._read_published())
        return await self._published if not self._published.done() else self._published.result()

    async def _read_published(self) -> Published:
        rows = await self.one_by_one("workspace")
        row = rows[0] if rows else {}
        return Published(row.get("as_of"), row.get("currency"), row.get("published"), row.get("own_digest"))

    async def as_of(self) -> datetime:
        """The moment to read as of; before the first refresh the earliest there is, so that nothing is found."""
        return (await self.published()).as_of or datetime(1, 1, 2, tzinfo=UTC)

    async def own(self) -> Own:
        """The own declarations that are published, read once a process for each publication of others."""
        digest = (await self.published()).own_digest
        if digest is None:
            return NOTHING
        if digest not in OWN:
            rows = await self.graph.read(reads()["own"])  # once a process, not once a request
            while len(OWN) >= KEPT:
                OWN.pop(next(iter(OWN)), None)
            OWN[digest] = own_of(rows[0]["own"] if rows else None)
        return OWN[digest]

    async def rows_once(self, query: Query, /, **parameters: Any) -> list[Row]:
        """The rows of a rendered read that is not batched."""
        self.calls += 1
        return await self.graph.read(query, **parameters, personal=self.personal)

    async def rows_of(self, query: Query, key: str, /, **extra: Any) -> list[Row]:
        """The rows that belong to `key` in a rendered read, read together with all other keys asked for."""
        as_of = await self.as_of()

        async def batch(keys: list[Any]) -> list[list[Row]]:
            found = await self.rows_once(query, keys=keys, as_of=as_of, **extra)
            by_key = {row["key"]: row["rows"] for row in found}
            return [by_key.get(key, []) for key in keys]

        rows: list[Row] = await self._loader((query.name, *sorted(extra.items())), batch).load(key)
        return rows

    async def one_by_one(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of a read that is not batched (a page, a search)."""
        self.calls += 1
        return await self.graph.read(reads()[name], **parameters, personal=self.personal)

    async def rows(self, name: str, key: Any, /, **extra: Any) -> list[Row]:
        """The rows that belong to `key`, read together with all other keys asked for at this moment."""
        as_of = await self.as_of()

        async def batch(keys: list[Any]) -> list[list[Row]]:
            given = [dict(key) if isinstance(key, tuple) else key for key in keys]
            found = await self.one_by_one(name, keys=given, as_of=as_of, **extra)
            by_key = {hashable(row["key"]): row["rows"] for row in found}
            return [by_key.get(key, []) for key in keys]

        loader = self._loader((name, *sorted(extra.items())), batch)
        rows: list[Row] = await loader.load(hashable(key))
        return rows

    async def row(self, name: str, key: Any, /, **extra: Any) -> Row | None:
        """The first row that belongs to `key`."""
        rows = await self.rows(name, key, **extra)
        return rows[0] if rows else None

    async def attributes(self) -> tuple[Attribute, ...]:
        """The columns of the user's own that the graph knows, read once a request."""
        if self._attributes is None:
            self._attributes = asyncio.ensure_future(self.one_by_one("attributes"))
        return tuple(attribute_of(row["row"]) for row in await self._attributes)

    async def features(self, kind: str) -> Mapping[str, Feature]:
        """Every feature of a kind of entity by name, attributes among them."""
        return catalog(kind, await self.attributes())

    async def reasons(
        self, feature: str, entity: str, as_of: datetime, first: int = FIRST_PATHS, kind: str = "deal"
    ) -> Reasons:
        """The value of an entity's feature as of a moment, with its reasons: one call a feature, for all entities."""
        take = max(first, FIRST_PATHS)

        async def batch(keys: list[tuple[str, str, str, datetime]]) -> Sequence[Reasons]:
            known = {kind: await self.features(kind) for kind in sorted({key[0] for key in keys})}
            self.calls += len({(kind, name) for kind, name, _, _ in keys})
            asked = [Request(known[kind][name], id_, at) for kind, name, id_, at in keys]
            return await reasons_many(self.graph, asked, take, personal=self.personal)

        found: Reasons = await self._loader(("reasons", take), batch).load((kind, feature, entity, as_of))
        return found

    def _loader(
        self, name: tuple[Any, ...], batch: Callable[[list[Any]], Awaitable[Sequence[Any]]]
    ) -> DataLoader[Any, Any]:
        if name not in self._loaders:
            self._loaders[name] = DataLoader(load_fn=batch)
        return self._loaders[name]


def segment(name: str) -> Query:
    """The segment of that name.

    Raises:
        InputError: there is none; the message names those there are.
    """
    found = segments().get(name)
    if found is None:
        raise InputError(f"segment: there is no {name!r}; the segments are {', '.join(segments()) or 'none'}.")
    return found


async def warm(graph: AsyncGraph) -> None:
    """Have Neo4j plan the evidence of every feature, so that the first person to ask does not wait for it."""
    never, few = datetime(1, 1, 2, tzinfo=UTC), asyncio.Semaphore(PLANNED_AT_ONCE)

    async def plan(feature: Feature) -> None:
        async with few:
            await reasons_many(graph, [Request(feature, "", never)])

    try:
        with using(await Loaders(graph).own()):
            rows = await graph.read(load_queries("reads")["attributes"])
            own = [attribute_of(row["row"]) for row in rows]
            kinds = sorted({feature.entity for feature in load_features().values()})
            await asyncio.gather(*(plan(feature) for kind in kinds for feature in catalog(kind, own).values()))
    except ServerError as error:
        log.warning("the reads could not be warmed: %s", error)
