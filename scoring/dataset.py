"""What a score learns from: moments of entities whose outcome is known, with features as of each moment."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.tables import Column, Floats

CYCLE_QUANTILE = 0.9


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows are moments. `weight` shares 1 among the moments of one entity; `age` orders rows in time (seconds)."""

    ids: NDArray[Any]
    groups: NDArray[Any]
    seconds: Floats
    closed: Floats
    moments: NDArray[Any]
    y: Floats
    weight: Floats
    frame: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.y)

    @property
    def won(self) -> float:
        """Entities with the outcome asked about."""
        return float(len(np.unique(self.ids[self.y > 0])))

    @property
    def examples(self) -> float:
        """Entities."""
        return float(len(np.unique(self.ids)))

    def at(self, rows: NDArray[Any]) -> "TrainingSet":
        """Some of its rows, weights shared anew."""
        frame = {name: column[rows] for name, column in self.frame.items()}
        ids = self.ids[rows]
        return TrainingSet(
            ids,
            self.groups[rows],
            self.seconds[rows],
            self.closed[rows],
            self.moments[rows],
            self.y[rows],
            shares(ids),
            frame,
        )

    def digest(self) -> str:
        """SHA-256 of every row and value, whatever order the graph gave them in."""
        out = hashlib.sha256()
        names = sorted(self.frame)
        lists = [self.frame[n].tolist() for n in names]
        order = sorted(range(len(self)), key=lambda i: (self.ids[i], self.seconds[i], self.moments[i]))
        out.update(repr(names).encode())
        for i in order:
            row = (self.ids[i], self.groups[i], self.seconds[i], self.y[i], [c[i] for c in lists])
            out.update(repr(row).encode())
        return out.hexdigest()


def shares(ids: NDArray[Any]) -> Floats:
    """1 / number of moments of the same entity."""
    codes, counts = np.unique(ids, return_inverse=True, return_counts=True)[1:]
    return np.asarray(1.0 / counts[codes], dtype=np.float64)


def select(rows: Sequence[Mapping[str, Any]], now: datetime, horizon: timedelta | None) -> list[Mapping[str, Any]]:
    """Label rows that may be learned from, in a fixed order.

    Open deals have no label yet, so recent moments would hold only those that closed fast: a moment counts when it
    is older
    than the 90th percentile of the time from a moment to its close (or than the horizon, where the score has one).
    """
    seen: dict[tuple[str, datetime], Mapping[str, Any]] = {}
    for row in rows:
        if row["as_of"] <= now and row["label"] is not None:
            seen.setdefault((row["id"], row["as_of"]), row)
    kept = [seen[key] for key in sorted(seen)]
    waits = [(r["closed_at"] - r["as_of"]).total_seconds() for r in kept if r.get("closed_at") is not None]
    waits = [w for w in waits if w > 0]
    if horizon is not None:
        return [r for r in kept if r["as_of"] + horizon <= now]
    if not waits:
        return kept
    oldest = now - timedelta(seconds=float(np.quantile(waits, CYCLE_QUANTILE)))
    old = [r for r in kept if r["as_of"] <= oldest]
    # a young company has nothing that old: then fast closers are better than nothing
    return old if len({r["id"] for r in old}) * 2 >= len({r["id"] for r in kept}) else kept


def training_set(rows: Sequence[Mapping[str, Any]], frame: Mapping[str, Column]) -> TrainingSet:
    """Arrays from selected label rows and the features extracted for them."""
    ids = _texts([r["id"] for r in rows])
    groups = _texts([str(r.get("group") or r["id"]) for r in rows])
    seconds = np.array([_seconds(r["as_of"]) for r in rows], dtype=np.float64)
    closed = np.array([_seconds(r.get("closed_at") or r["as_of"]) for r in rows], dtype=np.float64)
    y = np.array([float(r["label"]) for r in rows], dtype=np.float64)
    moments = _texts([str(r.get("moment") or "") for r in rows])
    return TrainingSet(ids, groups, seconds, closed, moments, y, shares(ids), frame)


def account_folds(groups: NDArray[Any], folds: int) -> NDArray[np.int64]:
    """Fold of each row by hash of its account: the same account is always on one side."""
    names, codes = np.unique(groups, return_inverse=True)
    place = [int(hashlib.sha256(str(n).encode()).hexdigest()[:8], 16) for n in names]
    order = np.argsort(np.array(place), kind="stable")
    fold = np.empty(len(names), dtype=np.int64)
    fold[order] = np.arange(len(names)) % folds
    return fold[codes]


def _texts(values: Sequence[str]) -> NDArray[Any]:
    return np.array(values, dtype=str) if values else np.array([], dtype="<U1")


def _seconds(moment: datetime) -> float:
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
