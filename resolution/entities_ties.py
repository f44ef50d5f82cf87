"""One SELECT for each triple: the relationships of the graph, with `start`, `end` and properties."""

from collections.abc import Iterator

import duckdb

from resolution.inputs import key_sql

Triple = tuple[str, str, str]
PARENTS = """UNION ALL SELECT source || ':' || record_id, parent, coalesce(parent__known, known_from), known_to
    FROM s_account WHERE parent IS NOT NULL"""
KINDS = ("account", "contact", "lead", "deal", "outcome")


def _tie(
    start: str, end: str, known: str, source: str, *, more: str = "", closed: str = "NULL", group: bool = True
) -> str:
    """A SELECT of one row for each pair of ends: the earliest to say so, closed when all who said so have closed it."""
    if not group:
        return (
            f'SELECT {start} AS "start", {end} AS "end", {known} AS known_from, {closed} AS known_to{more} '
            f"FROM {source}"
        )
    return (
        f'SELECT {start} AS "start", {end} AS "end", min({known}) AS known_from, CASE WHEN count(*) = count({closed}) '
        f"THEN max({closed}) END AS known_to"
        f"{more} FROM {source} GROUP BY {start}, {end}"
    )


def _record(record: str, known: str) -> str:
    return f", arg_min({record}, ({known}, {record})) AS record"


def _resolved() -> Iterator[tuple[Triple, str]]:
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


def _compared(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Triple, str]]:
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


def _accounts() -> Iterator[tuple[Triple, str]]:
    yield (
        ("Account", "IN", "Industry"),
        _tie(
            "account",
            "i.id",
            "i.known",
            "industry i JOIN account_golden g ON g.id = i.account AND i.name = g.industry_name",
            more=_record("i.record", "i.known"),
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
            _tie("a.id", "b.id", known, source, closed="closed", more=_record("'account|' || r.account", known)),
        )
    yield (
        ("Contact", "WORKS_AT", "Account"),
        'SELECT contact AS "start", account AS "end", title, seniority, "from", "to", record, known AS known_from, '
        "known_to FROM job "
        'QUALIFY row_number() OVER (PARTITION BY contact, account, "from" ORDER BY known, record) = 1',
    )


def _leads() -> Iterator[tuple[Triple, str]]:
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
    known = "greatest(l.known_from, coalesce(l.campaign__known, l.known_from), e.since, c.known_from)"
    source = """s_lead l JOIN e_lead e ON e.ref = l.source || ':' || l.record_id
        JOIN s_campaign c ON c.source || ':' || c.record_id = l.campaign"""
    yield (
        ("Lead", "CAME_FROM", "Campaign"),
        _tie(
            "e.id",
            key_sql("campaign", "c"),
            known,
            source,
            closed="l.known_to",
            more=_record("'lead|' || e.ref", known),
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
        _tie("d.id", "l.id", known, source, closed="g.known_to", more=_record("g.record", known)),
    )


def _deals() -> Iterator[tuple[Triple, str]]:
    deal = "s_deal r JOIN e_deal d ON d.ref = r.source || ':' || r.record_id"
    known = "greatest(r.known_from, coalesce(r.account__known, r.known_from), d.since, a.since)"
    yield (
        ("Deal", "WITH", "Account"),
        _tie(
            "d.id",
            "a.id",
            known,
            f"{deal} JOIN e_account a ON a.ref = r.account",
            closed="r.known_to",
            more=_record("'deal|' || d.ref", known),
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
        _tie(
            "d.id",
            "o.id",
            "greatest(o.since, d.since)",
            f"{deal} JOIN e_outcome o ON o.ref = d.ref",
            closed="r.known_to",
        ),
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
            _tie(
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
        _tie(
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
            _tie(
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


def _identity() -> Iterator[tuple[Triple, str]]:
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


def tie_queries(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[Triple, str]]:
    """(triple, SELECT) for every relationship that sources assert."""
    yield from _resolved()
    yield from _compared(con)
    yield from _accounts()
    yield (
        ("Rep", "IN", "Team"),
        """SELECT id AS "start", 'team|' || team AS "end", known_from FROM rep WHERE team IS NOT NULL""",
    )
    yield from _leads()
    yield from _deals()
    yield from _money_and_use()
    yield from _activities()
    yield from _identity()
