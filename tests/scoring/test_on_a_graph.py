"""Training, scoring, predicting, exporting and explaining on a real Neo4j, in a random world."""

from __future__ import annotations

import csv
import math
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kg.errors import InputError, NotFound, StaleModel
from kg.features.features import load_features
from kg.graph import Graph
from kg.query.query import Query
from scoring.learning.train import train
from scoring.registry import artifact as artifacts
from scoring.registry.registry import served, serving
from scoring.serving.explain import explain
from scoring.serving.export import export
from scoring.serving.predict import entities_at, moment, predict
from scoring.serving.rescore import score_all
from tests.scoring.scored import DEAL_WIN, EARLY, NOW, SCORES
from tests.worlds import START

STATES = Query(
    "states",
    "tests",
    "MATCH (s:Score)-[:OF]->(d:Deal)-[z:ENDED_IN]->() RETURN z.known_from AS known, z.known_to AS until",
    columns=("known", "until"),
)


def write(path: Path, rows: list[tuple[str, ...]], header: str = "source,record_id,as_of") -> Path:
    path.write_text("\n".join([header, *(",".join(r) for r in rows)]) + "\n")
    return path


def test_the_line_from_training_to_scores(filled: Graph, tmp_path: Path) -> None:
    """Scores add up, only open deals have one, a second run changes nothing, and the model node says what serves."""
    model = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    assert model.fresh and model.served.basis in ("BLEND", "MODEL")
    count = score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")
    first = [row["s"] for row in filled.read(SCORES)]
    assert len(first) == count > 5 and all(s["current"] for s in first)
    assert all(row["known"] > NOW or (row["until"] and row["until"] <= NOW) for row in filled.read(STATES))
    for s in first:
        assert abs(s["base"] + math.fsum(s["contributions"]) - s["log_odds"]) <= 1e-9
        assert len({len(s[k]) for k in ("features", "paired", "values", "texts", "contributions")}) == 1
        assert (
            s["low"] < s["value"] < s["high"]
            and s["version"] == model.version
            and s["band"] == DEAL_WIN.band(s["value"])
        )
    assert not train(filled, DEAL_WIN, as_of=NOW, home=tmp_path).fresh
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="two")
    second = [row["s"] for row in filled.read(SCORES)]
    strip = [[{k: repr(v) for k, v in s.items() if k != "run"} for s in found] for found in (first, second)]
    assert strip[0] == strip[1]


def test_an_earlier_score_stays_and_the_newest_is_current(filled: Graph, tmp_path: Path) -> None:
    train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    score_all(filled, DEAL_WIN, as_of=EARLY, home=tmp_path, run="one")
    score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="two")
    found = [row["s"] for row in filled.read(SCORES)]
    assert {(s["as_of"], s["current"]) for s in found} == {(EARLY, False), (NOW, True)}


def test_new_labels_train_anew(filled: Graph, tmp_path: Path) -> None:
    early = train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    late = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    assert early.version != late.version
    assert artifacts.versions(tmp_path, "deal_win") == sorted([early.version, late.version])
    assert serving(filled, "deal_win") == late.version


def test_predict_keeps_rows_order_and_columns(filled: Graph, tmp_path: Path) -> None:
    train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    rows = [
        ("crm", "D7", "2024-11-01", "x"),
        ("crm", "NOBODY", "2024-11-01", "y"),
        ("crm", "D7", "2022-01-01", "z"),
        ("other", "D7", "2024-11-01", "q"),
        ("crm", "D3", "2024-11-01T12:00:00Z", "r"),
        ("crm", "D7", "2024-11-01", "s"),
    ]
    moments = write(tmp_path / "m.csv", rows, "source,record_id,as_of,note")
    counts = predict(filled, DEAL_WIN, moments, tmp_path / "p.csv", home=tmp_path)
    with (tmp_path / "p.csv").open(newline="") as file:
        got = list(csv.DictReader(file))
    assert list(got[0]) == ["source", "record_id", "as_of", "note", "probability", "low", "high", "basis"]
    assert [(r["source"], r["record_id"], r["as_of"], r["note"]) for r in got] == rows
    basis = served(filled, tmp_path, "deal_win").served.basis
    assert [r["basis"] for r in got] == [basis, "NONE", "NONE", "NONE", basis, basis]
    assert [(r["probability"], r["low"], r["high"]) for r in got[1:4]] == [("", "", "")] * 3
    assert got[0]["probability"] == got[5]["probability"] and counts == {basis: 3, "NONE": 3}


