"""What a score learns from: moments at which people see an entity, whose outcome is known, with features as of each."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.tables import Column, Floats

MOST_CENSORED = 5.0
"""No moment stands for more than this many whose outcome is not known yet."""
MOST_OF_ONE = 10.0
"""No entity weighs more than this many average ones: one that stayed open for years is not a company's whole past."""
SLOW = 0.9
TERMS = (1.0, 2.0, 3.0, 6.0, 12.0)
"""Months that part entities by how long they had been there."""
MONTH = 30.4 * 86400
LEAST_DECIDED = 1 / 3
"""A horizon is shortened until this share of all moments is older than it."""
NONE = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Moments whose outcome is not known yet: when, how much their kind counts, how old their entity was (seconds)."""

    seconds: Floats
    kinds: Floats
    ages: Floats

    def plus(self, that: "Waiting") -> "Waiting":
        """Both together."""
        return Waiting(*(np.concatenate([getattr(self, f.name), getattr(that, f.name)]) for f in fields(Waiting)))

    def until(self, now: float) -> "Waiting":
        """Those that lie before a moment."""
        return self.at(self.seconds <= now)

    def at(self, there: NDArray[np.bool_]) -> "Waiting":
        """Some of them."""
        return Waiting(*(getattr(self, f.name)[there] for f in fields(Waiting)))

    def thinned(self, share: float) -> "Waiting":
        """All of them, each counting a share of what it did: what stands beside a sample of the known ones."""
        return replace(self, kinds=self.kinds * share)


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows are moments of entities whose outcome is known.

    `groups` is the account; `seconds` is the moment and `closed` when the outcome was known (Unix time); `kinds` is how
    much the kind of each moment counts, `ages` how long its entity had been there (seconds), `weight` the kind's with
    what the moment stands for (`weighed`). `waiting` are the moments whose outcome is not known, `now` as of when.
    """

    ids: NDArray[Any]
    groups: NDArray[Any]
    seconds: Floats
    closed: Floats
    kinds: Floats
    y: Floats
    weight: Floats
    frame: Mapping[str, Column]
    ages: Floats = field(default_factory=lambda: NONE)
    waiting: "Waiting" = field(default_factory=lambda: Waiting(NONE, NONE, NONE))
    horizon: float | None = None
    now: float | None = None

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
        """Some of its rows, with their weights as they are."""
        frame = {name: column[rows] for name, column in self.frame.items()}
        own = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name in ROWS}
        return replace(self, **own, frame=frame)

    def known_at(self, now: float, rows: NDArray[Any]) -> "TrainingSet":
        """Those of `rows` whose outcome was known at a moment, weighed as one would have weighed them then."""
        there = self.seconds <= now
        seen = rows & there & (self.closed <= now)
        more = rows & there & ~seen
        waiting = Waiting(self.seconds[more], self.kinds[more], self.ages[more]).plus(self.waiting.until(now))
        few = replace(self.at(np.flatnonzero(seen)), waiting=waiting, now=now)
        weight = weighed(few, now)
        return replace(few, weight=weight).at(np.flatnonzero(weight > 0))

    def late(self, cut: float, rows: NDArray[np.int64]) -> Floats:
        """Weight of rows of entities first seen after a cut, weighed among themselves.

        They have had less time to be decided than all together, so weights taken among all would leave out the slow.
        """
        if self.now is None:
            return self.weight[rows]
        first = self.waiting.seconds - self.waiting.ages
        return weighed(replace(self.at(rows), waiting=self.waiting.at(first > cut)), self.now)

    def decided_by(self, moment: float) -> float:
        """Share of the moments before one that lie at least the horizon before it; 1 without a horizon."""
        seconds = np.concatenate([self.seconds, self.waiting.seconds])
        weight = np.concatenate([self.kinds, self.waiting.kinds])
        before = seconds <= moment
        old = weight[before & (seconds <= moment - (self.horizon or 0.0))].sum()
        return float(old / max(weight[before].sum(), 1e-12))

    def only(self, names: Sequence[str]) -> "TrainingSet":
        """All rows with some of the features."""
        return replace(self, frame={name: self.frame[name] for name in names})

    def digest(self) -> str:
        """SHA-256 of every row and value, whatever order the graph gave them in."""
        out = hashlib.sha256()
        names = sorted(self.frame)
        lists = [self.frame[n].tolist() for n in names]
        order = sorted(range(len(self)), key=lambda i: (self.ids[i], self.seconds[i], self.kinds[i]))
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


ROWS = ("ids", "groups", "seconds", "closed", "kinds", "y", "weight", "ages")


def kind_weight(moments: Mapping[str, float], moment: str) -> float:
    """How much a moment of this kind counts; all alike where a score names no kinds."""
    return moments.get(moment, 0.0) if moments else 1.0


