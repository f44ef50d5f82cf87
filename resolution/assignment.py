"""Which entity each record belongs to, now and in the run before: ids that survive."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution.clusters import Cluster, Member, entity_id_sql, inherit
from resolution.events import keep_events, open_events


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
    open_events(con)
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
    keep_events(con)
    ids: dict[str, dict[str, str]] = defaultdict(dict)
    for kind, key, entity in con.execute("SELECT kind, key, entity_id FROM old.previous").fetchall():
        ids[str(kind)][str(key)] = str(entity)
    return History(True, ids, _former(con))


def _former(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
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
            f"INSERT INTO resolved_key SELECT '{kind}', key, {entity_id_sql(kind, 'key')}, known_from, NULL "
            "FROM everyone ANTI JOIN clustered USING (key)"
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


def assign_first(con: duckdb.DuckDBPyConnection, kind: str, records: str, grouped: str) -> None:
    """Write `resolved_key` of a kind where no id was given before: every founder makes its entity's id.

    `records` is a table of uid and known_from, `grouped` one of key, founder, known_from and match_weight (from
    `grouping_all.group_all`); records that are not in it are alone.
    """
    own = entity_id_sql(kind, "founder")
    con.execute(
        f"""INSERT INTO resolved_key
        SELECT '{kind}', key, {own}, known_from, match_weight FROM {grouped}
        UNION ALL SELECT '{kind}', founder, {own}, known_from, NULL
        FROM (SELECT uid AS founder, known_from FROM {records} ANTI JOIN {grouped} ON key = uid)"""
    )
