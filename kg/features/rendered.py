"""Features that are rendered from what a company declares, rather than read from a file of ours."""

import hashlib
from pathlib import Path

from kg.features.features import Feature
from kg.render.aggregates import aggregate_of
from kg.render.attributes import Drawn
from kg.render.features import Pattern, evidence_query


def rendered(
    drawn: Drawn,
    told: object,
    place: Path,
    *,
    name: str,
    entity: str,
    family: str,
    about: str,
    unit: str,
    aggregate: str,
    because: str,
    each: str,
    absent: str,
    empty: float | None = None,
    categorical: bool = False,
) -> Feature:
    """A feature of a rendered pattern; `told` is all that its values depend on, for the digest; `place` renders it.

    Raises:
        BadQuery: there is no such aggregate.
    """
    body, columns = drawn
    kind, argument = aggregate_of(aggregate, str(place))
    pattern = Pattern(
        name=name, entity=entity, body=body, columns=columns, aggregate=kind, argument=argument, take=None, prior=None
    )
    return Feature(
        name=name,
        entity=entity,
        family=family,
        about=about,
        unit=unit,
        aggregate=aggregate,
        empty=empty,
        monotone="none",
        window="",
        take=None,
        prior=None,
        because=because,
        each=each,
        absent=absent,
        categorical=categorical,
        digest=hashlib.sha256(repr(told).encode()).hexdigest(),
        path=place,
        pattern=pattern,
        rows=evidence_query(pattern),
    )


def worded(text: str) -> str:
    """A company's own word as a sentence takes it: braces would be places to fill."""
    return text.replace("{", "(").replace("}", ")")
