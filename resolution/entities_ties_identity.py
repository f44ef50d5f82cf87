"""Relationships about who is who: records and their entities, compared pairs, and what became of an identity."""

from collections.abc import Iterator

import duckdb

from resolution.entities_tie import Triple

KINDS = ("account", "contact", "lead", "deal", "outcome")


def resolved_ties() -> Iterator[tuple[Triple, str]]:
    """Each record and its entity, from when it belonged there."""
    for kind in ("account", "contact", "lead", "deal"):
        yield (
            ("Record", "RESOLVED_TO", kind.title()),
            f'SELECT \'{kind}|\' || ref AS "start", id AS "end", since AS known_from, match_weight FROM e_{kind}',
        )
    yield (
        ("Record", "RESOLVED_TO", "Outcome"),
        """SELECT CASE WHEN i.uid IS NULL AND d.ref IS NOT NULL THEN 'deal|' ELSE 'invoice|' END || e.ref AS "start",
            e.id AS "end",
        e.since AS known_from, e.match_weight FROM e_outcome e LEFT JOIN e_deal d ON d.ref = e.ref
        LEFT JOIN resolution.invoice_outcome i ON i.uid = 'invoice|' || e.ref""",
    )


def compared_ties(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Triple, str]]:
    """Accepted pairs, and for each record the best rejected one, with every part of the weight."""
    parts = []
    for kind in ("account", "contact", "deal", "outcome"):
        columns = [str(row[0]) for row in con.execute(f"DESCRIBE resolution.pairs_{kind}").fetchall()]
        names = [c.removeprefix("level_") for c in columns if c.startswith("level_")]
        if not names:
            continue
        labels, levels, weights = ["'prior'"], ["'prior'"], ["m.prior"]
        for name in names:
            labels.append(f"'{name}'")
            levels.append(f"level_{name}")
            weights.append(f"mw_{name}")
            if f"mw_tf_adj_{name}" in columns:
                labels.append(f"'{name} frequency'")
                levels.append(f"CASE WHEN mw_tf_adj_{name} = 0 THEN 'none' ELSE 'how rare the value is' END")
                weights.append(f"mw_tf_adj_{name}")
        pair = "CASE WHEN starts_with({x}, 'outcome|') THEN 'deal' || substr({x}, 8) ELSE {x} END"
        parts.append(
            f"""SELECT {pair.format(x="l")} AS "start", {pair.format(x="r")} AS "end", CASE WHEN accepted THEN
                'accepted' ELSE 'rejected' END AS decision,
            match_weight, probability, [{", ".join(labels)}] AS parts, [{", ".join(levels)}] AS part_levels,
                [{", ".join(weights)}] AS part_weights, m.digest AS model
            FROM resolution.pairs_{kind} p, (SELECT * FROM resolution.models WHERE kind = '{kind}') m WHERE
                match_weight IS NOT NULL
            QUALIFY accepted OR match_weight = max(match_weight) FILTER (NOT accepted) OVER (PARTITION BY l)
                OR match_weight = max(match_weight) FILTER (NOT accepted) OVER (PARTITION BY r)"""
        )
    if parts:
        yield (
            ("Record", "COMPARED_WITH", "Record"),
            f"""SELECT p.*, greatest(a.known_from, b.known_from) AS known_from FROM ({" UNION ALL ".join(parts)}) p
            JOIN record_known a ON a.id = p."start" JOIN record_known b ON b.id = p."end" """,
        )


def review_ties() -> Iterator[tuple[Triple, str]]:
    """The two records of each pair that is worth a look."""
    yield (
        ("Review", "ON", "Record"),
        """SELECT v.id AS "start", side AS "end", greatest(x.known_from, y.known_from) AS known_from
        FROM (SELECT id, a, b, unnest([a, b]) AS side FROM resolution.review) v
        JOIN record_known x ON x.id = v.a JOIN record_known y ON y.id = v.b""",
    )


def identity_ties() -> Iterator[tuple[Triple, str]]:
    """Events of an identity, and where an id that is no more leads to."""
    for kind in KINDS:
        yield (
            ("IdentityEvent", "TOUCHED", kind.title()),
            f"""SELECT DISTINCT id AS "start", entity AS "end", happened AS known_from FROM (
                SELECT id, entity_id AS entity, happened FROM resolution.events WHERE kind = '{kind}'
                UNION ALL SELECT id, other_id, happened FROM resolution.events WHERE kind = '{kind}' AND event = 'SPLIT'
            ) WHERE entity IN (SELECT id FROM e_{kind})""",
        )
        yield (
            ("Redirect", "TO", kind.title()),
            f"""SELECT old_id AS "start", entity_id AS "end", min(happened) AS known_from FROM resolution.redirects
                WHERE kind = '{kind}'
            AND entity_id IN (SELECT id FROM e_{kind}) GROUP BY old_id, entity_id""",
        )
