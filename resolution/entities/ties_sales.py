"""Relationships of leads and deals: where they come from, who takes part, how they go and end."""

from collections.abc import Iterator

from resolution.entities.tie import Triple, first_record, tie_sql
from resolution.records import key_sql

DEAL = "s_deal r JOIN e_deal d ON d.ref = r.source || ':' || r.record_id"


def sales_ties() -> Iterator[tuple[Triple, str]]:
    """(triple, SELECT) for everything between leads, deals, people, products, stages and outcomes."""
    yield from _persons_of_leads()
    yield from _ways_of_leads()
    yield from _matter_of_deals()
    yield from _people_of_deals()
    yield from _course_of_deals()


def _persons_of_leads() -> Iterator[tuple[Triple, str]]:
    """Who a lead is and where they work: told by its conversion, else found by matching."""
    converted = "greatest(l.converted_{x}__known, l.known_from, e.since, x.since)"
    yield (
        ("Lead", "IS", "Contact"),
        f"""SELECT "start", "end", known_from, "by" FROM (
            SELECT e.id AS "start", c.id AS "end", greatest(m.known_from, e.since, c.since) AS known_from, 'match' AS
                "by", 2 AS way
            FROM resolution.lead_contact m JOIN e_lead e ON m.uid = 'lead|' || e.ref JOIN e_contact c ON m.contact_uid
                = 'contact|' || c.ref
            UNION ALL
            SELECT e.id, x.id, {converted.format(x="contact")}, 'converted', 1 FROM s_lead l JOIN e_lead e ON e.ref =
                l.source || ':' || l.record_id
            JOIN e_contact x ON x.ref = l.converted_contact
        ) QUALIFY row_number() OVER (PARTITION BY "start" ORDER BY known_from, way, "end") = 1""",
    )
    yield (
        ("Lead", "AT", "Account"),
        f"""SELECT "start", "end", known_from, "by" FROM (
            SELECT e.id AS "start", m.account_id AS "end", greatest(m.known_from, e.since) AS known_from, m."by", 2 AS
                way
            FROM resolution.employer m JOIN e_lead e ON m.uid = 'lead|' || e.ref
            UNION ALL
            SELECT e.id, x.id, {converted.format(x="account")}, 'converted', 1 FROM s_lead l JOIN e_lead e ON e.ref =
                l.source || ':' || l.record_id
            JOIN e_account x ON x.ref = l.converted_account
        ) QUALIFY row_number() OVER (PARTITION BY "start" ORDER BY known_from, way, "end") = 1""",
    )


def _ways_of_leads() -> Iterator[tuple[Triple, str]]:
    """Where a lead came from and which deal grew from it."""
    known = "greatest(l.known_from, coalesce(l.campaign__known, l.known_from), e.since, c.known_from)"
    source = """s_lead l JOIN e_lead e ON e.ref = l.source || ':' || l.record_id
        JOIN s_campaign c ON c.source || ':' || c.record_id = l.campaign"""
    yield (
        ("Lead", "CAME_FROM", "Campaign"),
        tie_sql(
            "e.id",
            key_sql("campaign", "c"),
            known,
            source,
            closed="l.known_to",
            more=first_record("'lead|' || e.ref", known),
        ),
    )
    source = """(SELECT source || ':' || record_id AS deal, lead, coalesce(lead__known, known_from) AS k, known_to,
        'deal|' || source || ':' || record_id AS record FROM s_deal WHERE lead IS NOT NULL
        UNION ALL SELECT converted_deal, source || ':' || record_id, coalesce(converted_deal__known, known_from),
            known_to, 'lead|' || source || ':' || record_id FROM s_lead WHERE converted_deal IS NOT NULL
        ) g JOIN e_deal d ON d.ref = g.deal JOIN e_lead l ON l.ref = g.lead"""
    known = "greatest(k, d.since, l.since)"
    yield (
        ("Deal", "GREW_FROM", "Lead"),
        tie_sql("d.id", "l.id", known, source, closed="g.known_to", more=first_record("g.record", known)),
    )


