"""Which entity each affected record belongs to, by what it belonged to before: ids survive, changes are told as events.

Reads `affected` (uid, known, gone) and `tied` (uid) in memory and, of the store, `member_<entity>`, `lost_<entity>`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from resolution.clustering.cluster import Cluster, Member
from resolution.database.lookup import among, picked
from resolution.identity.events import Event, changes, tell
from resolution.identity.ids import entity_id, entity_id_sql, inherit


def lone(con: duckdb.DuckDBPyConnection, entity: str) -> None:
    """Make `lone_<entity>` (uid, known, entity_id): records that nothing ties to another and that raise no question.

    They are new and nobody bears their own id, or they were alone in their entity before and stay so.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE before_{entity} AS
        {picked(con, f"store.member_{entity}", "uid", "SELECT uid FROM affected")};
        CREATE OR REPLACE TEMP TABLE untied_{entity} AS
        SELECT uid, known FROM affected ANTI JOIN tied USING (uid) WHERE NOT gone AND {mine(entity)};
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT uid, known, {entity_id_sql(entity, "uid")} AS entity_id FROM untied_{entity}
        ANTI JOIN before_{entity} USING (uid) ANTI JOIN store.lost_{entity} USING (uid)"""
    )
    own = among(con, "entity_id", "SELECT entity_id FROM fresh")
    taken = f"SELECT entity_id FROM store.member_{entity} WHERE {own}"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE lone_{entity} AS
        WITH alone AS (FROM before_{entity} QUALIFY count(*) OVER (PARTITION BY entity_id) = 1)
        SELECT uid, known, entity_id FROM untied_{entity} JOIN alone USING (uid) UNION ALL
        FROM fresh WHERE entity_id NOT IN ({taken})"""
    )


def mine(entity: str) -> str:
    """SQL: whether a record belongs to this kind of entity; persons are matched as one, leads and contacts."""
    return {"lead": "starts_with(uid, 'lead|')", "contact": "NOT starts_with(uid, 'lead|')"}.get(entity, "true")


def assign(con: duckdb.DuckDBPyConnection, entity: str, clusters: Sequence[Cluster]) -> list[Event]:
    """Make `member_new_<entity>`, every affected record as it stands now; what happened, but for births.

    `clusters` are of all affected records that are tied; the others are lone, or are found alone here.
    """
    rows = con.execute(f"SELECT uid, known FROM untied_{entity} ANTI JOIN lone_{entity} USING (uid)").fetchall()
    clusters = [*clusters, *(Cluster((Member(str(key), known, None),)) for key, known in rows)]
    asked = f"SELECT uid, entity_id FROM before_{entity} ANTI JOIN lone_{entity} USING (uid)"
    before = {str(key): str(old) for key, old in con.execute(asked).fetchall()}
    lost: dict[str, list[str]] = defaultdict(list)
    for key, old in con.execute(f"FROM store.lost_{entity} SEMI JOIN affected USING (uid) ORDER BY ALL").fetchall():
        lost[str(key)].append(str(old))
    ids = inherit(entity, clusters, before, lost, _in_use(con, entity, clusters))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE member_new_{entity} AS FROM store.member_{entity} LIMIT 0; "
        f"INSERT INTO member_new_{entity} SELECT uid, entity_id, known, NULL FROM lone_{entity}"
    )
    members = [(m.key, ids[c.founder], m.known_from, m.weight) for c in clusters for m in c.members]
    if members:
        con.execute(
            f"INSERT INTO member_new_{entity} SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::TIMESTAMP[]), unnest(?::DOUBLE[])",
            [list(column) for column in zip(*members, strict=True)],
        )
    after = {m.key: ids[c.founder] for c in clusters for m in c.members}
    return [event for event in changes(before, after) if event.event != "CREATED"]


def assign_first(con: duckdb.DuckDBPyConnection, entity: str) -> None:
    """Make `member_new_<entity>` where no id was given before, of `grouped`: every founder makes its entity's id."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE before_{entity} AS FROM store.member_{entity} LIMIT 0;
        CREATE OR REPLACE TEMP TABLE member_new_{entity} AS
        SELECT key AS uid, {entity_id_sql(entity, "founder")} AS entity_id, known_from, match_weight FROM grouped
        UNION ALL SELECT uid, {entity_id_sql(entity, "uid")}, known, NULL
        FROM affected ANTI JOIN grouped ON key = uid"""
    )


