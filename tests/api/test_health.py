"""What was wrong with a score is told with its answers of then, and listed."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

from tests.api.conftest import Ask

SAID = "No meeting activities for 21 days."


def test_an_answer_says_why_another_model_gave_it(ask: Ask) -> None:
    text = '{ deal(id: "D1") { then: score(asOf: "2024-04-08T00:00:00Z") { health } score { health } } }'
    found = ask(text, "viewer").data["deal"]
    assert found["then"]["health"] == [SAID], "what is only told does not stand on each answer"
    assert found["score"]["health"] == []


def test_events_are_listed_by_score(ask: Ask) -> None:
    text = "query Q($s: String) { healthEvents(score: $s) { name what subject severe sentence value allowed endedAt } }"
    found = ask(text, "viewer", s="deal_win").data["healthEvents"]
    assert {(e["what"], e["severe"], e["endedAt"] is None) for e in found} == {
        ("silent", True, False), ("drifted", False, True)
    }  # fmt: skip
    assert ask(text, "viewer").data["healthEvents"] == found and ask(text, "viewer", s="x").data["healthEvents"] == []


def test_health_of_many_deals_is_read_at_once(ask: Ask) -> None:
    text = "query Q($n: Int) { deals(first: $n) { edges { node { score { health } } } } }"
    assert ask(text, n=1).calls == ask(text, n=50).calls


def test_the_models_page_shows_it(client: TestClient, token: Callable[[str], str]) -> None:
    client.cookies.set("dealgraph_token", token("analyst"))
    assert SAID in client.get("/models").text
