"""Scored pairs as evidence: every part of the weight, the decision and its reason, and what would turn it.

The same SELECT writes (Record)-[:COMPARED_WITH]-(Record) and answers `dealgraph resolve why`, so the two cannot differ.
`match_weight = prior + Σ weights + Σ adjustments`, all in log2.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from resolution.database.connection import text_sql
from resolution.matchers import MATCHERS, Matcher

BY_KIND = {matcher.kind: matcher for matcher in MATCHERS}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a kind's pairs are told from: the matcher, the stored model, and the columns that the pairs have."""

    matcher: Matcher
    digest: str
    prior: float
    settings: dict[str, Any]
    names: tuple[str, ...]
    adjusted: frozenset[str]


def evidence(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, pairs: str, model: tuple[str, float, dict[str, Any]] | None
) -> Evidence:
    """Read off the table of pairs which comparisons it has; without a model nothing was compared."""
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE {pairs}").fetchall()]
    names = tuple(c.removeprefix("level_") for c in columns if c.startswith("level_"))
    adjusted = frozenset(name for name in names if f"mw_tf_adj_{name}" in columns)
    digest, prior, settings = model or ("", 0.0, {"comparisons": []})
    return Evidence(matcher, digest, prior, settings, names, adjusted)


def stored_model(
    con: duckdb.DuckDBPyConnection, kind: str, catalog: str = "resolution"
) -> tuple[str, float, dict[str, Any]] | None:
    """The model of a kind in a resolution file: digest, prior (log2 odds), settings; None without one."""
    rows = con.execute(f"SELECT digest, prior, settings FROM {catalog}.models WHERE kind = ?", [kind]).fetchall()
    return (str(rows[0][0]), float(rows[0][1]), json.loads(rows[0][2])) if rows else None


def list_sql(values: Sequence[str], kind: str) -> str:
    """A list of SQL expressions."""
    return f"CAST([{', '.join(values)}] AS {kind}[])"


def evidence_sql(e: Evidence, pairs: str) -> str:
    """SELECT one row for each row of `pairs` (a table or a SELECT in brackets): what COMPARED_WITH holds, by l and r.

    It reads the tables `cuts` and `steps`, which `resolution.steps` makes.
    """
    known = "p.match_weight IS NOT NULL"
    parts = {
        "comparisons": list_sql([text_sql(n) for n in e.names], "VARCHAR"),
        "levels": list_sql([f"level_{n}" for n in e.names], "VARCHAR"),
        "weights": list_sql([f"mw_{n}" for n in e.names], "DOUBLE"),
        "adjustments": list_sql([f"mw_tf_adj_{n}" if n in e.adjusted else "0.0" for n in e.names], "DOUBLE"),
    }
    lists = ", ".join(f"CASE WHEN {known} THEN {sql} END AS {name}" for name, sql in parts.items())
    blocks = list_sql([text_sql(block.about) for block in e.matcher.blocks], "VARCHAR")
    kinds = ("contact", "lead") if e.matcher.kind == "contact" else (e.matcher.kind,)
    of = ", ".join(text_sql(kind) for kind in kinds)
    return f"""SELECT p.l, p.r,
        CASE WHEN NOT p.accepted THEN 'rejected' WHEN c.why IS NULL THEN 'accepted' ELSE 'cut' END AS decision,
        p.match_weight, p.probability, CASE WHEN {known} THEN {e.prior!r}::DOUBLE END AS prior, {lists},
        {e.matcher.threshold}::DOUBLE AS threshold, {text_sql(e.digest)} AS model, p.veto,
        {blocks}[try_cast(p.block AS INTEGER) + 1] AS block, c.why AS cut, c.mean_weight AS cut_mean,
        s.entities AS step_of, s.numbers AS step, s.means AS mean_weights,
        flip.comparison AS flip_comparison, flip.level AS flip_level, flip.gain AS flip_gain
        FROM (SELECT *, {_flip_sql(e)} AS flip FROM {pairs}) p
        LEFT JOIN (SELECT l, r, any_value(why ORDER BY kind) AS why, any_value(mean_weight ORDER BY kind) AS mean_weight
            FROM cuts WHERE kind IN ({of}) GROUP BY l, r) c ON c.l = p.l AND c.r = p.r
        LEFT JOIN (SELECT l, r, list(entity_id ORDER BY kind) AS entities, list(step::DOUBLE ORDER BY kind) AS numbers,
            list(mean_weight ORDER BY kind) AS means FROM steps WHERE kind IN ({of}) GROUP BY l, r) s
            ON s.l = p.l AND s.r = p.r"""


def _flip_sql(e: Evidence) -> str:
    """The smallest change of one comparison's level that would carry a rejected pair to the threshold: a struct."""
    levels: list[str] = []
    for comparison in e.settings["comparisons"]:
        name = comparison["output_column_name"]
        if name not in e.names:
            continue
        now = f"(mw_{name} + {f'mw_tf_adj_{name}' if name in e.adjusted else '0.0'})"
        levels += [
            f"{{'gain': {weight!r}::DOUBLE - {now}, 'comparison': {text_sql(name)}, 'level': {text_sql(label)}}}"
            for label, weight in level_weights(comparison)
        ]
    if not levels:
        return "NULL::STRUCT(gain DOUBLE, comparison VARCHAR, level VARCHAR)"
    missing = f"({e.matcher.threshold} - match_weight)"
    enough = f"list_filter([{', '.join(levels)}], lambda x: x.gain >= {missing})"
    return f"CASE WHEN match_weight < {e.matcher.threshold} AND NOT accepted THEN list_sort({enough})[1] END"


def level_weights(comparison: dict[str, Any]) -> list[tuple[str, float]]:
    """Label and match weight (log2 m/u) of each level of a trained comparison, without what its frequency adds."""
    return [
        (str(level["label_for_charts"]), math.log2(level["m_probability"] / level["u_probability"]))
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level")
    ]


def kept_sql(pairs: str, members: str) -> str:
    """SELECT the pairs worth keeping: accepted ones, each record's best rejected one, rejected ones in one entity."""
    return f"""SELECT p.* FROM {pairs} p LEFT JOIN (
            SELECT l, r FROM (
                SELECT l, r, match_weight, l AS own FROM {pairs} WHERE NOT accepted
                UNION ALL SELECT l, r, match_weight, r FROM {pairs} WHERE NOT accepted)
            QUALIFY row_number() OVER (PARTITION BY own ORDER BY match_weight DESC, l, r) = 1
        ) best ON best.l = p.l AND best.r = p.r
        LEFT JOIN ({members}) a ON a.key = p.l LEFT JOIN ({members}) b ON b.key = p.r
        WHERE p.accepted OR best.l IS NOT NULL OR a.grp = b.grp"""
