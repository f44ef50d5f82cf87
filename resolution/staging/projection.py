"""Turns a section of a mapping into one DuckDB statement: raw text rows in, typed values and each misread value out.

The statement has three floors: text (column, lookup, value map, default), typed values, and the moments at which each
value was known together with what was misread. A required value that cannot be read costs the row, any other only
itself.
"""

from collections.abc import Mapping

from resolution.database.connection import quoted
from resolution.normalise.numbers import NumberRule
from resolution.records import Field
from resolution.sources.mapping import Section, Value
from resolution.staging.currency import converts, currency_of, rate, rate_join, stated
from resolution.staging.known_from import Projection, attribute_times, first_known, known_of, text_of
from resolution.staging.typing import misread, stamped, typed_of
from resolution.staging.values import flag, number, trimmed

KNOWN = "__known"
MISREAD = "STRUCT(what VARCHAR, field VARCHAR, value VARCHAR, why VARCHAR)[]"
"""What a row's values have to tell: 'value' rejected, 'blank' for nothing, 'band', 'first' of several."""
MERGED, DELETED = "merged into ", "deleted by "
"""How the reasons begin for which a row is left out that ended in its system."""


def projection(
    section: Section,
    raw: str,
    columns: frozenset[str],
    lookups: Mapping[str, str],
    *,
    currency: str | None,
    has_rates: bool,
    doubtful: frozenset[str] = frozenset(),
    numbers: frozenset[str] = frozenset(),
) -> tuple[str, dict[str, str | float]]:
    """The SELECT that stages `raw`, and its parameters.

    Its columns: __n, row_ref, record_id, left_out, __newest, __merged_into, __merged_ids, then for each field f and
      f__known, reject_field, reject_value, reject_reason, and misread: a list of {what, field, value, why}.

    Args:
        section: the section of the mapping.
        raw: the table of texts.
        columns: its columns.
        lookups: field → table that its values are looked up in.
        currency: the workspace's currency.
        has_rates: whether the table `rates` is there.
        doubtful: columns whose numbers contradict the decimal mark.
        numbers: columns that held numbers and no text, as in Parquet.
    """
    p = Projection(section, columns, lookups, has_rates, currency, doubtful=doubtful, numbers=numbers)
    p.text.append(f"{_key(p)} AS record_id")
    p.text.append(f"{_left_out(p)} AS left_out")
    p.text.append(f"{first_known(p, section.known)} AS row_known")
    stamped(p, "known_at", section.known)
    p.text += _kept(p)
    for declared in p.kind.fields:
        _field(p, declared, section.values.get(declared.name))
    fixed = ["__n", "row_ref", "record_id", "left_out", "__newest", "__merged_into", "__merged_ids"]
    fixed += attribute_times(p)
    names = [*fixed, *_known_columns(p), *_reject_columns(p)]
    statement = f"""
        SELECT {", ".join(names)} FROM (
            SELECT *, {", ".join(p.typed)} FROM (
                SELECT r.__n, r.__place AS row_ref, {", ".join(p.text)} FROM {_rows(p, raw)} r {" ".join(p.joins)}
            )
        ) AS t {rate_join(p)}"""
    return statement, {name: value for name, value in p.parameters.values.items() if f"${name}::" in statement}


def _rows(p: Projection, raw: str) -> str:
    if not p.section.split:
        return quoted(raw)
    column, by = quoted(p.section.split[0]), p.parameters.add(p.section.split[1])
    return f"(SELECT * REPLACE (unnest(string_split({column}, {by})) AS {column}) FROM {quoted(raw)})"


def _joined(p: Projection, columns: tuple[str, ...]) -> str:
    if len(columns) == 1:
        return text_of(p, columns[0])
    return f"nullif(concat_ws(' ', {', '.join(text_of(p, c) for c in columns)}), '')"


def _composite(p: Projection, columns: tuple[str, ...]) -> str:
    """An id of one or several columns, joined by '/': the one rule for ids and for references to them."""
    if len(columns) == 1:
        return text_of(p, columns[0])
    parts = ", ".join(f"coalesce({text_of(p, c)}, '')" for c in columns)
    return f"nullif(concat_ws('/', {parts}), {p.parameters.add('/' * (len(columns) - 1))})"


