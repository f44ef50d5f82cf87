"""Facts that several rows are made of: values over time, stage entries, jobs, participation, parts in deals."""

import duckdb

from resolution.entities.own import own_fields, own_told
from resolution.normalise.titles import role, seniority

VALUES: dict[str, tuple[tuple[str, str, str], ...]] = {
    # kind → (name of the change, SQL of its text, column whose knowledge time counts)
    "deal": (
        ("amount", "number_text(r.amount)", "amount"),
        ("close_date", "moment_text(r.close_date)", "close_date"),
        ("kind", "r.deal_kind", "deal_kind"),
        ("lead_source", "filled(r.lead_source)", "lead_source"),
        ("owner", "(SELECT any_value(id) FROM rep_of WHERE rep_of.ref = r.owner)", "owner"),
    ),
    "lead": (
        ("status", "filled(r.status)", "status"),
        ("source_name", "filled(r.source_name)", "source_name"),
        ("title", "filled(r.title)", "title"),
        ("mail_domain", "mail_host(r.email)", "email"),
    ),
    "account": (
        ("industry", "filled(r.industry)", "industry"),
        ("employees", "r.employees::VARCHAR", "employees"),
        ("country", "filled(r.country)", "country"),
        ("revenue", "number_text(r.revenue)", "revenue"),
    ),
    "contact": (("title", "filled(r.title)", "title"),),
}
HISTORY = (
    ("amount", "number_text(h.amount)"),
    ("close_date", "moment_text(h.close_date)"),
    ("owner", "(SELECT any_value(id) FROM rep_of WHERE rep_of.ref = h.owner)"),
)
FIELD = "CASE c.field WHEN 'deal_kind' THEN 'kind' WHEN 'stage_name' THEN 'stage' ELSE c.field END"
# A change row holds text as its source wrote it; written as a snapshot's value is, so that one value has one text.
TEXT = """CASE
    WHEN c.of_kind || '|' || c.field IN ({numbers}) THEN coalesce(number_text(try_cast({x} AS DOUBLE)), {x})
    WHEN c.of_kind || '|' || c.field IN ({moments})
        THEN coalesce(moment_text(try_cast(replace({x}, 'Z', '') AS TIMESTAMP)), {x})
    WHEN c.field IN ('amount', 'employees', 'revenue') THEN coalesce(number_text(try_cast({x} AS DOUBLE)), {x})
    WHEN c.field = 'close_date' THEN coalesce(moment_text(try_cast(replace({x}, 'Z', '') AS TIMESTAMP)), {x})
    WHEN c.field = 'deal_kind' THEN CASE WHEN regexp_matches(lower({x}), 'renew|replace') THEN 'renewal'
        WHEN regexp_matches(lower({x}), 'expan|exist|upsell|upgrade|add-on') THEN 'expansion'
        WHEN contains(lower({x}), 'new') THEN 'new' END
    WHEN c.field = 'owner' THEN coalesce((SELECT any_value(id ORDER BY id) FROM rep_of
        WHERE rep_of.ref IN ({x}, c.source || ':' || {x})), {x})
    ELSE filled({x}) END"""


def _told() -> str:
    """Every value that a source gives for a tracked field; `way` 1 a history row, 2 a change row, 3 a snapshot."""
    parts = []
    for kind, fields in VALUES.items():
        for name, sql, column in fields:
            parts.append(
                f"""SELECT '{kind}' AS kind, e.id, '{name}' AS field, {sql} AS value, NULL AS old,
                greatest(coalesce(r.{column}__known, r.known_from), r.known_from) AS "at",
                greatest(coalesce(r.{column}__known, r.known_from), e.since) AS known, t.rank AS rank, e.ref, 3 AS way
                FROM s_{kind} r JOIN e_{kind} e ON e.ref = r.source || ':' || r.record_id JOIN trust t USING (source)"""
            )
    for name, sql in HISTORY:
        parts.append(
            f"""SELECT 'deal', e.id, '{name}', {sql}, NULL, h."at", greatest(h.known_from, e.since), t.rank, e.ref, 1
            FROM s_history h JOIN e_deal e ON e.ref = h."of" JOIN trust t ON t.source = split_part(e.ref, ':', 1)"""
        )
    parts.extend(own_told())
    own = {"numbers": own_fields("number"), "moments": own_fields("moment")}
    new, old = TEXT.format(x='c."new"', **own), TEXT.format(x="c.old", **own)
    parts.append(
        f"""SELECT c.of_kind, e.id, {FIELD}, {new}, {old}, c."at",
            greatest(c.known_from, e.since), t.rank, e.ref, 2
        FROM s_change c JOIN ent e ON e.ref = c."of" AND e.kind = c.of_kind JOIN trust t ON t.source =
            split_part(e.ref, ':', 1)"""
    )
    return " UNION ALL ".join(parts)


