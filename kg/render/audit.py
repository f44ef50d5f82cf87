"""The audits of the whole graph: its rows for the digest, and what Community cannot enforce, from the ontology."""

from collections.abc import Mapping
from typing import Any, Final

from kg.ontology import NODES, TRIPLES, Property, Type
from kg.ontology.terms import OPEN
from kg.query.query import Query
from kg.render.migration import OWN

STORED: Final[Mapping[Type, tuple[str, ...]]] = {
    Type.TEXT: ("STRING NOT NULL",),
    Type.INTEGER: ("INTEGER NOT NULL",),
    Type.NUMBER: ("FLOAT NOT NULL",),
    Type.FLAG: ("BOOLEAN NOT NULL",),
    Type.MOMENT: ("ZONED DATETIME NOT NULL",),
    Type.TEXTS: ("LIST<STRING NOT NULL> NOT NULL", "LIST<NOTHING> NOT NULL"),
    Type.NUMBERS: ("LIST<FLOAT NOT NULL> NOT NULL", "LIST<NOTHING> NOT NULL"),
}
"""What valueType() says of each of our types as Neo4j stores it."""

EVERY_NODE: Final = "MATCH (n) WHERE none(l IN labels(n) WHERE l IN $apart OR l STARTS WITH $own) "
EVERY_RELATIONSHIP: Final = (
    "MATCH (a)-[r]->(b) WHERE none(l IN labels(a) + labels(b) WHERE l IN $apart OR l STARTS WITH $own) "
)
"""All of the graph but for labels that are kept apart, and the records of migrations (`OWN`)."""

FAULTS: Final = (
    "[k IN keys(n) WHERE NOT k IN keys(rule.types) AND NOT (rule.open AND k =~ $open "
    "AND valueType(n[k]) IN ['STRING NOT NULL', 'FLOAT NOT NULL']) | k + ' is not declared'] "
    "+ [k IN keys(n) WHERE NOT valueType(n[k]) IN coalesce(rule.types[k], [valueType(n[k])]) "
    "| k + ' is stored as ' + valueType(n[k])] "
    "+ [k IN rule.required WHERE n[k] IS NULL | k + ' is missing'] "
    "+ [k IN keys(rule.valid) WHERE n[k] IS NOT NULL AND NOT n[k] IN rule.valid[k] | k + ' is ' + toString(n[k])] "
    "+ CASE WHEN n.known_to < n.known_from THEN ['known_to lies before known_from'] ELSE [] END"
)


def digest_queries() -> tuple[tuple[Query, dict[str, Any]], ...]:
    """Two queries whose rows are the whole graph but for volatile labels and migrations, with their parameters."""
    volatile = [node.label for node in NODES if node.volatile]
    nodes = EVERY_NODE + "RETURN labels(n) AS who, properties(n) AS what"
    relationships = EVERY_RELATIONSHIP + "RETURN [type(r), a.id, b.id] AS who, properties(r) AS what"
    params = {"apart": volatile, "own": OWN}
    named = (("nodes", nodes), ("relationships", relationships))
    return tuple((_query(name, "digest", text, params, ("who", "what")), params) for name, text in named)


def audit_queries() -> tuple[tuple[Query, dict[str, Any]], ...]:
    """Two queries that give what the ontology would have refused: existence, types, valid values, strange words."""
    nodes = {node.label: _rule(node.by_name, open_=node.open) for node in NODES}
    links = {"|".join(triple): _rule(declared.by_name) for triple, declared in TRIPLES.items()}
    of_nodes = (
        "MATCH (n) WHERE none(l IN labels(n) WHERE l STARTS WITH $own) "
        "WITH n, coalesce(head([l IN labels(n) WHERE $rules[l] IS NOT NULL]), head(labels(n)), 'no label') AS word "
        + _verdict("n.id")
    )
    of_links = (
        "MATCH (a)-[n]->(b) WHERE none(l IN labels(a) WHERE l STARTS WITH $own) "
        "WITH n, a, b, [s IN labels(a) | [e IN labels(b) | s + '|' + type(n) + '|' + e]] AS some "
        "WITH n, reduce(all = [], part IN some | all + part) AS some "
        "WITH n, coalesce(head([s IN some WHERE $rules[s] IS NOT NULL]), head(some), type(n)) AS word "
        + _verdict("n.id")
    )
    named = (("nodes_are_as_declared", of_nodes, nodes), ("relationships_are_as_declared", of_links, links))
    found: list[tuple[Query, dict[str, Any]]] = []
    for name, text, rules in named:
        params = {"rules": rules, "own": OWN, "open": OPEN}
        found.append((_query(name, "audit", text, params, ("id", "found")), params))
    return tuple(found)


def _verdict(key: str) -> str:
    return (
        "WITH n, word, $rules[word] AS rule "
        f"WITH n, word, CASE WHEN rule IS NULL THEN ['is not in the ontology'] ELSE {FAULTS} END AS faults "
        f"WHERE size(faults) > 0 RETURN {key} AS id, word + ' ' + faults[0] AS found"
    )


def _rule(properties: Mapping[str, Property], *, open_: bool = False) -> dict[str, Any]:
    return {
        "open": open_,
        "types": {name: list(STORED[p.type]) for name, p in properties.items()},
        "required": [name for name, p in properties.items() if p.required],
        "valid": {name: list(p.values) for name, p in properties.items() if p.values},
    }


def _query(name: str, kind: str, text: str, params: Mapping[str, Any], columns: tuple[str, ...]) -> Query:
    return Query(name, kind, text, parameters=frozenset(params), columns=columns)
