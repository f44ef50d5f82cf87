"""Own events as features: how often each happened, how long ago, and the sum and the newest of its numbers."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kg.features.attributes import Attribute
from kg.features.features import Feature
from kg.render.aggregates import aggregate_of
from kg.render.events import NEWEST, WAYS, EventWay, event_pattern
from kg.render.features import Pattern, evidence_query

FAMILY: Final = "event"
KIND: Final = "activity"
PLACE: Final = Path("kg/render/events.py")
ABOUT: Final = {
    "count": "how often it happened",
    "days_since": "days since it last happened",
    "sum": "sum over all times that it happened",
    "latest": "as it was the last time",
}
OF_EVENTS: Final = (
    ("", "count", 0.0, "times", "{event}: {count:plural time times}, the last on {at:day}"),
    (", days since", "days_since", None, "days", "{event} {value:whole} days ago ({at:day})"),
)
OF_NUMBERS: Final = (
    (", sum", "sum", 0.0, "number", "{number} of {event}: {value} in {count:plural time times}"),
    (", last", "latest", None, "number", "{number} of {event}: {value} on {at:day}"),
)


def event_features(entity: str, attributes: Sequence[Attribute]) -> Iterator[Feature]:
    """The features that own events make of an entity; named `event:Name`, `account event:Name: number, sum`, …."""
    for one in attributes:
        if one.kind != KIND or not one.feature or one.event is None or one.event_key is None:
            continue
        for way in (way for way in WAYS if way.entity == entity):
            for form in OF_EVENTS if one.type == "event" else OF_NUMBERS:
                yield _feature(way, one, one.event, one.event_key, form)


def _feature(
    way: EventWay, one: Attribute, event: str, key: str, form: tuple[str, str, float | None, str, str]
) -> Feature:
    ending, name, empty, unit, because = form
    number = None if one.type == "event" else one.property
    body, columns = event_pattern(way, key, number)
    aggregate, argument = aggregate_of(name, str(PLACE))
    title = f"{way.words}event:{event}" + (f": {one.name}" if number else "") + ending
    shown, of = _plain(event), f" of the {way.through}" if way.through else ""
    said = because.replace("{event}", shown + of).replace("{number}", _plain(one.name))
    bound = f" The newest {NEWEST} activities of the {way.through} count." if "LIMIT" in body else ""
    what = f"{_plain(one.name)} of {shown}" if number else shown
    pattern = Pattern(
        name=title, entity=way.entity, body=body, columns=columns, aggregate=aggregate, argument=argument, take=None,
        prior=None,
    )  # fmt: skip
    told = (way, key, number, name, body, sorted(columns.items()))
    return Feature(
        name=title,
        entity=way.entity,
        family=FAMILY,
        about=f"{what}{of}: {ABOUT[name]}.{bound}",
        unit=unit,
        aggregate=name,
        empty=empty,
        monotone="none",
        window="",
        take=None,
        prior=None,
        because=said,
        each=f"{{event}} on {{at:day}}{': {x}' if number else ''}",
        absent=f"{shown}{of} has not happened.",
        categorical=False,
        digest=hashlib.sha256(repr(told).encode()).hexdigest(),
        path=PLACE,
        pattern=pattern,
        rows=evidence_query(pattern),
    )


def _plain(text: str) -> str:
    return text.replace("{", "(").replace("}", ")")
