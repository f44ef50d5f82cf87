"""The words of the graph: every label and relationship type, declared once.

Constraints, the loader's MERGE, validation of staged rows, masking and descriptions are derived from here. Each of the
collections below holds what is built in and what is own in the present context (`kg.ontology.own.using`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import TypeVar, overload

from kg.errors import ConfigurationError
from kg.ontology import nodes, relationships
from kg.ontology.own import Own, current
from kg.ontology.own_file import MARKER
from kg.ontology.terms import Node, Property, Relationship, Type

K = TypeVar("K")
V = TypeVar("V")


class Words(Mapping[K, V]):
    """What is built in, by name, and what is own in this context."""

    def __init__(self, built_in: Mapping[K, V], own: Callable[[Own], Mapping[K, V]]) -> None:
        self._built_in, self._own = dict(built_in), own

    def __getitem__(self, key: K) -> V:
        found = self._built_in.get(key)
        return self._own(current())[key] if found is None else found

    def __iter__(self) -> Iterator[K]:
        yield from self._built_in
        yield from self._own(current())

    def __len__(self) -> int:
        return len(self._built_in) + len(self._own(current()))


class Declared(Sequence[V]):
    """What is built in, in order, and behind it what is own in this context."""

    def __init__(self, built_in: Sequence[V], own: Callable[[Own], Sequence[V]]) -> None:
        self._built_in, self._own = tuple(built_in), own

    def _all(self) -> tuple[V, ...]:
        return (*self._built_in, *self._own(current()))

    @overload
    def __getitem__(self, index: int) -> V: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[V]: ...
    def __getitem__(self, index: int | slice) -> V | Sequence[V]:
        return self._all()[index]

    def __iter__(self) -> Iterator[V]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class Names(Set[str]):
    """The names of relationship types, built in and own."""

    def __contains__(self, name: object) -> bool:
        return any(r.type == name for r in RELATIONSHIPS)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(r.type for r in RELATIONSHIPS))

    def __len__(self) -> int:
        return len({r.type for r in RELATIONSHIPS})


NODES: Sequence[Node] = Declared(nodes.NODES, lambda own: own.nodes)
RELATIONSHIPS: Sequence[Relationship] = Declared(relationships.RELATIONSHIPS, lambda own: own.relationships)
LABELS: Mapping[str, Node] = Words(
    {node.label: node for node in nodes.NODES}, lambda own: {node.label: node for node in own.nodes}
)
TRIPLES: Mapping[tuple[str, str, str], Relationship] = Words(
    {r.triple: r for r in relationships.RELATIONSHIPS}, lambda own: {r.triple: r for r in own.relationships}
)
TYPES: Set[str] = Names()
MARKERS = frozenset(("Current", MARKER))
"""Labels that mark a node beside the one that says what it is."""
ENTITIES: Mapping[str, str] = Words(
    {
        **{"deal": "Deal", "lead": "Lead", "account": "Account", "contact": "Contact"},
        **{name: first for name, (first, _) in nodes.PAIRS.items()},
    },
    lambda own: {kind.name: kind.label for kind in own.kinds},
)
"""What features and scores may be about, by name, with its label; of a pair that of the first."""
SECOND: Mapping[str, str] = {name: second for name, (_, second) in nodes.PAIRS.items()}
"""The label of the second of each pair."""

for _start, _type, _end in TRIPLES:
    if _start not in LABELS or _end not in LABELS:
        raise ConfigurationError(f"({_start})-[:{_type}]->({_end}) names a label that is not declared")

__all__ = [
    "ENTITIES",
    "LABELS",
    "MARKERS",
    "NODES",
    "RELATIONSHIPS",
    "SECOND",
    "TRIPLES",
    "TYPES",
    "Declared",
    "Node",
    "Property",
    "Relationship",
    "Type",
    "Words",
]
