"""From new pairs to entities, for the components that they reach: the second half of `live.update`.

Reads the tables that a `Delta` names, `input_<kind>` and `prepared_<kind>` in memory, and the tables of `store`; writes
the store in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime

import duckdb

from resolution.clustering.cluster import Cluster, Member, components
from resolution.clustering.group import group
from resolution.clustering.whole import group_all
from resolution.database.connection import rows_in
from resolution.database.lookup import among, picked
from resolution.identity.delta import Delta
from resolution.identity.events import Event
from resolution.identity.membership import assign, assign_first, exchange, keep, lone
from resolution.identity.persons import keep_ties, of_kind
from resolution.judgements.verdicts import Verdicts, apply
from resolution.linking.blocking import write_keys
from resolution.matchers.terms import Matcher


def settle(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    delta: Delta,
    now: datetime,
    verdicts: Verdicts,
) -> tuple[int, int]:
    """Group what changed and write it down; returns the number of the first event and how many records were grouped."""
    kind = matcher.kind
    apply(con, delta.scored, _about(con, delta, verdicts))
    if not verdicts.same and _nobody_yet(con, delta):
        return _first(con, matcher, delta, now, verdicts)
    _affected(con, delta)
    parts = _reachable(con, matcher, delta)
    _tied(con, kind)
    known = {
        str(k): t
        for k, t in con.execute("SELECT uid, known FROM affected SEMI JOIN tied USING (uid) WHERE NOT gone").fetchall()
    }
    clusters = group(con, matcher, known, apart=verdicts.apart, together=verdicts.same)
    inside = {m.key for c in clusters for m in c.members}
    clusters += [Cluster((Member(key, moment, None),)) for key, moment in known.items() if key not in inside]
    _components(con, kind, parts)
    happened = {}
    for entity, found in of_kind(con, matcher, clusters, known, verdicts).items():
        lone(con, entity)
        happened[entity] = assign(con, entity, found)
    first = _commit(con, delta, now, happened)
    return first, len(known)


def _nobody_yet(con: duckdb.DuckDBPyConnection, delta: Delta) -> bool:
    """Whether the store knows no record of a kind, nor ids that one had, and no lead asks whom it belongs to."""
    known = tuple(f"store.{table}_{delta.kind}" for table in ("component", "member", "lost"))
    leads = f"(FROM {delta.arrived} WHERE starts_with(uid, 'lead|'))"
    return not any(con.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall() for table in (*known, leads))


def _first(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, delta: Delta, now: datetime, verdicts: Verdicts
) -> tuple[int, int]:
    """Settle all records of a kind that nobody knew before: no id to keep, and no need to pass through Python."""
    kind = matcher.kind
    con.execute(
        f"""DROP TABLE IF EXISTS pairs_{kind}; CREATE VIEW pairs_{kind} AS FROM {delta.scored};
        DROP TABLE IF EXISTS keys_{kind}; CREATE VIEW keys_{kind} AS FROM {delta.fresh_keys};
        CREATE OR REPLACE TEMP TABLE affected AS
        SELECT uid, known, known AS known_from, false AS gone FROM {delta.arrived};
        CREATE OR REPLACE TEMP TABLE dropped (l VARCHAR, r VARCHAR);
        CREATE OR REPLACE TEMP TABLE component_old AS FROM store.component_{kind} LIMIT 0"""
    )
    group_all(con, matcher, "affected", "grouped", apart=verdicts.apart)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE component_new AS SELECT uid, known, coalesce(first, uid) AS component
        FROM affected LEFT JOIN (
            SELECT key, min(key) OVER (PARTITION BY component) AS first FROM part_of) ON key = uid"""
    )
    assign_first(con, kind)
    first = _commit(con, delta, now, {kind: []})
    con.execute(
        f"""DROP VIEW pairs_{kind}; CREATE TABLE pairs_{kind} AS FROM {delta.scored} LIMIT 0;
        DROP VIEW keys_{kind}; CREATE TABLE keys_{kind} AS FROM {delta.fresh_keys} LIMIT 0"""
    )
    return first, rows_in(con, "FROM affected")


def _about(con: duckdb.DuckDBPyConnection, delta: Delta, verdicts: Verdicts) -> Verdicts:
    """What people and sources said of records whose pairs are scored anew, and that are still there."""
    if not (said := verdicts.said()):
        return verdicts
    named = sorted({key for pair in said for key in pair})
    ask = "SELECT unique_id FROM {} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS unique_id) USING (unique_id)"
    here, touched = (
        {str(row[0]) for row in con.execute(ask.format(table), [named]).fetchall()}
        for table in (delta.prepared, delta.touched)
    )
    return verdicts.among(here, touched)


def _affected(con: duckdb.DuckDBPyConnection, delta: Delta) -> None:
    """Make `dropped` (pairs that count no more) and `affected` (uid, known, gone) of the components reached.

    `component_old` is what these components were.
    """
    kind = delta.kind
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE stale AS
        FROM {delta.touched} ANTI JOIN prepared_{kind} USING (unique_id) UNION
        SELECT unique_id FROM {delta.old_prepared}"""
    )
    left, right = among(con, "l", "FROM stale"), among(con, "r", "FROM stale")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE dropped AS SELECT l, r FROM store.pairs_{kind} WHERE {left} UNION "
        f"SELECT l, r FROM store.pairs_{kind} WHERE {right}"
    )
    new = f"FROM {delta.scored} WHERE accepted"
    seeds = f"FROM stale UNION SELECT l {new} UNION SELECT r {new}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE reached AS SELECT DISTINCT component FROM store.component_{kind} "
        f"WHERE {among(con, 'uid', seeds)}"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE component_old AS FROM store.component_{kind} "
        f"WHERE {among(con, 'component', 'FROM reached')}"
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE affected AS
        SELECT uid, coalesce(arrived.known, m.known) AS known, uid IN (FROM {delta.gone}) AS gone
        FROM component_old m FULL JOIN {delta.arrived} arrived USING (uid)"""
    )


