"""The review queue: the pairs that are most worth a person's look, into table `review`.

score = 0.5 uncertain + 0.2 torn + 0.1 large + 0.2 valuable, each from 0 to 1:
uncertain  1 at the matcher's threshold, falling to 0 at SPAN bits from it
torn       1 where the pair alone holds two dense parts together, or where the model accepts it and the rest of the
           two entities refuses it
large      log2 of the records that hang on it, 1 from 64 on
valuable   the greater of log10 of the open amount, 1 from a million on, and of the weekly users, 1 from a thousand on

Pairs already judged, whatever was said, and vetoed ones stay out; of two entities only the best pair is shown.
"""

from collections.abc import Iterable
from typing import Any, Final

import duckdb

from resolution.clustering.cluster import Pair
from resolution.database.connection import rows_in
from resolution.matchers import ACCOUNT, CONTACT, DEAL
from resolution.matchers.terms import Matcher
from resolution.records import key_sql

SPAN: Final = 6.0
QUEUE: Final = 300
"""Most pairs of one kind that are put into the queue: more than people look at between two refreshes."""
FIELDS: Final = {
    "account": ("name", "domain", "website", "phone", "street", "postcode", "city", "country", "registration_id"),
    "contact": ("name", "first_name", "last_name", "email", "phone", "title", "company", "city", "country", "linkedin"),
    "deal": ("name", "amount", "opened_at", "closed_at"),
}
TABLE: Final = """CREATE TABLE review (id VARCHAR, kind VARCHAR, a VARCHAR, b VARCHAR, score DOUBLE, reason VARCHAR,
    match_weight DOUBLE, probability DOUBLE, threshold DOUBLE, together BOOLEAN, parts VARCHAR[], part_levels VARCHAR[],
    part_weights DOUBLE[], fields VARCHAR[], values_a VARCHAR[], values_b VARCHAR[], model VARCHAR)"""

OWNER: Final = """CREATE TEMP TABLE owner AS
SELECT k.key, k.kind, coalesce(c.entity_id, k.entity_id) AS entity_id FROM resolved_key k
LEFT JOIN lead_contact t ON t.uid = k.key LEFT JOIN resolved_key c ON c.key = t.contact_uid WHERE k.kind <> 'outcome'"""
"""A lead belongs to its person, so that a person's lead and contact are not two."""

WORTH: Final = f"""CREATE TEMP TABLE worth AS
WITH open AS (SELECT a.entity_id AS account, sum(d.amount) AS amount FROM s_deal d
    JOIN resolved_key a ON a.key = 'account|' || d.account WHERE d.state = 'open' GROUP BY a.entity_id),
used AS (SELECT account, max_by(users, week) AS users FROM (SELECT a.entity_id AS account, week,
    sum(u.active_users) AS users FROM s_usage u JOIN resolved_key a ON a.key = 'account|' || u.account
    GROUP BY a.entity_id, week) GROUP BY account),
accounts AS (SELECT coalesce(open.account, used.account) AS account, coalesce(amount, 0) AS amount,
    coalesce(users, 0) AS users FROM open FULL JOIN used ON used.account = open.account),
concerned AS (
    SELECT key, entity_id AS account FROM resolved_key WHERE kind = 'account'
    UNION SELECT uid, account_id FROM employer
    UNION SELECT {key_sql("deal", "d")}, a.entity_id FROM s_deal d
    JOIN resolved_key a ON a.key = 'account|' || d.account
)
SELECT key, max(amount) AS amount, max(users) AS users FROM concerned JOIN accounts USING (account) GROUP BY key"""


def queue(con: duckdb.DuckDBPyConnection, judged: Iterable[Pair]) -> int:
    """Fill the queue (after `guards.audit`, which finds the bridges); how many pairs it holds."""
    con.execute(TABLE)
    con.execute(OWNER)
    con.execute(WORTH)
    con.execute("CREATE TEMP TABLE sizes AS SELECT entity_id, count(*) AS n FROM owner GROUP BY entity_id")
    seen = sorted(judged)
    con.execute(
        "CREATE TEMP TABLE seen AS SELECT unnest(?::VARCHAR[]) AS l, unnest(?::VARCHAR[]) AS r",
        [[a for a, _ in seen], [b for _, b in seen]],
    )
    for matcher in (ACCOUNT, CONTACT, DEAL):
        _of(con, matcher)
        _values(con, matcher.kind)
    return rows_in(con, "FROM review")


def parts_sql(columns: Iterable[str], prior: str) -> tuple[str, str, str]:
    """SQL lists of a scored row: names of the parts, levels met, weights; they begin with the model's prior."""
    have = list(columns)
    labels, levels, weights = ["'prior'"], ["'prior'"], [prior]
    for name in (c.removeprefix("level_") for c in have if c.startswith("level_")):
        labels.append(f"'{name}'")
        levels.append(f"level_{name}")
        weights.append(f"mw_{name}")
        if f"mw_tf_adj_{name}" in have:
            labels.append(f"'{name} frequency'")
            levels.append(f"CASE WHEN mw_tf_adj_{name} = 0 THEN 'none' ELSE 'how rare the value is' END")
            weights.append(f"mw_tf_adj_{name}")
    return ", ".join(labels), ", ".join(levels), ", ".join(weights)


