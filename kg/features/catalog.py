"""Every feature of an entity: those of files, and those that columns and events of the user's own make."""

from collections.abc import Iterator, Sequence

from kg.features.attributes import Attribute, attribute_features
from kg.features.events import event_features
from kg.features.features import Feature, load_features


def own_features(entity: str, attributes: Sequence[Attribute], refused: bool = False) -> Iterator[Feature]:
    """The features that own columns and own events make of an entity; `refused` as for `attribute_features`."""
    yield from attribute_features(entity, attributes, refused)
    yield from event_features(entity, attributes)


def catalog(entity: str, attributes: Sequence[Attribute], refused: bool = False) -> dict[str, Feature]:
    """Every feature of an entity by name, those of files first; `refused` as for `attribute_features`."""
    files = {name: f for name, f in load_features().items() if f.entity == entity}
    return {**files, **{f.name: f for f in own_features(entity, attributes, refused)}}