def select(
    rows: Sequence[Mapping[str, Any]],
    now: datetime,
    horizon: timedelta | None,
    moments: Mapping[str, float] | None = None,
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Label rows that may be learned from and those whose outcome is not known yet; one a moment, in a fixed order.

    With a horizon an outcome counts within it: a deal won later was not won in time.
    """
    seen: dict[tuple[str, datetime], Mapping[str, Any]] = {}
    counts = moments or {}
    for row in sorted(rows, key=lambda r: (r["id"], r["as_of"], -kind_weight(counts, str(r.get("moment") or "")))):
        if row["as_of"] <= now and kind_weight(counts, str(row.get("moment") or "")) > 0:
            seen.setdefault((row["id"], row["as_of"]), row)
    known: list[Mapping[str, Any]] = []
    unknown: list[Mapping[str, Any]] = []
    for row in (_within(row, now, horizon) for row in seen.values()):
        (known if row["label"] is not None and row["closed_at"] <= now else unknown).append(row)
    return known, unknown


def _within(row: Mapping[str, Any], now: datetime, horizon: timedelta | None) -> Mapping[str, Any]:
    """The row as the horizon has it: what comes later than that, or had not come by then, is a no, known then."""
    if horizon is None:
        return {**row, "closed_at": row.get("closed_at") or row["as_of"]}
    due, closed = row["as_of"] + horizon, row.get("closed_at")
    if closed is None and row["label"] is not None:  # a query of labels alone: certain when the horizon has passed
        return {**row, "closed_at": due}
    if closed is None or closed > due:
        return {**row, "label": 0 if due <= now else None, "closed_at": due}
    return row


def decidable(rows: Sequence[Mapping[str, Any]], now: datetime, horizon: timedelta) -> timedelta:
    """The horizon, or the longest one (in whole days) that a third of the moments is older than."""
    ages = sorted((now - row["as_of"] for row in rows if row["as_of"] <= now), reverse=True)
    if not ages:
        return horizon
    longest = ages[min(len(ages) - 1, int(len(ages) * LEAST_DECIDED))]
    return min(horizon, timedelta(days=max(1, longest.days)))


def weighed(data: TrainingSet, now: float) -> Floats:
    """Weight of each row: of its kind, times what it stands for; they add up to how many entities' worth there is.

    Moments whose outcome is not known yet are those of slow entities, so the slow ones that are known stand for them:
    inverse probability of censoring (Robins and Rotnitzky 1992). A row that took R to decide is known if its moment
    lies R or more before now; as the age of every moment is known, the Kaplan-Meier curve of the time until censoring
    is the plain share of moments (known or not) that are at least so old. It is taken among moments of entities that
    had been there about as long (`TERMS`): where all began at once, only the young moments lie far back. Where hardly
    any lies so far back that slow ones could be known, the known ones are the fast ones alone, and weigh nothing.

    The sum is Kish's effective number of entities, (Σ W)² / Σ W² over their summed weights, for moments of one entity
    share one outcome.
    """
    if not len(data):
        return NONE
    took = data.closed - data.seconds
    slow = data.horizon or float(np.quantile(took, SLOW))
    term, waits = (np.digitize(ages / MONTH, TERMS) for ages in (data.ages, data.waiting.ages))
    older = np.zeros(len(data))
    for one in np.unique(term):
        mine = term == one
        age = now - np.concatenate([data.seconds[mine], data.waiting.seconds[waits == one]])
        mass = np.concatenate([data.kinds[mine], data.waiting.kinds[waits == one]])
        order = np.argsort(age, kind="stable")
        below = np.concatenate([[0.0], np.cumsum(mass[order])]) / mass.sum()
        if 1 - below[np.searchsorted(age[order], slow, side="left")] >= 1 / MOST_CENSORED:
            older[mine] = 1 - below[np.searchsorted(age[order], took[mine], side="left")]
    weight = np.where(older > 0, data.kinds / np.maximum(older, 1 / MOST_CENSORED), 0.0)
    if not weight.any():  # the whole history is too short: what is known is all there is
        weight = data.kinds.copy()
    codes = np.unique(data.ids, return_inverse=True)[1]
    each = np.bincount(codes, weight)
    most = MOST_OF_ONE * each[each > 0].mean()
    weight = weight * np.minimum(1.0, most / np.maximum(each, 1e-12))[codes]
    each = np.bincount(codes, weight)
    return np.asarray(weight * each.sum() / (each**2).sum(), dtype=np.float64)


def training_set(
    rows: Sequence[Mapping[str, Any]],
    frame: Mapping[str, Column],
    now: datetime,
    moments: Mapping[str, float] | None = None,
    unknown: Sequence[Mapping[str, Any]] = (),
    horizon: timedelta | None = None,
) -> TrainingSet:
    """Arrays from selected label rows, the features extracted for them, and the moments not decided yet."""
    first: dict[str, float] = {}
    for row in (*rows, *unknown):
        first[row["id"]] = min(first.get(row["id"], np.inf), _seconds(row["as_of"]))

    def kinds(given: Sequence[Mapping[str, Any]]) -> Floats:
        return np.array([kind_weight(moments or {}, str(r.get("moment") or "")) for r in given], dtype=np.float64)

    def times(given: Sequence[Mapping[str, Any]]) -> tuple[Floats, Floats]:
        seconds = np.array([_seconds(r["as_of"]) for r in given], dtype=np.float64)
        return seconds, seconds - np.array([first[r["id"]] for r in given], dtype=np.float64)

    seconds, ages = times(rows)
    waits, grown = times(unknown)
    data = TrainingSet(
        ids=_texts([r["id"] for r in rows]),
        groups=_texts([str(r.get("group") or r["id"]) for r in rows]),
        seconds=seconds,
        closed=np.array([_seconds(r.get("closed_at") or r["as_of"]) for r in rows], dtype=np.float64),
        kinds=kinds(rows),
        y=np.array([float(r["label"]) for r in rows], dtype=np.float64),
        weight=np.ones(len(rows)),
        frame=frame,
        ages=ages,
        waiting=Waiting(waits, kinds(unknown), grown),
        horizon=horizon.total_seconds() if horizon else None,
        now=now.timestamp(),
    )
    return replace(data, weight=weighed(data, now.timestamp()))


def chosen_rows(data: TrainingSet, most: int) -> NDArray[np.int64]:
    """Rows worth extracting features for: those with a weight, of a fixed sample of accounts where there are more."""
    rows = np.flatnonzero(data.weight > 0)
    if len(rows) <= most:
        return rows
    parts = int(np.ceil(len(rows) / most))
    return np.asarray(rows[account_folds(data.groups[rows], parts) == 0], dtype=np.int64)


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
