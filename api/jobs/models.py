"""What a refresh does with its models and says of them: features left out, and why the data alone do not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import FeatureFailed
from kg.graph import Graph
from kg.progress import Progress

if TYPE_CHECKING:
    from scoring.health.verdict import Verdict
    from scoring.registry.artifact import Artifact
    from scoring.scores.score import Score

HEALTH = "health"
"""What a notice of something that is wrong with a score is called."""
LEFT_OUT = "feature left out"
"""What a notice of a feature that a model does without is called."""


def left_out(model: Artifact) -> list[Mapping[str, Any]]:
    """A notice for each feature that a model does without."""
    return [
        {"what": LEFT_OUT, "score": model.score, "feature": name, "sentence": sentence}
        for name, sentence in zip(sorted(model.left_out), model.missed, strict=True)
    ]


def basis_of(model: Artifact, minimum: int) -> str | None:
    """Why a model is not learned from the data alone; None where it is.

    What counts are the outcomes that a score can learn from: known by then, within its horizon, each entity once.
    """
    told, basis = model.manifest, model.served.basis
    won, lost = float(told.get("won", 0)), float(told.get("examples", 0)) - float(told.get("won", 0))
    usable = f"{model.score}: {won:,.0f} won and {lost:,.0f} lost examples can be learned from"
    if basis == "RULES" and won + lost == 0:
        return (
            f"{model.score}: no outcome can be learned from, so rules answer (basis RULES): nothing has ended yet, or "
            "what has was known only from its end on (known_at says when a row was known)."
        )
    if basis == "RULES":
        return f"{usable}, which is too few to say much, so rules carry the answer (basis RULES)."
    if basis == "BLEND":
        return f"{usable}; below {minimum} of each, rules still carry part of the answer (basis BLEND)."
    return None


@dataclass(frozen=True, slots=True)
class Scored:
    """How many entities are open, the model learned without features that failed, and what is wrong with the score."""

    count: int
    anew: Artifact | None
    verdict: Verdict | None

    @property
    def notices(self) -> list[Mapping[str, Any]]:
        """What there is to tell, as data."""
        found = left_out(self.anew) if self.anew else []
        if self.verdict:
            found += [
                {"what": HEALTH, "score": self.verdict.answers.score, "sentence": s} for s in self.verdict.sentences
            ]
        return found


def scored(
    graph: Graph, score: Score, learned: str | None, now: datetime, home: Path, run: str, progress: Progress
) -> Scored:
    """Looks at the model that was learned and scores what is open, and the month's ends that nobody asked of.

    Where something is wrong with the model, another one answers. Where a feature fails that could be learned from, the
    score is learned without it first: that model is given back.
    """
    from scoring.health.watch import watch
    from scoring.learning.train import train
    from scoring.serving.backfill import backfill
    from scoring.serving.rescore import score_all
    from scoring.settings import settings

    given: Mapping[str, Any] = {"as_of": now, "home": home, "progress": progress}
    anew: Artifact | None = None
    without: dict[str, str] = {}
    while True:
        try:
            verdict = watch(graph, score, anew.version if anew else learned, run=run, **given)
            count = score_all(graph, score, run=run, **given)
            backfill(graph, score, run=run, months=settings().backfill_months, **given)
        except FeatureFailed as failed:
            if failed.feature in without:
                raise
            without[failed.feature] = failed.reason
            anew = train(graph, score, without=without, **given)
        else:
            return Scored(count, anew, verdict)
