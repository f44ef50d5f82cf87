"""Reads the rejects of the last staging: rows and values, with place, value and reason."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from kg.errors import Busy, NotFound
from resolution.database.connection import connect


@dataclass(frozen=True, slots=True)
class Reject:
    """One rejected row (`what` = 'row') or value ('value'), at `place` (file:line)."""

    source: str
    kind: str
    record_id: str | None
    place: str | None
    field: str | None
    value: str | None
    reason: str | None
    what: str


@dataclass(frozen=True, slots=True)
class Rejects:
    """The first rejects that were asked for, and how many there are."""

    total: int
    rejects: tuple[Reject, ...]


def read_rejects(
    staging_db: Path, *, source: str | None = None, kind: str | None = None, field: str | None = None, limit: int = 100
) -> Rejects:
    """The rejects of the last staging, in order of source, kind and place.

    Args:
        staging_db: the staging file.
        source: only of this source.
        kind: only of this kind.
        field: only of this field.
        limit: so many at most.

    Raises:
        NotFound: nothing has been staged yet.
        Busy: a staging works on the file.
    """
    if not staging_db.is_file():
        raise NotFound(f"{staging_db.name}: nothing has been staged yet; run dealgraph refresh --sources sources.toml")
    try:
        connection = connect(staging_db, read_only=True)
    except duckdb.IOException as error:
        raise Busy(f"{staging_db.name}: another run works on this file; wait for it") from error
    try:
        where, given = "true", {}
        for column, wanted in (("source", source), ("kind", kind), ("field", field)):
            if wanted is not None:
                where += f" AND {column} = ${column}"
                given[column] = wanted
        total = connection.execute(f"SELECT count(*) FROM rejects WHERE {where}", given).fetchall()[0][0]
        rows = connection.execute(
            f"SELECT source, kind, record_id, place, field, value, reason, coalesce(what, 'row') FROM rejects "
            f"WHERE {where} ORDER BY source, kind, place, field LIMIT {int(limit)}",
            given,
        ).fetchall()
    finally:
        connection.close()
    return Rejects(int(total), tuple(Reject(*row) for row in rows))
