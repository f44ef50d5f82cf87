"""What a refresh says of its models: features that one does without, and why the data alone do not answer."""

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
