"""What a score's population looked like at the month's ends before a model was learned: what drift is measured from."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.features.features import Feature
from kg.query.files import load_queries
from scoring.evaluation.profile import profiles
from scoring.learning.columns import features_that_can
from scoring.model.served import Served
from scoring.scores.score import Score

if TYPE_CHECKING:
    from kg.graph import Graph

MONTHS: Final = 12
MOST: Final = 200
"""Entities of each month that are looked at: with all months a share is known to about two points."""
SCORE: Final = "(score)"
"""What the column of the score itself is called; no feature has such a name."""


def profile_of(
    graph: "Graph", score: Score, features: Sequence[Feature], served: Served, as_of: datetime
) -> dict[str, Mapping[str, Any]]:
    """The profile of each feature, and of what this model says, over the months before a moment; ready for JSON.

    It is taken from the same population that is scored, at each month's end, with what was known then.
    """
    pairs, month = month_ends(graph, score, as_of)
    if not pairs:
        return {}
    frame, failed = features_that_can(graph, features, pairs)
    if not failed:
        frame = {**frame, SCORE: served.answer(frame).probability}
    found = profiles(frame, np.array(month), len({id_ for id_, _ in pairs}))
    return {name: profile.as_json() for name, profile in found.items()}


def month_ends(graph: "Graph", score: Score, as_of: datetime) -> tuple[list[tuple[str, datetime]], list[int]]:
    """Entities of the population at each of the month's ends before a moment, and the number of the month of each."""
    query = load_queries("populations").get(score.population)
    if query is None:
        return [], []  # scoring says what is missing
    pairs: list[tuple[str, datetime]] = []
    month: list[int] = []
    for at in ends_before(as_of, MONTHS):
        ids = sampled([str(row["id"]) for row in graph.read(query, as_of=at)], MOST)
        pairs += [(id_, at) for id_ in ids]
        month += [at.year * 12 + at.month] * len(ids)
    return pairs, month


def ends_before(as_of: datetime, months: int) -> list[datetime]:
    """First instants of the months before a moment, the oldest first."""
    at = as_of.astimezone(UTC)
    last = at.year * 12 + at.month - 1 - (at == datetime(at.year, at.month, 1, tzinfo=UTC))
    return [datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(last - months + 1, last + 1)]


def sampled(ids: Sequence[str], most: int) -> list[str]:
    """At most so many of them, the same ones whenever they are among those given."""
    if len(ids) <= most:
        return list(ids)
    return sorted(ids, key=lambda id_: hashlib.sha256(id_.encode()).digest())[:most]