def change_sql() -> str:
    """SQL that makes table `change`: each value a tracked field took, from change rows, history rows and snapshots.

    A snapshot counts only where neither history nor change rows tell of that field. Of several sources the most trusted
    one that had said anything by then is believed; a value that repeats the one before is no change.
    """
    return f"""
CREATE TABLE told AS SELECT * FROM ({_told()}) WHERE value IS NOT NULL AND "at" IS NOT NULL;
INSERT INTO told SELECT kind, id, field, old, NULL, since, since, rank, ref, 2 FROM (
    SELECT c.*, e.since FROM told c JOIN ent e ON e.kind = c.kind AND e.ref = c.ref WHERE way = 2 AND old IS NOT NULL
        AND e.since < c."at"
    QUALIFY row_number() OVER (PARTITION BY c.kind, c.id, c.field ORDER BY c."at", c.value) = 1
) first WHERE NOT EXISTS (SELECT 1 FROM told h WHERE h.kind = first.kind AND h.id = first.id AND h.field = first.field
    AND h.way = 1);
CREATE TABLE change AS
WITH best AS (
    SELECT * FROM told QUALIFY way < 3 OR min(way) OVER (PARTITION BY kind, id, field, ref) = 3
), believed AS (
    SELECT * FROM best QUALIFY rank = min(rank) OVER (PARTITION BY kind, id, field ORDER BY known, rank ROWS UNBOUNDED
        PRECEDING)
), one AS (
    SELECT * FROM believed QUALIFY row_number() OVER (PARTITION BY kind, id, field, "at" ORDER BY known DESC, way DESC,
        ref DESC, value DESC) = 1
), stepped AS (
    SELECT *, lag(value) OVER (PARTITION BY kind, id, field ORDER BY "at") AS before FROM one
)
SELECT 'change|' || id || '|' || field || '|' || strftime("at", '%Y%m%dT%H%M%S%g') AS change_id, kind, id, field,
    before AS old, value AS "new", "at",
       max(known) OVER (PARTITION BY kind, id, field ORDER BY "at" ROWS UNBOUNDED PRECEDING) AS known, ref
FROM stepped WHERE before IS DISTINCT FROM value;
"""


ENTERED = """
CREATE TABLE entered AS
WITH rows AS (
    SELECT e.id, h."at", h.source, 'stage|' || split_part(h."of", ':', 1) || '|' || coalesce(filled(d.pipeline),
        'default') || '|' || filled(h.stage) AS stage,
           greatest(h.known_from, e.since) AS known, h."of" AS ref, 1 AS way
    FROM s_history h JOIN e_deal e ON e.ref = h."of" LEFT JOIN s_deal d ON d.source || ':' || d.record_id = h."of"
        WHERE filled(h.stage) IS NOT NULL
    UNION ALL
    SELECT e.id, CASE WHEN d.state IN ('won', 'lost') THEN coalesce(d.closed_at, d.stage__known) ELSE d.stage__known
        END, d.source,
           'stage|' || d.source || '|' || coalesce(filled(d.pipeline), 'default') || '|' || filled(d.stage),
               greatest(d.stage__known, d.known_from, e.since),
           e.ref, 2 FROM s_deal d JOIN e_deal e ON e.ref = d.source || ':' || d.record_id WHERE filled(d.stage) IS NOT
               NULL
), one AS (
    SELECT * FROM rows WHERE "at" IS NOT NULL QUALIFY row_number() OVER (PARTITION BY id, "at" ORDER BY way, known
        DESC, stage) = 1
), last_told AS (SELECT id, arg_max(stage, "at") AS stage FROM one WHERE way = 1 GROUP BY id
), fresh AS (
    SELECT one.* FROM one LEFT JOIN last_told l ON l.id = one.id AND one.way = 2 WHERE l.stage IS DISTINCT FROM
        one.stage OR l.stage IS NULL
), steps AS (
    SELECT * FROM (SELECT *, lag(stage) OVER (PARTITION BY id ORDER BY "at") AS before FROM fresh) WHERE before IS
        DISTINCT FROM stage
)
SELECT s.*, lead(s."at") OVER (PARTITION BY s.id ORDER BY s."at") AS left_at, stage_seen."order" FROM steps s LEFT JOIN
    stage_seen ON stage_seen.id = s.stage;
"""

