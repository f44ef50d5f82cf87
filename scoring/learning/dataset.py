"""What a score learns from: moments of entities whose outcome is known, with features as of each moment."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.tables import Column, Floats


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows are moments of entities whose outcome is known.

    `groups` is the account, `seconds` the moment and `closed` the end (Unix time), `weight` adds up to about 1 an
    entity.
    """

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
        """Some of its rows, all moments of an entity or none."""
        frame = {name: column[rows] for name, column in self.frame.items()}
        return TrainingSet(
            self.ids[rows],
            self.groups[rows],
            self.seconds[rows],
            self.closed[rows],
            self.moments[rows],
            self.y[rows],
            self.weight[rows],
            frame,
        )

    def only(self, names: Sequence[str]) -> "TrainingSet":
        """All rows with some of the features."""
        return replace(self, frame={name: self.frame[name] for name in names})

    def digest(self) -> str:
        """SHA-256 of every row and value, whatever order the graph gave them in."""
        out = hashlib.sha256()
        names = sorted(self.frame)
        lists = [self.frame[n].tolist() for n in names]
        order = sorted(range(len(self)), key=lambda i: (self.ids[i], self.seconds[i], self.moments[i]))
        out.update(repr(names).encode())
        for i in order:
            row = (
                self.ids[i],
                self.groups[i],
                float(self.seconds[i]),
                float(self.y[i]),
                float(self.weight[i]),
                [c[i] for c in lists],
            )
            out.update(repr(row).encode())
        return out.hexdigest()


def shares(ids: NDArray[Any], last: NDArray[np.bool_] | None = None, decision_share: float | None = None) -> Floats:
    """Weights that add up to 1 for each entity: alike, or `decision_share` for its `last` moment where it has one."""
    codes, counts = np.unique(ids, return_inverse=True, return_counts=True)[1:]
    alike = 1.0 / counts[codes]
    if decision_share is None or last is None:
        return np.asarray(alike, dtype=np.float64)
    lasts = np.bincount(codes[last], minlength=len(counts))[codes]
    others = counts[codes] - lasts
    mixed = np.where(last, decision_share / np.maximum(lasts, 1), (1 - decision_share) / np.maximum(others, 1))
    return np.asarray(np.where((lasts > 0) & (others > 0), mixed, alike), dtype=np.float64)


def select(rows: Sequence[Mapping[str, Any]], now: datetime, horizon: timedelta | None) -> list[Mapping[str, Any]]:
    """Label rows that may be learned from, one a moment, in a fixed order.

    With a horizon a moment counts when the horizon has passed, so that its label is certain.
    """
    seen: dict[tuple[str, datetime], Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda r: (r["id"], r["as_of"], r.get("moment") != "last")):
        if row["as_of"] <= now and row["label"] is not None:
            seen.setdefault((row["id"], row["as_of"]), row)
    kept = list(seen.values())
    return kept if horizon is None else [r for r in kept if r["as_of"] + horizon <= now]


def seen_closing(ids: NDArray[Any], seconds: Floats, closed: Floats, now: float) -> Floats:
    """Weight against censoring: recent entities are known only if they closed fast, so slow ones stand for those
    unseen.

    Inverse probability of censoring (Robins and Rotnitzky 1992): an entity that took D to close could be seen only
    if it
    began before now − D; with steady arrivals over a span S that has probability (S − D) / S. No weight exceeds 3;
    mean 1.
    """
    if not len(ids):
        return np.zeros(0)
    codes, where = np.unique(ids, return_index=True)
    place = np.searchsorted(codes, ids)
    first = np.full(len(codes), np.inf)
    np.minimum.at(first, place, seconds)
    took = np.maximum(closed[where] - first, 0.0)
    span = max(now - float(first.min()), 1.0)
    each = 1.0 / np.clip((span - took) / span, 1 / 3, 1.0)
    return np.asarray((each / each.mean())[place], dtype=np.float64)


def training_set(
    rows: Sequence[Mapping[str, Any]],
    frame: Mapping[str, Column],
    now: datetime,
    horizon: timedelta | None = None,
    decision_share: float | None = None,
) -> TrainingSet:
    """Arrays from selected label rows and the features extracted for them."""
    ids = _texts([r["id"] for r in rows])
    groups = _texts([str(r.get("group") or r["id"]) for r in rows])
    seconds = np.array([_seconds(r["as_of"]) for r in rows], dtype=np.float64)
    closed = np.array([_seconds(r.get("closed_at") or r["as_of"]) for r in rows], dtype=np.float64)
    y = np.array([float(r["label"]) for r in rows], dtype=np.float64)
    moments = _texts([str(r.get("moment") or "") if decision_share is not None else "" for r in rows])
    weight = shares(ids, moments == "last", decision_share)
    if horizon is None:
        weight = weight * seen_closing(ids, seconds, closed, now.timestamp())
    return TrainingSet(ids, groups, seconds, closed, moments, y, weight, frame)


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
