"""Training: what was known at a moment → an artifact. Nothing later than `as_of` is used."""

import hashlib
import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ConfigurationError, FeatureFailed, NotFound
from kg.features.attributes import read_attributes
from kg.features.catalog import own_features
from kg.features.features import Feature, load_features
from kg.query.files import load_queries
from kg.store.runs import new_run
from scoring.learning import dataset
from scoring.learning.attributes import own_attributes, too_good
from scoring.learning.columns import features_that_can
from scoring.learning.reference import profile_of
from scoring.registry import artifact as artifacts
from scoring.registry import registry
from scoring.registry.artifact import Artifact
from scoring.scores.score import Score
from scoring.settings import settings

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.progress import Progress

CODE = "8"
"""Raised by hand when the same data would be learned in another way."""
DIRECTIONS = {"up": 1, "down": -1, "none": 0}
LIBRARIES = ("numpy", "scikit-learn", "interpret-core", "skops")


def train(
    graph: "Graph",
    score: Score,
    *,
    as_of: datetime,
    home: Path,
    progress: "Progress | None" = None,
    serve: bool = True,
    only: Sequence[str] | None = None,
    without: Mapping[str, str] | None = None,
) -> Artifact:
    """Learn a score from what was known at `as_of`; an unchanged training set gives the stored model back.

    `only` restricts the features (for comparisons); `without` leaves features out, each for a reason. A feature that
    cannot be computed is left out too, and the artifact's `left_out` and manifest say so. The artifact's `fresh` says
    whether it was learned now. With `serve` it comes to serve, unless a gate holds it back (`held` in its manifest).

    Raises:
        FeatureFailed: no feature can be computed.
        NotFound: `without` names what is no feature of the score.
    """
    found = gather(graph, score, as_of=as_of, progress=progress, only=only, without=without)
    version = version_of_training(found.score, found.features, found.data.digest(), found.left_out)
    if version in artifacts.versions(home, score.name):
        artifact = artifacts.read(home, score.name, version)
        artifact = replace(artifact, manifest={**artifact.manifest, "left_out": found.left_out})  # for today's reasons
    else:
        artifact = _learn(graph, found, version, as_of, home, progress)
    return _registered(graph, artifact, serve)


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that learning needs: the score as it can be learned, its features, the training set, and what is left out.

    `asked` is the horizon that was declared, where the history may have shortened it.
    """

    score: Score
    asked: timedelta | None
    features: Mapping[str, Feature]
    data: dataset.TrainingSet
    left_out: Mapping[str, str]

    @property
    def directions(self) -> dict[str, int]:
        """Feature → +1, -1 or 0: which way it may move the score."""
        return {name: DIRECTIONS[self.score.monotone.get(name, f.monotone)] for name, f in self.features.items()}

    @property
    def categorical(self) -> tuple[str, ...]:
        """Features that are text."""
        return tuple(name for name, f in self.features.items() if f.categorical)


def gather(
    graph: "Graph",
    score: Score,
    *,
    as_of: datetime,
    progress: "Progress | None" = None,
    only: Sequence[str] | None = None,
    without: Mapping[str, str] | None = None,
) -> Gathered:
    """The training set of a score from what was known at `as_of`; the arguments are those of `train`."""
    left_out = dict(without or {})
    features = {name: f for name, f in declared(score, only).items() if name not in left_out}
    _hold_names(graph, score, left_out)
    asked = score.horizon
    score, rows, unknown = label_rows(graph, score, as_of)
    data = dataset.training_set(rows, {}, as_of, score.moments, unknown, score.horizon)
    chosen = dataset.chosen_rows(data, settings().moments)
    rows = [rows[i] for i in chosen]
    pairs = [(r["id"], r["as_of"]) for r in rows]
    frame, failed = features_that_can(graph, list(features.values()), pairs, progress)
    kept = own_attributes(graph, score, rows, as_of, only, progress, without=left_out)
    frame |= kept.frame
    good = too_good(score, frame, rows)
    left_out |= {**failed, **good, **kept.left_out}
    frame = {name: column for name, column in frame.items() if name not in good}
    features = {name: f for name, f in {**features, **kept.features}.items() if name not in left_out}
    if failed and not features:
        raise FeatureFailed(*next(iter(failed.items())), "No other feature can be computed either.")
    flat = (score.flat | frozenset(kept.features)) & features.keys()
    score = replace(score, features=(*score.features, *kept.features), flat=flat)
    waiting = data.waiting.thinned(len(chosen) / max(1, int((data.weight > 0).sum())))
    data = replace(data.at(chosen), frame=frame, waiting=waiting)
    return Gathered(score, asked, features, data, left_out)


def _registered(graph: "Graph", artifact: Artifact, serve: bool) -> Artifact:
    """Write a model into the graph and let it serve, unless another does and a gate speaks against this one."""
    run = new_run(datetime.now(UTC))
    registry.register(graph, artifact, run)
    if not serve or registry.degraded(graph, artifact.score):  # a refresh looks at it first
        return artifact
    now = registry.serving(graph, artifact.score)
    held = [] if now in (None, artifact.version) else registry.gates(artifact.manifest)
    if held:
        return replace(artifact, manifest={**artifact.manifest, "held": held})
    registry.serve(graph, artifact, "trained", run)
    return artifact


def _learn(
    graph: "Graph", found: Gathered, version: str, as_of: datetime, home: Path, progress: "Progress | None"
) -> Artifact:
    from scoring.learning.learn import learn  # scikit-learn and interpret are needed here alone

    score, data, categorical = found.score, found.data, found.categorical
    learned = learn(score, data, found.directions, categorical, settings(), progress)
    manifest = {
        "score": score.name,
        "version": version,
        "entity": score.entity,
        "question": score.said(score.question),
        "means": score.said(score.about),
        "horizon_days": score.horizon.days if score.horizon else None,
        "horizon_asked": found.asked.days if found.asked else None,
        "basis": learned.served.basis,
        "as_of": as_of.astimezone(UTC).isoformat(),
        "trained_at": datetime.now(UTC).isoformat(),
        "features": {name: f.digest for name, f in found.features.items()},
        "categorical": list(categorical),
        "directions": found.directions,
        "labels": label_digest(score),
        "data": data.digest(),
        "rows": len(data),
        "not_decided": len(data.waiting.seconds),
        "examples": data.examples,
        "won": data.won,
        "split": "by time (the last 30 % of entities by first moment) and by account (folds of whole accounts)",
        "metrics": dict(learned.metrics),
        "left_out": dict(found.left_out),
        "allowed": dict(score.allow),
        "competitors": competitors_of(score),
        "choices": dict(learned.choices),
        "profile": profile_of(graph, score, list(found.features.values()), learned.served, as_of),
        "code": CODE,
        "libraries": {name: version_of(name) for name in LIBRARIES} | {"python": platform.python_version()},
    }
    return artifacts.write(home, score.name, version, learned.served, manifest, learned.fitted)


def _hold_names(graph: "Graph", score: Score, names: Collection[str]) -> None:
    known = [*score.features, *(f.name for f in own_features(score.entity, read_attributes(graph)))]
    if unknown := [name for name in names if name not in known]:
        raise NotFound(f"{unknown[0]!r} is no feature of {score.name}; they are {', '.join(known)}.")


def declared(score: Score, only: Sequence[str] | None = None) -> dict[str, Feature]:
    """The score's features from their files; says which file is missing."""
    files = load_features()
    names = [n for n in score.features if only is None or n in only]
    if missing := [n for n in names if n not in files or files[n].entity != score.entity]:
        raise ConfigurationError(
            f"score {score.name}: there is no cypher/features/{score.entity}/{missing[0]}.cypher; add it or "
            f"take the name "
            f"out of the features of the score"
        )
    return {n: files[n] for n in names}