def _in_use(con: duckdb.DuckDBPyConnection, entity: str, clusters: Sequence[Cluster]) -> frozenset[str]:
    """Ids that founders here would make, or that records here lost, and that entities elsewhere bear."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE wished AS SELECT unnest(?::VARCHAR[]) AS entity_id UNION
        SELECT entity_id FROM store.lost_{entity} SEMI JOIN affected USING (uid)""",
        [[entity_id(entity, c.founder) for c in clusters]],
    )
    rows = con.execute(
        f"""SELECT DISTINCT entity_id FROM (FROM store.member_{entity} WHERE {among(con, "entity_id", "FROM wished")})
        ANTI JOIN affected USING (uid) UNION SELECT entity_id FROM lone_{entity} SEMI JOIN wished USING (entity_id)"""
    ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def keep(con: duckdb.DuckDBPyConnection, now: datetime, happened: Mapping[str, Sequence[Event]]) -> int:
    """Write what `assign` found of each kind of entity; returns the number of the first event."""
    first = int(con.execute("SELECT coalesce(max(sequence), 0) + 1 FROM store.events").fetchall()[0][0])
    number = first
    for entity, events in happened.items():
        number = _log(con, entity, events, number, now)
        exchange(con, f"store.member_{entity}", f"before_{entity}", f"member_new_{entity}")
    return first


def exchange(con: duckdb.DuckDBPyConnection, table: str, old: str, new: str) -> None:
    """Write the rows of `new` in the place of those of `old`, by uid; rows that stay the same are not touched."""
    if not con.execute(f"SELECT 1 FROM {old} LIMIT 1").fetchall():
        con.execute(f"INSERT INTO {table} FROM {new}")
        return
    con.execute(f"CREATE OR REPLACE TEMP TABLE left_out AS FROM {old} EXCEPT FROM {new}")
    con.execute(f"DELETE FROM {table} WHERE {among(con, 'uid', 'SELECT uid FROM left_out')}")
    con.execute(f"INSERT INTO {table} FROM {new} EXCEPT FROM {old}")


def _log(con: duckdb.DuckDBPyConnection, entity: str, events: Sequence[Event], number: int, now: datetime) -> int:
    """Append the events, births first and told together; ids that went are remembered, those that came back forgotten.

    Redirects are followed one after the other, so that a cut undoes exactly the one that its merge left.
    """
    new = f"member_new_{entity}"
    born = con.execute(
        f"""INSERT INTO store.events
        SELECT ?, 'event|' || ?, ?, 'CREATED', ?, list(DISTINCT entity_id ORDER BY entity_id), []
        FROM {new} ANTI JOIN (
            SELECT entity_id FROM before_{entity} UNION SELECT n.entity_id FROM {new} n JOIN before_{entity} USING (uid)
        ) USING (entity_id) HAVING count(*) > 0 RETURNING 1""",
        [number, number, entity, now],
    ).fetchall()
    number += len(born)
    tell(con, "store.events", number, entity, events, now)
    con.execute(f"DELETE FROM store.lost_{entity} WHERE entity_id IN (SELECT entity_id FROM {new})")
    con.execute(f"DELETE FROM store.redirect_step WHERE kind = ? AND old_id IN (SELECT entity_id FROM {new})", [entity])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE died AS SELECT uid, entity_id FROM before_{entity} ANTI JOIN {new} "
        "USING (entity_id)"
    )
    con.execute(f"INSERT INTO store.lost_{entity} FROM died")
    con.execute(
        f"""INSERT INTO store.redirect_step SELECT ?, d.entity_id, n.entity_id, ? FROM died d JOIN {new} n USING (uid)
        GROUP BY d.entity_id, n.entity_id QUALIFY row_number() OVER (PARTITION BY d.entity_id ORDER BY count(*) DESC,
            n.entity_id) = 1""",
        [entity, now],
    )
    return number + len(events)
