"""References: other forms of an id, merged records, names that several bear, and what leads nowhere is told."""

from pathlib import Path

import pytest

from resolution.staging.id_forms import check_characters, forms, with_capitals
from resolution.staging.stage import StageReport
from tests.resolution.staging.test_absence import rows, run


def told(report: StageReport, what: str) -> list[str]:
    return [n.sentence for n in report.notices if n.what == what]


@pytest.mark.parametrize(
    ("short", "check"),
    [
        ("0015g00000AbCdE", "AAV"), ("0015g00000AbCde", "AAF"), ("0015g00000AbXXX", "AA3"), ("001A0000006Vm9r", "IAC"),
        ("00130000000xcCY", "AAY"), ("a0X5f000002LMNO", "EA4"),
    ],
)  # fmt: skip
def test_check_characters(short: str, check: str) -> None:
    assert check_characters(short) == check
    assert with_capitals(short.lower() + check) == short
    assert forms(short + check) == (short,)


SALESFORCE = '[workspace]\ncurrency = "EUR"\n[source.crm]\nuse = "salesforce"\nfiles = "exp"\n'
ACCOUNTS = """Id,IsDeleted,MasterRecordId,Name,Website,CreatedDate,SystemModstamp
0015g00000AbCdE,false,,Norrsken Pumpar AB,norrsken.example,2024-01-05T08:00:00.000Z,2024-01-05T08:00:00.000Z
0015g00000AbCde,false,,Lindholm Rör AB,lindholm.example,2024-01-05T08:00:00.000Z,2024-01-05T08:00:00.000Z
0015g00000AbXXX,true,0015g00000AbCdE,Norrsken Pumps,norrsken.example,2024-01-05T08:00:00.000Z,2024-02-05T08:00:00.000Z
"""
DEALS = "Id,IsDeleted,AccountId,Name,StageName,CloseDate,IsClosed,IsWon,CreatedDate,SystemModstamp\n"
DEAL = "{},false,{},x,Prospecting,2024-12-01,false,false,2024-02-01T08:00:00.000Z,2024-03-01T08:00:00.000Z\n"


@pytest.mark.parametrize(
    ("account", "found", "what"),
    [
        ("0015g00000AbCdEAAV", "crm:0015g00000AbCdE", "form"),
        ("0015g00000AbCdeAAF", "crm:0015g00000AbCde", "form"),
        ("0015G00000ABCDEAAV", "crm:0015g00000AbCdE", "form"),
        ("0015g00000AbXXXAA3", "crm:0015g00000AbCdE", "merged"),
        ("0015g00000AbXXXAAV", "crm:0015g00000AbCdE", "merged"),
        ("0015g00000AbXXX", "crm:0015g00000AbCdE", "merged"),
        ("0015g00000abcde", "crm:0015g00000abcde", "dangling"),
        ("0015g00000AbCdeAAV", "crm:0015g00000AbCdeAAV", "dangling"),  # its letters and its check disagree
        ("0015g00000ZZZZZAAV", "crm:0015g00000ZZZZZAAV", "dangling"),
    ],
)
def test_salesforce_ids_of_15_and_18_characters(tmp_path: Path, account: str, found: str, what: str) -> None:
    files = {"exp/Account.csv": ACCOUNTS, "exp/Opportunity.csv": DEALS + DEAL.format("0065g00000ZzAAA", account)}
    report = run(tmp_path, SALESFORCE, files)
    assert rows(tmp_path, "SELECT account FROM staged_deal") == [(found,)]
    assert next((n.what, n.count) for n in report.notices if n.field == "account") in ((what, 1), ("form", 1))
    assert {n.what for n in report.notices if n.field == "account"} >= {what} - {"merged"}


def test_a_merge_is_remembered_when_the_export_forgets_it(tmp_path: Path) -> None:
    deal = DEALS + DEAL.format("0065g00000ZzAAA", "0015g00000AbXXX")
    run(tmp_path, SALESFORCE, {"exp/Account.csv": ACCOUNTS, "exp/Opportunity.csv": deal})
    forgotten = "".join(line for line in ACCOUNTS.splitlines(keepends=True) if "AbXXX" not in line)
    run(tmp_path, SALESFORCE, {"exp/Account.csv": forgotten})
    assert rows(tmp_path, "SELECT account FROM staged_deal") == [("crm:0015g00000AbCdE",)]


PLAIN = """[workspace]
currency = "EUR"
[source.crm]
[source.crm.account]
files = "companies.csv"
id = "id"
name = "name"
known_at = "created"
{more}
[source.crm.deal]
files = "deals.csv"
id = "id"
account = {{ ref = "company_id"{by} }}
opened_at = "created"
stage = {{ column = "stage", values = {{ "Open" = "open:1" }} }}
"""


def company(tmp_path: Path, ids: list[str], refs: list[str], *, more: str = "", by: str = "") -> StageReport:
    """Accounts of these ids (each with a name, 'id' or 'id=name'), and one deal for each reference."""
    named = [[*one.split("="), f"Name of {one}"][:2] for one in ids]
    accounts = "".join(f'"{key}","{name}",2024-01-01,"{key}",\n' for key, name in named)
    deals = "".join(f'{n},"{ref}",2024-02-01,Open\n' for n, ref in enumerate(refs))
    files = {
        "companies.csv": "id,name,created,copy,merged\n" + accounts,
        "deals.csv": "id,company_id,created,stage\n" + deals,
    }
    return run(tmp_path, PLAIN.format(more=more, by=by), files)


