"""Plans of queries: Neo4j makes them anew when the graph has outgrown those that it keeps."""

from typing import Final

from kg.graph import Graph
from kg.query.files import load_queries

SECONDS: Final = 300
"""Longest wait for the samples of the indexes."""
GROWN: Final = 1.5
"""Growth since the last time at which plans are made anew."""


def replan(graph: Graph) -> bool:
    """Have Neo4j plan its queries for the data as they are now, if they grew much since it last did.

    A plan made for less data can cost the square. Making all anew costs seconds, and the first answers after it wait
    for their plans: a night that changes little leaves them. Gives whether it was done.
    """
    reads = load_queries("reads")
    held = graph.read(reads["size"])[0]
    if held["planned_for"] and held["size"] < GROWN * held["planned_for"]:
        return False
    graph.read(reads["replan"], seconds=SECONDS)
    graph.write(load_queries("writes")["planned"], size=held["size"])
    return True
