"""How deals ended: an outcome for each closed deal entity, and the invoices that belong to it."""

from collections import defaultdict
from datetime import datetime

import duckdb

from kg.progress import Progress
from resolution.clustering.cluster import Cluster, Member, joined
from resolution.identity.membership import assign, keep, lone
from resolution.identity.store import keep_model
from resolution.judgements.verdicts import Verdicts, apply
from resolution.linking.link import link
from resolution.matchers import OUTCOME
from resolution.records import key_sql
from resolution.run.inputs import OUTCOME_INPUT

CLOSED = f"""
CREATE OR REPLACE TEMP TABLE closed_deal AS SELECT {key_sql("outcome", "d")} AS uid, r.entity_id AS deal_id,
    greatest(d.known_from, coalesce(d.closed_at__known, d.known_from), coalesce(d.state__known, d.known_from)) AS known
FROM s_deal d JOIN resolved_key r ON r.key = {key_sql("deal", "d")}
WHERE d.state IN ('won', 'lost') AND d.closed_at IS NOT NULL
"""
BILLED = f"""
CREATE OR REPLACE TEMP TABLE billed AS SELECT {key_sql("outcome", "i")} AS uid, c.uid AS closed_uid,
    i.known_from AS known, greatest(i.known_from, coalesce(m.known_from, i.known_from)) AS since, m.match_weight
FROM s_invoice i LEFT JOIN invoice_outcome m ON m.uid = {key_sql("invoice", "i")}
JOIN closed_deal c ON c.uid = coalesce('outcome|' || i.deal, m.outcome_uid)
"""
AFFECTED = """
CREATE OR REPLACE TEMP TABLE affected AS
SELECT uid, known, false AS gone FROM closed_deal UNION ALL SELECT uid, known, false FROM billed UNION ALL
SELECT uid, known_from, true FROM store.member_outcome ANTI JOIN closed_deal USING (uid) ANTI JOIN billed USING (uid);
CREATE OR REPLACE TEMP TABLE tied AS
WITH several AS (FROM closed_deal QUALIFY count(*) OVER (PARTITION BY deal_id) > 1
    UNION FROM closed_deal SEMI JOIN (SELECT deal_id FROM closed_deal SEMI JOIN billed ON closed_deal.uid = closed_uid)
        USING (deal_id))
SELECT uid, deal_id FROM several UNION ALL
SELECT b.uid, c.deal_id FROM billed b JOIN closed_deal c ON c.uid = b.closed_uid
"""


def outcomes(con: duckdb.DuckDBPyConnection, now: datetime, said: Verdicts, progress: Progress | None) -> None:
    """One outcome for each closed deal entity; an invoice without a reference joins the won deal that it fits best."""
    con.execute(CLOSED)
    _invoices(con, said, progress)
    con.execute(BILLED)
    con.execute(AFFECTED)
    clusters = _clusters(con)
    lone(con, "outcome")
    events = assign(con, "outcome", clusters)
    keep(con, now, {"outcome": events})


def _clusters(con: duckdb.DuckDBPyConnection) -> list[Cluster]:
    """The closed deals of each deal entity with what bills them; the deals go first."""
    closed: dict[str, dict[str, datetime]] = defaultdict(dict)
    asked = "SELECT deal_id, uid, known FROM closed_deal SEMI JOIN tied USING (uid) ORDER BY ALL"
    for deal, uid, known in con.execute(asked).fetchall():
        closed[str(deal)][str(uid)] = known
    bills: dict[str, list[tuple[str, datetime, float | None]]] = defaultdict(list)
    asked = "SELECT closed_uid, uid, since, match_weight FROM billed ORDER BY ALL"
    for of, uid, since, weight in con.execute(asked).fetchall():
        bills[str(of)].append((str(uid), since, weight))
    found = []
    for moments in closed.values():
        deals = joined(sorted(moments), {(a, b): 0.0 for a in moments for b in moments if a < b}, moments).members
        invoices = [
            Member(uid, max(since, deal.known_from), weight) for deal in deals for uid, since, weight in bills[deal.key]
        ]
        found.append(Cluster((*deals, *invoices)))
    return found


def _invoices(con: duckdb.DuckDBPyConnection, said: Verdicts, progress: Progress | None) -> None:
    """`invoice_outcome`: the deal that each invoice without a reference bills; a person's word goes before weights."""
    con.execute(
        "CREATE TABLE invoice_outcome (uid VARCHAR, outcome_uid VARCHAR, known_from TIMESTAMP, match_weight DOUBLE)"
    )
    con.execute(OUTCOME_INPUT)
    linked = link(con, OUTCOME, progress=progress)
    if linked.model:
        keep_model(con, linked.model)
    apply(con, "pairs_outcome", said)
    con.execute(
        """INSERT INTO invoice_outcome
        SELECT i.uid, d.uid, greatest(i.known_from, d.known_from), p.match_weight FROM pairs_outcome p
        JOIN input_outcome i ON i.side = 'invoice' AND i.uid IN (p.l, p.r) JOIN input_outcome d ON d.side = 'deal' AND
            d.uid IN (p.l, p.r)
        WHERE p.accepted QUALIFY row_number() OVER (PARTITION BY i.uid
            ORDER BY list_contains($judged, p.l || '>' || p.r) DESC, p.match_weight DESC, d.uid) = 1""",
        {"judged": [f"{a}>{b}" for a, b in sorted(said.same)]},
    )
