"""Proposes a sources.toml for files that nobody has mapped: by the names of their columns and by what stands in them.

Every guess is stated in a comment beside it, with the columns that were left; the text parses and stages as it is.
"""

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceRefused
from resolution.database.connection import connect
from resolution.kinds import BY_NAME
from resolution.records import Field, Form
from resolution.sources.mapping import Reader
from resolution.sources.profile import Column, profile, reader_of
from resolution.sources.words import (
    CHOICE_WORDS,
    CREATED_WORDS,
    FIELD_WORDS,
    FILE_WORDS,
    ID_WORDS,
    LOST_WORDS,
    MODIFIED_WORDS,
    WON_WORDS,
)

MOST_VALUES = 60


@dataclass(slots=True)
class Guess:
    """One file with the kind and the columns chosen for it."""

    path: Path
    reader: Reader
    columns: list[Column]
    kind: str
    key: Column | None
    fields: dict[str, Column]


def suggest(files: Sequence[Path], source: str = "suggested") -> str:
    """A sources.toml for `files`, as text; each guess and its alternatives stand in comments.

    Raises:
        SourceRefused: a file cannot be read, or nothing in it resembles any kind of record.
    """
    guesses = []
    with tempfile.TemporaryDirectory(prefix="dealgraph-suggest-") as scratch, connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for path in files:
            if not path.is_file():
                raise SourceRefused(f"{path}: no such file")
            reader = reader_of(path)
            guesses.append(_guess(path, reader, profile(connection, path, reader, Path(scratch))))
    found = [g for g in guesses if g is not None]
    if not found:
        raise SourceRefused(
            f"{', '.join(p.name for p in files)}: no column resembles an account, contact, lead, deal or anything "
            "else we stage"
        )
    lines = [
        f"# A proposal made from {', '.join(g.path.name for g in found)}; read each comment, then run: dealgraph "
        "sources check",
        "",
    ]
    lines += [
        f"# {p.name} is left out: its columns resemble no kind of record"
        for p, g in zip(files, guesses, strict=True)
        if g is None
    ]
    lines += [f"[source.{source}]", ""]
    for guess in found:
        lines += [*_section(source, guess, found), ""]
    return "\n".join(lines)


def _guess(path: Path, reader: Reader, columns: list[Column]) -> Guess | None:
    """The kind that a file resembles most: fields that its columns name, and the words of its own name."""
    best: tuple[float, Guess] | None = None
    for kind, words in FIELD_WORDS.items():
        fields = _fields(kind, columns)
        key = _key(kind, columns)
        needs = [
            f.name for f in BY_NAME[kind].fields if f.required and f.name not in fields and f.form is not Form.CHOICE
        ]
        if needs or (key is None and not BY_NAME[kind].keyless) or len(fields) < 2:
            continue
        named = sum(2 for w in FILE_WORDS[kind] if w in path.stem.lower())
        own = 2 if key and key.word in ID_WORDS[kind][:2] and key.word not in ("id", "recordid") else 0
        tells = sum(
            1
            for f, c in fields.items()
            if f not in ("name", "country", "city", "phone", "email") or c.word in words[f][:1]
        )
        stage = 2 if kind in ("deal", "lead") and ("stage" in fields or "status" in fields) else 0
        score = named + own + tells + stage + len(fields) / 10
        if best is None or score > best[0]:
            best = (score, Guess(path, reader, columns, kind, key, fields))
    return best[1] if best else None


def _fields(kind: str, columns: list[Column]) -> dict[str, Column]:
    """A column for each field whose words it bears and whose form its values have; no column twice, but a key may be
    a name.
    """
    chosen: dict[str, Column] = {}
    used: set[str] = set()
    for name, words in FIELD_WORDS[kind].items():
        declared = BY_NAME[kind].by_name[name]
        for word in words:
            column = next(
                (c for c in columns if c.word == word and c.name not in used and c.values and _fits(declared, c)), None
            )
            if column:
                chosen[name] = column
                used.add(column.name)
                break
    return chosen


def _fits(declared: Field, column: Column) -> bool:
    sample = sorted(column.values)[:200]
    match declared.form:
        case Form.MOMENT | Form.DAY:
            return column.time is not None
        case Form.NUMBER | Form.INTEGER:
            return sum(bool(re.fullmatch(r"[-+]?[$€£]?\s?[\d.,]+", v)) for v in sample) >= 0.95 * len(sample)
        case Form.FLAG:
            return {v.lower() for v in sample} <= {"true", "false", "0", "1", "yes", "no", "t", "f", "y", "n"}
        case Form.CHOICE:
            return len(column.values) <= MOST_VALUES
        case _:
            return declared.name != "stage" or len(column.values) <= MOST_VALUES


def _key(kind: str, columns: list[Column]) -> Column | None:
    for word in ID_WORDS[kind]:
        column = next((c for c in columns if c.word == word and c.unique), None)
        if column:
            return column
    return next(
        (
            c
            for c in columns
            if c.unique and c.time is None and ("id" in c.word or "key" in c.word or "number" in c.word)
        ),
        None,
    )


