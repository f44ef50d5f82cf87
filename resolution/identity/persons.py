"""Contacts and leads: two sorts of records of one person, matched as one kind and kept as two kinds of entities.

A contact's entity holds the contact records of one person. Leads of one person are one lead where two systems hold it
and they arose within SAME_INTEREST_DAYS; a later interest is a lead of its own. Table `lead_contact` ties a lead to
the person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import duckdb

from resolution.clustering.cluster import Cluster, Member, Pair
from resolution.clustering.group import group
from resolution.judgements.verdicts import Verdicts
from resolution.matchers.terms import Matcher

SAME_INTEREST_DAYS = 30
"""Two systems' leads of one person that arose this near to each other are one lead."""
FACTS = """
CREATE OR REPLACE TEMP VIEW facts_now AS
SELECT uid, arose, converted FROM input_contact WHERE starts_with(uid, 'lead|')
UNION ALL FROM store.lead_fact ANTI JOIN replaced ON uid = unique_id
"""
NEAR = f"""
CREATE OR REPLACE TEMP TABLE near_leads AS SELECT p.l, p.r FROM pairs_contact p
JOIN facts_now a ON a.uid = p.l JOIN facts_now b ON b.uid = p.r
WHERE p.accepted AND split_part(p.l, ':', 1) <> split_part(p.r, ':', 1)
    AND abs(date_diff('hour', a.arose, b.arose)) <= {SAME_INTEREST_DAYS * 24}
    AND coalesce(a.converted = b.converted, true)
"""


def of_kind(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    clusters: list[Cluster],
    known: Mapping[str, datetime],
    verdicts: Verdicts,
) -> dict[str, list[Cluster]]:
    """What kinds of entities the groups of a matcher make, and the records of each."""
    if matcher.kind != "contact" or not _any_lead(con):
        return {matcher.kind: clusters}
    contacts, ties = [], []
    for cluster in clusters:
        inside = [m for m in cluster.members if not _is_lead(m.key)]
        if inside:
            contacts.append(_only(inside))
            first = min(inside, key=lambda m: (known[m.key], m.key)).key
            ties += [
                (m.key, first, max(m.known_from, known[first]), m.weight) for m in cluster.members if _is_lead(m.key)
            ]
    con.execute("CREATE OR REPLACE TEMP TABLE tie_new AS FROM store.lead_contact LIMIT 0")
    if ties:
        con.execute(
            "INSERT INTO tie_new SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), "
            "unnest(?::DOUBLE[])",
            [list(column) for column in zip(*ties, strict=True)],
        )
    return {"contact": contacts, "lead": _leads(con, matcher, known, verdicts)}


def _any_lead(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(con.execute("SELECT 1 FROM affected WHERE starts_with(uid, 'lead|') LIMIT 1").fetchall())


def _is_lead(key: str) -> bool:
    return key.startswith("lead|")


def _only(inside: Sequence[Member]) -> Cluster:
    """A person's records of one sort, founder first; each belongs from when it was connected through all of them."""
    founder = min(inside, key=lambda m: (m.known_from, m.key))
    rest = sorted((m for m in inside if m is not founder), key=lambda m: (m.known_from, m.key))
    return Cluster((founder, *rest))


def _leads(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, known: Mapping[str, datetime], verdicts: Verdicts
) -> list[Cluster]:
    mine = {key: moment for key, moment in known.items() if _is_lead(key)}
    columns = {str(row[0]) for row in con.execute("DESCRIBE input_contact").fetchall()}
    con.execute(FACTS if "arose" in columns else "CREATE OR REPLACE TEMP VIEW facts_now AS FROM store.lead_fact")
    found: list[Cluster] = []
    if mine:
        con.execute(NEAR)
        near = "(p.l, p.r) IN (SELECT (l, r) FROM near_leads)"
        same, apart = _both(verdicts.same), _both(verdicts.apart)
        found = group(con, matcher, mine, apart=apart, together=same, where=near)
    inside = {m.key for c in found for m in c.members}
    return found + [Cluster((Member(key, moment, None),)) for key, moment in mine.items() if key not in inside]


def _both(pairs: frozenset[Pair]) -> frozenset[Pair]:
    """Those between two leads."""
    return frozenset(pair for pair in pairs if all(map(_is_lead, pair)))


def keep_ties(con: duckdb.DuckDBPyConnection) -> None:
    """Write what changed about leads into the store."""
    con.execute("CREATE OR REPLACE TEMP TABLE facts_new AS FROM facts_now SEMI JOIN affected USING (uid)")
    con.execute("DELETE FROM store.lead_fact WHERE uid IN (SELECT uid FROM affected)")
    con.execute("INSERT INTO store.lead_fact FROM facts_new ORDER BY uid")
    con.execute("DELETE FROM store.lead_contact WHERE uid IN (SELECT uid FROM affected)")
    con.execute("INSERT INTO store.lead_contact FROM tie_new ORDER BY uid")
