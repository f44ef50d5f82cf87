"""Recomputes a feature's value from its own evidence rows, with the same arithmetic as the database."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any, Final

from kg.features.features import DAY, Feature, Value


def recompute(feature: Feature, rows: Sequence[Mapping[str, Any]], as_of: datetime) -> Value:
    """The value from its own evidence: rows with id, x, w, at, as kg/features/paths.py gives them."""
    if not rows:
        return feature.empty
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    value = PYTHON[feature.pattern.aggregate.name](ordered, as_of, feature.pattern.argument or 1.0)
    return feature.empty if value is None else value


def _weighted(rows: Sequence[Mapping[str, Any]], by: str | None) -> float | None:
    top = sum(1.0 * r["x"] * (r["w"] if by is None else 1.0) for r in rows)
    bottom = sum(1.0 * r["w"] for r in rows)
    return top / bottom if bottom else None


def _slope(rows: Sequence[Mapping[str, Any]], as_of: datetime) -> float | None:
    t = [-_days(r["at"], as_of) / 7 for r in rows]
    x = [1.0 * r["x"] for r in rows]
    n = len(rows)
    spread = n * sum(v**2 for v in t) - sum(t) * sum(t)
    return (n * sum(a * b for a, b in zip(x, t, strict=True)) - sum(x) * sum(t)) / spread if spread else None


def _days(earlier: datetime, later: datetime) -> float:
    # epochMillis in the database cuts to milliseconds, towards minus infinity
    return (math.floor(later.timestamp() * 1000) - math.floor(earlier.timestamp() * 1000)) / (DAY * 1000)


def _latest(rows: Sequence[Mapping[str, Any]]) -> Value:
    newest = max(rows, key=lambda r: (r["at"], r.get("since") or r["at"], str(r["id"])))
    return newest["x"]  # type: ignore[no-any-return]  # a number or a text, as the file says


Rows = Sequence[Mapping[str, Any]]


PYTHON: Final[dict[str, Callable[[Rows, datetime, float], Value]]] = {
    "count": lambda rows, _at, _a: float(len(rows)),
    "distinct": lambda rows, _at, _a: float(len({r["x"] for r in rows})),
    "sum": lambda rows, _at, _a: sum(1.0 * r["x"] for r in rows),
    "mean": lambda rows, _at, _a: sum(1.0 * r["x"] for r in rows) / len(rows),
    "share": lambda rows, _at, _a: sum(1.0 * r["x"] for r in rows) / len(rows),
    "weighted_mean": lambda rows, _at, _a: _weighted(rows, None),
    "ratio": lambda rows, _at, _a: _weighted(rows, "x"),
    "max": lambda rows, _at, _a: float(max(r["x"] for r in rows)),
    "min": lambda rows, _at, _a: float(min(r["x"] for r in rows)),
    "median": lambda rows, _at, _a: float(median(r["x"] for r in rows)),
    "slope": lambda rows, at, _a: _slope(rows, at),
    "days_since": lambda rows, at, _a: _days(max(r["at"] for r in rows), at),
    "decayed_sum": lambda rows, at, half: sum(r["x"] * 2.0 ** (-_days(r["at"], at) / half) for r in rows),
    "latest": lambda rows, _at, _a: _latest(rows),
}
