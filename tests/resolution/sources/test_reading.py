"""Export files as systems write them: literal bytes in, literal records or one sentence out."""

import gzip
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from resolution.sources.mapping_file import read_mapping
from resolution.sources.suggest import suggest
from resolution.staging.stage import StageReport, stage

NOW = datetime(2024, 6, 1, tzinfo=UTC)
DEAL = """[source.crm.deal]
id = "Id"
name = "Name"
amount = "Amount"
opened_at = "Created"
stage = { column = "Stage", values = { "Open" = "open:1", "Won" = "won" } }
"""
HEAD = "Id,Name,Amount,Created,Stage\n"
ONE = "1,Müller,100,2024-01-01,Won\n"
TWO = "2,Åkesson,200,2024-01-02,Open\n"
BOTH = [("1", "Müller", 100.0), ("2", "Åkesson", 200.0)]


def read(folder: Path, files: dict[str, bytes], more: str = "", deal: str = DEAL, named: str = "") -> StageReport:
    """Stages the deals of some files, the first of which `files =` names; `more` are settings of the source."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    wanted = named or next(iter(files))
    good = '[source.good]\nfiles = "good.csv"\n' + DEAL.replace("crm", "good")
    (folder / "good.csv").write_text(HEAD + ONE, encoding="utf-8")
    config = folder / "sources.toml"
    config.write_text(f"[source.crm]\nfiles = {json.dumps(wanted)}\n{more}\n{deal}{good}", encoding="utf-8")
    return stage(config, folder / "staging.duckdb", now=NOW)


def deals(folder: Path, columns: str = "record_id, name, amount") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return db.execute(f"SELECT {columns} FROM staged_deal WHERE source = 'crm' ORDER BY record_id").fetchall()


def rejects(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return db.execute("SELECT place, reason FROM rejects WHERE source = 'crm' ORDER BY place").fetchall()


def sentence(report: StageReport) -> str:
    (refusal,) = report.refused
    assert "\n" not in refusal.sentence
    return refusal.sentence


def told(report: StageReport) -> list[str]:
    """What is said of how files were read."""
    return [notice.sentence for notice in report.notices if notice.what == "reading"]


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_in_", "/").replace("_csv", ".csv").replace("_txt", ".txt"), data)
    return out.getvalue()


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "more"),
    [
        ("d.csv", (HEAD + ONE + TWO).encode("utf-8-sig"), ""),
        ("d.csv", (HEAD + ONE + TWO).encode("utf-16"), ""),
        ("d.csv", (HEAD + ONE + TWO).encode("utf-16-be"), ""),
        ("d.csv", (HEAD + ONE + TWO).encode("cp1252"), 'encoding = "cp1252"'),
        ("d.csv", (HEAD + ONE + TWO).replace("\n", "\r\n").encode(), ""),
        ("d.csv", (HEAD + ONE + TWO).replace("\n", "\r").encode(), ""),
        ("d.csv", (HEAD + ONE.replace("\n", "\r\n") + TWO).encode(), ""),
        ("d.csv", (HEAD.replace("\n", ",,\n") + ONE.replace("\n", ",,\n") + TWO.replace("\n", ",\n")).encode(), ""),
        ("d.csv", (HEAD.replace("\n", ",\n") + ONE + TWO).encode(), ""),
        ("d.csv", ("sep=;\n" + (HEAD + ONE + TWO).replace(",", ";")).encode(), ""),
        ("d.csv", ('"sep=,"\r\n' + HEAD + ONE + TWO).encode(), ""),
        ("d.csv", ("Notes:\n\"two\n lines, of notes\"\n\n" + HEAD + ONE + TWO).encode(), ""),
        ("d.csv", ("Notes:\n\"two\n lines, of notes\"\n\n" + HEAD + ONE + TWO).encode(), "skip = 4"),
        ("d.csv", ("a,b,c,d,e\nx,y,z,u,v\n" + HEAD + ONE + TWO).encode(), "skip = 2"),
        ("d.csv", (HEAD.upper() + ONE + TWO).encode(), ""),
        ("d.csv", (HEAD.replace("Name", '"\nName "') + ONE + TWO).encode(), ""),
        ("d.csv", (HEAD.replace("\n", ",No,No\n") + ONE.replace("\n", ",a,b\n") + TWO.replace("\n", ",,\n")).encode(),
         ""),
        ("d.csv", (HEAD + ONE + ",,,,\n\n" + TWO + ",,,,\n").encode(), ""),
        ("d.tsv", (HEAD + ONE + TWO).replace(",", "\t").encode(), ""),
        ("d.csv.gz", gzip.compress((HEAD + ONE + TWO).encode("cp1252"), mtime=0), 'encoding = "cp1252"'),
        ("d.zip", zipped(d_csv=(HEAD + ONE + TWO).encode("utf-16")), ""),
        ("d.zip", zipped(a_csv=(HEAD + ONE).encode(), b_csv=(HEAD + TWO).encode(), __MACOSX_in_a_csv=b"\0"), ""),
        ("d.xlsx", workbook(Empty=[], Deals=[HEAD.strip().split(","), [1, "Müller", 100, date(2024, 1, 1), "Won"],
                            [2, "Åkesson", 200.0, date(2024, 1, 2), "Open"]]), ""),
        ("d.json", json.dumps([dict(zip(HEAD.strip().split(","), r.strip().split(","), strict=True))
                               for r in (ONE, TWO)], indent=2).encode(), ""),
        ("d.json", json.dumps({"d": {"results": [{"Id": 1.0, "Name": "Müller", "Amount": 100.0, "Created": "2024-01-01",
                               "Stage": "Won"}, {"Id": 2, "Name": "Åkesson", "Amount": 2e2, "Created": "2024-01-02",
                               "Stage": None}]}}, ensure_ascii=False).encode("utf-16"), ""),
    ],
)  # fmt: skip
def test_the_same_two_deals_in_many_files(tmp_path: Path, name: str, data: bytes, more: str) -> None:
    report = read(tmp_path, {name: data}, more)
    assert not report.refused
    assert deals(tmp_path) == BOTH
    assert report.rejected == 0


@pytest.mark.parametrize(
    ("footer", "count"),
    [
        ('\n\nGrand Totals (2 records),,"3,000.00",,,\n\nConfidential Information - Do Not Distribute,,,,,\n'
         '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.",,,,,\n', 3),
        ("\nConfidential Information - Do Not Distribute\nCopyright © 2024 ACME\n", 2),
        ("Total,,300,,\n", 1),
        ("Summe:,,\"300,00\",,\n", 1),
        ("\nThe figures above were agreed with finance\nand may change\n", 2),
        ("2 rows returned\n", 1),
    ],
)  # fmt: skip
def test_a_footer_is_left_out_and_told(tmp_path: Path, footer: str, count: int) -> None:
    report = read(tmp_path, {"d.csv": (HEAD + ONE + TWO + footer).encode()})
    assert deals(tmp_path) == BOTH
    assert report.rejected == 0
    (note,) = [note for note in told(report) if "totals or notices" in note]
    assert note.startswith(f"d.csv: {count} row")
    kept = read(tmp_path, {"d.csv": (HEAD + ONE + TWO + footer).encode()}, "footer = false")
    assert kept.fetched > report.fetched
    assert not [note for note in told(kept) if "totals" in note]


def test_what_only_resembles_a_footer_is_kept(tmp_path: Path) -> None:
    rows = (
        "Total,Total Energies,1,2024-01-01,Won\n1,Total,,,Open\n2,Confidential Information,5,2024-01-01,Won\n"
        "3,Copyright (c) 2024 deal,5,2024-01-01,Won\n4,,,,Open\n"
    )
    report = read(tmp_path, {"d.csv": (HEAD + rows).encode()})
    assert report.rejected + len(deals(tmp_path)) == 5
    assert [r[0] for r in deals(tmp_path)][:3] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("name", "data", "more", "says"),
    [
        ("d.csv", workbook(A=[["a"]]), "", "d.csv is an Excel workbook, not text: rename it to end in .xlsx"),
        ("d.xlsx", zipped(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), "",
         "d.xlsx is an Excel workbook that is damaged"),
        ("d.csv", zipped(a_csv=b"x"), "", "d.csv is a zip archive: rename it to end in .zip"),
        ("d.csv", gzip.compress(b"x,y\n1,2\n", mtime=0), "", "d.csv is a gzip file"),
        ("d.csv", b"%PDF-1.7\n%\xe2\xe3", "", "d.csv is a PDF document"),
        ("d.xls", b"<html><body><table><tr><td>Id</td></tr></table></body></html>", "", "d.xls is a web page"),
        ("d.csv", "\ufeff<!DOCTYPE html><html><title>Sign in</title></html>".encode(), "", "d.csv is a web page"),
        ("d.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "d.csv is an old Excel workbook"),
        ("d.csv", b"PAR1....PAR1", "", "d.csv is a Parquet file"),
        ("d.parquet", b"PAR1....PAR1", "", "d.parquet cannot be read, it is damaged"),
        ("d.csv", b'[{"Id": 1}]', "", "d.csv is JSON"),
        ("d.json", b'[{"Id": 1},', "", "is no whole JSON document"),
        ("d.xlsx", (HEAD + ONE).encode(), "", "is no Excel workbook, though its name says so"),
        ("d.csv.gz", gzip.compress((HEAD + ONE).encode(), mtime=0)[:-9], "", "is cut off or damaged"),
        ("d.csv", (HEAD + ONE).encode("cp1252"), 'encoding = "utf-8"', "d.csv:2 is not utf-8"),
        ("d.csv", (HEAD + ONE).encode(), 'encoding = "cp1252"', "d.csv is UTF-8, not cp1252"),
        ("d.csv", (HEAD + TWO).encode("cp1252"), "", "as cp1252 it reads Åkesson; as cp1250 it reads Ĺkesson"),
        ("d.csv", (HEAD + ONE + "2,Гранит,1,2024-01-01,Won\n").encode("utf-8") + b"3,\xff,1,2024-01-01,Won\n", "",
         "d.csv"),
        ("d.csv", b"\xef\xbb\xbf", "", "d.csv has no header"),
        ("d.csv", (HEAD + "\nConfidential Information\n").encode(), "", "d.csv has a header and no rows"),
        ("d.xlsx", workbook(A=[["Id", "Name"], [1, "x"]]), 'sheet = "B"', "d.xlsx has no sheet 'B'; it has 'A'"),
        ("d.csv", (HEAD.replace("Created", "stage") + ONE).replace("Stage", "STAGE").encode(), "",
         "d.csv has 'stage' and 'STAGE', and the mapping reads 'Stage'"),
        ("d.json", b'{"a": [{"Id": 1}], "b": [{"Id": 2}]}', "", "several arrays of objects, a and b: name one in rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence_of_ours(
    tmp_path: Path, name: str, data: bytes, more: str, says: str
) -> None:
    text = sentence(read(tmp_path, {name: data}, more))
    assert says in text
    assert "Error" not in text


@pytest.mark.parametrize(
    ("names", "encoding", "first"),
    [
        ("Dvořák & Černý,Škoda,Novák,Příbram", "cp1250", "cp1250"),
        ("Łódź,Kraków,Żółć,Wrocław", "cp1250", "cp1250"),
        ("Müller,Straße,Jäger,Köln", "cp1252", "cp1252"),
        ("Ελλάδα,Αθήνα,Παπαδόπουλος", "cp1253", "cp1253"),
        ("田中商事,鈴木,トヨタ自動車", "cp932", "cp932"),
        ("Газпром,Москва,Ромашка", "cp1251", None),
        ("Győr,Erdős", "cp1250", None),
        ("Şişli,Çağrı", "cp1254", None),
    ],
)
def test_an_older_encoding_is_decided_on_evidence_or_asked(
    tmp_path: Path, names: str, encoding: str, first: str | None
) -> None:
    rows = "".join(f"{i},{name},1,2024-01-01,Won\n" for i, name in enumerate(names.split(",")))
    report = read(tmp_path, {"d.csv": (HEAD + rows).encode(encoding)})
    if first is None:
        text = sentence(report)
        assert "encoding is open" in text
        assert names.split(",")[0] in text
    else:
        assert [name for (name,) in deals(tmp_path, "name")] == names.split(",")
        assert any(note.startswith(f"d.csv reads as {first}: ") for note in told(report))


def test_suggest_says_that_an_encoding_is_a_guess(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    for names, encoding in (
        (("Dvořák & Černý", "Novák", "Příbram"), "cp1250"),
        (("田中商事", "鈴木", "東京"), "cp932"),
    ):
        rows = "".join(f"{i},{name},100,Won,2024-01-01\n" for i, name in enumerate(names))
        path.write_bytes(("Deal ID,Deal Name,Amount,Stage,Created Date\n" + rows).encode(encoding))
        line = next(line for line in suggest([path]).splitlines() if line.startswith("encoding"))
        assert line.startswith(f'encoding = "{encoding}"   # a guess: ')
        assert names[1] in line


PEOPLE = (
    '{"id": "1", "name": {"firstName": "Maria", "lastName": "Åkesson"}, "emails": {"primary": "m@x.example", '
    '"more": ["n@x.example", "o@x.example"]}, "jobs": [{"title": "CFO"}], "when": "2024-01-01T08:00:00Z"}\n'
)
CONTACT = '[source.crm.contact]\nid = "id"\nknown_at = "when"\n'


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ('first_name = "name.firstName"\nemail = "emails.primary"', ("Maria", "m@x.example", None)),
        ('first_name = "Name.Firstname"\nemail = "emails.more.1"', ("Maria", "o@x.example", None)),
        ('first_name = "id"\ntitle = "emails.more"', ("1", None, "n@x.example; o@x.example")),
        ('email = "emails.more.0"\ntitle = "jobs.0.title"', (None, "n@x.example", "CFO")),
    ],
)
@pytest.mark.parametrize("end", ["jsonl", "parquet"])
def test_nested_values_are_named_by_their_paths(
    tmp_path: Path, end: str, fields: str, row: tuple[str | None, ...]
) -> None:
    data = PEOPLE.encode()
    if end == "parquet":
        (tmp_path / "p.jsonl").write_bytes(data)
        duckdb.sql(
            f'COPY (SELECT * REPLACE (strftime("when", \'%Y-%m-%dT%H:%M:%SZ\') AS "when") '
            f"FROM read_json('{tmp_path / 'p.jsonl'}')) TO '{tmp_path / 'q.parquet'}' (FORMAT parquet)"
        )
        data = (tmp_path / "q.parquet").read_bytes()
    report = read(tmp_path, {f"p.{end}": data}, deal=CONTACT + fields + "\n")
    assert not report.refused
    with duckdb.connect(str(tmp_path / "staging.duckdb"), read_only=True) as db:
        assert db.execute("SELECT first_name, email, title FROM staged_contact").fetchall() == [row]


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("name", "'name' is an object, not one value; name what is inside it: name.firstName, name.lastName"),
        ("emails", "name what is inside it: emails.primary, emails.more"),
        ("jobs", "name what is inside it: jobs.0.title"),
        ("odd", "p.jsonl:2: 'odd' is an object or a list, not one value; name what is inside it: odd.a"),
    ],
)
def test_an_object_is_no_value(tmp_path: Path, field: str, says: str) -> None:
    data = PEOPLE.replace('"id"', '"odd": "x", "id"') + PEOPLE.replace('"1"', '"2"').replace(
        '"id"', '"odd": {"a": 1}, "id"'
    )
    text = sentence(read(tmp_path, {"p.jsonl": data.encode()}, deal=f'{CONTACT}email = "{field}"\n'))
    assert says in text


def test_typed_cells_of_a_workbook_arrive_unharmed(tmp_path: Path) -> None:
    rows = [
        ["Pipeline of March", None, None, None, None],
        [],
        ["Id", "Name", "Amount", "Created", "Stage"],
        [12345678, "x", 1234.5, datetime(2024, 1, 1, 8, 30), "Won"],
        ["007", "y", 0.1 + 0.2, datetime(2024, 1, 2), "Open"],
        [None, None, None, None, None],
        ["Total", None, 1234.8, None, None],
    ]
    for decimal in (".", ","):
        report = read(tmp_path, {"d.xlsx": workbook(Intro=[["read me"]], Deals=rows)}, f'decimal = "{decimal}"')
        assert deals(tmp_path, "record_id, amount, opened_at, row_ref") == [
            ("007", 0.3, datetime(2024, 1, 2), "d.xlsx:5"),
            ("12345678", 1234.5, datetime(2024, 1, 1, 8, 30), "d.xlsx:4"),
        ]
        assert any("sheet 'Deals' is read, not 'Intro'" in note for note in told(report))
        assert any("the header is on row 3" in note for note in told(report))
        assert any("1 row of totals or notices left out, on line 7" in note for note in told(report))


def test_members_of_an_archive_are_named_by_path_or_pattern(tmp_path: Path) -> None:
    data = zipped(export_in_Deal_csv=(HEAD + ONE).encode(), export_in_Account_csv=b"Id,Name\n1,A\n", read_txt=b"x")
    assert not read(tmp_path, {"e.zip": data}, named="e.zip/export/Deal.csv").refused
    assert deals(tmp_path, "record_id, row_ref") == [("1", "e.zip/export/Deal.csv:2")]
    assert not read(tmp_path, {"e.zip": data}, named="e.zip/*/deal*").refused
    assert "e.zip/export/Account.csv has no column 'Amount'" in sentence(read(tmp_path, {"e.zip": data}))


def test_broken_rows_keep_their_lines_after_quotes_that_never_close(tmp_path: Path) -> None:
    rows = (
        '1,"Never closed,100,2024-01-01,Won\n2,"two\nlines",1,2024-01-01,Won\nshort\n'
        '3,5" pipe,1,2024-01-01,Won\n4,"x"y,1,,\n'
    )
    read(tmp_path, {"d.csv": (HEAD + rows).encode()})
    assert deals(tmp_path, "record_id, name, row_ref") == [("2", "two\nlines", "d.csv:3"), ("3", '5" pipe', "d.csv:6")]
    assert [place for place, _ in rejects(tmp_path)] == ["d.csv:2", "d.csv:5", "d.csv:7"]
    assert all("cannot be cut into columns" in why for _, why in rejects(tmp_path))


@pytest.mark.parametrize("columns", [1000, 2000])
def test_a_thousand_columns_are_read(tmp_path: Path, columns: int) -> None:
    head = HEAD.strip() + ",Notes," + ",".join(f"Custom_{i}__c" for i in range(columns)) + "\n"
    rows = "".join(f'{k},Deal {k},100,2024-01-01,Open,"two\nlines"' + "," * columns + "\n" for k in range(200))
    began = datetime.now(UTC)
    report = read(tmp_path, {"d.csv": (head + rows).encode()})
    assert [c.staged for c in report.counts if c.source == "crm"] == [200]
    assert deals(tmp_path, "row_ref")[1] == ("d.csv:4",)
    assert (datetime.now(UTC) - began).total_seconds() < 15


def test_a_proposal_with_a_line_break_in_a_name_parses(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        'Id,Name,Amount,"Created\r\nDate","Odd\nname",Stage\n1,A,1,2024-01-01,x,Won\n2,B,1,2024-01-02,y,Open\n',
        encoding="utf-8",
    )
    config = tmp_path / "sources.toml"
    config.write_text(suggest([path]), encoding="utf-8")
    assert read_mapping(config).sources[0].sections[0].values["opened_at"].columns == ("Created Date",)
    assert not stage(config, tmp_path / "staging.duckdb", now=NOW).refused


def test_an_older_encoding_in_a_lookup_and_header_noise_there(tmp_path: Path) -> None:
    deal = DEAL.replace(
        '"Won" = "won" } }', '"Won" = "won" }, lookup = { files = "stages.csv", key = "ID", value = "Label" } }'
    )
    files = {
        "d.csv": (HEAD + ONE.replace("Won", "s1")).encode(),
        "stages.csv": "Stages\n\nid,label\ns1,Won\n".encode("utf-16"),
    }
    assert not read(tmp_path, files, deal=deal).refused
    assert deals(tmp_path, "stage, state") == [("Won", "won")]
