"""A report is kept with the model that was learned from the same rows, beside its files and in the graph."""

from __future__ import annotations

import json
from pathlib import Path

from api.graphql.types.report import ModelReport
from kg.graph import Graph
from kg.query.query import Query
from scoring.learning.backtest import backtest
from scoring.learning.kept_report import keep_report
from scoring.learning.train import gather, train
from scoring.settings import settings
from tests.scoring.scored import DEAL_WIN, EARLY, NOW

KEPT = Query("kept", "tests", "MATCH (m:Model) RETURN m.version AS version, m.report AS report", columns=("version",))


def test_a_report_is_kept_with_the_model_of_its_rows(filled: Graph, tmp_path: Path) -> None:
    early = train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    model = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    manifest = (model.folder / "manifest.json").read_text()
    found = gather(filled, DEAL_WIN, as_of=NOW)
    report = backtest(found, NOW, settings(), months=2)
    assert report["overall"] and keep_report(filled, tmp_path, found, report) == model.version
    kept = {row["version"]: row["report"] for row in filled.read(KEPT)}
    assert kept[early.version] is None
    beside = json.loads((model.folder / "report.json").read_text())
    assert beside == json.loads(kept[model.version]) and "NaN" not in kept[model.version]
    told = ModelReport.of(beside)
    assert (told.tested, told.won, told.as_of) == (report["tested"], report["won"], NOW)
    assert [m.name for m in told.months] == list(report["months"])
    again = backtest(found, NOW, settings(), months=1)
    assert keep_report(filled, tmp_path, found, again) == model.version  # the newest takes its place
    assert json.loads((model.folder / "report.json").read_text())["tested"] == again["tested"] < report["tested"]
    assert (model.folder / "manifest.json").read_text() == manifest  # what was learned stays as it was
    assert train(filled, DEAL_WIN, as_of=NOW, home=tmp_path).version == model.version  # registered anew
    assert next(row["report"] for row in filled.read(KEPT) if row["version"] == model.version) is not None


def test_without_a_model_of_its_rows_nothing_is_kept(filled: Graph, tmp_path: Path) -> None:
    train(filled, DEAL_WIN, as_of=EARLY, home=tmp_path)
    found = gather(filled, DEAL_WIN, as_of=NOW)
    assert keep_report(filled, tmp_path, found, backtest(found, NOW, settings(), months=1)) is None
    assert [row["report"] for row in filled.read(KEPT)] == [None]