def _matter_of_deals() -> Iterator[tuple[Triple, str]]:
    """With whom and for what a deal is."""
    known = "greatest(r.known_from, coalesce(r.account__known, r.known_from), d.since, a.since)"
    yield (
        ("Deal", "WITH", "Account"),
        tie_sql(
            "d.id",
            "a.id",
            known,
            f"{DEAL} JOIN e_account a ON a.ref = r.account",
            closed="r.known_to",
            more=first_record("'deal|' || d.ref", known),
        ),
    )
    yield (
        ("Deal", "FOR", "Product"),
        """SELECT d.id AS "start", p.id AS "end", sum(quantity) AS quantity, sum(amount ORDER BY amount) AS amount,
            min(greatest(k, d.since, p.known_from)) AS known_from,
        CASE WHEN count(*) = count(f.known_to) THEN max(f.known_to) END AS known_to, arg_min('deal|' || f.deal, (k,
            f.deal)) AS record FROM (
            SELECT deal, product, quantity, amount, known_from AS k, known_to FROM s_deal_product
            UNION ALL SELECT source || ':' || record_id, product, quantity, amount, coalesce(product__known,
                known_from), known_to FROM s_deal x WHERE product IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM s_deal_product p WHERE p.deal = x.source || ':' || x.record_id AND
                    p.product = x.product)
        ) f JOIN e_deal d ON d.ref = f.deal JOIN product p ON p.ref = f.product GROUP BY d.id, p.id""",
    )


def _people_of_deals() -> Iterator[tuple[Triple, str]]:
    """The buying center of a deal, and the reps who own it or a lead."""
    yield (
        ("Contact", "PLAYS", "Deal"),
        'SELECT contact AS "start", deal AS "end", role, confidence, basis, known AS known_from, known_to, record '
        "FROM plays",
    )
    yield (
        ("Rep", "OWNS", "Deal"),
        """SELECT "new" AS "start", id AS "end", "at" AS "from", lead("at") OVER (PARTITION BY id ORDER BY "at") AS
            "to", known AS known_from, 'deal|' || ref AS record
        FROM change WHERE kind = 'deal' AND field = 'owner' AND "new" IN (SELECT id FROM rep)""",
    )
    yield (
        ("Rep", "OWNS", "Lead"),
        """SELECT o.id AS "start", e.id AS "end", coalesce(l.created_at, l.known_from) AS "from",
            min(greatest(l.known_from, coalesce(l.owner__known, l.known_from), e.since, o.since))
        AS known_from, min('lead|' || e.ref) AS record FROM s_lead l JOIN e_lead e ON e.ref = l.source || ':' ||
            l.record_id JOIN rep_of o ON o.ref = l.owner
        GROUP BY o.id, e.id, coalesce(l.created_at, l.known_from)""",
    )


def _course_of_deals() -> Iterator[tuple[Triple, str]]:
    """Stages, changes and the outcome."""
    yield (
        ("Deal", "ENTERED", "Stage"),
        """SELECT id AS "start", stage AS "end", "at", left_at, "order", known AS known_from, 'deal|' || ref AS record
        FROM entered WHERE stage IN (SELECT id FROM stage_seen)""",
    )
    for kind in ("deal", "lead", "account", "contact"):
        yield (
            ("Change", "OF", kind.title()),
            f'SELECT change_id AS "start", id AS "end", known AS known_from FROM change WHERE kind = \'{kind}\'',
        )
    yield (
        ("Deal", "ENDED_IN", "Outcome"),
        tie_sql(
            "d.id",
            "o.id",
            "greatest(o.since, d.since)",
            f"{DEAL} JOIN e_outcome o ON o.ref = d.ref",
            closed="r.known_to",
        ),
    )
