"""From new pairs to entities, for the components that they reach: the second half of `live.update`.

Reads `touched`, `replaced`, `gone`, `arrived`, `scored`, `fresh_keys`, `prepared_<kind>` and `verdict_now` in memory
and the tables of `store`; writes the store in one transaction.
"""

from collections import defaultdict
from datetime import datetime

import duckdb

from resolution.blocking import write_keys
from resolution.clusters import Cluster, Member, components, entity_id
from resolution.grouping import group
from resolution.identity import Event, changes, name_clusters
from resolution.judgements import Judgement, apply, told
from resolution.matchers.terms import Matcher


def settle(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    filled: frozenset[str],
    now: datetime,
    verdicts: tuple[Judgement, ...],
) -> tuple[tuple[Event, ...], int]:
    """Group what changed and write it down; returns the events and how many records were grouped."""
    kind = matcher.kind
    touched = {str(row[0]) for row in con.execute("FROM touched").fetchall()}
    mine = tuple(v for v in verdicts if v.a in touched or v.b in touched)
    apply(con, "scored", mine)
    _affected(con, kind)
    known = {str(k): t for k, t in con.execute("SELECT uid, known FROM affected WHERE NOT gone").fetchall()}
    _reachable(con, matcher, filled)
    clusters = group(con, matcher, known, apart=told(verdicts, "different"), same=told(verdicts, "same"))
    inside = {m.key for c in clusters for m in c.members}
    clusters += [Cluster((Member(key, moment, None),)) for key, moment in known.items() if key not in inside]
    events = _write(con, matcher, clusters, known, now)
    return tuple(events), len(known)


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


def _reachable(con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str]) -> None:
    """Make `pairs_<kind>` and `keys_<kind>` in memory hold what grouping the affected records reads."""
    kind = matcher.kind
    con.execute(
        f"""CREATE OR REPLACE TABLE pairs_{kind} AS
        FROM store.pairs_{kind} SEMI JOIN affected ON l = uid ANTI JOIN dropped USING (l, r)
        UNION ALL BY NAME FROM scored"""
    )
    con.execute(f"CREATE OR REPLACE TABLE keys_{kind} AS FROM fresh_keys LIMIT 0")
    rows = con.execute(f"SELECT l, r FROM pairs_{kind} WHERE accepted").fetchall()
    several = [key for part in components((str(a), str(b)) for a, b in rows) if len(part) > 2 for key in part]
    if several:
        con.execute("CREATE OR REPLACE TEMP TABLE several AS SELECT unnest(?::VARCHAR[]) AS unique_id", [several])
        con.execute("CREATE OR REPLACE TABLE several_prepared AS FROM prepared_now SEMI JOIN several USING (unique_id)")
        write_keys(con, matcher, filled, "several_prepared", "several_keys")
        con.execute(
            f"""INSERT INTO keys_{kind}
            FROM store.keys_{kind} SEMI JOIN several_keys USING (key) ANTI JOIN replaced USING (unique_id)
            UNION ALL FROM fresh_keys SEMI JOIN several_keys USING (key)"""
        )


def _write(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    clusters: list[Cluster],
    known: dict[str, datetime],
    now: datetime,
) -> list[Event]:
    kind = matcher.kind
    before = {
        str(k): str(e)
        for k, e in con.execute("SELECT uid, entity_id FROM affected WHERE entity_id IS NOT NULL").fetchall()
    }
    lost: dict[str, list[str]] = defaultdict(list)
    for key, old in con.execute(f"FROM store.lost_{kind} SEMI JOIN affected USING (uid) ORDER BY ALL").fetchall():
        lost[str(key)].append(str(old))
    ids = name_clusters(kind, clusters, before, lost, _in_use(con, kind, clusters))
    after = {m.key: ids[c.founder] for c in clusters for m in c.members}
    events = changes(before, after)
    _stage(con, kind, clusters, ids, known)
    _commit(con, kind, before, after, events, now)
    return events


