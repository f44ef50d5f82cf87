"""What a resolution keeps, so that later records can join it: a DuckDB file attached as `store`.

Tables of a matcher's kind: `seen_<kind>` (record, hash of what it said), `prepared_<kind>` (records as the matcher
reads them), `keys_<kind>` (blocking keys), `pairs_<kind>` (scored pairs), `component_<kind>` (record, since when known,
the component that accepted pairs put it in), `verdict_<kind>` (judgements counted in), `frequency_<kind>_<column>` and
what else its model learned. Tables of a kind of entity: `member_<kind>` (record, entity, since when it belongs, weight
of its best link) and `lost_<kind>` (record, an id that its entity lost). Tables of all kinds: `lead_contact`,
`lead_fact`, `redirect_step`, `events`, `models`. Two views tell of all kinds: `resolved`, `redirects`.
"""

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import duckdb

from kg.errors import NotFound, StaleModel
from resolution.database.connection import connect, text_sql
from resolution.identity.events import COLUMNS
from resolution.linking.model import Model, frequency_columns, usable
from resolution.matchers.terms import Matcher
from resolution.normalise import macros

ENTITIES = ("account", "contact", "lead", "deal", "outcome")
MEMBER = "uid VARCHAR, entity_id VARCHAR, known_from TIMESTAMP, match_weight DOUBLE"
_RESOLVED = " UNION ALL ".join(f"SELECT '{kind}' AS kind, * FROM member_{kind}" for kind in ENTITIES)
_OF_AN_ENTITY = "".join(
    f"""
CREATE TABLE IF NOT EXISTS store.member_{kind} ({MEMBER});
CREATE TABLE IF NOT EXISTS store.lost_{kind} (uid VARCHAR, entity_id VARCHAR);"""
    for kind in ENTITIES
)
SHARED = f"""
CREATE TABLE IF NOT EXISTS store.redirect_step (kind VARCHAR, old_id VARCHAR, entity_id VARCHAR, happened TIMESTAMP);
CREATE TABLE IF NOT EXISTS store.events ({COLUMNS});
CREATE TABLE IF NOT EXISTS store.models (
    kind VARCHAR, digest VARCHAR, prior DOUBLE, settings VARCHAR, filled VARCHAR[], keep_from DOUBLE, code VARCHAR,
    trained_on BIGINT);
CREATE TABLE IF NOT EXISTS store.lead_contact (
    uid VARCHAR, contact_uid VARCHAR, known_from TIMESTAMP, match_weight DOUBLE);
CREATE TABLE IF NOT EXISTS store.lead_fact (uid VARCHAR, arose TIMESTAMP, converted VARCHAR);
{_OF_AN_ENTITY}
CREATE VIEW IF NOT EXISTS store.resolved AS
SELECT kind, uid AS key, split_part(substr(uid, strpos(uid, '|') + 1), ':', 1) AS source,
    substr(uid, strpos(uid, ':') + 1) AS record_id, entity_id, known_from, match_weight FROM ({_RESOLVED});
CREATE VIEW IF NOT EXISTS store.redirects AS
WITH RECURSIVE led AS (
    SELECT kind, old_id, entity_id, happened FROM redirect_step UNION ALL
    SELECT l.kind, l.old_id, s.entity_id, l.happened FROM led l JOIN redirect_step s
        ON s.kind = l.kind AND s.old_id = l.entity_id
) SELECT kind, old_id, entity_id, happened FROM led WHERE entity_id IN (SELECT entity_id FROM resolved);
"""
"""A lost id is told once, by where its chain of redirects ends; one whose last records left the sources leads nowhere.
"""
OF_A_MATCHER = """
CREATE TABLE IF NOT EXISTS store.seen_{kind} (uid VARCHAR, said UBIGINT);
CREATE TABLE IF NOT EXISTS store.component_{kind} (uid VARCHAR, known TIMESTAMP, component VARCHAR);
CREATE TABLE IF NOT EXISTS store.verdict_{kind} (a VARCHAR, b VARCHAR, verdict VARCHAR);
"""


def attach(path: Path | None) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the functions of matching, and the file (None: memory) attached as `store`."""
    con = connect()
    macros.install(con)
    join(con, path)
    return con


def join(con: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Attach the file to a connection as `store`, and make what it lacks."""
    place = text_sql(":memory:" if path is None else str(path))
    own = con.execute("SELECT current_database()").fetchall()[0][0]
    con.execute(f"ATTACH {place} AS store")
    con.execute("USE store")  # so that its views find its tables
    try:
        con.execute(SHARED)
    finally:
        con.execute(f'USE "{own}"')


INDEXED = {"prepared": ("unique_id",), "component": ("uid", "component"), "pairs": ("l", "r")}
"""What a few new records are looked up by, in tables of a matcher's kind; in `member_<entity>` it is uid, entity_id."""


def index(con: duckdb.DuckDBPyConnection, kind: str, *, drop: bool = False) -> None:
    """Make the indexes of a matcher's kind, after its tables were filled; or drop them, before."""
    members = [f"member_{entity}" for entity in ENTITIES if entity == kind or (kind, entity) == ("contact", "lead")]
    by = {f"{name}_{kind}": columns for name, columns in INDEXED.items()} | dict.fromkeys(members, ("uid", "entity_id"))
    for table, columns in by.items():
        for column in columns:
            name = f"{table}_by_{column}"
            con.execute(
                f"DROP INDEX IF EXISTS store.{name}"
                if drop
                else f"CREATE INDEX IF NOT EXISTS {name} ON store.{table} ({column})"
            )


