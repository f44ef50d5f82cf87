"""What holds of identity in any file, beside what its weights say: contradictions, and records that fit two entities.

One person has one date of birth, one number of a passport and one first name in all its forms. A pair that differs in
one of these is never one entity, also not through third records, unless an identifier says that it is, or the file
itself shows that its matches do differ there.
"""

import duckdb

from resolution.clustering.linkage import AGAINST, FORBIDS
from resolution.fit.compose import Plan
from resolution.fit.profile import of_origin_sql
from resolution.matchers.terms import Comparison

SELDOM = -5.0
"""Weight (log2) from which a difference is a contradiction: fewer than one match in 45 differ so."""
OUTWEIGHED = 6.0
"""Above this weight (log2) all else says so much for a pair that the difference must be an error."""
OTHER_NAME = (
    "NOT any_shared(string_split(name_1_l, ' '), string_split(name_1_r, ' ')) AND "
    "jaro_winkler_similarity(name_1_squashed_l, name_1_squashed_r) < 0.85"
)
"""Two organisations of other names in one house share its address, and often a telephone."""
TORN = 0.25
"""Of all pairs among those that a record fits, so many contradict each other where it stands between two entities; in
one large entity a few differences are errors."""
CLOSE = 2.0
"""Two weights (log2) that are no further apart do not tell which of two entities a record belongs to."""


def hold(con: duckdb.DuckDBPyConnection, plan: Plan, threshold: float) -> None:
    """Set `veto` and `accepted` of the scored pairs of a plan's kind, whatever was set before."""
    pairs = f"pairs_{plan.kind}"
    con.execute(f"ALTER TABLE {pairs} ADD COLUMN IF NOT EXISTS counts_as DOUBLE")
    con.execute(f"UPDATE {pairs} SET veto = NULL, counts_as = NULL")
    names = {str(row[0]) for row in con.execute(f"DESCRIBE {pairs}").fetchall()}
    scored = [c for c in plan.matcher.comparisons if f"mw_{c.name}" in names]
    for veto in plan.matcher.vetoes:  # a pair may have come above the threshold only now
        _forbid(con, plan.kind, veto.about, veto.sql)
    if plan.kind == "account" and "mw_name_1" in names:
        _forbid(con, plan.kind, "another name: no word is shared", f"{OTHER_NAME} AND match_weight < {OUTWEIGHED}")
    for c in scored:
        if c.name.startswith(("identifier", "first")) or (c.name.startswith("date") and _of_origin(con, plan.kind, c)):
            con.execute(
                f"UPDATE {pairs} SET veto = ?, counts_as = {AGAINST} WHERE veto IS NULL AND level_{c.name} = ? "
                f"AND mw_{c.name} <= ? AND match_weight < ?",
                [f"another {c.about.split(',')[0].rstrip('.').lower()}", c.otherwise, SELDOM, OUTWEIGHED],
            )
    con.execute(f"UPDATE {pairs} SET accepted = match_weight >= {threshold} AND veto IS NULL")
    _doubtful(con, pairs, threshold)


def _forbid(con: duckdb.DuckDBPyConnection, kind: str, why: str, sql: str) -> None:
    pairs, prepared = f"pairs_{kind}", f"prepared_{kind}"
    con.execute(
        f"""UPDATE {pairs} SET veto = ?, counts_as = {FORBIDS} FROM (SELECT p.l, p.r FROM {pairs} p
            JOIN (SELECT COLUMNS(*) AS '\\0_l' FROM {prepared}) ON unique_id_l = p.l
            JOIN (SELECT COLUMNS(*) AS '\\0_r' FROM {prepared}) ON unique_id_r = p.r WHERE {sql}
        ) v WHERE v.l = {pairs}.l AND v.r = {pairs}.r""",
        [why],
    )


def _of_origin(con: duckdb.DuckDBPyConnection, kind: str, dates: Comparison) -> bool:
    said = of_origin_sql(f"try_cast(left({dates.name}, 4) AS INTEGER)")
    return bool(con.execute(f"SELECT {said} FROM prepared_{kind}").fetchall()[0][0])


def _doubtful(con: duckdb.DuckDBPyConnection, pairs: str, threshold: float) -> None:
    """A record that fits two records about equally well, of which one contradicts the other, is linked to neither."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fitting AS
        SELECT l AS record, r AS other, match_weight AS w FROM {pairs} WHERE accepted
        UNION ALL SELECT r, l, match_weight FROM {pairs} WHERE accepted"""
    )
    con.execute(
        f"""UPDATE {pairs} SET accepted = false, counts_as = {threshold - 1},
            veto = 'fits another record equally well, which contradicts this one'
        FROM (WITH met AS (SELECT a.record, v.l, v.r, abs(a.w - b.w) AS gap FROM {pairs} v
                JOIN fitting a ON a.other = v.l JOIN fitting b ON b.other = v.r AND b.record = a.record
                WHERE v.veto IS NOT NULL),
            fits AS (SELECT record, count(*) AS n FROM fitting GROUP BY ALL),
            torn AS (SELECT record FROM met JOIN fits USING (record) GROUP BY record, n
                HAVING count(*) >= {TORN} * n * (n - 1) / 2)
            SELECT DISTINCT least(record, x.o) AS l, greatest(record, x.o) AS r
            FROM met SEMI JOIN torn USING (record), unnest([met.l, met.r]) AS x(o) WHERE gap < {CLOSE}) d
        WHERE d.l = {pairs}.l AND d.r = {pairs}.r"""
    )
