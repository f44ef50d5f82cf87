"""Columns of the user's own, as an entity's records hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import strawberry

from api.graphql.context import Context, Info
from api.graphql.types.filters import MOST_ATTRIBUTES, AttributeFilter, hold_zoned
from kg.errors import InputError
from kg.features.attributes import WORDED, Attribute

MOST_NAMED: Final = 20
"""Columns that a refusal names."""


@strawberry.type(description="A column of your own, as one record of an entity last held it.")
class AttributeValue:
    """A column of your own, as one record of an entity last held it."""

    name: str = strawberry.field(description="Name of the column.")
    type: str = strawberry.field(description="number, money, flag, category, list, date, ordinal or text.")
    text: str | None = strawberry.field(description="The value as text; empty for viewers where it is personal.")
    number: float | None = strawberry.field(description="The value as a number; of an ordinal its rank.")
    known_from: datetime = strawberry.field(description="Since when it is known.")
    record: str | None = strawberry.field(description="The record that said so; empty for viewers.")
    feature: bool = strawberry.field(description="Whether it counts in scores.")


async def attributes_of(info: Info, id_: str) -> list[AttributeValue]:
    """The newest value of each attribute of an entity, by name."""
    rows = await info.context.loaders.rows("entity_attributes", id_)
    moment = (await info.context.loaders.as_of()).timestamp() * 1000
    known = await info.context.loaders.attributes()
    personal = info.context.principal.sees_personal
    found: dict[str, AttributeValue] = {}
    for row in rows:  # newest first
        for attribute in (a for a in known if a.kind == row["kind"]):
            held = row["values"]
            stands = f"a_{attribute.property}" in held and held.get(f"u_{attribute.property}", moment + 1) > moment
            if stands and attribute.name not in found:
                found[attribute.name] = _value(attribute, held, row, personal=personal)
    return [found[name] for name in sorted(found)]


def _value(attribute: Attribute, held: Mapping[str, Any], row: Mapping[str, Any], *, personal: bool) -> AttributeValue:
    value = held[f"a_{attribute.property}"]
    hidden = not personal and _hidden(attribute)
    number = value if isinstance(value, float) and not hidden else None
    return AttributeValue(
        name=attribute.name,
        type=attribute.type,
        text=None if hidden else _text(attribute, held, value),
        number=number,
        known_from=row["known_from"],
        record=str(row["record"]).partition("|")[2] if personal else None,
        feature=attribute.feature and not attribute.personal,
    )


def _hidden(attribute: Attribute) -> bool:
    """Whether viewers read no value of it: only what counts in scores is looked through for personal data."""
    return attribute.personal or attribute.type in ("text", "list") or not attribute.feature


async def asked_of(
    context: Context, kind: str, given: Sequence[AttributeFilter] | None
) -> list[dict[str, object]] | None:
    """What own columns must hold, as cypher/conditions/holds.cypher takes it; None where nothing is asked.

    Raises:
        InputError: there is no such column, this role may not read it, or its type knows no such value.
    """
    if not given:
        return None
    if len(given) > MOST_ATTRIBUTES:
        raise InputError(f"filter: {len(given)} attributes are more than {MOST_ATTRIBUTES}.")
    seen = context.principal.sees_personal
    known = {a.name: a for a in await context.loaders.attributes() if a.kind == kind and (seen or not _hidden(a))}
    return [_asked(known, kind, one) for one in given]


def _asked(known: Mapping[str, Attribute], kind: str, one: AttributeFilter) -> dict[str, object]:
    attribute = known.get(one.name)
    if attribute is None:
        names = ", ".join(sorted(known)[:MOST_NAMED]) or "none"
        raise InputError(f"filter: no column {one.name!r} of {kind}s can be asked for; there are {names}.")
    for name in ("after", "before"):
        hold_zoned(name, getattr(one, name))
        if getattr(one, name) is not None and attribute.type != "date":
            raise InputError(f"filter: {one.name} is no date but {attribute.type}; {name} does not fit it.")
    least = one.min if one.after is None else one.after.timestamp()
    most = one.max if one.before is None else one.before.timestamp()
    worded = attribute.type in WORDED
    if worded and (least is not None or most is not None):
        raise InputError(f"filter: {one.name} is {attribute.type}, no number; min and max do not fit it.")
    if one.equals is None and least is None and most is None:
        raise InputError(f"filter: {one.name}: say equals, min, max, after or before.")
    number = None if one.equals is None or worded else _number(attribute, one.equals)
    text = one.equals.lower() if one.equals is not None and worded else None
    own = attribute.property
    return {"key": f"a_{own}", "until": f"u_{own}", "text": text, "number": number, "least": least, "most": most}


def _number(attribute: Attribute, text: str) -> float:
    """The number that stands for a value: of a flag 1 or 0, of an ordinal its rank."""
    levels = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0} if attribute.type == "flag" else {}
    levels |= {level.lower(): float(rank) for rank, level in enumerate(attribute.levels, 1)}
    if text.lower() in levels:
        return levels[text.lower()]
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or levels or attribute.type == "date":
        fits = ", ".join(levels) or ("after and before" if attribute.type == "date" else "a number such as 12.5")
        raise InputError(f"filter: {attribute.name} = {text!r} does not fit its type {attribute.type}: {fits}.")
    return number


def _text(attribute: Attribute, held: Mapping[str, Any], value: object) -> str:
    if attribute.type == "flag":
        return "yes" if value else "no"
    if attribute.type == "date" and isinstance(value, float):
        return datetime.fromtimestamp(value, UTC).date().isoformat()
    if isinstance(value, float):
        return str(held.get(f"t_{attribute.property}") or f"{value:g}")
    return str(value)
