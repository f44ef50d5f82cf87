"""What became of identities: CREATED, MERGED, SPLIT, MOVED, RETIRED, numbered in order.

One event tells all that happened to one entity in one run, with every id it touched and every record that moved. New
entities are told together, one CREATED for each kind and run: a first run of 100,000 records says so five times and
lists all of them, instead of saying it 40,000 times.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from kg.ontology.values import IDENTITY_EVENTS

COLUMNS = (
    "sequence INTEGER, id VARCHAR, kind VARCHAR, event VARCHAR, happened TIMESTAMP, entities VARCHAR[], "
    "records VARCHAR[]"
)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to an identity: the entities it touched, the survivor first, and the records that moved."""

    event: str
    entities: tuple[str, ...]
    records: tuple[str, ...] = ()


def tell(
    con: duckdb.DuckDBPyConnection, table: str, first: int, kind: str, events: Sequence[Event], now: datetime
) -> None:
    """Append events to a table of them, numbered from `first`."""
    for number, event in enumerate(events, first):
        con.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)",
            [number, f"event|{number}", kind, event.event, now, list(event.entities), list(event.records)],
        )


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Event]:
    """What happened between two assignments (key → entity id) of one kind, in a fixed order.

    CREATED: entities that are new and not cut out of others. MERGED: an entity took over all that was left of others.
    SPLIT: an entity's records went to several, of which some are new or it is no more. MOVED: it lives on, and some of
    its records went to entities that were there before.
    """
    olds, living = set(before.values()), set(after.values())
    went: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key in sorted(before):
        if key in after:
            went[before[key]][after[key]].append(key)
    taken: dict[str, list[str]] = defaultdict(list)
    told: list[Event] = []
    for old in sorted(olds):
        to = {entity: keys for entity, keys in went[old].items() if entity != old}
        if not went[old]:
            told.append(Event("RETIRED", (old,), tuple(sorted(k for k, e in before.items() if e == old))))
        elif old not in living and len(to) == 1:
            taken[next(iter(to))].append(old)
        elif to:
            split = old not in living or any(entity not in olds for entity in to)
            moved = tuple(sorted(key for keys in to.values() for key in keys))
            told.append(Event("SPLIT" if split else "MOVED", (old, *sorted(to)), moved))
    cut_out = {after[key] for key in before.keys() & after.keys()}
    if new := sorted(living - olds - cut_out):
        yield Event("CREATED", tuple(new))
    for heir in sorted(taken):
        moved = tuple(sorted(key for old in taken[heir] for key in went[old][heir]))
        yield Event("MERGED", (heir, *taken[heir]), moved)
    yield from sorted(told, key=lambda e: (IDENTITY_EVENTS.index(e.event), e.entities))


def read_events(con: duckdb.DuckDBPyConnection, since: int = 0, catalog: str = "main") -> list[dict[str, Any]]:
    """The events after a number, in order, as the feed gives them."""
    rows = con.execute(
        f"SELECT sequence, kind, event, happened, entities, records FROM {catalog}.events WHERE sequence > ? "
        "ORDER BY sequence",
        [since],
    )
    names = [str(column[0]) for column in rows.description or []]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
