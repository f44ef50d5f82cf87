"""Relationships about who is who: records and their entities, compared pairs, and what became of an identity."""

from collections.abc import Iterator

import duckdb

from resolution.entities.tie import Triple
from resolution.explain.evidence import BY_KIND, evidence, evidence_sql, kept_sql, stored_model
from resolution.explain.steps import members_sql, write_steps
from resolution.identity.store import ENTITIES


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
    """Accepted pairs, each record's best rejected one and those inside one entity, with every part of the weight."""
    parts = []
    write_steps(con, "resolution")
    for kind, matcher in BY_KIND.items():
        pairs = f"resolution.pairs_{kind}"
        told = evidence(con, matcher, pairs, stored_model(con, kind))
        if not told.names:
            continue
        members = members_sql(kind, "resolution.resolved", "resolution.lead_contact")
        kept = f"({kept_sql(pairs, members)})"
        parts.append(evidence_sql(told, kept))
    if parts:
        record = "CASE WHEN starts_with({x}, 'outcome|') THEN 'deal' || substr({x}, 8) ELSE {x} END"
        ends = f'{record.format(x="l")} AS "start", {record.format(x="r")} AS "end"'
        yield (
            ("Record", "COMPARED_WITH", "Record"),
            f"""SELECT p.*, greatest(a.known_from, b.known_from) AS known_from
            FROM (SELECT {ends}, * EXCLUDE (l, r) FROM ({" UNION ALL ".join(parts)})) p
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
    for kind in ENTITIES:
        yield (
            ("IdentityEvent", "TOUCHED", kind.title()),
            f"""SELECT id AS "start", entity AS "end", happened AS known_from FROM (
                SELECT id, happened, unnest(entities) AS entity FROM resolution.events WHERE kind = '{kind}'
            ) WHERE entity IN (SELECT id FROM e_{kind})""",
        )
        yield (
            ("Redirect", "TO", kind.title()),
            f"""SELECT old_id AS "start", entity_id AS "end", min(happened) AS known_from FROM resolution.redirects
                WHERE kind = '{kind}'
            AND entity_id IN (SELECT id FROM e_{kind}) GROUP BY old_id, entity_id""",
        )
