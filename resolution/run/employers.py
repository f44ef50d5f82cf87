"""Where leads and contacts without an account work: the company as written is matched with the account model."""

import duckdb

from resolution.database.connection import rows_in
from resolution.linking.link import prepare
from resolution.linking.linker import score
from resolution.linking.model import Model
from resolution.matchers import ACCOUNT
from resolution.records import key_sql
from resolution.run.inputs import COMPANY_INPUT

MARGIN = 1.0
"""Bits by which the best account must beat the second, else the company stays unknown."""

MOST = 0.6
"""Share of a person's activities that must be about one account for it to count as theirs."""


def find_employers(con: duckdb.DuckDBPyConnection, model: Model | None) -> None:
    """Write `employer(uid, account_id, by, known_from, match_weight)` for contacts and leads; one account each at most.

    A contact's own account reference goes first (`by` 'reference'); a company as written is matched by the account
    model, and `by` names its strongest evidence.
    """
    con.execute(COMPANY_INPUT)
    _from_references(con)
    _from_activities(con)
    companies = rows_in(con, "FROM input_company")
    if model is None or not companies:
        return
    con.execute("DROP VIEW input_account; DROP VIEW prepared_account")
    con.execute(
        """CREATE TABLE input_account AS SELECT * FROM every_account LIMIT 0; INSERT INTO input_account BY NAME
        SELECT company AS uid, 'company' AS source, any_value(name ORDER BY uid) AS name, any_value(website ORDER BY
            uid) AS website,
        any_value(email ORDER BY uid) AS email, any_value(country ORDER BY uid) AS country FROM input_company GROUP BY
            company"""
    )
    prepare(con, ACCOUNT)
    con.execute(
        "CREATE TABLE prepared_company AS FROM store.prepared_account UNION ALL BY NAME FROM prepared_account; "
        "DROP TABLE input_account; DROP TABLE prepared_account"
    )
    _pairs(con)
    score(con, model, "prepared_company", "candidates_company", "scored_company", keep_from=ACCOUNT.threshold)
    _best_accounts(con, model)
    con.execute("CREATE VIEW input_account AS FROM every_account")
    con.execute("CREATE VIEW prepared_account AS FROM store.prepared_account")


def _from_references(con: duckdb.DuckDBPyConnection) -> None:
    """Contacts whose own record names their account."""
    con.execute(
        f"""CREATE TABLE employer AS SELECT {key_sql("contact", "c")} AS uid, a.entity_id AS account_id,
            'reference' AS by,
        greatest(c.account__known, a.known_from) AS known_from, NULL::DOUBLE AS match_weight
        FROM (SELECT source, record_id, account, known_from AS account__known FROM s_contact WHERE account IS NOT NULL)
            c
        JOIN resolved_key a ON a.key = 'account|' || c.account"""
    )


def _from_activities(con: duckdb.DuckDBPyConnection) -> None:
    """A private address that takes part in the activities about one account's deals is someone of that account.

    Only for contacts that name no company; `by` is 'activity', which is evidence for matching and no statement of a
        job.
    """
    con.execute(
        f"""INSERT INTO employer
        SELECT uid, account_id, 'activity', known_from, NULL FROM (
            SELECT {key_sql("contact", "c")} AS uid, a.entity_id AS account_id, count(*) AS n,
                max(greatest(c.known_from, a.known_from)) AS known_from,
                   sum(count(*)) OVER (PARTITION BY c.source, c.record_id) AS every
            FROM s_contact c JOIN s_participant p ON p.contact = c.source || ':' || c.record_id
            JOIN s_activity i ON p.activity = i.source || ':' || i.record_id
            JOIN s_deal d ON i.deal = d.source || ':' || d.record_id JOIN resolved_key a ON a.key = 'account|' ||
                d.account
            WHERE c.account IS NULL AND filled(c.company) IS NULL AND corporate_host(c.email) IS NULL
            GROUP BY c.source, c.record_id, a.entity_id
        ) WHERE n >= {MOST} * every QUALIFY row_number() OVER (PARTITION BY uid ORDER BY n DESC, account_id) = 1"""
    )


def _best_accounts(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """The account that a company as written fits clearly better than any other, with the strongest evidence."""
    names = [c.name for c in model.comparisons]
    parts = ", ".join(f"{{'w': {_weight(con, n)}, 'n': '{n}'}}" for n in names)
    con.execute(
        f"""INSERT INTO employer
        WITH sides AS (
            SELECT CASE WHEN starts_with(l, 'company|') THEN l ELSE r END AS company, CASE WHEN starts_with(l,
                'company|') THEN r ELSE l END AS account,
                   match_weight, list_reverse_sort([{parts}])[1].n AS strongest FROM scored_company
        ), by_account AS (
            SELECT company, entity_id, max(sides.match_weight) AS weight, min(a.known_from) AS known_from,
                   arg_max(strongest, (sides.match_weight, account)) AS strongest
            FROM sides JOIN resolved_key a ON a.key = sides.account GROUP BY company, entity_id
        ), best AS (
            SELECT *, weight - coalesce(lead(weight) OVER (PARTITION BY company ORDER BY weight DESC, entity_id), -99)
                AS ahead FROM by_account
            QUALIFY row_number() OVER (PARTITION BY company ORDER BY weight DESC, entity_id) = 1
        )
        SELECT i.uid, b.entity_id, b.strongest, greatest(i.known_from, b.known_from), b.weight
        FROM best b JOIN input_company i USING (company) WHERE ahead >= {MARGIN}"""
    )


def _weight(con: duckdb.DuckDBPyConnection, name: str) -> str:
    columns = {str(row[0]) for row in con.execute("DESCRIBE scored_company").fetchall()}
    adjusted = f"mw_tf_adj_{name}"
    return f"mw_{name} + {adjusted}" if adjusted in columns else f"mw_{name}"


def _pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Candidate pairs of a company as written and an account record: same keys as accounts use, hubs capped."""
    keys = [
        f"SELECT unique_id, {n} AS block, {block.key} AS key, {block.cap} AS cap FROM prepared_company"
        for n, block in enumerate(ACCOUNT.blocks)
        if block.key != "rare_words"
    ]
    keys.append("SELECT unique_id, 99, unnest(rare_words), 80 FROM prepared_company")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE candidates_company AS
        WITH keys AS (SELECT DISTINCT *, starts_with(unique_id, 'company|') AS written FROM
            ({" UNION ALL ".join(keys)}) WHERE key IS NOT NULL AND key <> ''),
        open AS (SELECT * FROM keys QUALIFY count(*) FILTER (NOT written) OVER (PARTITION BY block, key) BETWEEN 1 AND
            cap)
        SELECT least(l.unique_id, r.unique_id) AS join_key_l, greatest(l.unique_id, r.unique_id) AS join_key_r,
            min(l.block)::VARCHAR AS match_key
        FROM open l JOIN open r ON l.block = r.block AND l.key = r.key AND l.written AND NOT r.written GROUP BY ALL"""
    )
