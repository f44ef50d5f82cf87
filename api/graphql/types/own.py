"""Kinds that a company declares itself, read by one generic type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from api.graphql.context import Context, Info
from api.graphql.cursors import Cursor, decode
from api.graphql.types.entity import Entity
from api.graphql.types.graph import text
from api.graphql.types.page import Connection, page
from api.graphql.types.score import own_score
from kg.errors import Forbidden, InputError
from kg.ontology.own import current
from kg.ontology.own_file import OwnKind, OwnProperty
from kg.query.shown import personal
from kg.render.own import own_by_ids, own_page
from scoring.scores import SCORES


@strawberry.type(description="A property that an own kind declares.")
class OwnPropertyDefinition:
    """A property that an own kind declares."""

    name: str
    type: str = strawberry.field(description="text, integer, number, flag or moment.")
    about: str = strawberry.field(description="What it says, as ontology.toml describes it.")
    unit: str | None
    personal: bool = strawberry.field(description="Whether it is personal data, empty for viewers.")
    tracked: bool = strawberry.field(description="Whether its history is kept as changes.")


@strawberry.type(description="A relationship that an own kind declares.")
class OwnRelationshipDefinition:
    """A relationship that an own kind declares."""

    type: str
    to: str = strawberry.field(description="Kind that it leads to.")
    about: str = strawberry.field(description="What it says, as ontology.toml describes it.")


@strawberry.type(description="A kind of entity that the company declares in its ontology.toml.")
class OwnKindDefinition:
    """A kind of entity that the company declares in its ontology.toml."""

    name: str
    label: str = strawberry.field(description="Its label in the graph.")
    about: str = strawberry.field(description="What it is, as ontology.toml describes it.")
    properties: list[OwnPropertyDefinition]
    relationships: list[OwnRelationshipDefinition]
    scores: list[str] = strawberry.field(description="Names of the scores about it.")


@strawberry.type(description="The value of a property of an own kind.")
class OwnValue:
    """The value of a property of an own kind."""

    name: str
    about: str = strawberry.field(description="What it says, as ontology.toml describes it.")
    unit: str | None
    value: str | None = strawberry.field(description="As text; empty where it is unknown or may not be seen.")
    number: float | None = strawberry.field(description="Where it is a number.")
    moment: datetime | None = strawberry.field(description="Where it is a moment.")
    flag: bool | None = strawberry.field(description="Where it is true or false.")


@strawberry.input(description="A property of an own kind and the value that it must have.")
class OwnFilter:
    """A property of an own kind and the value that it must have."""

    property: str
    equals: str = strawberry.field(description="The value as text: 12.5, true, 2026-01-31T00:00:00Z, open.")


@strawberry.type(description="An entity of a kind that the company declares itself.")
class OwnEntity(Entity):
    """An entity of a kind that the company declares itself."""

    declared: strawberry.Private[OwnKind]
    shown: strawberry.Private[Mapping[str, Any]]
    kind: str | None = strawberry.field(description="Name of its kind, as ontology.toml declares it.")
    name: str | None = strawberry.field(
        description="What people call it; kind and id where that is unknown or personal."
    )
    properties: list[OwnValue] = strawberry.field(description="Every declared property, in the order of ontology.toml.")

    @classmethod
    def of(cls, row: Mapping[str, Any], context: Context) -> OwnEntity:
        """The object for a node's properties, masked for this principal.

        Raises:
            InputError: no own kind of that name is published.
        """
        declared = kind_named(str(row["id"]).partition("|")[0])
        shown = context.shown(declared.label, row)
        id_ = context.key(declared.label, row, "id")
        said = shown.get(declared.display) if declared.display != "id" else None
        return cls(
            id=strawberry.ID(id_),
            declared=declared,
            shown=shown,
            kind=declared.name,
            name=text(said) if said is not None else f"{declared.name} {id_.partition('|')[2] or id_}",
            properties=[_value(p, shown.get(p.name)) for p in declared.properties],
        )

    def _own_score(self) -> str:
        return own_score(self.kind or "")


def _value(p: OwnProperty, value: Any) -> OwnValue:
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    return OwnValue(
        name=p.name,
        about=p.about,
        unit=p.unit,
        value=None if value is None else str(value).lower() if isinstance(value, bool) else text(value),
        number=number,
        moment=value if isinstance(value, datetime) else None,
        flag=value if isinstance(value, bool) else None,
    )


def kind_named(name: str) -> OwnKind:
    """The own kind of that name.

    Raises:
        InputError: there is none; the message names those there are.
    """
    found = next((kind for kind in current().kinds if kind.name == name), None)
    if found is None:
        valid = ", ".join(kind.name for kind in current().kinds)
        raise InputError(f"kind: there is no own kind {name!r}; the own kinds are {valid or 'none'}.")
    return found


def all_kinds() -> list[OwnKindDefinition]:
    """The own kinds that are published."""
    return [
        OwnKindDefinition(
            name=kind.name,
            label=kind.label,
            about=kind.about,
            properties=[
                OwnPropertyDefinition(
                    name=p.name, type=p.type, about=p.about, unit=p.unit, personal=p.personal, tracked=p.tracked
                )
                for p in kind.properties
            ],
            relationships=[OwnRelationshipDefinition(type=r.type, to=r.to, about=r.about) for r in kind.relationships],
            scores=[score.name for score in SCORES if score.entity == kind.name],
        )
        for kind in current().kinds
    ]


async def own_entity(info: Info, kind: str, id_: str) -> OwnEntity | None:
    """The own entity of that id, if it is known as of what is published."""
    rows = await info.context.loaders.rows_of(own_by_ids(kind_named(kind).label), id_)
    return OwnEntity.of(rows[0], info.context) if rows else None


async def own_entities(
    info: Info, kind: str, filters: list[OwnFilter], first: int, after: str | None
) -> Connection[OwnEntity]:
    """A page of own entities, by id.

    Raises:
        InputError: the kind, a property, a value or the cursor is not a valid one.
        Forbidden: the principal may not see a property that is asked for.
    """
    declared = kind_named(kind)
    order = f"own:{kind}:id"
    context = info.context
    rows = await context.loaders.rows_once(
        own_page(declared.label),
        as_of=await context.loaders.as_of(),
        at_id=decode(after, order).id if after else "",
        equal={f.property: _wanted(declared, f, context) for f in filters},
        first=first + 1,
    )
    made = [(OwnEntity.of(r["row"], context), Cursor(order, None, r["row"]["id"]).encode()) for r in rows]
    return page(made, first)


def _wanted(kind: OwnKind, asked: OwnFilter, context: Context) -> Any:
    p = next((p for p in kind.properties if p.name == asked.property), None)
    if p is None:
        valid = ", ".join(p.name for p in kind.properties)
        raise InputError(f"filter: a {kind.name} has no property {asked.property!r}; it has {valid}.")
    if p.name in personal(kind.label) and not context.principal.sees_personal:
        raise Forbidden(f"filter: {p.name} is personal data; searching by it needs the role analyst.")
    try:
        return _typed(p, asked.equals)
    except (ValueError, OverflowError):
        raise InputError(f"filter: {p.name} = {asked.equals[:60]!r} is no {p.type}; see `equals`.") from None


def _typed(p: OwnProperty, value: str) -> Any:
    if p.type == "text":
        return value
    if p.type == "flag":
        return {"true": True, "false": False}[value.lower()] if value.lower() in ("true", "false") else _no(value)
    if p.type == "moment":
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else _no(value)
    if p.type == "integer":
        number = int(value)
        return number if -(2**63) <= number < 2**63 else _no(value)
    return float(value)


def _no(value: str) -> Any:
    raise ValueError(value)
