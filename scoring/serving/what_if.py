"""What would be if: a real score of a graph in which one more thing had happened, and of which nobody else knows.

Each change is written into a draft of the graph (`kg.draft`), every feature is extracted there as of the moment, the
model that serves answers, and the draft is rolled back. So the answer is, bit for bit, what a re-score would give after
the thing had really happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.draft import draft
from kg.errors import InputError
from kg.features.paths import Evidence, Request, reasons
from kg.query.files import load_queries
from kg.store.load import NodeRows, RelationshipRows, load
from scoring.registry.artifact import Artifact
from scoring.scores.score import BANDS, Score
from scoring.serving.predict import Answered, answer, features_of, usable

if TYPE_CHECKING:
    from kg.graph import Graph

MOST: Final = 12
CHEAPEST: Final = 3
MEETING: Final = "what-if|"


@dataclass(frozen=True, slots=True)
class Change:
    """A meeting with one person about a deal. `cost` is their level, 1 (staff) to 5 (executive): how hard to get."""

    contact: str
    name: str
    role: str | None
    cost: float
    met_at: datetime | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would make of the score: the figures after it, what moved them, and the paths that would be new."""

    change: Change
    probability: float
    low: float
    high: float
    log_odds: float
    band: str
    moved: tuple[tuple[str, float], ...]
    paths: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The score as it is and the effect of each change, largest first; `cheapest` raise it most for what they cost.

    `flips` is the change that alone lifts the score into a better band at the least cost, if one does.
    """

    probability: float
    log_odds: float
    band: str
    effects: tuple[Effect, ...]
    cheapest: tuple[Effect, ...]
    flips: Effect | None


def feasible(graph: "Graph", entity: str, as_of: datetime) -> list[Change]:
    """Meetings that could be held: with the people of a deal and of its account, at most `MOST`."""
    rows = graph.read(load_queries("reads")["deal_people"], keys=[entity], as_of=as_of, first=MOST)
    return [
        Change(p["id"], p["name"] or p["id"], p["role"], float(p["level"]), p["met_at"])
        for row in rows
        for p in row["rows"]
    ]


def what_if(
    graph: "Graph",
    score: Score,
    entity: str,
    as_of: datetime,
    *,
    home: Path,
    changes: Sequence[Change] | None = None,
) -> WhatIf:
    """The effects of changes on the score of a deal; without `changes` of every feasible meeting.

    Raises:
        InputError: the score is not of deals: nothing else can be met about.
    """
    if score.entity != "deal":
        raise InputError(f"{score.name} is of a {score.entity}: what-if knows meetings about deals.")
    model = usable(graph, home, score)
    now = answer(graph, model, [(entity, as_of)])
    asked = feasible(graph, entity, as_of) if changes is None else list(changes)
    found = [_effect(graph, score, model, entity, as_of, change, now) for change in asked]
    effects = tuple(sorted(found, key=lambda e: (-e.log_odds, e.change.contact)))
    z = float(now.answer.log_odds[0])
    band = score.band(float(now.answer.probability[0]))
    raised = [e for e in effects if e.log_odds > z]
    worth = sorted(raised, key=lambda e: (-(e.log_odds - z) / e.change.cost, e.change.contact))
    flips = [e for e in raised if BANDS.index(e.band) < BANDS.index(band)]
    least = min(flips, key=lambda e: (e.change.cost, -e.log_odds, e.change.contact), default=None)
    return WhatIf(float(now.answer.probability[0]), z, band, effects, tuple(worth[:CHEAPEST]), least)


def add_meeting(graph: "Graph", entity: str, change: Change, as_of: datetime, run: str) -> str:
    """Write a meeting at the moment, known at once; returns its id."""
    id_ = f"{MEETING}{entity}|{change.contact}"
    known: dict[str, Any] = {"known_from": as_of}
    load(
        graph,
        [
            NodeRows("Activity", [{"id": id_, "kind": "meeting", "direction": "none", "at": as_of, **known}]),
            RelationshipRows("Activity", "ABOUT", "Deal", [{"start": id_, "end": entity, **known}]),
            RelationshipRows("Contact", "TOOK_PART_IN", "Activity", [{"start": change.contact, "end": id_, **known}]),
        ],
        run=run,
    )
    return id_


def _effect(
    graph: "Graph", score: Score, model: Artifact, entity: str, as_of: datetime, change: Change, now: Answered
) -> Effect:
    with draft(graph) as other:
        meeting = add_meeting(other, entity, change, as_of, "what-if")
        then = answer(other, model, [(entity, as_of)])
        parts = zip(now.terms, now.answer.contributions[0], then.answer.contributions[0], strict=True)
        moved = sorted(
            ((first, float(after - before)) for (first, _), before, after in parts if after != before),
            key=lambda m: (-abs(m[1]), m[0]),
        )
        files = features_of(other, score.entity)
        names = dict.fromkeys(name for name, _ in moved)
        told = reasons(other, [Request(files[name], entity, as_of) for name in names], personal=True)
        paths = [path for one in told for path in one.paths if any(node.id == meeting for node in path.nodes)]
    p = float(then.answer.probability[0])
    low, high = float(then.answer.low[0]), float(then.answer.high[0])
    return Effect(change, p, low, high, float(then.answer.log_odds[0]), score.band(p), tuple(moved), tuple(paths))
