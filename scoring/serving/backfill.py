"""Scores of moments before anybody asked: how a deal would have looked at each month's end since it was opened.

They are marked as never having been an answer, and the model knows what came after them, of ended deals the end itself:
they show how a score moved and why, not how good it is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.progress import Progress
from kg.query.files import load_queries
from scoring.learning.train import label_moments
from scoring.scores.score import Score
from scoring.serving.predict import usable
from scoring.serving.rescore import write_scores

if TYPE_CHECKING:
    from kg.graph import Graph

MONTH: Final = timedelta(days=30.4)
KIND: Final = "month_end"
MOST: Final = 20_000
"""Scores at a time: some 60 MB of the graph."""


def backfill(
    graph: "Graph",
    score: Score,
    *,
    as_of: datetime,
    home: Path,
    run: str,
    months: int,
    most: int = MOST,
    progress: Progress | None = None,
) -> int:
    """Score the month's ends of the last months at which entities were open and had no answer yet; returns how many.

    Entities that ended in these months are among them. What was computed before is not computed again; of more than
    `most` the newest are taken, and the next call goes on.
    """
    if not months:
        return 0
    pairs = missing(graph, score, as_of, as_of - months * MONTH)[:most]
    if pairs:
        write_scores(graph, score, usable(graph, home, score), pairs, run, progress, answered=False)
    return len(pairs)


def missing(graph: "Graph", score: Score, as_of: datetime, since: datetime) -> list[tuple[str, datetime]]:
    """(entity, month's end) from `since` on without a score, before the entity's first answer; newest first."""
    before: dict[str, Mapping[str, Any]] = {
        row["id"]: row for row in graph.read(load_queries("reads")["scored_before"], name=score.name, as_of=as_of)
    }
    found = []
    for row in label_moments(graph, score, as_of):
        moment, known = row["as_of"], before.get(row["id"])
        first = (known or {}).get("first")
        if row["moment"] != KIND or not since <= moment < as_of or (first is not None and moment >= first):
            continue
        if known is None or moment not in known["filled"]:
            found.append((str(row["id"]), moment))
    return sorted(found, key=lambda pair: (-pair[1].timestamp(), pair[0]))