JOBS = f"""
CREATE TABLE job AS
WITH stated AS (
    SELECT c.id AS contact, a.id AS account, filled(m.title) AS title, coalesce(m."from", m.known_from) AS "from",
           greatest(m."to", CASE WHEN m."to" IS NOT NULL THEN m.to__known END) AS "to",
           greatest(m.known_from, c.since, a.since) AS known, m.known_to, 'contact|' || m.contact AS record, 1 AS way
    FROM s_employment m JOIN e_contact c ON c.ref = m.contact JOIN e_account a ON a.ref = m.account
), row_jobs AS (
    SELECT c.id AS contact, a.id AS account, filled(r.title) AS title, r.known_from AS "from", NULL::TIMESTAMP AS "to",
           greatest(coalesce(r.account__known, r.known_from), c.since, a.since) AS known, r.known_to, 'contact|' ||
               c.ref AS record, 2 AS way
    FROM s_contact r JOIN e_contact c ON c.ref = r.source || ':' || r.record_id JOIN e_account a ON a.ref = r.account
), matched AS (
    SELECT c.id, m.account_id, filled(r.title), r.known_from, NULL::TIMESTAMP, greatest(m.known_from, c.since),
        r.known_to, m.uid, 3
    FROM resolution.employer m JOIN e_contact c ON m.uid = 'contact|' || c.ref JOIN s_contact r ON c.ref = r.source ||
        ':' || r.record_id WHERE m."by" NOT IN ('reference', 'activity')
), every AS (SELECT * FROM stated UNION ALL SELECT * FROM row_jobs UNION ALL SELECT * FROM matched),
kept AS (
    SELECT * FROM every e WHERE way = 1
    OR (way = 2 AND NOT EXISTS (SELECT 1 FROM stated s WHERE s.contact = e.contact AND s.account = e.account))
    OR (way = 3 AND NOT EXISTS (SELECT 1 FROM every s WHERE s.contact = e.contact AND s.way < 3))
), one AS (
    SELECT contact, account, CASE WHEN way = 1 THEN "from" END AS key, arg_max(title, (title IS NOT NULL,
        -epoch(known), record)) AS title, min("from") AS "from",
           max("to") AS "to", min(known) AS known, CASE WHEN count(*) = count(known_to) THEN max(known_to) END AS
               known_to,
           arg_min(record, (known, record)) AS record, min(way) AS way
    FROM kept GROUP BY contact, account, CASE WHEN way = 1 THEN "from" END
), next AS (
    SELECT o.*, (SELECT min(greatest(n."from", n.known)) FROM one n WHERE n.contact = o.contact AND n.account <>
        o.account AND n.way < 3 AND n."from" > o."from") AS moved
    FROM one o
)
SELECT contact, account, title, {seniority("title")} AS seniority, "from", coalesce("to", CASE WHEN way < 3 THEN moved
    END) AS "to", known, known_to, record, way FROM next;
CREATE TABLE contact_title AS SELECT c.id, arg_max(filled(r.title), (r.title__known, r.source)) FILTER (filled(r.title)
    IS NOT NULL) AS title
FROM s_contact r JOIN e_contact c ON c.ref = r.source || ':' || r.record_id GROUP BY c.id;
"""

