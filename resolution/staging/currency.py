"""Amounts in the workspace's currency, by dated rates."""

from resolution.database.connection import quoted
from resolution.records import Field
from resolution.sources.mapping import Value
from resolution.staging.known_from import Projection, known_of, text_of


def currency_of(p: Projection, declared: Field, value: Value) -> None:
    """Adds the code of an amount's currency to the texts of the row."""
    code = text_of(p, value.currency) if value.currency else p.parameters.add(value.currency_is or "")
    p.text.append(f"upper({code}) AS {quoted('__c_' + declared.name)}")


def stated(p: Projection, name: str) -> str | None:
    """The code that a row states for an amount; None where the mapping names none."""
    value = p.section.values.get(name)
    return f"t.{quoted('__c_' + name)}" if value and (value.currency or value.currency_is) else None


def converts(p: Projection, declared: Field) -> bool:
    """Whether a field is an amount that is converted into the workspace's currency."""
    value = p.section.values.get(declared.name)
    return bool(p.currency and value and (value.currency or value.currency_is))


def rate_join(p: Projection) -> str:
    """One dated rate for each amount: the newest on or before the day on which the amount was known."""
    joins = []
    for declared in p.kind.fields:
        if converts(p, declared) and p.has_rates:
            alias, code = quoted(f"x_{declared.name}"), quoted(f"__c_{declared.name}")
            joins.append(
                f"ASOF LEFT JOIN rates AS {alias} ON {alias}.rate_currency = t.{code} AND "
                f"{known_of(p, declared)} >= {alias}.rate_since"
            )
    return " ".join(joins)


def rate(p: Projection, declared: Field) -> str:
    """The rate of a row's amount; 1 in the workspace's currency, NULL where none is known."""
    code = f"t.{quoted('__c_' + declared.name)}"
    dated = f"{quoted('x_' + declared.name)}.rate_value" if p.has_rates else "NULL::DOUBLE"
    return f"CASE WHEN {code} IS NULL OR {code} = {p.parameters.add(p.currency or '')} THEN 1.0 ELSE {dated} END"
