"""Which model of a score serves. The graph alone says it, and keeps who changed it, when and why as runs."""

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import NotFound
from kg.query.files import load_queries
from kg.store.runs import new_run, record_run
from scoring.registry import artifact as artifacts
from scoring.registry.artifact import Artifact

if TYPE_CHECKING:
    from kg.graph import Graph

STAGE: Final = "activate "
WORSE: Final = 0.5
"""AUC whose interval ends below this is worse than drawing lots."""
SLOPES: Final = (0.6, 1.6)
"""A calibration slope whose interval lies outside is refused."""


@dataclass(frozen=True, slots=True)
class Activation:
    """That a version came to serve: before it `before` did (None: none), by whom, when and why."""

    score: str
    version: str
    before: str | None
    by: str
    at: datetime
    because: str


def register(graph: "Graph", model: Artifact, run: str) -> None:
    """Write a model into the graph, without letting it serve."""
    manifest = dict(model.manifest)
    row = {
        "id": f"{model.score}|{model.version}",
        "name": model.score,
        "version": model.version,
        "as_of": datetime.fromisoformat(manifest["as_of"]),
        "trained_at": datetime.fromisoformat(manifest["trained_at"]),
        "basis": model.served.basis,
        "manifest": json.dumps(manifest, sort_keys=True),
    }
    graph.write(load_queries("writes")["register_model"], row=row, run=run)


def serving(graph: "Graph", score: str) -> str | None:
    """The version that serves, None where none does."""
    rows = graph.read(load_queries("reads")["models"], keys=[{"name": score, "version": None}])
    return next((str(found["version"]) for row in rows for found in row["rows"]), None)


def served(graph: "Graph", home: Path, score: str, version: str | None = None) -> Artifact:
    """The model that serves, or that version.

    Raises:
        NotFound: none serves, or its files are not here.
    """
    version = version or serving(graph, score)
    if version is None:
        raise NotFound(f"There is no model of {score}: run `dealgraph train {score}` first.")
    return artifacts.read(home, score, version)


def degraded(graph: "Graph", score: str) -> bool:
    """Whether another model than the newest answers because something was wrong when that one was last looked at."""
    rows = graph.read(load_queries("reads")["open_health"], names=[score])
    return any(row["row"]["severe"] for row in rows)


def health_at(graph: "Graph", score: str, at: datetime) -> list[str]:
    """Why another model than the newest answered at a moment, in sentences; empty where it was the newest."""
    found = graph.read(load_queries("reads")["health_at"], keys=[{"name": score, "at": at}], as_of=at)
    return [str(event["sentence"]) for row in found for event in row["rows"]]


def serve(graph: "Graph", model: Artifact, because: str, run: str | None = None, by: str | None = None) -> bool:
    """Let a registered model serve from now on, and write down that it does; False where it did already.

    `by` is who asked; without a name, whoever runs this process.
    """
    before = serving(graph, model.score)
    if before == model.version:
        return False
    now = datetime.now(UTC)
    run = run or new_run(now)
    graph.write(load_queries("writes")["activate_model"], name=model.score, version=model.version)
    told = {"score": model.score, "version": model.version, "before": before, "by": by or _who(), "because": because}
    record_run(graph, run, f"{STAGE}{model.score}", started=now, finished=now, counts=told)
    return True


def activations(graph: "Graph", score: str) -> list[Activation]:
    """How models of a score came to serve, newest first."""
    rows = graph.read(load_queries("reads")["runs_of_stage"], stage=f"{STAGE}{score}")
    found = []
    for row in rows:
        told = json.loads(row["counts"])
        found.append(Activation(told["score"], told["version"], told["before"], told["by"], row["at"], told["because"]))
    return found


def served_before(graph: "Graph", score: str) -> str:
    """The version that served before the present one.

    Raises:
        NotFound: none did.
    """
    now = serving(graph, score)
    found = next((a.before for a in activations(graph, score) if a.version == now and a.before), None)
    if found is None:
        raise NotFound(f"No other model of {score} served before {now or 'any'}: there is nothing to roll back to.")
    return found


def gates(manifest: Mapping[str, Any]) -> list[str]:
    """Why a model should not come to serve unseen; empty where nothing speaks against it."""
    metrics: Mapping[str, Any] = manifest.get("metrics", {})
    found = []
    auc, slope = metrics.get("auc"), metrics.get("slope")
    if auc and auc["high"] < WORSE:
        found.append(
            f"on later deals it ranks worse than drawing lots (AUC {auc['value']:.2f}, at most {auc['high']:.2f})"
        )
    if slope and (slope["high"] < SLOPES[0] or slope["low"] > SLOPES[1]):
        found.append(f"on later deals its probabilities are off (slope {slope['value']:.2f}, 1 is right)")
    return found


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a passwd entry
        return "unknown"
