"""How an entity was built, step by step, and why an accepted pair is nevertheless two entities.

Both are told of the final groups, from the pairs that were compared, when somebody asks or the graph is loaded: inside
one group, average linkage is followed again from the best pair down (`steps`); between two groups that an accepted
pair would join, the mean over all pairs is given, or the veto that keeps them apart (`cuts`). Means are over weights
clipped to ± `CLIP` bits, as the grouping takes them. All that a run adds for it is `forgotten`: the pairs inside and
between these groups that were compared and fell below what is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product

import duckdb

from resolution.clustering.cluster import Pair
from resolution.clustering.group import NEVER
from resolution.clustering.linkage import CLIP, linkage_joins
from resolution.linking.blocking import cap_sql
from resolution.matchers import ACCOUNT, CONTACT, DEAL, OUTCOME, Matcher

JUDGED = 100.0
"""Weight (log2) that a pair never scored is told with where a person said that it is one."""

STEPS = (
    "CREATE OR REPLACE TABLE steps (kind VARCHAR, entity_id VARCHAR, step INTEGER, l VARCHAR, r VARCHAR, "
    "match_weight DOUBLE, mean_weight DOUBLE, pairs INTEGER, compared INTEGER)"
)
CUTS = (
    "CREATE OR REPLACE TABLE cuts (kind VARCHAR, l VARCHAR, r VARCHAR, mean_weight DOUBLE, pairs INTEGER, "
    "compared INTEGER, why VARCHAR)"
)
Grouped = tuple[tuple[str, Matcher], ...]
GROUPED: Grouped = (("account", ACCOUNT), ("contact", CONTACT), ("lead", CONTACT), ("deal", DEAL), ("outcome", OUTCOME))
"""Kinds of entities, and the matcher that compared their records. An outcome takes invoices; it is no group."""


@dataclass(frozen=True, slots=True)
class Step:
    """One join: the best pair between the two groups joined, its weight, the mean, and over how many pairs (log2)."""

    pair: Pair
    weight: float
    mean: float
    pairs: int
    compared: int


def members_sql(kind: str, keys: str, leads: str) -> str:
    """SELECT key, grp: which group each record of a kind is in, from tables of keys and of leads' contacts.

    Contacts are grouped as persons: a lead that is a contact belongs to that contact's entity.
    """
    own = f"SELECT key, entity_id AS grp FROM {keys} WHERE kind = '{kind}'"
    if kind != "contact":
        return own
    return (
        f"{own} UNION ALL SELECT p.key, coalesce(c.entity_id, p.entity_id) FROM {keys} p "
        f"LEFT JOIN {leads} t ON t.uid = p.key LEFT JOIN {keys} c ON c.key = t.contact_uid AND c.kind = 'contact' "
        "WHERE p.kind = 'lead'"
    )


def write_forgotten(con: duckdb.DuckDBPyConnection, grouped: Grouped = GROUPED, keys: str = "resolved_key") -> None:
    """Make `forgotten` (kind of matcher, l, r): compared pairs that are not in `pairs_<kind>`, where a mean needs them.

    Compared are pairs that share an open key of `keys_<kind>`.
    """
    con.execute("CREATE OR REPLACE TABLE forgotten (kind VARCHAR, l VARCHAR, r VARCHAR)")
    for kind, matcher in grouped:
        if kind == "outcome":
            continue
        _group(con, kind, keys, "lead_contact")
        _apart(con, kind, f"pairs_{matcher.kind}")
        con.execute(
            "CREATE OR REPLACE TEMP TABLE mattering AS SELECT key, grp, n FROM grouped WHERE n > 2 OR grp IN "
            "(SELECT g FROM apart UNION SELECT h FROM apart)"
        )
        con.execute(
            f"""INSERT INTO forgotten
            WITH mine AS (SELECT k.key AS shared, m.key, m.grp FROM keys_{matcher.kind} k JOIN mattering m
                ON m.key = k.unique_id),
            open AS (SELECT key AS shared FROM keys_{matcher.kind} k SEMI JOIN mine ON k.key = shared
                GROUP BY key, block HAVING count(*) <= {cap_sql(matcher)})
            SELECT '{matcher.kind}', x.l, x.r FROM (
                SELECT DISTINCT a.key AS l, b.key AS r FROM mine a JOIN mine b USING (shared)
                SEMI JOIN open USING (shared) WHERE l < r AND (a.grp = b.grp
                    OR (least(a.grp, b.grp), greatest(a.grp, b.grp)) IN (SELECT (g, h) FROM apart))
            ) x ANTI JOIN pairs_{matcher.kind} p ON p.l = x.l AND p.r = x.r
            ANTI JOIN forgotten f ON f.l = x.l AND f.r = x.r ORDER BY ALL"""
        )


def write_steps(
    con: duckdb.DuckDBPyConnection, catalog: str, grouped: Grouped = GROUPED, only: Sequence[str] | None = None
) -> None:
    """Make `steps` and `cuts` from a catalog's resolved, lead_contact, pairs_<kind> and forgotten.

    With `only` (record keys), of the groups that hold these records.
    """
    con.execute(STEPS)
    con.execute(CUTS)
    for kind, matcher in grouped:
        pairs = f"{catalog}.pairs_{matcher.kind}"
        if kind == "outcome":
            con.execute(_UNCHOSEN.format(catalog=catalog, pairs=pairs))
            continue
        _group(con, kind, f"{catalog}.resolved", f"{catalog}.lead_contact", only)
        _apart(con, kind, pairs)
        _steps_of(con, kind, matcher, catalog)
        _cuts_of(con, kind, matcher, catalog)


_UNCHOSEN = """INSERT INTO cuts SELECT 'outcome', p.l, p.r, NULL, NULL, NULL, 'another deal fits the invoice better'
FROM {pairs} p WHERE p.accepted AND NOT EXISTS (SELECT 1 FROM {catalog}.invoice_outcome i WHERE
    (i.uid = p.l AND i.outcome_uid = p.r) OR (i.uid = p.r AND i.outcome_uid = p.l))"""


def _group(con: duckdb.DuckDBPyConnection, kind: str, keys: str, leads: str, only: Sequence[str] | None = None) -> None:
    """Make `grouped` (key, grp, n) of a kind."""
    members = members_sql(kind, keys, leads)
    where = f"WHERE grp IN (SELECT grp FROM ({members}) WHERE list_contains(?, key))" if only is not None else ""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE grouped AS SELECT key, grp, count(*) OVER (PARTITION BY grp) AS n FROM "
        f"({members}) {where}",
        [list(only)] if only is not None else [],
    )


def _apart(con: duckdb.DuckDBPyConnection, kind: str, pairs: str) -> None:
    """Make `apart`: the accepted pairs whose records are in two groups g < h; leads among themselves count as leads."""
    leads = "AND NOT (starts_with(p.l, 'lead|') AND starts_with(p.r, 'lead|'))" if kind == "contact" else ""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE apart AS SELECT p.l, p.r, least(a.grp, b.grp) AS g,
            greatest(a.grp, b.grp) AS h, a.n * b.n AS pairs FROM {pairs} p JOIN grouped a ON a.key = p.l
        JOIN grouped b ON b.key = p.r AND a.grp <> b.grp WHERE p.accepted {leads}"""
    )