def keep_empty(con: duckdb.DuckDBPyConnection, matcher: Matcher, model: Model | None, records: int = 0) -> None:
    """Make the tables of a kind anew, shaped like those in memory, without rows, and keep the model.

    Who belonged where stays, so that entities keep their ids. As if no record had been seen: killed after this, the
    next run takes all of them in.
    """
    kind = matcher.kind
    con.execute("BEGIN")
    try:
        con.execute(OF_A_MATCHER.format(kind=kind))
        con.execute(f"DELETE FROM store.seen_{kind}")
        index(con, kind, drop=True)
        columns = con.execute(f"DESCRIBE prepared_{kind}").fetchall()
        plain = ", ".join(f'"{name}" {of_type} USING COMPRESSION uncompressed' for name, of_type, *_ in columns)
        con.execute(f"CREATE OR REPLACE TABLE store.prepared_{kind} ({plain})")  # so a few are read 7 times as fast
        for name in ("keys", "pairs"):
            con.execute(f"CREATE OR REPLACE TABLE store.{name}_{kind} AS FROM {name}_{kind} LIMIT 0")
        con.execute("DELETE FROM store.models WHERE kind = ?", [kind])
        if model:
            keep_model(con, model, code(), records)
            for name in tables_of(matcher, model):
                con.execute(f"CREATE OR REPLACE TABLE store.{name} AS FROM {name}")
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def keep_model(con: duckdb.DuckDBPyConnection, model: Model, of_code: str | None = None, records: int = 0) -> None:
    """Write a model down; without the code that made it, only to be told of."""
    con.execute("DELETE FROM store.models WHERE kind = ?", [model.kind])
    told = json.dumps(model.settings, sort_keys=True)
    con.execute(
        "INSERT INTO store.models VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [model.kind, model.digest, model.prior, told, sorted(model.filled), model.keep_from, of_code, records],
    )


def kept_model(con: duckdb.DuckDBPyConnection, matcher: Matcher, catalog: str = "store") -> Model:
    """The model of a kind in the store, for whose records the indexes are made that a few new ones need.

    Raises:
        NotFound: there is none.
        StaleModel: other code made it.
    """
    rows = con.execute(
        f"SELECT settings, prior, filled, keep_from, code FROM {catalog}.models WHERE kind = ?", [matcher.kind]
    ).fetchall()
    if not rows:
        raise NotFound(f"no {matcher.kind} model is stored: resolve all records once first")
    settings, prior, filled, keep_from, made_by = rows[0]
    if made_by != code():
        raise StaleModel(f"the {matcher.kind} model was made by another version: run `dealgraph resolve run`")
    comparisons = usable(matcher, frozenset(filled))
    model = Model(matcher.kind, json.loads(settings), prior, comparisons, frozenset(filled), keep_from)
    if catalog == "store":
        index(con, matcher.kind)
        for column in frequency_columns(model):
            name = f"frequency_{matcher.kind}_{column}"
            con.execute(f"CREATE INDEX IF NOT EXISTS {name}_by_value ON store.{name} ({column})")
    for name in tables_of(matcher, model):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM {catalog}.{name}")
    return model


def let_go(con: duckdb.DuckDBPyConnection, matcher: Matcher, model: Model) -> None:
    """Forget in memory what `kept_model` showed of the store, so that a model can be learned anew."""
    for name in tables_of(matcher, model):
        con.execute(f"DROP VIEW IF EXISTS temp.{name}")


def trained_on(con: duckdb.DuckDBPyConnection, kind: str) -> int:
    """How many records the model of a kind learned from; 0 without a model of this code."""
    rows = con.execute("SELECT trained_on FROM store.models WHERE kind = ? AND code = ?", [kind, code()]).fetchall()
    return int(rows[0][0]) if rows else 0


def tables_of(matcher: Matcher, model: Model) -> tuple[str, ...]:
    """Tables that belong to the model."""
    own = (matcher.learned,) if matcher.learned else ()
    counted = tuple(f"frequency_{matcher.kind}_{column}" for column in frequency_columns(model))
    return (*own, *counted, f"rarest_{matcher.kind}") if counted else own


ROOMS = ("kinds", "database", "normalise", "matchers", "linking", "clustering", "identity")


@lru_cache(maxsize=1)
def code() -> str:
    """Digest of what decides how records are read, keyed and compared: the rooms named, and DuckDB, which hashes."""
    package = Path(__file__).parents[1]
    files = [package / "records.py", *(file for room in ROOMS for file in sorted((package / room).glob("*.py")))]
    told = b"\0".join(file.read_bytes() for file in files) + duckdb.__version__.encode()
    return hashlib.sha256(told).hexdigest()[:16]


def resolved_as_of(resolution_db: Path) -> datetime:
    """The moment that a resolution speaks of."""
    con = connect(resolution_db, read_only=True)
    try:
        moment: datetime = con.execute("SELECT max(now) FROM meta").fetchall()[0][0]
        return moment.replace(tzinfo=UTC)
    finally:
        con.close()
