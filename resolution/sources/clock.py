"""When a proposed mapping says that rows and fields were known: how times are read, creation and last change.

What a record is from its creation on counts as known then; what changes later, only from the last change on. A deal
all of whose fields were known from its last change would exist only after it had closed: nothing could be learned.
"""

import re
from collections.abc import Mapping
from typing import Final

from resolution.kinds import BY_NAME
from resolution.sources.guess import Guess
from resolution.sources.meanings import Written, text
from resolution.sources.profile import Column
from resolution.sources.words import CREATED_WORDS, MODIFIED_WORDS

FROM_CREATION: Final[Mapping[str, frozenset[str]]] = {
    "deal": frozenset(("name", "account", "contact", "opened_at", "lead_source", "deal_kind", "lead", "campaign")),
    "lead": frozenset(
        ("name", "first_name", "last_name", "email", "phone", "company", "website", "country", "source_name",
         "campaign", "created_at")
    ),
    "account": frozenset(
        ("name", "domain", "website", "phone", "street", "city", "region", "postcode", "country", "registration_id")
    ),
    "contact": frozenset(
        ("name", "first_name", "last_name", "email", "phone", "account", "company", "city", "country", "linkedin",
         "birth_date")
    ),
}  # fmt: skip
"""Kind → what seldom changes after a record was made, as the ready-made mappings take it too."""
WRITTEN_ONCE: Final = ("activity",)
"""Kinds whose rows are known from their creation on; a ticket's or an invoice's end is not."""


def known_from_creation(told: Written, field: str, guess: Guess) -> Written:
    """What a field reads, with the time of creation as its knowledge time, where that is what the field follows."""
    created = next((guess.fields[f] for f in ("opened_at", "created_at") if f in guess.fields), None) or next(
        (c for word in CREATED_WORDS for c in guess.columns if c.word == word and c.time is not None), None
    )
    changes = any(c.word in MODIFIED_WORDS and c.time is not None for c in guess.columns)
    if field not in FROM_CREATION.get(guess.kind, ()) or created is None or not changes:
        return told
    inside = told.value[1:-1].strip() if told.value.startswith("{") else f"column = {told.value}"
    return Written(f"{{ {inside}, known_at = {time_of(created, guess).value} }}", told.why)


def known_lines(guess: Guess) -> list[str]:
    """Knowledge time: a column of last change, else of creation; where there is none, the comment says what follows."""
    kind = BY_NAME[guess.kind]
    own = any(name in guess.fields for name in (*kind.known_by, *(end for end, _ in kind.ends)))
    changed = (MODIFIED_WORDS, "time of the last change")
    created = (CREATED_WORDS, "no column of last change; a later change would count as known from here")
    if guess.kind in WRITTEN_ONCE:
        changed, created = (CREATED_WORDS, "when it was written down"), changed
    for words, note in (changed, *(() if own else (created,))):
        for word in words:
            column = next((c for c in guess.columns if c.word == word and c.time is not None), None)
            if column:
                return [f"known_at = {time_of(column, guess)}; {note}"]
    if own:
        return [
            "# known_at: no column of last change; what can change counts as known from its end (closed, paid, "
            "converted), or only now"
        ]
    if guess.kind in ("account", "contact", "rep", "product", "campaign"):
        return [
            "# known_at: no column tells when a row was known, so it counts as known only now; if all rows are older "
            'than the deals, write known_at = { constant = "<a day before the first deal>" }'
        ]
    return ["# known_at: no column tells when a row was known, so it counts as known only now"]


def time_of(column: Column, guess: Guess) -> Written:
    """How a column of times is read; a question if day and month could change places in every value."""
    times, name = column.times, text(column.name)
    if times is None:
        return Written(name)
    told = _told_by_others(times.either, guess)
    if times.either and told is None:
        first, second = times.either
        order = "; ".join(guess.order.values())
        return Written(
            f'{{ column = {name}, format = "? {first} or {second}" }}',
            f"open: all {times.values} values could be day/month or month/day, for example "
            f"{example(column)}{'; ' + order if order else ''}; write the one that holds",
        )
    if told is not None:
        form, by = told
        why = f"likely: {by} is written so; for example {example(column)}"
        return Written(f'{{ column = {name}, format = "{form}" }}', why)
    share = "sure" if times.read == times.values else f"likely, {times.read} of {times.values} values"
    why = f", {times.why}" if times.why else ""
    spec = f"{{ column = {name}, {times.setting} }}" if times.setting else name
    return Written(spec, f"{share}{why}: for example {example(column)}")


def _told_by_others(either: tuple[str, ...], guess: Guess) -> tuple[str, str] | None:
    """The order of day and month that another column of the file has for certain, and that column."""
    for column in guess.columns:
        for form in either:
            first = form.split(" ")[0]
            if column.times and not column.times.either and f'"{first}' in column.times.setting:
                return form, column.name
    return None


def example(column: Column) -> str:
    """A short value of a column."""
    return re.sub(r"\s+", " ", min(column.values, key=lambda v: (len(v) > 40, v)))[:40]
