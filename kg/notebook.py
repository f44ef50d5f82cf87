"""For analysts: the graph in a notebook, by py2neo (`pip install dealgraph[analyst]`). It reads and never writes.

from kg.notebook import Notebook

book = Notebook.connect()
book.frame("MATCH…", as_of=…)        a pandas DataFrame, a row for each record
book.subgraph("MATCH…")              a py2neo Subgraph: its nodes and relationships
book.graphml("MATCH…", "deal.graphml")   the same for Gephi, yEd, Cytoscape, by networkx
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kg.errors import ConfigurationError, InputError, ServerError
from kg.graph import NodeValue, RelationshipValue
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.settings import settings as current

if TYPE_CHECKING:
    import pandas
    from py2neo import Graph, Subgraph


class Notebook:
    """A read-only handle on the graph. Cypher is the analyst's own text, or a `Query` of kg.query.files."""

    def __init__(self, uri: str, user: str, password: str, database: str = "neo4j") -> None:
        try:
            from py2neo import Graph
            from py2neo.errors import ConnectionUnavailable
        except ImportError as error:
            raise ConfigurationError("py2neo is not installed: `pip install py2neo==2021.2.4`.") from error
        try:
            self._graph: Graph = Graph(uri, auth=(user, password), name=database)
        except (ConnectionUnavailable, OSError) as error:
            raise ServerError(f"{uri}: Neo4j cannot be reached; start it with `dealgraph up`.") from error

    @classmethod
    def connect(cls, settings: GraphSettings | None = None) -> Self:
        """The graph that the settings name."""
        chosen = settings or current()
        return cls(*chosen.address, chosen.neo4j_database)

    def frame(self, cypher: str | Query, **parameters: Any) -> pandas.DataFrame:
        """The records of a query as a DataFrame: a column for each name that it returns."""
        return self._run(cypher, parameters).to_data_frame()

    def subgraph(self, cypher: str | Query, **parameters: Any) -> Subgraph:
        """All nodes and relationships that a query returns, as one py2neo Subgraph (None when it returns none)."""
        return self._run(cypher, parameters).to_subgraph()

    def graphml(self, cypher: str | Query, path: Path | str, **parameters: Any) -> Path:
        """Write all nodes and relationships that a query returns into a GraphML file, and say where.

        Raises:
            InputError: the query returned neither node nor relationship.
        """
        from kg.features.networks import write_graphml

        found = self.subgraph(cypher, **parameters)
        if found is None:
            raise InputError("The query returned neither nodes nor relationships: return them, not their properties.")
        # py2neo may hold the end of a relationship a second time: our id tells that it is the same node
        nodes = list({n["id"]: NodeValue(tuple(sorted(n.labels)), dict(n)) for n in found.nodes}.values())
        ties = [
            RelationshipValue(type(r).__name__, str(r.start_node["id"]), str(r.end_node["id"]), dict(r))
            for r in found.relationships
        ]
        return write_graphml(nodes, ties, Path(path))

    def _run(self, cypher: str | Query, parameters: dict[str, Any]) -> Any:
        from py2neo.errors import ClientError

        text = cypher.text if isinstance(cypher, Query) else cypher
        try:
            return self._graph.query(text, parameters)  # a read transaction: Neo4j refuses to write in it
        except ClientError as error:
            raise InputError(f"Neo4j refused the query: {' '.join(str(error).split())[:300]}") from error
