"""Judgements as a CSV file, to keep, to carry to another graph, or to learn from."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from kg.errors import InputError
from kg.judgements import Judgement, kind_of, read_name

COLUMNS = ("a", "a_kind", "b", "b_kind", "verdict", "author", "reason", "at")


def write_file(path: Path, judgements: Iterable[Judgement]) -> int:
    """Write judgements in their order; how many."""
    count = 0
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for j in judgements:
            ends = [part for key in (j.a, j.b) for part in (key.partition("|")[2], kind_of(key))]
            writer.writerow((*ends, j.verdict, j.author, j.reason, j.at.astimezone(UTC).isoformat()))
            count += 1
    return count


def read_file(path: Path, *, author: str | None, now: datetime) -> tuple[Judgement, ...]:
    """Every row as a judgement; `author` and `now` stand in where a row gives none.

    Raises:
        InputError: the file cannot be read, lacks a column, or a row is wrong: the first is named by file:line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            rows = [(reader.line_num, row) for row in reader]
            have = tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a CSV in UTF-8: {error}.") from error
    if missing := [name for name in ("a", "a_kind", "b", "b_kind", "verdict", "reason") if name not in have]:
        raise InputError(f"{path}:1: the column {missing[0]} is missing; a file has {', '.join(COLUMNS)}.")
    made: list[Judgement] = []
    wrong: list[str] = []
    for number, row in rows:
        try:
            made.append(_judgement({k: v or "" for k, v in row.items() if k}, author, now))
        except InputError as error:
            wrong.append(f"{path}:{number}: {error}")
    if wrong:
        more = f" ({len(wrong) - 1} more rows are wrong)" if len(wrong) > 1 else ""
        raise InputError(f"{wrong[0]}{more} Nothing was taken: correct it and import again.")
    return tuple(made)


def _judgement(row: dict[str, str], author: str | None, now: datetime) -> Judgement:
    a, b = (f"{row[f'{end}_kind'].strip()}|{read_name(row[end].strip())}" for end in ("a", "b"))
    said = row.get("at", "").strip()
    try:
        at = datetime.fromisoformat(said) if said else now
    except ValueError as error:
        raise InputError(f"at: {said!r} is no date; write 2025-01-31T12:00:00Z.") from error
    who = row.get("author", "").strip() or author or ""
    return Judgement(a, b, row["verdict"].strip(), who, row["reason"].strip(), at)
