"""Own events as features: how often each happened, how long ago, and the sum and the newest of its numbers."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from kg.features.attributes import Attribute
from kg.features.features import NEWEST as AT_MOST
from kg.features.features import Feature
from kg.features.rendered import rendered, worded
from kg.render.attributes import Way
from kg.render.events import NEWEST, WAYS, event_pattern

FAMILY: Final = "event"
PLACE: Final = Path("kg/render/events.py")
KIND: Final = "activity"
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


def _feature(way: Way, one: Attribute, event: str, key: str, form: tuple[str, str, float | None, str, str]) -> Feature:
    ending, name, empty, unit, because = form
    number = None if one.type == "event" else one.property
    drawn = event_pattern(way, key, number)
    body, columns = drawn
    shown, of = worded(event), f" of the {way.kind}" if way.words else ""
    what = f"{worded(one.name)} of {shown}" if number else shown
    bound = f" {AT_MOST.format(NEWEST)}" if "newest(" in way.match else ""
    return rendered(
        drawn,
        (way, key, number, name, body, sorted(columns.items())),
        PLACE,
        name=f"{way.words}event:{event}" + (f": {one.name}" if number else "") + ending,
        entity=way.entity,
        family=FAMILY,
        about=f"{what}{of}: {ABOUT[name]}.{bound}",
        unit=unit,
        aggregate=name,
        empty=empty,
        because=because.replace("{event}", shown + of).replace("{number}", worded(one.name)),
        each=f"{{event}} on {{at:day}}{': {x}' if number else ''}",
        absent=f"{shown}{of} has not happened.",
    )
