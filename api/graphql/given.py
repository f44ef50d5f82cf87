"""Values that no query may bring: texts that no database keeps, numbers past 64 bits, dates that are none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import ArgumentNode, FloatValueNode, IntValueNode, Node, ObjectFieldNode, StringValueNode
from strawberry.extensions import SchemaExtension

from kg.errors import InputError

LEAST, MOST = -(2**63), 2**63 - 1
DIGITS = 20
DEEPEST = 50


def hold(name: str, value: object, depth: int = 0) -> None:
    """Refuse a value that cannot reach the graph as it was given.

    Raises:
        InputError: a text holds a NUL byte or half a character, a number is past 64 bits or none, or lists and maps
            are nested too deep.
    """
    if depth > DEEPEST:
        raise InputError(f"{name}: more than {DEEPEST} lists or maps inside one another; give a flat value.")
    if isinstance(value, str):
        _hold_text(name, value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{name}: {value} is not a number; give a finite one.")
    elif isinstance(value, int) and not LEAST <= value <= MOST:
        raise InputError(f"{name}: a whole number past 64 bits; give one between -2^63 and 2^63 - 1.")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _hold_text(name, str(key))
            hold(str(key), inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            hold(name, inner, depth + 1)


def _hold_text(name: str, value: str) -> None:
    if "\0" in value:
        raise InputError(f"{readable(name)}: the text holds a NUL byte; leave it out.")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise InputError(f"{readable(name)}: the text holds half a character (a lone surrogate); send valid UTF-8.")


def readable(text: str) -> str:
    """A text that can be sent, whatever it holds."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def _literals(node: Node, name: str) -> Iterator[tuple[str, Node]]:
    """(argument, literal) of every value that stands in a document."""
    below: list[tuple[Node, str]] = [(node, name)]
    while below:
        one, of = below.pop()
        if isinstance(one, ArgumentNode | ObjectFieldNode):
            of = one.name.value
        if isinstance(one, StringValueNode | IntValueNode | FloatValueNode):
            yield of, one
        for key in one.keys:
            inner = getattr(one, key, None)
            below += [
                (each, of) for each in (inner if isinstance(inner, list | tuple) else [inner]) if isinstance(each, Node)
            ]


class ValueGuard(SchemaExtension):
    """Refuse such values before the query is validated, wherever they stand."""

    def on_validate(self) -> Iterator[None]:
        """Look at the literals of the document and at the variables."""
        context = self.execution_context
        hold("variables", context.variables or {})
        for name, node in _literals(context.graphql_document, "query") if context.graphql_document else ():
            literal: Any = node
            if isinstance(node, IntValueNode):
                hold(name, int(literal.value) if len(literal.value) < DIGITS + 1 else MOST + 1)
            else:
                hold(name, float(literal.value) if isinstance(node, FloatValueNode) else literal.value)
        yield