def _kept(p: Projection) -> list[str]:
    """What settles repeated keys, and the ids that a merge of records names."""
    keeping = p.section.keeping
    into = text_of(p, keeping.merged_into) if keeping.merged_into else "NULL::VARCHAR"
    ids = "NULL::VARCHAR[]"
    if keeping.merged_ids and keeping.merged_ids[0] in p.columns:
        ids = f"string_split({text_of(p, keeping.merged_ids[0])}, {p.parameters.add(keeping.merged_ids[1])})"
    return [
        f"{first_known(p, keeping.newest_by)} AS __newest", f"{into} AS __merged_into", f"{ids} AS __merged_ids",
    ]  # fmt: skip


def _key(p: Projection) -> str:
    """The record's id: its key columns, or for keyless kinds a digest of all that the mapping reads."""
    if p.section.key:
        joined = _composite(p, p.section.key)
        if p.section.key_first:
            joined = f"coalesce({', '.join([*(text_of(p, c) for c in p.section.key), 'NULL'])})"
        before, after = (p.parameters.add(side) for side in (p.section.key_prefix, p.section.key_suffix))
        return f"({before} || {joined} || {after})" if p.section.key_prefix or p.section.key_suffix else joined
    read = sorted({c for v in p.section.values.values() for c in v.reads if c in p.columns})
    whole = ", ".join(f"coalesce({text_of(p, c)}, chr(0))" for c in read) or "r.__place"
    return f"sha256(concat_ws(chr(31), {whole}))[1:16]"


def _left_out(p: Projection) -> str:
    """The first condition that a row does not meet, as a sentence; NULL where it meets all."""
    whens = []
    keeping = p.section.keeping
    if keeping.merged_into:
        into = text_of(p, keeping.merged_into)
        whens.append(f"WHEN {into} IS NOT NULL THEN {p.parameters.add(MERGED)} || {into}")
    for condition in keeping.deleted:
        flags = ", ".join(p.parameters.add(v) for v in condition.values)
        told = p.parameters.add(f"{DELETED}{condition.column}")
        whens.append(f"WHEN lower({text_of(p, condition.column)}) IN ({flags}) THEN {told}")
    for condition in p.section.where:
        listed = [p.parameters.add(v) for v in condition.values]
        text = f"lower(coalesce({text_of(p, condition.column)}, ''))"
        met = f"{text} {'NOT IN' if condition.how == 'not' else 'IN'} ({', '.join(listed)})"
        if condition.how == "starts":
            met = "(" + " OR ".join(f"starts_with({text}, {v})" for v in listed) + ")"
        whens.append(f"WHEN NOT ({met}) THEN {p.parameters.add(f'left out by where: {condition}')}")
    return f"CASE {' '.join(whens)} END" if whens else "NULL::VARCHAR"


def _field(p: Projection, declared: Field, value: Value | None) -> None:
    """Adds one field to both floors."""
    name = quoted(declared.name)
    if value is None:
        if not (declared.name in ("stage_order", "state") and "stage" in p.section.values):
            p.typed.append(f"NULL::{declared.sql_type} AS {name}")
        return
    text = quoted(f"__t_{declared.name}")
    p.text.append(f"{_mapped(p, declared, value)} AS {text}")
    if value.known:
        p.text.append(f"{first_known(p, value.known)} AS {quoted('__k_' + declared.name)}")
        if not {c for step in value.known for c in step.columns} <= {*value.columns}:
            stamped(p, f"{declared.name} known_at", value.known)
    if declared.name == "stage" and "state" in p.kind.by_name:
        _stage(p, value, text)
        return
    typed = typed_of(p, declared, value, text)
    p.typed.append(f"{typed.value} AS {name}")
    if typed.why:
        misread(p, declared, name, text, typed.why)
    if value.currency or value.currency_is:
        currency_of(p, declared, value)


