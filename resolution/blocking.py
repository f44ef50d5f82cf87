"""Which pairs of records are worth a comparison: those that share a blocking key which not too many others hold."""

import duckdb

from resolution.matchers.terms import Matcher

MIN_FILLED = 0.01


def usable_columns(con: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    """Columns of a prepared table that at least one record in a hundred (and two records) fills."""
    names = [str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()]
    counts = con.execute(f"SELECT count(*), {', '.join(f'count({n})' for n in names)} FROM {table}").fetchall()[0]
    return frozenset(n for n, count in zip(names, counts[1:], strict=True) if count >= max(2, MIN_FILLED * counts[0]))


def write_keys(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str], table: str, into: str
) -> None:
    """Write the blocking keys of a prepared table into `into` (unique_id, block, key).

    `block` is the number of the block and `key` a 64-bit hash of it and the text shared, so a key belongs to one block.
    """
    con.execute(f"CREATE OR REPLACE TABLE {into} (unique_id VARCHAR, block UTINYINT, key UBIGINT)")
    parts = []
    for number, block in enumerate(matcher.blocks):
        if set(block.needs) <= filled:
            of_type = str(con.execute(f"DESCRIBE SELECT {block.key} FROM {table}").fetchall()[0][1])
            key = f"unnest({block.key})" if of_type.endswith("[]") else block.key
            parts.append(f"SELECT unique_id, {number}::UTINYINT AS block, {key} AS text FROM {table}")
    if parts:
        con.execute(
            f"INSERT INTO {into} SELECT DISTINCT unique_id, block, hash(block, text) "
            f"FROM ({' UNION ALL '.join(parts)}) WHERE text <> ''"
        )


def cap_sql(matcher: Matcher) -> str:
    """SQL for the most records that a key of column `block` may have before it is a hub, which compares nobody."""
    return f"[{', '.join(str(block.cap) for block in matcher.blocks)}][block + 1]"


def candidate_pairs(con: duckdb.DuckDBPyConnection, matcher: Matcher, keys: str, into: str) -> int:
    """Write the pairs that share a key of `keys` into `into` (join_key_l < join_key_r, match_key = block's number)."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {into} AS
        WITH open AS (SELECT * FROM {keys} QUALIFY count(*) OVER (PARTITION BY key) BETWEEN 2 AND {cap_sql(matcher)})
        SELECT l.unique_id AS join_key_l, r.unique_id AS join_key_r, min(l.block)::VARCHAR AS match_key
        FROM open l JOIN open r ON l.key = r.key AND l.unique_id < r.unique_id GROUP BY ALL"""
    )
    return int(con.execute(f"SELECT count(*) FROM {into}").fetchall()[0][0])


def shared_pairs(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> int:
    """How many pairs of records share known values in all of these columns."""
    names = ", ".join(columns)
    known = " AND ".join(f"{c} IS NOT NULL" for c in columns)
    groups = f"SELECT count(*) AS n FROM {table} WHERE {known} GROUP BY {names}"
    sql = f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM ({groups})"
    return int(con.execute(sql).fetchall()[0][0])
