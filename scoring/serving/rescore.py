"""Scores of everything open, written to the graph with their contributions and made current in one step."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import ConfigurationError
from kg.ontology import ENTITIES, SECOND
from kg.progress import Progress
from kg.query.files import load_queries
from kg.query.query import Query
from kg.store.load import NodeRows, RelationshipRows, load
from scoring.registry import registry
from scoring.registry.artifact import Artifact
from scoring.scores.score import Score
from scoring.serving.predict import answer, score_row, usable

if TYPE_CHECKING:
    from kg.graph import Graph

CHUNK = 5000


def score_all(
    graph: "Graph",
    score: Score,
    *,
    as_of: datetime,
    home: Path,
    run: str,
    version: str | None = None,
    shadow: bool = False,
    keep: bool = False,
    progress: Progress | None = None,
) -> int:
    """Score every entity of the kind that is open at `as_of`; returns how many.

    Readers see the old scores until the last step. A second call with the same model and moment writes the same nodes.
    `version` is another model than the one that serves; a `shadow` is written beside the current scores and never
    answers; `keep` leaves scores of other models at the moment, so that rolling back finds them.
    """
    model = usable(graph, home, score, version)
    open_ids = [str(row["id"]) for row in graph.read(population_of(score), as_of=as_of)]
    pairs = [(id_, as_of) for id_ in open_ids]
    write_scores(graph, score, model, pairs, run, progress, answered=False if shadow else None)
    given = {"name": score.name, "version": model.version, "as_of": as_of, "run": run}
    writes = load_queries("writes")
    if not shadow:
        graph.write(writes["publish_scores"], **given)
    graph.write(writes["drop_other_scores"], **given, keep=keep or shadow)
    return len(open_ids)


def activate(
    graph: "Graph",
    score: Score,
    version: str,
    *,
    as_of: datetime,
    home: Path,
    run: str,
    because: str,
    by: str | None = None,
    progress: Progress | None = None,
) -> int:
    """Let a version serve and make its scores at `as_of` the current ones; returns how many.

    Scores that it gave at that moment before are used again as they were, bit for bit; without any it scores anew.
    """
    model = usable(graph, home, score, version)
    registry.register(graph, model, run)
    given = {"name": score.name, "version": version, "as_of": as_of}
    if graph.read(load_queries("reads")["is_scored"], **given)[0]["scored"]:
        count = int(graph.write(load_queries("writes")["publish_scores"], **given, run=None)[0]["current"])
    else:
        count = score_all(graph, score, as_of=as_of, home=home, run=run, version=version, keep=True, progress=progress)
    registry.serve(graph, model, because, run, by)
    return count


def population_of(score: Score) -> Query:
    """The query that gives the entities a score is about.

    Raises:
        ConfigurationError: there is no such file.
    """
    found = load_queries("populations")
    if score.population not in found:
        raise ConfigurationError(
            f"score {score.name}: there is no cypher/populations/{score.population}.cypher; the populations are "
            f"{', '.join(found)}."
        )
    return found[score.population]


def write_scores(
    graph: "Graph",
    score: Score,
    model: Artifact,
    pairs: Sequence[tuple[str, datetime]],
    run: str,
    progress: Progress | None = None,
    *,
    answered: bool | None = None,
) -> None:
    """Write the scores of (entity, moment) pairs; `answered` says that they never were an answer, where it is False."""
    for start in range(0, len(pairs), CHUNK):
        some = pairs[start : start + CHUNK]
        got = answer(graph, model, some, progress)
        rows = [score_row(model, score, got, i) for i in range(len(some))]
        if answered is not None:
            rows = [{**row, "answered": answered} for row in rows]
        pair = score.entity in SECOND
        ends = [{"start": r["id"], "end": r["entity_id"].partition("|")[0] if pair else r["entity_id"]} for r in rows]
        load(graph, [NodeRows("Score", rows), RelationshipRows("Score", "OF", ENTITIES[score.entity], ends)], run=run)
