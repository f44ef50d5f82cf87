"""Staging: literal rows in, literal records and rejects out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import SourceRefused
from resolution.staging.stage import StageReport, check, stage

NOW = datetime(2024, 6, 1, tzinfo=UTC)
HEAD = '[workspace]\ncurrency = "EUR"\nrates = "rates.csv"\n[source.crm]\nfiles = "deals.csv"\nknown_at = "Modified"\n'
DEAL = """[source.crm.deal]
id = "Id"
name = "Name"
amount = { column = "Amount", currency = "Cur" }
kind = { column = "Type", values = { "New Business" = "new" }, default = "new" }
opened_at = { column = "Created", known_at = "Created" }
closed_at = "Close"
stage = { column = "Stage", values = { "Talk" = "open:1", "Won" = "won", "Lost" = "lost" } }
"""
COLUMNS = "Id,Name,Amount,Cur,Type,Created,Close,Stage,Modified\n"
GOOD = "1,Acme,100,EUR,New Business,2024-01-01T08:00:00Z,2024-03-01,Won,2024-03-02T10:00:00Z\n"
RATES = "date,currency,rate\n2024-01-01,SEK,0.1\n2024-02-01,SEK,0.09\n"


def lay(folder: Path, toml: str = HEAD + DEAL, **files: str) -> Path:
    """Writes a sources.toml and its files; `deals` becomes deals.csv."""
    for name, text in {"rates": RATES, **files}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    path = folder / "sources.toml"
    path.write_text(toml, encoding="utf-8")
    return path


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return list(db.execute(statement).fetchall())


def run(folder: Path, toml: str = HEAD + DEAL, now: datetime = NOW, **files: str) -> StageReport:
    return stage(lay(folder, toml, **files), folder / "staging.duckdb", now=now)


def everything(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        tables = [t for (t,) in db.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {t: db.execute(f'SELECT * FROM "{t}"').fetchall() for t in tables}


def test_a_row_becomes_a_typed_record(tmp_path: Path) -> None:
    report = run(tmp_path, deals=COLUMNS + GOOD)
    assert report.newest == datetime(2024, 3, 2, 10, tzinfo=UTC)
    wanted = (
        "record_id, row_ref, name, amount, currency, deal_kind, opened_at, closed_at, close_date, "
        "stage, stage_order, state, known_from"
    )
    assert rows(tmp_path, f"SELECT {wanted} FROM staged_deal") == [
        (
            "1",
            "deals.csv:2",
            "Acme",
            100.0,
            "EUR",
            "new",
            datetime(2024, 1, 1, 8),
            datetime(2024, 3, 1, 23, 59, 59),
            datetime(2024, 3, 1, 23, 59, 59),
            "Won",
            None,
            "won",
            datetime(2024, 1, 1, 8),
        )
    ]


@pytest.mark.parametrize(
    ("row", "field", "value", "reason"),
    [
        ("2,B,1x0,EUR,,2024-01-01,,Talk,2024-03-02", "amount", "1x0", "is no number with decimal '.'"),
        ("2,B,1,EUR,Gift,2024-01-01,,Talk,2024-03-02", "deal_kind", "Gift", "is none of new, renewal, expansion"),
        ("2,B,1,EUR,,01/02/2024,,Talk,2024-03-02", "opened_at", "01/02/2024", "is no date or time"),
        ("2,B,1,EUR,,2024-02-30,,Talk,2024-03-02", "opened_at", "2024-02-30", "is no date or time"),
        (
            "2,B,1,EUR,,2024-01-01,,Dance,2024-03-02",
            "stage",
            "Dance",
            "is no stage that this mapping knows (talk, won, lost)",
        ),
        (
            "2,B,1,USD,,2024-01-01,,Talk,2024-03-02",
            "amount",
            "USD",
            "has no rate into EUR on or before the day it was known",
        ),
        ("2,B,1,SEK,,2023-01-01,,Talk,2023-03-02", "amount", "SEK", "has no rate into EUR"),
        (
            "2,B,1,EUR,,2024-01-01,,Talk,2030-01-01",
            "known_at",
            "2030-01-01 23:59:59",
            "is later than the moment of ingest, 2024-06-01",
        ),
        (",B,1,EUR,,2024-01-01,,Talk,2024-03-02", "id", None, "is blank: a deal needs its id"),
        ("2,B,1,EUR,,2024-01-01,,Talk", None, "2,B,1,EUR,,2024-01-01,,Talk", "cannot be cut into columns"),
        (
            "2,B,1,EUR,,2024-01-01,,Talk,2024-03-02,more",
            None,
            "2,B,1,EUR,,2024-01-01,,Talk,2024-03-02,more",
            "cannot be cut into columns",
        ),
    ],
)
def test_a_broken_row_is_rejected_with_place_value_and_reason(
    tmp_path: Path, row: str, field: str | None, value: str | None, reason: str
) -> None:
    report = run(tmp_path, deals=COLUMNS + GOOD + row + "\n")
    counts = [(c.fetched, c.staged, c.rejected, c.misread) for c in report.counts]
    assert counts == ([(2, 1, 1, 0)] if field in (None, "id", "known_at") else [(2, 2, 0, 1)])
    place, got_field, got_value, got_reason = rows(tmp_path, "SELECT place, field, value, reason FROM rejects")[0]
    assert (place, got_field, got_value) == ("deals.csv:3", field, value)
    assert reason in got_reason


@pytest.mark.parametrize(
    ("deals", "toml", "sentence"),
    [
        ("", HEAD + DEAL, "deals.csv is empty"),
        (COLUMNS, HEAD + DEAL, "deals.csv has a header and no rows"),
        ((COLUMNS + GOOD).replace(",", ";"), HEAD + DEAL, "its delimiter looks like ';', not ','"),
        (
            COLUMNS.replace("Stage", "Phase") + GOOD,
            HEAD + DEAL,
            "deals.csv has no column 'Stage', which [deal] reads; it has Id, Name",
        ),
        (
            COLUMNS + GOOD + GOOD.replace("Acme", "Bell"),
            HEAD + DEAL,
            "deals.csv:3: deal '1' already stands at deals.csv:2 with other values",
        ),
        (COLUMNS + GOOD, HEAD.replace("deals.csv", "none.csv") + DEAL, "names no file"),
        (COLUMNS + GOOD, HEAD.replace('files = "deals.csv"', 'table = "postgres:dbname=x:deals"') + DEAL, "postgres"),
    ],
)
def test_what_stops_a_source_is_one_sentence_and_loses_nothing(
    tmp_path: Path, deals: str, toml: str, sentence: str
) -> None:
    run(tmp_path, deals=COLUMNS + GOOD)
    before = everything(tmp_path)
    report = run(tmp_path, toml, deals=deals)
    assert [r.source for r in report.refused] == ["crm"]
    assert sentence in report.refused[0].sentence
    assert "\n" not in report.refused[0].sentence
    assert everything(tmp_path) == before


def test_a_source_refused_at_first_is_an_error_when_it_is_alone(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="is empty"):
        run(tmp_path, deals="")
    assert not (tmp_path / "staging.duckdb").exists()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_an_encoding_is_read_when_named_and_refused_when_not(tmp_path: Path, encoding: str) -> None:
    named = HEAD.replace("known_at", f'encoding = "{encoding}"\nknown_at') + DEAL
    path = lay(tmp_path, named)
    (tmp_path / "deals.csv").write_bytes((COLUMNS + GOOD.replace("Acme", "Ångström")).encode(encoding))
    stage(path, tmp_path / "staging.duckdb", now=NOW)
    assert rows(tmp_path, "SELECT name FROM staged_deal") == [("Ångström",)]
    if encoding == "cp1252":
        report = stage(lay(tmp_path), tmp_path / "staging.duckdb", now=NOW)
        assert "encoding" in report.refused[0].sentence


def test_places_are_right_after_broken_rows_and_line_breaks(tmp_path: Path) -> None:
    def row(key: str, name: str, stage: str = "Talk") -> str:
        return f"{key},{name},1,EUR,,2024-01-01,,{stage},2024-03-02\n"

    text = (
        COLUMNS
        + row("1", '"two\nlines"')
        + "short,row\n"
        + row("2", "b")
        + row("3", "c", "Dance")
        + "too,short\n"
        + row("4", "d")
    )
    run(tmp_path, deals=text)
    assert rows(tmp_path, "SELECT record_id, row_ref FROM staged_deal") == [
        ("1", "deals.csv:2"),
        ("2", "deals.csv:5"),
        ("3", "deals.csv:6"),
        ("4", "deals.csv:8"),
    ]
    assert [p for (p,) in rows(tmp_path, "SELECT place FROM rejects ORDER BY 1")] == [
        "deals.csv:4",
        "deals.csv:6",
        "deals.csv:7",
    ]


def test_a_rate_counts_from_its_day(tmp_path: Path) -> None:
    lines = [
        f"{i},x,100,{c},,2024-01-01,,Talk,{m}\n"
        for i, (c, m) in enumerate([("SEK", "2024-01-15"), ("SEK", "2024-02-01"), ("", "2024-02-01")])
    ]
    run(tmp_path, deals=COLUMNS + "".join(lines))
    assert rows(tmp_path, "SELECT amount FROM staged_deal ORDER BY record_id") == [(10.0,), (9.0,), (100.0,)]


ZONES: Sequence[tuple[str, str, str, datetime]] = (
    ("Europe/Stockholm", "", "2023-07-01 12:00", datetime(2023, 7, 1, 10)),
    ("Europe/Stockholm", "", "2024-01-15 12:00", datetime(2024, 1, 15, 11)),
    ("Europe/Stockholm", "", "2024-03-31 03:30:00", datetime(2024, 3, 31, 1, 30)),
    ("Asia/Kolkata", "", "2024-01-15 05:00", datetime(2024, 1, 14, 23, 30)),
    ("Asia/Kolkata", "", "2024-01-15T05:00:00Z", datetime(2024, 1, 15, 5)),
    ("Asia/Kolkata", "", "2024-01-15T05:00:00.000+0100", datetime(2024, 1, 15, 4)),
    ("Asia/Kolkata", "", "2023-11-11 08:18:16.519000 UTC", datetime(2023, 11, 11, 8, 18, 16, 519000)),
    ("Asia/Kolkata", "", "2024-01-15", datetime(2024, 1, 15, 23, 59, 59)),
    ("UTC", 'format = "%d.%m.%Y %H:%M"', "15.01.2024 06:07", datetime(2024, 1, 15, 6, 7)),
    (
        "America/New_York",
        'format = ["%m/%d/%Y %I:%M %p", "%m/%d/%Y"]',
        "01/15/2024 06:07 PM",
        datetime(2024, 1, 15, 23, 7),
    ),
    ("America/New_York", 'format = ["%m/%d/%Y %I:%M %p", "%m/%d/%Y"]', "01/15/2024", datetime(2024, 1, 15, 23, 59, 59)),
    ("America/New_York", 'epoch = "ms"', "1705276800000", datetime(2024, 1, 15)),
    ("America/New_York", 'epoch = "s"', "1705276800", datetime(2024, 1, 15)),
)


@pytest.mark.parametrize(("zone", "more", "text", "moment"), ZONES)
def test_moments(tmp_path: Path, zone: str, more: str, text: str, moment: datetime) -> None:
    spec = f'{{ column = "T", {more} }}' if more else '"T"'
    toml = f'[source.t]\nfiles = "t.csv"\ntime_zone = "{zone}"\n[source.t.ticket]\nid = "I"\nopened_at = {spec}\n'
    run(tmp_path, toml, t=f"I,T\n1,{text}\n")
    assert rows(tmp_path, "SELECT opened_at, known_from FROM staged_ticket") == [(moment, moment)]


@pytest.mark.parametrize(
    ("decimal", "text", "number"),
    [
        (".", "1,234.50", 1234.5),
        (".", "-7", -7.0),
        (".", "$1,000", 1000.0),
        (".", "12%", 12.0),
        (",", "1.234,5", 1234.5),
        (",", "€ 3,25", 3.25),
    ],
)
def test_numbers(tmp_path: Path, decimal: str, text: str, number: float) -> None:
    toml = f'[source.t]\nfiles = "t.csv"\ndecimal = "{decimal}"\nknown_at = {{ constant = "2024-01-01" }}\n'
    toml += '[source.t.product]\nid = "I"\nprice = "P"\n'
    run(tmp_path, toml, t=f'I,P\n1,"{text}"\n')
    assert rows(tmp_path, "SELECT price FROM staged_product") == [(number,)]


def test_distinct_says_where_it_takes_one_of_several_values(tmp_path: Path) -> None:
    toml = """
