"""`dealgraph resolve fit`: what a file's columns are, and the comparisons, blocks and threshold proposed for it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from resolution.clustering.group import founders
from resolution.database.connection import rows_in
from resolution.evaluation.expected import sentences
from resolution.fit.compose import Plan
from resolution.fit.evidence import evidence
from resolution.fit.expected import expected
from resolution.fit.profile import Column
from resolution.fit.settings import Settings, write_settings
from resolution.matchers.terms import Matcher
from resolution.standalone.evaluate import link_plan, plan_part
from resolution.standalone.parts import opened, parts_of


def describe(
    records: Path, kind: str, *, settings: Settings | None = None, write_to: Path | None = None
) -> dict[str, Any]:
    """By kind: columns with their roles, learned weights (log2), blocks, pairs, threshold and expected quality.

    With `write_to` the columns and thresholds become a settings file.
    """
    with opened(records, kind) as (con, names):
        found: dict[str, Any] = {}
        seen: dict[str, tuple[Column, ...]] = {}
        for part, where in parts_of(con, names, kind):
            made = plan_part(con, names, part, where, settings)
            if made is not None:
                seen[part] = made.columns
                found[part] = _part(con, made, settings)
        if write_to is not None:
            write_settings(write_to, seen, {part: told["threshold"] for part, told in found.items()})
        return found


def _part(con: duckdb.DuckDBPyConnection, made: Plan, settings: Settings | None) -> dict[str, Any]:
    linked = link_plan(con, made, settings)
    matcher = linked.matcher
    accepted = rows_in(con, f"FROM pairs_{made.kind} WHERE accepted")
    found = evidence(con, matcher, founders(con, matcher), linked.twins) if linked.model else None
    sure = expected(found)
    return {
        "columns": [
            {"name": c.name, "role": c.role, "filled": round(c.filled, 3), "distinct": c.distinct,
             "told_by": c.told_by, "example": c.example[:60]}
            for c in made.columns
        ],
        "comparisons": _weights(con, matcher),
        "blocks": [{"about": b.about, "at_most": b.cap} for b in matcher.blocks],
        **({"entity": linked.meant.entity, "entity_because": linked.meant.why} if linked.meant else {}),
        "records_that_say_the_same": sum(map(len, linked.twins.values())),
        "pairs_compared": rows_in(con, f"FROM candidates_{made.kind}"),
        "pairs_accepted": accepted,
        "threshold": matcher.threshold,
        "expected": asdict(sure) if sure else None,
        "sentences": sentences(sure) if sure else [],
    }  # fmt: skip


def _weights(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> list[dict[str, Any]]:
    """Each comparison's levels that a scored pair met, with the weight learned for them."""
    table = f"pairs_{matcher.kind}"
    names = {str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()}
    out = []
    for c in matcher.comparisons:
        if f"mw_{c.name}" in names:
            rows = con.execute(
                f"SELECT level_{c.name}, round(avg(mw_{c.name}), 2), count(*) FROM {table} "
                f"WHERE level_{c.name} <> 'missing' GROUP BY 1 ORDER BY 2 DESC"
            ).fetchall()
            levels = [{"level": level, "weight": weight, "pairs": n} for level, weight, n in rows]
            out.append({"name": c.name, "about": c.about, "levels": levels})
    return out
