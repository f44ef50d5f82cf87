"""What the values of a status, stage or type column mean, by the words in them, as values of a sources.toml."""

import json
from dataclasses import dataclass

from resolution.records import Field
from resolution.sources.profile import Column
from resolution.sources.words import CHOICE_WORDS, LOST_WORDS, OPEN_WORDS, STAGE_WORDS, WON_WORDS


@dataclass(frozen=True, slots=True)
class Written:
    """A value as TOML writes it, and the comment that stands behind it."""

    value: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.value}   # {self.why}" if self.why else self.value


def text(value: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def choice(declared: Field, column: Column) -> Written:
    """Maps each value by the words it holds; the rest falls to `otherwise`."""
    mapped = {value: hit for value in sorted(column.values) if (hit := known_choice(declared, value))}
    otherwise = next(
        (v for v in ("new", "normal", "event", "none", "influencer") if v in declared.values), declared.values[0]
    )
    pairs = ", ".join(f"{text(old)} = {text(new)}" for old, new in mapped.items())
    rest = sorted(v for v in column.values if v not in mapped)
    note = f"guessed as {otherwise}: {', '.join(rest[:8])}".replace("\n", " ") if rest else ""
    default = f', default = "{otherwise}"' if declared.required or declared.name == "deal_kind" else ""
    spec = f'{{ column = {text(column.name)}, values = {{ {pairs} }}, otherwise = "{otherwise}"{default} }}'
    return Written(spec, note)


def known_choice(declared: Field, value: str) -> str | None:
    """Which valid value of a field a value means by its words; None where they tell nothing."""
    plain = value.lower().replace(" ", "_").replace("-", "_")
    if plain in declared.values:
        return plain
    return next((new for word, new in CHOICE_WORDS.get(declared.name, {}).items() if word in value.lower()), None)


def meaning_of(value: str) -> str | None:
    """'won', 'lost' or 'open' by the words of a status or stage; None where they tell nothing."""
    low = value.lower()
    if any(w in low for w in LOST_WORDS):
        return "lost"
    if any(w in low for w in WON_WORDS):
        return "won"
    return "open" if any(w in low for w in OPEN_WORDS) else None


def stages(column: Column) -> str:
    """The map of stages: won and lost by their words, the others open, in the usual order."""
    pairs, order = [], 0
    for value in sorted(column.values, key=_stage_rank):
        meaning = meaning_of(value)
        if meaning not in ("won", "lost"):
            order += 1
            meaning = f"open:{order}"
        pairs.append(f"{text(value)} = {text(meaning)}")
    return "{ " + ", ".join(pairs) + " }"


def state(column: Column) -> Written:
    """The map of a status column: what is not known to be won or lost counts as open."""
    pairs = ", ".join(f"{text(v)} = {text(meaning_of(v) or 'open')}" for v in sorted(column.values))
    rest = [v for v in sorted(column.values) if meaning_of(v) is None]
    note = f"; counted as open: {', '.join(rest[:8])}" if rest else ""
    spec = f"{{ column = {text(column.name)}, values = {{ {pairs} }} }}"
    return Written(spec, f"likely: its words mean won and lost{note}")


def _stage_rank(value: str) -> tuple[int, str]:
    """The usual order of stages by their words."""
    low = value.lower()
    return next((i for i, word in enumerate(STAGE_WORDS) if word in low), len(STAGE_WORDS)), value