def _mapped(p: Projection, declared: Field, value: Value) -> str:
    """Column, then lookup, then value map, then default, as text."""
    text = _chosen(p, value)
    if declared.name in p.lookups:
        alias = quoted(f"l_{declared.name}")
        p.joins.append(f"LEFT JOIN {quoted(p.lookups[declared.name])} AS {alias} ON {alias}.look_key = {text}")
        text = f"{alias}.look_value"
    if value.values and not (declared.name == "stage" and "state" in p.kind.by_name):
        whens = " ".join(f"WHEN {p.parameters.add(old)} THEN {p.parameters.add(new)}" for old, new in value.values)
        blank = f"WHEN {text} IS NULL THEN NULL" if value.otherwise is not None else ""
        kept = p.parameters.add(value.otherwise) if value.otherwise is not None else text
        text = (
            f"CASE {blank} ELSE CASE lower({text}) {whens} ELSE {kept} END END"
            if blank
            else f"CASE lower({text}) {whens} ELSE {kept} END"
        )
    if value.default is not None:
        text = f"coalesce({text}, {p.parameters.add(value.default)})"
    return text


def _chosen(p: Projection, value: Value) -> str:
    """The text a value begins with: a constant, a column, several joined or the first of them; one part of it, if
    asked.
    """
    if value.constant is not None:
        return p.parameters.add(value.constant)
    if not value.columns:
        return "NULL::VARCHAR"
    is_id = value.ref_source is not None and not value.by
    text = _composite(p, value.columns) if is_id else _joined(p, value.columns)
    if value.first:
        text = f"coalesce({', '.join([*(text_of(p, c) for c in value.columns), 'NULL'])})"
    if value.part is not None:
        text = trimmed(f"split_part({text}, {p.parameters.add(value.part)}, 1)")
    if value.starts is not None:
        text = f"CASE WHEN starts_with({text}, {p.parameters.add(value.starts)}) THEN {text} END"
    return text


def _stage(p: Projection, value: Value, text: str) -> None:
    """Stage, its order and its meaning, from the value map, the stage table, or the flags of the row."""
    meaning = "NULL::VARCHAR"
    if value.values:
        whens = " ".join(f"WHEN {p.parameters.add(old)} THEN {p.parameters.add(new)}" for old, new in value.values)
        meaning = f"CASE lower({_without_pipeline(p, text)}) {whens} END"
    won, closed = (
        _flag_column(p, c, "stage", side) for c, side in ((value.won, "look_won"), (value.closed, "look_closed"))
    )
    known = f"({won} IS NOT NULL OR {closed} IS NOT NULL)"
    flags = f"CASE WHEN {won} THEN 'won' WHEN {closed} THEN 'lost' WHEN {known} THEN 'open' END"
    otherwise = p.parameters.add(value.otherwise) if value.otherwise else "NULL::VARCHAR"
    p.text += [f"{meaning} AS __stage_meaning", f"{flags} AS __stage_flags", f"{_order(p, value)} AS __stage_number"]
    whole = f"coalesce(__stage_meaning, __stage_flags, CASE WHEN {text} IS NOT NULL THEN {otherwise} END)"
    unread = f"{text} IS NOT NULL AND {whole} IS NULL"
    told = not ("state" in p.section.values and not value.values)
    name = f"CASE WHEN __stage_meaning IS NULL THEN {text} ELSE {_without_pipeline(p, text)} END"
    p.typed.append(f"CASE WHEN NOT ({unread}) THEN {name} END AS stage" if told else f"{text} AS stage")
    if "state" not in p.section.values:
        p.typed.append(f"split_part({whole}, ':', 1) AS state")
    if "stage_order" not in p.section.values:
        order = f"coalesce(TRY_CAST(nullif(split_part({whole}, ':', 2), '') AS BIGINT), __stage_number)"
        p.typed.append(f"CASE WHEN starts_with({whole}, 'open') THEN {order} END AS stage_order")
    if not told:
        return
    valid = ", ".join(old for old, _ in value.values[:12])
    why = f"is no stage that this mapping knows ({valid}): add it to values, as open:<order>, won or lost"
    p.bad.append(("stage", unread, text, p.parameters.add(why)))


