"""Why a score is what it is: contributions that add up, each with its sentence and its paths in the graph."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.features.lineage import entity_behind
from kg.features.paths import Request, reasons
from scoring.registry.artifact import Artifact
from scoring.registry.registry import health_at
from scoring.scores.score import Score
from scoring.serving.predict import answer, features_of, score_row, usable

if TYPE_CHECKING:
    from kg.graph import Graph

PATHS = 5


def explain(
    graph: "Graph",
    score: Score,
    record: str,
    as_of: datetime,
    *,
    home: Path,
    second: str | None = None,
    first: int | None = None,
    paths: int = PATHS,
    version: str | None = None,
) -> dict[str, Any]:
    """The score of one record's entity at a moment, as a dict ready for JSON.

    Keys: entity_id, score, question, means, model, probability, low, high, band, basis, effective_n, health (why
    another model answers than the newest, in sentences), base, log_odds and contributions, largest first, each with
    feature, paired_with, value, contribution, sentence and paths. `record` is source:record_id, and so is `second`,
    which a score of pairs needs.
    """
    entity = entity_of(graph, score, record, as_of, second)
    model = usable(graph, home, score, version)
    row = score_row(model, score, answer(graph, model, [(entity, as_of)]), 0)
    contributions = explained(graph, model, row, as_of, first, paths)
    return {
        "entity_id": entity,
        "record": record,
        **({"second": second} if second else {}),
        "score": score.name,
        "question": model.manifest["question"],
        "means": model.manifest["means"],
        "as_of": as_of.isoformat(),
        "model": model.version,
        "probability": row["value"],
        "low": row["low"],
        "high": row["high"],
        "band": row["band"],
        "basis": row["basis"],
        "effective_n": row["effective_n"],
        "health": health_at(graph, score.name, as_of),
        "base": row["base"],
        "log_odds": row["log_odds"],
        "contributions": contributions,
    }


def entity_of(graph: "Graph", score: Score, record: str, as_of: datetime, second: str | None = None) -> str:
    """What a score is of: the entity behind a record, written as source:record_id, at a moment; or a pair of them.

    Raises:
        InputError: a record is not written so, or the score needs a second one, or takes none.
        NotFound: one was not known then.
    """
    return entity_behind(graph, score.entity, record, as_of, second)


def explained(
    graph: "Graph",
    model: Artifact,
    row: dict[str, Any],
    as_of: datetime,
    first: int | None,
    paths: int,
) -> list[dict[str, Any]]:
    """The contributions of a score row with sentences and paths."""
    files = features_of(graph, str(model.manifest["entity"]))
    names = row["features"][:first]
    found = reasons(graph, [Request(files[n], row["entity_id"], as_of) for n in names], paths, personal=True)
    out = []
    for i, (name, why) in enumerate(zip(names, found, strict=True)):
        value = row["texts"][i] or None if name in model.categorical else row["values"][i]
        out.append(
            {
                "feature": name,
                "paired_with": row["paired"][i] or None,
                "about": files[name].about,
                "value": None if value != value else value,
                "contribution": row["contributions"][i],
                "sentence": why.sentence,
                "paths": [_path(p) for p in why.paths],
            }
        )
    return out


def _path(path: Any) -> dict[str, Any]:
    return {
        "id": path.id,
        "sentence": path.sentence,
        "x": path.x,
        "weight": path.w,
        "at": path.at.isoformat() if path.at is not None else None,
        "nodes": [{"id": n.id, "labels": list(n.labels)} for n in path.nodes],
        "relationships": [{"type": r.type, "start": r.start, "end": r.end} for r in path.relationships],
    }
