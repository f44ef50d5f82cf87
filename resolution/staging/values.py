"""Turns text into typed values, as DuckDB expressions: numbers, flags, moments in their zone, choices.

Every value written into a statement is a parameter; every identifier is quoted. An expression gives NULL where the
text cannot be read wholly; the projection then rejects the value with the reason given here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
from duckdb.func import FunctionNullHandling

from resolution.database.connection import texts_sql
from resolution.normalise.moments import Moment, TimeRule, read_moment
from resolution.normalise.numbers import Number, NumberRule, read_number
from resolution.normalise.placeholders import EMPTY_WORDS
from resolution.records import Field, Form

END_OF_DAY = "INTERVAL 86399 SECOND"


@dataclass(slots=True)
class Parameters:
    """Collects the parameters of one statement; `add` gives back the name to write."""

    values: dict[str, str | float] = field(default_factory=dict)
    _names: dict[str | float, str] = field(default_factory=dict)

    def add(self, value: str | float) -> str:
        """The placeholder of a value, typed."""
        if value not in self._names:
            self._names[value] = f"p{len(self._names)}"
            self.values[self._names[value]] = value
        return f"(${self._names[value]}::{'VARCHAR' if isinstance(value, str) else 'DOUBLE'})"


def trimmed(column: str) -> str:
    """The text of a column without surrounding blanks; NULL where nothing is left."""
    return f"nullif(trim({column}), '')"


YES = ("true", "t", "1", "1.0", "yes", "y", "ja", "j", "oui", "o", "sí", "si", "sim", "s", "tak", "kyllä", "da", "ano",
       "wahr", "vrai", "verdadero", "verdadeiro", "on", "x", "✓", "✔", "checked", "-1")  # fmt: skip
NO = ("false", "f", "0", "0.0", "no", "n", "nein", "non", "nej", "nee", "não", "nao", "nie", "ei", "ne", "falsch",
      "faux", "falso", "off", "unchecked")  # fmt: skip
ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
SOUND = "year({0}) BETWEEN 1902 AND 2199"
"""Years whose values need no second look: 1900 and 1901 hold the days that systems write where there is none."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed value as an expression, NULL where the text is not wholly understood, and another that says why: the
    reason, '' where the text says that there is no value, '=band' where a band was read.
    """

    value: str
    why: str


def install_readings(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds number_value, number_why, moment_value and moment_why to a connection: what plain casts cannot read."""

    def number(text: str | None, decimal: str, doubtful: str, band: str, share: str) -> Number:
        return read_number(text, NumberRule(decimal, doubtful == "1", band, share == "1")) if text else Number()

    def time(text: str | None, zone: str, formats: str, epoch: str) -> Moment:
        rule = TimeRule(zone, tuple(formats.split("\n")) if formats else (), epoch)
        return read_moment(text, rule) if text else Moment()

    def number_value(text: str | None, decimal: str, doubtful: str, band: str, share: str) -> float | None:
        return number(text, decimal, doubtful, band, share).value

    def number_why(text: str | None, decimal: str, doubtful: str, band: str, share: str) -> str:
        read = number(text, decimal, doubtful, band, share)
        return read.why if read.value is None else f"={read.note}"

    def moment_value(text: str | None, zone: str, formats: str, epoch: str) -> datetime | None:
        return time(text, zone, formats, epoch).value

    def moment_why(text: str | None, zone: str, formats: str, epoch: str) -> str:
        return time(text, zone, formats, epoch).why

    special = FunctionNullHandling.SPECIAL
    connection.create_function("number_value", number_value, ["VARCHAR"] * 5, "DOUBLE", null_handling=special)
    connection.create_function("number_why", number_why, ["VARCHAR"] * 5, "VARCHAR", null_handling=special)
    connection.create_function("moment_value", moment_value, ["VARCHAR"] * 4, "TIMESTAMP", null_handling=special)
    connection.create_function("moment_why", moment_why, ["VARCHAR"] * 4, "VARCHAR", null_handling=special)


def empty(text: str) -> str:
    """Whether a text says that there is no value, such as N/A."""
    return f"lower({text}) IN ({texts_sql(sorted(EMPTY_WORDS))})"


def flag(text: str) -> str:
    """True or false from the words that systems use."""
    yes, no = texts_sql(YES), texts_sql(NO)
    return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"


def number(text: str, rule: NumberRule, parameters: Parameters) -> Typed:
    """A number: plain digits are cast here, all else is read by `read_number`."""
    mark = "\\." if rule.decimal == "." else ","
    plain = f"regexp_full_match({text}, '[-+]?[0-9]{{1,15}}({mark}[0-9]+)?')"
    if rule.doubtful:
        plain += f" AND NOT regexp_full_match({text}, '[-+]?[0-9]{{1,3}}{mark}[0-9]{{3}}')"
    cast = f"TRY_CAST({text if rule.decimal == '.' else f'replace({text}, chr(44), chr(46))'} AS DOUBLE)"
    given = ", ".join(
        parameters.add(v) for v in (rule.decimal, "1" if rule.doubtful else "0", rule.band, "1" if rule.share else "0")
    )
    return Typed(
        f"CASE WHEN {plain} THEN {cast} WHEN {text} IS NOT NULL THEN number_value({text}, {given}) END",
        f"CASE WHEN {plain} THEN '=' WHEN {text} IS NOT NULL THEN number_why({text}, {given}) END",
    )


