"""Says what a file is by its first bytes and its name; a file that is not what it is called is named and refused."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from kg.errors import SourceRefused


class Shape(StrEnum):
    """How the rows of a file are read."""

    TEXT = "text"
    WORKBOOK = "workbook"
    JSON = "json"
    LINES = "lines"
    PARQUET = "parquet"


TEXT_ENDS = (".csv", ".tsv", ".txt", ".tab", ".psv")
WORKBOOK_ENDS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
JSON_ENDS = (".json", ".geojson")
LINES_ENDS = (".jsonl", ".ndjson")
PLAIN_ENDS = (*TEXT_ENDS, *WORKBOOK_ENDS, *JSON_ENDS, *LINES_ENDS, ".parquet")
READABLE = (*PLAIN_ENDS, *(f"{end}.gz" for end in PLAIN_ENDS), ".zip")
"""Ends of the files that are read when `files` names a folder."""

CSV = 'export it as "CSV UTF-8"'
COMPRESSED = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"7z\xbc\xaf": "7-Zip", b"Rar!": "RAR"}
FOREIGN = {
    b"%PDF": f"a PDF document: {CSV} from the system it came from",
    b"SQLite format 3": f"an SQLite database: {CSV} from it",
    b"\x89PNG": "a picture: take it out of files",
    b"\xff\xd8\xff": "a picture: take it out of files",
    b"{\\rtf": f"a text document (RTF): {CSV}",
}
OLE, ZIP, GZIP, PARQUET = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"\x1f\x8b", b"PAR1"


def shape_of(path: Path, name: str) -> Shape:
    """How to read the file at `path`, which messages call `name`.

    Raises:
        SourceRefused: the file is empty, or is something else than its name says; the sentence says what it is.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise SourceRefused(f"{name} is empty: export it again, or take it out of files")
    low = name.lower().removesuffix(".gz")
    if head.startswith(ZIP):
        return _zipped(path, name, low)
    if head.startswith(OLE):
        return _old_office(name, low)
    if head.startswith(PARQUET):
        if not low.endswith(".parquet"):
            raise SourceRefused(f"{name} is a Parquet file: rename it to end in .parquet")
        return Shape.PARQUET
    for magic, what in FOREIGN.items():
        if head.startswith(magic):
            raise SourceRefused(f"{name} is {what}")
    for magic, packer in COMPRESSED.items():
        if head.startswith(magic):
            raise SourceRefused(f"{name} is compressed with {packer}: unpack it, or compress it as .gz or .zip")
    if head.startswith(GZIP):
        raise SourceRefused(f"{name} is a gzip file: rename it to end in .gz (for example {Path(name).name}.gz)")
    return _by_name(head, name, low)


def _zipped(path: Path, name: str, low: str) -> Shape:
    if low.endswith(WORKBOOK_ENDS):
        return Shape.WORKBOOK
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()
    except zipfile.BadZipFile as error:
        raise SourceRefused(f"{name} is a damaged zip archive: export it again") from error
    if any(n.startswith("xl/") for n in inside):
        what = f"an Excel workbook, not text: rename it to end in .xlsx, or {CSV}"
    elif any(n.startswith("word/") for n in inside):
        what = f"a Word document: {CSV}"
    elif "mimetype" in inside:
        what = f"an OpenDocument file: rename it to end in .ods if it is a spreadsheet, or {CSV}"
    else:
        what = "a zip archive: rename it to end in .zip, or unpack it"
    raise SourceRefused(f"{name} is {what}")


def _old_office(name: str, low: str) -> Shape:
    if low.endswith(".xls"):
        return Shape.WORKBOOK
    if low.endswith(WORKBOOK_ENDS):
        raise SourceRefused(f"{name} is an Excel workbook with a password: save it without one, or {CSV}")
    raise SourceRefused(f"{name} is an old Excel workbook, not text: rename it to end in .xls, or {CSV}")


def _by_name(head: bytes, name: str, low: str) -> Shape:
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip().lower()
    if re.match(rb"<(!doctype html|html|table|head|meta|body|style)", text) or b"<html" in text[:1000]:
        raise SourceRefused(
            f"{name} is a web page (an HTML table), not {_called(low)}: open it in a spreadsheet and save it as .xlsx, "
            f"or {CSV}"
        )
    if text.startswith(b"<?xml") or text.startswith(b"<workbook"):
        raise SourceRefused(f"{name} is XML, not {_called(low)}: save it as .xlsx, or {CSV}")
    if low.endswith(WORKBOOK_ENDS):
        raise SourceRefused(f"{name} is no Excel workbook, though its name says so: if it is text, rename it to .csv")
    if low.endswith(".parquet"):
        raise SourceRefused(f"{name} is no Parquet file, though its name says so: export it again")
    if low.endswith(JSON_ENDS):
        return Shape.JSON
    if low.endswith(LINES_ENDS):
        return Shape.LINES
    if re.match(rb'(\{\s*"|\[\s*\{)', text):
        raise SourceRefused(
            f"{name} is JSON, not {_called(low)}: rename it to end in .json, or .jsonl if each line is one"
        )
    return Shape.TEXT


def _called(low: str) -> str:
    return "an Excel workbook" if low.endswith(WORKBOOK_ENDS) else "a text file of columns"
