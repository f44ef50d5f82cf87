"""What is known of a file once it is opened: its columns, where its rows lie, and what was said of it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import SourceRefused
from resolution.sources.mapping import Reader
from resolution.sources.reading.header import plain
from resolution.sources.reading.shapes import Shape


@dataclass(slots=True)
class Opened:
    """A file that can be fetched from. `path` holds its plain bytes: UTF-8 text, a workbook, JSON or Parquet."""

    name: str
    shape: Shape
    path: Path
    reader: Reader
    columns: tuple[str, ...] = ()
    """Names of the columns; of JSON and nested Parquet the paths of the values (`name.firstName`)."""
    repeated: tuple[str, ...] = ()
    first_line: int = 1
    """Line of the original file on which the header begins."""
    whole: bool = True
    """Whether `path` begins with the header, so that no line of it is in the way."""
    lines: int = 0
    """Line ends in `path`."""
    suspect: bool = False
    """Whether totals, notices or rows of delimiters were seen, so that every row must be looked at."""
    sheets: tuple[str, ...] = ()
    """Of a workbook: its visible sheets with rows."""
    rows: Sequence[Sequence[str]] = ()
    """Cells of a workbook's sheet below its header, as text."""
    numbers: frozenset[str] = frozenset()
    """Columns that hold numbers by type in every row, not by how they are written."""
    tree: Mapping[str, Any] = field(default_factory=dict)
    """Of nested files: the parts of each value, by name."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Columns that are read under another spelling of their name."""
    notes: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    """Sentences on what was guessed, for a person to confirm."""


def matched(opened: Opened, wanted: Iterable[str]) -> dict[str, str]:
    """For each wanted column the file's own: the same name, else the only one that differs in case or blanks alone.

    Raises:
        SourceRefused: several differ in case alone, or several wanted ones would be one column of DuckDB's.
    """
    by_plain: dict[str, list[str]] = {}
    for column in opened.columns:
        by_plain.setdefault(plain(column), []).append(column)
    found: dict[str, str] = {}
    for name in wanted:
        like = by_plain.get(plain(name), [])
        if name in like:
            found[name] = name
            if len(like) > 1:
                others = ", ".join(repr(c) for c in like if c != name)
                _note(opened, f"{opened.name} has {name!r} and {others}: {name!r} is read")
        elif len(like) > 1:
            shown = " and ".join(repr(c) for c in like)
            raise SourceRefused(f"{opened.name} has {shown}, and the mapping reads {name!r}: write it as one of them")
        elif like:
            found[name] = like[0]
            opened.aliases[name] = like[0]
        if found.get(name) in opened.repeated:
            twice = found[name]
            _note(opened, f"{opened.name} has several columns {twice!r}: the first is read, the next is '{twice} (2)'")
    _one_each(opened, found)
    return found


def told(opened: Opened) -> Iterator[str]:
    """What was said of a file, a sentence each."""
    yield from opened.notes
    if opened.aliases:
        pairs = ", ".join(f"{column!r} for {name!r}" for name, column in sorted(opened.aliases.items()))
        yield f"{opened.name}: reads {pairs}"


def settings_of(opened: Opened) -> list[str]:
    """Lines of a sources.toml by which the file is read the same way again; what is a guess says so in a comment."""
    reader, guessed = opened.reader, {g.partition(" = ")[0]: g for g in opened.guesses}
    lines = []
    if opened.shape is Shape.TEXT and reader.delimiter != ",":
        lines.append(f"delimiter = {json.dumps(reader.delimiter)}")
    if reader.encoding not in ("", "utf-8", "utf-8-sig"):
        note = guessed.get("encoding", "encoding = by its first bytes").partition(" = ")[2]
        lines.append(f"encoding = {json.dumps(reader.encoding)}   # {_one_line(note)}")
    if reader.sheet or len(opened.sheets) > 1:
        lines.append(f"sheet = {json.dumps(reader.sheet or opened.sheets[0], ensure_ascii=False)}")
    if "skip" in guessed:
        lines.append(f"{guessed['skip']}   # lines above the header")
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _one_each(opened: Opened, found: Mapping[str, str]) -> None:
    """Names that DuckDB cannot tell apart must mean one column."""
    seen: dict[str, str] = {}
    for name, column in found.items():
        if seen.setdefault(name.lower(), column) != column:
            raise SourceRefused(
                f"{opened.name} has {seen[name.lower()]!r} and {column!r}, which differ in case alone, and the mapping "
                "reads both: rename one of them"
            )


def _note(opened: Opened, sentence: str) -> None:
    if sentence not in opened.notes:
        opened.notes.append(sentence)
