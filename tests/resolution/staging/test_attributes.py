"""Columns of the user's own are staged with their history; what is no attribute is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import BadMapping, SourceRefused
from resolution.staging.notices import sentences
from resolution.staging.stage import StageReport, stage

NOW = datetime(2025, 12, 1, tzinfo=UTC)
LATER = datetime(2025, 12, 8, tzinfo=UTC)
TOML = """[workspace]
currency = "EUR"
[source.crm.deal]
files = "deals.csv"
id = "Id"
name = "Name"
opened_at = "Created"
known_at = "Modified"
stage = { column = "Stage", values = { "Open" = "open:1" } }
attributes = ATTRIBUTES
"""
DEALS = """Id,Name,Created,Modified,Stage,Budget Confirmed,Seats,Region,Owner Mail,Empty
1,A,2025-01-01,2025-02-01,Open,yes,5,North,a@x.se,
2,B,2025-01-02,2025-02-02,Open,no,10,South,b@x.se,
3,C,2025-01-03,2025-02-03,Open,yes,15,North,a@x.se,
4,D,2025-01-04,2025-02-04,Open,,20,N/A,b@x.se,
"""


def run(folder: Path, attributes: str = '"*"', now: datetime = NOW, toml: str = TOML, **files: str) -> StageReport:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "sources.toml").write_text(toml.replace("ATTRIBUTES", attributes), encoding="utf-8")
    return stage(folder / "sources.toml", folder / "staging.duckdb", now=now)


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return list(db.execute(statement).fetchall())


def values(folder: Path, name: str) -> list[tuple[Any, ...]]:
    return rows(
        folder,
        "SELECT record_id, value, number, strftime(known_from, '%m-%d') FROM staged_attribute "
        f"WHERE name = '{name}' ORDER BY record_id, known_from",
    )


def test_every_column_that_no_field_reads_is_an_attribute(tmp_path: Path) -> None:
    report = run(tmp_path, deals=DEALS)
    assert rows(tmp_path, "SELECT name, type, filled, feature FROM attributes ORDER BY name") == [
        ("Budget Confirmed", "flag", 3, True),
        ("Owner Mail", "category", 4, False),
        ("Region", "category", 3, True),
        ("Seats", "number", 4, True),
    ]
    assert values(tmp_path, "Budget Confirmed") == [
        ("1", "yes", 1.0, "02-01"), ("2", "no", 0.0, "02-02"), ("3", "yes", 1.0, "02-03"),
    ]  # fmt: skip
    said = " | ".join(sentences(report.notices))
    assert "3 attributes of deal records count: Seats (number), Budget Confirmed (flag), Region (category)" in said
    assert "deal Owner Mail holds personal data: it is no feature" in said


def test_a_list_takes_these_columns_and_except_leaves_some(tmp_path: Path) -> None:
    run(tmp_path, '["seats"]', deals=DEALS)
    assert rows(tmp_path, "SELECT DISTINCT name FROM staged_attribute") == [("seats",)]
    run(tmp_path, '{ columns = "*", except = ["Seats", "Owner Mail"] }', deals=DEALS)
    assert rows(tmp_path, "SELECT name FROM attributes ORDER BY name") == [("Budget Confirmed",), ("Region",)]


def test_values_that_change_keep_both_versions_and_the_same_value_keeps_its_moment(tmp_path: Path) -> None:
    run(tmp_path, deals=DEALS)
    changed = DEALS.replace("2025-02-02,Open,no,10", "2025-12-05,Open,no,12")
    run(tmp_path, now=LATER, deals=changed)
    assert values(tmp_path, "Seats")[1:3] == [("2", "10", 10.0, "02-02"), ("2", "12", 12.0, "12-05")]
    assert values(tmp_path, "Budget Confirmed")[1] == ("2", "no", 0.0, "02-02")
    again = rows(tmp_path, "SELECT * FROM staged_attribute ORDER BY ALL")
    run(tmp_path, now=LATER, deals=changed)
    assert rows(tmp_path, "SELECT * FROM staged_attribute ORDER BY ALL") == again


def test_a_column_can_have_a_knowledge_time_of_its_own(tmp_path: Path) -> None:
    told = '[{ column = "Seats", known_at = "Created" }, "Region"]'
    run(tmp_path, told, deals=DEALS)
    assert values(tmp_path, "Seats")[0] == ("1", "5", 5.0, "01-01")
    assert values(tmp_path, "Region")[0] == ("1", "North", None, "02-01")


def test_a_table_of_changes_tells_the_history(tmp_path: Path) -> None:
    toml = (
        TOML
        + """[source.crm.change]
