"""Values that are not wholly understood cost themselves: told with place and reason, the row stays."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import NotFound
from resolution.staging.rejects import read_rejects
from resolution.staging.stage import StageReport, check, stage

NOW = datetime(2025, 12, 1, tzinfo=UTC)


def run(folder: Path, toml: str, now: datetime = NOW, **files: str) -> StageReport:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "sources.toml").write_text(toml, encoding="utf-8")
    return stage(folder / "sources.toml", folder / "staging.duckdb", now=now)


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return list(db.execute(statement).fetchall())


COMMA = """[source.crm]
files = "deals.csv"
delimiter = ";"
decimal = ","
[source.crm.deal]
id = "Id"
amount = "Amount"
opened_at = "Created"
stage = { column = "Stage", values = { "Open" = "open:1" } }
"""
AMOUNTS = """Id;Amount;Created;Stage
1;100.0;2025-01-01;Open
2;1234.56;2025-01-01;Open
3;45,000.00;2025-01-01;Open
4;1.234,50;2025-01-01;Open
5;1 234,50;2025-01-01;Open
6;-;2025-01-01;Open
7;1.234;2025-01-01;Open
"""


def test_numbers_under_the_other_decimal_mark_are_read_by_shape_or_rejected(tmp_path: Path) -> None:
    report = run(tmp_path, COMMA, deals=AMOUNTS)
    got = rows(tmp_path, "SELECT amount FROM staged_deal ORDER BY record_id")
    assert got == [(100.0,), (1234.56,), (45000.0,), (1234.5,), (1234.5,), (None,), (None,)]
    place, what, value, why = rows(tmp_path, "SELECT place, what, value, reason FROM rejects")[0]
    assert (place, what, value) == ("deals.csv:8", "value", "1.234")
    assert "could be 1234 or 1.234" in why
    said = " | ".join(report.cannot_know)
    assert "1 of 7 values of deal amount cannot be read and stay empty ('1.234'; deals.csv:8: could be" in said
    assert "1 of 7 values of deal amount say that there is no value and stay empty ('-')" in said


def test_numbers_typed_in_parquet_and_json_need_no_decimal_mark(tmp_path: Path) -> None:
    duckdb.sql(
        'SELECT \'a\' AS "Id", 1.234::DOUBLE AS "Amount", \'2025-01-01\' AS "Created", \'Open\' AS "Stage"'
    ).write_parquet(str(tmp_path / "deals.parquet"))
    run(tmp_path, COMMA.replace("deals.csv", "deals.parquet"))
    assert rows(tmp_path, "SELECT amount FROM staged_deal") == [(1.234,)]
    line = '{"Id": "b", "Amount": 45.678, "Created": "2025-01-01", "Stage": "Open"}\n'
    (tmp_path / "deals.jsonl").write_text(line, encoding="utf-8")
    run(tmp_path, COMMA.replace("deals.csv", "deals.jsonl"))
    assert rows(tmp_path, "SELECT amount FROM staged_deal WHERE known_to IS NULL") == [(45.678,)]


HUBSPOT = '[workspace]\ncurrency = "EUR"\n[source.hs]\nuse = "hubspot"\nfiles = "."\n'
COMPANIES = """Record ID,Company name,Company Domain Name,Number of Employees,Annual Revenue,\
Create Date,Last Modified Date
1,Lindholm Rör AB,lindholm.example,51-200,$1M-$10M,2024-01-01 10:00,2024-01-02 10:00
2,Bolt,bolt.example,"1,000+",N/A,2024-01-01 10:00,2024-01-02 10:00
3,Coil,coil.example,120,,2024-01-01 10:00,2024-01-02 10:00
"""


def test_an_unreadable_optional_value_costs_the_value_and_not_the_company(tmp_path: Path) -> None:
    report = run(tmp_path, HUBSPOT, **{"all-companies": COMPANIES})
    assert rows(tmp_path, "SELECT name, domain, employees, revenue FROM staged_account ORDER BY record_id") == [
        ("Lindholm Rör AB", "lindholm.example", None, None), ("Bolt", "bolt.example", None, None),
        ("Coil", "coil.example", 120, None),
    ]  # fmt: skip
    assert [(c.staged, c.rejected, c.misread) for c in report.counts] == [(3, 0, 3)]
    reasons = rows(tmp_path, "SELECT field, value, reason FROM rejects ORDER BY ALL")
    assert [(f, v) for f, v, _ in reasons] == [
        ("employees", "1,000+"), ("employees", "51-200"), ("revenue", "$1M-$10M"),
    ]  # fmt: skip
    assert all("is a band, not a number" in why for _, _, why in reasons)


SMALL = '[source.s]\nfiles = "a.csv"\n'
SMALL += 'known_at = {{ constant = "2024-01-01" }}\n[source.s.account]\nid = "I"\nname = "N"\n{}\n'


@pytest.mark.parametrize(
    ("line", "text", "column", "value", "misread"),
    [
        ('employees = { column = "V", band = "low" }', "51-200", "employees", 51, 0),
        ('employees = { column = "V", band = "middle" }', "50-200", "employees", 100, 0),
        ('employees = "V"', "12.7", "employees", None, 1),
        ('employees = "V"', "-3", "employees", None, 1),
        ('employees = "V"', "12.0", "employees", 12, 0),
        ('revenue = "V"', "1e6", "revenue", 1e6, 0),
        ('revenue = "V"', "EUR 5", "revenue", 5.0, 0),
        ('revenue = "V"', "five", "revenue", None, 1),
        ('parent = { ref = "V" }', "N/A", "parent", None, 0),
        ('phone = "V"', '"+46 8 123, +46 70 111"', "phone", "+46 8 123", 0),
    ],
)
def test_one_value(tmp_path: Path, line: str, text: str, column: str, value: object, misread: int) -> None:
    report = run(tmp_path, SMALL.format(line), a=f"I,N,V\n1,Acme,{text}\n")
    assert rows(tmp_path, f"SELECT name, {column} FROM staged_account") == [("Acme", value)]
    assert [c.misread for c in report.counts] == [misread]


def test_several_addresses_in_a_cell_give_the_first(tmp_path: Path) -> None:
    toml = SMALL.format("").replace("account", "contact") + 'email = "E"\n'
    report = run(tmp_path, toml, a='I,N,E\n1,Maria,"maria@lindholm.example, m@home.example"\n2,Bo,bo@a.example\n')
    assert rows(tmp_path, "SELECT email FROM staged_contact ORDER BY 1") == [
        ("bo@a.example",),
        ("maria@lindholm.example",),
    ]
    assert any("1 of 2 values of contact email hold several addresses" in s for s in report.cannot_know)


def test_rows_left_out_are_counted_as_such(tmp_path: Path) -> None:
    toml = SMALL.format('where = { N = ["Acme"] }')
    report = run(tmp_path, toml, a="I,N\n1,Acme\n2,Bell\n")
    assert [(c.fetched, c.staged, c.rejected, c.left_out) for c in report.counts] == [(2, 1, 0, 1)]
    assert rows(tmp_path, "SELECT count(*) FROM rejects") == [(0,)]
    assert any("1 account rows are left out by where: N is 'acme'" in s for s in report.cannot_know)


def test_a_value_that_cannot_be_read_now_leaves_the_earlier_one(tmp_path: Path) -> None:
    run(tmp_path, COMMA, deals=AMOUNTS)
    run(tmp_path, COMMA, deals=AMOUNTS.replace("1234.56", "12x"))
    assert rows(tmp_path, "SELECT amount FROM staged_deal WHERE record_id = '2'") == [(1234.56,)]
    assert rows(tmp_path, "SELECT count(*) FROM staged_change") == [(0,)]


def test_a_stamp_of_knowledge_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    toml = SMALL.format("").replace('{ constant = "2024-01-01" }', '"M"')
    run(tmp_path, toml, a="I,N,M\n1,Acme,2024-01-01 10:00 IST\n2,Bell,2024-01-01 10:00 CET\n")
    assert rows(tmp_path, "SELECT field, value FROM rejects") == [("known_at", "2024-01-01 10:00 IST")]
    assert rows(tmp_path, "SELECT known_from FROM staged_account WHERE name = 'Bell'") == [(datetime(2024, 1, 1, 9),)]


def test_placeholders_are_blanked_told_and_configurable(tmp_path: Path) -> None:
    people = "I,N,E\n" + "".join(
        f"{i},Name{i} Last{i},{'none@none.com' if i % 3 == 0 else f'p{i}@f.example'}\n" for i in range(12)
    )
    toml = SMALL.format("").replace("account", "contact") + 'email = "E"\n'
    report = run(tmp_path, toml, a=people)
    assert rows(tmp_path, "SELECT count(*), count(email) FROM staged_contact") == [(12, 8)]
    assert any("4 contact records have a placeholder as email, which stays empty: 'none@none.com'" in s
               for s in report.cannot_know)  # fmt: skip
    run(tmp_path, '[workspace]\nkeep = ["none@none.com"]\nplaceholders = ["p1@f.example"]\n' + toml, a=people)
    assert rows(tmp_path, "SELECT count(email) FROM staged_contact WHERE known_to IS NULL") == [(11,)]


def test_a_placeholder_found_once_stays_found_in_a_short_file(tmp_path: Path) -> None:
    toml = SMALL.format("snapshot = false").replace("account", "contact") + 'email = "E"\n'
    crowd = "I,N,E\n" + "".join(f"{i},Name{i} Last{i},kunde@firma.example\n" for i in range(14))
    run(tmp_path, toml, a=crowd)
    run(tmp_path, toml, a="I,N,E\n99,Anna Berg,Kunde@firma.example\n")
    assert rows(tmp_path, "SELECT count(*), count(email) FROM staged_contact") == [(15, 0)]


def test_a_dry_run_says_the_same(tmp_path: Path) -> None:
    run(tmp_path, COMMA, deals=AMOUNTS)
    found = check(tmp_path / "sources.toml", now=NOW)
    assert found.report.counts[0].misread == 1
    assert found.samples[0].rejects[0]["what"] == "value"


DEALS = """Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Last Modified Date,Pipeline,Deal owner,\
Associated Company IDs,Associated Contact IDs
1,A,Closed Won (Sales Pipeline),10,2024-03-01 10:00,2024-01-01 10:00,2024-03-01 10:00,Sales Pipeline,Ann,1,7
2,B,Contract Sent (Sales Pipeline),10,2024-03-01 10:00,2024-01-01 10:00,2024-03-01 10:00,Sales Pipeline,Ann,1,7
3,C,Demo booked,10,2024-03-01 10:00,2024-01-01 10:00,2024-03-01 10:00,Sales Pipeline,Ann,1,7
4,D,Closed Lost (Renewals),10,2024-03-01 10:00,2024-01-01 10:00,2024-03-01 10:00,Renewals,Ann,1,7
5,E,Closed Won (Renewals),10,2024-03-01 10:00,2024-01-01 10:00,2024-03-01 10:00,Sales Pipeline,Ann,1,7
"""


def test_hubspots_stages_with_their_pipeline_in_brackets(tmp_path: Path) -> None:
    run(tmp_path, HUBSPOT, **{"all-deals": DEALS})
    assert rows(tmp_path, "SELECT stage, state, stage_order FROM staged_deal ORDER BY record_id") == [
        ("Closed Won", "won", None), ("Contract Sent", "open", 5), (None, None, None), ("Closed Lost", "lost", None),
        (None, None, None),
    ]  # fmt: skip
    stages = rows(tmp_path, "SELECT value FROM rejects WHERE field = 'stage' ORDER BY place")
    assert stages == [("Demo booked",), ("Closed Won (Renewals)",)]


def test_deals_that_close_before_they_open_are_told(tmp_path: Path) -> None:
    toml = """[source.crm]
