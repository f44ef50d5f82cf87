"""Every feature of an entity: those of files, and those that columns and events of the user's own make."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from kg.errors import InputError, NotFound
from kg.features.attributes import Attribute, attribute_features
from kg.features.events import event_features
from kg.features.features import Feature, load_features
from kg.ontology import ENTITIES


def own_features(entity: str, attributes: Sequence[Attribute], refused: bool = False) -> Iterator[Feature]:
    """The features that own columns and own events make of an entity; `refused` as for `attribute_features`."""
    yield from attribute_features(entity, attributes, refused)
    yield from event_features(entity, attributes)


def catalog(entity: str, attributes: Sequence[Attribute], refused: bool = False) -> dict[str, Feature]:
    """Every feature of an entity by name, those of files first; `refused` as for `attribute_features`."""
    files = {name: f for name, f in load_features().items() if f.entity == entity}
    return {**files, **{f.name: f for f in own_features(entity, attributes, refused)}}


def feature_named(name: str, attributes: Sequence[Attribute], entity: str | None = None) -> Feature:
    """The feature of that name; `entity` says of what, where two entities have a feature of one name.

    Raises:
        NotFound: there is none; the message names those with a name most like it.
        InputError: several entities have one.
    """
    kinds = [kind for kind in ENTITIES if entity in (None, kind)]
    known = {kind: catalog(kind, attributes, refused=True) for kind in kinds}
    found = [features[name] for features in known.values() if name in features]
    if not found:
        names = sorted({n for features in known.values() for n in features})
        like = get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
        near = f"is it {' or '.join(like)}? " if like else ""
        raise NotFound(f"There is no feature {name!r}: {near}`dealgraph features list` names all.")
    if len(found) > 1:
        raise InputError(f"{name!r} is a feature of {' and '.join(f.entity for f in found)}: say which by --entity.")
    return found[0]
