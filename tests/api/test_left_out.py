"""A feature that cannot be computed is left out aloud: of training, and of scores that a refresh writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api.jobs.models import LEFT_OUT, basis_of
from api.jobs.refresh import Line
from kg.errors import FeatureFailed, NotFound
from kg.features.features import Feature, load_features
from kg.graph import Graph
from kg.query.query import Query
from scoring.learning.train import train
from scoring.registry.registry import served
from scoring.scores import refreshed, score_named
from scoring.serving.predict import answer
from scoring.serving.rescore import score_all
from tests.conftest import quick_training
from tests.kg.features.test_extraction import DIVIDES, bad
from tests.scoring.scored import NOW, world

DEAL_WIN = score_named("deal_win")
NAME = "contacts_engaged"
WHY = "ArithmeticError"
SCORES_OF = Query(
    "scores",
    "tests",
    "MATCH (s:Score) WHERE coalesce(s.answered, true) "
    "RETURN s.name AS name, s.features AS features, s.version AS version",
)


@pytest.fixture
def filled(graph: Graph) -> Iterator[Graph]:
    """A world of deals and leads, and quick training."""
    world().load(graph, NOW)
    with quick_training():
        yield graph


@pytest.fixture
def wrong(tmp_path: Path) -> dict[str, Feature]:
    """All features, one of them with a query that goes wrong."""
    files = load_features()
    broken = bad(tmp_path, NAME, DIVIDES)
    return {**files, NAME: replace(broken, digest=files[NAME].digest)}


def quiet(done: int, total: int | None, what: str) -> None:
    """Progress that nobody watches."""


def patched(monkeypatch: pytest.MonkeyPatch, files: dict[str, Feature]) -> None:
    for module in ("scoring.learning.train", "kg.features.catalog"):
        monkeypatch.setattr(f"{module}.load_features", lambda: files)


def test_training_goes_on_without_it_and_says_so(
    filled: Graph, tmp_path: Path, wrong: dict[str, Feature], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    assert not whole.left_out and not whole.said and NAME in whole.features
    patched(monkeypatch, wrong)
    model = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    assert list(model.left_out) == [NAME] and WHY in model.left_out[NAME]
    assert NAME not in model.features and model.version != whole.version
    manifest = json.loads((model.folder / "manifest.json").read_text())
    assert manifest["left_out"] == model.left_out
    assert model.said == (f"deal_win: {NAME} is left out: {model.left_out[NAME]}.",)
    assert score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one") > 5  # it needs the wrong one no more
    assert all(NAME not in row["features"] for row in filled.read(SCORES_OF))


def test_a_model_that_needs_it_answers_nothing(
    filled: Graph, tmp_path: Path, wrong: dict[str, Feature], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    patched(monkeypatch, wrong)
    with pytest.raises(FeatureFailed) as failed:
        answer(filled, model, [("d7", NOW)])
    assert str(failed.value).startswith(f"Feature {NAME} could not be computed: ") and WHY in str(failed.value)
    assert f"dealgraph train deal_win --without {NAME}" in str(failed.value)
    with pytest.raises(FeatureFailed):
        score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")
    assert filled.read(SCORES_OF) == []


def test_what_is_asked_for_is_left_out(filled: Graph, tmp_path: Path) -> None:
    model = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path, without={NAME: "asked for by --without"})
    assert model.said == (f"deal_win: {NAME} is left out: asked for by --without.",)
    assert NAME not in model.features and served(filled, tmp_path, "deal_win").left_out == model.left_out
    with pytest.raises(NotFound, match="'contacts' is no feature of deal_win"):
        train(filled, DEAL_WIN, as_of=NOW, home=tmp_path, without={"contacts": "typed"})


def test_a_refresh_learns_without_what_fails_while_it_scores(
    filled: Graph, tmp_path: Path, wrong: dict[str, Feature], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(filled, tmp_path / "sources.toml", tmp_path, "one")
    trained = line.train(NOW, quiet)
    assert not trained.notices and set(trained.counts) == {score.name for score in refreshed()}
    patched(monkeypatch, wrong)
    scored = line.score(NOW, trained.keep, quiet)
    (sentence,) = (said for said in scored.said if NAME in said)
    assert sentence.startswith(f"deal_win: {NAME} is left out: ") and WHY in sentence
    expected: dict[str, Any] = {"what": LEFT_OUT, "score": "deal_win", "feature": NAME, "sentence": sentence}
    assert [dict(notice) for notice in scored.notices if notice["what"] == LEFT_OUT] == [expected]
    assert scored.counts["deal_win without"] == NAME and scored.counts["deal_win"] > 5
    rows = [row for row in filled.read(SCORES_OF) if row["name"] == "deal_win"]
    assert len(rows) == scored.counts["deal_win"]
    assert {row["version"] for row in rows} == {served(filled, tmp_path, "deal_win").version}
    assert all(NAME not in row["features"] for row in rows)


def test_a_refresh_that_learns_without_it_says_so(
    filled: Graph, tmp_path: Path, wrong: dict[str, Feature], monkeypatch: pytest.MonkeyPatch
) -> None:
    patched(monkeypatch, wrong)
    trained = Line(filled, tmp_path / "sources.toml", tmp_path, "one").train(NOW, quiet)
    (sentence,) = (said for said in trained.said if NAME in said)
    assert WHY in sentence and trained.counts["deal_win without"] == NAME
    assert [notice["sentence"] for notice in trained.notices] == [sentence]


@pytest.mark.parametrize(
    ("basis", "sentence"),
    [
        ("MODEL", None),
        ("BLEND", "deal_win: 30 won and 76 lost examples can be learned from; below 40 of each, rules still carry "
                  "part of the answer (basis BLEND)."),
        ("RULES", "deal_win: 30 won and 76 lost examples can be learned from, which is too few to say much, so "
                  "rules carry the answer (basis RULES)."),
    ],
)  # fmt: skip
def test_a_model_says_why_the_data_do_not_answer_alone(basis: str, sentence: str | None) -> None:
    model: Any = SimpleNamespace(
        score="deal_win", manifest={"won": 30.2, "examples": 106.0}, served=SimpleNamespace(basis=basis)
    )
    assert basis_of(model, 40) == sentence


def test_a_model_without_any_outcome_names_the_likely_cause() -> None:
    model: Any = SimpleNamespace(
        score="deal_win", manifest={"won": 0.0, "examples": 0.0}, served=SimpleNamespace(basis="RULES")
    )
    assert "was known only from its end on" in (basis_of(model, 40) or "")
