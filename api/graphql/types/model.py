"""A trained model, from the manifest kept in the graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from api.graphql.context import Info
from api.graphql.permissions import NeedsAnalyst, opened
from api.graphql.types.base import node_type
from api.graphql.types.report import ModelReport
from scoring.registry.registry import gates


@strawberry.type(description="A figure of a model's evaluation, with the interval it lies in.")
class Metric:
    """A figure of a model's evaluation, with the interval it lies in."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None


def metrics_of(found: object, prefix: str = "") -> list[Metric]:
    """Metrics out of a manifest: numbers, maps or triples of value, low, high; deeper maps join names by a dot."""
    metrics: list[Metric] = []
    for name, value in found.items() if isinstance(found, Mapping) else ():
        path = f"{prefix}{name}"
        if isinstance(value, bool):
            continue
        if isinstance(value, int | float):
            metrics.append(Metric(name=path, value=float(value)))
        elif isinstance(value, Mapping) and "value" in value:
            metrics.append(Metric(name=path, value=value["value"], low=value.get("low"), high=value.get("high")))
        elif isinstance(value, list) and len(value) == 3 and all(isinstance(v, int | float) for v in value):
            metrics.append(Metric(name=path, value=value[0], low=value[1], high=value[2]))
        elif isinstance(value, Mapping):
            metrics += metrics_of(value, f"{path}.")
    return metrics


@node_type("Model")
class Model:
    """A trained model."""

    name: str
    version: str
    as_of: datetime | None
    trained_at: datetime | None
    basis: str | None
    means: str | None = strawberry.field(description="What its numbers mean, in one sentence.")
    active: bool | None
    examples: float | None = strawberry.field(description="Past cases that it was learned from, each counted once.")
    metrics: list[Metric] = strawberry.field(description="Figures of its evaluation on data it was not trained on.")
    features: list[str] = strawberry.field(description="Names of the features it was trained on.")
    held: list[str] = strawberry.field(
        description="What speaks against letting it serve unseen: figures on later data that failed a gate."
    )

    @opened(NeedsAnalyst)
    async def report(self, info: Info) -> ModelReport | None:
        """How good the score has been, as `dealgraph score report` found and kept; empty until that was run."""
        found = await info.context.loaders.row("model_reports", {"name": self.name, "version": self.version})
        return ModelReport.of(json.loads(found["report"])) if found else None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A model from its node."""
        manifest = json.loads(row.get("manifest") or "{}")
        names = manifest.get("features", [])
        return cls(
            name=row["name"],
            version=row["version"],
            as_of=row.get("as_of"),
            trained_at=row.get("trained_at"),
            basis=row.get("basis"),
            means=manifest.get("means"),
            active=row.get("active"),
            examples=manifest.get("examples"),
            metrics=metrics_of(manifest.get("metrics")),
            features=sorted(names) if isinstance(names, dict) else [str(n) for n in names],
            held=gates(manifest),
        )
