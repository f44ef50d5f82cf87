"""How a type is declared: descriptions come from the ontology and from docstrings, values from a node's properties."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self, TypeVar, cast, dataclass_transform

import strawberry

from api.graphql.context import Context
from kg.ontology import LABELS

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

First = Annotated[int | None, strawberry.argument(description="Rows at most, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="`endCursor` of the page before.")]
MASKED = "Empty for viewers: personal data."


def field(function: F) -> F:
    """A resolver whose docstring is its description."""
    return cast("F", strawberry.field(function, description=inspect.getdoc(function)))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def node_type(label: str) -> Callable[[type[T]], type[T]]:
    """A GraphQL type for a label: it and its fields are described by the ontology."""
    node = LABELS[label]

    def declare(cls: type[T]) -> type[T]:
        for name in inspect.get_annotations(cls):
            if name in node.by_name and name not in vars(cls):
                told = node.by_name[name]
                parts = (told.about, f"Unit: {told.unit}." if told.unit else "", MASKED if told.personal else "")
                setattr(cls, name, strawberry.field(description=" ".join(part for part in parts if part)))
        setattr(cls, "label", label)  # noqa: B010 (T has no such attribute)
        return strawberry.type(cls, description=node.about)

    return declare


class FromRow:
    """Built from a row: each field takes the value of its own name."""

    @classmethod
    def of(cls, row: Mapping[str, Any], context: Context) -> Self:
        """The object for a row, masked for this principal; what the row lacks is empty."""
        label = getattr(cls, "label", None)
        shown = context.shown(label, row) if label else row
        names = (f.name for f in dataclasses.fields(cast("Any", cls)) if f.init)
        made = {name: shown.get(name) for name in names}
        if label and "id" in made:
            made["id"] = context.key(label, row, "id")
        return cls(**made)
