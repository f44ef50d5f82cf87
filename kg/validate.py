"""Rows held against the ontology before they reach Neo4j: what Community cannot enforce is enforced here."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from kg.errors import IntegrityError
from kg.ontology import LABELS, TRIPLES, Property, Type

Prepare = Callable[[Mapping[str, Any]], dict[str, Any]]


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(v) is str for v in value)


def _numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(type(v) is float or type(v) is int for v in value)


def _moment(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


VALID: Final[Mapping[Type, tuple[str, Callable[[Any], bool]]]] = {
    Type.TEXT: ("a text", lambda v: type(v) is str),
    Type.INTEGER: ("a whole number", lambda v: type(v) is int and -(2**63) <= v < 2**63),
    Type.NUMBER: ("a finite number", lambda v: (type(v) is float or type(v) is int) and math.isfinite(v)),
    Type.FLAG: ("true or false", lambda v: type(v) is bool),
    Type.MOMENT: ("a datetime with a time zone", _moment),
    Type.TEXTS: ("a list of texts", _texts),
    Type.NUMBERS: ("a list of numbers", _numbers),
}


def node_checker(label: str, run: str) -> Prepare:
    """A function that checks one row of a label and returns the properties to store."""
    if label not in LABELS:
        raise IntegrityError(f"{label!r} is no label; the labels are {', '.join(LABELS)}.")
    properties = LABELS[label].by_name

    def prepare(row: Mapping[str, Any]) -> dict[str, Any]:
        return _checked(label, properties, {**row, "run": run})

    return prepare


def relationship_checker(triple: tuple[str, str, str], run: str) -> Prepare:
    """A function that checks one row of a triple and returns its ends and the properties to store."""
    if triple not in TRIPLES:
        raise IntegrityError(f"{triple} is no relationship of the ontology; kg/ontology/relationships.py lists them.")
    declared = TRIPLES[triple]
    what = "({})-[:{}]->({})".format(*triple)

    def prepare(row: Mapping[str, Any]) -> dict[str, Any]:
        properties = {**row, "run": run}
        start, end = properties.pop("start", None), properties.pop("end", None)
        if type(start) is not str or type(end) is not str:
            raise IntegrityError(f"{what}: start {start!r} and end {end!r} must be ids (texts).")
        properties["id"] = relationship_id(start, end, *(properties.get(k) for k in declared.key))
        return {"start": start, "end": end, "properties": _checked(what, declared.by_name, properties)}

    return prepare


def relationship_id(start: str, end: str, *key: Any) -> str:
    """`start>end` and then the key's values; `>` and `%` inside them are written %3E and %25."""
    parts = [k.isoformat() if isinstance(k, datetime) else "" if k is None else str(k) for k in (start, end, *key)]
    return ">".join(p.replace("%", "%25").replace(">", "%3E") if "%" in p or ">" in p else p for p in parts)


def _checked(what: str, properties: Mapping[str, Property], row: dict[str, Any]) -> dict[str, Any]:
    for name, value in row.items():
        declared = properties.get(name)
        if declared is None:
            raise IntegrityError(f"{what} {row.get('id')!r}: {name!r} is not a property; they are {', '.join(properties)}.")
        if value is None:
            continue
        expected, valid = VALID[declared.type]
        if not valid(value):
            raise IntegrityError(f"{what} {row.get('id')!r}: {name} must be {expected}, not {value!r}.")
        if declared.values and value not in declared.values:
            raise IntegrityError(
                f"{what} {row.get('id')!r}: {name} is {value!r}; the valid values are {', '.join(declared.values)}."
            )
    for name, declared in properties.items():
        if declared.required and row.get(name) is None:
            raise IntegrityError(f"{what} {row.get('id')!r}: {name} is missing.")
    return row