def label_rows(
    graph: "Graph", score: Score, as_of: datetime
) -> tuple[Score, list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Moments to learn from with their labels, as known at `as_of`, and those whose outcome was not known then.

    Where the history is too short for the score's horizon, the score comes back with a shorter one.
    """
    rows = label_moments(graph, score, as_of)
    if score.horizon is not None:
        shorter = dataset.decidable(rows, as_of, score.horizon)
        told = shorter < score.horizon and "horizon_days" in load_queries("labels")[score.labels].parameters
        score = replace(score, horizon=shorter)
        rows = label_moments(graph, score, as_of) if told else rows
    return (score, *dataset.select(rows, as_of, score.horizon, score.moments))


def label_moments(graph: "Graph", score: Score, as_of: datetime) -> list[Mapping[str, Any]]:
    """Every moment that the score's label query gives, decided or not, as known at `as_of`."""
    queries = load_queries("labels")
    if score.labels not in queries:
        raise ConfigurationError(f"score {score.name}: there is no cypher/labels/{score.labels}.cypher")
    query = queries[score.labels]
    days = score.horizon.days if score.horizon else None
    given = {"now": as_of, "horizon_days": days, "days": list(score.days)}
    return list(graph.stream(query, **{k: v for k, v in given.items() if k in query.parameters}))


def competitors_of(score: Score) -> dict[str, str]:
    """The feature that names the score's competitors with the digest of its file; empty where it has none."""
    if not score.competitors:
        return {}
    return {score.competitors: load_features()[score.competitors].digest}


def label_digest(score: Score) -> str:
    """SHA-256 of the label query's text."""
    return hashlib.sha256(load_queries("labels")[score.labels].text.encode()).hexdigest()


def version_of_training(
    score: Score, features: Mapping[str, Feature], data: str, left_out: Collection[str] = ()
) -> str:
    """12 hex digits that change when the data, a feature, the labels, the declaration or a setting does."""
    own = settings()
    parts = [
        CODE,
        data,
        label_digest(score),
        repr(score.rules),
        repr((score.prior_rate, score.minimum_each, score.horizon, sorted(score.moments.items()))),
        repr((own.boosting, own.pairs, own.folds, own.selection_rows, own.moments)),
        *(f"{n}={f.digest}" for n, f in features.items()),
        *(f"{n}:{way}" for n, way in sorted(score.monotone.items())),
        *(f"without {n}" for n in sorted(left_out)),
        *(f"allowed {n}" for n in sorted(score.allow)),
        *(f"among {n}={digest}" for n, digest in competitors_of(score).items()),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
