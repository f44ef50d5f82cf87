"""One SELECT for each label: the nodes of the graph."""

from collections.abc import Iterator

from resolution.entities.golden import golden_sql
from resolution.entities.own import own_fields, own_nodes, own_records
from resolution.records import key_sql

RECORDS = " UNION ALL ".join(
    f"""SELECT {key_sql(kind)} AS id, source, record_id, '{kind}' AS kind, payload_hash, {name} AS name,
    known_from, known_to FROM s_{kind}"""
    for kind, name in (
        ("account", "filled(name)"),
        ("contact", "coalesce(filled(name), filled(concat_ws(' ', filled(first_name), filled(last_name))))"),
        ("lead", "coalesce(filled(name), filled(concat_ws(' ', filled(first_name), filled(last_name))))"),
        ("deal", "filled(name)"),
        ("invoice", "filled(number)"),
    )
)

OUTCOME = """
SELECT e.id, max_by(d.state, (d.state__known, e.ref)) AS result, max_by(filled(d.reason), (d.reason__known, e.ref)) AS
    reason,
       max_by(filled(d.competitor), (d.competitor__known, e.ref)) AS competitor, max_by(d.amount, (d.amount__known,
           e.ref)) AS amount,
       max_by(d.closed_at, (d.closed_at__known, e.ref)) AS "at", min(e.since) AS known_from,
       CASE WHEN count(*) = count(d.known_to) THEN max(d.known_to) END AS known_to
FROM s_deal d JOIN e_outcome e ON e.ref = d.source || ':' || d.record_id WHERE d.state IN ('won', 'lost') AND
    d.closed_at IS NOT NULL GROUP BY e.id
"""

CHANGE = """
SELECT change_id AS id, field, old, "new", "at", known AS known_from, kind || '|' || ref AS record,
       CASE WHEN field IN ('amount', 'employees', 'revenue') OR kind || '|' || field IN ({numbers})
           THEN try_cast("new" AS DOUBLE) END AS number,
       CASE WHEN field = 'close_date' OR kind || '|' || field IN ({moments})
           THEN try_cast(replace("new", 'Z', '') AS TIMESTAMP) END AS moment FROM change
"""

EVENT = """
SELECT id, event AS kind, sequence, kind AS entity_kind, len(entities) AS "count", happened AS "at",
       CASE WHEN event <> 'CREATED' THEN entities END AS entities,
       CASE WHEN len(records) > 0 THEN records END AS records, happened AS known_from FROM resolution.events
"""


def node_queries() -> Iterator[tuple[str, str]]:
    """(label, SELECT) for every label that sources assert."""
    yield "Record", " UNION ALL ".join((RECORDS, *own_records()))
    yield "Account", "SELECT * EXCLUDE (industry_name) FROM account_golden"
    for kind in ("contact", "lead", "deal"):
        yield kind.title(), golden_sql(kind)
    yield "Outcome", OUTCOME
    yield (
        "Industry",
        "SELECT id, any_value(name ORDER BY n DESC, name) AS name, min(known) AS known_from FROM industry GROUP BY id",
    )
    yield "Product", "SELECT id, name, family, price, known_from, known_to FROM product"
    yield "Stage", "SELECT * FROM stage_seen"
    yield "Rep", "SELECT id, name, email, known_from, known_to FROM rep"
    yield (
        "Team",
        "SELECT 'team|' || team AS id, team AS name, min(known_from) AS known_from FROM rep WHERE team IS NOT NULL "
        "GROUP BY team",
    )
    yield from _happenings()
    yield from own_nodes()
    yield (
        "Review",
        """SELECT * EXCLUDE (a, b, model), greatest(x.known_from, y.known_from) AS known_from FROM resolution.review v
        JOIN record_known x ON x.id = v.a JOIN record_known y ON y.id = v.b""",
    )
    yield "IdentityEvent", EVENT
    yield (
        "Redirect",
        "SELECT old_id AS id, min(happened) AS known_from FROM resolution.redirects "
        "WHERE entity_id IN (SELECT id FROM ent) GROUP BY old_id",
    )


def _happenings() -> Iterator[tuple[str, str]]:
    """What was done, changed, used and paid: one node for each row of a source."""
    yield (
        "Campaign",
        (
            f"SELECT {key_sql('campaign')} AS id, filled(name) AS name, filled(campaign_kind) AS kind, started_at, "
            "known_from, known_to FROM s_campaign"
        ),
    )
    yield (
        "Activity",
        (
            f"SELECT {key_sql('activity')} AS id, activity_kind AS kind, coalesce(direction, 'none') AS direction, "
            "filled(outcome) AS outcome, "
            'filled(subject) AS subject, minutes, "at", event, event_key, numbers, numbers_known, known_from, known_to '
            "FROM s_activity LEFT JOIN event_of USING (source, record_id)"
        ),
    )
    yield "Change", CHANGE.format(numbers=own_fields("number", "integer"), moments=own_fields("moment"))
    yield (
        "Ticket",
        (
            f"SELECT {key_sql('ticket')} AS id, severity, filled(subject) AS subject, opened_at, closed_at, "
            "known_from, known_to FROM s_ticket"
        ),
    )
    yield "Usage", f"SELECT {key_sql('usage')} AS id, week, active_users, events, known_from, known_to FROM s_usage"
    yield (
        "Invoice",
        f"SELECT {key_sql('invoice')} AS id, amount, issued_at, paid_at, known_from, known_to FROM s_invoice",
    )
