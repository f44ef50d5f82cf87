"""What two records of organisations say about each other, as literal pairs through the account matcher's own SQL."""

from collections.abc import Iterator

import duckdb
import pytest

from resolution.linking.link import learn, prepare
from resolution.matchers import ACCOUNT
from resolution.normalise import macros

FIELDS = ("name", "domain", "phone", "street", "city", "postcode", "country", "registration_id")
Record = dict[str, str]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    macros.install(connection)
    yield connection
    connection.close()


def both(con: duckdb.DuckDBPyConnection, left: Record, right: Record) -> None:
    """Make table `side_by_side`, one row: the prepared records side by side."""
    columns = ", ".join(f"{field} VARCHAR" for field in (*FIELDS, "website", "email", "aliases"))
    con.execute(f"CREATE OR REPLACE TABLE input_account (uid VARCHAR, source VARCHAR, {columns})")
    for uid, record in (("l", left), ("r", right)):
        con.execute(
            f"INSERT INTO input_account (uid, source, {', '.join(FIELDS)}) VALUES (?, ?{', ?' * len(FIELDS)})",
            [uid, record.get("source", uid), *(record.get(field) for field in FIELDS)],
        )
    learn(con, ACCOUNT)
    prepare(con, ACCOUNT)
    sides = (f"(SELECT COLUMNS(*) AS '\\0_{s}' FROM prepared_account WHERE unique_id = '{s}')" for s in "lr")
    con.execute(f"CREATE OR REPLACE TABLE side_by_side AS SELECT * FROM {' CROSS JOIN '.join(sides)}")


def level(con: duckdb.DuckDBPyConnection, name: str) -> str:
    comparison = next(c for c in ACCOUNT.comparisons if c.name == name)
    whens = " ".join(f"WHEN {entry.sql} THEN {n}" for n, entry in enumerate(comparison.levels))
    met = con.execute(f"SELECT CASE {whens} ELSE -1 END FROM side_by_side").fetchall()[0][0]
    return comparison.levels[met].label if met >= 0 else comparison.otherwise


@pytest.mark.parametrize(
    ("comparison", "left", "right", "met"),
    [
        ("place", {"country": "Germany"}, {"country": "DE"}, "same country"),
        ("place", {"city": "Köln"}, {"city": "Cologne"}, "same city"),
        ("place", {"country": "Sweden"}, {"country": "Norge"}, "other country"),
        (
            "place",
            {"name": "Hafen Köln", "city": "Koeln"},
            {"name": "Koeln Werft", "city": "Köln"},
            "same city, which both names say already",
        ),
        (
            "name",
            {"name": "HarbourTransport"},
            {"name": "Harbour Transport"},
            "same words, spaced or ordered differently",
        ),
        (
            "name",
            {"name": "Bluest Papers"},
            {"name": "Byuest Paapers"},
            "nearly all of the name's information shared",
        ),
        ("domain", {"domain": "acme-group.com"}, {"domain": "acme.de"}, "same domain under another ending"),
        ("domain", {"domain": "rivertown.de"}, {"domain": "rivertowntec.de"}, "domains alike"),
        ("domain", {"domain": "rivertown.de"}, {"domain": "rivetown.de"}, "one letter of the domain apart"),
        ("phone", {"phone": "+44 75 901 5348"}, {"phone": "+33 75 901 5348"}, "same digits in two countries"),
        ("phone", {"phone": "+44 75 901 5348"}, {"phone": "075-9015348"}, "same phone"),
    ],
)
def test_which_level_a_pair_meets(
    con: duckdb.DuckDBPyConnection, comparison: str, left: Record, right: Record, met: str
) -> None:
    both(con, left, right)
    assert level(con, comparison) == met


HERE = {"name": "Acme Paint", "domain": "acme.com", "country": "SE", "city": "Lund"}


@pytest.mark.parametrize(
    ("about", "other", "apart"),
    [
        ("a company of the family abroad", {"country": "Poland", "city": "Kraków"}, True),
        ("the same country written differently", {"country": "Sweden"}, False),
        ("a slip in the country: the city is the same", {"country": "Poland", "city": "Lund"}, False),
        ("no country", {"city": "Kraków"}, False),
    ],
)
def test_companies_of_a_family_in_two_countries_stay_two(
    con: duckdb.DuckDBPyConnection, about: str, other: Record, apart: bool
) -> None:
    both(con, HERE, {"name": "Acme Paint", "domain": "acme.com", **other})
    found = con.execute(f"SELECT coalesce(({ACCOUNT.vetoes[1].sql}), false) FROM side_by_side").fetchall()
    assert found == [(apart,)], about


@pytest.mark.parametrize(
    ("name", "told", "source", "apart"),
    [
        ("Astrid Holmqvist", {}, "crm", True),
        ("Dr. Jan van der Berg", {}, "crm", True),
        ("Astrid Holmqvist", {"domain": "astrid.example"}, "crm", False),
        ("Astrid Holmqvist", {"city": "Lund"}, "crm", False),
        ("Astrid Holmqvist", {}, "erp", False),
        ("Hugo Brandt AB", {}, "crm", False),
        ("Hugo Brandt Consulting", {}, "crm", False),
        ("Vinga Timber", {}, "crm", False),
    ],
)
def test_accounts_of_persons_of_whom_nothing_is_told_stay_two(
    con: duckdb.DuckDBPyConnection, name: str, told: Record, source: str, apart: bool
) -> None:
    veto = next(veto for veto in ACCOUNT.vetoes if "persons" in veto.about)
    both(con, {"name": name, "source": "crm"}, {"name": name, "source": source, **told})
    found = con.execute(f"SELECT coalesce(({veto.sql}), false) FROM side_by_side").fetchall()
    assert found == [(apart,)]
