"""The name that stands for an account: the majority's, without legal forms, then most sources, then the newest."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from resolution.database.connection import connect
from resolution.entities.golden import golden_sql
from resolution.kinds import BY_NAME
from resolution.normalise import macros

START = datetime(2025, 1, 1)

CASES = [
    (["a:Acme Inc.", "b:Acme, Inc", "c:ACME", "d:Acmee"], "ACME"),  # one typo, though it is the newest
    (["a:Acme GmbH", "b:Acme GmbH", "c:Acme", "d:Beta", "d:Beta"], "Acme GmbH"),  # the core has three, Beta two
    (["a:Northwind", "b:Northwind", "c:Nordwind", "c:Nordwind"], "Northwind"),  # two each: the one of two sources
    (["a:Acme", "b:Akme"], "Akme"),  # one each: the newest
    (["a:Acme"], "Acme"),
    (["a:GmbH", "a:GmbH", "b:Firm"], "GmbH"),  # nothing but a legal form is a name too
]


@pytest.mark.parametrize(("said", "stands"), CASES)
def test_the_name_that_stands(said: list[str], stands: str) -> None:
    con = connect()
    macros.install(con)
    con.execute(
        "CREATE MACRO company_domain(d, w) AS NULL; CREATE TABLE trust AS "
        "SELECT * FROM (VALUES ('a', 1), ('b', 2), ('c', 3), ('d', 4)) t(source, rank)"
    )
    columns = ", ".join(f'"{name}" {sql}' for name, sql in BY_NAME["account"].columns)
    con.execute(f"CREATE TABLE s_account ({columns}); CREATE TABLE e_account (ref VARCHAR, id VARCHAR)")
    for i, one in enumerate(said):
        source, _, name = one.partition(":")
        con.execute(
            "INSERT INTO s_account (source, record_id, name, known_from) VALUES (?, ?, ?, ?)",
            [source, str(i), name, START + timedelta(days=i)],
        )
        con.execute("INSERT INTO e_account VALUES (?, 'acc')", [f"{source}:{i}"])
    assert con.execute(f"SELECT name FROM ({golden_sql('account')})").fetchall() == [(stands,)]
