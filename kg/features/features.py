"""Features: each is one file, a number and its reasons (DESIGN section 4). This module reads them.

kg/features/extraction.py asks the database for the values of many (entity, moment) pairs, kg/features/recompute.py
builds a value from rows of evidence in Python, with the same arithmetic, and kg/features/paths.py gives the reasons.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from kg.errors import BadQuery, NotFound
from kg.features import sentences
from kg.ontology import ENTITIES
from kg.ontology.own import Own, current
from kg.query.files import CYPHER, load_queries
from kg.query.query import Query
from kg.query.shown import told_of
from kg.render.aggregates import aggregate_of
from kg.render.features import Pattern, batch_query, evidence_query, split
from kg.render.newest import expand_newest

Value = float | str | None
Entity = str
MONOTONE: Final = ("up", "down", "none")
FAMILIES: Final = (
    "buying center",
    "similarity",
    "account history",
    "contact history",
    "engagement",
    "stage history",
    "rep and team",
    "product and support",
    "network",
    "flat",
    "attribute",
    "event",
    "own",
)
VALUE: Final = re.compile(r"\w+(\.\w+)+")
NEWEST: Final = "At most the {} newest of one account or person count."
TOGETHER: Final = 8
DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature, as its file declares it.

    `empty` is the value without rows (None: missing); `monotone` says in which direction more of it speaks for winning;
    `take` keeps the heaviest rows only; `prior` is a Norm that joins the rows with a weight, so that few rows say
    little; `because`, `each` and `absent` are the sentences for a value, for one row, and for no rows; `none`, where
    given, is the sentence for rows of which none has x > 0; `digest` is the SHA-256 of the file.
    """

    name: str
    entity: Entity
    family: str
    about: str
    unit: str
    aggregate: str
    empty: float | None
    monotone: Literal["up", "down", "none"]
    window: str
    take: int | None
    prior: tuple[str, float] | None
    because: str
    each: str
    absent: str
    categorical: bool
    digest: str
    path: Path
    pattern: Pattern = field(repr=False, compare=False)
    rows: Query = field(repr=False, compare=False)
    none: str = ""

    @property
    def flat(self) -> bool:
        """Whether it is a plain attribute rather than something the graph tells."""
        return self.family in ("flat", "attribute", "event")

    @property
    def actionable(self) -> bool:
        """Whether sellers can act on it: whom they meet and how they talk, not what the deal or its past is."""
        return self.family in ("buying center", "engagement")


def feature_from(query: Query, root: Path = CYPHER) -> Feature:
    """A query of cypher/features as a feature; BadQuery says which header line is wrong."""
    if query.path is None:
        raise BadQuery(f"{query.place}: a feature is read from a file.")
    path = query.path
    place = str(path.relative_to(root.parent)) if path.is_relative_to(root.parent) else str(path)
    head = query.header
    _one_of(place, "entity", head["entity"], tuple(ENTITIES))
    _one_of(place, "family", head["family"], FAMILIES)
    _one_of(place, "monotone", head["monotone"], MONOTONE)
    if path.parent.name != head["entity"]:
        raise BadQuery(f"{place}:1: entity {head['entity']!r} belongs into the folder of that name.")
    pattern = _pattern(query, place)
    return Feature(
        name=query.name,
        entity=head["entity"],
        family=head["family"],
        about=head["about"] + (f" {NEWEST.format(head['newest'])}" if "newest" in head else ""),
        unit=head["unit"],
        aggregate=head["aggregate"],
        empty=_empty(head["empty"], place),
        monotone=head["monotone"],  # type: ignore[arg-type]
        window=head.get("window", ""),
        take=pattern.take,
        prior=pattern.prior,
        because=head["because"],
        each=head["each"],
        absent=head["absent"],
        categorical=head.get("categorical") == "true",
        digest=query.digest,
        path=path,
        pattern=pattern,
        rows=evidence_query(pattern),
        none=head.get("none", ""),
    )


