"""Guesses what a file holds: the kind of record it resembles most, and which of its columns is which field."""

from dataclasses import dataclass, field
from pathlib import Path

from resolution.kinds import BY_NAME
from resolution.normalise.numbers import NumberRule, read_number
from resolution.records import Field, Form
from resolution.sources.meanings import meaning_of
from resolution.sources.profile import Column
from resolution.sources.reading.opened import Opened
from resolution.sources.words import FIELD_WORDS, FILE_WORDS, ID_WORDS

MOST_VALUES = 60
NAMES = ("name", "first_name", "last_name", "email", "phone", "company", "country", "city", "website", "domain")
FLAGS = {"true", "false", "0", "1", "yes", "no", "t", "f", "y", "n", "ja", "nein", "oui", "non", "si", "sí", "nej"}


@dataclass(slots=True)
class Guess:
    """One file with the kind and the columns chosen for it."""

    path: Path
    opened: Opened
    columns: list[Column]
    kind: str
    key: Column | None
    fields: dict[str, Column]
    order: dict[str, str] = field(default_factory=dict)
    """Format → how many rows close before they open under it, as a sentence; where day and month are open."""


def guessed(path: Path, opened: Opened, columns: list[Column]) -> Guess | None:
    """The kind that a file resembles most: fields that its columns name, and its own name; None if none."""
    best: tuple[float, Guess] | None = None
    people = {"firstname", "lastname"} <= {c.word for c in columns}
    for kind, words in FIELD_WORDS.items():
        fields = _fields(kind, columns)
        key = _key(kind, columns)
        needs = [
            f.name for f in BY_NAME[kind].fields if f.required and f.name not in fields and f.form is not Form.CHOICE
        ]
        if kind == "account" and people:
            continue
        if needs or (key is None and not BY_NAME[kind].keyless) or len(fields) < 2:
            continue
        named = 6 * any(w in path.stem.lower() for w in FILE_WORDS[kind])
        own = 2 if key and key.word in ID_WORDS[kind][:2] and key.word not in ("id", "recordid") else 0
        tells = sum(
            1
            for f, c in fields.items()
            if f not in ("name", "country", "city", "phone", "email") or c.word in words[f][:1]
        )
        stage = 2 if kind in ("deal", "lead") and ("stage" in fields or "status" in fields) else 0
        score = named + own + tells + stage + len(fields) / 10
        if best is None or score > best[0]:
            best = (score, Guess(path, opened, columns, kind, key, fields))
    if best and kind_is_deal(best[1]):
        _settle_stage(best[1])
    return best[1] if best else None


def kind_is_deal(found: Guess) -> bool:
    """Whether the file was taken for deals."""
    return found.kind == "deal"


def _settle_stage(found: Guess) -> None:
    """A column that says won and lost is the state; a column that only names steps is the stage beside it."""
    stage, state = found.fields.get("stage"), found.fields.get("state")
    if stage and state and any(meaning_of(v) in ("won", "lost") for v in stage.values):
        del found.fields["state"]
    elif state and not stage:
        found.fields["stage"] = found.fields.pop("state")
    closed, close_date = found.fields.get("closed_at"), found.fields.get("close_date")
    if close_date and not closed and not found.fields.get("stage"):
        found.fields["closed_at"] = found.fields.pop("close_date")


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


def _is_number(value: str) -> bool:
    """Whether a text is a number or a band of numbers, under either decimal mark."""
    return any(not read_number(value, NumberRule(mark, band="low")).why for mark in (".", ","))


def _fits(declared: Field, column: Column) -> bool:
    sample = sorted(column.values)[:200]
    match declared.form:
        case Form.MOMENT | Form.DAY:
            return column.time is not None
        case Form.NUMBER | Form.INTEGER:
            return sum(_is_number(v) for v in sample) >= 0.9 * len(sample)
        case Form.FLAG:
            return {v.lower() for v in sample} <= FLAGS
        case Form.CHOICE if declared.name == "state":
            return len(column.values) <= MOST_VALUES and any(meaning_of(v) in ("won", "lost") for v in column.values)
        case Form.CHOICE:
            return len(column.values) <= MOST_VALUES
        case _:
            few = len(column.values) <= MOST_VALUES
            return few if declared.name == "stage" else not (declared.name in NAMES and column.time is not None)


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
