"""From match weights to decisions: the prior that the scored pairs themselves tell, the threshold and the vetoes."""

import math
from dataclasses import replace

import duckdb

from resolution.database.connection import text_sql
from resolution.linking.model import Model, weight_sql
from resolution.matchers.terms import Matcher

MAX_PRIOR_SHIFT = 8.0
ONE = 2**50
"""A probability is summed as so many whole parts of one: the same sum in whatever order rows come."""


def refit_prior(con: duckdb.DuckDBPyConnection, model: Model, scored: str, records: int) -> Model:
    """Learn the prior again from the scored pairs (EM with m and u held) and shift their weights by what it changed.

    The first guess comes from rules that only clean duplicates meet; dirty files hold many more. The candidate
    pairs hold nearly all matches, so the share is Σ probability / all pairs, iterated until it stands still.
    """
    pairs = records * (records - 1) / 2
    prior = model.prior
    for _ in range(60):
        probability = f"1 / (1 + pow(2, -(match_weight + {prior - model.prior!r})))"
        expected = con.execute(
            f"SELECT coalesce(sum(({probability} * {ONE})::BIGINT), 0) / {ONE} FROM {scored}"
        ).fetchall()[0][0]
        share = min(max(float(expected) / pairs, 0.5 / pairs), 0.5)
        settled = math.log2(share / (1 - share))
        done = abs(settled - prior) < 1e-3
        prior = (
            max(settled, model.prior - MAX_PRIOR_SHIFT)
            if settled < model.prior
            else min(settled, model.prior + MAX_PRIOR_SHIFT)
        )
        if done:
            break
    share = float(f"{2**prior / (1 + 2**prior):.6g}")
    prior = math.log2(share / (1 - share))
    settings = {**model.settings, "probability_two_random_records_match": share}
    refitted = replace(model, prior=prior, settings=settings, keep_from=model.keep_from + prior - model.prior)
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE {scored}").fetchall()]
    con.execute(f"UPDATE {scored} SET match_weight = {weight_sql(refitted, columns)}")
    con.execute(f"UPDATE {scored} SET probability = 1 / (1 + pow(2, -match_weight))")
    return refitted


def decide(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str], scored: str, prepared: str
) -> None:
    """Add `veto` and `accepted` to a scored table: accepted is at or above the threshold and not vetoed."""
    con.execute(f"ALTER TABLE {scored} ADD COLUMN veto VARCHAR")
    vetoes = [veto for veto in matcher.vetoes if set(veto.needs) <= filled]
    if vetoes:
        whens = " ".join(f"WHEN {v.sql} THEN {text_sql(v.about)}" for v in vetoes)
        any_weight = " OR ".join(f"({v.sql})" for v in vetoes if v.of_any) or "false"
        con.execute(
            f"""UPDATE {scored} SET veto = v.why FROM (
                SELECT p.l, p.r, CASE {whens} END AS why FROM {scored} p
                JOIN (SELECT COLUMNS(*) AS '\\0_l' FROM {prepared}) ON unique_id_l = p.l
                JOIN (SELECT COLUMNS(*) AS '\\0_r' FROM {prepared}) ON unique_id_r = p.r
                WHERE p.match_weight >= {matcher.threshold} OR {any_weight}
            ) v WHERE v.l = {scored}.l AND v.r = {scored}.r AND v.why IS NOT NULL"""
        )
    con.execute(f"ALTER TABLE {scored} ADD COLUMN accepted BOOLEAN")
    con.execute(f"UPDATE {scored} SET accepted = match_weight >= {matcher.threshold} AND veto IS NULL")
