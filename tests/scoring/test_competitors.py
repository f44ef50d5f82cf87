"""A score whose entities compete: exactly one of each group has the outcome."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kg.errors import ConfigurationError, StaleModel
from kg.graph import Graph
from kg.ontology.own import own_of, using
from scoring.learning.train import train
from scoring.model.served import Answer
from scoring.scores import SCORES, score_named
from scoring.serving.among import among
from scoring.serving.explain import explain
from scoring.serving.predict import answer, score_row
from scoring.serving.replay import replay
from scoring.serving.rescore import score_all
from tests.worlds import World, day

NOW = day("2024-06-01")
RIVALS = """// entity: deal
// family: own
// about: The other bids for the same tender: open deals with the same account.
// unit: bids
// aggregate: distinct
// empty: 0
// monotone: none
// newest: 50
// because: Against {value:plural other others} ({deal:list})
// each: {deal}
// absent: It stands alone.
MATCH (e)-[w:WITH]->(f:Account) WHERE known(w)
newest((f)<-[v:WITH]-(d:Deal))
WITH e, w, f, v, d, as_of WHERE d.id <> e.id AND NOT EXISTS { MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z) }
RETURN d.id AS id, d.id AS x, [e, f, d] AS nodes, [w, v] AS relationships, told(d.name) AS deal
"""
SCORE = """entity = "deal"
question = "Will this bid win its tender?"
about = "Probability that this bid wins; those of one tender add up to one."
labels = "deal_win"
features = ["deal_age", "champion_confidence"]
competitors = "rival_bids"
rules = [ { feature = "champion_confidence", weight = 1.0, centre = 0.4, scale = 0.3 } ]
"""


def declared(score: str = SCORE, rivals: str = RIVALS) -> str:
    return json.dumps({"scores/tender.toml": score, "cypher/features/deal/rival_bids.cypher": rivals})


@pytest.fixture
def tenders() -> Iterator[None]:
    with using(own_of(declared())):
        yield


def bids() -> World:
    """Three bids for one tender, of which one has a champion, and one that stands alone."""
    w = World()
    for account in ("ministry", "harbour"):
        w.add("Account", account, name=account.title())
    w.add("Contact", "ann", name="Ann")
    for i, (deal, account) in enumerate(
        (("b1", "ministry"), ("b2", "ministry"), ("b3", "ministry"), ("alone", "harbour"))
    ):
        opened = f"2024-0{i + 2}-01"
        w.add("Deal", deal, opened, name=deal, opened_at=day(opened))
        w.tie(deal, "WITH", account, opened)
        w.add("Record", f"deal|crm:{deal}", source="crm", record_id=deal, kind="deal")
        w.tie(f"deal|crm:{deal}", "RESOLVED_TO", deal, opened)
    w.tie("ann", "PLAYS", "b2", "2024-04-01", role="champion", confidence=0.9)
    return w


def test_probabilities_of_a_group_add_up_to_one_and_reasons_to_the_log_odds(
    graph: Graph, tenders: None, quick: None, tmp_path: Path
) -> None:
    bids().load(graph, NOW)
    score = score_named("tender")
    model = train(graph, score, as_of=NOW, home=tmp_path)
    pairs = [(id_, NOW) for id_ in ("b1", "b2", "alone")]  # b3 is not asked about and counts all the same
    got = answer(graph, model, pairs)
    rows = {id_: score_row(model, score, got, i) for i, (id_, _) in enumerate(pairs)}
    third = answer(graph, model, [("b3", NOW)]).answer.probability[0]
    assert rows["b1"]["value"] + rows["b2"]["value"] + third == pytest.approx(1.0, abs=1e-12)
    assert rows["b2"]["value"] > 1 / 3 > rows["b1"]["value"]
    for row in rows.values():
        assert abs(row["base"] + math.fsum(row["contributions"]) - row["log_odds"]) <= 1e-9
        assert row["low"] < row["value"] < row["high"]
    assert "rival_bids" in rows["b1"]["features"] and "rival_bids" not in rows["alone"]["features"]

    assert score_all(graph, score, as_of=NOW, home=tmp_path, run="one") == 4
    assert replay(graph, score, NOW, home=tmp_path).equal == 4
    why = explain(graph, score, "crm:b1", NOW, home=tmp_path)
    (told,) = (c for c in why["contributions"] if c["feature"] == "rival_bids")
    assert told["sentence"] == "Against 2 others (b2 and b3)" and told["value"] == 2
    with using(own_of(declared(rivals=RIVALS.replace("other bids", "rest")))), pytest.raises(StaleModel):
        explain(graph, score, "crm:b1", NOW, home=tmp_path)


def test_scaling_is_the_conditional_logit() -> None:
    z = np.array([0.3, -1.0])
    own = Answer(1 / (1 + np.exp(-z)), z, z[:, None], np.full(2, 0.1), np.full(2, 0.9), np.full(2, 20.0))
    asked = [("a", NOW), ("b", NOW)]
    held, counts = among(own, asked, [("b", "c"), ("a", "c")], lambda more: np.array([2.0 for _ in more]))
    total = np.exp([0.3, -1.0, 2.0]).sum()
    assert held.probability == pytest.approx(np.exp(z) / total)
    assert counts.tolist() == [2, 2] and held.contributions.sum(axis=1) == pytest.approx(held.log_odds)


@pytest.mark.parametrize(
    ("score", "says"),
    [
        (
            SCORE.replace("rival_bids", "rivals"),
            "competitors = 'rivals' should be a feature of a deal that counts distinct",
        ),
        (SCORE.replace("rival_bids", "deal_age"), "competitors = 'deal_age' should be a feature of a deal"),
        (SCORE.replace('"deal_age", ', '"rival_bids", '), "and so is no feature to learn from"),
    ],
)
def test_what_names_no_competitors_is_refused(score: str, says: str) -> None:
    with using(own_of(declared(score))), pytest.raises(ConfigurationError, match=says):
        list(SCORES)
