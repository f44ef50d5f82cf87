"""Records that have no file of their own: accounts and reps that deals, leads and activities only name.

A single export of deals names its accounts and owners; without records of them nothing could be said of either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from resolution.kinds import BY_NAME
from resolution.records import Form
from resolution.sources.clock import time_of
from resolution.sources.guess import Guess
from resolution.sources.meanings import text
from resolution.sources.profile import Column
from resolution.sources.reading.opened import settings_of
from resolution.sources.words import FIELD_WORDS

KINDS: Final = ("account", "rep")
BY: Final = ("deal", "lead", "account", "activity")
"""Kinds whose rows may name a record that has no file."""


@dataclass(frozen=True, slots=True)
class Named:
    """A column of a file that names records of a kind, and the column that says what they are called."""

    guess: Guess
    kind: str
    field: str
    column: Column
    name: Column


def find_named(guesses: Sequence[Guess]) -> list[Named]:
    """What each file names of kinds that have no file; a contact's company becomes a text, not an account."""
    found = []
    there = {guess.kind for guess in guesses}
    for guess in guesses:
        if guess.kind == "contact" and "account" not in there and "company" not in guess.fields:
            _as_text(guess)
        for field in BY_NAME[guess.kind].fields if guess.kind in BY else ():
            column = guess.fields.get(field.name)
            if field.form is not Form.REF or column is None or len(field.refers) != 1:
                continue
            kind = field.refers[0]
            name = _name_of(guess, kind, column) if kind in KINDS and kind not in there else None
            if name is not None:
                found.append(Named(guess, kind, field.name, column, name))
    return found


def _as_text(guess: Guess) -> None:
    """A contact's company that no file tells more of: the text that it is."""
    column = guess.fields.get("account")
    if column is not None and not column.word.endswith("id"):
        guess.fields["company"] = guess.fields.pop("account")


def _name_of(guess: Guess, kind: str, column: Column) -> Column | None:
    """The column that says what a named record is called: itself, unless it holds ids; None where none does."""
    if not (column.word.endswith("id") or column.word.endswith("key")):
        return column
    words = {"rep": FIELD_WORDS["deal"]["owner"], "account": FIELD_WORDS["deal"]["account"]}[kind]
    used = {id(c) for f, c in guess.fields.items() if f != "company"}
    return next(
        (c for c in guess.columns if c.word in words and not c.word.endswith("id") and id(c) not in used and c.values),
        None,
    )


def named_sections(source: str, named: Sequence[Named]) -> Iterator[list[str]]:
    """Sections that stage each named record once."""
    for one in named:
        several = sum(other.kind == one.kind for other in named) > 1
        head = f"source.{source}.{one.kind}"
        clock = [one.guess.fields[f] for f in ("opened_at", "created_at", "at") if f in one.guess.fields]
        yield [
            f"# {one.guess.path.name} also names {one.kind}s, of whom no file here tells more",
            f"[[{head}]]" if several else f"[{head}]",
            f"files = {text(str(one.guess.path))}",
            *settings_of(one.guess.opened),
            f"id = {text(one.column.name)}",
            "distinct = true",
            f"name = {text(one.name.name)}",
            f'where = {{ {text(one.column.name)} = {{ not = [""] }} }}',
            *(f"known_at = {time_of(column, one.guess).value}" for column in clock[:1]),
        ]
