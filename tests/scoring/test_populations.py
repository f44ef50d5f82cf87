"""Which entities a score is given to."""

from __future__ import annotations

from kg.graph import Graph
from kg.query.files import load_queries
from scoring.scores import score_named
from scoring.scores.score import Score
from tests.worlds import World, day

STATUSES = {
    "new": ("New", True), "working": ("Working - Contacted", True), "open": ("Open - not converted", True),
    "none": (None, True), "disqualified": ("Disqualified", False), "unqualified": ("UNQUALIFIED", False),
    "lost": ("Lost Lead", False), "junk": ("Junk Lead", False), "converted": ("Closed - Converted", False),
}  # fmt: skip


def open_leads(graph: Graph, at: str) -> set[str]:
    query = load_queries("populations")["open_lead"]
    return {str(row["id"]) for row in graph.read(query, as_of=day(at))}


def test_leads_whose_status_says_that_they_ended_are_not_scored(graph: Graph) -> None:
    w = World()
    for lead, (status, _) in STATUSES.items():
        w.add("Lead", lead, "2024-01-01", created_at=day("2024-01-01"), name=lead)
        for at, said in (("2024-01-01", "New"), ("2024-03-01", status)):
            if said:
                change = w.add("Change", f"{lead}|{at}", at, field="status", new=said, at=day(at))
                w.tie(change, "OF", lead, at)
    w.load(graph, day("2024-06-01"))
    assert open_leads(graph, "2024-02-01") == set(STATUSES)
    assert open_leads(graph, "2024-04-01") == {lead for lead, (_, is_open) in STATUSES.items() if is_open}


def test_the_score_of_leads_is_given_to_open_ones() -> None:
    score: Score = score_named("lead_conversion")
    assert score.population == "open_lead"
