"""Looks at the model that would answer, and lets another answer where something is wrong with it.

What a source that fell silent or a column that emptied makes wrong is left out: a model learned without those features
answers, as every model that reads them takes the silence for an answer. Where a model itself is wrong, the last that
served and is well answers, and without one the rules.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.errors import IntegrityError, NotFound, StaleModel
from kg.features.features import Feature
from kg.progress import Progress
from kg.query.files import load_queries
from scoring.evaluation.profile import Drift, Profile, drift
from scoring.health.breach import Breach
from scoring.health.calibration import Answers, miscalibrated, read_answers
from scoring.health.events import end, keep
from scoring.health.streams import Stream, read_streams, silences
from scoring.health.verdict import Checkup, Verdict
from scoring.learning.reference import SCORE, sampled
from scoring.learning.train import train
from scoring.model.tables import Floats
from scoring.registry import artifact as artifacts
from scoring.registry import registry
from scoring.registry.artifact import Artifact
from scoring.scores.score import Score
from scoring.serving.predict import answer, features_of
from scoring.serving.rescore import population_of
from scoring.settings import ScoringSettings, settings

if TYPE_CHECKING:
    from kg.graph import Graph

MOVED: Final = 0.1
"""Population stability index of a feature from which on it is told: a small move (Siddiqi 2006)."""
TIMES: Final = 2.0
"""How many times as much as the month that differed most of the year before: without it, one of thirteen months that
vary by nothing but habit would be told."""
MONTHS: Final = 3
"""Months before which nothing is known of how far they differ as usual."""
TRIED: Final = 5
"""Earlier models that are looked at before the rules answer."""
UNSEEN: Final = "The model keeps no profile of what it learned from, so drift cannot be told: train it again."


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known at a moment about all models of a score: the open entities, the kinds of event, the answers.

    `first` is the moment as of which its first model was learned; None where no earlier moment was ever learned from.
    """

    score: Score
    as_of: datetime
    pairs: Sequence[tuple[str, datetime]]
    streams: tuple[Stream, ...]
    answers: Answers
    features: Mapping[str, Feature]
    first: datetime | None

    def since_then(self, breach: Breach) -> bool:
        """Whether something went wrong since the score is there, rather than having been so in what it began with.

        What a company's files begin with (a feed that ended last year, a field that only closing fills) was learned
        with: it is told, and no reason to take a model away.
        """
        if breach.what == "miscalibrated":
            return True
        heard = {stream.kind: stream.newest for stream in self.streams}
        return self.first is not None and (breach.what != "silent" or heard[breach.subject] >= self.first)


def look(graph: "Graph", score: Score, as_of: datetime) -> Seen:
    """What all models of a score are looked at with."""
    ids = [str(row["id"]) for row in graph.read(population_of(score), as_of=as_of)]
    pairs = [(id_, as_of) for id_ in sampled(ids, settings().health_rows)]
    streams, answers = read_streams(graph, as_of), read_answers(graph, score, as_of)
    first = graph.read(load_queries("reads")["first_model"], name=score.name, as_of=as_of)[0]["first"]
    return Seen(score, as_of, pairs, streams, answers, features_of(graph, score.entity), first)


def examine(graph: "Graph", seen: Seen, model: Artifact, progress: Progress | None = None) -> Checkup:
    """Hold a model against what is known now.

    Raises:
        FeatureFailed: a feature that it reads cannot be computed.
    """
    own = settings()
    mine = {name: seen.features[name] for name in model.features if name in seen.features}
    breaches = [*silences(seen.streams, mine, own), *miscalibrated(seen.answers, model.version, own)]
    kept = model.manifest.get("profile")
    moved: dict[str, Drift] = {}
    said_now: Floats = np.zeros(0)
    if seen.pairs:
        got = answer(graph, model, seen.pairs, progress)
        said_now = got.answer.probability
        frame = {**got.frame, SCORE: said_now}
        moved = {
            name: drift(Profile.from_json(one), frame[name]) for name, one in (kept or {}).items() if name in frame
        }
    silent = {name for b in breaches for name in b.features}
    breaches += drifted(moved, own, silent)
    breaches = [b if seen.since_then(b) else replace(b, severe=False) for b in breaches]
    untold = UNSEEN if kept is None and model.served.basis != "RULES" else ""
    return Checkup(model, tuple(breaches), moved, said_now, untold)


def drifted(moved: Mapping[str, Drift], own: ScoringSettings, known: set[str]) -> list[Breach]:
    """What moved more than it usually does and by more than is worth a word; `known` ones are told elsewhere.

    `health_alpha` is shared among all columns (Bonferroni).
    """
    found = []
    alpha = own.health_alpha / max(len(moved), 1)
    for name, one in moved.items():
        rise, psi = one.is_missing - one.was_missing, one.psi
        usual = one.p >= alpha or one.times < TIMES
        if name in known:
            continue
        if name != SCORE and rise >= own.health_missing and one.missing_p < alpha:
            sentence = f"{name} is missing for {one.is_missing:.0%} of what is open, before for {one.was_missing:.0%}."
            found.append(Breach("missing", name, True, sentence, rise, own.health_missing, (name,)))
        elif name == SCORE and psi >= own.health_psi and not usual:
            found.append(Breach("shifted", "the score", True, _moved(name, one), psi, own.health_psi))
        elif psi >= MOVED and not usual:
            found.append(Breach("drifted", name, False, _moved(name, one), psi, MOVED))
    return found


