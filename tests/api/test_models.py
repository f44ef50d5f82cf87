"""Models through GraphQL and the explorer: the kept report, what speaks against a version."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kg.graph import Graph
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.load import NodeRows, load
from tests.api.conftest import Ask
from tests.api.kept_report import REPORT, TEXT
from tests.api.world import NOW

WORSE = {"auc": {"value": 0.4, "low": 0.3, "high": 0.48}, "slope": {"value": 1.0, "low": 0.9, "high": 1.1}}
DROP = Query("drop", "tests", "MATCH (m:Model) WHERE m.version <> 'v1' DETACH DELETE m", "write")
KEEP = Query("keep", "tests", "MATCH (m:Model {id: 'deal_win|v1'}) SET m.report = $report", "write")
ASKED = """{ models(score: "deal_win") { version held report { asOf tested entities predicted won means
  overall { name auc { name value low high } ece { value } slope { high } } eceOfPerfect { mean high }
  gain { name value } families { name value low high } reliability { predicted realised n }
  top { share precision lift } months { name n predicted won auc } ages { name } stages { name brier }
  segments { field parts { name n } } leftOut { feature why } } } }"""


@pytest.fixture
def models(world: GraphSettings) -> Iterator[Graph]:
    """The API's world with a report of its model, and a second version that ranks worse than lots."""
    with Graph.connect(world) as graph:
        row = {"id": "deal_win|v2", "name": "deal_win", "version": "v2", "as_of": NOW, "trained_at": NOW,
               "basis": "MODEL", "active": False, "manifest": json.dumps({"metrics": WORSE})}  # fmt: skip
        load(graph, [NodeRows("Model", [row])], run="test")
        graph.write(KEEP, report=TEXT)
        yield graph
        graph.write(DROP)
        graph.write(KEEP, report=None)


def test_the_kept_report_is_told_figure_by_figure(ask: Ask, models: Graph) -> None:
    found = {m["version"]: m for m in ask(ASKED).data["models"]}
    assert found["v2"]["report"] is None
    told = found["v1"]["report"]
    for name in ("tested", "entities", "predicted", "won", "means", "reliability"):
        assert told[name] == REPORT[name]
    assert told["eceOfPerfect"] == REPORT["ece_of_perfect"] and told["asOf"] == REPORT["as_of"]
    assert [r["name"] for r in told["overall"]] == list(REPORT["overall"])
    assert told["overall"][0]["auc"] == {"name": "auc", "value": 0.7, "low": 0.6, "high": 0.8}
    assert told["families"] == [{"name": "engagement", "value": 0.7, "low": 0.6, "high": 0.8}]
    assert told["top"] == [{"share": "10%", "precision": 0.5, "lift": 2.0}]
    month = {"name": "2024-03", "n": 12.0, "predicted": 0.24, "won": 0.25, "auc": None}
    assert told["months"] == [month, month | {"name": "2024-04"}]
    assert told["segments"] == [{"field": "account_industry", "parts": [{"name": "logistics", "n": 12.0}]}]
    assert told["leftOut"] == [{"feature": "close_reason", "why": "it came after the outcome"}]


def test_gates_that_speak_against_a_version_are_told(ask: Ask, models: Graph) -> None:
    found = {m["version"]: m["held"] for m in ask("{ models { version held } }").data["models"]}
    assert found["v1"] == [] and len(found["v2"]) == 1 and "worse than drawing lots" in found["v2"][0]


def test_a_viewer_who_reaches_a_model_by_its_score_gets_no_report(ask: Ask, models: Graph) -> None:
    text = '{ deal(id: "D1") { score { model { version report { tested } } } } }'
    assert ask(text).data["deal"]["score"]["model"] == {"version": "v1", "report": {"tested": 24}}
    refused = ask(text, "viewer")
    assert refused.errors[0].extensions["code"] == "FORBIDDEN"
    assert refused.data["deal"]["score"]["model"] == {"version": "v1", "report": None}


def test_reports_of_many_models_are_one_read(ask: Ask, models: Graph) -> None:
    calls = ask("{ models { version report { tested } } }").calls
    assert calls == ask("{ models(first: 1) { version report { tested } } }").calls == 3


@pytest.fixture
def browse(client: TestClient, token: Callable[[str], str], models: Graph) -> Callable[..., Any]:
    """A page of the explorer as somebody."""

    app: Any = client.app
    app.state.settings = app.state.settings.model_copy(update={"request_seconds": 180.0})  # nothing is warmed

    def get(path: str, who: str = "analyst") -> Any:
        client.cookies.set("dealgraph_token", token(who))
        return client.get(path)

    return get


def test_the_page_of_a_score_shows_report_and_versions(browse: Callable[..., Any]) -> None:
    page = browse("/models/deal_win")
    assert page.status_code == 200
    for said in ("24 moments of 9 cases", 'class="reliability"', "Odoo", "+0.7000", "logistics", "2024-03",
                 "close_reason: it came after the outcome", "worse than drawing lots"):  # fmt: skip
        assert said in page.text
    assert page.text.count("<circle") == 2
    untested = browse("/models/deal_win?version=v2")
    assert "Not tested yet" in untested.text and "<circle" not in untested.text
    assert 'href="/models/deal_win?version=v1"' in browse("/models").text
    assert 'href="/models/deal_win?version=v1"' in browse("/deals/D1").text
    assert 'href="/models/deal_win' not in browse("/deals/D1", "viewer").text
    assert browse("/models/deal_win", "viewer").status_code == 403
    assert browse("/models/nothing").status_code == browse("/models/deal_win?version=v9").status_code == 404
