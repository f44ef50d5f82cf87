"""Attributes as features: each column of the user's own that counts, of an entity or of what it is tied to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.features.features import Feature
from kg.features.rendered import rendered, worded
from kg.graph import Graph
from kg.query.files import load_queries
from kg.render.attributes import CONTACTS, WAYS, Way, attribute_pattern

FAMILY: Final = "attribute"
UNITS: Final = {"flag": "flag", "date": "days", "ordinal": "rank", "category": "text", "money": "money"}
PLACE: Final = Path("kg/render/attributes.py")
WORDED: Final = ("category", "text", "list")
"""Types whose value is a text, so that a person's value may stand there."""
NO_FEATURE: Final = ("text", "list")
"""Types that are no feature whoever allows it: a list is one by its parts."""
AGGREGATES: Final = {"share": "share", "any": "max", "best": "max"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of the user's own, as the graph holds it."""

    kind: str
    name: str
    property: str
    type: str
    levels: tuple[str, ...] = ()
    filled: int = 0
    feature: bool = True
    why: str = ""
    personal: bool = False
    aggregate: str | None = None
    event: str | None = None
    event_key: str | None = None


def attribute_of(row: Mapping[str, object]) -> Attribute:
    """An attribute from the properties of its node."""
    known = {name: row[name] for name in Attribute.__slots__ if row.get(name) is not None}
    return Attribute(**{**known, "levels": tuple(known.get("levels", ()))})  # type: ignore[arg-type]  # as loaded


def read_attributes(graph: Graph) -> tuple[Attribute, ...]:
    """Every attribute that the graph knows, by kind and name."""
    rows = graph.read(load_queries("reads")["attributes"])
    return tuple(attribute_of(row["row"]) for row in rows)


def attribute_features(entity: str, attributes: Sequence[Attribute], refused: bool = False) -> Iterator[Feature]:
    """The features that attributes make of an entity; named `attribute:Name`, `account attribute:Name`, ….

    With `refused` also of those that were found not fit to learn from, for a model that somebody allowed to.
    """
    for attribute in attributes:
        if attribute.personal or attribute.type in NO_FEATURE or not (attribute.feature or refused):
            continue
        for way in WAYS:
            if way.entity == entity and way.kind == attribute.kind:
                yield _feature(way, attribute, "latest")
        if entity == "deal" and attribute.kind == "contact" and attribute.aggregate in AGGREGATES:
            yield _feature(CONTACTS, attribute, AGGREGATES[attribute.aggregate])


def _feature(way: Way, attribute: Attribute, name: str) -> Feature:
    drawn = attribute_pattern(way, attribute.property, attribute.type)
    shown = worded(attribute.name)
    of = f" of the {way.kind}" if way.words and way is not CONTACTS else ""
    because = f"{shown}{of}: {{words}}, since {{at:day}}"
    if way is CONTACTS:
        value = "{value:percent} of" if attribute.aggregate == "share" else "{words} among"
        because = f"{shown}: {value} {{count:plural contact contacts}}"
    body, columns = drawn
    told = (way, attribute.kind, attribute.name, attribute.property, attribute.type, attribute.levels, body)
    return rendered(
        drawn,
        (told, sorted(columns.items()), name),
        PLACE,
        name=f"{way.words}attribute:{attribute.name}",
        entity=way.entity,
        family=FAMILY,
        about=f"{shown}{of}, as its records say it ({attribute.type}).",
        unit=UNITS.get(attribute.type, "number"),
        aggregate=name,
        because=because,
        each="{words}, known since {since:day}",
        absent=f"{shown}{of} is not known.",
        categorical=attribute.type == "category",
    )
