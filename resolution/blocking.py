"""Which pairs of records are worth a comparison: those that share a blocking key which not too many others hold."""

import duckdb

from resolution.matchers.terms import Matcher

MIN_FILLED = 0.01


def usable_columns(con: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    """Columns of a prepared table that at least one record in a hundred (and two records) fills."""
    names = [str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()]
    counts = con.execute(f"SELECT count(*), {', '.join(f'count({n})' for n in names)} FROM {table}").fetchall()[0]
    return frozenset(n for n, count in zip(names, counts[1:], strict=True) if count >= max(2, MIN_FILLED * counts[0]))


def candidate_pairs(con: duckdb.DuckDBPyConnection, matcher: Matcher, table: str, into: str) -> int:
    """Write the pairs that share a blocking key into `into` (join_key_l < join_key_r, match_key = block's number)."""
    filled = usable_columns(con, table)
    parts = []
    for number, block in enumerate(matcher.blocks):
        if not set(block.needs) <= filled:
            continue
        is_list = con.execute(f"SELECT typeof({block.key}) FROM {table} LIMIT 1").fetchall()[0][0].endswith("[]")
        key = f"unnest(list_distinct({block.key}))" if is_list else block.key
        parts.append(f"SELECT unique_id, {number} AS block, {key} AS key, {block.cap} AS cap FROM {table}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} (join_key_l VARCHAR, join_key_r VARCHAR, match_key VARCHAR)")
    if not parts:
        return 0
    con.execute(
        f"""INSERT INTO {into}
        WITH keys AS (SELECT DISTINCT * FROM ({" UNION ALL ".join(parts)}) WHERE key IS NOT NULL AND key <> ''),
        open AS (SELECT * FROM keys QUALIFY count(*) OVER (PARTITION BY block, key) BETWEEN 2 AND cap)
        SELECT l.unique_id, r.unique_id, min(l.block)::VARCHAR FROM open l JOIN open r
        ON l.block = r.block AND l.key = r.key AND l.unique_id < r.unique_id GROUP BY ALL"""
    )
    return int(con.execute(f"SELECT count(*) FROM {into}").fetchall()[0][0])


def shared_pairs(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> int:
    """How many pairs of records share known values in all of these columns."""
    names = ", ".join(columns)
    known = " AND ".join(f"{c} IS NOT NULL" for c in columns)
    groups = f"SELECT count(*) AS n FROM {table} WHERE {known} GROUP BY {names}"
    sql = f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM ({groups})"
    return int(con.execute(sql).fetchall()[0][0])