files = "deals.csv"
[source.crm.deal]
id = "Id"
opened_at = { column = "Open", format = "%d/%m/%Y" }
closed_at = { column = "Close", format = "%d/%m/%Y" }
stage = { column = "Stage", values = { "Won" = "won", "Lost" = "lost" } }
"""
    deals = "Id,Stage,Open,Close\n0,Won,1/5/2025,3/4/2025\n1,Lost,2/6/2025,4/11/2025\n3,Won,4/8/2025,6/2/2025\n"
    said = " | ".join(run(tmp_path, toml, deals=deals).cannot_know)
    assert "2 of 2 won deals have a closing before their opening (crm:0, deals.csv:2): are day and month" in said
    assert "lost deals have a closing" not in said


def test_rejects_are_listed(tmp_path: Path) -> None:
    run(tmp_path, COMMA, deals=AMOUNTS + ";1;2025-01-01;Open\n")
    found = read_rejects(tmp_path / "staging.duckdb")
    assert [(r.place, r.field, r.what) for r in found.rejects] == [
        ("deals.csv:8", "amount", "value"), ("deals.csv:9", "id", "row"),
    ]  # fmt: skip
    assert read_rejects(tmp_path / "staging.duckdb", field="amount", limit=1).total == 1
    with pytest.raises(NotFound, match="nothing has been staged yet"):
        read_rejects(tmp_path / "none.duckdb")
