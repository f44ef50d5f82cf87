"""Absence: an export that lacks records, files, columns or values ends nothing in silence."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import BadMapping, NeedsApproval
from resolution.sources.mapping_file import read_mapping
from resolution.staging.stage import StageReport, stage

NOW = datetime(2025, 6, 1, tzinfo=UTC)
CRM = """[source.crm]
files = "deals*.csv"
known_at = "Modified"
[source.crm.deal]
id = "Id"
name = "Name"
opened_at = { column = "Created", known_at = "Created" }
stage = { column = "Stage", values = { "Open" = "open:1", "Won" = "won", "Lost" = "lost" } }
"""
HEAD = "Id,Name,Created,Stage,Modified\n"


def deals(ids: Iterable[int], more: str = "") -> str:
    rows = (f"{i},Deal {i},2024-01-01T08:00:00Z,Open,2024-03-03T10:00:00Z\n" for i in ids)
    return HEAD + "".join(rows) + more


def run(folder: Path, toml: str, files: dict[str, str | None], *, approve: bool = False) -> StageReport:
    """Writes files (None removes one) and stages."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    (folder / "sources.toml").write_text(toml, encoding="utf-8")
    return stage(folder / "sources.toml", folder / "staging.duckdb", now=NOW, approve=approve)


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return list(db.execute(statement).fetchall())


def living(folder: Path, kind: str = "deal") -> int:
    return int(rows(folder, f"SELECT count(*) FROM staged_{kind} WHERE known_to IS NULL")[0][0])


def told(report: StageReport, what: str) -> list[str]:
    return [n.sentence for n in report.notices if n.what == what]


@pytest.mark.parametrize(
    ("before", "after", "stops"), [(300, 15, True), (30, 5, True), (100, 81, False), (10, 1, False)]
)
def test_an_export_cut_short_ends_nothing_without_approval(
    tmp_path: Path, before: int, after: int, stops: bool
) -> None:
    run(tmp_path, CRM, {"deals.csv": deals(range(before))})
    gone = before - after
    if stops:
        first = f"{after}, {after + 1}, {after + 2} …"
        sentence = (
            rf"source crm would end {gone} of {before} deal records known before \({first}\), gone from the export"
        )
        with pytest.raises(NeedsApproval, match=sentence):
            run(tmp_path, CRM, {"deals.csv": deals(range(after))})
        assert living(tmp_path) == before
    report = run(tmp_path, CRM, {"deals.csv": deals(range(after))}, approve=stops)
    assert living(tmp_path) == after
    assert [n.count for n in report.notices if n.what == "absent"] == [gone]


def test_a_source_that_left_the_mapping_needs_approval(tmp_path: Path) -> None:
    two = CRM + CRM.replace("source.crm", "source.other").replace("deals*.csv", "others.csv")
    files = {"deals.csv": deals(range(40)), "others.csv": deals(range(3))}
    run(tmp_path, two, files)
    with pytest.raises(NeedsApproval, match=r"source crm would end 40 of 40 deal .*gone from sources\.toml"):
        run(tmp_path, CRM.replace("source.crm", "source.other").replace("deals*.csv", "others.csv"), {})


def test_a_filter_that_leaves_out_what_stood_before_needs_approval(tmp_path: Path) -> None:
    toml = CRM + 'where = { Stage = "Open" }\n'
    run(tmp_path, toml, {"deals.csv": deals(range(40))})
    with pytest.raises(NeedsApproval, match="source crm would end 40 of 40"):
        run(tmp_path, toml, {"deals.csv": deals(range(40)).replace("Open", "Offen")})


@pytest.mark.parametrize("word", ['mode = "append"', "snapshot = false"])
def test_absence_ends_nothing_where_exports_are_appended(tmp_path: Path, word: str) -> None:
    toml = CRM.replace("known_at", f"{word}\nknown_at", 1)
    run(tmp_path, toml, {"deals.csv": deals(range(300))})
    run(tmp_path, toml, {"deals.csv": deals([300])})
    assert living(tmp_path) == 301


