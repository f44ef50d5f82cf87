"""Which pairs of records are worth a comparison: those that share a blocking key which not too many others hold."""

import math

import duckdb

from resolution.database.connection import rows_in
from resolution.matchers.terms import Matcher

MIN_FILLED = 0.01
RECORD_BYTES = 600
"""What a record with its frequencies takes in memory while its pairs are scored: most take less."""
ROOM = 0.4
"""Share of the memory limit that the records of two parts may take; the rest is for what is read and written."""
MOST_PARTS = 12
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def usable_columns(con: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    """Columns of a prepared table that at least one record in a hundred (and two records) fills."""
    names = [str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()]
    counts = con.execute(f"SELECT count(*), {', '.join(f'count({n})' for n in names)} FROM {table}").fetchall()[0]
    return frozenset(n for n, count in zip(names, counts[1:], strict=True) if count >= max(2, MIN_FILLED * counts[0]))


def write_keys(con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str], table: str, into: str) -> None:
    """Write the blocking keys of a prepared table into `into` (unique_id, block, key).

    `block` is the number of the block and `key` a 64-bit hash of it and the text shared, so a key belongs to one block.
    """
    con.execute(f"CREATE OR REPLACE TABLE {into} (unique_id VARCHAR, block UTINYINT, key UBIGINT)")
    for number, block in enumerate(matcher.blocks):
        if not set(block.needs) <= filled:
            continue
        own = f"{number}::UTINYINT"
        if str(con.execute(f"DESCRIBE SELECT {block.key} FROM {table}").fetchall()[0][1]).endswith("[]"):
            keys = f"list_transform(list_filter({block.key}, lambda t: t <> ''), lambda t: hash({own}, t))"
            select = f"SELECT unique_id, {own}, unnest(list_distinct({keys})) FROM {table}"
        else:
            texts = f"SELECT unique_id, {block.key} AS t FROM {table}"
            select = f"SELECT unique_id, {own}, hash({own}, t) FROM ({texts}) WHERE t <> ''"
        con.execute(f"INSERT INTO {into} {select}")


def cap_sql(matcher: Matcher) -> str:
    """SQL for the most records that a key of column `block` may have before it is a hub, which compares nobody."""
    return f"[{', '.join(str(block.cap) for block in matcher.blocks)}][block + 1]"


def candidate_pairs(con: duckdb.DuckDBPyConnection, matcher: Matcher, keys: str, into: str, parts: int = 1) -> int:
    """Write the pairs that share a key of `keys` into `into` (join_key_l < join_key_r, match_key = block's number).

    The records fall into so many `parts`; `part` says of which two a pair is (left * parts + right), and rows lie
    sorted by it.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE open_key AS
            SELECT key FROM {keys} GROUP BY key, block HAVING count(*) BETWEEN 2 AND {cap_sql(matcher)};
        CREATE OR REPLACE TEMP TABLE hub AS {_hubs(matcher, keys)};
        CREATE OR REPLACE TEMP TABLE holder AS
            SELECT unique_id, row_number() OVER (ORDER BY unique_id)::UINTEGER AS n,
                {part_sql("unique_id", parts)} AS part
            FROM (SELECT unique_id FROM {keys} SEMI JOIN open_key USING (key) UNION SELECT unique_id FROM hub);
        CREATE OR REPLACE TEMP TABLE open_held AS
            SELECT n, part, key, block FROM {keys} SEMI JOIN open_key USING (key) JOIN holder USING (unique_id);
        CREATE OR REPLACE TABLE neighbours_{matcher.kind} AS {_NEIGHBOURS};
        CREATE OR REPLACE TABLE {into} (
            join_key_l VARCHAR, join_key_r VARCHAR, match_key VARCHAR, part UTINYINT, parts UTINYINT)"""
    )
    for left in range(parts):
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE pair AS SELECT a AS l, b AS r, min(block) AS block
            FROM (SELECT l.n AS a, r.n AS b, l.block FROM open_held l
                JOIN open_held r ON l.key = r.key AND l.n < r.n WHERE l.part = {left}
                UNION ALL SELECT x.n, y.n, d.block FROM neighbours_{matcher.kind} d
                JOIN holder x ON x.unique_id = d.l JOIN holder y ON y.unique_id = d.r WHERE x.part = {left})
            GROUP BY 1, 2"""
        )
        for right in range(parts):
            con.execute(
                f"""INSERT INTO {into}
                SELECT a.unique_id, b.unique_id, block::VARCHAR, {left * parts + right}, {parts} FROM pair
                JOIN holder a ON a.n = l JOIN (FROM holder WHERE part = {right}) b ON b.n = r"""
            )
    con.execute("DROP TABLE open_key; DROP TABLE hub; DROP TABLE holder; DROP TABLE open_held; DROP TABLE pair")
    return rows_in(con, f"FROM {into}")


def _hubs(matcher: Matcher, keys: str) -> str:
    """SELECT unique_id, key, block, place, held, reach: the records of hubs whose blocks have neighbours.

    `place` is a record's, from 0, of so many `held` in chance's order; with `reach` others it is compared.
    """
    reach = f"[{', '.join(str(block.neighbours) for block in matcher.blocks)}][block + 1]"
    return f"""SELECT unique_id, key, block, {reach} AS reach, count(*) OVER (PARTITION BY key) AS held,
        row_number() OVER (PARTITION BY key ORDER BY hash(unique_id), unique_id) - 1 AS place
        FROM {keys} WHERE {reach} > 0 QUALIFY held > {cap_sql(matcher)}"""


_NEIGHBOURS = """SELECT DISTINCT f.key, f.block, least(f.unique_id, s.unique_id) AS l,
        greatest(f.unique_id, s.unique_id) AS r
    FROM (SELECT *, unnest(range(reach)) AS turn FROM hub) f
    JOIN hub s ON s.key = f.key AND s.place = (f.place + 1 + hash(f.key, f.turn) % (f.held - 1)) % f.held"""
"""Two records of a hub that are compared, of table `hub`: steps of all lengths lead from each record to others.

Were it those that follow each other, parts of a large entity would meet only where one ends and the next begins.
"""


def parts_for(con: duckdb.DuckDBPyConnection, records: int) -> int:
    """In how many parts so many records are paired and scored, for two parts of them to fit into the memory limit."""
    limit = str(con.execute("SELECT current_setting('memory_limit')").fetchall()[0][0])
    number, _, unit = limit.partition(" ")
    room = float(number) * UNITS[unit] * ROOM if unit in UNITS else math.inf
    return min(MOST_PARTS, max(1, math.ceil(2 * records * RECORD_BYTES / room)))


def part_sql(key: str, parts: int) -> str:
    """SQL for the part (from 0) that a record belongs to."""
    return f"(hash({key}) % {parts})::UTINYINT"


def parts_of(con: duckdb.DuckDBPyConnection, pairs: str) -> int:
    """For how many parts of the records a table of pairs was written; one, where it says nothing of parts."""
    if "parts" not in {str(row[0]) for row in con.execute(f"DESCRIBE {pairs}").fetchall()}:
        return 1
    return int(con.execute(f"SELECT coalesce(max(parts), 1) FROM {pairs}").fetchall()[0][0])


def shared_pairs(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> int:
    """How many pairs of records share known values in all of these columns."""
    names = ", ".join(columns)
    known = " AND ".join(f"{c} IS NOT NULL" for c in columns)
    groups = f"SELECT count(*) AS n FROM {table} WHERE {known} GROUP BY {names}"
    sql = f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM ({groups})"
    return int(con.execute(sql).fetchall()[0][0])
