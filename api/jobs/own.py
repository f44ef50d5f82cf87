"""A company's own declarations in the graph: constraints for them, plans held against it, and what is published."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kg.errors import BadQuery
from kg.features.features import load_features
from kg.graph import Graph
from kg.ontology.own import NOTHING, Own, current, hold_kept, own_of
from kg.query.files import load_queries
from kg.query.own import OPEN
from kg.query.query import Query
from kg.render.features import batch_query
from kg.render.migration import statement
from kg.render.schema import schema_items

SCANS: Final = ("AllNodesScan", "CartesianProduct", "UndirectedAllRelationshipsScan", "DirectedAllRelationshipsScan")
"""Operators of a plan that grow with the whole graph, or with the product of two parts of it."""


def published_own(graph: Graph) -> Own:
    """The own declarations that the graph was published with."""
    rows = graph.read(load_queries("reads")["own"])
    return own_of(rows[0]["own"]) if rows else NOTHING


def prepare_own(graph: Graph) -> None:
    """Make the graph ready for the own declarations of this context, or refuse them before anything is read.

    Raises:
        ConfigurationError: a declaration that the graph still needs is gone.
        BadQuery: an own query breaks its contract, or Neo4j would scan all nodes or build a cartesian product for it.
    """
    own = current()
    before = published_own(graph)
    hold_kept(before, own)
    if own is NOTHING:
        return
    words = {node.label for node in own.nodes} | {r.type for r in own.relationships}
    for item in schema_items():
        if item.target in words:
            graph.write(statement(item.statement, item.name))
    for query, place in _queries():
        _hold_plan(graph, query, place)


def _queries() -> Iterator[tuple[Query, str]]:
    if current().folder("scores", ".toml"):
        from scoring.scores import SCORES

        len(SCORES)  # read, so that a file which cannot be followed is refused now
    for kind in OPEN:
        for query in load_queries(kind).values():
            if kind != "features" and query.path is not None and not query.path.is_absolute():
                yield query, query.place
    for feature in load_features().values():
        if not feature.path.is_absolute():
            yield batch_query([feature.pattern]), str(feature.path)


def _hold_plan(graph: Graph, query: Query, place: str) -> None:
    try:
        found = set(_operators(graph.explain(query)))
    except BadQuery as error:
        raise BadQuery(f"{place}:1: Neo4j does not accept it: {str(error).removeprefix(query.place + ': ')}") from error
    if wide := [name for name in SCANS if name in found]:
        raise BadQuery(
            f"{place}:1: Neo4j would answer it by {wide[0]}, which grows with the whole graph: give every node "
            "a label, and join the parts of the pattern by relationships."
        )


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    if plan:
        yield str(plan["operatorType"]).split("@")[0]
    for child in plan.get("children", ()):
        yield from _operators(child)
