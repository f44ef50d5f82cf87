"""The review queue: what is put up, in which order, and what is left out."""

import duckdb
import pytest

from resolution.judgements.queue import queue
from resolution.matchers import ACCOUNT
from resolution.normalise import macros

PAIRS = [  # l, r, bits from the threshold, accepted, veto
    ("a:1", "a:2", 0.5, True, None),  # inside A: nearly at the threshold
    ("a:1", "a:3", 5.0, True, None),  # inside A too: the better pair is shown
    ("a:1", "b:1", -1.0, False, None),  # A and B
    ("a:2", "b:1", -0.5, False, None),  # A and B: better
    ("b:1", "c:1", 9.0, True, None),  # far above, but the grouping refused it
    ("c:1", "d:1", 9.0, True, None),  # far above, but the only bridge
    ("a:3", "d:1", -0.1, False, "a source says that they are two"),
    ("b:1", "d:1", -7.0, False, None),  # far below
    ("c:1", "e:1", -0.2, False, None),  # judged
]
ENTITIES = {"a:1": "A", "a:2": "A", "a:3": "A", "b:1": "B", "c:1": "C", "d:1": "C", "e:1": "E"}


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    macros.install(con)
    con.execute("CREATE TABLE resolved_key (kind VARCHAR, key VARCHAR, entity_id VARCHAR)")
    con.execute("CREATE TABLE lead_contact (uid VARCHAR, contact_uid VARCHAR)")
    con.execute("CREATE TABLE employer (uid VARCHAR, account_id VARCHAR)")
    con.execute(
        "CREATE TABLE s_deal (source VARCHAR, record_id VARCHAR, account VARCHAR, amount DOUBLE, state VARCHAR)"
    )
    con.execute("CREATE TABLE s_usage (account VARCHAR, week TIMESTAMP, active_users INTEGER)")
    con.execute("CREATE TABLE models (kind VARCHAR, digest VARCHAR, prior DOUBLE)")
    con.execute("INSERT INTO models VALUES ('account', 'd', -8)")
    con.execute("CREATE TABLE bridge_link (l VARCHAR, r VARCHAR)")
    con.execute("INSERT INTO bridge_link VALUES ('account|c:1', 'account|d:1')")
    con.execute(
        "CREATE TABLE input_account (uid VARCHAR, name VARCHAR, domain VARCHAR, website VARCHAR, "
        "phone VARCHAR, street VARCHAR, "
        "postcode VARCHAR, city VARCHAR, country VARCHAR, registration_id VARCHAR)"
    )
    columns = "l VARCHAR, r VARCHAR, match_weight DOUBLE, probability DOUBLE"
    con.execute(
        f"CREATE TABLE pairs_account ({columns}, level_name VARCHAR, mw_name DOUBLE, veto VARCHAR, accepted BOOLEAN)"
    )
    for kind in ("contact", "deal"):
        con.execute(f"CREATE TABLE pairs_{kind} ({columns}, veto VARCHAR, accepted BOOLEAN)")
    for key, entity in ENTITIES.items():
        con.execute("INSERT INTO resolved_key VALUES ('account', ?, ?)", [f"account|{key}", entity])
        con.execute("INSERT INTO input_account (uid, name) VALUES (?, ?)", [f"account|{key}", f"Name {key}"])
    for a, b, bits, accepted, veto in PAIRS:
        weight = ACCOUNT.threshold + bits
        con.execute(
            "INSERT INTO pairs_account VALUES (?, ?, ?, 0.5, 'same', ?, ?, ?)",
            [f"account|{a}", f"account|{b}", weight, weight + 8, veto, accepted],
        )
    con.execute(
        "INSERT INTO s_deal VALUES ('crm', '1', 'e:1', 5e5, 'open'), "
        "('crm', '2', 'd:1', 1e6, 'open'), ('crm', '3', 'a:1', 1e9, 'won')"
    )
    con.execute("INSERT INTO s_usage VALUES ('a:1', '2024-01-01', 900), ('a:1', '2024-01-08', 9)")
    return con


def test_the_queue_holds_one_pair_an_entity_pair_best_first(con: duckdb.DuckDBPyConnection) -> None:
    assert queue(con, [("account|c:1", "account|e:1")]) == 4
    rows = con.execute("SELECT a, b, score, reason, together FROM review ORDER BY score DESC, id").fetchall()
    assert [(a[8:], b[8:]) for a, b, *_ in rows] == [("a:2", "b:1"), ("a:1", "a:2"), ("b:1", "c:1"), ("c:1", "d:1")]
    between, near, refused, bridge = rows
    worth = 0.2 / 3  # ten people use it, log10 of 1000 is 3: 1/3 of a fifth
    assert near[2] == pytest.approx(0.5 * (1 - 0.5 / 6) + 0.1 * 1.584963 / 6 + worth, abs=1e-6)
    assert near[3:] == ("+0.5 bits from the threshold; 9 people use the product", True)
    assert between[3:] == ("-0.5 bits from the threshold; 9 people use the product", False)
    assert bridge[3:] == ("alone holds two parts of an entity together; open deals of 1,000,000", True)
    assert refused[3].startswith("accepted, but the rest of the two entities speaks against it")


def test_parts_add_up_and_both_records_speak(con: duckdb.DuckDBPyConnection) -> None:
    queue(con, [])
    rows = con.execute("SELECT match_weight, part_weights, parts, fields, values_a, values_b, a FROM review").fetchall()
    for weight, parts, names, fields, first, _, key in rows:
        assert sum(parts) == pytest.approx(weight, abs=1e-9)
        assert names == ["prior", "name"]
        assert (fields, first) == (["name"], [f"Name {key[8:]}"])


def test_a_pair_that_was_judged_stays_out_whatever_was_said(con: duckdb.DuckDBPyConnection) -> None:
    queue(con, [])
    kept = con.execute("SELECT b FROM review WHERE b = 'account|e:1'").fetchall()
    assert kept == [("account|e:1",)]  # unlike in the first test, where it was judged