def _compared(kind: str, catalog: str, members: str, on: str) -> str:
    """SELECT every compared pair of these members: l, r, their groups, the weight, clipped, and the veto."""
    weight = f"coalesce(p.match_weight, {JUDGED})::DOUBLE"
    return f"""SELECT p.l, p.r, a.grp AS gl, b.grp AS gr, {weight} AS weight,
            greatest(-{CLIP}, least({CLIP}, {weight})) AS clipped, p.veto
        FROM {catalog}.pairs_{kind} p JOIN {members} a ON a.key = p.l JOIN {members} b ON b.key = p.r AND {on}
        UNION ALL
        SELECT f.l, f.r, a.grp, b.grp, {NEVER}::DOUBLE, greatest(-{CLIP}, {NEVER})::DOUBLE, NULL
        FROM {catalog}.forgotten f JOIN {members} a ON a.key = f.l JOIN {members} b ON b.key = f.r AND {on}
        WHERE f.kind = '{kind}'"""


def _steps_of(con: duckdb.DuckDBPyConnection, kind: str, matcher: Matcher, catalog: str) -> None:
    """Groups of two are one step, told in one query; larger ones are followed one by one."""
    ours = f"starts_with(a.grp, '{kind[0]}_')" if catalog != "main" else "true"  # leads alone are told as leads
    con.execute(
        f"""INSERT INTO steps SELECT '{kind}', a.grp, 1, p.l, p.r, coalesce(p.match_weight, {JUDGED}) AS w,
            greatest(-{CLIP}, least({CLIP}, w)), 1, 1 FROM {catalog}.pairs_{matcher.kind} p
        JOIN grouped a ON a.key = p.l AND a.n = 2 JOIN grouped b ON b.key = p.r AND a.grp = b.grp
        WHERE p.accepted AND {ours}"""
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE larger AS SELECT key, grp FROM grouped a WHERE n > 2 AND {ours}")
    compared = _compared(matcher.kind, catalog, "larger", "a.grp = b.grp")
    rows = con.execute(f"SELECT gl, l, r, weight, clipped FROM ({compared}) ORDER BY ALL").fetchall()
    told = [
        (group, number, *step.pair, step.weight, step.mean, step.pairs, step.compared)
        for group, pairs in groupby(rows, key=lambda row: row[0])
        for number, step in enumerate(steps([row[1:] for row in pairs], matcher.missing_pair), 1)
    ]
    if told:
        types = ("VARCHAR", "INTEGER", "VARCHAR", "VARCHAR", "DOUBLE", "DOUBLE", "INTEGER", "INTEGER")
        con.execute(
            f"INSERT INTO steps SELECT '{kind}', {', '.join(f'unnest(?::{t}[])' for t in types)}",
            [list(column) for column in zip(*told, strict=True)],
        )


def steps(pairs: Sequence[tuple[str, str, float, float]], missing: float) -> Iterator[Step]:
    """The joins of one group, best mean first, from its compared pairs (l, r, weight, clipped weight).

    A pair that was never compared counts `missing`. Ties go to the group that began earlier, then by key.
    """
    weights = {(l_key, r_key): clipped for l_key, r_key, _, clipped in pairs}
    strength = {(l_key, r_key): weight for l_key, r_key, weight, _ in pairs}
    keys = sorted({key for pair in weights for key in pair})
    for join in linkage_joins(keys, weights, missing):
        between = ((a, b) if a < b else (b, a) for a, b in product(join.left, join.right))
        best = min((pair for pair in between if pair in strength), key=lambda pair: (-strength[pair], pair))
        yield Step(best, strength[best], join.mean, len(join.left) * len(join.right), join.compared)


def _cuts_of(con: duckdb.DuckDBPyConnection, kind: str, matcher: Matcher, catalog: str) -> None:
    """What kept the groups apart that an accepted pair would join: the mean between them, or another pair's veto."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE near AS SELECT key, grp FROM grouped WHERE grp IN "
        "(SELECT g FROM apart UNION SELECT h FROM apart)"
    )
    rows = con.execute(
        f"""WITH between_them AS (SELECT g, h, sum(clipped ORDER BY l, r) AS total, count(*) AS compared,
            min([l, r, veto]) FILTER (veto IS NOT NULL) AS vetoed
            FROM (SELECT *, least(gl, gr) AS g, greatest(gl, gr) AS h
                  FROM ({_compared(matcher.kind, catalog, "near", "a.grp <> b.grp")})) GROUP BY g, h)
        SELECT l, r, (total + {matcher.missing_pair} * (pairs - compared)) / pairs, pairs, compared, vetoed
        FROM apart JOIN between_them USING (g, h) ORDER BY l, r"""
    ).fetchall()
    told = [
        (kind, l_key, r_key, mean, pairs, compared, _why(kind, mean, pairs, vetoed, matcher.threshold))
        for l_key, r_key, mean, pairs, compared, vetoed in rows
    ]
    if told:
        types = ("VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE", "INTEGER", "INTEGER", "VARCHAR")
        con.execute(
            f"INSERT INTO cuts SELECT {', '.join(f'unnest(?::{t}[])' for t in types)}",
            [list(column) for column in zip(*told, strict=True)],
        )


def _why(kind: str, mean: float, pairs: int, vetoed: Sequence[str] | None, threshold: float) -> str:
    if vetoed:
        one, other = (key.partition("|")[2] for key in vetoed[:2])
        return f"{one} and {other}, which would come together as well, are kept apart: {vetoed[2]}"
    if kind == "lead":
        return "one person's leads from one system, or more than 30 days apart, are two interests"
    if mean < threshold:
        return f"over all {pairs} pairs between the two groups the mean weight is {mean:+.2f}, below {threshold:g}"
    return "each joined others first, with whom the two groups no longer fit"
