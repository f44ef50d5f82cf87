"""A trained model as a folder: models/<score>/<version>/ with tables.json, manifest.json and fitted.skops,
and report.json once it was tested.

`tables.json` answers; `manifest.json` says what it was learned from; `fitted.skops` keeps the estimators for those
who want to look inside (skops, never pickle). Which version answers is said by the graph (`registry`).
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import IntegrityError, NotFound, StaleModel
from scoring.model.served import Served

TRUSTED = (
    "scoring.model.scorecard.Scorecard",
    "scoring.model.boosting.Boosting",
    "interpret.glassbox._ebm._ebm.ExplainableBoostingClassifier",
)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model and its manifest, as they lie in a folder."""

    score: str
    version: str
    folder: Path
    served: Served
    manifest: Mapping[str, Any] = field(repr=False)
    fresh: bool = False

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features it reads."""
        return tuple(self.manifest["features"])

    @property
    def competitors(self) -> str | None:
        """The feature whose rows are the entities that one competes with, where the score declares one."""
        return next(iter(self.manifest.get("competitors", {})), None)

    @property
    def left_out(self) -> Mapping[str, str]:
        """Features that it was trained without although they are declared or there, with the reason of each."""
        return dict(self.manifest.get("left_out", {}))

    @property
    def missed(self) -> tuple[str, ...]:
        """A sentence for each feature that was left out, by name."""
        return tuple(f"{self.score}: {name} is left out: {why}." for name, why in sorted(self.left_out.items()))

    @property
    def said(self) -> tuple[str, ...]:
        """What whoever trains should know: that it waits for approval, a shorter horizon, each feature left out."""
        waits = tuple(
            f"{self.score}: version {self.version} waits for approval and the earlier model goes on answering: {why}; "
            f"`dealgraph models activate {self.score} {self.version} --because …` lets it serve."
            for why in self.manifest.get("held", ())
        )
        learned, asked = self.manifest.get("horizon_days"), self.manifest.get("horizon_asked")
        if learned == asked:
            return (*waits, *self.missed)
        why = "less than a third of the history is older than that"
        return (f"{self.score}: learned for {learned} days instead of {asked}: {why}.", *waits, *self.missed)

    @property
    def categorical(self) -> frozenset[str]:
        """Those of its features that are text."""
        return frozenset(self.manifest["categorical"])


def folder_of(home: Path, score: str) -> Path:
    """Where the models of one score lie."""
    return home / "models" / score


def write(
    home: Path, score: str, version: str, served: Served, manifest: Mapping[str, Any], fitted: Mapping[str, Any]
) -> Artifact:
    """Write the folder beside its place, then move it there in one step, so that a killed run leaves no half model."""
    place = folder_of(home, score)
    place.mkdir(parents=True, exist_ok=True)
    target = place / version
    half = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=place))
    try:
        _write_json(half / "tables.json", served.as_json())
        _write_json(half / "manifest.json", manifest)
        if fitted:
            import skops.io

            skops.io.dump(dict(fitted), half / "fitted.skops")
        if target.exists():
            shutil.rmtree(target)
        half.rename(target)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return Artifact(score, version, target, served, manifest, fresh=True)


def read(home: Path, score: str, version: str) -> Artifact:
    """A stored model.

    Raises:
        NotFound: no model of that score and version is stored.
        IntegrityError: its files do not belong together or cannot be read.
    """
    place = folder_of(home, score)
    folder = place / version
    if version not in versions(home, score):  # a name that leads elsewhere is none of them
        there = ", ".join(versions(home, score)) or "none"
        raise NotFound(f"There is no model {version} of {score} in {place}; there are: {there}.")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        served = Served.from_json(json.loads((folder / "tables.json").read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise IntegrityError(f"Model {folder} cannot be read ({error}): delete the folder and train again.") from error
    if manifest.get("version") != version:
        raise IntegrityError(f"Model {folder} says it is version {manifest.get('version')}: delete it and train again.")
    return Artifact(score, version, folder, served, manifest)


def write_report(home: Path, score: str, version: str, report: Mapping[str, Any]) -> Path:
    """Keep what the back-test of a stored model found beside it, as report.json."""
    place = folder_of(home, score) / version / "report.json"
    part = place.with_suffix(".part")
    _write_json(part, report)
    part.replace(place)
    return place


def versions(home: Path, score: str) -> list[str]:
    """Stored versions, in order of name."""
    place = folder_of(home, score)
    return sorted(p.name for p in place.iterdir() if (p / "manifest.json").exists()) if place.exists() else []


def fitted(artifact: Artifact) -> dict[str, Any]:
    """The estimators behind a model (empty for rules), loaded without running any code but ours and interpret's."""
    file = artifact.folder / "fitted.skops"
    if not file.exists():
        return {}
    import skops.io

    found: dict[str, Any] = skops.io.load(file, trusted=list(TRUSTED))
    return found


def check_features(artifact: Artifact, digests: Mapping[str, str]) -> None:
    """Refuse a model whose feature files are gone or differ from those it was trained on.

    Raises:
        StaleModel: names the first file that changed.
    """
    if why := stale({**artifact.manifest, "score": artifact.score, "version": artifact.version}, digests):
        raise StaleModel(why)


def stale(manifest: Mapping[str, Any], digests: Mapping[str, str]) -> str | None:
    """Why a model would refuse to answer with features of these digests; None where it would not."""
    entity, score, version = manifest["entity"], manifest["score"], manifest["version"]
    for name, digest in {**manifest["features"], **manifest.get("competitors", {})}.items():
        if name not in digests:
            return (
                f"Model {version} of {score} needs cypher/features/{entity}/{name}.cypher, which is gone: "
                f"bring the file back or run `dealgraph train {score}`."
            )
        if digests[name] != digest:
            return (
                f"cypher/features/{entity}/{name}.cypher changed since model {version} of {score} was trained: "
                f"run `dealgraph train {score}` or restore the file."
            )
    return None


def _write_json(path: Path, data: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)  # in declared order: a sum of floats depends on it
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
