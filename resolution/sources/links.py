"""Finds references between files by their values, where the columns' names do not tell them."""

from collections.abc import Sequence

from resolution.kinds import BY_NAME
from resolution.records import Form
from resolution.sources.guess import Guess
from resolution.sources.profile import Column

FEWEST = 3
"""Different values that a column of references has at the least: fewer are found anywhere."""
SHARE = 0.95
PLAIN_IDS = ("id", "recordid")
"""Names that ids of any kind bear."""


def link(guesses: Sequence[Guess]) -> None:
    """Adds to each guess the references that only the values tell: a column of another file's ids."""
    for guess in guesses:
        for field in (f for f in BY_NAME[guess.kind].fields if f.form is Form.REF and f.name not in guess.fields):
            column = _ids_of(guess, field.refers, guesses) or _same_ids(guess, field.refers, guesses)
            if column is not None:
                guess.fields[field.name] = column


def _same_ids(guess: Guess, kinds: Sequence[str], guesses: Sequence[Guess]) -> Column | None:
    """The file's own ids, where a file of these kinds gives the same ids under the same name (an Olist deal's lead)."""
    key = guess.key
    for other in guesses if key and key.word not in PLAIN_IDS else ():
        if other is not guess and other.kind in kinds and other.key and key and other.key.word == key.word:
            return key if len(key.values & other.key.values) >= SHARE * max(FEWEST, len(key.values)) else None
    return None


def person_column(guess: Guess, guesses: Sequence[Guess]) -> Column | None:
    """The column of an activity that names who took part, which is a record of its own (a participant)."""
    return _ids_of(guess, ("contact",), guesses) if guess.kind == "activity" else None


def _ids_of(guess: Guess, kinds: Sequence[str], guesses: Sequence[Guess]) -> Column | None:
    """The one column that is left and holds ids of a file of these kinds."""
    used = {c.name for c in guess.fields.values()} | ({guess.key.name} if guess.key else set())
    found = [
        column
        for column in guess.columns
        if column.name not in used and len(column.values) >= FEWEST
        for other in guesses
        if other is not guess and other.kind in kinds and other.key
        if len(column.values & other.key.values) >= SHARE * len(column.values)
    ]
    return found[0] if len(found) == 1 else None
