"""Proposed mappings parse, stage the files they were made from, and guess what a person would."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import BadMapping, SourceRefused
from resolution.sources.mapping_file import read_mapping
from resolution.sources.suggest import suggest
from resolution.staging.stage import stage

NOW = datetime(2024, 6, 1, tzinfo=UTC)
FILES = {
    "companies.csv": "customer;sector;employees;office_location\nAcme;technolgy;12;Spain\nBell;retail;1,200;Peru\n",
    "opportunities.csv": (
        "opportunity_id;sales_agent;customer;deal_stage;engage_date;close_date;close_value\n"
        "1C;Ann;Acme;Won;20.10.2016;01.03.2017;1054\n2D;Ann;Bell;Lost;21.10.2016;02.03.2017;0\n3E;Ben;Acme;Engaging;25.10.2016;;\n4F;Ben;;Prospecting;;;\n"
    ),
    "Leads.csv": (
        "Prospect ID,Lead Number,Lead Origin,Lead Source,Converted,TotalVisits,Last Activity,Country\n"
        "7927b2df,660737,API,Olark Chat,0,0,Page Visited on Website,\n2a272436,660728,API,Organic "
        "Search,1,5,Email Opened,India\n"
    ),
    "sf_opportunity.csv": (
        "sf_id,Name,StageName,CloseDate,Amount,AccountId,CreatedDate,SystemModstamp\n"
        "0061,Gift,Pledged,2020-01-02,100.0,0011,2019-12-01 10:00:00,2020-01-01 10:00:00\n"
        "0062,Gift 2,Closed Won,2020-03-02,50.0,0012,2019-12-02 10:00:00,2020-03-02 10:00:00\n"
    ),
    "support_cases.csv": "case_number,priority,subject,opened,closed\n1,P1,Down,2024-01-01 10:00,2024-01-02 "
    "10:00\n2,P3,Slow,2024-01-03 10:00,\n",
}


def laid(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    return [folder / name for name in names]


@pytest.mark.parametrize(
    ("names", "staged", "lines"),
    [
        (("companies.csv", "opportunities.csv"), {"account": 2, "deal": 4, "rep": 2}, (
            'delimiter = ";"', 'id = "customer"',
                'account = { ref = "customer" }   # sure: 2 of 2 values are values of companies.csv, customer',
            'opened_at = { column = "engage_date", format = "%d.%m.%Y" }',
            'values = { "Prospecting" = "open:1", "Engaging" = "open:2", "Lost" = "lost", "Won" = "won" }',
        )),
        (("Leads.csv",), {"lead": 2}, ('id = "Prospect ID"   # sure: unique and filled; unique too: Lead Number',
            'source_name = "Lead Source"', "# known_at: no column tells")),
        (("sf_opportunity.csv",), {"deal": 2}, ('id = "sf_id"',
            'known_at = "SystemModstamp"   # sure: for example 2020-01-01 10:00:00; time of the last change',
            '"Closed Won" = "won"')),
        (("support_cases.csv",), {"ticket": 2}, ('id = "case_number"', '"P1" = "severe", "P3" = "normal"',
            'opened_at = "opened"')),
    ],
)  # fmt: skip
def test_a_proposal_stages_the_unseen_file(
    tmp_path: Path, names: tuple[str, ...], staged: dict[str, int], lines: tuple[str, ...]
) -> None:
    text = suggest(laid(tmp_path, *names))
    for line in lines:
        assert line in text
    config = tmp_path / "sources.toml"
    config.write_text(text, encoding="utf-8")
    assert read_mapping(config).sources[0].name == "suggested"
    report = stage(config, tmp_path / "staging.duckdb", now=NOW)
    assert not report.refused
    assert {c.kind: c.staged for c in report.counts} == staged
    assert report.rejected == 0


def test_what_resembles_nothing_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    path.write_text("pressure,wind\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(SourceRefused, match="no column resembles"):
        suggest([path])


def proposed(folder: Path, name: str, content: str, encoding: str = "utf-8") -> str:
    path = folder / name
    path.write_text(content, encoding=encoding)
    return suggest([path])


def staged(folder: Path, text: str) -> list[tuple[Any, ...]]:
    config = folder / "sources.toml"
    config.write_text(text, encoding="utf-8")
    report = stage(config, folder / "staging.duckdb", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert not report.refused
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return db.execute("SELECT state, amount FROM staged_deal ORDER BY record_id").fetchall()


GERMAN = """Deal ID;Deal-Name;Amount;Stage;Created Date;Close Date
D0;Müller 0;45.000;Won;03.02.2025;11.04.2025
D1;Müller 1;7.500;Lost;05.02.2025;12.05.2025
D2;Müller 2;1.250,50;Open;07.03.2025;
D3;Müller 3;980;Won;21.03.2025;30.04.2025
D4;Müller 4;12,5;Open;22.03.2025;
D5;Müller 5;1,234;Open;23.03.2025;
"""


def test_the_decimal_mark_is_decided_from_all_values(tmp_path: Path) -> None:
    text = proposed(tmp_path, "deals.csv", GERMAN, "cp1252")
    assert 'decimal = ","   # sure: 2 values have no other reading' in text
    assert [a for _, a in staged(tmp_path, text)] == [45000.0, 7500.0, 1250.5, 980.0, 12.5, 1.234]


@pytest.mark.parametrize(
    ("amounts", "line"),
    [
        (("45.000", "7.500"), 'decimal = ","   # likely: all points have three digits behind them'),
        (("45.5", "7,5", "1.25"), "# decimal: likely: 2 values have no other reading than with '.'"),
        (("1,250", "300"), None), (("1.5", "2"), None), (("1 250,5", "2"), 'decimal = ","   # sure'),
    ],
)  # fmt: skip
def test_the_decimal_mark_and_its_evidence(tmp_path: Path, amounts: tuple[str, ...], line: str | None) -> None:
    rows = "".join(f"{i};{a};Open\n" for i, a in enumerate(amounts))
    text = proposed(tmp_path, "deals.csv", "Deal ID;Amount;Stage\n" + rows)
    assert line in text if line else "decimal = " not in text and "# decimal" not in text


def dated(*pairs: tuple[str, str], stage: str = "Won") -> str:
    rows = "".join(f"{i},Deal {i},{i}000,{stage},{a},{b}\n" for i, (a, b) in enumerate(pairs))
    return "Deal ID,Deal Name,Amount,Stage,Create Date,Close Date\n" + rows


def test_an_open_order_of_day_and_month_is_asked_and_refused(tmp_path: Path) -> None:
    text = proposed(tmp_path, "deals.csv", dated(("1/5/2025", "3/4/2025"), ("2/6/2025", "4/11/2025")))
    assert 'format = "? %d/%m/%Y or %m/%d/%Y" }   # open: all 2 values could be day/month or month/day' in text
    assert "as %d/%m/%Y 1 of 2 rows close before they open; as %m/%d/%Y 0 of 2" in text
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadMapping, match="is a question: write the format that holds"):
        read_mapping(tmp_path / "sources.toml")


@pytest.mark.parametrize(
    ("pairs", "form"),
    [
        ([(f"{i}/{i}/2025", f"{i + 1}/5/2025") for i in range(1, 10)] + [("10/10/2025", "12/25/2025")], "%m/%d/%Y"),
        ([(f"{i}/{i}/2025", f"5/{i + 1}/2025") for i in range(1, 10)] + [("10/10/2025", "25/12/2025")], "%d/%m/%Y"),
        ([("1-5-2025", "13-5-2025"), ("2-5-2025", "3-6-2025")], "%d-%m-%Y"),
    ],
)
def test_the_format_that_reads_every_value_wins(tmp_path: Path, pairs: list[tuple[str, str]], form: str) -> None:
    text = proposed(tmp_path, "deals.csv", dated(*pairs))
    assert f'closed_at = {{ column = "Close Date", format = "{form}" }}   # sure' in text
    assert f'opened_at = {{ column = "Create Date", format = "{form}" }}   # likely: Close Date is written so' in text


def test_a_status_that_says_won_is_the_state(tmp_path: Path) -> None:
    rows = "".join(f'{i},Pump {i},Sales,Qualified,"$1,250.00","Mar {i}, 2025",{s}\n'
                   for i, s in ((1, "Won"), (2, "Lost"), (3, "Open"), (4, "Abandoned")))  # fmt: skip
    text = proposed(tmp_path, "opportunities.csv", "Copper ID,Name,Pipeline,Stage,Value,Close Date,Status\n" + rows)
    assert staged(tmp_path, text) == [("won", 1250.0), ("lost", 1250.0), ("open", 1250.0), ("lost", 1250.0)]


@pytest.mark.parametrize("column", ['"Expected\nClose"', '"Say ""when"""', "back\\slash", '"tab\there"'])
def test_any_name_of_a_column_gives_toml_that_parses(tmp_path: Path, column: str) -> None:
    content = (
        f"Id,Name,Amount,{column},Stage,Created\n1,A,100,2024-03-01,Won,2024-01-01\n2,B,5,2024-03-01,Open,2024-01-01\n"
    )
    assert staged(tmp_path, proposed(tmp_path, "deals.csv", content)) == [("won", 100.0), ("open", 5.0)]