def moment(text: str, zone: str, formats: Sequence[str], epoch: str | None, parameters: Parameters) -> Typed:
    """A moment as naive UTC. Text without a zone is in `zone`; a bare date is the end of that day, UTC."""
    given = ", ".join(parameters.add(v) for v in (zone, "\n".join(formats), epoch or ""))
    return Typed(
        f"coalesce({_quick(text, zone, formats, epoch, parameters)}, "
        f"CASE WHEN {text} IS NOT NULL THEN moment_value({text}, {given}) END)",
        f"moment_why({text}, {given})",
    )


def _quick(text: str, zone: str, formats: Sequence[str], epoch: str | None, parameters: Parameters) -> str:
    """What DuckDB reads by itself; NULL where `read_moment` has to look."""
    if epoch == "excel":
        return "NULL::TIMESTAMP"
    if epoch:
        scale = 1_000 if epoch == "ms" else 1_000_000
        digits = "{11,13}" if epoch == "ms" else "{8,10}"
        read = f"make_timestamp(TRY_CAST({text} AS BIGINT) * {scale})"
        whole = f"regexp_full_match({text}, '[1-9][0-9]{digits}')"
        return f"CASE WHEN {whole} THEN CASE WHEN year({read}) >= 1971 THEN {read} END END"
    if formats:
        read = _formatted(text, zone, formats[0], parameters)
        return (
            f"CASE WHEN {SOUND.format(read)} THEN {read} END"
            if len(formats) == 1
            else _agreed(text, zone, formats, parameters)
        )
    local = _in_zone(f"TRY_CAST({text} AS TIMESTAMP)", zone, parameters)
    has_zone = f"regexp_matches({text}, '(Z|:[0-9.]+[+-][0-9:]+)$')"
    return (
        f"CASE WHEN regexp_full_match({text}, '{ISO}') AND {text} >= '1902' AND {text} < '2200' THEN "
        f"CASE WHEN length({text}) <= 10 THEN TRY_CAST(TRY_CAST({text} AS DATE) AS TIMESTAMP) + {END_OF_DAY} "
        f"WHEN {has_zone} THEN TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' ELSE {local} END END"
    )


def _agreed(text: str, zone: str, formats: Sequence[str], parameters: Parameters) -> str:
    """The one moment that the formats give; NULL where none reads the text or two read it differently."""
    read = f"[{', '.join(_formatted(text, zone, f, parameters) for f in formats)}]"
    one = f"list_distinct(list_filter({read}, lambda m: m IS NOT NULL))"
    return f"CASE WHEN len({one}) = 1 THEN CASE WHEN {SOUND.format(f'{one}[1]')} THEN {one}[1] END END"


def _formatted(text: str, zone: str, form: str, parameters: Parameters) -> str:
    parsed = f"try_strptime({text}, {parameters.add(form)})"
    if "%z" in form:
        return f"{parsed} AT TIME ZONE 'UTC'"
    if not any(part in form for part in ("%H", "%I", "%X", "%c", "%-H", "%-I")):
        return f"{parsed} + {END_OF_DAY}"
    return _in_zone(parsed, zone, parameters)


def _in_zone(naive: str, zone: str, parameters: Parameters) -> str:
    return naive if zone == "UTC" else f"({naive} AT TIME ZONE {parameters.add(zone)}) AT TIME ZONE 'UTC'"


def day(text: str, formats: Sequence[str], epoch: str | None, parameters: Parameters) -> Typed:
    """A calendar day, as its midnight: the day as written, whatever its zone."""
    read = moment(text, "UTC", formats, epoch, parameters)
    own = f"date_trunc('day', {read.value})"
    if formats or epoch:
        return Typed(own, read.why)
    written = f"CAST(TRY_CAST({text}[1:10] AS DATE) AS TIMESTAMP)"
    return Typed(
        f"CASE WHEN {own} IS NOT NULL THEN CASE WHEN regexp_matches({text}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') "
        f"THEN {written} ELSE {own} END END",
        read.why,
    )


def choice(text: str, values: Sequence[str], parameters: Parameters) -> str:
    """One of `values`, blind to case, blanks and hyphens."""
    plain = f"replace(replace(lower({text}), ' ', '_'), '-', '_')"
    listed = ", ".join(parameters.add(v) for v in values)
    return f"CASE WHEN {plain} IN ({listed}) THEN {plain} END"


def reason(declared: Field, decimal: str) -> str:
    """Why a text could not become this field's value, with the remedy."""
    match declared.form:
        case Form.CHOICE:
            return f"is none of {', '.join(declared.values)}: add it to values, or give otherwise"
        case Form.INTEGER:
            return "is no whole number: correct it"
        case Form.NUMBER:
            return f"is no number with decimal {decimal!r}: correct it, or set decimal"
        case Form.FLAG:
            return "is neither true nor false: correct it, or add it to values"
        case Form.MOMENT | Form.DAY:
            return "is no date or time that this mapping reads: correct it, or give format or epoch"
        case _:
            return "cannot be read"
