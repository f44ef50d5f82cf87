"""Scores of pairs, and the labels and populations of the scores that came with them, in a small world."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from kg.errors import InputError, NotFound
from kg.graph import Graph
from kg.query.files import load_queries
from kg.query.query import Query
from scoring.learning.train import label_moments, train
from scoring.scores import score_named
from scoring.serving.explain import explain
from scoring.serving.export import export
from scoring.serving.predict import predict
from scoring.serving.replay import replay
from scoring.serving.rescore import score_all
from tests.worlds import World, activity, day, norrland

NOW = day("2024-04-15")
PAIRS = ("champion_strength", "cross_sell")
SCORED = Query(
    "scored",
    "tests",
    "MATCH (s:Score:Current)-[:OF]->(e) RETURN s.name AS name, s.entity_id AS id, s.second_id AS second, e.id AS of",
    columns=("name", "id", "second", "of"),
)


def people_with_records() -> World:
    w = norrland()
    for kind, entity in (("deal", "D1"), ("contact", "mara"), ("account", "baltic")):
        record = w.add("Record", f"{kind}|crm:{entity}", source="crm", record_id=entity, kind=kind)
        w.tie(record, "RESOLVED_TO", entity, "2024-03-02" if kind == "deal" else "2023-01-01")
    w.add("Product", "product|crm:P1", name="Cable", family="hardware", price=1.0)
    for deal, account in (("d_cable", "polar"), ("d_open", "hafen")):
        w.add("Deal", deal, "2023-05-01", name=deal, opened_at=day("2023-05-01"))
        w.tie(deal, "WITH", account, "2023-05-01")
        w.tie(deal, "FOR", "product|crm:P1", "2023-05-01", amount=1.0)
    w.add("Outcome", "o_cable", "2023-07-01", result="won", at=day("2023-07-01"))
    w.tie("d_cable", "ENDED_IN", "o_cable", "2023-07-01")
    return w


def population(graph: Graph, name: str, at: datetime = NOW) -> set[str]:
    return {str(row["id"]) for row in graph.read(load_queries("populations")[name], as_of=at)}


def labels(graph: Graph, name: str, id_: str) -> dict[str, tuple[int | None, str | None]]:
    rows = [r for r in label_moments(graph, score_named(name), NOW) if r["id"] == id_]
    return {
        f"{r['as_of']:%Y-%m-%d}": (r["label"], f"{r['closed_at']:%Y-%m-%d}" if r["closed_at"] else None) for r in rows
    }


def test_who_is_asked_about(graph: Graph) -> None:
    people_with_records().load(graph, NOW)
    assert population(graph, "open_seat") == {f"D1|{c}" for c in ("mara", "ines", "jon")}
    # polar and norrland bought the router, norrland the switch too; hafen never bought, baltic the router alone
    assert population(graph, "open_offer") == {
        "baltic|product|crm:P1", "baltic|switch", "norrland|product|crm:P1", "polar|switch",
    }  # fmt: skip
    assert population(graph, "open_account") == {"hafen"}
    assert population(graph, "open_account", day("2023-06-15")) == {"norrland", "baltic", "hafen"}
    assert population(graph, "dated_deal") == {"D1"}
    assert population(graph, "dated_deal", day("2024-06-02")) == set()


def test_an_offer_is_bought_once_and_not_asked_while_it_is_open(graph: Graph) -> None:
    people_with_records().load(graph, NOW)
    # a customer since August; the router was bought with the first deal, so nothing is asked about it
    assert labels(graph, "cross_sell", "norrland|router") == {}
    assert set(labels(graph, "cross_sell", "norrland|product|crm:P1").values()) == {(None, None)}
    assert labels(graph, "cross_sell", "polar|product|crm:P1") == {}  # open from before polar was a customer to its win
    assert labels(graph, "account_fit", "polar")["2023-04-01"] == (1, "2023-06-01")
    assert all(label is None for label, _ in labels(graph, "account_fit", "hafen").values())


def test_a_day_of_closing_slips_when_it_is_moved_or_passes(graph: Graph) -> None:
    w = norrland()  # D1: expected on 1 May, on 2 April moved to 1 June
    for deal, end in (("in_time", "2024-03-10"), ("late", "2024-04-01"), ("early", "2024-03-20")):
        w.add("Deal", deal, "2024-02-10", name=deal, opened_at=day("2024-02-10"))
        w.tie(deal, "WITH", "polar", "2024-02-10")
        due = "2024-03-10" if deal != "early" else "2024-05-10"
        w.add("Change", f"c_{deal}", "2024-02-10", field="close_date", new=due, moment=day(due), at=day("2024-02-10"))
        w.tie(f"c_{deal}", "OF", deal, "2024-02-10")
        w.add("Outcome", f"o_{deal}", end, result="lost", at=day(end))
        w.tie(deal, "ENDED_IN", f"o_{deal}", end)
    w.load(graph, NOW)
    assert labels(graph, "deal_slip", "D1") == {"2024-04-01": (1, "2024-04-02")}
    assert labels(graph, "deal_slip", "in_time") == {"2024-03-01": (0, "2024-03-10")}  # on the day itself
    assert labels(graph, "deal_slip", "late") == {"2024-03-01": (1, "2024-03-11")}
    assert labels(graph, "deal_slip", "early") == {"2024-03-01": (0, "2024-03-20")}


def test_a_pair_is_scored_explained_predicted_and_exported(graph: Graph, quick: None, tmp_path: Path) -> None:
    w = people_with_records()
    activity(w, "new", "meeting", "inbound", "2024-04-13", "D1", ("mara", "ines"))
    w.load(graph, NOW)
    for name in PAIRS:
        train(graph, score_named(name), as_of=NOW, home=tmp_path)
        score_all(graph, score_named(name), as_of=NOW, home=tmp_path, run="one")
    rows = graph.read(SCORED)
    assert {(r["name"], r["id"]) for r in rows} == {
        ("champion_strength", "D1|mara"), ("champion_strength", "D1|ines"), ("champion_strength", "D1|jon"),
        ("cross_sell", "baltic|product|crm:P1"), ("cross_sell", "baltic|switch"),
        ("cross_sell", "norrland|product|crm:P1"), ("cross_sell", "polar|switch"),
    }  # fmt: skip
    assert all(r["id"] == f"{r['of']}|{r['second']}" for r in rows)
    again = replay(graph, score_named("cross_sell"), NOW, home=tmp_path)
    assert (again.scores, again.equal) == (4, 4)

    seat = score_named("champion_strength")
    why = explain(graph, seat, "crm:D1", NOW, home=tmp_path, second="crm:mara")
    assert why["entity_id"] == "D1|mara" and why["second"] == "crm:mara"
    assert abs(why["base"] + sum(c["contribution"] for c in why["contributions"]) - why["log_odds"]) <= 1e-9
    with pytest.raises(InputError, match="a deal and a contact: name the contact by --second"):
        explain(graph, seat, "crm:D1", NOW, home=tmp_path)
    with pytest.raises(NotFound, match="No contact record crm:nobody"):
        explain(graph, seat, "crm:D1", NOW, home=tmp_path, second="crm:nobody")
    with pytest.raises(InputError, match="leave --second 'crm:mara' out"):
        explain(graph, score_named("deal_win"), "crm:D1", NOW, home=tmp_path, second="crm:mara")


def test_files_name_both_records_of_a_pair(graph: Graph, quick: None, tmp_path: Path) -> None:
    people_with_records().load(graph, NOW)
    offers = score_named("cross_sell")
    train(graph, offers, as_of=NOW, home=tmp_path)
    score_all(graph, offers, as_of=NOW, home=tmp_path, run="one")
    asked = tmp_path / "asked.csv"
    header = "source,record_id,second_source,second_record_id,as_of\n"
    asked.write_text(f"{header}crm,baltic,crm,P1,2024-04-15\ncrm,baltic,crm,P9,2024-04-15\n")
    assert predict(graph, offers, asked, tmp_path / "out.csv", home=tmp_path) == {"RULES": 1, "NONE": 1}
    asked.write_text("source,record_id,as_of\ncrm,baltic,2024-04-15\n")
    with pytest.raises(InputError, match="column 'second_source' is missing"):
        predict(graph, offers, asked, tmp_path / "out.csv", home=tmp_path)
    assert export(graph, offers, tmp_path / "export.csv") == 2
    with (tmp_path / "export.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {(r["source"], r["record_id"], r["second_source"], r["second_record_id"]) for r in rows} >= {
        ("crm", "baltic", "crm", "P1")
    }
