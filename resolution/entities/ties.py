"""One SELECT for each triple: the relationships of the graph, with `start`, `end` and properties."""

from collections.abc import Iterator

import duckdb

from resolution.entities.own import own_ties
from resolution.entities.tie import Triple, first_record, tie_sql
from resolution.entities.ties_identity import compared_ties, identity_ties, resolved_ties, review_ties
from resolution.entities.ties_sales import sales_ties
from resolution.records import key_sql

PARENTS = """UNION ALL SELECT source || ':' || record_id, parent, coalesce(parent__known, known_from), known_to
    FROM s_account WHERE parent IS NOT NULL"""


def _accounts() -> Iterator[tuple[Triple, str]]:
    yield (
        ("Account", "IN", "Industry"),
        tie_sql(
            "account",
            "i.id",
            "i.known",
            "industry i JOIN account_golden g ON g.id = i.account AND i.name = g.industry_name",
            more=first_record("i.record", "i.known"),
        ),
    )
    for name in ("subsidiary_of", "partners_with", "owned_by"):
        known = "greatest(k, a.since, b.since)"
        parents = PARENTS if name == "subsidiary_of" else ""
        source = f"""(
            SELECT account, other, known_from AS k, known_to AS closed FROM s_relation WHERE relation = '{name}'
            {parents}
        ) r JOIN e_account a ON a.ref = r.account JOIN e_account b ON b.ref = r.other AND a.id <> b.id"""
        yield (
            ("Account", name.upper(), "Account"),
            tie_sql(
                "a.id", "b.id", known, source, closed="closed", more=first_record("'account|' || r.account", known)
            ),
        )
    yield (
        ("Contact", "WORKS_AT", "Account"),
        'SELECT contact AS "start", account AS "end", title, seniority, "from", "to", record, known AS known_from, '
        "known_to FROM job "
        'QUALIFY row_number() OVER (PARTITION BY contact, account, "from" ORDER BY known, record) = 1',
    )


def _money_and_use() -> Iterator[tuple[Triple, str]]:
    invoice = key_sql("invoice", "i")
    yield (
        ("Invoice", "BILLS", "Deal"),
        f"""SELECT {invoice} AS "start", d.id AS "end", greatest(i.known_from, coalesce(i.deal__known, i.known_from),
            d.since) AS known_from, i.known_to
        FROM s_invoice i JOIN e_deal d ON d.ref = i.deal
        UNION ALL SELECT m.uid, d.id, greatest(m.known_from, d.since), NULL FROM resolution.invoice_outcome m JOIN
            e_deal d ON m.outcome_uid = 'outcome|' || d.ref
        WHERE m.uid NOT IN (SELECT {invoice} FROM s_invoice i JOIN e_deal d ON d.ref = i.deal)""",
    )
    for start, kind, name, table, column in (
        ("Invoice", "BILLED_TO", "invoice", "s_invoice", "account"),
        ("Ticket", "RAISED_BY", "ticket", "s_ticket", "account"),
        ("Usage", "OF", "usage", "s_usage", "account"),
    ):
        known = f"greatest(i.known_from, coalesce(i.{column}__known, i.known_from), a.since)"
        yield (
            (start, kind, "Account"),
            tie_sql(
                key_sql(name, "i"),
                "a.id",
                known,
                f"{table} i JOIN e_account a ON a.ref = i.{column}",
                closed="i.known_to",
                group=False,
            ),
        )


def _activities() -> Iterator[tuple[Triple, str]]:
    activity = key_sql("activity", "i")
    yield (
        ("Rep", "PERFORMED", "Activity"),
        tie_sql(
            "o.id",
            activity,
            "greatest(i.known_from, o.since)",
            "s_activity i JOIN rep_of o ON o.ref = coalesce(i.rep, 'mail:' || lower(trim(i.rep_email)))",
            closed="i.known_to",
            group=False,
        ),
    )
    yield (
        ("Activity", "ABOUT", "Deal"),
        'SELECT \'activity|\' || activity AS "start", deal AS "end", known AS known_from, known_to FROM about_deal',
    )
    for kind in ("lead", "account"):
        known = f"greatest(i.known_from, coalesce(i.{kind}__known, i.known_from), e.since)"
        yield (
            ("Activity", "ABOUT", kind.title()),
            tie_sql(
                activity,
                "e.id",
                known,
                f"s_activity i JOIN e_{kind} e ON e.ref = i.{kind}",
                closed="i.known_to",
                group=False,
            ),
        )
    yield (
        ("Contact", "TOOK_PART_IN", "Activity"),
        'SELECT contact AS "start", \'activity|\' || activity AS "end", record, known AS known_from, known_to FROM '
        "took_part",
    )


def tie_queries(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Triple, str]]:
    """(triple, SELECT) for every relationship that sources assert."""
    yield from resolved_ties()
    yield from compared_ties(con)
    yield from _accounts()
    yield (
        ("Rep", "IN", "Team"),
        """SELECT id AS "start", 'team|' || team AS "end", known_from FROM rep WHERE team IS NOT NULL""",
    )
    yield from sales_ties()
    yield from _money_and_use()
    yield from _activities()
    yield from own_ties()
    yield from review_ties()
    yield from identity_ties()
