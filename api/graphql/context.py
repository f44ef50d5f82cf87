"""What a resolver is given: who asks, the loaders of this request, and how entities become GraphQL objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import strawberry

from api.auth import Principal
from api.graphql.loaders import Loaders
from api.settings import ApiSettings
from kg.errors import InputError
from kg.ontology import LABELS
from kg.ontology.own import current
from kg.ontology.own_file import MARKER
from kg.query.shown import HIDDEN, personal

if TYPE_CHECKING:
    from kg.graph import AsyncGraph

TEXT_KEYED = frozenset({"Norm", "Attributes"})
"""Labels whose keys are made of what they speak of: a rep, an industry as its source spells it."""
Make = Callable[[Mapping[str, Any], "Context"], object]


@dataclass(slots=True)
class Context:
    """One request. `makers` turns a node's properties into the object of its label, so that no type imports another."""

    principal: Principal
    loaders: Loaders
    settings: ApiSettings
    makers: Mapping[str, Make] = field(default_factory=dict)
    _hidden: dict[str, str] = field(default_factory=dict)

    def entity(self, label: str, row: Mapping[str, Any] | None) -> object | None:
        """The GraphQL object for a node's properties, personal data masked where the role asks for it."""
        return None if row is None else self._maker(label)(row, self)

    def entities(self, label: str, rows: list[dict[str, Any]]) -> list[object]:
        """The same for many."""
        return [self._maker(label)(row, self) for row in rows]

    def _maker(self, label: str) -> Make:
        """What makes the object of a label; kinds of the company's own have one for all."""
        return self.makers[MARKER if label not in self.makers and current().kind_of(label) else label]

    def shown(self, label: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of a node or relationship that this principal may see; masked ones are empty.

        Masked are those personal by the ontology, and in this row those whose value a person carries.
        """
        if self.principal.sees_personal:
            return dict(row)
        hidden = personal(label).union(row.get("personal_values") or ())
        if label in LABELS and LABELS[label].open:  # what the columns of a user's own hold is known by their types only
            hidden |= row.keys() - LABELS[label].by_name.keys() | {"record"}
        return {name: None if name in hidden else value for name, value in row.items()}

    def key(self, label: str, row: Mapping[str, Any], name: str) -> str:
        """A key of a row, such as a record's id; 'hidden 1', 'hidden 2' where a person's address or name is in it.

        One key has one such word in one answer, and another in the next: nothing can be looked up by it.
        """
        shown = self.shown(label, row).get(name)
        if shown is not None and (label not in TEXT_KEYED or self.principal.sees_personal):
            return str(shown)
        return self._hidden.setdefault(str(row.get(name)), f"{HIDDEN} {len(self._hidden) + 1}")

    def page(self, first: int | None, default: int | None = None) -> int:
        """How many rows a list may return.

        Raises:
            InputError: it is below 1 or above the limit.
        """
        rows = first if first is not None else default or self.settings.page_size
        if not 1 <= rows <= self.settings.page_limit:
            raise InputError(f"first: {rows} is outside 1 to {self.settings.page_limit}; ask for more by `after`.")
        return rows


def new_context(principal: Principal, graph: AsyncGraph, settings: ApiSettings, makers: Mapping[str, Make]) -> Context:
    """The context of one request."""
    return Context(principal, Loaders(graph, personal=principal.sees_personal), settings, makers)


Info = strawberry.Info[Context, None]
