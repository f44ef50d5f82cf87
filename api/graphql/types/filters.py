"""What lists can be narrowed to and ordered by."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Final

import strawberry

from api.graphql.types.page import Direction
from kg.errors import InputError

MOST_ATTRIBUTES: Final = 10
"""Columns of one's own that one list can be narrowed by."""
OWN_COLUMNS: Final = "What its own columns must hold; all of it."


@strawberry.input(description="A column of your own and what its newest value must be.")
class AttributeFilter:
    """A column of your own and what its newest value must be."""

    name: str = strawberry.field(description="Name of the column.")
    equals: str | None = strawberry.field(
        default=None, description="The value as text, in any case: gold, yes, 12.5, the level of an ordinal."
    )
    min: float | None = strawberry.field(default=None, description="Least number; of an ordinal its rank.")
    max: float | None = strawberry.field(default=None, description="Highest number; of an ordinal its rank.")
    after: datetime | None = strawberry.field(default=None, description="Of a date: at that moment or later.")
    before: datetime | None = strawberry.field(default=None, description="Of a date: at that moment or earlier.")


@strawberry.input(description="Which deals; all that is given must hold.")
class DealFilter:
    """Which deals; all that is given must hold."""

    state: str | None = strawberry.field(default=None, description="open, won or lost.")
    kind: str | None = strawberry.field(default=None, description="new, renewal or expansion.")
    stage: str | None = strawberry.field(default=None, description="Name of the stage it is in.")
    text: str | None = strawberry.field(default=None, description="A part of its name, in any case.")
    min_amount: float | None = None
    max_amount: float | None = None
    opened_after: datetime | None = None
    opened_before: datetime | None = None
    account: strawberry.ID | None = strawberry.field(default=None, description="Id of its account.")
    owner: strawberry.ID | None = strawberry.field(default=None, description="Id of the rep who works it.")
    min_score: float | None = strawberry.field(default=None, description="Least score; with order by score only.")
    max_score: float | None = strawberry.field(default=None, description="Highest score; with order by score only.")
    attributes: list[AttributeFilter] | None = strawberry.field(default=None, description=OWN_COLUMNS)


@strawberry.input(description="Which leads; all that is given must hold.")
class LeadFilter:
    """Which leads; all that is given must hold."""

    status: str | None = None
    source: str | None = None
    text: str | None = strawberry.field(default=None, description="A part of its company's name, in any case.")
    created_after: datetime | None = None
    created_before: datetime | None = None
    converted: bool | None = strawberry.field(default=None, description="Whether it became a deal.")
    account: strawberry.ID | None = strawberry.field(default=None, description="Id of its account.")
    min_score: float | None = strawberry.field(default=None, description="Least score; with order by score only.")
    max_score: float | None = strawberry.field(default=None, description="Highest score; with order by score only.")
    attributes: list[AttributeFilter] | None = strawberry.field(default=None, description=OWN_COLUMNS)


@strawberry.input(description="Which accounts; all that is given must hold.")
class AccountFilter:
    """Which accounts; all that is given must hold."""

    text: str | None = strawberry.field(default=None, description="A part of its name, in any case.")
    country: str | None = None
    domain: str | None = None
    industry: str | None = None
    attributes: list[AttributeFilter] | None = strawberry.field(default=None, description=OWN_COLUMNS)


@strawberry.input(description="Which contacts; all that is given must hold.")
class ContactFilter:
    """Which contacts; all that is given must hold."""

    text: str | None = strawberry.field(default=None, description="A part of the name, in any case; for analysts.")
    seniority: str | None = None
    account: strawberry.ID | None = strawberry.field(default=None, description="Id of the account where they work.")
    attributes: list[AttributeFilter] | None = strawberry.field(default=None, description=OWN_COLUMNS)


@strawberry.input(description="What deals are ordered by: one of these. Those without it come last.")
class DealOrder:
    """What deals are ordered by: one of these. Those without it come last."""

    score: Direction | None = None
    amount: Direction | None = None
    opened_at: Direction | None = None
    close_date: Direction | None = None
    name: Direction | None = None


@strawberry.input(description="What leads are ordered by: one of these. Those without it come last.")
class LeadOrder:
    """What leads are ordered by: one of these. Those without it come last."""

    score: Direction | None = None
    created_at: Direction | None = None
    company: Direction | None = None


@strawberry.input(description="What accounts are ordered by.")
class AccountOrder:
    """What accounts are ordered by."""

    name: Direction | None = None


@strawberry.input(description="What contacts are ordered by.")
class ContactOrder:
    """What contacts are ordered by."""

    name: Direction | None = None


Order = DealOrder | LeadOrder | AccountOrder | ContactOrder
Filter = DealFilter | LeadFilter | AccountFilter | ContactFilter


def chosen(order: Order | None, default: tuple[str, Direction]) -> tuple[str, Direction]:
    """The one property and direction that an order names.

    Raises:
        InputError: it names none or several.
    """
    if order is None:
        return default
    given = [(f.name, getattr(order, f.name)) for f in dataclasses.fields(order) if getattr(order, f.name) is not None]
    if len(given) != 1:
        valid = ", ".join(f.name for f in dataclasses.fields(order))
        raise InputError(f"orderBy: name exactly one of {valid}; {len(given)} were named.")
    return given[0]


def parameters(given: Filter) -> dict[str, object]:
    """The filter as parameters of a page query; texts compare in lower case, moments need a time zone."""
    found: dict[str, object] = {}
    for f in dataclasses.fields(given):
        value = getattr(given, f.name)
        hold_zoned(f.name, value)
        found[f.name] = value.lower() if f.name == "text" and value is not None else value
    return found


def hold_zoned(name: str, value: object) -> None:
    """Refuse a moment without a time zone.

    Raises:
        InputError: it has none.
    """
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InputError(
            f"filter: {name} {value.isoformat()} has no time zone; write for example {value.isoformat()}Z."
        )
