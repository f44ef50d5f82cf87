"""Every declared score is held against the feature and label files that it names."""

from __future__ import annotations

import json

import pytest

from kg.errors import ConfigurationError, InputError
from kg.features.features import load_features
from kg.ontology.own import own_of, using
from kg.query.files import load_queries
from scoring.learning.train import DIRECTIONS, declared
from scoring.model.rules import disagreements
from scoring.scores import SCORES, refreshed, score_named
from scoring.scores.score import Rule, Score
from scoring.settings import settings


@pytest.mark.parametrize("score", SCORES, ids=lambda s: s.name)
def test_features_labels_and_open_entities_exist(score: Score) -> None:
    assert list(declared(score)) == list(score.features)
    assert score.labels in load_queries("labels")
    assert score.population in load_queries("populations")


def test_every_feature_is_used_by_a_score_of_its_entity() -> None:
    used = {(score.entity, name) for score in SCORES for name in score.features}
    assert {(f.entity, f.name) for f in load_features().values()} == used


@pytest.mark.parametrize("score", SCORES, ids=lambda s: s.name)
def test_flat_features_agree_with_their_files(score: Score) -> None:
    assert {name for name, f in declared(score).items() if f.flat} == set(score.flat)


@pytest.mark.parametrize("score", SCORES, ids=lambda s: s.name)
def test_rules_agree_with_the_declared_directions(score: Score) -> None:
    directions = {name: DIRECTIONS[score.monotone.get(name, f.monotone)] for name, f in declared(score).items()}
    assert disagreements(score, directions) == []


BANDS = [(0.99, "A"), (0.6, "A"), (0.59, "B"), (0.35, "B"), (0.2, "C"), (0.1499, "D"), (0.0, "D")]


@pytest.mark.parametrize(("p", "band"), BANDS)
def test_bands(p: float, band: str) -> None:
    assert score_named("deal_win").band(p) == band


def test_an_unknown_score_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match="deal_win, lead_conversion"):
        score_named("deal_loss")


BAD = [
    ({"features": ("a", "a")}, "twice"),
    ({"rules": (Rule("b", 1.0, 0.0, 1.0),)}, "not among its features"),
    ({"prior_rate": 1.0}, "prior rate"),
    ({"cuts": (0.1, 0.2, 0.3)}, "must fall"),
    ({"name": "a b"}, "lower case"),
]


@pytest.mark.parametrize(("change", "said"), BAD)
def test_a_bad_declaration_is_refused_with_a_sentence(change: dict[str, object], said: str) -> None:
    good: dict[str, object] = {
        "name": "x",
        "entity": "deal",
        "question": "?",
        "about": "?",
        "horizon": None,
        "features": ("a",),
        "flat": frozenset(),
        "rules": (),
        "prior_rate": 0.3,
        "cuts": (0.6, 0.3, 0.1),
    }
    with pytest.raises(ConfigurationError, match=said):
        Score(**{**good, **change})  # type: ignore[arg-type]


def test_a_refresh_learns_those_of_ours_that_are_named_and_all_own_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    own = 'entity = "deal"\nquestion = "?"\nabout = "x."\nlabels = "deal_win"\nfeatures = ["deal_age"]\n'
    for given, names in (("", {score.name for score in SCORES}), (" deal_slip,deal_win", {"deal_win", "deal_slip"})):
        monkeypatch.setenv("DEALGRAPH_SCORING_SCORES", given)
        settings.cache_clear()
        assert {score.name for score in refreshed()} == names
        with using(own_of(json.dumps({"scores/renewal.toml": own}))):
            assert {score.name for score in refreshed()} == names | {"renewal"}
    monkeypatch.setenv("DEALGRAPH_SCORING_SCORES", "deal_loss")
    settings.cache_clear()
    with pytest.raises(InputError, match="there is no score 'deal_loss'"):
        refreshed()
    settings.cache_clear()
