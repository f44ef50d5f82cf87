"""What a refresh says of features that a model does without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scoring.registry.artifact import Artifact

LEFT_OUT = "feature left out"
"""What a notice of a feature that a model does without is called."""


def left_out(model: Artifact) -> list[Mapping[str, Any]]:
    """A notice for each feature that a model does without."""
    return [
        {"what": LEFT_OUT, "score": model.score, "feature": name, "sentence": sentence}
        for name, sentence in zip(sorted(model.left_out), model.said, strict=True)
    ]
