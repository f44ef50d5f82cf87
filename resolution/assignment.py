"""Which entity each record belongs to, now and in the run before: ids that survive, redirects and identity events."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution.clusters import Cluster, Member, inherit

EVENTS = (
    "CREATE TABLE {name} (id VARCHAR, kind VARCHAR, event VARCHAR, entity_id VARCHAR, other_id VARCHAR, "
    "happened TIMESTAMP)"
)
REDIRECTS = "CREATE TABLE {name} (kind VARCHAR, old_id VARCHAR, entity_id VARCHAR, happened TIMESTAMP)"
FORMER = "CREATE TABLE former (kind VARCHAR, key VARCHAR, entity_id VARCHAR, until TIMESTAMP)"
"""Ids that records had before, so that an unmerge gives them back and an id that is no more leads to its records."""


@dataclass(frozen=True, slots=True)
class History:
    """The assignment of the run before: key → entity id, by kind; and the ids that keys had before that, newest first.

    Empty on a first run.
    """

    attached: bool = False
    ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    former: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)


def read_history(con: duckdb.DuckDBPyConnection, target: Path, now: datetime) -> History:
    """What an earlier run decided, attached as `old`; a run that stood later than `now` is not looked at."""
    con.execute(EVENTS.format(name="events"))
    con.execute(REDIRECTS.format(name="redirects"))
    con.execute(FORMER)
    if not target.is_file():
        return History()
    try:
        con.execute(f"ATTACH '{str(target).replace(chr(39), chr(39) * 2)}' AS old (READ_ONLY)")
        before = con.execute("SELECT max(now) FROM old.meta").fetchall()[0][0]
    except duckdb.Error as error:
        raise InputError(
            f"{target} is not a resolution file of ours ({error}): move it away and resolve again"
        ) from error
    if before is None or before > now:
        con.execute("DETACH old")
        return History()
    con.execute("INSERT INTO events SELECT * FROM old.events")
    con.execute("INSERT INTO redirects SELECT * FROM old.redirects")
    ids: dict[str, dict[str, str]] = defaultdict(dict)
    for kind, key, entity in con.execute("SELECT kind, key, entity_id FROM old.previous").fetchall():
        ids[str(kind)][str(key)] = str(entity)
    return History(True, ids, _former(con))


def _former(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    tables = "SELECT 1 FROM information_schema.tables WHERE table_catalog = 'old' AND table_name = 'former'"
    if con.execute(tables).fetchall():
        con.execute("INSERT INTO former SELECT * FROM old.former")
    rows = con.execute("SELECT kind, key, entity_id FROM former ORDER BY kind, key, until DESC, entity_id").fetchall()
    for kind, key, entity in rows:
        found[str(kind)][str(key)].append(str(entity))
    return found


def assign(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    clusters: Sequence[Cluster],
    known: Mapping[str, datetime],
    history: History,
) -> None:
    """Write the entity of every record of a kind into `resolved_key`: those in clusters, and the rest alone."""
    inside = {member.key for cluster in clusters for member in cluster.members}
    before = history.ids.get(kind, {})
    if before:
        alone = [Cluster((Member(key, moment, None),)) for key, moment in known.items() if key not in inside]
        clusters = [*clusters, *alone]
        inside = set(known)
    else:
        con.execute("CREATE OR REPLACE TEMP TABLE clustered (key VARCHAR)")
        con.execute("INSERT INTO clustered SELECT unnest(?::VARCHAR[])", [sorted(inside)])
        con.execute("CREATE OR REPLACE TEMP TABLE everyone (key VARCHAR, known_from TIMESTAMP)")
        con.execute(
            "INSERT INTO everyone SELECT unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[])",
            [list(known), list(known.values())],
        )
        con.execute(
            f"""INSERT INTO resolved_key SELECT '{kind}', key, '{kind[0]}_' || left(sha256('{kind}|' ||
                split_part(rest, ':', 1) || '|'
            || substr(rest, strpos(rest, ':') + 1)), 12), known_from, NULL
            FROM (SELECT key, substr(key, strpos(key, '|') + 1) AS rest, known_from FROM everyone ANTI JOIN clustered
                USING (key))"""
        )
    ids = inherit(kind, clusters, before, history.former.get(kind, {}))
    rows = [(kind, m.key, ids[c.founder], m.known_from, m.weight) for c in clusters for m in c.members]
    if rows:
        columns = list(zip(*rows, strict=True))
        con.execute(
            "INSERT INTO resolved_key SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), "
            "unnest(?::DOUBLE[])",
            [kind, *(list(column) for column in columns[1:])],
        )


def write_events(con: duckdb.DuckDBPyConnection, history: History, now: datetime) -> dict[str, int]:
    """Compare with the run before: MERGED with a redirect, SPLIT, CREATED, RETIRED. A first run has no events."""
    if not history.attached:
        return {}
    counts: Counter[str] = Counter()
    for kind, before in sorted(history.ids.items()):
        rows = con.execute("SELECT key, entity_id FROM resolved_key WHERE kind = ? ORDER BY key", [kind]).fetchall()
        after = {str(k): str(e) for k, e in rows}
        went: dict[str, Counter[str]] = defaultdict(Counter)
        left: list[tuple[str, str, str]] = []
        for key, old in before.items():
            if key in after:
                went[old][after[key]] += 1
            if after.get(key) != old:
                left.append((kind, key, old))
        living = set(after.values())
        events: list[tuple[str, str, str | None]] = []
        for old in sorted(set(before.values())):
            to = sorted(went[old], key=lambda e: (-went[old][e], e))
            if not to:
                events.append(("RETIRED", old, None))
            elif old not in living:
                events.append(("MERGED", to[0], old))
                con.execute("INSERT INTO redirects VALUES (?, ?, ?, ?)", [kind, old, to[0], now])
            elif len(to) > 1:
                events += [("SPLIT", old, other) for other in to if other != old]
        events += [("CREATED", new, None) for new in sorted(living - set(before.values()))]
        for event, entity, other in events:
            name = f"event|{kind}|{event}|{entity}|{other or ''}|{now.isoformat()}"
            con.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", [name, kind, event, entity, other, now])
            counts[event] += 1
        _remember(con, left, now)
    _redirect(con)
    return dict(counts)


def _remember(con: duckdb.DuckDBPyConnection, left: list[tuple[str, str, str]], now: datetime) -> None:
    """Write down which id each record had until now."""
    if left:
        columns = [list(column) for column in zip(*left, strict=True)]
        con.execute("DELETE FROM former WHERE (kind, key, entity_id) IN (SELECT unnest(?::VARCHAR[]), "
                    "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]))", columns)  # fmt: skip
        con.execute(
            "INSERT INTO former SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), ?",
            [*columns, now],
        )


def _redirect(con: duckdb.DuckDBPyConnection) -> None:
    """Lead each id that is no more to where most of its records are now; one that lives again needs no redirect."""
    living = "SELECT kind, entity_id FROM resolved_key"
    con.execute(f"DELETE FROM redirects WHERE (kind, old_id) IN ({living})")
    con.execute(
        "UPDATE redirects SET entity_id = r.entity_id FROM redirects r WHERE redirects.kind = r.kind AND "
        "redirects.entity_id = r.old_id"
    )
    con.execute(
        """UPDATE redirects SET entity_id = best.entity_id FROM (
            SELECT f.kind, f.entity_id AS old_id, k.entity_id FROM former f JOIN resolved_key k USING (kind, key)
            GROUP BY f.kind, f.entity_id, k.entity_id QUALIFY row_number() OVER (PARTITION BY f.kind, f.entity_id
            ORDER BY count(*) DESC, k.entity_id) = 1
        ) best WHERE redirects.kind = best.kind AND redirects.old_id = best.old_id"""
    )