DELETED = CRM.replace('name = "Name"', 'name = "Name"\ndeleted = { column = "Gone", values = ["x"] }')


@pytest.mark.parametrize("mode", ["", 'mode = "append"\n'])
def test_records_flagged_as_deleted_end_without_approval(tmp_path: Path, mode: str) -> None:
    toml = DELETED.replace("known_at", f"{mode}known_at", 1)

    def file(flag: str) -> str:
        lines = deals(range(40)).splitlines()
        return "\n".join([lines[0] + ",Gone", *(f"{line},{flag if n else ''}" for n, line in enumerate(lines[1:]))])

    run(tmp_path, toml, {"deals.csv": file("")})
    report = run(tmp_path, toml, {"deals.csv": file("X")})
    assert living(tmp_path) == 1
    assert [(c.fetched, c.staged, c.rejected, c.left_out) for c in report.counts] == [(40, 1, 0, 39)]


TWO = "1,x,2024-01-01T08:00:00Z,{},{}\n"


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (("Open", "2024-02-01T00:00:00Z"), ("Won", "2024-06-01T00:00:00Z"), "won"),
        (("Won", "2024-06-01T00:00:00Z"), ("Open", "2024-02-01T00:00:00Z"), "won"),
        (("Open", "2024-06-01T00:00:00Z"), ("Lost", "2024-06-01T00:00:00Z"), "lost"),
        (("Open", "2024-06-01T00:00:00Z"), ("Lost", ""), "open"),
    ],
)
@pytest.mark.parametrize("distinct", ["", "distinct = true\n"])
def test_the_newest_row_of_a_key_counts(
    tmp_path: Path, first: tuple[str, str], second: tuple[str, str], state: str, distinct: str
) -> None:
    toml = CRM.replace('id = "Id"', f'id = "Id"\nnewest_by = "Modified"\n{distinct}'.rstrip())
    files = {"deals_1.csv": HEAD + TWO.format(*first), "deals_2.csv": HEAD + TWO.format(*second)}
    report = run(tmp_path, toml, files)
    assert rows(tmp_path, "SELECT state FROM staged_deal") == [(state,)]
    assert [(c.fetched, c.staged, c.left_out) for c in report.counts] == [(2, 1, 1)]


def test_a_key_whose_newest_row_is_deleted_is_left_out(tmp_path: Path) -> None:
    toml = CRM.replace('id = "Id"', 'id = "Id"\nnewest_by = "Modified"\ndeleted = "Gone"')
    head = HEAD.strip() + ",Gone\n"
    one = "1,x,2024-01-01,Open,2024-02-01,false\n1,x,2024-01-01,Open,2024-03-01,true\n"
    report = run(tmp_path, toml, {"deals.csv": head + one})
    assert [(c.fetched, c.staged, c.left_out) for c in report.counts] == [(2, 0, 2)]


HUBSPOT = '[workspace]\ncurrency = "EUR"\n[source.hs]\nuse = "hubspot"\nfiles = "exp"\n'
COMPANIES = """Record ID,Company name,Company Domain Name,Create Date,Last Modified Date
11,Lindholm Rör AB,lindholm.example,2024-01-01 10:00,2024-01-02 10:00
12,Bolt,bolt.example,2024-01-01 10:00,2024-01-02 10:00
"""
CONTACTS = """Record ID,First Name,Last Name,Email,Associated Company IDs,Create Date,Last Modified Date,Lifecycle Stage
21,Maria,Åkesson,maria@lindholm.example,11,2024-01-01 10:00,2024-01-02 10:00,
22,Jon,Berg,jon@bolt.example,12,2024-01-01 10:00,2024-01-02 10:00,
"""
HS_DEALS = """Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Last Modified Date,Is Closed Won,\
Is Deal Closed?,Associated Company IDs,Associated Contact IDs,Pipeline,Deal owner
1,Deal 1,Closed Won,1000,2024-03-01 10:00,2024-01-01 10:00,2024-05-01 10:00,true,true,11,21,Sales Pipeline,Ann Rep
2,Deal 2,Closed Lost,1000,2024-03-05 10:00,2024-01-01 10:00,2024-05-01 10:00,false,true,11,21,Sales Pipeline,Ann Rep
3,Deal 3,Contract Sent,1000,2024-09-05 10:00,2024-01-01 10:00,2024-05-01 10:00,false,false,11;12,21;22,Sales,Ann Rep
"""
EXPORT = {"exp/all-companies.csv": COMPANIES, "exp/all-contacts.csv": CONTACTS, "exp/all-deals.csv": HS_DEALS}


