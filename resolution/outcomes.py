"""How deals ended: an outcome for each closed deal entity, and the invoices that belong to it."""

import duckdb

from resolution import inputs
from resolution.assignment import History, assign
from resolution.clusters import joined
from resolution.grouping import Linked, link
from resolution.judgements import Verdicts, apply
from resolution.linker import Progress
from resolution.matchers import OUTCOME


def outcomes(con: duckdb.DuckDBPyConnection, history: History, said: Verdicts, progress: Progress | None) -> Linked:
    """One outcome for each closed deal entity; an invoice without a reference joins the won deal that it fits best."""
    con.execute(
        f"""CREATE TABLE closed_deal AS SELECT {inputs.key_sql("outcome", "d")} AS uid, r.entity_id AS deal_id,
            d.closed_at,
        greatest(d.known_from, coalesce(d.closed_at__known, d.known_from), coalesce(d.state__known, d.known_from)) AS
            known_from
        FROM s_deal d JOIN resolved_key r ON r.key = {inputs.key_sql("deal", "d")} WHERE d.state IN ('won', 'lost') AND
            d.closed_at IS NOT NULL"""
    )
    rows = con.execute("SELECT deal_id, uid, known_from FROM closed_deal ORDER BY ALL").fetchall()
    known = {str(uid): moment for _, uid, moment in rows}
    by_deal: dict[str, list[str]] = {}
    for deal, uid, _ in rows:
        by_deal.setdefault(str(deal), []).append(str(uid))
    groups = [
        joined(uids, {(a, b): 0.0 for a in uids for b in uids if a < b}, known)
        for uids in by_deal.values()
        if len(uids) > 1
    ]
    assign(con, "outcome", groups, known, history)
    return _invoices(con, said, progress)


def _invoices(con: duckdb.DuckDBPyConnection, said: Verdicts, progress: Progress | None) -> Linked:
    """`invoice_outcome`: the deal that each invoice without a reference bills; a person's word goes before weights."""
    con.execute(
        "CREATE TABLE invoice_outcome (uid VARCHAR, outcome_uid VARCHAR, known_from TIMESTAMP, match_weight DOUBLE)"
    )
    con.execute(inputs.OUTCOME_INPUT)
    linked = link(con, OUTCOME, progress=progress)
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
    con.execute(
        f"""INSERT INTO resolved_key SELECT 'outcome', 'outcome|' || i.source || ':' || i.record_id, o.entity_id,
        greatest(i.known_from, o.known_from, coalesce(m.known_from, i.known_from)), m.match_weight FROM s_invoice i
        LEFT JOIN invoice_outcome m ON m.uid = {inputs.key_sql("invoice", "i")}
        JOIN resolved_key o ON o.key = coalesce('outcome|' || i.deal, m.outcome_uid)"""
    )
    return linked
