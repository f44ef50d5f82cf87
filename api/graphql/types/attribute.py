"""Columns of the user's own, as an entity's records hold them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import strawberry

from api.graphql.context import Info
from kg.features.attributes import Attribute


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
    hidden = not personal and (attribute.personal or attribute.type in ("text", "list") or not attribute.feature)
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


def _text(attribute: Attribute, held: Mapping[str, Any], value: object) -> str:
    if attribute.type == "flag":
        return "yes" if value else "no"
    if attribute.type == "date" and isinstance(value, float):
        return datetime.fromtimestamp(value, UTC).date().isoformat()
    if isinstance(value, float):
        return str(held.get(f"t_{attribute.property}") or f"{value:g}")
    return str(value)
