"""Any past score again: what was known at its moment, by the model that answered, compared bit for bit."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.progress import Progress
from kg.query.files import load_queries
from scoring.scores.score import Score
from scoring.serving.predict import answer, score_row, usable

if TYPE_CHECKING:
    from kg.graph import Graph

CHUNK = 5000
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many stored scores came out the same, the ids of a few that did not, and the checksums of both."""

    scores: int
    equal: int
    different: tuple[str, ...]
    stored: str
    replayed: str


def replay(
    graph: "Graph",
    score: Score,
    as_of: datetime,
    *,
    home: Path,
    version: str | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Compute every stored score of a moment (of one model, where it is named) anew and compare all of its figures.

    Scores differ where the graph has learned since that something it held was never so (an entity merged or voided).

    Raises:
        StaleModel: a feature file is not the one that the model was trained on.
    """
    found = graph.read(load_queries("reads")["scores_of_model"], name=score.name, as_of=as_of, version=version)
    rows = [row["row"] for row in found]
    sums = hashlib.sha256(), hashlib.sha256()
    equal, different = 0, []
    for old, new in _both(graph, score, rows, as_of, home, progress):
        texts = _text(old, new), _text(new, new)
        for total, text in zip(sums, texts, strict=True):
            total.update(text.encode())
        equal += texts[0] == texts[1]
        if texts[0] != texts[1]:
            different.append(str(new["id"]))
    return Replayed(len(rows), equal, tuple(different[:SHOWN]), sums[0].hexdigest(), sums[1].hexdigest())


def _both(
    graph: "Graph",
    score: Score,
    rows: list[Mapping[str, Any]],
    as_of: datetime,
    home: Path,
    progress: Progress | None,
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each stored score with the one computed anew, model by model."""
    for version in dict.fromkeys(str(row["version"]) for row in rows):
        model = usable(graph, home, score, version)
        mine = [row for row in rows if row["version"] == version]
        for start in range(0, len(mine), CHUNK):
            some = mine[start : start + CHUNK]
            got = answer(graph, model, [(str(row["entity_id"]), as_of) for row in some], progress)
            for i, row in enumerate(some):
                yield row, score_row(model, score, got, i)


def _text(row: Mapping[str, Any], like: Mapping[str, Any]) -> str:
    """The figures of a score, digit for digit; `as_of` is the same by the question."""
    return repr([(name, row.get(name)) for name in sorted(like) if name != "as_of"])
