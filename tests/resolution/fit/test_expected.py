"""What a resolution expects of itself without labels: evidence, calibration, interval and sentence."""

from __future__ import annotations

import json
import math
from dataclasses import astuple, fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from kg.errors import ConfigurationError
from resolution.evaluation.causes import Resolution
from resolution.evaluation.expected import Evidence, Expected, Share, sentences
from resolution.fit import expected as calibration
from resolution.fit.expected import FIGURES, LEAST, MOST, SLACK, calibrated, expected, features, interval
from resolution.standalone.evaluate import resolve_file
from tests.benchmarks.population.calibrate_fit import Known, fit, written
from tests.benchmarks.population.draw import draw
from tests.resolution import record_files
from tests.resolution.record_files import FIRST, LAST

CLEAN, WILD = 42, 22
"""Seeds of small drawn problems: one without noise, one full of it."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Resolution]:
    out = {}
    for seed in (CLEAN, WILD):
        problem = draw(seed, most=250)
        records, _ = problem.write(tmp_path_factory.mktemp(f"p{seed}"))
        out[seed] = resolve_file(records, problem.kind, fit=True)
    return out


def test_a_clean_file_is_surer_than_a_wild_one(found: dict[int, Resolution]) -> None:
    clean, wild = found[CLEAN].expected, found[WILD].expected
    assert clean and wild
    assert clean.precision.estimate > 0.9 and clean.recall.estimate > 0.85
    assert wild.recall.estimate < clean.recall.estimate
    widths = [one.recall.high - one.recall.low for one in (clean, wild)]
    assert widths[1] > widths[0]


def test_evidence_counts_the_pairs_of_the_file(found: dict[int, Resolution]) -> None:
    for one in found.values():
        said = one.evidence
        assert said and one.expected
        sizes = [one.entities.count(entity) for entity in set(one.entities)]
        assert said.records == len(one.ids)
        assert said.together == one.expected.pairs == sum(n * (n - 1) // 2 for n in sizes)
        assert said.alone == sizes.count(1) and said.groups == len(sizes) - sizes.count(1)
        assert said.compared + said.twins <= said.together
        assert said.pairs_right <= said.right <= said.together
        assert said.once + said.twice + said.often <= said.compared


def test_parts_of_a_mixed_file_add_up() -> None:
    one = Evidence(records=3, together=2, right=1.5)
    assert astuple(one + one) == astuple(Evidence(records=6, together=4, right=3.0))


def test_the_interval_is_in_log_odds() -> None:
    share = interval(0.0, math.log(3), math.log(4))
    assert (round(share.estimate, 6), round(share.low, 6), round(share.high, 6)) == (0.5, 0.235, 0.815)
    top = interval(7.0, 1.0, 1.0)
    assert (top.estimate, top.high) == (MOST, 1.0) and top.low == MOST - SLACK
    bottom = interval(-7.0, 1.0, 1.0)
    assert (bottom.estimate, bottom.low, bottom.high) == (LEAST, 0.0, LEAST + SLACK)


def test_the_coefficients_are_those_of_the_features() -> None:
    names = set(features(Evidence(records=2, together=1, groups=1)))
    assert all(set(calibrated()[figure].ranges) == names for figure in FIGURES)
    with pytest.raises(ConfigurationError, match=r"calibrate\.py"):
        calibrated()["recall"].share({"spoke": 1.0})


def test_nothing_together_is_nothing_to_estimate() -> None:
    assert expected(None) is None
    assert expected(Evidence(records=5, alone=5)) is None


def test_a_calibration_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Problems whose raw figures are twice too far from one in odds: the fitted estimate lies near the truth."""
    known = []
    for n in range(200):
        right = 0.6 + 0.39 * ((n * 37) % 200) / 200
        said = Evidence(records=300, together=100, compared=100, right=100 * right, groups=50, best=40, squares=900)
        odds = right / (1 - right) / 2
        known.append(Known(said, odds / (1 + odds), 0.5 + 0.4 * (n % 2)))
    made = fit(known)
    (tmp_path / "expected.toml").write_text(written(made, "Made for a test."))
    monkeypatch.setattr(calibration, "CALIBRATED", tmp_path / "expected.toml")
    read = calibrated.__wrapped__()
    for one in known[::20]:
        share = read["precision"].share(features(one.said))
        assert abs(share.estimate - one.precision) < 0.03
        assert share.low - 0.01 <= one.precision <= share.high + 0.01
        assert read["recall"].share(features(one.said)).low < 0.55


def test_what_is_low_says_what_to_do() -> None:
    high, low = Share(0.97, 0.93, 0.99), Share(0.7, 0.5, 0.8)
    assert sentences(Expected(high, high, 1200)) == [
        "Of the 1,200 pairs put together about 97 % (93 to 99 %) are expected to be right, and about 97 % (93 to 99 %) "
        "of all true pairs to be found; estimated without labels."
    ]
    said = sentences(Expected(high, low, 1200))
    assert len(said) == 2 and "expected recall is low" in said[1] and "--settings" in said[1]
    assert "99 % (100 to 100 %)" not in sentences(Expected(Share(0.995, 0.995, 1.0), high, 1))[0]


def test_the_command_says_it(tmp_path: Path) -> None:
    rows, truth = [], []
    for n in range(60):
        first, last = FIRST[n % len(FIRST)], f"{LAST[n % len(LAST)]}{LAST[n // 7 % len(LAST)].lower()}"
        for copy in range(2):
            rows.append(
                {"record_id": f"r{n}-{copy}", "first": first, "last": last, "phone": f"08-555{n * 7919 % 10000:04}"}
            )
            truth.append((f"r{n}-{copy}", f"p{n}"))
    records, answer = record_files.write(tmp_path, rows, truth)
    told = ["--records", str(records), "--kind", "contact", "--fit"]
    predicted = CliRunner().invoke(app, ["resolve", "predict", *told, "--out", str(tmp_path / "p.csv"), "--json"])
    assert predicted.exit_code == 0, predicted.output
    assert "estimated without labels." in predicted.stderr and json.loads(predicted.stdout)["records"] == 120
    judged = CliRunner().invoke(app, ["resolve", "evaluate", *told, "--truth", str(answer)])
    said = json.loads(judged.stdout)["expected"]
    assert set(said) == {field.name for field in fields(Expected)} and said["pairs"] == 60
    assert 0 <= said["recall"]["low"] <= said["recall"]["estimate"] <= said["recall"]["high"] <= 1
    described = CliRunner().invoke(app, ["resolve", "fit", *told[:4]])
    assert "estimated without labels." in " ".join(described.stdout.split())
