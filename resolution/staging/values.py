"""Turns text into typed values, as DuckDB expressions: numbers, flags, moments in their zone, choices.

Every value written into a statement is a parameter; every identifier is quoted. An expression gives NULL where the
text cannot be read; the projection then rejects the row with the reason given here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

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


def flag(text: str) -> str:
    """True or false from the words that systems use."""
    return (
        f"CASE WHEN lower({text}) IN ('true', 't', '1', 'yes', 'y', '1.0') THEN true "
        f"WHEN lower({text}) IN ('false', 'f', '0', 'no', 'n', '0.0') THEN false END"
    )


def number(text: str, decimal: str) -> str:
    """A number, with thousands separators, a currency sign or a percent sign taken off."""
    if decimal == ",":
        plain = f"replace(replace(replace(replace({text}, '.', ''), ' ', ''), chr(160), ''), ',', '.')"
    else:
        plain = (
            f"CASE WHEN regexp_full_match({text}, '[^0-9]*[0-9]{{1,3}}(,[0-9]{{3}})+(\\.[0-9]+)?[^0-9]*') "
            f"THEN replace({text}, ',', '') ELSE {text} END"
        )
    stripped = f"TRY_CAST(regexp_replace({plain}, '^([-+]?)[$€£¥]\\s*|\\s*[%€£¥]$', '\\1', 'g') AS DOUBLE)"
    quick = f"TRY_CAST({text} AS DOUBLE)"
    value = stripped if decimal == "," else f"coalesce({quick}, {stripped})"
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def moment(text: str, zone: str, formats: Sequence[str], epoch: str | None, parameters: Parameters) -> str:
    """A moment as naive UTC. Text without a zone is in `zone`; a bare date is the end of that day, UTC."""
    if epoch:
        scale = 1_000 if epoch == "ms" else 1_000_000
        return f"make_timestamp(TRY_CAST(TRY_CAST({text} AS DOUBLE) * {scale} AS BIGINT))"
    if formats:
        return "coalesce(" + ", ".join(_formatted(text, zone, f, parameters) for f in formats) + ")"
    local = _in_zone(f"TRY_CAST({text} AS TIMESTAMP)", zone, parameters)
    zoned = f"TRY_CAST(replace({text}, ' UTC', 'Z') AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    offset = f"length({text}) > 16 AND regexp_matches({text}, '[+-][0-9]{{2}}(:?[0-9]{{2}})?$')"
    has_zone = f"({text}[-1:] IN ('Z', 'z', 'C') OR ({offset}))"
    return (
        f"CASE WHEN length({text}) <= 10 THEN TRY_CAST(TRY_CAST({text} AS DATE) AS TIMESTAMP) + {END_OF_DAY} "
        f"WHEN {has_zone} THEN {zoned} ELSE {local} END"
    )


def _formatted(text: str, zone: str, form: str, parameters: Parameters) -> str:
    parsed = f"try_strptime({text}, {parameters.add(form)})"
    if "%z" in form:
        return f"{parsed} AT TIME ZONE 'UTC'"
    if not any(part in form for part in ("%H", "%I", "%X", "%c", "%-H", "%-I")):
        return f"{parsed} + {END_OF_DAY}"
    return _in_zone(parsed, zone, parameters)


def _in_zone(naive: str, zone: str, parameters: Parameters) -> str:
    return naive if zone == "UTC" else f"({naive} AT TIME ZONE {parameters.add(zone)}) AT TIME ZONE 'UTC'"


def day(text: str, formats: Sequence[str], parameters: Parameters) -> str:
    """A calendar day, as its midnight."""
    if formats:
        tried = ", ".join(f"try_strptime({text}, {parameters.add(f)})" for f in formats)
        return f"date_trunc('day', coalesce({tried}))"
    return f"TRY_CAST(TRY_CAST({text}[1:10] AS DATE) AS TIMESTAMP)"


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
        case Form.NUMBER | Form.INTEGER:
            return f"is no number with decimal {decimal!r}: correct it, or set decimal"
        case Form.FLAG:
            return "is neither true nor false: correct it, or add it to values"
        case Form.MOMENT | Form.DAY:
            return "is no date or time that this mapping reads: correct it, or give format or epoch"
        case _:
            return "cannot be read"