def _of(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> None:
    kind, threshold = matcher.kind, matcher.threshold
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE pairs_{kind}").fetchall()]
    if not any(c.startswith("level_") for c in columns):
        return  # nothing was compared
    labels, levels, weights = parts_sql(columns, "m.prior")
    con.execute(
        f"""INSERT INTO review
        WITH worth_a_look AS MATERIALIZED (
            SELECT p.*, a.entity_id AS ea, b.entity_id AS eb, w.l IS NOT NULL AS bridge,
                p.accepted AND a.entity_id <> b.entity_id AND NOT (a.kind = 'lead' AND b.kind = 'lead') AS refused,
                greatest(0, 1 - abs(p.match_weight - {threshold}) / {SPAN}) AS uncertain
            FROM pairs_{kind} p JOIN owner a ON a.key = p.l JOIN owner b ON b.key = p.r
            LEFT JOIN bridge_link w ON w.l = p.l AND w.r = p.r
            ANTI JOIN seen ON seen.l = p.l AND seen.r = p.r
            WHERE p.veto IS NULL AND p.match_weight > {threshold - SPAN} AND (uncertain > 0 OR bridge OR refused)
        ), looked AS (
            SELECT p.*, CASE WHEN ea = eb THEN x.n ELSE x.n + y.n END AS records,
                greatest(coalesce(u.amount, 0), coalesce(v.amount, 0)) AS amount,
                greatest(coalesce(u.users, 0), coalesce(v.users, 0)) AS users
            FROM worth_a_look p JOIN sizes x ON x.entity_id = ea JOIN sizes y ON y.entity_id = eb
            LEFT JOIN worth u ON u.key = p.l LEFT JOIN worth v ON v.key = p.r
        ), weighed AS (
            SELECT *, round(0.5 * uncertain + 0.2 * (bridge OR refused)::INTEGER + 0.1 * least(1, log2(records) / 6)
                + 0.2 * greatest(least(1, log10(1 + amount) / 6), least(1, log10(1 + users) / 3)), 6) AS score
            FROM looked
        ), best AS (
            SELECT * FROM weighed QUALIFY row_number() OVER (
                PARTITION BY least(ea, eb), greatest(ea, eb) ORDER BY score DESC, l, r) = 1
        )
        SELECT 'review|' || left(sha256(l || '>' || r), 24), '{kind}', l, r, score, concat_ws('; ',
            CASE WHEN bridge THEN 'alone holds two parts of an entity together' END,
            CASE WHEN refused THEN 'accepted, but the rest of the two entities speaks against it' END,
            CASE WHEN uncertain > 0 THEN format('{{:+.1f}} bits from the threshold', match_weight - {threshold}) END,
            CASE WHEN records >= 6 THEN records || ' records hang on it' END,
            CASE WHEN amount > 0 THEN 'open deals of ' || format('{{:,}}', amount::BIGINT) END,
            CASE WHEN users > 0 THEN users || ' people use the product' END),
            match_weight, probability, {threshold}, ea = eb, [{labels}], [{levels}], [{weights}], [], [], [], m.digest
        FROM best, (SELECT * FROM models WHERE kind = '{kind}') m ORDER BY score DESC, l, r LIMIT {QUEUE}"""
    )


def _values(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    """What both records say, field by field, where at least one says something."""
    fields = FIELDS[kind]
    pairs = con.execute("SELECT id, a, b FROM review WHERE kind = ? ORDER BY id", [kind]).fetchall()
    if not pairs:
        return
    keys = sorted({key for _, a, b in pairs for key in (a, b)})
    rows = con.execute(
        f"SELECT uid, {', '.join(f'{f}::VARCHAR' for f in fields)} FROM input_{kind} "
        "WHERE uid IN (SELECT unnest(?::VARCHAR[]))",
        [keys],
    ).fetchall()
    said: dict[str, tuple[Any, ...]] = {str(uid): tuple(values) for uid, *values in rows}
    rows = []
    for id_, a, b in pairs:
        told = [(f, x or "", y or "") for f, x, y in zip(fields, said[a], said[b], strict=True) if x or y]
        rows.append((id_, [f for f, _, _ in told], [x for _, x, _ in told], [y for _, _, y in told]))
    con.execute(
        "UPDATE review SET fields = t.fields, values_a = t.a, values_b = t.b FROM (SELECT unnest(?::VARCHAR[]) AS id, "
        "unnest(?::VARCHAR[][]) AS fields, unnest(?::VARCHAR[][]) AS a, unnest(?::VARCHAR[][]) AS b) t "
        "WHERE review.id = t.id",
        [list(column) for column in zip(*rows, strict=True)],
    )