def _in_use(con: duckdb.DuckDBPyConnection, kind: str, clusters: list[Cluster]) -> frozenset[str]:
    """Ids that founders here would make or that were lost, and that entities out of reach bear."""
    own = [entity_id(kind, c.founder) for c in clusters]
    rows = con.execute(
        f"""SELECT DISTINCT m.entity_id FROM store.member_{kind} m SEMI JOIN (
            SELECT unnest(?::VARCHAR[]) AS entity_id UNION SELECT entity_id FROM store.lost_{kind} SEMI JOIN affected
            USING (uid)) USING (entity_id) ANTI JOIN affected USING (uid)""",
        [own],
    ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def _stage(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    clusters: list[Cluster],
    ids: dict[str, str],
    known: dict[str, datetime],
) -> None:
    """Make `member_new`: what is known of every affected record after the change, its component included."""
    rows = con.execute(f"SELECT l, r FROM pairs_{kind} WHERE accepted").fetchall()
    tied = [(str(a), str(b)) for a, b in rows] + [
        (c.founder, m.key) for c in clusters for m in c.members if m.key != c.founder
    ]
    part_of = {key: part[0] for part in components(tied) for key in part}
    con.execute(f"CREATE OR REPLACE TEMP TABLE member_new AS FROM store.member_{kind} LIMIT 0")
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


def _commit(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    before: dict[str, str],
    after: dict[str, str],
    events: list[Event],
    now: datetime,
) -> None:
    """Write everything in one transaction."""
    living = set(after.values())
    died = [(key, old) for key, old in before.items() if old not in living]
    con.execute("BEGIN")
    try:
        con.execute(f"DELETE FROM store.prepared_{kind} WHERE unique_id IN (FROM replaced)")
        con.execute(f"INSERT INTO store.prepared_{kind} BY NAME FROM prepared_{kind}")
        con.execute(f"DELETE FROM store.keys_{kind} WHERE unique_id IN (FROM replaced)")
        con.execute(f"INSERT INTO store.keys_{kind} FROM fresh_keys")
        con.execute(f"DELETE FROM store.pairs_{kind} WHERE (l, r) IN (SELECT (l, r) FROM dropped)")
        con.execute(f"INSERT INTO store.pairs_{kind} BY NAME FROM scored")
        con.execute(f"DELETE FROM store.member_{kind} WHERE uid IN (SELECT uid FROM affected)")
        con.execute(f"INSERT INTO store.member_{kind} FROM member_new")
        con.execute(f"DELETE FROM store.verdict_{kind}; INSERT INTO store.verdict_{kind} FROM verdict_now")
        con.execute(f"DELETE FROM store.lost_{kind} WHERE entity_id IN (SELECT entity_id FROM member_new)")
        con.execute(
            "DELETE FROM store.redirect WHERE kind = ? AND old_id IN (SELECT entity_id FROM member_new)", [kind]
        )
        if died:
            con.execute(
                f"INSERT INTO store.lost_{kind} SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [list(column) for column in zip(*died, strict=True)],
            )
        _log(con, kind, events, now)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


def _log(con: duckdb.DuckDBPyConnection, kind: str, events: list[Event], now: datetime) -> None:
    """Append the events; a merge leaves a redirect (they are followed one after the other, so a cut undoes one)."""
    if not events:
        return
    first = int(con.execute("SELECT coalesce(max(sequence), 0) + 1 FROM store.event").fetchall()[0][0])
    con.executemany(
        "INSERT INTO store.event VALUES (?, ?, ?, ?, ?, ?, ?)",
        [[first + n, kind, e.kind, e.entity, e.other, list(e.records), now] for n, e in enumerate(events)],
    )
    for event in events:
        if event.kind == "MERGED":
            con.execute("INSERT INTO store.redirect VALUES (?, ?, ?, ?)", [kind, event.other, event.entity, now])
