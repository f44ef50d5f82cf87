"""Rows held against the ontology before they reach Neo4j: what Community cannot enforce is enforced here.

The checks of a label are compiled once, because they run for every value of every row.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kg.errors import IntegrityError
from kg.ontology import LABELS, TRIPLES, Property, Type
from kg.ontology.terms import OPEN
from kg.values import relationship_id

Prepare = Callable[[Mapping[str, Any]], dict[str, Any]]
Test = Callable[[Any], bool]
NONE: Final = type(None)
OWN: Final = re.compile(OPEN)


def _texts(value: Any) -> bool:
    return value is None or all(type(v) is str for v in value)


def _numbers(value: Any) -> bool:
    return value is None or all(type(v) is float or type(v) is int for v in value)


def _finite(value: Any) -> bool:
    return value is None or math.isfinite(value)


def _zoned(value: Any) -> bool:
    return value is None or value.tzinfo is not None


def _long(value: Any) -> bool:
    return value is None or -(2**63) <= value < 2**63


TYPES: Final[Mapping[Type, tuple[str, frozenset[type], Test | None]]] = {
    Type.TEXT: ("a text", frozenset((str, NONE)), None),
    Type.INTEGER: ("a whole number", frozenset((int, NONE)), _long),
    Type.NUMBER: ("a finite number", frozenset((float, int, NONE)), _finite),
    Type.FLAG: ("true or false", frozenset((bool, NONE)), None),
    Type.MOMENT: ("a datetime with a time zone", frozenset((datetime, NONE)), _zoned),
    Type.TEXTS: ("a list of texts", frozenset((list, tuple, NONE)), _texts),
    Type.NUMBERS: ("a list of numbers", frozenset((list, tuple, NONE)), _numbers),
}


@dataclass(frozen=True, slots=True)
class Check:
    """What a value must be: its exact types, and a further test where the type does not say it all."""

    declared: Property
    types: frozenset[type]
    test: Test | None


def compile_checks(properties: Mapping[str, Property]) -> dict[str, Check]:
    """The check of every property, by name."""
    checks: dict[str, Check] = {}
    for name, declared in properties.items():
        _, types, test = TYPES[declared.type]
        if declared.values:
            test = frozenset((*declared.values, None)).__contains__
        checks[name] = Check(declared, types, test)
    return checks


def node_checker(label: str, run: str) -> Prepare:
    """A function that checks one row of a label and returns the properties to store."""
    if label not in LABELS:
        raise IntegrityError(f"{label!r} is no label; the labels are {', '.join(LABELS)}.")
    checked = _checker(label, LABELS[label].by_name, open_=LABELS[label].open)

    def prepare(row: Mapping[str, Any]) -> dict[str, Any]:
        return checked({**row, "run": run})

    return prepare


def relationship_checker(triple: tuple[str, str, str], run: str) -> Prepare:
    """A function that checks one row of a triple and returns its ends and the properties to store."""
    if triple not in TRIPLES:
        raise IntegrityError(f"{triple} is no relationship of the ontology; kg/ontology/relationships.py lists them.")
    key, hubs = TRIPLES[triple].key, TRIPLES[triple].hubs
    what = "({})-[:{}]->({})".format(*triple)
    checked = _checker(what, TRIPLES[triple].by_name)

    def prepare(row: Mapping[str, Any]) -> dict[str, Any]:
        properties = {**row, "run": run}
        start, end = properties.pop("start", None), properties.pop("end", None)
        if type(start) is not str or type(end) is not str:
            raise IntegrityError(f"{what}: start {start!r} and end {end!r} must be ids (texts).")
        properties["id"] = relationship_id(start, end, *[properties.get(k) for k in key])
        for hub in hubs:
            properties[f"{hub}_id"] = start if hub == "start" else end
        return {"start": start, "end": end, "properties": checked(properties)}

    return prepare


def _checker(
    what: str, properties: Mapping[str, Property], *, open_: bool = False
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    checks = compile_checks(properties)
    required = tuple(name for name, declared in properties.items() if declared.required)
    numbers = tuple(name for name, declared in properties.items() if declared.type is Type.NUMBER)

    def checked(row: dict[str, Any]) -> dict[str, Any]:
        for name, value in row.items():
            check = checks.get(name)
            if open_ and check is None and OWN.fullmatch(name) and type(value) in (str, float):
                continue
            if check is None or type(value) not in check.types or (check.test and not check.test(value)):
                raise IntegrityError(f"{what} {row.get('id')!r}: {_complaint(name, value, check, properties)}")
        for name in required:
            if row.get(name) is None:
                raise IntegrityError(f"{what} {row.get('id')!r}: {name} is missing.")
        for name in numbers:  # 3 and 3.0 must be the same graph
            if type(row.get(name)) is int:
                row[name] = float(row[name])
        return row

    return checked


def _complaint(name: str, value: Any, check: Check | None, properties: Mapping[str, Property]) -> str:
    if check is None:
        return f"{name!r} is not a property; they are {', '.join(properties)}."
    if check.declared.values and isinstance(value, str):
        return f"{name} is {value!r}; the valid values are {', '.join(check.declared.values)}."
    return f"{name} must be {TYPES[check.declared.type][0]}, not {value!r}."