[source.crm]
files = "deals.csv"
known_at = "When"
[source.crm.account]
id = "Company"
distinct = true
name = "Company"
industry = "Industry"
"""
    same = "No,Company,Industry,When\n1,Acme,Tools,2024-01-02\n2,Acme,Tools,2024-01-01\n3,Bolt,Steel,2024-01-01\n"
    assert not [n for n in run(tmp_path, toml, deals=same).notices if n.what == "distinct"]
    report = run(tmp_path, toml, deals=same + "4,Acme,Games,2024-02-01\n")
    told = [n for n in report.notices if n.what == "distinct"]
    assert [(n.source, n.kind, n.count) for n in told] == [("crm", "account", 1)]
    assert told[0].sentence.startswith("1 account ids stand in rows that differ in industry (such as 'Acme'): distinct")
    assert rows(tmp_path, "SELECT industry FROM staged_account WHERE record_id = 'Acme' AND known_to IS NULL") == [
        ("Tools",)
    ]


def test_one_row_stages_several_kinds_and_names_stand_for_records(tmp_path: Path) -> None:
    toml = """
[source.crm]
files = "sales.csv"
known_at = "When"
[source.crm.account]
id = "Company"
distinct = true
name = "Company"
[source.crm.rep]
id = "Seller"
distinct = true
name = "Seller"
email = "Mail"
[source.crm.deal]
id = "No"
account = { ref = "Company" }
owner = { ref = "Mail", by = "email" }
stage = { column = "Stage", values = { "Talk" = "open:1" } }
[source.mail]
files = "mail.csv"
known_at = "at"
[source.mail.activity]
id = "id"
kind = "kind"
at = "at"
rep_email = "from"
deal = { ref = "crm:deal" }
[source.mail.participant]
split = { column = "to", by = ";" }
activity = { ref = "id" }
email = "to"
"""
    sales = "No,Company,Seller,Mail,Stage,When\n1,Acme,Ann,ann@us.example,Talk,2024-01-02\n"
    sales += "2,Acme,Ann,ann@us.example,Talk,2024-01-01\n"
    mail = "id,kind,at,from,to,deal\nm1,Mail,2024-02-01 10:00,ANN@us.example,a@x.example;b@x.example,1\n"
    report = run(tmp_path, toml, sales=sales, mail=mail)
    assert {(c.source, c.kind): (c.fetched, c.staged) for c in report.counts} == {
        ("crm", "account"): (1, 1), ("crm", "rep"): (1, 1), ("crm", "deal"): (2, 2), ("mail", "activity"): (1, 1),
            ("mail", "participant"): (2, 2)
    }  # fmt: skip
    assert rows(tmp_path, "SELECT known_from FROM staged_account") == [(datetime(2024, 1, 1, 23, 59, 59),)]
    assert rows(tmp_path, "SELECT DISTINCT account, owner FROM staged_deal") == [("crm:Acme", "crm:Ann")]
    assert rows(tmp_path, "SELECT rep, deal, activity_kind FROM staged_activity") == [("crm:Ann", "crm:1", "mail")]
    assert rows(tmp_path, "SELECT activity, email FROM staged_participant ORDER BY 2") == [
        ("mail:m1", "a@x.example"),
        ("mail:m1", "b@x.example"),
    ]


def test_staging_twice_gives_identical_tables(tmp_path: Path) -> None:
    run(tmp_path, deals=COLUMNS + GOOD)
    before = everything(tmp_path)
    run(tmp_path, deals=COLUMNS + GOOD, now=datetime(2025, 1, 1, tzinfo=UTC))
    assert everything(tmp_path) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deals.csv", "rates.csv", "sources.toml", "staging.duckdb"]


TALK = "1,Acme,100,EUR,New Business,2024-01-01T08:00:00Z,,Talk,2024-02-01T10:00:00Z\n"
WON = "1,Acme,90,EUR,New Business,2024-01-01T08:00:00Z,2024-03-01,Won,2024-03-02T10:00:00Z\n"
OTHER = "2,Bell,50,EUR,New Business,2024-01-05T08:00:00Z,,Talk,2024-02-01T10:00:00Z\n"


def test_a_second_snapshot_tells_what_changed_and_keeps_what_was_known(tmp_path: Path) -> None:
    run(tmp_path, deals=COLUMNS + TALK + OTHER)
    run(tmp_path, deals=COLUMNS + WON + OTHER)
    assert rows(tmp_path, "SELECT name__known, amount__known, state FROM staged_deal WHERE record_id = '1'") == [
        (datetime(2024, 2, 1, 10), datetime(2024, 3, 2, 10), "won")
    ]
    changes = rows(
        tmp_path, 'SELECT "of", field, old, new, "at" FROM staged_change WHERE field = \'stage\' ORDER BY "at"'
    )
    assert changes == [
        ("crm:1", "stage", None, "Talk", datetime(2024, 2, 1, 10)),
        ("crm:1", "stage", "Talk", "Won", datetime(2024, 3, 2, 10)),
    ]
    before = everything(tmp_path)
    run(tmp_path, deals=COLUMNS + WON + OTHER)
    assert everything(tmp_path) == before


def test_a_vanished_record_is_closed_and_a_broken_one_stays(tmp_path: Path) -> None:
    run(tmp_path, deals=COLUMNS + TALK + OTHER + WON.replace("1,Acme", "3,Cora"))
    run(tmp_path, deals=COLUMNS + TALK.replace("100", "1x0") + WON.replace("1,Acme", "3,Cora"))
    assert rows(tmp_path, "SELECT record_id, known_to FROM staged_deal") == [
        ("1", None),
        ("2", datetime(2024, 3, 2, 10)),
        ("3", None),
    ]


def test_increments_close_nothing(tmp_path: Path) -> None:
    toml = HEAD.replace("known_at", "snapshot = false\nknown_at") + DEAL
    run(tmp_path, toml, deals=COLUMNS + TALK)
    run(tmp_path, toml, deals=COLUMNS + OTHER)
    assert rows(tmp_path, "SELECT record_id, known_to FROM staged_deal") == [("1", None), ("2", None)]


def test_a_row_repeated_word_for_word_is_one_record_and_one_reject(tmp_path: Path) -> None:
    report = run(tmp_path, deals=COLUMNS + GOOD + GOOD)
    assert [(c.fetched, c.staged, c.rejected) for c in report.counts] == [(2, 1, 1)]
    assert rows(tmp_path, "SELECT place, reason FROM rejects") == [
        ("deals.csv:3", "repeats deals.csv:2 word for word: one is kept")
    ]


def test_history_dates_a_closing(tmp_path: Path) -> None:
    toml = (
        HEAD
        + DEAL
        + '[source.crm.history]\nfiles = "history.csv"\nid = "I"\nof = { ref = "D" }\nat = "T"\nknown_at = "T"\n'
        + ('stage = { column = "S", values = { "Talk" = "open:1", "Won" = "won" } }\n')
    )
    history = "I,D,T,S\n1,1,2024-01-01T08:00:00Z,Talk\n2,1,2024-02-20T09:00:00Z,Won\n"
    run(tmp_path, toml, deals=COLUMNS + GOOD, history=history)
    assert rows(tmp_path, "SELECT closed_at, state__known FROM staged_deal") == [
        (datetime(2024, 2, 20, 9), datetime(2024, 2, 20, 9))
    ]


def test_json_lines_parquet_and_a_duckdb_table(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(
        '{"id": 1, "when": "2024-01-01T00:00:00Z"}\n{broken\n{"id": 2, "when": null}\n', encoding="utf-8"
    )
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as db:
        db.execute("CREATE TABLE tickets AS SELECT 7 AS id, TIMESTAMP '2024-01-02' AS \"when\"")
        db.execute(f"COPY tickets TO '{tmp_path / 'p.parquet'}'")
    body = 'id = "id"\nopened_at = "when"\n'
    toml = (
        f'[source.a]\nfiles = "t.jsonl"\n[source.a.ticket]\n{body}[source.b]\nfiles = '
        f'"*.parquet"\n[source.b.ticket]\n{body}'
        + (f'[source.c]\ntable = "duckdb:crm.duckdb:tickets"\n[source.c.ticket]\n{body}')
    )
    report = run(tmp_path, toml)
    assert [(c.source, c.fetched, c.staged) for c in report.counts] == [("a", 3, 1), ("b", 1, 1), ("c", 1, 1)]
    assert rows(tmp_path, "SELECT source, record_id, row_ref, opened_at FROM staged_ticket") == [
        ("a", "1", "t.jsonl:1", datetime(2024, 1, 1)), ("b", "7", "p.parquet:1", datetime(2024, 1, 2)), ("c", "7",
            "tickets:1", datetime(2024, 1, 2))
    ]  # fmt: skip
    assert rows(tmp_path, "SELECT place, reason FROM rejects ORDER BY place") == [
        ("t.jsonl:2", "is no JSON object on one line"), ("t.jsonl:3", "is blank: a ticket needs it")
    ]  # fmt: skip


def test_it_says_what_cannot_be_known(tmp_path: Path) -> None:
    said = " | ".join(run(tmp_path, deals=COLUMNS + TALK.replace("2024-01-01T08:00:00Z", "")).cannot_know)
    for part in (
        "all 1 deals are open",
        "1 of 1 deals have no open date",
        "no source stages a contact",
        "no source stages stage history",
    ):
        assert part in said


def test_a_dry_run_shows_rows_and_rejects_and_writes_nothing(tmp_path: Path) -> None:
    path = lay(tmp_path, deals=COLUMNS + GOOD + GOOD.replace("1,Acme", "2,B").replace("Won", "Dance"))
    seen = check(path, first=1, now=NOW)
    assert [s.rows[0]["name"] for s in seen.samples] == ["Acme"]
    assert [s.rejects[0]["value"] for s in seen.samples] == ["Dance"]
    assert not (tmp_path / "staging.duckdb").exists()
