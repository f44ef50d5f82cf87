"""Who is who for the graph's rows: entities of records, reps merged by e-mail, stages, products, trusted sources."""

import duckdb

from kg.ontology.own import current
from resolution.entities.golden import golden_sql
from resolution.entities.own import own_tables
from resolution.records import key_sql

ENTITY_KINDS = ("account", "contact", "lead", "deal", "outcome")

BASE = f"""
CREATE TABLE ent AS SELECT kind, source || ':' || record_id AS ref, entity_id AS id, known_from AS since, match_weight
    FROM resolution.resolved;

-- Sources that hold deals are trusted before others, then those with more records; ties by name.
CREATE TABLE trust AS SELECT source, row_number() OVER (ORDER BY deals DESC, n DESC, source) AS rank FROM (
    SELECT source, count(*) FILTER (kind = 'deal') AS deals, count(*) AS n FROM resolution.resolved GROUP BY source);

CREATE TABLE owner_ref AS SELECT ref, min(known) AS known FROM (
    SELECT owner AS ref, known_from AS known FROM s_deal UNION ALL SELECT owner, known_from FROM s_history UNION ALL
        SELECT owner, known_from FROM s_lead
    UNION ALL SELECT rep, known_from FROM s_activity
    UNION ALL SELECT 'mail:' || lower(trim(rep_email)), known_from FROM s_activity WHERE rep IS NULL AND
        filled(rep_email) IS NOT NULL
) WHERE ref IS NOT NULL GROUP BY ref;

-- One person in several systems is one rep by e-mail; an owner that no rep record explains is a rep by their text.
CREATE TABLE rep_record AS
WITH told AS (
    SELECT source || ':' || record_id AS ref, filled(name) AS name, mail_of(email) AS email, filled(team) AS team,
        known_from, known_to FROM s_rep
), named AS (
    SELECT *, email AS key FROM told WHERE email IS NOT NULL
    UNION ALL SELECT *, ref AS key FROM told WHERE email IS NULL
    UNION ALL SELECT ref, CASE WHEN strpos(rest, '@') = 0 THEN rest END, mail_of(rest), NULL, known, NULL,
        coalesce(mail_of(rest), ref)
    FROM (SELECT *, substr(ref, strpos(ref, ':') + 1) AS rest FROM owner_ref WHERE ref NOT IN (SELECT ref FROM told))
)
SELECT *, 'r_' || left(sha256('rep|' || first_value(replace_first(ref)) OVER (PARTITION BY key ORDER BY known_from,
    ref)), 12) AS id FROM named;

CREATE TABLE rep AS SELECT id, arg_max(name, (known_from, ref)) AS name, min(email) AS email, arg_max(team,
    (known_from, ref)) FILTER (team IS NOT NULL) AS team,
    min(known_from) AS known_from, CASE WHEN count(*) = count(known_to) THEN max(known_to) END AS known_to FROM
        rep_record GROUP BY id;
CREATE TABLE rep_of AS SELECT ref, any_value(id ORDER BY id) AS id, min(known_from) AS since FROM rep_record GROUP BY
    ref;

CREATE TABLE stage_seen AS
WITH seen AS (
    SELECT source, coalesce(filled(pipeline), 'default') AS pipeline, filled(stage) AS name, stage_order, state,
        known_from FROM s_deal WHERE filled(stage) IS NOT NULL
    UNION ALL
    SELECT split_part(h."of", ':', 1), coalesce(filled(d.pipeline), 'default'), filled(h.stage), h.stage_order,
        h.state, h.known_from
    FROM s_history h LEFT JOIN s_deal d ON d.source || ':' || d.record_id = h."of" WHERE filled(h.stage) IS NOT NULL
)
SELECT 'stage|' || source || '|' || pipeline || '|' || name AS id, source, pipeline, name, max(stage_order) AS "order",
    mode(state) AS state,
       min(known_from) AS known_from FROM seen GROUP BY source, pipeline, name;

-- Products are the records; a product that only a deal names is one by its text.
CREATE TABLE product AS
WITH named AS (
    SELECT DISTINCT ON (ref) ref, known FROM (SELECT product AS ref, known_from AS known FROM s_deal UNION ALL SELECT
        product, known_from FROM s_deal_product)
    WHERE ref IS NOT NULL ORDER BY ref, known
)
SELECT {key_sql("product")} AS id, source || ':' || record_id AS ref, name, family, price, known_from, known_to FROM
    s_product
UNION ALL
SELECT 'product|' || ref, ref, substr(ref, strpos(ref, ':') + 1), NULL, NULL, known, NULL FROM named
WHERE ref NOT IN (SELECT source || ':' || record_id FROM s_product);
"""


RECORDS_KNOWN = " UNION ALL ".join(
    f"SELECT {key_sql(kind)} AS id, known_from FROM s_{kind}"
    for kind in ("account", "contact", "lead", "deal", "invoice")
)

LAST = f"""
CREATE TABLE account_golden AS {golden_sql("account")};
CREATE TABLE industry AS
SELECT *, count(*) OVER (PARTITION BY id, name) AS n FROM (
    SELECT 'industry|' || place_text(r.industry) AS id, filled(r.industry) AS name, e.id AS account,
           greatest(coalesce(r.industry__known, r.known_from), e.since) AS known, {key_sql("account", "r")} AS record
    FROM s_account r JOIN e_account e ON e.ref = r.source || ':' || r.record_id WHERE place_text(r.industry) IS NOT
        NULL);
CREATE TABLE record_known AS {RECORDS_KNOWN};
"""


def base_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that node and relationship queries share."""
    con.execute(
        "CREATE OR REPLACE MACRO replace_first(ref) AS split_part(ref, ':', 1) || '|' || substr(ref, "
        "strpos(ref, ':') + 1)"
    )
    con.execute("CREATE OR REPLACE MACRO later(a, b) AS greatest(a, b)")
    con.execute(BASE)
    con.execute(
        "CREATE OR REPLACE MACRO company_domain(d, w) AS CASE WHEN list_contains(free_mail(), "
        "registrable(coalesce(host_of(d), host_of(w)))) "
        "THEN NULL ELSE registrable(coalesce(host_of(d), host_of(w))) END"
    )
    own_tables(con)
    for kind in (*ENTITY_KINDS, *(own.name for own in current().kinds)):
        con.execute(f"CREATE VIEW e_{kind} AS SELECT ref, id, since, match_weight FROM ent WHERE kind = '{kind}'")
    con.execute(LAST)
