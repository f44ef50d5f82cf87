"""What a resolution keeps of one kind so that later records can join it: a DuckDB file attached as `store`.

Tables of a kind: `prepared_<kind>` (records as the matcher reads them), `keys_<kind>` (blocking keys), `pairs_<kind>`
(scored pairs), `member_<kind>` (record, since when known, entity, component, since when it belongs, weight of its best
link), `lost_<kind>` (record, an id that its entity lost), `verdict_<kind>` (judgements counted in) and
`frequency_<kind>_<column>` (of the model). Tables of all kinds: `redirects`, `events`, `model`.
"""

import json
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution import normalise
from resolution.database import connect
from resolution.events import COLUMNS, REDIRECTS
from resolution.matchers.terms import Matcher
from resolution.model import Model, frequency_columns, usable

SHARED = f"""
CREATE TABLE IF NOT EXISTS store.redirects ({REDIRECTS});
CREATE TABLE IF NOT EXISTS store.events ({COLUMNS});
CREATE TABLE IF NOT EXISTS store.model (
    kind VARCHAR, settings VARCHAR, prior DOUBLE, filled VARCHAR[], keep_from DOUBLE, hashing VARCHAR);
"""
OF_A_KIND = """
CREATE TABLE IF NOT EXISTS store.member_{kind} (
    uid VARCHAR, known TIMESTAMP, entity_id VARCHAR, component VARCHAR, known_from TIMESTAMP, match_weight DOUBLE);
CREATE TABLE IF NOT EXISTS store.lost_{kind} (uid VARCHAR, entity_id VARCHAR);
CREATE TABLE IF NOT EXISTS store.verdict_{kind} (a VARCHAR, b VARCHAR, verdict VARCHAR);
"""


def attach(path: Path | None) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the functions of matching, and the file (None: memory) attached as `store`."""
    con = connect()
    normalise.install(con)
    place = ":memory:" if path is None else str(path).replace("'", "''")
    con.execute(f"ATTACH '{place}' AS store")
    con.execute(SHARED)
    return con


def keep_empty(con: duckdb.DuckDBPyConnection, matcher: Matcher, model: Model) -> None:
    """Make the store of a kind: the model that `link` trained, and tables shaped like those in memory, without rows."""
    kind = matcher.kind
    con.execute(OF_A_KIND.format(kind=kind))
    con.execute("DELETE FROM store.model WHERE kind = ?", [kind])
    con.execute(
        "INSERT INTO store.model VALUES (?, ?, ?, ?, ?, ?)",
        [kind, json.dumps(model.settings), model.prior, sorted(model.filled), model.keep_from, duckdb.__version__],
    )
    for name in ("prepared", "keys", "pairs"):
        con.execute(f"CREATE OR REPLACE TABLE store.{name}_{kind} AS FROM {name}_{kind} LIMIT 0")
    for column in frequency_columns(model):
        con.execute(f"CREATE OR REPLACE TABLE store.frequency_{kind}_{column} AS FROM frequency_{kind}_{column}")


def kept_model(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> Model:
    """The model of a kind in the store; InputError when there is none, or another DuckDB hashed its keys."""
    rows = con.execute(
        "SELECT settings, prior, filled, keep_from, hashing FROM store.model WHERE kind = ?", [matcher.kind]
    ).fetchall()
    if not rows:
        raise InputError(f"the store has no model of kind {matcher.kind}: resolve all records once first")
    settings, prior, filled, keep_from, hashing = rows[0]
    if hashing != duckdb.__version__:
        raise InputError(
            f"the {matcher.kind} keys were hashed by DuckDB {hashing}, and this is {duckdb.__version__}: resolve anew"
        )
    comparisons = usable(matcher, frozenset(filled))
    model = Model(matcher.kind, json.loads(settings), prior, comparisons, frozenset(filled), keep_from)
    for column in frequency_columns(model):
        name = f"frequency_{matcher.kind}_{column}"
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM store.{name}")
    return model
