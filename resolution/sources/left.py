"""What becomes of the columns that no field reads, as lines of a proposed sources.toml."""

from collections.abc import Sequence

from resolution.kinds import BY_NAME
from resolution.normalise.numbers import NumberRule, read_number
from resolution.records import TRACKED_KINDS
from resolution.sources.guess import Guess
from resolution.sources.meanings import known_choice, text
from resolution.sources.profile import Column


def event_lines(guess: Guess, left: Sequence[Column], mark: str) -> list[str]:
    """Activities whose kinds are none of ours are events of the user's own; what is left are their numbers.

    `mark` is the decimal mark of the file.
    """
    kinds = guess.fields.get("activity_kind")
    if guess.kind != "activity" or ("event" not in guess.fields and kinds is None):
        return []
    lines = []
    if "event" not in guess.fields and kinds is not None:
        declared = BY_NAME["activity"].by_name["activity_kind"]
        strange = [v for v in sorted(kinds.values) if known_choice(declared, v) is None]
        if not strange:
            return []
        lines.append(
            f"event = {text(kinds.name)}   # likely, not among our kinds: {', '.join(strange[:5])}; each counts as an "
            "event of its own"
        )
    numbers = [column for column in left if _numeric(column, mark)]
    if numbers:
        listed = ", ".join(text(column.name) for column in numbers)
        lines.append(f"attributes = [{listed}]   # numbers that each event carries")
    return [*lines, *_not_used([column for column in left if column not in numbers])]


def left_lines(guess: Guess, left: Sequence[Column]) -> list[str]:
    """What becomes of the other columns: they count as they are where the kind takes attributes."""
    if left and guess.kind in TRACKED_KINDS:
        return [f'attributes = "*"   # columns that count as they are: {", ".join(column.name for column in left)}']
    return _not_used(left)


def _numeric(column: Column, mark: str) -> bool:
    rule = NumberRule(mark)
    read = (read_number(value, rule) for value in column.values)
    return column.time is None and bool(column.values) and all(found.value is not None for found in read)


def _not_used(columns: Sequence[Column]) -> list[str]:
    return [f"# not used: {', '.join(column.name for column in columns)}"] if columns else []
