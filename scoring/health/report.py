"""How well a score is, as plain data: what feeds it, what moved, what came of what it said, what it is worth."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.progress import Progress
from scoring.health import calibration
from scoring.health.events import events
from scoring.health.streams import Stream
from scoring.health.watch import examine, look
from scoring.registry import registry
from scoring.scores.score import Score
from scoring.settings import ScoringSettings, settings

if TYPE_CHECKING:
    from kg.graph import Graph


def report(
    graph: "Graph", score: Score, as_of: datetime, *, home: Path, progress: Progress | None = None
) -> dict[str, Any]:
    """The health of the model that serves, as of a moment, ready for JSON; nothing is changed by it.

    Keys: score, as_of, model, basis, open (how many entities were looked at), warnings (why an older model answers),
    breaches, untold, sources (kinds of event), moved (features and the score), answers (said against came; None while
    no month is decided), promised (AUC, Brier score and log loss without outcomes) and events.

    Raises:
        NotFound: no model of the score serves.
        FeatureFailed: a feature that it reads cannot be computed.
    """
    model = registry.served(graph, home, score.name)
    seen = look(graph, score, as_of)
    found = examine(graph, seen, model, progress)
    own = settings()
    return {
        "score": score.name,
        "as_of": as_of.isoformat(),
        "model": model.version,
        "basis": model.served.basis,
        "open": len(seen.pairs),
        "warnings": registry.health_at(graph, score.name, as_of),
        "breaches": [asdict(b) for b in found.breaches],
        "untold": found.untold,
        "sources": [_stream(s, own) for s in seen.streams],
        "moved": {name: asdict(one) for name, one in sorted(found.moved.items(), key=lambda m: (m[1].p, m[0]))},
        "answers": calibration.as_json(calibration.held(seen.answers)),
        "promised": calibration.promised(found.said),
        "events": [_event(row) for row in events(graph, score.name, as_of)],
    }


def _stream(one: Stream, own: ScoringSettings) -> dict[str, Any]:
    return {**asdict(one), "newest": one.newest.isoformat(), "named": one.named, "silent": one.silent(own)}


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("what", "subject", "severe", "sentence", "value", "allowed", "version", "answers")
    times = {name: row[name].isoformat() if row.get(name) else None for name in ("at", "ended_at")}
    return {**{name: row.get(name) for name in kept}, **times}
