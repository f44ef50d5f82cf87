"""One clean small company, written in many spellings of file, each with the mapping that reads it."""

import csv
import gzip
import io
import json
import random
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

NOISE = ("none", "title", "skip", "sep", "footer", "blank columns", "line break", "case", "twice", "blank rows")
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "mac_roman", "cp850")
ENDS = ("\n", "\r\n", "\r", "mixed")
SHAPES = ("text", "text", "text", "text", "workbook", "json", "lines", "wrapped", "parquet")
ORDERS = {"iso": "%Y-%m-%d", "german": "%d.%m.%Y", "american": "%m/%d/%Y", "british": "%d/%m/%Y"}
TABLES: dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = {
    "account": (
        ("Account ID", "Account Name", "Billing City", "Employees", "Annual Revenue", "Last Modified"),
        [
            (1, "Müller & Söhne, GmbH", "Köln", 120, 1234567.5, datetime(2024, 1, 5, 9, 30)),
            (2, "Åkesson Rör AB", "Malmö", 45, 98000.25, datetime(2024, 1, 6, 10, 0, 30)),
            (3, "Crédit Señor", "Besançon", 3000, 50000000.0, datetime(2024, 1, 7)),
            (4, 'Jørgensen "Fjord" A/S', "Århus", None, None, datetime(2024, 2, 1, 23, 59, 59)),
        ],
    ),
    "contact": (
        ("Contact ID", "First Name", "Last Name", "Email", "Account ID", "Last Modified"),
        [
            ("003a", "Jürgen", "Weiß", "jw@mueller.example", 1, datetime(2024, 1, 8, 8)),
            ("003b", "Märta", "Åström", "ma@akesson.example", 2, datetime(2024, 1, 9, 8)),
            ("003c", "Zoé", "Lefèvre", None, 3, datetime(2024, 1, 10, 8)),
        ],
    ),
    "deal": (
        ("Deal ID", "Deal Name", "Account ID", "Amount", "Created Date", "Close Date", "Stage", "Last Modified"),
        [
            (
                "0061",
                "Röhren für Köln",
                1,
                1000.5,
                date(2024, 1, 10),
                date(2024, 3, 31),
                "Won",
                datetime(2024, 4, 1, 7),
            ),
            ("0062", "Mäklare; två", 2, 25000.0, date(2024, 1, 13), date(2024, 4, 30), "Open", datetime(2024, 4, 2, 7)),
            (
                "0063",
                "Été à Besançon",
                3,
                1234567.89,
                date(2024, 2, 14),
                date(2024, 5, 15),
                "Lost",
                datetime(2024, 5, 16),
            ),
            ("0064", "Fjord", 4, None, date(2024, 12 - 9, 25), date(2024, 6, 20), "Open", datetime(2024, 5, 17, 7)),
        ],
    ),
}
MODIFIED = "Last Modified"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write the company's files."""

    number: int
    shape: str
    encoding: str
    named: bool
    delimiter: str
    decimal: str
    thousands: bool
    order: str
    noise: str
    packed: str
    ends: str


def draw(number: int, seed: int = 20240601) -> Spelling:
    """The spelling of a number; the same one each time."""
    chance = random.Random(f"{seed}-{number}")
    shape = chance.choice(SHAPES)
    return Spelling(
        number, shape,
        encoding=chance.choice(ENCODINGS),
        named=chance.random() < 0.6, delimiter=chance.choice((",", ";", "\t", "|")), decimal=chance.choice((".", ",")),
        thousands=chance.random() < 0.3, order=chance.choice(tuple(ORDERS)), noise=chance.choice(NOISE),
        packed=chance.choice(("none", "none", "gz", "zip", "zip of all")), ends=chance.choice(ENDS),
    )  # fmt: skip


def write(spelling: Spelling, folder: Path) -> dict[str, str]:
    """Writes the three files; gives what `files =` names for each kind."""
    folder.mkdir(parents=True)
    if spelling.shape == "workbook":
        _workbook(spelling, folder / "company.xlsx")
        return _packed(spelling, folder, dict.fromkeys(TABLES, "company.xlsx"))
    names = {}
    for kind in TABLES:
        end = {"json": "json", "wrapped": "json", "lines": "jsonl", "parquet": "parquet"}.get(spelling.shape, "csv")
        names[kind] = f"{kind}s.{end}"
        if spelling.shape == "parquet":
            pq.write_table(pa.Table.from_pylist(_objects(kind)), folder / names[kind])
        elif spelling.shape == "text":
            (folder / names[kind]).write_bytes(_text(spelling, kind).encode(spelling.encoding))
        else:
            (folder / names[kind]).write_bytes(_json(spelling, kind).encode(_unicode(spelling)))
    return _packed(spelling, folder, names)


