"""The words of the graph: every label and relationship type, declared once.

Constraints, the loader's MERGE, validation of staged rows, masking and descriptions are derived from here.
"""

from kg.errors import ConfigurationError
from kg.ontology.nodes import NODES
from kg.ontology.relationships import RELATIONSHIPS
from kg.ontology.terms import Node, Property, Relationship, Type

LABELS: dict[str, Node] = {node.label: node for node in NODES}
TRIPLES: dict[tuple[str, str, str], Relationship] = {r.triple: r for r in RELATIONSHIPS}
TYPES: frozenset[str] = frozenset(r.type for r in RELATIONSHIPS)

for _start, _type, _end in TRIPLES:
    if _start not in LABELS or _end not in LABELS:
        raise ConfigurationError(f"({_start})-[:{_type}]->({_end}) names a label that is not declared")

__all__ = ["LABELS", "NODES", "RELATIONSHIPS", "TRIPLES", "TYPES", "Node", "Property", "Relationship", "Type"]
