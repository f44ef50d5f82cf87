"""Staged records as of a moment, and what matchers read of them.

Every staged kind becomes a view `s_<kind>` in an in-memory DuckDB: rows known by then, with values learned later left
out; `every_<kind>` are all the records that a matcher reads.
A kind that no source staged is an empty table, so everything after this works on any organisation.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from kg.errors import InputError, NotFound
from resolution.database.connection import attach, connect
from resolution.kinds import KINDS
from resolution.normalise import macros
from resolution.records import key_sql


def naive(moment: datetime) -> datetime:
    """The same instant as DuckDB keeps it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def open_staging(
    staging_db: Path, now: datetime | None, con: duckdb.DuckDBPyConnection | None = None
) -> tuple[duckdb.DuckDBPyConnection, datetime]:
    """A connection (in memory unless given) with views `s_<kind>` of what was known by `now`; default: the newest."""
    if not staging_db.is_file():
        raise NotFound(f"{staging_db} is not there: stage the sources first")
    con = con or connect()
    macros.install(con)
    try:
        attach(con, staging_db, "staging")
    except duckdb.IOException as error:
        raise InputError(f"{staging_db} cannot be opened: {error}") from error
    present = {
        str(row[0])
        for row in con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'staging'"
        ).fetchall()
    }
    moment = naive(now) if now else newest(con, present)
    for kind in KINDS:
        if kind.table in present:
            con.execute(_view(con, kind.name, moment))
        else:
            columns = ", ".join(f'"{name}" {sql}' for name, sql in kind.columns)
            con.execute(f"CREATE TABLE s_{kind.name} ({columns})")
    return con, moment


def _view(con: duckdb.DuckDBPyConnection, kind: str, now: datetime) -> str:
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE staging.staged_{kind}").fetchall()]
    stamp = f"TIMESTAMP '{now.isoformat(sep=' ')}'"
    select = []
    for column in columns:
        if f"{column}__known" in columns:
            select.append(
                f'CASE WHEN "{column}__known" IS NULL OR "{column}__known" <= {stamp} THEN "{column}" END AS "{column}"'
            )
        elif column == "known_to":
            select.append(f"CASE WHEN known_to <= {stamp} THEN known_to END AS known_to")
        else:
            select.append(f'"{column}"')
    return f"CREATE VIEW s_{kind} AS SELECT {', '.join(select)} FROM staging.staged_{kind} WHERE known_from <= {stamp}"


def newest(con: duckdb.DuckDBPyConnection, present: set[str]) -> datetime:
    """The newest knowledge time of all staged rows and values; the epoch when nothing is staged."""
    parts = [f"SELECT max(known_from) AS t FROM staging.{kind.table}" for kind in KINDS if kind.table in present]
    for kind in KINDS:
        if kind.table in present:
            columns = {str(row[0]) for row in con.execute(f"DESCRIBE staging.{kind.table}").fetchall()}
            parts += [
                f'SELECT max("{f.name}__known") FROM staging.{kind.table}'
                for f in kind.fields
                if f"{f.name}__known" in columns
            ]
            parts.append(f"SELECT max(known_to) FROM staging.{kind.table}")
    if con.execute("SELECT 1 FROM information_schema.tables WHERE table_name = 'staged_attribute'").fetchall():
        parts.append("SELECT max(known_from) FROM staging.staged_attribute")
    found = con.execute(f"SELECT max(t) FROM ({' UNION ALL '.join(parts)})").fetchall()[0][0] if parts else None
    return found or datetime(1970, 1, 1)


STATED_TWO = f"""
CREATE OR REPLACE TEMP TABLE stated_two AS SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM (
    SELECT 'account|' || account AS a, 'account|' || other AS b FROM s_relation
    UNION ALL SELECT {key_sql("account")} AS a, 'account|' || parent FROM s_account WHERE parent IS NOT NULL
) WHERE a <> b
"""
