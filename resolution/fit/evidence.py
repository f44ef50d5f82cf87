"""What a fitted resolution says of itself, as sums over records and pairs: its quality is estimated from them.

A record counts as often as it has twins, for pairs are counted between the rows of the file.
"""

from collections.abc import Mapping, Sequence

import duckdb

from resolution.database.rows import row_of
from resolution.evaluation.expected import Evidence
from resolution.linking.model import added_sql
from resolution.matchers.terms import Matcher

SPOKE = 1.0
"""A comparison of at least this weight (log2) spoke for a pair; of at most its negative, against it."""
LOOKED_AT = 100_000
"""Of so many pairs at most it is asked how many blocks found them."""


def evidence(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, founders: Mapping[str, str], twins: Mapping[int, Sequence[int]]
) -> Evidence:
    """Sums over one part of a file: `founders` has the entity of each key, `twins` the rows a kept row stands for."""
    kind = matcher.kind
    _place(con, founders, twins)
    _pairs(con, matcher)
    found = _asked(con, _RECORDS) | _asked(con, _INSIDE) | _asked(con, _SCORED) | _asked(con, _BETWEEN)
    found |= _asked(con, _blocks(kind)) | _cells(con, kind)
    found["organisations"] = found["records"] if kind == "account" else 0.0
    found["right"] += found["twins"]
    con.execute("DROP TABLE held_together; DROP TABLE weighed")
    return Evidence(**found)


def _place(con: duckdb.DuckDBPyConnection, founders: Mapping[str, str], twins: Mapping[int, Sequence[int]]) -> None:
    """Make `held_together` (uid, entity, n): n rows of the file are this record."""
    con.execute("CREATE OR REPLACE TEMP TABLE held_together (uid VARCHAR, entity VARCHAR, n BIGINT)")
    times = [1 + len(twins.get(row_of(key), ())) for key in founders]
    con.execute(
        "INSERT INTO held_together SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::BIGINT[])",
        [list(founders), list(founders.values()), times],
    )


def _pairs(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> None:
    """Make `weighed`: each scored pair with its two entities, and how many comparisons spoke."""
    names = {str(row[0]) for row in con.execute(f"DESCRIBE pairs_{matcher.kind}").fetchall()}
    scored = [c.name for c in matcher.comparisons if f"mw_{c.name}" in names]
    weights = [added_sql(name, names) for name in scored]
    spoke = " + ".join(f"({w} >= {SPOKE})::INT" for w in weights) or "0"
    against = " + ".join(f"({w} <= -{SPOKE})::INT" for w in weights) or "0"
    known = " + ".join(f"(level_{name} <> 'missing')::INT" for name in scored) or "0"
    others = "coalesce(mw_household, 0)" if "mw_household" in names else "0"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE weighed AS
        SELECT l, r, least(a.entity, b.entity) AS one, greatest(a.entity, b.entity) AS other,
            a.entity = b.entity AS inside, a.n * b.n AS n, probability AS p, match_weight AS w, accepted,
            veto IS NOT NULL AS forbidden, {spoke} AS spoke, {against} AS against, {known} AS known, {others} AS others
        FROM pairs_{matcher.kind} JOIN held_together a ON a.uid = l JOIN held_together b ON b.uid = r"""
    )


def _asked(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, float]:
    got = con.execute(sql)
    names = [str(column[0]) for column in got.description or ()]
    return {name: float(value or 0) for name, value in zip(names, got.fetchall()[0], strict=True)}


def _cells(con: duckdb.DuckDBPyConnection, kind: str) -> dict[str, float]:
    names = [str(row[0]) for row in con.execute(f"DESCRIBE input_{kind}").fetchall()]
    raw = [f"count(nullif(trim(\"{name}\"), ''))" for name in names if name.startswith("raw ") and '"' not in name]
    return _asked(con, f"SELECT {' + '.join(raw) or '0'} AS filled, {len(raw)} * count(*) AS cells FROM input_{kind}")


_RECORDS = """SELECT sum(size) AS records, count(*) FILTER (size = 1) AS alone, count(*) FILTER (size > 1) AS groups,
    sum(size * (size - 1) / 2) AS together, sum(twins) AS twins, sum((size * (size - 1) / 2) ** 2) AS squares
    FROM (SELECT sum(n) AS size, sum(n * (n - 1) / 2) AS twins FROM held_together GROUP BY entity)"""
_INSIDE = """SELECT sum(seen) AS compared, sum(mean) AS best, sum(p) AS pairs_right,
    sum(mean * greatest(size * (size - 1) / 2 - twins, seen)) AS right
    FROM (SELECT one AS entity, sum(n) AS seen, sum(n * p) AS p, sum(n * p) / sum(n) AS mean
        FROM weighed WHERE inside GROUP BY one)
    JOIN (SELECT entity, sum(n) AS size, sum(n * (n - 1) / 2) AS twins FROM held_together GROUP BY entity)
    USING (entity)"""
_SCORED = """SELECT sum(n) FILTER (inside AND NOT accepted) AS refused, sum(n) FILTER (inside AND spoke <= 2) AS thin,
    sum(n * spoke) FILTER (inside) AS spoke, sum(n * against) FILTER (inside) AS against,
    sum(n * known) FILTER (inside) AS known, sum(n) FILTER (inside AND w < 5) AS near,
    sum(n) FILTER (inside AND w >= 10) AS firm, -sum(n * others) FILTER (inside) AS others,
    sum(n) FILTER (p BETWEEN 0.1 AND 0.9) AS undecided, sum(n * p) FILTER (NOT inside AND NOT forbidden) AS apart,
    sum(n * p) FILTER (NOT inside AND forbidden) AS vetoed, sum(n) FILTER (NOT inside AND accepted) AS cut
    FROM weighed"""
_BETWEEN = """WITH size AS (SELECT entity, sum(n) AS n FROM held_together GROUP BY entity),
    two AS (SELECT one, other, sum(n * p) / sum(n) AS mean, max(p) AS most FROM weighed WHERE NOT inside
        GROUP BY one, other HAVING NOT bool_or(forbidden))
    SELECT sum(mean * a.n * b.n) AS between, sum(most * a.n * b.n) AS closest
    FROM two JOIN size a ON a.entity = one JOIN size b ON b.entity = other"""


def _blocks(kind: str) -> str:
    return f"""WITH likely AS (
        SELECT l, r FROM weighed WHERE inside AND p >= 0.5 ORDER BY hash(l || r) LIMIT {LOOKED_AT}),
    found AS (SELECT count(DISTINCT a.block) AS blocks FROM likely JOIN keys_{kind} a ON a.unique_id = l
        JOIN keys_{kind} b ON b.unique_id = r AND b.key = a.key GROUP BY l, r)
    SELECT count(*) FILTER (blocks = 1) AS once, count(*) FILTER (blocks = 2) AS twice,
        count(*) FILTER (blocks > 2) AS often FROM found"""
