"""Opens a sheet of an Excel or OpenDocument workbook: typed cells become text without loss, dates in ISO."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import duckdb
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    ZipError,
)

from kg.errors import SourceRefused
from resolution.sources.mapping import Reader
from resolution.sources.reading.footers import Dropped, Row, without_footers
from resolution.sources.reading.header import LOOKED_AT, Header, find_header, plain
from resolution.sources.reading.load import Place, append
from resolution.sources.reading.opened import Opened
from resolution.sources.reading.unpack import Part


def open_workbook(part: Part, reader: Reader, wanted: Sequence[str]) -> Opened:
    """Opens the sheet that `reader.sheet` names, else the first visible one that holds rows.

    Raises:
        SourceRefused: it is damaged or protected, has no such sheet, or no sheet with rows.
    """
    opened = Opened(part.name, part.shape, part.path, reader)
    book = _book(part)
    try:
        sheet = _sheet(opened, book, reader.sheet)
        cells = sheet.to_python(skip_empty_area=False)
        rows = _texts(cells, ".")
    except (CalamineError, ValueError, OverflowError) as error:
        raise _damaged(part) from error
    header = _header(opened, rows, wanted)
    opened.columns, opened.repeated, opened.first_line = header.columns, header.repeated, header.at + 1
    numbers = {i for i in range(len(header.columns)) if _all_numbers(cells[header.at + 1 :], i)}
    opened.numbers = frozenset(header.columns[i] for i in numbers)
    opened.rows = rows[header.at + 1 :]
    if reader.decimal != ".":
        _mark(opened.rows, cells[header.at + 1 :], numbers, reader.decimal)
    return opened


def _all_numbers(rows: list[list[Any]], at: int) -> bool:
    """Whether a column holds numbers and blanks alone."""
    kinds = {type(row[at]) for row in rows if row[at] != ""}
    return bool(kinds) and kinds <= {int, float}


def _mark(rows: list[list[str]], cells: list[list[Any]], numbers: set[int], decimal: str) -> None:
    """Writes numbers in columns that hold text too as that text is read: with the decimal mark of the mapping."""
    for texts, typed in zip(rows, cells, strict=True):
        for i, cell in enumerate(typed):
            if i not in numbers and isinstance(cell, float):
                texts[i] = texts[i].replace(".", decimal)


def fetch_workbook(
    connection: duckdb.DuckDBPyConnection, place: Place, opened: Opened, columns: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Appends the rows of `columns` to the raw table; places are rows of the sheet."""
    dropped = Dropped()
    rows = (Row(line, cells) for line, cells in enumerate(opened.rows, opened.first_line + 1))
    kept = without_footers(rows, len(opened.columns), dropped, footer=opened.reader.footer)
    append(connection, place, opened, columns, kept, [])
    dropped.blank = 0
    opened.notes += [n for n in dropped.notes(opened.name) if n not in opened.notes]
    return []


def _book(part: Part) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(part.path))
    except PasswordError as error:
        raise SourceRefused(f"{part.name} is an Excel workbook with a password: save it without one") from error
    except (CalamineError, ZipError, OSError, ValueError) as error:
        raise _damaged(part) from error


def _damaged(part: Part) -> SourceRefused:
    return SourceRefused(
        f"{part.name} is an Excel workbook that is damaged or incomplete: open it in a spreadsheet and save it again "
        'as .xlsx, or export it as "CSV UTF-8"'
    )


def _sheet(opened: Opened, book: CalamineWorkbook, named: str) -> CalamineSheet:
    """The sheet to read, said where there are several."""
    sheets = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    visible = [m.name for m in sheets if m.visible == SheetVisibleEnum.Visible]
    opened.sheets = tuple(name for name in visible if _has_rows(book.get_sheet_by_name(name)))
    if named:
        found = [m.name for m in sheets if m.name == named] or [m.name for m in sheets if plain(m.name) == plain(named)]
        if not found:
            listed = ", ".join(repr(m.name) for m in sheets)
            raise SourceRefused(f"{opened.name} has no sheet {named!r}; it has {listed}")
        return book.get_sheet_by_name(found[0])
    if not opened.sheets:
        raise SourceRefused(f"{opened.name} has no visible sheet with rows: export it again, or name one in sheet =")
    first = opened.sheets[0]
    if len(sheets) > 1:
        others = ", ".join(repr(m.name) for m in sheets if m.name != first)
        opened.notes.append(f"{opened.name}: sheet {first!r} is read, not {others}; sheet = names another")
    return book.get_sheet_by_name(first)


def _has_rows(sheet: CalamineSheet) -> bool:
    return any(True for row in islice(sheet.iter_rows(), LOOKED_AT) if sum(c != "" for c in row) > 1)


def _header(opened: Opened, rows: list[list[str]], wanted: Sequence[str]) -> Header:
    skip = opened.reader.skip or 0
    if opened.reader.skip is not None and skip >= len(rows):
        raise SourceRefused(f"{opened.name} has {len(rows)} rows and skip = {skip}: nothing is left")
    looked = rows[skip : skip + LOOKED_AT]
    if opened.reader.skip is not None:
        first = next((i for i, cells in enumerate(looked) if any(c.strip() for c in cells)), 0)
        looked = looked[: first + 1]
    header = find_header(looked, wanted)
    if header is None:
        raise SourceRefused(f"{opened.name} has no header: its first row must name the columns")
    if header.above:
        shown = "; ".join(repr(a[:50]) for a in header.above[:3])
        opened.guesses.append(f"skip = {skip + header.at}")
        opened.notes.append(
            f"{opened.name}: the header is on row {skip + header.at + 1}, below {shown}; skip = says it otherwise"
        )
    return replace(header, at=skip + header.at)


def _texts(rows: list[list[Any]], decimal: str) -> list[list[str]]:
    """The cells as text; a column in which some moment has a time of day shows it on all of its dates."""
    timed = {i for row in rows for i, cell in enumerate(row) if isinstance(cell, datetime) and cell.time() != time.min}
    return [[_text(cell, decimal, i in timed) for i, cell in enumerate(row)] for row in rows]


def _text(cell: Any, decimal: str, timed: bool) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() | int():
            whole = str(int(cell)) if float(cell).is_integer() else f"{cell:.15g}"
            return whole.replace(".", decimal)
        case datetime():
            return cell.isoformat(sep=" ")
        case date():
            return f"{cell.isoformat()} 00:00:00" if timed else cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return "" if cell is None else str(cell)
