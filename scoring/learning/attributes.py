"""Attributes that a score may learn from: those that were there before the outcome, and do not give it away.

Leakage by fields that sales fills in afterwards is the norm in exports: of the public lead sets tried, AUC .88 became
.98 by them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import NotFound
from kg.features.attributes import read_attributes
from kg.features.catalog import own_features
from kg.features.features import Feature
from kg.progress import Progress
from scoring.evaluation.metrics import auc
from scoring.learning.columns import features_that_can
from scoring.learning.dataset import account_folds
from scoring.model.tables import Column, Floats
from scoring.scores.score import Score

if TYPE_CHECKING:
    from kg.graph import Graph

LATE = 0.5
"""Share of the entities with a value that got it only with or after the outcome: from here on it is left out."""
FEWEST = 20
TOO_GOOD = 0.97
"""One attribute alone that tells winners from losers so well, in accounts not seen, was written down afterwards."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """Features of attributes with their columns for the label rows, and why others are left out."""

    features: Mapping[str, Feature]
    frame: Mapping[str, Column]
    left_out: Mapping[str, str]


def own_attributes(
    graph: "Graph",
    score: Score,
    rows: Sequence[Mapping[str, Any]],
    as_of: datetime,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
    without: Collection[str] = (),
) -> Kept:
    """The attributes of a score's entity that were there in time, extracted for its label rows.

    `only` restricts them, `without` leaves some out; one that cannot be computed is left out too. What `score.allow`
    names is kept although it was found not fit to learn from.
    """
    attributes = [replace(a, feature=a.feature or a.name in score.allow) for a in read_attributes(graph)]
    found = {f.name: f for f in own_features(score.entity, attributes)}
    known = {a.name for a in attributes} | set(score.features)
    if unknown := [name for name in score.allow if name not in known]:
        names = ", ".join(sorted({a.name for a in attributes})) or "none yet"
        raise NotFound(f"--allow {unknown[0]!r}: there is no such column of your own; they are {names}.")
    found = {name: f for name, f in found.items() if name not in without and (only is None or name in only)}
    if not found:
        return Kept({}, {}, {})
    frame, failed = features_that_can(graph, list(found.values()), [(r["id"], r["as_of"]) for r in rows], progress)
    tried = [f for f in found.values() if f.name in frame and not allowed(score, f.name)]
    left = failed | late(graph, tried, rows, frame, as_of)
    kept = {name: f for name, f in found.items() if name not in left}
    return Kept(kept, {name: frame[name] for name in kept}, left)


def allowed(score: Score, feature: str) -> bool:
    """Whether somebody said why a score may learn from a feature (named by its column) whatever it tells."""
    return (feature.partition(":")[2] or feature) in score.allow


def late(
    graph: "Graph",
    features: Sequence[Feature],
    rows: Sequence[Mapping[str, Any]],
    frame: Mapping[str, Column],
    as_of: datetime,
) -> dict[str, str]:
    """Attribute → why it came too late to learn from, or cannot be computed.

    An attribute is late where most entities got their value only with or after the outcome: what is known of them at
    `as_of` is compared with what was known at their last moment before it.
    """
    if not rows or not features:
        return {}
    places = last_rows(rows)
    now, failed = features_that_can(graph, features, [(rows[i]["id"], as_of) for i in places])
    found = dict(failed)
    for feature in (f for f in features if f.name in now):
        then, later = filled(feature, frame[feature.name][places]), filled(feature, now[feature.name])
        share = float((later & ~then).sum()) / max(float(later.sum()), 1.0)
        if later.sum() >= FEWEST and share >= LATE:
            found[feature.name] = (
                f"{share:.0%} of the {int(later.sum()):,} that have a value got it only with or after their outcome"
            )
    return found


def last_rows(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.int64]:
    """Place of the last moment of each entity."""
    last: dict[str, int] = {}
    for i, row in enumerate(rows):
        if row["id"] not in last or rows[last[row["id"]]]["as_of"] < row["as_of"]:
            last[row["id"]] = i
    return np.array(list(last.values()), dtype=np.int64)


def too_good(score: Score, frame: Mapping[str, Column], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Feature → why it may not be learned from, where it alone tells the outcome of nearly every entity."""
    if not rows:
        return {}
    places = last_rows(rows)
    y = np.array([float(rows[i]["label"]) for i in places])
    groups = np.array([str(rows[i].get("group") or rows[i]["id"]) for i in places])
    found = {}
    for name, column in ((n, c) for n, c in frame.items() if not allowed(score, n)):
        if (reached := alone(column[places], y, groups)) >= TOO_GOOD:
            found[name] = (
                f"it tells the outcome almost alone (AUC {reached:.2f}) and no time says that it was written before; "
                f"if it was, give its column a known_at, or allow it: --allow '{name.partition(':')[2] or name}'"
            )
    return found


def filled(feature: Feature, column: Column) -> NDArray[np.bool_]:
    """Which rows have a value; where having none counts as a number, as for events, those with another."""
    if feature.empty is not None:
        return np.asarray(column.astype(np.float64) != feature.empty, dtype=np.bool_)
    if column.dtype == object:
        return np.array([v is not None for v in column.tolist()], dtype=bool)
    return ~np.isnan(column.astype(np.float64))


def alone(column: Column, y: Floats, groups: NDArray[Any]) -> float:
    """AUC of one attribute by the rates of its levels (numbers: of its twentieths) in other accounts; .5 if few."""
    if min(y.sum(), len(y) - y.sum()) < FEWEST:
        return 0.5
    levels = _levels(column)
    fold = account_folds(groups, FOLDS)
    p = np.full(len(y), y.mean())
    for k in range(FOLDS):
        seen, out = fold != k, fold == k
        won = np.bincount(levels[seen], weights=y[seen], minlength=levels.max() + 1)
        n = np.bincount(levels[seen], minlength=levels.max() + 1)
        p[out] = ((won + y.mean()) / (n + 1.0))[levels[out]]
    return auc(y, p, np.ones(len(y)))


def _levels(column: Column) -> NDArray[np.int64]:
    if column.dtype == object:
        return np.unique([str(v) for v in column.tolist()], return_inverse=True)[1].astype(np.int64)
    x = column.astype(np.float64)
    there = ~np.isnan(x)
    cuts = np.unique(np.quantile(x[there], np.linspace(0, 1, 21)[1:-1])) if there.any() else np.zeros(0)
    return np.where(there, np.digitize(np.nan_to_num(x), cuts) + 1, 0).astype(np.int64)