def _moved(name: str, one: Drift) -> str:
    what = "What the model says" if name == SCORE else name
    return f"{what} of the {one.n:,} that are open differs from the months before (stability index {one.psi:.2f})."


def watch(
    graph: "Graph",
    score: Score,
    version: str | None,
    *,
    as_of: datetime,
    home: Path,
    run: str,
    progress: Progress | None = None,
) -> Verdict | None:
    """Look at a model (of that version, or the one that serves), let what should answer serve, keep what is wrong.

    None where there is no model or nobody asked for it to be looked at (`DEALGRAPH_SCORING_HEALTH`).

    Raises:
        FeatureFailed: a feature that a model reads cannot be computed.
    """  # fmt: skip
    try:
        model = registry.served(graph, home, score.name, version)
    except NotFound:
        return None
    if not settings().health:
        registry.serve(graph, model, "health is not looked at", run)
        end(graph, score.name, [], as_of, run)
        return None
    seen = look(graph, score, as_of)
    found = examine(graph, seen, model, progress)
    verdict = decide(graph, seen, found, home, progress) if found.severe else Verdict(found, model)
    registry.register(graph, verdict.answers, run)
    because = found.severe[0].sentence if found.severe else "found well"
    registry.serve(graph, verdict.answers, because, run)
    keep(graph, verdict, as_of, run)
    return verdict


def decide(graph: "Graph", seen: Seen, found: Checkup, home: Path, progress: Progress | None = None) -> Verdict:
    """What answers instead of a model that should not."""
    name = seen.score.name
    without = {feature: b.sentence.rstrip(".") for b in found.severe for feature in b.features}
    if without and set(without) < set(found.model.features):
        leave = {**found.model.left_out, **without}
        given: Mapping[str, Any] = {"as_of": seen.as_of, "home": home, "progress": progress}
        less = train(graph, seen.score, serve=False, without=leave, **given)
        if not examine(graph, seen, less, progress).severe:
            how = f"A model answers that was learned without {_listed(without)}."
            return Verdict(found, less, how)
    for version in earlier(graph, name, found.model.version):
        try:
            model = artifacts.read(home, name, version)
            artifacts.check_features(model, {n: f.digest for n, f in seen.features.items()})
        except (NotFound, StaleModel, IntegrityError):
            continue
        if not set(model.features) & set(without) and not examine(graph, seen, model, progress).severe:
            return Verdict(found, model, f"The last model that was well, {version}, answers.")
    return Verdict(found, rules(seen, home, without), "Rules answer.")


def _listed(names: Mapping[str, str]) -> str:
    some = sorted(names)
    return ", ".join(some[:3]) + (f" and {len(some) - 3} more features that read it" if len(some) > 3 else "")


def earlier(graph: "Graph", score: str, version: str) -> list[str]:
    """Versions that served before, the last one first."""
    steps = registry.activations(graph, score)
    named = dict.fromkeys(v for step in steps for v in (step.version, step.before) if v and v != version)
    return list(named)[:TRIED]


def rules(seen: Seen, home: Path, without: Mapping[str, str]) -> Artifact:
    """The rules of the score as a model, without those on features that cannot be believed."""
    from scoring.learning.learn import believed
    from scoring.model.rules import prior_of

    score = seen.score
    among = {r.feature: seen.features[r.feature] for r in score.rules if r.feature not in without}
    prior = prior_of(score, among)
    digests = {name: f.digest for name, f in among.items()}
    version = hashlib.sha256(json.dumps([score.name, repr(prior), digests], sort_keys=True).encode()).hexdigest()[:12]
    if version in artifacts.versions(home, score.name):
        return artifacts.read(home, score.name, version)
    learned = believed(prior)
    manifest = {
        "score": score.name,
        "version": version,
        "entity": score.entity,
        "question": score.said(score.question),
        "means": score.said(score.about),
        "horizon_days": score.horizon.days if score.horizon else None,
        "horizon_asked": score.horizon.days if score.horizon else None,
        "basis": learned.served.basis,
        "as_of": seen.as_of.astimezone(UTC).isoformat(),
        "trained_at": datetime.now(UTC).isoformat(),
        "features": digests,
        "categorical": [name for name, f in among.items() if f.categorical],
        "examples": 0.0,
        "won": 0.0,
        "metrics": {},
        "left_out": dict(without),
        "choices": dict(learned.choices),
    }
    return artifacts.write(home, score.name, version, learned.served, manifest, learned.fitted)
