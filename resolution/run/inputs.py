"""What the matchers of a run read of the staged records."""

from resolution.records import key_sql

ACCOUNTS = f"""
CREATE OR REPLACE VIEW every_account AS
SELECT {key_sql("account")} AS uid, source, known_from, name, aliases, domain, website, NULL::VARCHAR AS email, phone,
    street, city, postcode,
       country, registration_id FROM s_account
"""


COMPANY_INPUT = f"""
CREATE OR REPLACE TABLE input_company AS
WITH wanted AS (
    SELECT {key_sql("lead")} AS uid, company AS name, website, email, country, known_from FROM s_lead
    UNION ALL
    SELECT {key_sql("contact")}, company, NULL, email, country, known_from FROM s_contact WHERE account IS NULL
)
SELECT uid, 'company|' || left(sha256(concat_ws(chr(31), coalesce(lower(name), ''), coalesce(host_of(website), ''),
       coalesce(corporate_host(email), ''), coalesce(lower(country), ''))), 16) AS company, name, website, email,
           country, known_from
FROM wanted WHERE filled(name) IS NOT NULL OR corporate_host(email) IS NOT NULL OR host_of(website) IS NOT NULL
"""


PERSONS = f"""
CREATE OR REPLACE VIEW every_contact AS
WITH people AS (
    SELECT {key_sql("contact")} AS uid, source, known_from, name, first_name, last_name, email, phone, title,
        seniority, company, city, country,
           birth_date, linkedin, NULL::TIMESTAMP AS arose, NULL::VARCHAR AS converted FROM s_contact
    UNION ALL
    SELECT {key_sql("lead")}, source, known_from, name, first_name, last_name, email, phone, title, NULL, company,
        NULL, country, NULL, NULL, coalesce(created_at, known_from), converted_deal FROM s_lead
)
SELECT people.*, employer.account_id AS employer, NULL::VARCHAR AS street, NULL::VARCHAR AS postcode, NULL::VARCHAR AS
    national_id,
       NULL::VARCHAR AS gender FROM people LEFT JOIN employer USING (uid)
"""


DEALS = f"""
CREATE OR REPLACE VIEW every_deal AS
SELECT {key_sql("deal", "d")} AS uid, d.source, d.known_from, d.name, a.entity_id AS account, d.amount, d.opened_at,
    d.closed_at
FROM s_deal d LEFT JOIN resolved_key a ON a.key = 'account|' || d.account
"""


OUTCOME_INPUT = f"""
CREATE OR REPLACE TABLE input_outcome AS
SELECT {key_sql("outcome", "d")} AS uid, d.source, greatest(d.known_from, coalesce(d.closed_at, d.known_from)) AS
    known_from, 'deal' AS side,
       a.entity_id AS account, d.amount, p.name AS product, d.closed_at AS ended_at
FROM s_deal d LEFT JOIN resolved_key a ON a.key = 'account|' || d.account LEFT JOIN s_product p ON p.source || ':' ||
    p.record_id = d.product
WHERE d.state = 'won' AND d.closed_at IS NOT NULL
UNION ALL
SELECT {key_sql("invoice", "i")}, i.source, i.known_from, 'invoice', a.entity_id, i.amount, i.product, i.issued_at
FROM s_invoice i LEFT JOIN resolved_key a ON a.key = 'account|' || i.account WHERE i.deal IS NULL
"""