BROKEN = [
    ("source,record_id\ncrm,D1\n", "column 'as_of' is missing"),
    ("source,record_id,as_of\ncrm,D1,soon\n", r"m\.csv:2: as_of 'soon'"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_broken_file_of_moments_is_refused(filled: Graph, tmp_path: Path, text: str, said: str) -> None:
    train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        predict(filled, DEAL_WIN, tmp_path / "m.csv", tmp_path / "p.csv", home=tmp_path)


def test_explain_adds_up_and_shows_paths(filled: Graph, tmp_path: Path) -> None:
    train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    told = explain(filled, DEAL_WIN, "crm:D7", NOW, home=tmp_path)
    total = told["base"] + math.fsum(c["contribution"] for c in told["contributions"])
    assert abs(total - told["log_odds"]) <= 1e-9
    sizes = [abs(c["contribution"]) for c in told["contributions"]]
    assert sizes == sorted(sizes, reverse=True) and all(sizes)
    assert all(c["sentence"] and c["paths"] and c["paths"][0]["nodes"] for c in told["contributions"])
    moments = write(tmp_path / "m.csv", [("crm", "D7", NOW.isoformat())])
    predict(filled, DEAL_WIN, moments, tmp_path / "p.csv", home=tmp_path)
    assert (tmp_path / "p.csv").read_text().splitlines()[1].split(",")[3] == repr(told["probability"])


WRONG = [("D7", InputError, "source:record_id"), ("crm:NOBODY", NotFound, "crm:NOBODY")]


@pytest.mark.parametrize(("record", "error", "said"), WRONG)
def test_explain_refuses_with_a_sentence(
    filled: Graph, tmp_path: Path, record: str, error: type[Exception], said: str
) -> None:
    train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    with pytest.raises(error, match=said):
        explain(filled, DEAL_WIN, record, NOW, home=tmp_path)


def test_export_gives_records_with_reasons(filled: Graph, tmp_path: Path) -> None:
    train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    count = score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")
    assert export(filled, DEAL_WIN, tmp_path / "f.csv") == count
    with (tmp_path / "f.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["probability"]) for r in rows] == sorted((float(r["probability"]) for r in rows), reverse=True)
    assert all(r["source"] == "crm" and r["band"] in "ABCD" and r["reason_1"][:2] in ("+ ", "- ") for r in rows)


def test_a_changed_feature_is_refused(filled: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    manifest = dict(model.manifest) | {"features": dict(model.manifest["features"]) | {"power_gap": "older"}}
    artifacts.write(tmp_path, "deal_win", model.version, model.served, manifest, {})
    with pytest.raises(StaleModel, match=r"power_gap\.cypher changed"):
        score_all(filled, DEAL_WIN, as_of=NOW, home=tmp_path, run="one")


def test_records_are_known_from_their_moment(filled: Graph) -> None:
    asked = [("crm", "D7", NOW), ("crm", "D7", START - timedelta(days=9)), ("crm", "L1", NOW), ("crm", "D7", NOW)]
    assert entities_at(filled, "deal", asked) == ["d7", None, None, "d7"]
    assert entities_at(filled, "lead", [("crm", "L1", NOW)]) == ["l1"]


TIMES = [
    ("2024-11-01", "2024-11-01T23:59:59.999999+00:00"),
    ("2024-11-01T12:00:00", "2024-11-01T12:00:00+00:00"),
    ("2024-11-01T12:00:00+02:00", "2024-11-01T10:00:00+00:00"),
]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_moments_are_utc_and_days_end(text: str, expected: str) -> None:
    assert moment(text, "x") == datetime.fromisoformat(expected)


def test_every_served_feature_is_declared(filled: Graph, tmp_path: Path) -> None:
    model = train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    assert set(model.features) <= set(load_features())
