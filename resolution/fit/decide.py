"""After the pairs are scored: the threshold, sources without duplicates, and records that say the same."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import duckdb

from resolution.clustering.cluster import Pair
from resolution.clustering.group import founders
from resolution.database.connection import rows_in
from resolution.database.rows import row_of
from resolution.evaluation.causes import Resolution, Scored
from resolution.fit.beliefs import correct
from resolution.fit.compose import Plan
from resolution.fit.learn import learn
from resolution.fit.principles import hold
from resolution.fit.sites import Meant, meant, set_owners_phones_aside
from resolution.fit.strangers import strangers
from resolution.fit.texts import MAIN_TEXT
from resolution.linking.model import Model
from resolution.matchers.terms import Matcher

LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.0, 4.0
CLEAN_SHARE = 0.02
AGAIN = 2
"""So many times a grouping teaches the weights of the next."""
NOBODY: Mapping[Pair, bool] = MappingProxyType({})
SAME = 100.0
"""Weight (log2) of two records that say exactly the same."""


def collapse(con: duckdb.DuckDBPyConnection, plan: Plan) -> dict[int, list[int]]:
    """Keep one record of each writing in `input_<kind>`; row number of the one kept → those of its twins."""
    table, key = f"input_{plan.kind}", MAIN_TEXT
    rows = con.execute(
        f"SELECT list(uid ORDER BY uid) FROM {table} WHERE {key} IS NOT NULL GROUP BY {key} HAVING count(*) > 1"
    ).fetchall()
    twins = {row_of(group[0]): [row_of(uid) for uid in group[1:]] for (group,) in rows}
    con.execute(
        f"DELETE FROM {table} WHERE uid IN (SELECT uid FROM {table} WHERE {key} IS NOT NULL "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY uid) > 1)"
    )
    return twins


def spread(found: Resolution) -> Iterator[Scored]:
    """The scored pairs of all records, those included for which another one stood; twins are accepted for certain."""
    sides: dict[int, list[int]] = defaultdict(list)
    for other, kept in found.stand_in.items():
        sides[kept].append(other)
    for s in found.scored:
        for x in (s.a, *sides.get(s.a, ())):
            for y in (s.b, *sides.get(s.b, ())):
                yield replace(s, a=min(x, y), b=max(x, y)) if sides else s
    for kept, others in sides.items():
        rows = [kept, *others]
        yield from (Scored(x, y, SAME, True) for i, x in enumerate(rows) for y in rows[i + 1 :])


def settle(
    con: duckdb.DuckDBPyConnection,
    plan: Plan,
    model: Model | None,
    threshold: float | None = None,
    answers: Mapping[Pair, bool] = NOBODY,
) -> tuple[Matcher, Model | None, Meant | None]:
    """Learn from the scored pairs, choose the threshold by their expected F1, and keep clean sources to one each.

    Of organisations, what one entity was found to be comes with it. `answers` say of some pairs whether a person calls
    them one: they correct what was learned.
    """
    pairs = f"pairs_{plan.kind}"
    if model is None:
        return plan.matcher, None, None
    records = rows_in(con, f"FROM input_{plan.kind}")
    found = None
    if plan.kind == "account":
        found = meant(con, model, pairs, plan.entity)
    sites = found is not None and found.entity == "site"
    if sites:
        set_owners_phones_aside(con, model, pairs)
    by_name = plan.entity == "organisation"  # a person's word: whatever else differs, one name is one
    model = replace(model, prior=learn(con, model, pairs, records, sites=sites, by_name=by_name))
    if not by_name:
        model = _learned_again(con, plan, model, records, sites=sites)
    correct(con, plan.matcher, answers)
    threshold = _threshold(con, pairs) if threshold is None else threshold
    matcher = replace(plan.matcher, threshold=threshold)
    hold(con, plan, threshold)
    for source in clean_sources(con, plan):
        _one_each(con, plan.kind, source)
    return matcher, model, found


def _learned_again(con: duckdb.DuckDBPyConnection, plan: Plan, model: Model, records: int, *, sites: bool) -> Model:
    """Group the records by what was learned, learn from the groups what chance is, and so on while they change."""
    before: dict[str, str] = {}
    for _ in range(AGAIN):
        threshold = _threshold(con, f"pairs_{plan.kind}")
        hold(con, plan, threshold)
        groups = founders(con, replace(plan.matcher, threshold=threshold))
        if groups == before or (found := strangers(con, model, groups, sites=sites)) is None:
            break
        prior = learn(con, model, f"pairs_{plan.kind}", records, sites=sites, found=found)
        model, before = replace(model, prior=prior), groups
    return model


def _threshold(con: duckdb.DuckDBPyConnection, pairs: str) -> float:
    """The weight (log2) at which the expected F1 of the pairs is highest: Σ probabilities stand for the matches.

    F = 2 TP / (accepted + all true), with TP and all true as sums of probabilities (Lipton and others 2014).
    """
    rows = con.execute(
        f"SELECT round(match_weight * 4) / 4 AS w, count(*), sum(probability) FROM {pairs} GROUP BY w ORDER BY w DESC"
    ).fetchall()
    total = sum(float(p) for _, _, p in rows)
    best, at, accepted, right = 0.0, 0.0, 0, 0.0
    for weight, n, probability in rows:
        accepted, right = accepted + int(n), right + float(probability)
        f1 = 2 * right / (accepted + total) if total else 0.0
        if f1 > best:
            best, at = f1, float(weight) - 0.125
    return max(LOWEST_THRESHOLD, min(HIGHEST_THRESHOLD, at))


def clean_sources(con: duckdb.DuckDBPyConnection, plan: Plan) -> list[str]:
    """Sources in which hardly a record has a twin, while records of other sources do: estimated, never assumed."""
    pairs, table = f"pairs_{plan.kind}", f"input_{plan.kind}"
    rows = con.execute(
        f"""WITH tied AS (
            SELECT a.source AS s, b.source AS t, p.probability AS p FROM {pairs} p JOIN {table} a ON a.uid = p.l
            JOIN {table} b ON b.uid = p.r WHERE p.probability >= 0.5
        ), inside AS (SELECT s, sum(p) AS n FROM tied WHERE s = t GROUP BY s),
        across AS (SELECT s, sum(p) AS n FROM (SELECT s, p FROM tied WHERE s <> t UNION ALL SELECT t, p FROM tied
            WHERE s <> t) GROUP BY s)
        SELECT f.source, f.n, coalesce(i.n, 0), coalesce(x.n, 0) FROM (SELECT source, count(*) AS n FROM {table}
            GROUP BY source) f LEFT JOIN inside i ON i.s = f.source LEFT JOIN across x ON x.s = f.source
        ORDER BY f.source"""
    ).fetchall()
    return [
        str(source)
        for source, records, inside, across in rows
        if records >= 50 and across >= 20 and inside <= CLEAN_SHARE * min(float(across), float(records))
    ]


def _one_each(con: duckdb.DuckDBPyConnection, kind: str, source: str) -> None:
    """Two records of a clean source are two entities."""
    con.execute(
        f"""UPDATE pairs_{kind} SET accepted = false, veto = 'two records of a source without duplicates'
        FROM input_{kind} a, input_{kind} b WHERE a.uid = l AND b.uid = r AND a.source = ? AND b.source = ?""",
        [source, source],
    )
