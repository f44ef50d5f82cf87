"""Scores of everything open, written to the graph with their contributions and made current in one step."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ConfigurationError
from kg.ontology import ENTITIES
from kg.progress import Progress
from kg.query.files import load_queries
from kg.query.query import Query
from kg.store.load import NodeRows, RelationshipRows, load
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
    progress: Progress | None = None,
) -> int:
    """Score every entity of the kind that is open at `as_of`; returns how many.

    Readers see the old scores until the last step. A second call with the same model and moment writes the same nodes.
    """
    model = usable(graph, home, score)
    open_ids = [str(row["id"]) for row in graph.read(population_of(score), as_of=as_of)]
    load(graph, [NodeRows("Model", [model_row(model)])], run=run)
    for start in range(0, len(open_ids), CHUNK):
        ids = open_ids[start : start + CHUNK]
        rows = list(_rows(graph, score, model, [(i, as_of) for i in ids], progress))
        ends = [{"start": r["id"], "end": r["entity_id"]} for r in rows]
        load(graph, [NodeRows("Score", rows), RelationshipRows("Score", "OF", ENTITIES[score.entity], ends)], run=run)
    writes = load_queries("writes")
    graph.write(writes["publish_scores"], name=score.name, run=run)
    graph.write(writes["drop_other_scores"], name=score.name, run=run, as_of=as_of)
    graph.write(writes["activate_model"], name=score.name, version=model.version)
    return len(open_ids)


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


def _rows(
    graph: "Graph",
    score: Score,
    model: Artifact,
    pairs: list[tuple[str, datetime]],
    progress: Progress | None,
) -> Iterator[dict[str, Any]]:
    got = answer(graph, model, pairs, progress)
    for i in range(len(pairs)):
        yield score_row(model, score, got, i)


def model_row(model: Artifact) -> dict[str, Any]:
    """The Model node of an artifact; `active` is set when its scores are published."""
    manifest = dict(model.manifest)
    return {
        "id": f"{model.score}|{model.version}",
        "name": model.score,
        "version": model.version,
        "as_of": datetime.fromisoformat(manifest["as_of"]),
        "trained_at": datetime.fromisoformat(manifest["trained_at"]),
        "basis": model.served.basis,
        "manifest": json.dumps(manifest, sort_keys=True),
        "active": False,
    }