@pytest.mark.parametrize(
    ("id_", "ref", "finds"),
    [
        ("6933281", "6933281.0", True), ("6933281.0", "6933281", True), ("6933281", "6.933281E6", True),
        ("6933281", "6,933,281", True), ("6933281", "6.93E6", False), ("0012", "12", False), ("ab1", "AB1", False),
        ("1f0d8e2a-52b1-4d8e-9a57-8b1d2f3c4d5e", "{1F0D8E2A-52B1-4D8E-9A57-8B1D2F3C4D5E}", True),
        ("123456789012345", "123456789012345678", False), ("6933281", "6933281.5", False),
    ],
)  # fmt: skip
def test_ids_in_other_forms(tmp_path: Path, id_: str, ref: str, finds: bool) -> None:
    report = company(tmp_path, [id_, "other"], [ref, "other"])
    wanted = f"crm:{id_}" if finds else f"crm:{ref}"
    assert rows(tmp_path, "SELECT account FROM staged_deal ORDER BY record_id") == [(wanted,), ("crm:other",)]
    assert [n.what for n in report.notices if n.field == "account"] == ["form" if finds else "dangling"]


@pytest.mark.parametrize(
    ("ids", "refs", "sentence"),
    [
        (
            ["1", "2"],
            ["1", "7", "8"],
            "2 of 3 deals refer with account to an account that no source has (crm:7, crm:8)",
        ),
        (["0012"], ["12"], "1 would be found without leading zeros"),
        (["ab1"], ["AB1"], "1 would be found in other letters"),
    ],
)
def test_references_that_lead_nowhere_are_one_line(
    tmp_path: Path, ids: list[str], refs: list[str], sentence: str
) -> None:
    (line,) = told(company(tmp_path, ids, refs), "dangling")
    assert sentence in line


def test_many_owners_that_no_file_holds_are_one_line(tmp_path: Path) -> None:
    files = {"exp/Opportunity.csv": DEALS.strip() + ",OwnerId\n"
             + "".join(DEAL.format(n, "").strip() + f",U{n}\n" for n in range(500))}  # fmt: skip
    (line,) = told(run(tmp_path, SALESFORCE, files), "dangling")
    assert line.startswith("500 of 500 deals refer with owner to a rep that no source has (crm:U0, crm:U1, crm:U10 …)")
    assert line.endswith("source crm stages no rep")


def test_references_to_rows_left_out_say_so(tmp_path: Path) -> None:
    (line,) = told(company(tmp_path, ["1", "2"], ["1", "2"], more='where = { id = "1" }'), "dangling")
    assert line.endswith("1 name rows that are left out")


@pytest.mark.parametrize(
    ("ids", "ref", "account", "what"),
    [
        (["11=Lindholm Rör AB", "12=Lindholm Rör AB", "13=Bolt"], "Lindholm Rör AB", None, "ambiguous"),
        (["11=Lindholm Rör AB", "12=LINDHOLM RÖR AB.", "13=Bolt"], "lindholm rör ab", None, "ambiguous"),
        (["11=Lindholm Rör AB", "13=Bolt"], "Lindholm Rör Ab", "crm:11", None),
        (["11=Acme", "Acme=Acme"], "Acme", "crm:Acme", None),  # an id comes before a name
        (["11=Acme"], "Nobody", "crm:Nobody", "dangling"),
    ],
)
def test_references_by_name(tmp_path: Path, ids: list[str], ref: str, account: str | None, what: str | None) -> None:
    report = company(tmp_path, ids, [ref], by=', by = "name"')
    assert rows(tmp_path, "SELECT account FROM staged_deal") == [(account,)]
    assert [n.what for n in report.notices if n.field == "account"] == ([what] if what else [])
    if what == "ambiguous":
        assert "1 of 1 deals refer by name to several accounts" in told(report, what)[0]
        assert "names 2): ambiguous, so account is left empty; refer by id instead" in told(report, what)[0]


def test_composite_ids_and_references_join_in_one_way(tmp_path: Path) -> None:
    toml = """[source.erp]
known_at = { constant = "2024-01-01" }
[source.erp.account]
files = "customers.csv"
id = ["Company", "Number"]
name = "Name"
[source.erp.invoice]
files = "invoices.csv"
id = "No"
account = { ref = "", column = ["Company", "Customer"] }
issued_at = "Date"
"""
    invoices = "No,Company,Customer,Date\n1,SE,100,2024-01-01\n2,NO,100,2024-01-01\n3,SE,,2024-01-01\n4,,,2024-01-01\n"
    report = run(
        tmp_path, toml, {"customers.csv": "Company,Number,Name\nSE,100,A\nNO,100,B\nSE,,C\n", "invoices.csv": invoices}
    )
    assert rows(tmp_path, "SELECT account FROM staged_invoice ORDER BY record_id") == [
        ("erp:SE/100",), ("erp:NO/100",), ("erp:SE/",), (None,)
    ]  # fmt: skip
    assert not told(report, "dangling")


def test_ids_that_a_master_lists_go_to_it(tmp_path: Path) -> None:
    toml = """[source.hs]
known_at = { constant = "2024-01-01" }
[source.hs.account]
files = "companies.csv"
id = "Record ID"
name = "Name"
merged_ids = "Merged"
[source.hs.contact]
files = "contacts.csv"
id = "Record ID"
account = { ref = "Company" }
"""
    companies = "Record ID,Name,Merged\n1,A,7; 8\n2,B,1;9\n"
    contacts = "Record ID,Company\n" + "".join(f"{n},{c}\n" for n, c in enumerate((1, 7, 8, 9, 2, 5)))
    report = run(tmp_path, toml, {"companies.csv": companies, "contacts.csv": contacts})
    found = [ref for (ref,) in rows(tmp_path, "SELECT account FROM staged_contact ORDER BY record_id")]
    assert found == ["hs:2", "hs:2", "hs:2", "hs:2", "hs:2", "hs:5"]
    assert [(n.what, n.count) for n in report.notices] == [("dangling", 1), ("merged", 4)]
