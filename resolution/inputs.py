"""Staged records as of a moment, and what matchers read of them.

Every staged kind becomes a view `s_<kind>` in an in-memory DuckDB: rows known by then, with values learned later left
out; `every_<kind>` are all the records that a matcher reads.
A kind that no source staged is an empty table, so everything after this works on any organisation.
"""

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from kg.errors import InputError, NotFound
from resolution import normalise
from resolution.database import connect
from resolution.records import KINDS

KEY = "'{kind}|' || {alias}source || ':' || {alias}record_id"


def key_sql(kind: str, alias: str = "") -> str:
    """SQL for a record's key 'kind|source:record_id', which is also the id of its Record node."""
    return KEY.format(kind=kind, alias=f"{alias}." if alias else "")


def naive(moment: datetime) -> datetime:
    """The same instant as DuckDB keeps it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def open_staging(
    staging_db: Path, now: datetime | None, con: duckdb.DuckDBPyConnection | None = None
) -> tuple[duckdb.DuckDBPyConnection, datetime]:
    """A connection (in memory unless given) with views `s_<kind>` of what was known by `now`; default: the newest."""
    if not staging_db.is_file():
        raise NotFound(f"{staging_db} is not there: stage the sources first")
    con = con or connect()
    normalise.install(con)
    try:
        con.execute(f"ATTACH '{str(staging_db).replace(chr(39), chr(39) * 2)}' AS staging (READ_ONLY)")
    except duckdb.IOException as error:
        raise InputError(f"{staging_db} cannot be opened: {error}") from error
    present = {
        str(row[0])
        for row in con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'staging'"
        ).fetchall()
    }
    moment = naive(now) if now else newest(con, present)
    for kind in KINDS:
        if kind.table in present:
            con.execute(_view(con, kind.name, moment))
        else:
            columns = ", ".join(f'"{name}" {sql}' for name, sql in kind.columns)
            con.execute(f"CREATE TABLE s_{kind.name} ({columns})")
    return con, moment


def _view(con: duckdb.DuckDBPyConnection, kind: str, now: datetime) -> str:
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE staging.staged_{kind}").fetchall()]
    stamp = f"TIMESTAMP '{now.isoformat(sep=' ')}'"
    select = []
    for column in columns:
        if f"{column}__known" in columns:
            select.append(
                f'CASE WHEN "{column}__known" IS NULL OR "{column}__known" <= {stamp} THEN "{column}" END AS "{column}"'
            )
        elif column == "known_to":
            select.append(f"CASE WHEN known_to <= {stamp} THEN known_to END AS known_to")
        else:
            select.append(f'"{column}"')
    return f"CREATE VIEW s_{kind} AS SELECT {', '.join(select)} FROM staging.staged_{kind} WHERE known_from <= {stamp}"


def newest(con: duckdb.DuckDBPyConnection, present: set[str]) -> datetime:
    """The newest knowledge time of all staged rows and values; the epoch when nothing is staged."""
    parts = [f"SELECT max(known_from) AS t FROM staging.{kind.table}" for kind in KINDS if kind.table in present]
    for kind in KINDS:
        if kind.table in present:
            columns = {str(row[0]) for row in con.execute(f"DESCRIBE staging.{kind.table}").fetchall()}
            parts += [
                f'SELECT max("{f.name}__known") FROM staging.{kind.table}'
                for f in kind.fields
                if f"{f.name}__known" in columns
            ]
            parts.append(f"SELECT max(known_to) FROM staging.{kind.table}")
    found = con.execute(f"SELECT max(t) FROM ({' UNION ALL '.join(parts)})").fetchall()[0][0] if parts else None
    return found or datetime(1970, 1, 1)


ACCOUNTS = f"""
CREATE OR REPLACE VIEW every_account AS
SELECT {key_sql("account")} AS uid, source, known_from, name, aliases, domain, website, NULL::VARCHAR AS email, phone,
    street, city, postcode,
       country, registration_id FROM s_account
"""

STATED_TWO = f"""
CREATE OR REPLACE TEMP TABLE stated_two AS SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM (
    SELECT 'account|' || account AS a, 'account|' || other AS b FROM s_relation
    UNION ALL SELECT {key_sql("account")} AS a, 'account|' || parent FROM s_account WHERE parent IS NOT NULL
) WHERE a <> b
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