def _without_pipeline(p: Projection, text: str) -> str:
    """'Closed Won (Sales Pipeline)' as 'Closed Won' where the row's pipeline is Sales Pipeline."""
    pipeline = p.section.values.get("pipeline")
    if pipeline is None:
        return text
    own = quoted("__pipeline")
    if not any(column.endswith(f" AS {own}") for column in p.text):
        p.text.append(f"lower(' (' || ({_chosen(p, pipeline)}) || ')') AS {own}")
    return (
        f"CASE WHEN ends_with(lower({text}), {own}) THEN trim({text}[1:length({text}) - length({own})]) ELSE {text} END"
    )


def _flag_column(p: Projection, column: str | None, name: str, side: str) -> str:
    if column and column in p.columns:
        return f"({flag(text_of(p, column))})"
    return f"({flag(quoted('l_' + name) + '.' + side)})" if name in p.lookups else "NULL::BOOLEAN"


def _order(p: Projection, value: Value) -> str:
    """Order from the stage table, or from a probability (0-100 or 0-1): 1 and one more for each tenth."""
    if "stage" in p.lookups:
        return f"TRY_CAST({quoted('l_stage')}.look_order AS BIGINT) + 1"
    if value.probability and value.probability in p.columns:
        share = number(text_of(p, value.probability), NumberRule(p.section.reader.decimal), p.parameters).value
        return f"CAST(1 + floor(CASE WHEN {share} <= 1 THEN {share} * 10 ELSE {share} / 10 END) AS BIGINT)"
    return "NULL::BIGINT"


def _known_columns(p: Projection) -> list[str]:
    columns = []
    for declared in p.kind.fields:
        name = f"t.{quoted(declared.name)}"
        if converts(p, declared):
            name = f"{name} * ({rate(p, declared)})"
        if declared.name == "currency" and p.currency and any(converts(p, f) for f in p.kind.fields):
            name = p.parameters.add(p.currency)
        elif declared.name == "currency" and not p.currency and "currency" not in p.section.values:
            name = stated(p, "amount") or name
        columns += [
            f"{name} AS {quoted(declared.name)}",
            f"{known_of(p, declared)} AS {quoted(declared.name + KNOWN)}",
        ]
    return columns


def _reject_columns(p: Projection) -> list[str]:
    """The first reason to reject a row (its field, its value, the sentence), and the list of what else was misread."""
    bad = list(p.bad)
    for declared in p.kind.fields:
        if converts(p, declared):
            code = f"t.{quoted('__c_' + declared.name)}"
            missing = f"t.{quoted(declared.name)} IS NOT NULL AND ({rate(p, declared)}) IS NULL"
            why = f"has no rate into {p.currency} on or before the day it was known: add one to the rates file"
            bad.append((declared.name, missing, code, p.parameters.add(why)))
    needed = {f.name for f in p.kind.fields if f.required}
    fatal = [(c, p.parameters.add(f), v, why) for f, c, v, why in bad if f in needed]
    columns = [
        "CASE " + " ".join(f"WHEN {row[0]} THEN {row[i]}" for row in fatal) + f" END AS {name}"
        if fatal
        else f"NULL::VARCHAR AS {name}"
        for i, name in enumerate(("reject_field", "reject_value", "reject_reason"), start=1)
    ]
    noted = [("value", f, c, v, why) for f, c, v, why in bad if f not in needed]
    noted += [(what, f, c, v, "''") for what, f, c, v in p.noted]
    cases = [
        f"CASE WHEN {c} THEN {{'what': '{what}', 'field': {p.parameters.add(f)}, 'value': ({v})::VARCHAR, "
        f"'why': ({why})::VARCHAR}} END"
        for what, f, c, v, why in noted
    ]
    some = " OR ".join(f"({c})" for _, _, c, _, _ in noted)
    told = f"NULL::{MISREAD}"
    if cases:
        told = f"CASE WHEN {some} THEN list_filter([{', '.join(cases)}], lambda m: m IS NOT NULL) END"
    return [*columns, f"{told} AS misread"]