def _reachable(con: duckdb.DuckDBPyConnection, matcher: Matcher, delta: Delta) -> list[list[str]]:
    """Make `pairs_<kind>` and `keys_<kind>` in memory hold what grouping the affected records reads.

    Returns the components of two records or more that accepted pairs make of them.
    """
    kind = matcher.kind
    inside = picked(con, f"store.pairs_{kind}", "l", "SELECT uid FROM affected")
    con.execute(
        f"""CREATE OR REPLACE TABLE pairs_{kind} AS
        FROM ({inside}) ANTI JOIN dropped USING (l, r) UNION ALL BY NAME FROM {delta.scored}"""
    )
    con.execute(f"CREATE OR REPLACE TABLE keys_{kind} AS FROM {delta.fresh_keys} LIMIT 0")
    rows = con.execute(f"SELECT l, r FROM pairs_{kind} WHERE accepted").fetchall()
    parts = components((str(a), str(b)) for a, b in rows)
    several = [key for part in parts if len(part) > 2 for key in part]
    if several:
        con.execute("CREATE OR REPLACE TEMP TABLE several AS SELECT unnest(?::VARCHAR[]) AS unique_id", [several])
        con.execute(f"CREATE OR REPLACE TABLE several_prepared AS {records_now(con, delta, 'FROM several')}")
        write_keys(con, matcher, delta.filled, "several_prepared", "several_keys")
        con.execute(f"INSERT INTO keys_{kind} {keys_now(con, delta, 'SELECT key FROM several_keys')}")
    return parts


def records_now(con: duckdb.DuckDBPyConnection, delta: Delta, wanted: str) -> str:
    """SELECT the prepared records whose keys the SELECT `wanted` gives, as they are after the change."""
    kept = picked(con, f"store.prepared_{delta.kind}", "unique_id", f"{wanted} EXCEPT FROM {delta.replaced}")
    return f"{kept} UNION ALL BY NAME FROM prepared_{delta.kind} WHERE unique_id IN ({wanted})"


def keys_now(con: duckdb.DuckDBPyConnection, delta: Delta, wanted: str) -> str:
    """SELECT the holders of the blocking keys that the SELECT `wanted` gives, as they are after the change."""
    kept = f"FROM store.keys_{delta.kind} WHERE {among(con, 'key', wanted)}"
    new = f"FROM {delta.fresh_keys} WHERE key IN ({wanted})"
    return f"FROM ({kept}) ANTI JOIN {delta.replaced} USING (unique_id) UNION ALL {new}"


def _tied(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make `tied`, the records of accepted pairs. Most records never pass through Python."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE tied AS
        SELECT l AS uid FROM pairs_{kind} WHERE accepted UNION SELECT r FROM pairs_{kind} WHERE accepted"""
    )


def _components(con: duckdb.DuckDBPyConnection, kind: str, parts: Sequence[Sequence[str]]) -> None:
    """Make `component_new`: the component of every affected record that is still there."""
    con.execute("CREATE OR REPLACE TEMP TABLE part_of (uid VARCHAR, component VARCHAR)")
    if parts:
        con.execute(
            "INSERT INTO part_of SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [[key for part in parts for key in part], [part[0] for part in parts for _ in part]],
        )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE component_new AS SELECT uid, known, coalesce(component, uid) AS component
        FROM affected LEFT JOIN part_of USING (uid) WHERE NOT gone"""
    )


def _commit(con: duckdb.DuckDBPyConnection, delta: Delta, now: datetime, happened: dict[str, list[Event]]) -> int:
    """Write everything in one transaction; returns the number of the first event."""
    kind = delta.kind
    con.execute("BEGIN")
    try:
        _remove(con, delta)
        con.execute(f"INSERT INTO store.seen_{kind} SELECT uid, hash(i) FROM input_{kind} i")
        con.execute(f"INSERT INTO store.prepared_{kind} BY NAME FROM prepared_{kind}")
        con.execute(f"INSERT INTO store.keys_{kind} FROM {delta.fresh_keys} ORDER BY key")
        con.execute(f"INSERT INTO store.pairs_{kind} BY NAME FROM {delta.scored}")
        exchange(con, f"store.component_{kind}", "component_old", "component_new")
        con.execute(f"DELETE FROM store.verdict_{kind}; INSERT INTO store.verdict_{kind} FROM {delta.verdicts}")
        first = keep(con, now, happened)
        if "lead" in happened:
            keep_ties(con)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return first


def _remove(con: duckdb.DuckDBPyConnection, delta: Delta) -> None:
    """Take out of the store what counts no more; of new records there is nothing."""
    kind = delta.kind
    if con.execute("SELECT 1 FROM dropped LIMIT 1").fetchall():
        left = among(con, "l", "SELECT l FROM dropped")
        con.execute(f"DELETE FROM store.pairs_{kind} WHERE {left} AND (l, r) IN (SELECT (l, r) FROM dropped)")
    if con.execute(f"SELECT 1 FROM {delta.old_prepared} LIMIT 1").fetchall():
        old = f"SELECT unique_id FROM {delta.old_prepared}"
        con.execute(f"DELETE FROM store.seen_{kind} WHERE uid IN ({old})")
        con.execute(f"DELETE FROM store.prepared_{kind} WHERE {among(con, 'unique_id', old)}")
        con.execute(
            f"DELETE FROM store.keys_{kind} WHERE key IN (SELECT key FROM {delta.old_keys}) AND unique_id IN ({old})"
        )
