"""Types of attributes, read off all of their values, and the number that each value counts as.

A type is stated with its evidence; what is open is left out and said, never guessed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from resolution.normalise.moments import TimeRule, read_moment
from resolution.normalise.numbers import NumberRule, read_number
from resolution.sources.attributes import AttributeColumn, AttributeType
from resolution.sources.times import times_of

ENOUGH = 0.98
"""Share of the filled values that must be read for a type to hold."""
MOST_LEVELS = 60
COVERED = 0.6
"""A text counts as a category if it has no more levels, or if the most frequent ones make up this share of it."""
MOST_ITEMS = 20
SAMPLE = 2_000
YES = frozenset(("true", "t", "1", "1.0", "yes", "y", "ja", "j", "oui", "si", "sí", "sim", "on", "x", "checked"))
NO = frozenset(("false", "f", "0", "0.0", "no", "n", "nein", "non", "não", "nej", "nee", "off", "unchecked"))
LADDERS: Sequence[Sequence[str]] = (
    ("none", "very low", "low", "medium", "high", "very high", "critical"),
    ("low", "normal", "high", "urgent", "severe"),
    ("cold", "cool", "warm", "hot"),
    ("xs", "s", "m", "l", "xl", "xxl"),
    ("micro", "small", "medium", "mid-market", "large", "enterprise"),
    ("bronze", "silver", "gold", "platinum"),
    ("poor", "fair", "good", "very good", "excellent"),
    ("strongly disagree", "disagree", "neutral", "agree", "strongly agree"),
    ("never", "rarely", "sometimes", "often", "always"),
    ("beginner", "intermediate", "advanced", "expert"),
)
"""Words that have an order wherever they stand; a column whose levels are among one of these is ordinal."""
IDENTIFIER = re.compile(r"(^|[\W_])(id|ids|guid|uuid|key|number|no|nr|nummer|code)$|Id$", re.IGNORECASE)
PERSONAL = re.compile(
    r"(^|[\W_])(e-?mails?|phone|mobile|fax|telefon|address|street|birth\w*|linkedin|first name|last name|full name)",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"\b(owners?|assistants?|managers?|reps?|representatives?|agents?|sellers?|contacts?|persons?|champions?|signed|"
    r"created by|modified by|updated by|assigned|referred by|ansprechpartner|betreuer|berater)\b",
    re.IGNORECASE,
)
"""Words by which a column may hold names of people; it does where its values are mostly of two to four plain words."""
FULL_NAME = re.compile(r"[^\W\d_][\w'.\-]*(,? [^\W\d_][\w'.\-]*){1,3}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.IGNORECASE)
MONEY = re.compile(r"[$€£¥₹]|\b(EUR|USD|GBP|CHF|SEK|NOK|DKK)\b")

KEPT_UP = re.compile(
    r"\b(tags?|last|latest|final|outcome|result|reasons?|lost|won|close[ds]?|closing|status|disposition|converted|"
    r"next step)\b",
    re.IGNORECASE,
)
"""Words by which exports name what people change while they work, more often than not with or after the outcome."""
ENDS = re.compile(
    r"\b(final|outcome|lost|won|converted|disposition|current|sql|mql|all|to date|so far|lifetime)\b", re.IGNORECASE
)
"""Words for what stands at the end, or counts until then: a time of the whole row does not vouch for such a column."""
ASKED = re.compile(r"^(what|which|who|where|when|how|are|do|did|have|would|will|can)\b.*\byou(r|rs)?\b", re.IGNORECASE)
"""A question put to the person: in one, `NOW` tells of their life ("What is your current occupation?")."""
NOW = re.compile(r"\b(current|last|latest|all)\b", re.IGNORECASE)
RATED = re.compile(r"\b(score|index|rating|grade|quality|profile)\b", re.IGNORECASE)
"""Words for judgements: made of those alone that were worked on, where a good part of the records has none."""
PART = 0.2

Numbers = Callable[[str], float | None]


@dataclass(slots=True)
class Typed:
    """What one attribute is: its type, how a value becomes a number, and why it is left out as a feature, if it is."""

    type: AttributeType
    number: Numbers | None = None
    order: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    why_not: str = ""
    personal: bool = False
    evidence: str = ""
    unread: int = 0
    levels: int = field(default=0)


def typed(
    connection: duckdb.DuckDBPyConnection, name: str, counts: Mapping[str, int], told: AttributeColumn | None, mark: str
) -> Typed:
    """The type of an attribute from how often each of its filled values stands, or as the mapping says it.

    Args:
        connection: for reading times.
        name: the attribute.
        counts: filled value → records.
        told: what the mapping says of the column.
        mark: the decimal mark of its numbers.
    """
    values = sorted(counts, key=lambda v: (-counts[v], v))
    found = (
        _as_told(connection, values, told, mark) if told and told.type else _guessed(connection, values, counts, mark)
    )
    found.levels = len(values)
    if found.number:
        found.unread = sum(n for v, n in counts.items() if found.number(v) is None)
    found.personal = bool(told and told.personal) or (
        not (told and told.personal is False) and found.number is None and _personal(name, counts)
    )
    found.why_not = found.why_not or _why_not(name, counts, found, bool(told and told.type))
    return found


def _guessed(
    connection: duckdb.DuckDBPyConnection, values: Sequence[str], counts: Mapping[str, int], mark: str
) -> Typed:
    lower = {v.lower() for v in values}
    if lower <= YES | NO and len(lower) <= 2 and not lower <= {"1", "0", "1.0", "0.0"}:
        return Typed(AttributeType.FLAG, flag, evidence="yes and no")
    if lower <= {"1", "0"}:
        return Typed(AttributeType.FLAG, flag, evidence="1 and 0")
    if ladder := _ladder(lower):
        return Typed(AttributeType.ORDINAL, _rank(ladder), ladder, evidence=" < ".join(ladder))
    total = sum(counts.values())
    number = _numbers(mark)
    if sum(n for v, n in counts.items() if number(v) is not None) >= ENOUGH * total:
        money = any(MONEY.search(v) for v in values[:SAMPLE])
        return Typed(AttributeType.MONEY if money else AttributeType.NUMBER, number, evidence=f"such as {values[0]}")
    if bands := _bands(values, mark):
        return Typed(AttributeType.ORDINAL, _rank(bands), bands, evidence=" < ".join(bands))
    if times := _dates(connection, values):
        return times
    if items := _items(values, counts):
        return Typed(AttributeType.LIST, items=items, evidence=f"parts such as {items[0]}")
    return Typed(_text_or_category(values, counts))


def _as_told(connection: duckdb.DuckDBPyConnection, values: Sequence[str], told: AttributeColumn, mark: str) -> Typed:
    match told.type:
        case AttributeType.NUMBER | AttributeType.MONEY:
            return Typed(told.type, _numbers(mark))
        case AttributeType.FLAG:
            return Typed(told.type, flag)
        case AttributeType.DATE:
            return _dates(connection, values) or Typed(told.type, why_not="holds no dates that can be read")
        case AttributeType.ORDINAL:
            order = told.order or _ladder({v.lower() for v in values}) or _bands(values, mark)
            if not order:
                return Typed(
                    told.type, why_not="has no order that can be read off it: say order = [lowest, …, highest]"
                )
            return Typed(told.type, _rank(order), order)
        case AttributeType.LIST:
            return Typed(told.type, items=_items(values, dict.fromkeys(values, 1), least=0.0))
        case _:
            return Typed(told.type or AttributeType.CATEGORY)


def flag(text: str) -> float | None:
    """1 for yes, 0 for no, None for neither."""
    return 1.0 if text.lower() in YES else 0.0 if text.lower() in NO else None


def _numbers(mark: str) -> Numbers:
    rule = NumberRule(mark)

    def number(text: str) -> float | None:
        found = read_number(text, rule)
        return None if found.note == "band" else found.value

    return number


def _rank(order: Sequence[str]) -> Numbers:
    places = {level.lower(): float(i) for i, level in enumerate(order, 1)}
    return lambda text: places.get(text.lower())


def _ladder(lower: set[str]) -> tuple[str, ...]:
    for ladder in LADDERS:
        if len(lower) > 1 and lower <= set(ladder):
            return tuple(level for level in ladder if level in lower)
    return ()


def _bands(values: Sequence[str], mark: str) -> tuple[str, ...]:
    """Bands such as 1-10, 11-50, 51+ in their order; empty where one of the values is none."""
    if not 1 < len(values) <= MOST_LEVELS:
        return ()
    read = [(read_number(v, NumberRule(mark, band="low")), v) for v in values]
    if any(r.value is None for r, _ in read) or not any(r.note == "band" for r, _ in read):
        return ()
    return tuple(v for _, v in sorted((r.value or 0.0, v) for r, v in read))


def _dates(connection: duckdb.DuckDBPyConnection, values: Sequence[str]) -> Typed | None:
    found = times_of(connection, values[:SAMPLE])
    if found is None:
        return None
    if found.either:
        why = f"could be {' or '.join(found.either)}: write the column as one of them"
        return Typed(AttributeType.DATE, why_not=why)
    setting, _, form = found.setting.partition(" = ")
    form = form.strip('"')

    def seconds(text: str) -> float | None:
        if setting == "format":
            try:
                return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
            except ValueError:
                return None
        if setting == "epoch":
            return float(text) / (1000 if form == "ms" else 1) if text.isdigit() else None
        moment = read_moment(text, TimeRule()).value
        return None if moment is None else moment.replace(tzinfo=UTC).timestamp()

    return Typed(AttributeType.DATE, seconds, evidence=f"such as {values[0]}")


def _items(values: Sequence[str], counts: Mapping[str, int], least: float = 0.05) -> tuple[str, ...]:
    """The parts of a list of categories, most frequent first; empty where the values are no lists."""
    total = sum(counts.values())
    for mark in (";", "|", ", "):
        several = sum(n for v, n in counts.items() if mark in v)
        if not several or several < least * total:
            continue
        seen: dict[str, int] = {}
        for value, n in counts.items():
            for item in parts(value, mark):
                seen[item] = seen.get(item, 0) + n
        if len(seen) <= MOST_LEVELS and len(seen) < len(values):
            return tuple(sorted(seen, key=lambda item: (-seen[item], item))[:MOST_ITEMS])
    return ()


def parts(value: str, mark: str | None = None) -> list[str]:
    """The parts of a value that holds several."""
    mark = mark or next((m for m in (";", "|", ", ") if m in value), ";")
    return [part.strip() for part in value.split(mark) if part.strip()]


def _text_or_category(values: Sequence[str], counts: Mapping[str, int]) -> AttributeType:
    total = sum(counts.values())
    few = len(values) <= min(MOST_LEVELS, max(2, total // 2))
    most = sum(counts[v] for v in values[:MOST_LEVELS])
    repeated = most - min(MOST_LEVELS, len(values))
    return AttributeType.CATEGORY if few or repeated >= COVERED * total else AttributeType.TEXT


def _personal(name: str, counts: Mapping[str, int]) -> bool:
    total = sum(counts.values())
    if PERSONAL.search(name) or sum(n for v, n in counts.items() if MAIL.search(v)) > 0.2 * total:
        return True
    names = sum(n for v, n in counts.items() if FULL_NAME.fullmatch(v))
    return bool(NAMED.search(_words(name))) and names > 0.5 * total


def _words(name: str) -> str:
    return re.sub(r"[_\-.]+|(?<=[a-z])(?=[A-Z])", " ", name)


def kept_up(name: str, filled: int, records: int, stamped: bool = False) -> str:
    """Why a column without a knowledge time of its own is not trusted by its name; empty where it is.

    `stamped` says that its rows have a time of their last change: then only what stands at the end is not trusted.
    """
    words = _words(name)
    if ASKED.search(words):
        words = NOW.sub("", words)
    rated = RATED.search(words) and filled < (1 - PART) * records
    if not ENDS.search(words) and (stamped or not (KEPT_UP.search(words) or rated)):
        return ""
    return (
        "is by its name kept up while people work, and no time says when it was written: if it was there from the "
        "start, name it under attributes, with its known_at"
    )


def _why_not(name: str, counts: Mapping[str, int], found: Typed, told: bool) -> str:
    """Why an attribute is no feature; empty where it is one."""
    total = sum(counts.values())
    if found.personal:
        return "holds personal data"
    if found.type is AttributeType.TEXT:
        return f"is text with {len(counts):,} different values in {total:,} records"
    if not told and IDENTIFIER.search(name) and len(counts) > max(2, ENOUGH * total):
        return "names each record"
    return "" if total > 1 else "stands in one record"
