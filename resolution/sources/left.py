"""What becomes of the columns that no field reads, as lines of a proposed sources.toml."""

import re
from collections.abc import Sequence

from resolution.kinds import BY_NAME
from resolution.records import TRACKED_KINDS
from resolution.sources.guess import Guess
from resolution.sources.meanings import known_choice, text
from resolution.sources.profile import Column


def event_lines(guess: Guess, left: Sequence[str]) -> list[str]:
    """Activities whose kinds are none of ours are events of the user's own, and what is left are their numbers."""
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
    numbers = [name for name in left if _numeric(next(c for c in guess.columns if c.name == name))]
    rest = [name for name in left if name not in numbers]
    if numbers:
        lines.append(f"attributes = [{', '.join(map(text, numbers))}]   # numbers that each event carries")
    return [*lines, *([f"# not used: {', '.join(rest)}"] if rest else [])]


def _numeric(column: Column) -> bool:
    return (
        column.time is None and bool(column.values) and all(re.fullmatch(r"-?\d+([.,]\d+)?", v) for v in column.values)
    )


def left_lines(guess: Guess, left: Sequence[str]) -> list[str]:
    """What becomes of the other columns: they count as they are where the kind takes attributes."""
    if left and guess.kind in TRACKED_KINDS:
        return [f'attributes = "*"   # columns that count as they are: {", ".join(left)}']
    return [f"# not used: {', '.join(left)}"] if left else []
