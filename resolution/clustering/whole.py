"""Grouping of a whole file, from tables to a table: what `grouping.group` finds, without all records in Python.

Most components are such that every pair of their records is accepted: no mean can fall below the threshold, and
each record meets the founder as soon as both are known. These never leave the database. Of the others, some thousand
records at a time are grouped in Python.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

import duckdb

from resolution.clustering.cluster import Cluster, Pair, joined
from resolution.clustering.group import by_number, group, inside_sql, keep_apart
from resolution.clustering.linkage import average_linkage
from resolution.database.components import write_components
from resolution.matchers.terms import Matcher

COLUMNS = "key VARCHAR, founder VARCHAR, known_from TIMESTAMP, match_weight DOUBLE"
BATCH = 20_000
"""Records that are grouped in Python at a time."""


def group_all(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    records: str,
    into: str,
    *,
    apart: frozenset[Pair] = frozenset(),
    together: frozenset[Pair] = frozenset(),
    where: str = "true",
) -> None:
    """Make `into` (key, founder, known_from, match_weight): every record of an entity of two or more.

    `records` is a table of all records (uid, known_from); `apart`, `together` and `where` are as for `group`.
    """
    con.execute(f"CREATE OR REPLACE TABLE {into} ({COLUMNS})")
    _links(con, matcher, records, apart | together, where)
    write_components(con, "SELECT l AS a, r AS b FROM link", "part_of")
    _parts(con, matcher, records, together)
    con.execute(
        f"""INSERT INTO {into}
        SELECT key, first_value(key) OVER (PARTITION BY component ORDER BY known, key), known, best
        FROM part JOIN (SELECT key, max(match_weight) AS best FROM (
            SELECT l AS key, match_weight FROM link UNION ALL SELECT r, match_weight FROM link
        ) GROUP BY key) USING (key)
        WHERE whole AND NOT judged"""
    )
    _rest(con, matcher, into, apart, where)
    known = _known(con, "SELECT key, known FROM part WHERE judged")
    if known:
        near = f"({where}) AND p.l IN (SELECT key FROM part WHERE judged)"
        _add(con, into, group(con, matcher, known, apart=apart, together=together, where=near))


def _links(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, records: str, skipped: frozenset[Pair], where: str
) -> None:
    """Make `link` (l, r, match_weight): the accepted pairs of these records, without those that people spoke of."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE spoken_of AS SELECT unnest(?::VARCHAR[]) AS l, unnest(?::VARCHAR[]) AS r",
        [[a for a, _ in sorted(skipped)], [b for _, b in sorted(skipped)]],
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE link AS SELECT l, r, match_weight FROM pairs_{matcher.kind} p
        SEMI JOIN {records} x ON x.uid = p.l SEMI JOIN {records} y ON y.uid = p.r ANTI JOIN spoken_of USING (l, r)
        WHERE accepted AND {where}"""
    )


def _parts(con: duckdb.DuckDBPyConnection, matcher: Matcher, records: str, together: frozenset[Pair]) -> None:
    """Make `part` (key, component, known, whole, judged): records that links tie or that people put together.

    `whole`: the component is one pair, or every pair of it is a link above the threshold; `judged`: people put a record
    of it together with another.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE named AS SELECT unnest(?::VARCHAR[]) AS key",
        [sorted({key for pair in together for key in pair})],
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE part AS
        WITH placed AS (
            SELECT r.uid AS key, r.known_from AS known, coalesce(component, -row_number() OVER ()) AS component
            FROM {records} r JOIN (SELECT key, component FROM part_of UNION ALL
                SELECT key, NULL FROM named ANTI JOIN part_of USING (key)) p ON p.key = r.uid),
        agreed AS (SELECT component, count(*) FILTER (match_weight >= {matcher.threshold}) AS n, count(*) AS links
            FROM link JOIN part_of ON key = l GROUP BY component),
        sized AS (SELECT component, count(*) AS n, bool_or(key IN (FROM named)) AS judged FROM placed
            GROUP BY component)
        SELECT key, component, known, judged,
            coalesce((s.n = 2 AND links > 0) OR a.n = s.n * (s.n - 1) / 2, false) AS whole
        FROM placed JOIN sized s USING (component) LEFT JOIN agreed a USING (component)"""
    )


def _rest(con: duckdb.DuckDBPyConnection, matcher: Matcher, into: str, apart: frozenset[Pair], where: str) -> None:
    """Group the components that need a closer look, so many records at a time, none of them in two parts."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE placed AS SELECT key, component AS number, known,
            (row_number() OVER (ORDER BY component, key) - row_number() OVER (PARTITION BY component ORDER BY key))
            // {BATCH} AS batch FROM part WHERE NOT whole AND NOT judged"""
    )
    batches = con.execute("SELECT DISTINCT batch FROM placed ORDER BY batch").fetchall()
    if batches:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE inside AS SELECT i.*, batch FROM ({inside_sql(matcher, where)}) i
                JOIN (SELECT DISTINCT number, batch FROM placed) USING (number);
            CREATE OR REPLACE TEMP TABLE inner_link AS SELECT number, l, r, match_weight, batch
                FROM link JOIN placed ON key = l"""
        )
    for (batch,) in batches:
        _add(con, into, _looked_closer(con, matcher, int(batch), apart))


def _looked_closer(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, batch: int, apart: frozenset[Pair]
) -> Iterator[Cluster]:
    """The entities of two records or more in one batch of components."""
    known = _known(con, f"SELECT key, known FROM placed WHERE batch = {batch}")
    members: dict[int, list[str]] = defaultdict(list)
    for number, key in con.execute(f"SELECT number, key FROM placed WHERE batch = {batch} ORDER BY ALL").fetchall():
        members[number].append(key)
    links: dict[int, dict[Pair, float | None]] = defaultdict(dict)
    for number, a, b, weight, _ in con.execute(f"FROM inner_link WHERE batch = {batch} ORDER BY ALL").fetchall():
        links[number][(a, b)] = weight
    seen = con.execute(f"SELECT number, l, r, weight, vetoed FROM inside WHERE batch = {batch} ORDER BY ALL").fetchall()
    weights, forbidden = by_number(seen)
    keep_apart(forbidden, apart, {key: number for number, keys in members.items() for key in keys})
    for number, keys in members.items():
        parts = average_linkage(
            keys,
            weights[number],
            threshold=matcher.threshold,
            missing=matcher.missing_pair,
            apart=frozenset(forbidden[number]),
        )
        yield from (joined(part, links[number], known) for part in parts if len(part) > 1)


def _known(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, datetime]:
    return dict(con.execute(sql).fetchall())


def _add(con: duckdb.DuckDBPyConnection, into: str, clusters: Iterable[Cluster]) -> None:
    rows = [(m.key, c.founder, m.known_from, m.weight) for c in clusters for m in c.members]
    if rows:
        con.execute(
            f"INSERT INTO {into} SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), "
            "unnest(?::DOUBLE[])",
            [list(column) for column in zip(*rows, strict=True)],
        )
