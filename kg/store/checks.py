"""Audits: the digest that says whether two graphs are the same, and checks that must return no row."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any, Final

from kg.errors import IntegrityError
from kg.graph import Graph
from kg.progress import Progress
from kg.query.files import load_queries
from kg.query.query import Query
from kg.render.audit import audit_queries, digest_queries
from kg.store.migrate import schema_differences

MODULUS: Final = 2**256


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One audit: its name, what it holds, and the first rows that break it (none when it holds)."""

    name: str
    about: str
    rows: tuple[dict[str, Any], ...]

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return not self.rows

    @property
    def sentence(self) -> str:
        """What is wrong first, or that nothing is."""
        if self.ok:
            return f"{self.name}: holds."
        first = self.rows[0]
        more = f" and {len(self.rows) - 1} more at least" if len(self.rows) > 1 else ""
        return f"{self.name}: {first.get('id')}: {first.get('found')}{more}. {self.about}"


def digest(graph: Graph, progress: Progress | None = None) -> str:
    """64 hex digits that are equal for two graphs exactly when their nodes and relationships are.

    The order of rows has no part in it (hashes of rows are added), nor have run tags, Run, Workspace and Model nodes,
    Neo4j's own ids and the records of migrations. Floats count by their shortest exact text.
    """
    total, done = 0, 0
    for query, params in digest_queries():
        for row in graph.stream(query, **params):
            what = row["what"]
            what.pop("run", None)
            who = sorted(row["who"]) if query.name == "nodes" else row["who"]
            total += int.from_bytes(sha256(repr((who, sorted(what.items()))).encode()).digest())
            done += 1
            if progress and done % 10_000 == 0:
                progress(done, None, query.name)
    return f"{total % MODULUS:064x}"


def run_checks(graph: Graph, first: int = 5) -> list[CheckResult]:
    """Every audit with the first rows that break it: those of cypher/checks, of the ontology, and the schema's."""
    files = load_queries("checks").values()
    results = [_run(graph, query, {}, query.header["about"], first) for query in files]
    for query, params in audit_queries():
        results.append(_run(graph, query, params, "Everything is as the ontology declares it.", first))
    differences = tuple({"id": d.name, "found": d.problem} for d in schema_differences(graph))
    results.append(CheckResult("schema", "Constraints and indexes are those of the ontology.", differences))
    return results


def assert_checks(graph: Graph) -> None:
    """IntegrityError with the first audit that does not hold, and how many do not."""
    broken = [result for result in run_checks(graph) if not result.ok]
    if broken:
        more = f" ({len(broken) - 1} other checks fail too)" if len(broken) > 1 else ""
        raise IntegrityError(f"{broken[0].sentence}{more}")


def _run(graph: Graph, query: Query, params: dict[str, Any], about: str, first: int) -> CheckResult:
    return CheckResult(query.name, about, tuple(islice(graph.stream(query, **params), first)))
