"""Versions of a feature: which models were learned with which digest of its file, and which would refuse it now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import NotFound, StaleModel
from kg.features.features import load_features
from kg.graph import Graph
from scoring.learning.train import train
from scoring.registry import artifact as artifacts
from scoring.registry import registry
from scoring.registry.features import versions_of
from scoring.serving.predict import usable
from tests.scoring.scored import DEAL_WIN, NOW


def test_a_model_of_an_older_file_is_named_and_refuses(filled: Graph, tmp_path: Path) -> None:
    now = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    digests = dict(now.manifest["features"])
    for name, other in (("aged", {"power_gap": "older"}), ("lost", {"gone_since": "x"})):
        manifest = {
            **now.manifest,
            "version": name,
            "features": digests | other,
            "trained_at": "2024-01-01T00:00+00:00",
        }
        artifacts.write(tmp_path, "deal_win", name, now.served, manifest, {})
        registry.register(filled, replace(now, version=name, manifest=manifest), "test")
    (found,) = versions_of(filled, "power_gap")
    assert (found.entity, found.digest) == ("deal", load_features()["power_gap"].digest)
    told = {m.version: (m.digest, m.same, m.serves, m.refuses is None) for m in found.models}
    right = digests["power_gap"]
    assert told == {
        now.version: (right, True, True, True), "aged": ("older", False, False, False),
        "lost": (right, True, False, False),
    }  # fmt: skip
    assert [m.version for m in found.models] == [now.version, "lost", "aged"]
    with pytest.raises(StaleModel) as refused:
        usable(filled, tmp_path, DEAL_WIN, "aged")
    assert found.models[2].refuses == str(refused.value)
    (other,) = versions_of(filled, "deal_age")
    aged = next(m for m in other.models if m.version == "aged")
    assert aged.same and "power_gap.cypher changed" in str(aged.refuses)
    (gone,) = versions_of(filled, "gone_since", "deal")
    assert gone.digest is None and [m.version for m in gone.models] == ["lost"]
    with pytest.raises(NotFound, match="never_was"):
        versions_of(filled, "never_was")
