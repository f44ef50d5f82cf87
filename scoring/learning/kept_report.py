"""A score's report is kept with the model that was learned from the same rows: beside its files and in the graph."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.query.files import load_queries
from scoring.learning.train import Gathered, version_of_training
from scoring.registry import artifact as artifacts

if TYPE_CHECKING:
    from kg.graph import Graph


def keep_report(graph: "Graph", home: Path, found: Gathered, report: Mapping[str, Any]) -> str | None:
    """Keep a report; returns the version that it is kept with, None where no model was learned from these rows.

    It takes the place of an earlier report of that version. Figures that do not exist (NaN) are kept as null.
    """
    name = found.score.name
    version = version_of_training(found.score, found.features, found.data.digest(), found.left_out)
    if version not in artifacts.versions(home, name):
        return None
    plain = without_nan(report)
    rows = graph.write(load_queries("writes")["keep_report"], id=f"{name}|{version}", report=json.dumps(plain))
    if not rows or not rows[0]["kept"]:
        return None
    artifacts.write_report(home, name, version, plain)
    return version


def without_nan(value: Any) -> Any:
    """Plain data with None in the place of each NaN, which JSON does not have."""
    if isinstance(value, Mapping):
        return {key: without_nan(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value