def _section(source: str, guess: Guess, guesses: list[Guess]) -> list[str]:
    kind = BY_NAME[guess.kind]
    several = sum(g.kind == guess.kind for g in guesses) > 1
    head = f"source.{source}.{guess.kind}"
    lines = [
        f"# {guess.path.name} looks like {guess.kind} records",
        f"[[{head}]]" if several else f"[{head}]",
        f"files = {_text(str(guess.path))}",
    ]
    if guess.reader.delimiter != ",":
        lines.append(f"delimiter = {_text(guess.reader.delimiter)}")
    if guess.reader.encoding != "utf-8":
        lines.append(f"encoding = {_text(guess.reader.encoding)}")
    lines += _known_lines(guess)
    if guess.key:
        others = [c.name for c in guess.columns if c.unique and c is not guess.key][:3]
        lines.append(f"id = {_text(guess.key.name)}" + (f"   # unique too: {', '.join(others)}" if others else ""))
    for name, column in guess.fields.items():
        lines.append(_field_line(kind.by_name[name], column, guess, guesses))
    for required in (f for f in kind.fields if f.required and f.name not in guess.fields):
        value = "task" if "task" in required.values else required.values[0]
        lines.append(
            f"{required.name} = {{ constant = {_text(value)} }}   # no column says; one of {', '.join(required.values)}"
        )
    left = [c.name for c in guess.columns if c not in guess.fields.values() and c is not guess.key]
    if left:
        lines.append(f"# not used: {', '.join(left)}")
    return [line.replace("\r", " ") for line in lines]


def _known_lines(guess: Guess) -> list[str]:
    """Knowledge time: a column of last change, else of creation; where there is none, the comment says what follows."""
    own = any(name in guess.fields for name in BY_NAME[guess.kind].known_by)
    created = (CREATED_WORDS, "no column of last change; a later change would count as known from here")
    for words, note in ((MODIFIED_WORDS, "time of the last change"), *(() if own else (created,))):
        for word in words:
            column = next((c for c in guess.columns if c.word == word and c.time is not None), None)
            if column:
                more = f", {column.time}" if column.time else ""
                spec = f"{{ column = {_text(column.name)}{more} }}" if more else _text(column.name)
                return [f"known_at = {spec}   # {note}"]
    if own:
        return [
            "# known_at: no column of last change; what can change counts as known from its end (closed, paid, "
            "converted), or only now"
        ]
    return [
        "# known_at: no column tells when a row was known; without one it counts as known only now (or: known_at "
        '= { constant = "2020-01-01" })'
    ]


def _field_line(declared: Field, column: Column, guess: Guess, guesses: list[Guess]) -> str:
    text = _text(column.name)
    match declared.form:
        case Form.REF:
            return f"{declared.name} = {_reference(declared, column, guesses)}"
        case Form.MOMENT | Form.DAY if column.time:
            return f"{declared.name} = {{ column = {text}, {column.time} }}   # for example {_example(column)}"
        case Form.CHOICE:
            return f"{declared.name} = {_choice(declared, column)}"
        case _ if declared.name == "stage":
            note = "check what each stage means, and its order"
            return f"stage = {{ column = {text}, values = {_stages(column)} }}   # {note}"
        case _:
            return f"{declared.name} = {text}   # for example {_example(column)}"


def _reference(declared: Field, column: Column, guesses: list[Guess]) -> str:
    """A reference by id where the values are ids of another file, by name or e-mail where they are those."""
    for other in (g for g in guesses if g.kind in declared.refers):
        tried = [("", other.key)] + [(by, other.fields.get(by)) for by in ("name", "email")]
        for by, target in tried:
            if target and len(column.values & target.values) >= 0.5 * max(1, len(column.values)):
                more = f', by = "{by}"' if by else ""
                return f"{{ ref = {_text(column.name)}{more} }}   # values of {other.path.name}, {target.name}"
    note = f'no file here holds these ids: put its source before a colon, as in "crm:{column.name}"'
    return f"{{ ref = {_text(column.name)} }}   # {note}"


def _choice(declared: Field, column: Column) -> str:
    """Maps each value by the words it holds; the rest falls to `otherwise`."""
    mapped = {}
    for value in sorted(column.values):
        plain = value.lower().replace(" ", "_").replace("-", "_")
        hit = (
            plain
            if plain in declared.values
            else next((new for w, new in CHOICE_WORDS.get(declared.name, {}).items() if w in value.lower()), None)
        )
        if hit:
            mapped[value] = hit
    otherwise = next(
        (v for v in ("new", "normal", "task", "none", "influencer") if v in declared.values), declared.values[0]
    )
    pairs = ", ".join(f"{_text(old)} = {_text(new)}" for old, new in mapped.items())
    rest = sorted(v for v in column.values if v not in mapped)
    note = f"   # guessed as {otherwise}: {', '.join(rest[:8])}".replace("\n", " ") if rest else ""
    default = f', default = "{otherwise}"' if declared.required or declared.name == "deal_kind" else ""
    return f'{{ column = {_text(column.name)}, values = {{ {pairs} }}, otherwise = "{otherwise}"{default} }}{note}'


def _stages(column: Column) -> str:
    pairs, order = [], 0
    for value in sorted(column.values, key=_stage_rank):
        low = value.lower()
        if any(w in low for w in LOST_WORDS):
            meaning = "lost"
        elif any(w in low for w in WON_WORDS):
            meaning = "won"
        else:
            order += 1
            meaning = f"open:{order}"
        pairs.append(f"{_text(value)} = {_text(meaning)}")
    return "{ " + ", ".join(pairs) + " }"


def _stage_rank(value: str) -> tuple[int, str]:
    """The usual order of stages by their words."""
    steps = (
        "lead",
        "open",
        "prospect",
        "engag",
        "qualif",
        "discover",
        "need",
        "demo",
        "present",
        "value",
        "decision",
        "percep",
        "propos",
        "quote",
        "negot",
        "contract",
        "review",
    )
    low = value.lower()
    return next((i for i, word in enumerate(steps) if word in low), len(steps)), value


def _example(column: Column) -> str:
    return re.sub(r"\s+", " ", min(column.values, key=lambda v: (len(v) > 40, v)))[:40]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
