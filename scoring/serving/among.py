"""Answers of entities that compete: exactly one of each group has the outcome, so its probabilities add up to one.

A score names the feature whose rows are the entities that one competes with. Their answers are made at the same moment,
and each is held against the others: with z the log-odds of the model, P(i) = exp z(i) / Σ exp z(j), the conditional
logit (McFadden 1974). In log-odds that is z(i) − log Σ exp z(j) over the others, so the sum of contributions stays
exact: the others are one more of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from kg.features.features import Feature
from kg.features.paths import Request, reasons
from scoring.model.served import Answer
from scoring.model.tables import Floats, probability

if TYPE_CHECKING:
    from kg.graph import Graph

Pairs = Sequence[tuple[str, datetime]]
TINY = 1e-12


def rivals_of(graph: "Graph", feature: Feature, pairs: Pairs) -> list[tuple[str, ...]]:
    """The other entities that each (entity, moment) competes with, by id."""
    found = reasons(graph, [Request(feature, id_, at) for id_, at in pairs], 0)
    return [
        tuple(sorted({str(row["x"]) for row in one.rows} - {id_})) for one, (id_, _) in zip(found, pairs, strict=True)
    ]


def among(
    own: Answer, pairs: Pairs, rivals: Sequence[Sequence[str]], ask: Callable[[Pairs], Floats]
) -> tuple[Answer, Floats]:
    """The answers held against those of their rivals, with one contribution more, and how many rivals each has.

    `ask` gives the log-odds of pairs; those of rivals that were asked about themselves are not asked for again. One
    without rivals is answered as it stands.
    """
    known: Mapping[tuple[str, datetime], float] = dict(zip(pairs, own.log_odds.tolist(), strict=True))
    wanted = [(rival, at) for (_, at), others in zip(pairs, rivals, strict=True) for rival in others]
    more = [pair for pair in dict.fromkeys(wanted) if pair not in known]
    known = {**known, **dict(zip(more, ask(more).tolist(), strict=True))} if more else known
    taken = np.array(
        [
            -float(np.logaddexp.reduce([known[rival, at] for rival in others])) if others else 0.0
            for (_, at), others in zip(pairs, rivals, strict=True)
        ]
    )
    z = own.log_odds + taken
    held = replace(
        own,
        probability=probability(z),
        log_odds=z,
        contributions=np.column_stack([own.contributions, taken]),
        low=probability(_logit(own.low) + taken),
        high=probability(_logit(own.high) + taken),
    )
    return held, np.array([float(len(others)) for others in rivals])


def _logit(p: Floats) -> Floats:
    inside = np.clip(p, TINY, 1 - TINY)
    return np.asarray(np.log(inside / (1 - inside)))