def test_a_band_is_proposed_with_its_rule(tmp_path: Path) -> None:
    text = proposed(tmp_path, "accounts.csv", "Account Name,Employees,Industry\nA,51-200,x\nB,200-499,y\nC,500+,z\n")
    assert 'employees = { column = "Employees", band = "low" }' in text


SHAPES = {
    "Dynamics 365": (
        "opportunityid,name,_parentaccountid_value,estimatedvalue,estimatedclosedate,actualclosedate,statecode,statuscode,"
        "stepname,createdon,modifiedon\n"
        "o1,A,a1,1000.00,2024-02-01,2024-02-10T00:00:00Z,Won,Won,4-Close,2024-01-01T09:00:00Z,2024-02-10T09:00:00Z\n"
        "o2,B,a2,2000.00,2024-05-01,2024-04-10T00:00:00Z,Lost,Canceled,2-Develop,2024-01-05T09:00:00Z,2024-04-10T09:00:00Z\n"
        "o3,C,a1,3000.00,2024-12-01,,Open,In Progress,1-Qualify,2024-03-01T09:00:00Z,2024-03-02T09:00:00Z\n",
        [("won", 1000.0), ("lost", 2000.0), ("open", 3000.0)],
        ('account = { ref = "_parentaccountid_value", known_at = "createdon" }', 'closed_at = "actualclosedate"',
         'close_date = "estimatedclosedate"', 'stage = "stepname"'),
    ),
    "Olist": (
        "mql_id,seller_id,sdr_id,sr_id,won_date,business_segment,lead_type\n"
        "5420,2c43,a838,4ef1,2018-02-26 19:58:54,pet,online_medium\n"
        "a555,bbb7,0928,d3d1,2018-05-08 20:17:59,car,industry\n",
        [("won", None), ("won", None)],
        ('id = "mql_id"', 'closed_at = "won_date"', 'state = { constant = "won" }   # likely: every row has won_date'),
    ),
    "Pipedrive": (
        "Deal - ID,Deal - Title,Deal - Organization,Deal - Value,Deal - Status,Deal - Stage,Deal - Deal created,"
        "Deal - Won time,Deal - Lost time\n"
        "1,Pumps,Lindholm,1250,Won,Offer,2025-01-05 10:00:00,2025-02-10 09:30:00,\n"
        "2,Pipes,Bolt,45000,Open,Offer,2025-01-06 10:00:00,,\n"
        "3,Old,Bolt,500,Lost,Demo,2025-01-06 10:00:00,,2025-03-01 11:00:00\n",
        [("won", 1250.0), ("open", 45000.0), ("lost", 500.0)],
        ('account = { ref = "Deal - Organization" }', 'column = ["Deal - Won time", "Deal - Lost time"], first = true'),
    ),
    "Zoho": (
        "Record Id,Deal Owner,Deal Name,Account Name,Amount,Stage,Closing Date,Created Time,Modified Time\n"
        "z1,Ann,Pumps,Lindholm,100,Closed Won,2025-02-01,2025-01-01 10:00:00,2025-02-01 10:00:00\n"
        "z2,Ann,Pipes,Bolt,200,Qualification,2025-05-01,2025-01-02 10:00:00,2025-02-02 10:00:00\n",
        [("won", 100.0), ("open", 200.0)],
        ('known_at = "Modified Time"', 'closed_at = "Closing Date"',
         'opened_at = { column = "Created Time", known_at = "Created Time" }',
         '# opportunities.csv also names accounts'),
    ),
    "Close": (
        "id,lead_id,status_label,status_type,value,date_created,date_updated,date_won,date_lost,user_name\n"
        "o1,l1,Won,won,1000,2025-01-01T10:00:00+00:00,2025-02-01T10:00:00+00:00,2025-02-01,,Ann\n"
        "o2,l2,Proposal,active,2000,2025-01-03T10:00:00+00:00,2025-02-03T10:00:00+00:00,,,Ann\n",
        [("won", 1000.0), ("open", 2000.0)],
        ('id = "id"', 'account = { ref = "lead_id", known_at = "date_created" }', 'owner = { ref = "user_name" }'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("system", SHAPES)
def test_exports_of_well_known_systems(tmp_path: Path, system: str) -> None:
    content, deals, lines = SHAPES[system]
    text = proposed(tmp_path, "opportunities.csv", content)
    for line in lines:
        assert line in text
    assert staged(tmp_path, text) == deals


def test_people_are_contacts_and_not_the_companies_they_name(tmp_path: Path) -> None:
    text = proposed(
        tmp_path,
        "Connections.csv",
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Maria,Berg,https://l.example/in/maria,maria@x.example,Lindholm,CEO,05 Jan 2025\n"
        "Bo,Dahl,https://l.example/in/bo,,Bolt,CTO,06 Jan 2025\n",
    )
    for line in ("# Connections.csv looks like contact records", 'id = "URL"', 'title = "Position"'):
        assert line in text


DEALS = """Id,Name,Company,Sales owner,Amount,Deal stage,Created at,Closed date,Updated at
1,A,Lindholm,Ann,100,Won,2025-01-01 10:00:00,2025-02-01,2025-02-02 10:00:00
2,B,Bolt,Bo,200,New,2025-01-03 10:00:00,,2025-01-04 10:00:00
3,C,Lindholm,Ann,300,Demo,2025-01-05 10:00:00,,2025-01-06 10:00:00
4,D,,,400,Lost,2025-01-07 10:00:00,2025-03-01,2025-03-01 10:00:00
"""


def test_accounts_and_reps_that_only_deals_name_are_records(tmp_path: Path) -> None:
    text = proposed(tmp_path, "deals.csv", DEALS)
    assert "# deals.csv also names accounts, of whom no file here tells more" in text
    assert 'values = { "New" = "open:1", "Demo" = "open:2", "Lost" = "lost", "Won" = "won" }' in text
    config = tmp_path / "sources.toml"
    config.write_text(text, encoding="utf-8")
    report = stage(config, tmp_path / "staging.duckdb", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert {c.kind: (c.staged, c.rejected) for c in report.counts} == {"account": (2, 0), "deal": (4, 0), "rep": (2, 0)}
    assert not [n for n in report.notices if n.what == "dangling"]
    with duckdb.connect(str(tmp_path / "staging.duckdb"), read_only=True) as db:
        deal = db.execute(
            "SELECT account, owner, strftime(known_from, '%m-%d'), strftime(opened_at__known, '%m-%d'), "
            "strftime(amount__known, '%m-%d') FROM staged_deal WHERE record_id = '1'"
        ).fetchall()
        names = db.execute("SELECT name FROM staged_account UNION SELECT name FROM staged_rep ORDER BY 1").fetchall()
    assert deal == [("suggested:Lindholm", "suggested:Ann", "01-01", "01-01", "02-02")]
    assert [name for (name,) in names] == ["Ann", "Bo", "Bolt", "Lindholm"]


FAMILIES = {
    "Dynamics 365": (
        {
            "systemusers.csv": "systemuserid,fullname,internalemailaddress,createdon\nu1,Ann Moe,"
            "ann@us.example,2022-01-01\n"
            "u2,Bo Ek,bo@us.example,2022-01-01\nu3,Cia Berg,cia@us.example,2022-01-01\n",
            "opportunities.csv": "opportunityid,name,estimatedvalue,statecode,stepname,createdon,modifiedon,"
            "_ownerid_value\n"
            "o1,A,100,Won,4-Close,2024-01-01,2024-02-10,u1\no2,B,200,Open,1-Qualify,2024-01-05,2024-01-06,u2\n"
            "o3,C,300,Lost,2-Develop,2024-01-05,2024-04-06,u3\n",
            "activitypointers.csv": "activityid,subject,_regardingobjectid_value,activitytypecode,"
            "scheduledstart,createdon,"
            "modifiedon\na1,x,o1,appointment,2024-01-05,2024-01-02,2024-03-01\na2,y,o2,phonecall,2024-01-06,2024-01-02,"
            "2024-03-01\na3,z,o3,email,2024-01-07,2024-01-02,2024-03-01\n",
        },
        {"rep": 3, "deal": 3, "activity": 3},
        ('"appointment" = "meeting"', 'deal = { ref = "_regardingobjectid_value" }   # sure',
         'owner = { ref = "_ownerid_value" }   # sure'),
    ),
    "Freshsales": (
        {
            "contacts.csv": "Id,First name,Last name,Emails,Job title,Accounts,Status,Sales owner,Created at,"
            "Updated at\n"
            "1,Maria,Berg,m@x.example,CFO,Lindholm,Won,Ann,2024-01-01,2024-02-01\n"
            "2,Bo,Dahl,b@x.example,CTO,Bolt,New,Ann,2024-01-02,2024-02-02\n",
        },
        {"contact": 2},
        ("# contacts.csv looks like contact records", 'email = { column = "Emails", known_at = "Created at" }',
         'company = { column = "Accounts", known_at = "Created at" }'),
    ),
    "Google contacts": (
        {
            "google.csv": "First Name,Last Name,Organization Name,Organization Title,Labels,E-mail 1 - Value,"
            "Phone 1 - Value\n"
            "Maria,Berg,Lindholm,CFO,* myContacts,m@x.example,+46 70 1\nBo,Dahl,Bolt,CTO,* myContacts,"
            "b@x.example,+46 70 2\n",
        },
        {"contact": 2},
        ('id = "E-mail 1 - Value"', 'company = "Organization Name"', 'title = "Organization Title"'),
    ),
    "Outlook": (
        {
            "outlook.csv": "First Name,Last Name,E-mail Address,Mobile Phone,Company,Job Title\n"
            "Maria,Berg,m@x.example,+46 70 1,Lindholm,CFO\nBo,Dahl,b@x.example,+46 70 2,Bolt,CTO\n",
        },
        {"contact": 2},
        ('id = "E-mail Address"', 'company = "Company"'),
    ),
    "Copper": (
        {
            "opportunities.csv": "Copper ID,Name,Primary Person ID,Company ID,Stage,Value,Close Date,Status,"
            "Owned By,Owner Id,"
            "Created At,Updated At\n1,A,11,21,Demo,100,02/13/2024,Won,Ann,5,01/15/2024,02/14/2024\n"
            "2,B,12,22,Demo,200,03/14/2024,Open,Bo,6,01/16/2024,01/17/2024\n"
            "3,C,13,23,Demo,300,03/15/2024,Lost,Bo,6,01/17/2024,03/17/2024\n",
            "companies.csv": "Copper ID,Name,Email Domain,Created At,Updated At\n21,Lindholm,l.example,"
            "01/15/2024,02/14/2024\n"
            "22,Bolt,b.example,01/15/2024,02/14/2024\n23,Coil,c.example,01/15/2024,02/14/2024\n",
            "people.csv": "Copper ID,Name,First Name,Last Name,Email,Company ID,Created At,Updated At\n"
            "11,Maria Berg,Maria,Berg,m@l.example,21,01/15/2024,02/14/2024\n"
            "12,Bo Dahl,Bo,Dahl,b@b.example,22,01/15/2024,02/14/2024\n"
            "13,Cia Moe,Cia,Moe,c@c.example,23,01/15/2024,02/14/2024\n",
        },
        {"account": 3, "contact": 3, "deal": 3, "rep": 2},
        ('id = "Owner Id"', 'name = "Owned By"', 'contact = { ref = "Primary Person ID", known_at'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("system", FAMILIES)
def test_the_files_of_a_system_stage_without_a_hand(tmp_path: Path, system: str) -> None:
    files, kinds, lines = FAMILIES[system]
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8-sig")
    text = suggest([tmp_path / name for name in files])
    for line in lines:
        assert line in text
    config = tmp_path / "sources.toml"
    config.write_text(text, encoding="utf-8")
    report = stage(config, tmp_path / "staging.duckdb", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert {c.kind: c.staged for c in report.counts} == kinds
    assert report.rejected == 0 and not report.refused
    assert not [n for n in report.notices if n.what == "dangling"]
