"""From new pairs to entities, for the components that they reach: the second half of `live.update`.

Reads `touched`, `replaced`, `gone`, `arrived`, `scored`, `fresh_keys`, `prepared_<kind>` and `verdict_now` in memory
and the tables of `store`; writes the store in one transaction.
"""

from collections import defaultdict
from datetime import datetime

import duckdb

from resolution.blocking import write_keys
from resolution.clusters import Cluster, Member, components, entity_id, entity_id_sql, inherit
from resolution.events import Event, changes, tell
from resolution.grouping import group
from resolution.judgements import Verdicts, apply
from resolution.matchers.terms import Matcher


def settle(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    filled: frozenset[str],
    now: datetime,
    verdicts: Verdicts,
) -> tuple[int, int]:
    """Group what changed and write it down; returns the number of the first event and how many records were grouped."""
    kind = matcher.kind
    apply(con, "scored", _about(con, verdicts))
    _affected(con, kind)
    parts = _reachable(con, matcher, filled)
    _lone(con, kind)
    known = {
        str(k): t
        for k, t in con.execute("SELECT uid, known FROM affected ANTI JOIN lone USING (uid) WHERE NOT gone").fetchall()
    }
    clusters = group(con, matcher, known, apart=verdicts.different, together=verdicts.same)
    inside = {m.key for c in clusters for m in c.members}
    clusters += [Cluster((Member(key, moment, None),)) for key, moment in known.items() if key not in inside]
    events = _members(con, kind, clusters, known, {key: part[0] for part in parts for key in part})
    return _commit(con, kind, events, now), len(known)


def _about(con: duckdb.DuckDBPyConnection, verdicts: Verdicts) -> Verdicts:
    """What people said of records whose pairs are scored anew, and that are still there."""
    if not verdicts.same | verdicts.different:
        return verdicts
    named = sorted({key for pair in verdicts.same | verdicts.different for key in pair})
    ask = "SELECT unique_id FROM {} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS unique_id) USING (unique_id)"
    here, touched = (
        {str(row[0]) for row in con.execute(ask.format(table), [named]).fetchall()}
        for table in ("prepared_now", "touched")
    )
    return Verdicts(
        frozenset(pair for pair in verdicts.same if touched & set(pair) and here >= set(pair)),
        frozenset(pair for pair in verdicts.different if touched & set(pair) and here >= set(pair)),
    )


def _affected(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make `dropped` (pairs that count no more) and `affected` (uid, known, entity_id, gone) of reached components."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE stale AS FROM touched UNION FROM replaced;
        CREATE OR REPLACE TEMP TABLE dropped AS
        SELECT l, r FROM store.pairs_{kind} SEMI JOIN stale ON l = unique_id UNION
        SELECT l, r FROM store.pairs_{kind} SEMI JOIN stale ON r = unique_id"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE affected AS
        WITH seeds AS (FROM stale UNION SELECT l FROM scored WHERE accepted UNION SELECT r FROM scored WHERE accepted),
        reached AS (SELECT DISTINCT component FROM store.member_{kind} SEMI JOIN seeds ON uid = unique_id)
        SELECT uid, coalesce(arrived.known, m.known) AS known, entity_id, uid IN (FROM gone) AS gone
        FROM (FROM store.member_{kind} SEMI JOIN reached USING (component)) m FULL JOIN arrived USING (uid)"""
    )


def _reachable(con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str]) -> list[list[str]]:
    """Make `pairs_<kind>` and `keys_<kind>` in memory hold what grouping the affected records reads.

    Returns the components of two records or more that accepted pairs make of them.
    """
    kind = matcher.kind
    con.execute(
        f"""CREATE OR REPLACE TABLE pairs_{kind} AS
        FROM store.pairs_{kind} SEMI JOIN affected ON l = uid ANTI JOIN dropped USING (l, r)
        UNION ALL BY NAME FROM scored"""
    )
    con.execute(f"CREATE OR REPLACE TABLE keys_{kind} AS FROM fresh_keys LIMIT 0")
    rows = con.execute(f"SELECT l, r FROM pairs_{kind} WHERE accepted").fetchall()
    parts = components((str(a), str(b)) for a, b in rows)
    several = [key for part in parts if len(part) > 2 for key in part]
    if several:
        con.execute("CREATE OR REPLACE TEMP TABLE several AS SELECT unnest(?::VARCHAR[]) AS unique_id", [several])
        con.execute("CREATE OR REPLACE TABLE several_prepared AS FROM prepared_now SEMI JOIN several USING (unique_id)")
        write_keys(con, matcher, filled, "several_prepared", "several_keys")
        con.execute(f"INSERT INTO keys_{kind} FROM keys_now SEMI JOIN several_keys USING (key)")
    return parts


def _lone(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make `lone` (uid, known, entity_id): new records that nothing ties to another, whose own id nobody bears.

    Most records of a first run are such, and none of them has to pass through Python.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE lone AS
        WITH tied AS (SELECT l AS uid FROM pairs_{kind} WHERE accepted UNION SELECT r FROM pairs_{kind} WHERE accepted),
        fresh AS (
            SELECT uid, known, {entity_id_sql(kind, "uid")} AS entity_id FROM affected
            ANTI JOIN tied USING (uid) ANTI JOIN store.lost_{kind} USING (uid) WHERE NOT gone AND entity_id IS NULL
        )
        FROM fresh ANTI JOIN store.member_{kind} USING (entity_id)"""
    )


