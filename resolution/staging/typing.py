"""Types the text of each field, and notes on the projection what could not be read and what is worth telling."""

from resolution.database.connection import quoted
from resolution.normalise.numbers import NumberRule
from resolution.records import Field, Form
from resolution.sources.mapping import Known, Value
from resolution.staging.known_from import Projection, unknown_stamp
from resolution.staging.values import Typed, choice, day, empty, flag, moment, number, reason, trimmed


def stamped(p: Projection, name: str, known: tuple[Known, ...]) -> None:
    """Notes stamps of knowledge time that cannot be read."""
    if any(c in p.columns for step in known for c in step.columns):
        text, why = unknown_stamp(p, known)
        bad = quoted(f"__s_{name}")
        p.text += [f"{text} AS {bad}", f"{why} AS {quoted(f'__w_{name}')}"]
        p.bad.append((name, f"{bad} IS NOT NULL", bad, quoted(f"__w_{name}")))


def misread(p: Projection, declared: Field, name: str, text: str, why: str) -> None:
    """Notes where the text gives no value, where it says that there is none, and where a band was read."""
    usual = p.parameters.add(reason(declared, p.section.reader.decimal))
    none = f"{text} IS NOT NULL AND {name} IS NULL"
    p.bad.append(
        (declared.name, f"{none} AND {why} <> ''", text, f"CASE WHEN {why}[1] = '=' THEN {usual} ELSE {why} END")
    )
    p.noted.append(("blank", declared.name, f"{none} AND {why} = ''", text))
    if declared.form in (Form.NUMBER, Form.INTEGER):
        p.noted.append(("band", declared.name, f"{name} IS NOT NULL AND {why} = '=band'", text))


def typed_of(p: Projection, declared: Field, value: Value, text: str) -> Typed:
    """The typed value of a field and why it is none."""
    match declared.form:
        case Form.NUMBER | Form.INTEGER:
            read = number(text, _rule(p, declared, value), p.parameters)
            plain = read.value
            if value.times is not None:
                plain = f"({plain}) * {p.parameters.add(value.times)}"
            if declared.form is Form.INTEGER:
                whole = f"CASE WHEN abs(({plain}) - round({plain})) < 1e-6 THEN round({plain}) END"
                plain = f"TRY_CAST({f'round({plain})' if value.band else whole} AS BIGINT)"
            return Typed(plain, read.why)
        case Form.FLAG:
            return Typed(flag(text), f"CASE WHEN {empty(text)} THEN '' ELSE '=' END")
        case Form.MOMENT:
            return moment(text, value.time_zone or p.section.time_zone, value.formats, value.epoch, p.parameters)
        case Form.DAY:
            return day(text, value.formats, value.epoch, p.parameters)
        case Form.CHOICE:
            return Typed(choice(text, declared.values, p.parameters), f"CASE WHEN {empty(text)} THEN '' ELSE '=' END")
        case Form.REF if value.ref_source is not None:
            marker = f"{value.ref_source}:{f'~{value.by}~' if value.by else ''}{value.prefix}"
            return Typed(f"CASE WHEN NOT {empty(text)} THEN {p.parameters.add(marker)} || {text} END", "")
        case _ if declared.name in ("email", "phone"):
            return Typed(_first_of(p, declared, text), "")
        case _:
            return Typed(text, "")


def _rule(p: Projection, declared: Field, value: Value) -> NumberRule:
    """How a field's numbers are written; numbers that came typed were never written with another mark."""
    if value.columns and all(c in p.numbers for c in value.columns):
        return NumberRule(band=value.band)
    doubtful = any(c in p.doubtful for c in value.columns)
    return NumberRule(p.section.reader.decimal, doubtful, value.band, declared.high == 1)


def _first_of(p: Projection, declared: Field, text: str) -> str:
    """The first of several addresses in one cell."""
    if declared.name == "email":
        several = f"regexp_matches({text}, '@.*[,;|/\\s]+.*@')"
        first = f"regexp_extract({text}, '[^\\s,;|/<>()]+@[^\\s,;|/<>()]+')"
    else:
        several = f"regexp_matches({text}, '[0-9]{{3}}.*([,;|\\n]| / ).*[0-9]{{3}}')"
        first = trimmed(f"regexp_extract({text}, '^[^,;|\\n]*?[0-9][^,;|\\n/]*')")
    p.noted.append(("first", declared.name, several, text))
    return f"CASE WHEN {several} THEN coalesce({first}, {text}) ELSE {text} END"
