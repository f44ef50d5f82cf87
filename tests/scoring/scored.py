"""A random world that is learned from and scored, and what is asked of it."""

from __future__ import annotations

from datetime import timedelta

from kg.query.query import Query
from scoring.scores import score_named
from tests.worlds import START, World, chance_world

NOW = START + timedelta(days=700)
EARLY = START + timedelta(days=330)
DEAL_WIN = score_named("deal_win")
SCORES = Query(
    "scores", "tests", "MATCH (s:Score) RETURN s {.*, current: s:Current} AS s ORDER BY s.id", columns=("s",)
)
CLEAN = Query("clean", "tests", "MATCH (s:Score|Model|Run|Forecast|HealthEvent) DETACH DELETE s", mode="write")


def world(deals: int = 60) -> World:
    """A random world in which every deal and lead has one CRM record, known as early as itself."""
    w = chance_world(3, deals=deals)
    for kind in ("Deal", "Lead"):
        for row in list(w.nodes[kind]):
            key = f"crm|{row['id']}"
            w.add("Record", key, row["known_from"], source="crm", record_id=row["id"].upper(), kind=kind.lower())
            w.tie(key, "RESOLVED_TO", row["id"], row["known_from"])
    return w
