"""Scores that a company declares in TOML: what they become, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from kg.errors import ConfigurationError
from kg.ontology.own import Own, own_of, using
from scoring.scores import SCORES, score_named

SCORE = """
entity = "deal"
question = "Will it renew?"
about = "Probability of renewal."
labels = "deal_win"
features = ["deal_amount", "deal_age"]
"""


def own(text: str, name: str = "renewal") -> Own:
    return own_of(json.dumps({f"scores/{name}.toml": text}))


def test_a_score_in_toml_is_one_of_the_scores() -> None:
    more = 'horizon_days = 90\nflat = ["deal_age"]\n[monotone]\ndeal_age = "down"\n'
    with using(own(SCORE + more)):
        found = score_named("renewal")
        assert (found.entity, found.labels, found.population) == ("deal", "deal_win", "open_deal")
        assert found.horizon == timedelta(days=90)
        assert (found.flat, dict(found.monotone)) == (frozenset(["deal_age"]), {"deal_age": "down"})
    assert "renewal" not in [score.name for score in SCORES]


BAD = [
    ("x = [", "is not valid TOML"),
    (SCORE + "colour = 1", "does not know 'colour'; it takes entity, question"),
    (
        SCORE.replace('"deal"\n', '"dael"\n', 1),
        "entity = 'dael' is not one of deal, lead, account, contact, seat, offer.",
    ),
    (SCORE.replace('question = "Will it renew?"', ""), "question = None should be a text."),
    (SCORE.replace('"deal_age"', '"deal_aeg"'), "features: 'deal_aeg' is no feature of a deal; they are account_"),
    (SCORE.replace('"deal_age"', '"lead_age"'), "features: 'lead_age' is no feature of a deal"),
    (SCORE.replace('["deal_amount", "deal_age"]', "[]"), "features = [] should name at least one"),
    (SCORE.replace('["deal_amount", "deal_age"]', '"deal_age"'), "features = 'deal_age' should be a list of names."),
    (SCORE.replace('"deal_age"', '"deal_amount"'), "lists a feature twice"),
    (SCORE.replace('labels = "deal_win"', ""), "there is no cypher/labels/renewal.cypher; add it, or name one of"),
    (SCORE + 'population = "x"', "there is no cypher/populations/x.cypher"),
    (SCORE + "horizon_days = 0", "horizon_days = 0 is outside 1 to 36500 (or 'whenever')."),
    (SCORE + "horizon_days = true", "horizon_days = True is no number."),
    (SCORE + "prior_rate = 1.5", "prior rate 1.5 is not between 0 and 1"),
    (SCORE + "cuts = [0.1, 0.2, 0.3]", "must fall from A to C"),
    (SCORE + "cuts = [0.1]", "cuts = [0.1] should be three probabilities"),
    (SCORE + "moments = 2", "moments = 2 should be a table of kinds of moments"),
    (SCORE + "moments = { month_end = 0 }", "no kind of moment of {'month_end': 0.0} counts"),
    (SCORE + "moments = { month_end = -1 }", "must not weigh below 0"),
    (SCORE + 'moments = { month_end = "x" }', "moments.month_end = 'x' is no number."),
    (SCORE + 'flat = ["lead_age"]', "are not among its features"),
    (SCORE + '[monotone]\ndeal_age = "sideways"', "monotone.deal_age = 'sideways': the feature is one of deal_amount"),
    (SCORE + '[monotone]\nstage_order = "up"', "monotone.stage_order = 'up'"),
    (SCORE + 'rules = [{ feature = "deal_age" }]', "should be { feature, weight, centre, scale }."),
]


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_a_bad_score_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with using(own(text)), pytest.raises(ConfigurationError) as caught:
        list(SCORES)
    assert str(caught.value).startswith("scores/renewal.toml: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["Renewal", "a-b", "2x"])
def test_a_score_has_a_name(name: str) -> None:
    with using(own(SCORE, name)), pytest.raises(ConfigurationError, match="name the file differently"):
        list(SCORES)


def test_a_file_named_like_one_of_ours_changes_what_it_names() -> None:
    ours = score_named("lead_conversion")
    with using(own("horizon_days = 30\nmoments = { arose = 1.0, day_30 = 0.5 }", "lead_conversion")):
        found = score_named("lead_conversion")
        assert (found.horizon, found.days, found.moments["arose"]) == (timedelta(days=30), (30,), 1.0)
        assert (found.features, found.rules, found.population) == (ours.features, ours.rules, ours.population)
        assert found.said(found.question) == "Will this lead become a won deal within 30 days?"
        assert len(SCORES) == len({score.name for score in SCORES})
    with using(own("horizon_days = 90", "deal_win")):
        found = score_named("deal_win")
        assert found.said(found.question) == "Will this open deal be won within 90 days?"
        assert found.said(found.about) == "Probability that this deal, open at the moment, will be won within 90 days."
    with using(own('horizon_days = "whenever"\nfeatures = ["lead_age", "lead_engagement"]', "lead_conversion")):
        found = score_named("lead_conversion")
        assert found.horizon is None and {rule.feature for rule in found.rules} == {"lead_engagement"}
    assert score_named("lead_conversion") == ours
    with using(own('entity = "deal"', "lead_conversion")), pytest.raises(ConfigurationError, match="of a lead; leave"):
        list(SCORES)
