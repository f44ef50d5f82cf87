"""How an entity was built, and what became of identities: read from a resolution file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import InputError, NotFound
from resolution.database import connect
from resolution.events import read_events
from resolution.explanation import sides


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
    held_from: datetime | None


@dataclass(frozen=True, slots=True)
class Built:
    """An entity, its records, the one that founded it, and the steps in order."""

    entity: str
    kind: str
    founder: str
    records: tuple[str, ...]
    steps: tuple[Joined, ...]


def how(resolution_db: Path, entity: str) -> Built:
    """The steps that built an entity (its id, a lost id, or a record 'source:record_id').

    Raises NotFound when no such entity is in the file.
    """
    con = _open(Path(resolution_db))
    try:
        rows = con.execute(
            "SELECT kind, entity_id FROM previous WHERE kind <> 'outcome' AND (entity_id = coalesce((SELECT entity_id "
            "FROM redirects WHERE old_id = ?), ?) OR substr(key, strpos(key, '|') + 1) = ?) ORDER BY kind LIMIT 1",
            [entity, entity, entity],
        ).fetchall()
        if not rows:
            raise NotFound(f"{entity!r} is no entity here: name its id, or one of its records as source:record_id")
        kind, id_ = str(rows[0][0]), str(rows[0][1])
        keys = con.execute(
            "SELECT kind || '|' || source || ':' || record_id AS key FROM resolved WHERE kind = ? AND entity_id = ? "
            "ORDER BY known_from, key",
            [kind, id_],
        ).fetchall()
        records = tuple(str(key) for (key,) in keys)
        told = con.execute(
            "SELECT step, l, r, match_weight, mean_weight, pairs, held_from FROM steps WHERE kind = ? AND "
            "entity_id = ? ORDER BY step",
            [kind, id_],
        ).fetchall()
        return Built(id_, kind, records[0], records, tuple(_joins(told, records[0])))
    finally:
        con.close()


def feed(resolution_db: Path, since: int = 0) -> list[dict[str, Any]]:
    """The identity events after a number, in order: sequence, kind, event, happened, entities, records (that moved)."""
    con = _open(Path(resolution_db))
    try:
        return read_events(con, since)
    finally:
        con.close()


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    if not path.is_file():
        raise NotFound(f"{path} is not there: resolve the staged records first")
    con = connect(path, read_only=True)
    tables = {str(row[0]) for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not {"steps", "events"} <= tables:
        con.close()
        raise InputError(f"{path} was written before steps were kept: run `dealgraph resolve run`")
    return con


def _joins(rows: Sequence[tuple[Any, ...]], founder: str) -> list[Joined]:
    both = sides([(row[1], row[2]) for row in rows], founder)
    return [
        Joined(step, joined, into, a, b, weight, mean, pairs, held)
        for (step, a, b, weight, mean, pairs, held), (into, joined) in zip(rows, both, strict=True)
    ]