def _pattern(query: Query, place: str) -> Pattern:
    head = query.header
    body, columns = split(_without_header(query.text), place)
    body = expand_newest(body, head.get("newest"), place)
    aggregate, argument = aggregate_of(head["aggregate"], place)
    for need in (*aggregate.needs, *(("w",) if "take" in head else ())):
        if need not in columns:
            raise BadQuery(f"{place}:1: {aggregate.name} needs the column {need!r}.")
    if "$personal" in body:
        raise BadQuery(f"{place}:1: told and seen stand in the RETURN of a feature; its rows are the same for all.")
    for key in ("because", "none", "each", "absent"):
        sentences.check(head.get(key, ""), tuple(columns), place)
    if head.get("categorical") == "true" and VALUE.fullmatch(columns["x"]):
        columns["said"] = told_of(body, columns["x"], place)
    return Pattern(
        name=query.name,
        entity=head["entity"],
        body=body,
        columns=columns,
        aggregate=aggregate,
        argument=argument,
        take=int(head["take"]) if "take" in head else None,
        prior=_prior(head.get("prior"), place),
    )


def load_features(root: Path = CYPHER) -> Mapping[str, Feature]:
    """Every feature by name, built in and own; BadQuery names the file and line that break the contract."""
    return _load(root, current())


@lru_cache(maxsize=8)
def _load(root: Path, own: Own) -> Mapping[str, Feature]:
    return {name: feature_from(query, root) for name, query in load_queries("features", root).items()}


def features_named(names: Sequence[str]) -> list[Feature]:
    """These features in this order; NotFound names one that does not exist."""
    known = load_features()
    if missing := [name for name in names if name not in known]:
        raise NotFound(f"feature {missing[0]!r} does not exist; the features are {', '.join(known)}.")
    return [known[name] for name in names]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Features of one entity that share a query, and what that query takes besides its rows."""

    features: tuple[Feature, ...]
    query: Query
    parameters: dict[str, Any]


def bundles(features: Sequence[Feature], size: int = TOGETHER) -> list[Bundle]:
    """The features in as few queries as is good."""
    found: list[Bundle] = []
    for entity in dict.fromkeys(feature.entity for feature in features):
        of_entity = [feature for feature in features if feature.entity == entity]
        for start in range(0, len(of_entity), size):
            some = tuple(of_entity[start : start + size])
            given = {
                f"{name}_{k}": value
                for k, f in enumerate(some)
                for name, value in parameters(f, "empty", "argument").items()
            }
            found.append(Bundle(some, batch_query([f.pattern for f in some]), given))
    return found


def parameters(feature: Feature, *more: str) -> dict[str, Any]:
    """What a feature's queries take besides rows: `take` and the weight of `prior` where it has them, and `more`."""
    given = {
        "empty": feature.empty,
        "take": feature.take,
        "prior": feature.prior and feature.prior[1],
        "argument": feature.pattern.argument,
    }
    return {k: given[k] for k in (*more, "take", "prior") if k == "empty" or given[k] is not None}


def _without_header(text: str) -> str:
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))
    return "\n".join(lines[first:]).strip()


def _one_of(place: str, key: str, value: str, valid: Sequence[str]) -> None:
    if value not in valid:
        raise BadQuery(f"{place}:1: {key} {value!r} is not one of {', '.join(valid)}.")


def _empty(text: str, place: str) -> float | None:
    try:
        return None if text == "null" else float(text)
    except ValueError:
        raise BadQuery(f"{place}:1: empty {text!r} is neither a number nor null.") from None


def _prior(text: str | None, place: str) -> tuple[str, float] | None:
    if text is None:
        return None
    group, _, weight = text.rpartition(" ")
    if "|" not in group:
        raise BadQuery(f"{place}:1: prior {text!r} should read 'norm|group weight'.")
    return group, float(weight)
