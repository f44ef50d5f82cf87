"""Feature columns for (entity, moment) pairs, as models read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kg.features.extraction import extract, extract_some
from kg.features.features import Feature
from kg.progress import Progress
from scoring.model.tables import Column, frame_of

if TYPE_CHECKING:
    from kg.graph import Graph


def features_at(
    graph: "Graph", features: Sequence[Feature], pairs: Sequence[tuple[str, datetime]], progress: Progress | None = None
) -> dict[str, Column]:
    """Feature → column of a value for each (entity id, moment), in the order of `pairs`.

    Raises:
        FeatureFailed: names the first feature that cannot be computed.
    """
    return frame_of(extract(graph, features, pairs, progress=progress), _categorical(features))


def features_that_can(
    graph: "Graph", features: Sequence[Feature], pairs: Sequence[tuple[str, datetime]], progress: Progress | None = None
) -> tuple[dict[str, Column], dict[str, str]]:
    """As `features_at` for the features that can be computed, and why the others cannot, by name."""
    found = extract_some(graph, features, pairs, progress=progress)
    return frame_of(found.columns, _categorical(features)), found.left_out


def _categorical(features: Sequence[Feature]) -> frozenset[str]:
    return frozenset(f.name for f in features if f.categorical)
