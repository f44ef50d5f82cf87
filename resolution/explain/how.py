"""How an entity was built, and what became of identities: read from a resolution file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import InputError, NotFound
from resolution.database.connection import attach, connect
from resolution.explain.explanation import sides
from resolution.explain.steps import GROUPED, write_steps
from resolution.identity.events import read_events
from resolution.identity.store import resolved_as_of
from resolution.records import key_sql
from resolution.staging import as_of


@dataclass(frozen=True, slots=True)
class Joined:
    """One step: records that joined others, by which pair, its weight and the mean over all pairs between (log2).

    `held_from` is when the pair was known: the later of its two records.
    """

    step: int
    joined: tuple[str, ...]
    into: tuple[str, ...]
    a: str
    b: str
    match_weight: float
    mean_weight: float
    pairs: int
    held_from: datetime


@dataclass(frozen=True, slots=True)
class Built:
    """An entity, its records, the one that founded it, and the steps in order."""

    entity: str
    kind: str
    founder: str
    records: tuple[str, ...]
    steps: tuple[Joined, ...]


def how(staging_db: Path, resolution_db: Path, entity: str) -> Built:
    """The steps that built an entity (its id, a lost id, or a record 'source:record_id').

    Raises NotFound when no such entity is in the file.
    """
    opened(Path(resolution_db)).close()
    con, _ = as_of.open_staging(Path(staging_db), resolved_as_of(Path(resolution_db)))
    try:
        attach(con, resolution_db, "resolution")
        rows = con.execute(
            "SELECT kind, entity_id FROM resolution.resolved WHERE kind <> 'outcome' AND (entity_id = coalesce(("
            "SELECT entity_id FROM resolution.redirects WHERE old_id = ?), ?) OR "
            "substr(key, strpos(key, '|') + 1) = ?) ORDER BY kind LIMIT 1",
            [entity, entity, entity],
        ).fetchall()
        if not rows:
            raise NotFound(f"{entity!r} is no entity here: name its id, or one of its records as source:record_id")
        kind, id_ = str(rows[0][0]), str(rows[0][1])
        records = tuple(
            str(key)
            for (key,) in con.execute(
                "SELECT key FROM resolution.resolved WHERE kind = ? AND entity_id = ? ORDER BY known_from, key",
                [kind, id_],
            ).fetchall()
        )
        write_steps(con, "resolution", tuple(g for g in GROUPED if g[0] == kind), records)
        told = con.execute(
            "SELECT step, l, r, match_weight, mean_weight, pairs FROM steps WHERE entity_id = ? ORDER BY step", [id_]
        ).fetchall()
        known = _known(con, sorted({key for row in told for key in row[1:3]}))
        return Built(id_, kind, records[0], records, tuple(_joins(told, records[0], known)))
    finally:
        con.close()


def _known(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, datetime]:
    """When each record was known."""
    found: dict[str, datetime] = {}
    for kind in sorted({key.partition("|")[0] for key in keys}):
        sql = f"SELECT {key_sql(kind)} AS key, known_from FROM s_{kind}"
        found |= dict(con.execute(f"SELECT * FROM ({sql}) WHERE list_contains(?, key)", [keys]).fetchall())
    return found


def feed(resolution_db: Path, since: int = 0) -> list[dict[str, Any]]:
    """The identity events after a number, in order: sequence, kind, event, happened, entities, records (that moved)."""
    con = opened(Path(resolution_db))
    try:
        return read_events(con, since)
    finally:
        con.close()


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """A resolution file, read only; NotFound without one, InputError when an earlier version wrote it."""
    if not path.is_file():
        raise NotFound(f"{path} is not there: resolve the staged records first")
    con = connect(path, read_only=True)
    tables = {str(row[0]) for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not {"forgotten", "redirect_step"} <= tables:
        con.close()
        raise InputError(f"{path} is of an earlier version: run `dealgraph resolve run`")
    return con


def _joins(rows: Sequence[tuple[Any, ...]], founder: str, known: Mapping[str, datetime]) -> list[Joined]:
    both = sides([(row[1], row[2]) for row in rows], founder)
    return [
        Joined(step, joined, into, a, b, weight, mean, pairs, max(known[a], known[b]))
        for (step, a, b, weight, mean, pairs), (into, joined) in zip(rows, both, strict=True)
    ]
