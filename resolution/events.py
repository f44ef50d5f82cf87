"""What became of identities: CREATED, MERGED, SPLIT, MOVED, RETIRED, numbered in order; and where lost ids lead.

One event tells all that happened to one entity in one run, with every id it touched and every record that moved. New
entities are told together, one CREATED for each kind and run: a first run of 100,000 records says so five times and
lists all of them, instead of saying it 40,000 times.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from kg.ontology.nodes import IDENTITY_EVENTS

KINDS = ("account", "contact", "lead", "deal", "outcome")
COLUMNS = (
    "sequence INTEGER, id VARCHAR, kind VARCHAR, event VARCHAR, happened TIMESTAMP, entities VARCHAR[], "
    "records VARCHAR[]"
)
REDIRECTS = "kind VARCHAR, old_id VARCHAR, entity_id VARCHAR, happened TIMESTAMP"
FORMER = "kind VARCHAR, key VARCHAR, entity_id VARCHAR, until TIMESTAMP"
"""Ids that records had before, so that an unmerge gives them back and an id that is no more leads to its records."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to an identity: the entities it touched, the survivor first, and the records that moved."""

    event: str
    entities: tuple[str, ...]
    records: tuple[str, ...] = ()


def open_events(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables `events`, `redirects` and `former`."""
    con.execute(f"CREATE TABLE events ({COLUMNS})")
    con.execute(f"CREATE TABLE redirects ({REDIRECTS})")
    con.execute(f"CREATE TABLE former ({FORMER})")


def keep_events(con: duckdb.DuckDBPyConnection) -> None:
    """Take over the events and redirects of the run before, attached as `old`; those of the first layout as well."""
    columns = {
        str(name)
        for (name,) in con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = 'old' AND table_name = 'events'"
        ).fetchall()
    }
    if "sequence" in columns:
        con.execute("INSERT INTO events SELECT * FROM old.events")
    else:
        con.execute(
            "INSERT INTO events SELECT row_number() OVER (ORDER BY happened, id), id, kind, event, happened, "
            "list_filter([entity_id, other_id], lambda e: e IS NOT NULL), [] FROM old.events"
        )
    con.execute("INSERT INTO redirects SELECT * FROM old.redirects")
    tables = "SELECT 1 FROM information_schema.tables WHERE table_catalog = 'old' AND table_name = 'former'"
    if con.execute(tables).fetchall():
        con.execute("INSERT INTO former SELECT * FROM old.former")


def write_events(
    con: duckdb.DuckDBPyConnection, before: Mapping[str, Mapping[str, str]], now: datetime
) -> dict[str, int]:
    """Compare `resolved_key` with what was before (kind → key → entity id); returns how many events of each sort.

    A run that changes nothing writes nothing, so that a run repeated, or killed and begun again, tells nothing twice.
    """
    counts: Counter[str] = Counter()
    number = int(con.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchall()[0][0])
    for kind in KINDS:
        if not before.get(kind):
            number += _created(con, kind, number + 1, now, counts)
            continue
        rows = con.execute("SELECT key, entity_id FROM resolved_key WHERE kind = ? ORDER BY key", [kind]).fetchall()
        after = {str(key): str(entity) for key, entity in rows}
        told = list(changes(before[kind], after))
        tell(con, "events", number + 1, kind, told, now)
        number += len(told)
        counts.update(event.event for event in told)
        _remember(con, [(kind, key, old) for key, old in before[kind].items() if after.get(key) != old], now)
        _redirect(con, kind, before[kind], after, now)
    return dict(counts)


def tell(
    con: duckdb.DuckDBPyConnection, table: str, first: int, kind: str, events: Sequence[Event], now: datetime
) -> None:
    """Append events to a table of them, numbered from `first`."""
    for number, event in enumerate(events, first):
        con.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)",
            [number, f"event|{number}", kind, event.event, now, list(event.entities), list(event.records)],
        )


def _remember(con: duckdb.DuckDBPyConnection, left: list[tuple[str, str, str]], now: datetime) -> None:
    """Write down which id each record had until now."""
    if left:
        columns = [list(column) for column in zip(*left, strict=True)]
        each = "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])"
        con.execute(f"DELETE FROM former WHERE (kind, key, entity_id) IN (SELECT {each})", columns)
        con.execute(f"INSERT INTO former SELECT {each}, ?", [*columns, now])


def _created(con: duckdb.DuckDBPyConnection, kind: str, number: int, now: datetime, counts: Counter[str]) -> int:
    """A kind that had no entity before: one event for all, told without taking a million ids into Python."""
    told = con.execute(
        "INSERT INTO events SELECT ?, ?, ?, 'CREATED', ?, list(DISTINCT entity_id ORDER BY entity_id), [] "
        "FROM resolved_key WHERE kind = ? HAVING count(*) > 0 RETURNING 1",
        [number, f"event|{number}", kind, now, kind],
    ).fetchall()
    counts["CREATED"] += len(told)
    return len(told)


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


def _redirect(
    con: duckdb.DuckDBPyConnection, kind: str, before: Mapping[str, str], after: Mapping[str, str], now: datetime
) -> None:
    """Lost ids lead to where most of the records that ever had them are; an id that lives again leads nowhere."""
    dead = sorted(set(before.values()) - set(after.values()))
    if dead:
        con.execute(
            """INSERT INTO redirects SELECT ?, old, NULL, ? FROM (SELECT unnest(?::VARCHAR[]) AS old)
            SEMI JOIN former f ON f.entity_id = old AND f.kind = ? AND f.key IN (SELECT key FROM resolved_key
            WHERE kind = f.kind)""",
            [kind, now, dead, kind],
        )
    con.execute(
        "DELETE FROM redirects WHERE kind = ? AND old_id IN (SELECT entity_id FROM resolved_key WHERE kind = ?)",
        [kind, kind],
    )
    con.execute(
        """UPDATE redirects SET entity_id = best.entity_id FROM (
            SELECT f.kind, f.entity_id AS old_id, k.entity_id FROM former f JOIN resolved_key k USING (kind, key)
            GROUP BY f.kind, f.entity_id, k.entity_id QUALIFY row_number() OVER (PARTITION BY f.kind, f.entity_id
            ORDER BY count(*) DESC, k.entity_id) = 1
        ) best WHERE redirects.kind = best.kind AND redirects.old_id = best.old_id"""
    )


def read_events(con: duckdb.DuckDBPyConnection, since: int = 0, catalog: str = "main") -> list[dict[str, Any]]:
    """The events after a number, in order, as the feed gives them."""
    rows = con.execute(
        f"SELECT sequence, kind, event, happened, entities, records FROM {catalog}.events WHERE sequence > ? "
        "ORDER BY sequence",
        [since],
    )
    names = [str(column[0]) for column in rows.description or []]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
