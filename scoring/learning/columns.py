"""Feature columns for (entity, moment) pairs, as models read them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kg.features.features import Feature, extract
from scoring.model.tables import Column, frame_of

if TYPE_CHECKING:
    from kg.graph import Graph

Progress = Callable[[int, int | None, str], None]


def features_at(
    graph: "Graph", features: Sequence[Feature], pairs: Sequence[tuple[str, datetime]], progress: Progress | None = None
) -> dict[str, Column]:
    """Feature → column of a value for each (entity id, moment), in the order of `pairs`."""
    categorical = frozenset(f.name for f in features if f.categorical)
    columns = extract(graph, features, pairs, progress=progress)
    return frame_of({f.name: columns[f.name] for f in features}, categorical)