def test_contacts_stay_where_their_file_is_missing(tmp_path: Path) -> None:
    run(tmp_path, HUBSPOT, {**EXPORT})
    report = run(tmp_path, HUBSPOT, {"exp/all-contacts.csv": None})
    assert living(tmp_path, "contact") == 2
    assert rows(tmp_path, "SELECT contact FROM staged_deal ORDER BY record_id") == [("hs:21",)] * 3
    assert told(report, "no file") == ["no file of kind contact was found: the 2 earlier records stay"]


def test_one_of_two_files_of_a_kind_may_be_missing(tmp_path: Path) -> None:
    head = "Id,IsDeleted,Subject,CreatedDate,ActivityDate\n"
    files = {f"exp/{n}.csv": f"{head}{n},false,x,2024-01-01,2024-01-01\n" for n in ("Task", "Event")}
    toml = '[source.sf]\nuse = "salesforce"\nfiles = "exp"\n'
    run(tmp_path, toml, {**files})
    report = run(tmp_path, toml, {"exp/Event.csv": None})
    assert living(tmp_path, "activity") == 2
    assert told(report, "no file") == ["no file of kind activity was found: the earlier record stays"]


@pytest.mark.parametrize(
    "change",
    [
        ("Close Date", "Close date"),
        ("Close Date", "Closing"),
        ("2024-03-0", ""),
    ],
)
def test_closing_dates_outlive_their_column(tmp_path: Path, change: tuple[str, str]) -> None:
    run(tmp_path, HUBSPOT, {**EXPORT})
    dates = "SELECT record_id, closed_at, close_date FROM staged_deal ORDER BY 1"
    before = rows(tmp_path, dates)
    night = HS_DEALS.replace(*change)
    if not change[1]:
        night = HS_DEALS
        for day in ("2024-03-01 10:00", "2024-03-05 10:00", "2024-09-05 10:00"):
            night = night.replace(day, "")
    report = run(tmp_path, HUBSPOT, {"exp/all-deals.csv": night})
    assert rows(tmp_path, dates) == before
    assert [d for _, d, _ in before].count(None) == 1
    if told(report, "column"):  # a name in other letters may be read as the same column
        assert any("2 earlier values of deal closed_at stay (1, 2)" in s for s in told(report, "column"))
    else:
        assert change[1] == "Close date"


def test_a_value_that_one_row_lost_is_lost(tmp_path: Path) -> None:
    run(tmp_path, CRM, {"deals.csv": deals(range(3))})
    report = run(tmp_path, CRM, {"deals.csv": deals(range(3)).replace("Deal 1", "")})
    assert rows(tmp_path, "SELECT name FROM staged_deal ORDER BY record_id") == [("Deal 0",), (None,), ("Deal 2",)]
    assert not report.notices


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('mode = "later"', "it is 'snapshot'"),
        ('mode = "append"\nsnapshot = true', "contradict"),
        ("deleted = { flag = 1 }", "deleted = a column"),
        ("merged_into = 3", "merged_into = the column"),
        ("merged_ids = { by = 3 }", "merged_ids = a column"),
    ],
)
def test_what_a_section_says_of_absence_is_checked(tmp_path: Path, said: str, sentence: str) -> None:
    (tmp_path / "sources.toml").write_text(CRM.replace('id = "Id"', f'id = "Id"\n{said}'), encoding="utf-8")
    with pytest.raises(BadMapping, match=sentence):
        read_mapping(tmp_path / "sources.toml")