def _members(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    clusters: list[Cluster],
    known: dict[str, datetime],
    part_of: dict[str, str],
) -> list[Event]:
    """Make `member_new`, every affected record as it stands after the change; returns what happened but for births."""
    before = {
        str(k): str(e)
        for k, e in con.execute("SELECT uid, entity_id FROM affected WHERE entity_id IS NOT NULL").fetchall()
    }
    lost: dict[str, list[str]] = defaultdict(list)
    for key, old in con.execute(f"FROM store.lost_{kind} SEMI JOIN affected USING (uid) ORDER BY ALL").fetchall():
        lost[str(key)].append(str(old))
    ids = inherit(kind, clusters, before, lost, _in_use(con, kind, clusters))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE member_new AS FROM store.member_{kind} LIMIT 0; "
        "INSERT INTO member_new SELECT uid, known, entity_id, uid, known, NULL FROM lone"
    )
    members = [
        (m.key, known[m.key], ids[c.founder], part_of.get(m.key, m.key), m.known_from, m.weight)
        for c in clusters
        for m in c.members
    ]
    if members:
        con.execute(
            "INSERT INTO member_new SELECT unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), unnest(?::DOUBLE[])",
            [list(column) for column in zip(*members, strict=True)],
        )
    after = {m.key: ids[c.founder] for c in clusters for m in c.members}
    return [event for event in changes(before, after) if event.event != "CREATED"]


def _in_use(con: duckdb.DuckDBPyConnection, kind: str, clusters: list[Cluster]) -> frozenset[str]:
    """Ids that founders here would make, or that records here lost, and that entities elsewhere bear."""
    own = [entity_id(kind, c.founder) for c in clusters]
    rows = con.execute(
        f"""WITH wanted AS (SELECT unnest(?::VARCHAR[]) AS entity_id UNION
            SELECT entity_id FROM store.lost_{kind} SEMI JOIN affected USING (uid))
        SELECT DISTINCT entity_id FROM store.member_{kind} SEMI JOIN wanted USING (entity_id) ANTI JOIN affected
            USING (uid) UNION SELECT entity_id FROM lone SEMI JOIN wanted USING (entity_id)""",
        [own],
    ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def _commit(con: duckdb.DuckDBPyConnection, kind: str, events: list[Event], now: datetime) -> int:
    """Write everything in one transaction; returns the number of the first event."""
    con.execute("BEGIN")
    try:
        con.execute(f"DELETE FROM store.prepared_{kind} WHERE unique_id IN (FROM replaced)")
        con.execute(f"INSERT INTO store.prepared_{kind} BY NAME FROM prepared_{kind} ORDER BY unique_id")
        con.execute(f"DELETE FROM store.keys_{kind} WHERE unique_id IN (FROM replaced)")
        con.execute(f"INSERT INTO store.keys_{kind} FROM fresh_keys ORDER BY key")
        con.execute(f"DELETE FROM store.pairs_{kind} WHERE (l, r) IN (SELECT (l, r) FROM dropped)")
        con.execute(f"INSERT INTO store.pairs_{kind} BY NAME FROM scored ORDER BY l, r")
        first = _log(con, kind, events, now)
        con.execute(f"DELETE FROM store.member_{kind} WHERE uid IN (SELECT uid FROM affected)")
        con.execute(f"INSERT INTO store.member_{kind} FROM member_new ORDER BY uid")
        con.execute(f"DELETE FROM store.verdict_{kind}; INSERT INTO store.verdict_{kind} FROM verdict_now")
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return first


def _log(con: duckdb.DuckDBPyConnection, kind: str, events: list[Event], now: datetime) -> int:
    """Append the events, births first and told together; ids that went are remembered, those that came back forgotten.

    Redirects are followed one after the other, so that a cut undoes exactly the one that its merge left.
    """
    first = int(con.execute("SELECT coalesce(max(sequence), 0) + 1 FROM store.events").fetchall()[0][0])
    born = con.execute(
        """INSERT INTO store.events
        SELECT ?, 'event|' || ?, ?, 'CREATED', ?, list(DISTINCT entity_id ORDER BY entity_id), []
        FROM member_new ANTI JOIN (
            SELECT entity_id FROM affected WHERE entity_id IS NOT NULL UNION
            SELECT n.entity_id FROM member_new n JOIN affected a USING (uid) WHERE a.entity_id IS NOT NULL
        ) USING (entity_id) HAVING count(*) > 0 RETURNING 1""",
        [first, first, kind, now],
    ).fetchall()
    tell(con, "store.events", first + len(born), kind, events, now)
    con.execute(f"DELETE FROM store.lost_{kind} WHERE entity_id IN (SELECT entity_id FROM member_new)")
    con.execute("DELETE FROM store.redirects WHERE kind = ? AND old_id IN (SELECT entity_id FROM member_new)", [kind])
    con.execute(
        """CREATE OR REPLACE TEMP TABLE died AS
        SELECT uid, entity_id FROM affected ANTI JOIN member_new USING (entity_id) WHERE entity_id IS NOT NULL"""
    )
    con.execute(f"INSERT INTO store.lost_{kind} FROM died")
    con.execute(
        """INSERT INTO store.redirects SELECT ?, d.entity_id, n.entity_id, ? FROM died d JOIN member_new n USING (uid)
        GROUP BY d.entity_id, n.entity_id QUALIFY row_number() OVER (PARTITION BY d.entity_id ORDER BY count(*) DESC,
            n.entity_id) = 1""",
        [kind, now],
    )
    return first