def mapping(spelling: Spelling, source: str, files: dict[str, str]) -> str:
    """The source's tables: settings as the files have them, and the columns."""
    typed = spelling.shape in ("workbook", "parquet") or spelling.shape in ("json", "lines", "wrapped")
    lines = [f"[source.{source}]", f"known_at = {json.dumps(MODIFIED)}", f"decimal = {json.dumps(spelling.decimal)}"]
    if spelling.shape == "text":
        lines.append(f"delimiter = {json.dumps(spelling.delimiter)}")
        lines += [f"encoding = {json.dumps(spelling.encoding)}"] if spelling.named else []
        lines += ["skip = 3"] if spelling.noise == "skip" else []
    when = "" if typed or spelling.order == "iso" else f', format = "{ORDERS[spelling.order]}"'
    fields = {
        "account": 'id = "Account ID"\nname = "Account Name"\ncity = "Billing City"\nemployees = "Employees"\n'
        'revenue = "Annual Revenue"\n',
        "contact": 'id = "Contact ID"\nfirst_name = "First Name"\nlast_name = "Last Name"\nemail = "Email"\n'
        'account = { ref = "Account ID" }\n',
        "deal": 'id = "Deal ID"\nname = "Deal Name"\naccount = { ref = "Account ID" }\namount = "Amount"\n'
        f'opened_at = {{ column = "Created Date"{when} }}\nclose_date = {{ column = "Close Date"{when} }}\n'
        'stage = { column = "Stage", values = { "Open" = "open:1", "Won" = "won", "Lost" = "lost" } }\n',
    }
    for kind, text in fields.items():
        lines += [f"[source.{source}.{kind}]", f"files = {json.dumps(f'{source}/{files[kind]}')}"]
        lines += [f'sheet = "{kind}s"'] if spelling.shape == "workbook" else []
        lines.append(text)
    return "\n".join(lines)


def _unicode(spelling: Spelling) -> str:
    return spelling.encoding if spelling.encoding.startswith("utf") else "utf-8"


def _number(spelling: Spelling, value: float) -> str:
    text = f"{value:,.2f}" if spelling.thousands else f"{value:.2f}"
    return text.translate(str.maketrans(",.", ".,")) if spelling.decimal == "," else text


def _cell(spelling: Spelling, value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return _number(spelling, value)
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.strftime(ORDERS[spelling.order])
        case _:
            return str(value)


def _header(spelling: Spelling, kind: str) -> list[str]:
    names = list(TABLES[kind][0])
    if spelling.noise == "case":
        return [name.upper() if i % 2 else name.lower() for i, name in enumerate(names)]
    if spelling.noise == "line break":
        return [name.replace(" ", "\n", 1) for name in names]
    return names


def _grid(spelling: Spelling, kind: str) -> tuple[list[list[Any]], list[list[Any]], list[list[Any]]]:
    """Rows above the table, the table with its header, rows below."""
    rows: list[list[Any]] = [list(row) for row in TABLES[kind][1]]
    table = [list(_header(spelling, kind)), *rows]
    width = len(table[0])
    if spelling.noise == "blank columns":
        table = [[*row, None, None] for row in table]
    if spelling.noise == "twice":
        table = [[*row, *(("Note", "Note") if i == 0 else ("a", "b"))] for i, row in enumerate(table)]
    if spelling.noise == "blank rows":
        table = [table[0], *(r for row in table[1:] for r in (row, [None] * width))]
    above: list[list[Any]] = []
    if spelling.noise in ("title", "skip"):
        above = [[f"Report: all {kind}s"], ["As of 2024-06-01", "by Märta"], []]
    below: list[list[Any]] = []
    if spelling.noise == "footer":
        below = [
            [], [f"Grand Totals ({len(rows)} records)", None, None, "3,000.00", *[None] * (width - 4)], [],
            ["Confidential Information - Do Not Distribute", *[None] * (width - 1)],
            ["Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.", *[None] * (width - 1)],
        ]  # fmt: skip
    return above, table, below


def _text(spelling: Spelling, kind: str) -> str:
    above, table, below = _grid(spelling, kind)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=spelling.delimiter, lineterminator="\n")
    if spelling.noise == "sep":
        out.write(f"sep={spelling.delimiter}\n")
    for row in (*above, *table, *below):
        writer.writerow([_cell(spelling, v) for v in row])
    text = out.getvalue()
    if spelling.ends == "mixed":
        lines = text.split("\n")[:-1]
        return "".join(line + ("\r\n" if i % 2 else "\n") for i, line in enumerate(lines))
    return text.replace("\n", spelling.ends)


def _workbook(spelling: Spelling, path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    for kind in TABLES:
        sheet = book.create_sheet(f"{kind}s")
        for row in (part for block in _grid(spelling, kind) for part in block):
            sheet.append([v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in row])
    book.save(path)


def _objects(kind: str) -> list[dict[str, Any]]:
    names, rows = TABLES[kind]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _json(spelling: Spelling, kind: str) -> str:
    rows = [
        {k: v.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(v, datetime) else v.isoformat() if isinstance(v, date) else v
         for k, v in row.items()}
        for row in _objects(kind)
    ]  # fmt: skip
    if spelling.shape == "lines":
        return "".join(json.dumps(row, ensure_ascii=spelling.thousands) + "\n" for row in rows)
    return json.dumps(
        {"@odata.count": len(rows), "value": rows} if spelling.shape == "wrapped" else rows,
        indent=1,
        ensure_ascii=False,
    )


def _packed(spelling: Spelling, folder: Path, names: dict[str, str]) -> dict[str, str]:
    if spelling.packed == "none":
        return names
    if spelling.packed == "gz":
        for name in set(names.values()):
            (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
            (folder / name).unlink()
        return {kind: f"{name}.gz" for kind, name in names.items()}
    if spelling.packed == "zip":
        for name in set(names.values()):
            with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(folder / name, name)
            (folder / name).unlink()
        return {kind: f"{name}.zip" for kind, name in names.items()}
    with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(set(names.values())):
            archive.write(folder / name, f"export/{name}")
            (folder / name).unlink()
    return {kind: f"export.zip/export/{name}" for kind, name in names.items()}