ACTIVITIES = f"""
CREATE TABLE mail_contact AS SELECT email, any_value(id ORDER BY id) AS id, min(since) AS since, arg_min(ref, (since,
    ref)) AS ref FROM (
    SELECT mail_of(r.email) AS email, c.id, greatest(c.since, r.email__known) AS since, c.ref FROM s_contact r JOIN
        e_contact c ON c.ref = r.source || ':' || r.record_id
) WHERE email IS NOT NULL GROUP BY email HAVING count(DISTINCT id) = 1;
CREATE TABLE took_part AS
SELECT activity, id AS contact, min(known) AS known, arg_min(record, (known, record)) AS record, CASE WHEN count(*) =
    count(known_to) THEN max(known_to) END AS known_to FROM (
    SELECT p.activity, coalesce(c.id, m.id) AS id, greatest(p.known_from, a.known_from, coalesce(c.since, m.since)) AS
        known,
           'contact|' || coalesce(c.ref, m.ref) AS record, p.known_to
    FROM s_participant p JOIN s_activity a ON p.activity = a.source || ':' || a.record_id
    LEFT JOIN e_contact c ON c.ref = p.contact LEFT JOIN mail_contact m ON c.id IS NULL AND m.email = mail_of(p.email)
) WHERE id IS NOT NULL GROUP BY activity, id;
CREATE TABLE deal_span AS
SELECT e.id, w.id AS account, d.opened_at, d.closed_at, greatest(d.known_from, e.since, w.since) AS known
FROM s_deal d JOIN e_deal e ON e.ref = d.source || ':' || d.record_id JOIN e_account w ON w.ref = d.account;
CREATE TABLE about_deal AS
WITH stated AS (
    SELECT a.source || ':' || a.record_id AS activity, e.id AS deal, greatest(a.known_from, coalesce(a.deal__known,
        a.known_from), e.since) AS known, a.known_to
    FROM s_activity a JOIN e_deal e ON e.ref = a.deal
), guessed AS (
    SELECT a.source || ':' || a.record_id AS activity, s.id AS deal, max(greatest(a.known_from, t.known, j.known,
        s.known)) AS known, a.known_to,
           count(DISTINCT s.id) OVER (PARTITION BY a.source, a.record_id) AS n
    FROM s_activity a JOIN took_part t ON t.activity = a.source || ':' || a.record_id
    JOIN job j ON j.contact = t.contact AND j."from" <= a."at" AND (j."to" IS NULL OR j."to" > a."at")
    JOIN deal_span s ON s.account = j.account AND s.opened_at <= a."at" AND (s.closed_at IS NULL OR s.closed_at >
        a."at")
    WHERE a.deal IS NULL AND a.lead IS NULL GROUP BY a.source, a.record_id, a.known_to, s.id
)
SELECT activity, deal, known, known_to FROM stated UNION ALL SELECT activity, deal, known, known_to FROM guessed WHERE
    n = 1;
CREATE TABLE plays AS
WITH stated AS (
    SELECT c.id AS contact, d.id AS deal, coalesce(r.role, {role("t.title")}) AS role, coalesce(r.confidence, CASE WHEN
        r.role IS NULL THEN 0.5 ELSE 0.9 END) AS confidence,
           CASE WHEN r.role IS NULL THEN 'inferred' ELSE 'stated' END AS basis, greatest(r.known_from, c.since,
               d.since) AS known, r.known_to, 'contact|' || r.contact AS record
    FROM s_role r JOIN e_contact c ON c.ref = r.contact JOIN e_deal d ON d.ref = r.deal LEFT JOIN contact_title t ON
        t.id = c.id
), seen AS (
    SELECT t.contact, b.deal, min(greatest(t.known, b.known)) AS known, arg_min(t.record, (greatest(t.known, b.known),
        t.record)) AS record
    FROM took_part t JOIN about_deal b USING (activity) GROUP BY t.contact, b.deal
    UNION ALL
    SELECT c.id, d.id, greatest(r.known_from, coalesce(r.contact__known, r.known_from), c.since, d.since), 'contact|'
        || c.ref
    FROM s_deal r JOIN e_deal d ON d.ref = r.source || ':' || r.record_id JOIN e_contact c ON c.ref = r.contact
), inferred AS (
    SELECT s.contact, s.deal, {role("t.title")} AS role, 0.5 AS confidence, 'inferred' AS basis, min(s.known) AS known,
           (SELECT min(x.known) FROM stated x WHERE x.contact = s.contact AND x.deal = s.deal AND x.basis = 'stated')
               AS known_to, arg_min(s.record, (s.known, s.record)) AS record
    FROM seen s LEFT JOIN contact_title t ON t.id = s.contact GROUP BY s.contact, s.deal, {role("t.title")}
), every AS (
    SELECT contact, deal, role, max(confidence) AS confidence, max(basis) AS basis, min(known) AS known,
           CASE WHEN count(*) = count(known_to) THEN max(known_to) END AS known_to, arg_min(record, (known, record)) AS
               record FROM stated GROUP BY contact, deal, role
    UNION ALL SELECT * FROM inferred i WHERE (known_to IS NULL OR known_to > known)
        AND NOT EXISTS (SELECT 1 FROM stated s WHERE s.contact = i.contact AND s.deal = i.deal AND s.role = i.role)
)
SELECT * FROM every;
"""


def fact_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make `change`, `entered`, `job`, `took_part`, `about_deal` and `plays`."""
    con.execute("CREATE OR REPLACE MACRO moment_text(t) AS strftime(t, '%Y-%m-%dT%H:%M:%SZ')")
    con.execute(
        "CREATE OR REPLACE MACRO number_text(n) AS CASE WHEN n = round(n) THEN n::DECIMAL(38, 0)::VARCHAR "
        "ELSE round(n, 2)::VARCHAR END"
    )
    con.execute(change_sql())
    con.execute(ENTERED)
    con.execute(JOBS)
    con.execute(ACTIVITIES)
