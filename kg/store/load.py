"""Rows into the graph: validated by the ontology, merged in batches, tagged with the run that brought them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from kg.errors import IntegrityError
from kg.graph import Graph
from kg.progress import Progress
from kg.query.files import load_queries
from kg.render import loading
from kg.store.validate import node_checker, relationship_checker

Row = Mapping[str, Any]
Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class NodeRows:
    """Rows of one label: `id` and properties. A property that a row leaves out is removed from the node."""

    label: str
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class RelationshipRows:
    """Rows of one triple: `start`, `end` (our ids) and properties; the loader computes the relationship's id."""

    start: str
    type: str
    end: str
    rows: Iterable[Row]

    @property
    def triple(self) -> Triple:
        """What names the declaration."""
        return self.start, self.type, self.end


def load(
    graph: Graph,
    batches: Iterable[NodeRows | RelationshipRows],
    *,
    run: str,
    size: int = loading.BATCH,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Merge every row and return how many there were for each label and each `Start-TYPE->End`.

    Rows are streamed, `size` at a time. IntegrityError names the first row that the ontology refuses, or the first
    relationship whose end is not in the graph; what was merged before stays, and a second load completes it.
    """
    counts: dict[str, int] = {}
    done = 0
    for batch in batches:
        what, pieces = _pieces(batch, run, size)
        for piece in pieces:
            _merge(graph, batch, piece)
            counts[what] = counts.get(what, 0) + len(piece)
            done += len(piece)
            if progress:
                progress(done, None, what)
    return counts


def close_missing(
    graph: Graph, *, run: str, now: datetime, labels: Iterable[str] = (), triples: Iterable[Triple] = ()
) -> int:
    """Set `known_to = now` on everything asserted of these labels and triples that this run did not bring again."""
    queries = [*map(loading.close_relationships, triples), *map(loading.close_nodes, labels)]
    return sum(graph.write(query, run=run, now=now)[0]["closed"] for query in queries)


def void_moved(graph: Graph, *, run: str) -> int:
    """Void what earlier runs told of entities that a record has left in this run (merged, split, moved); how many.

    A source that no longer says something ends it; an identity that was corrected never held. Closed at `now`, it would
    still count at every earlier moment beside what took its place. Call it after `load`, before `close_missing`.
    """
    return int(graph.write(load_queries("writes")["void_moved"], run=run)[0]["entities"])


def remove(graph: Graph, label: str, *, run: str, **values: str) -> int:
    """Delete derived nodes (Score, Norm, Measure) that another run wrote and whose properties equal `values`."""
    query = loading.remove_nodes(label, tuple(sorted(values)))
    return int(graph.write(query, run=run, **values)[0]["removed"])


def _pieces(batch: NodeRows | RelationshipRows, run: str, size: int) -> tuple[str, Iterator[list[dict[str, Any]]]]:
    if isinstance(batch, NodeRows):
        prepare, what = node_checker(batch.label, run), batch.label
    else:
        prepare, what = relationship_checker(batch.triple, run), f"{batch.start}-{batch.type}->{batch.end}"
    return what, _chunks(map(prepare, batch.rows), size)


def _chunks(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    while piece := list(islice(rows, size)):
        yield piece


def _merge(graph: Graph, batch: NodeRows | RelationshipRows, piece: Sequence[dict[str, Any]]) -> None:
    if isinstance(batch, NodeRows):
        graph.write(loading.merge_nodes(batch.label), rows=piece)
        return
    matched = graph.write(loading.merge_relationships(batch.triple), rows=piece)[0]["matched"]
    if matched == len(piece):
        return
    ends = [{"start": row["start"], "end": row["end"]} for row in piece]
    lost = graph.read(loading.missing_ends(batch.triple), rows=ends)
    label, end = _lacking(batch, lost)
    raise IntegrityError(
        f"({batch.start})-[:{batch.type}]->({batch.end}): {len(piece) - matched} of {len(piece)} rows lack an end; "
        f"first, there is no {label} {end!r}. Load the nodes before their relationships."
    )


def _lacking(batch: RelationshipRows, lost: list[dict[str, Any]]) -> tuple[str, str]:
    if not lost:  # another transaction brought it meanwhile
        return batch.end, "?"
    return (batch.start, lost[0]["start"]) if lost[0]["no_start"] else (batch.end, lost[0]["end"])