files = "history.csv"
id = "Id"
of = { ref = "Deal" }
of_kind = { constant = "deal" }
field = { column = "Field", values = { "Seats" = "Seats" } }
old = "Old"
new = "New"
at = "At"
"""
    )
    history = "Id,Deal,Field,Old,New,At\nh1,1,Seats,2,4,2025-01-10\nh2,1,Seats,4,5,2025-01-20\n"
    run(tmp_path, toml=toml, deals=DEALS.replace("2025-02-01", "2025-01-05"), history=history)
    assert values(tmp_path, "Seats")[:3] == [
        ("1", "2", 2.0, "01-05"), ("1", "4", 4.0, "01-10"), ("1", "5", 5.0, "01-20"),
    ]  # fmt: skip


def test_parts_of_a_list_are_flags_of_their_own(tmp_path: Path) -> None:
    deals = "Id,Name,Created,Modified,Stage,Channels\n" + "".join(
        f"{i},N{i},2025-01-01,2025-01-02,Open,{('mail; phone', 'phone', 'mail', 'fair; mail')[i % 4]}\n"
        for i in range(12)
    )
    run(tmp_path, deals=deals)
    parts = rows(tmp_path, "SELECT name, type, feature FROM attributes WHERE name LIKE '%: %' ORDER BY name")
    assert parts == [(f"Channels: {p}", "flag", True) for p in ("fair", "mail", "phone")]
    held = rows(
        tmp_path, "SELECT number FROM staged_attribute WHERE record_id = '3' AND name LIKE '%: %' ORDER BY name"
    )
    assert held == [(1.0,), (1.0,), (0.0,)]
    staged = rows(tmp_path, "SELECT * FROM staged_attribute ORDER BY ALL")
    run(tmp_path, now=LATER, deals=deals + "99,N99,2025-01-01,2025-01-02,Open,\n")
    assert rows(tmp_path, "SELECT * FROM staged_attribute ORDER BY ALL") == staged
    run(tmp_path, now=LATER, deals=deals.replace("fair; mail\n", "\n"))
    emptied = rows(tmp_path, "SELECT DISTINCT name FROM staged_attribute WHERE record_id = '3' AND value IS NULL")
    assert set(emptied) == {(name,) for name in ("Channels", "Channels: fair", "Channels: mail", "Channels: phone")}


def test_a_value_that_is_emptied_ends_and_a_missing_row_or_column_ends_nothing(tmp_path: Path) -> None:
    run(tmp_path, deals=DEALS)
    emptied = DEALS.replace("2025-02-02,Open,no,10", "2025-12-05,Open,,n/a")
    run(tmp_path, now=LATER, deals=emptied)
    assert values(tmp_path, "Seats")[1:3] == [("2", "10", 10.0, "02-02"), ("2", None, None, "12-05")]
    assert values(tmp_path, "Budget Confirmed")[1:3] == [("2", "no", 0.0, "02-02"), ("2", None, None, "12-05")]
    assert [v[0] for v in values(tmp_path, "Budget Confirmed")] == ["1", "2", "2", "3"]  # 4 never had a value
    again = rows(tmp_path, "SELECT * FROM staged_attribute ORDER BY ALL")
    run(tmp_path, now=LATER + timedelta(days=1), deals=emptied)
    assert rows(tmp_path, "SELECT * FROM staged_attribute ORDER BY ALL") == again
    filled = emptied.replace("2025-12-05,Open,,n/a", "2025-12-09,Open,,11")
    run(tmp_path, now=LATER + timedelta(days=2), deals=filled)
    assert values(tmp_path, "Seats")[1:4] == [
        ("2", "10", 10.0, "02-02"), ("2", None, None, "12-05"), ("2", "11", 11.0, "12-09"),
    ]  # fmt: skip
    without = "\n".join(line.rsplit(",", 3)[0] for line in filled.splitlines() if not line.startswith("1,")) + "\n"
    run(tmp_path, now=LATER + timedelta(days=3), deals=without)
    assert values(tmp_path, "Region")[0] == ("1", "North", None, "02-01")
    assert (("3", "North", None, "02-03") in values(tmp_path, "Region")) and len(values(tmp_path, "Region")) == 3


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ('["Seats", { column = "Seats" }]', "two columns bear one name"),
        ('{ colums = "*" }', "does not know 'colums'; it takes columns, except, known_at"),
        ('[{ column = "Seats", type = "big" }]', "type = 'big'; it is one of number, money, flag"),
        ('[{ column = "Seats", from = "lead_id" }]', "from = 'lead_id' is no reference of this section"),
        ('[{ column = "Seats", type = "number", order = ["a"] }]', "order = belongs to type = 'ordinal'"),
        ('["Saets"]', "deals.csv has no column 'Saets', which [deal] reads; it has Id, Name"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_place(tmp_path: Path, attributes: str, sentence: str) -> None:
    with pytest.raises((BadMapping, SourceRefused), match=r"source\.crm\.deal|deals\.csv") as refused:
        run(tmp_path, attributes, deals=DEALS)
    assert sentence in str(refused.value)
