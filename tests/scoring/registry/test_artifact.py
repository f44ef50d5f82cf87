"""Artifacts: what is written is what is read, half-written ones do not exist, and changed features are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg.errors import IntegrityError, NotFound, StaleModel
from scoring.model.scorecard import Scorecard
from scoring.model.served import Served
from scoring.registry import artifact
from tests.scoring.synthetic import CATEGORICAL, DIRECTIONS, drawn


def stored(home: Path, version: str = "0123456789ab") -> tuple[artifact.Artifact, dict[str, Any]]:
    data, _ = drawn(100)
    card = Scorecard(DIRECTIONS, CATEGORICAL).fit(data.frame, data.y, data.weight)
    manifest = {
        "version": version,
        "entity": "deal",
        "features": {name: f"digest of {name}" for name in DIRECTIONS},
        "categorical": list(CATEGORICAL),
    }
    return artifact.write(
        home, "toy", version, Served(card.tables(), "MODEL", 100.0), manifest, {"scorecard": card}
    ), dict(data.frame)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written, frame = stored(tmp_path)
    again = artifact.read(tmp_path, "toy", written.version)
    assert again.served.answer(frame).log_odds.tolist() == written.served.answer(frame).log_odds.tolist()
    assert (again.features, again.categorical) == (tuple(DIRECTIONS), frozenset(CATEGORICAL))
    fitted = artifact.fitted(again)["scorecard"]
    assert np.abs(fitted.decision_function(frame) - again.served.answer(frame).log_odds).max() <= 1e-9


def test_the_folder_holds_no_pickle_and_no_leftovers(tmp_path: Path) -> None:
    written, _ = stored(tmp_path)
    assert sorted(p.name for p in written.folder.iterdir()) == ["fitted.skops", "manifest.json", "tables.json"]
    assert [p.name for p in written.folder.parent.iterdir()] == [written.version]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    served = Served(drawn_tables(), "RULES", 0.0)
    with pytest.raises(TypeError):
        artifact.write(tmp_path, "toy", "v", served, {"version": object()}, {})
    assert list((tmp_path / "models" / "toy").iterdir()) == []


def drawn_tables() -> Any:
    data, _ = drawn(20)
    return Scorecard({}, CATEGORICAL).fit(data.frame, data.y, data.weight).tables()


def test_missing_and_broken_models_are_named(tmp_path: Path) -> None:
    written, _ = stored(tmp_path)
    with pytest.raises(NotFound, match=f"there are: {written.version}"):
        artifact.read(tmp_path, "toy", "ffffffffffff")
    (written.folder / "tables.json").write_text("{")
    with pytest.raises(IntegrityError, match="train again"):
        artifact.read(tmp_path, "toy", written.version)


def test_a_changed_feature_file_makes_the_model_stale(tmp_path: Path) -> None:
    written, _ = stored(tmp_path)
    digests = dict(written.manifest["features"])
    artifact.check_features(written, digests)
    with pytest.raises(StaleModel, match=r"cypher/features/deal/pushes\.cypher changed"):
        artifact.check_features(written, {**digests, "pushes": "another"})
    with pytest.raises(StaleModel, match=r"cypher/features/deal/fit\.cypher, which is gone"):
        artifact.check_features(written, {k: v for k, v in digests.items() if k != "fit"})
