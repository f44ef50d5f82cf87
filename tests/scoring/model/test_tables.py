"""Tables answer by themselves: literal values, sums of curves, JSON and centring."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from kg.errors import IntegrityError
from scoring.model.tables import Axis, Curve, Pair, Piece, Tables, frame_of, probability

LINE = Piece("linear", (0.0, 10.0), (-1.0, 1.0))
STEPS = Piece("steps", (5.0,), (0.0, 0.5))
LOG = Piece("linear", (0.0, float(np.log1p(9))), (0.0, 2.0), scale=1.0)

POINTS = [
    (LINE, [-5.0, 0.0, 5.0, 10.0, 99.0], [-1.0, -1.0, 0.0, 1.0, 1.0]),
    (STEPS, [4.999, 5.0, 6.0], [0.0, 0.5, 0.5]),
    (LOG, [0.0, 9.0, 1e9, -3.0], [0.0, 2.0, 2.0, 0.0]),
]


@pytest.mark.parametrize(("piece", "at", "expected"), POINTS)
def test_a_piece_is_a_function_of_one_number(piece: Piece, at: list[float], expected: list[float]) -> None:
    assert piece(np.array(at)).tolist() == pytest.approx(expected)


def test_a_piece_with_too_few_values_is_refused() -> None:
    with pytest.raises(IntegrityError, match="2 knots and 1 values"):
        Piece("linear", (0.0, 1.0), (1.0,))


def test_missing_and_unseen_are_levels() -> None:
    number = Curve((LINE,), {}, missing=0.25)
    text = Curve((), {"web": 0.1}, missing=-0.2, other=-0.3, categorical=True)
    assert number(np.array([np.nan, 5.0])).tolist() == [0.25, 0.0]
    assert text(np.array(["web", None, "fax"], dtype=object)).tolist() == [0.1, -0.2, -0.3]


SUMS = [
    (Curve((LINE,), {}, 0.25), Curve((STEPS,), {}, 0.5)),
    (Curve((), {}, 0.25, 0.1), Curve((STEPS,), {}, 0.5)),
    (Curve((), {"a": 1.0}, 0.5, 0.2, True), Curve((), {"b": 2.0}, 0.1, 0.3, True)),
]


@pytest.mark.parametrize(("one", "two"), SUMS)
def test_a_sum_of_curves_is_the_curve_of_sums(one: Curve, two: Curve) -> None:
    column = np.array(["a", "b", "c", None], dtype=object) if one.categorical else np.array([-1.0, 5.0, 7.0, np.nan])
    together = one.scaled(0.3).plus(two.scaled(0.7)).shifted(0.11)
    assert together(column) == pytest.approx(0.3 * one(column) + 0.7 * two(column) + 0.11)


def tables() -> Tables:
    """A number, a text and a pair of both."""
    pair = Pair(
        Axis("n", (3.0,)), Axis("t", (), (("web", 1),), True), ((0.0, 0.1, 0.2), (0.3, 0.4, 0.5), (0.6, 0.7, 0.8))
    )
    curves = {"n": Curve((LINE, STEPS), {}, 0.25), "t": Curve((), {"web": 0.1}, -0.2, -0.3, True)}
    return Tables(-1.0, curves, (pair,), {"n": Curve((LINE,), {}, 0.1)}, 0.01)


FRAME = frame_of({"n": [1.0, 4.0, None, 8.0], "t": ["web", None, "web", "fax"]}, frozenset({"t"}))


def test_contributions_and_base_are_the_log_odds() -> None:
    served = tables()
    parts = served.contributions(FRAME)
    assert served.terms == [("n", ""), ("t", ""), ("n", "t")]
    assert parts[:, 2].tolist() == [0.4, 0.6, 0.1, 0.8]
    assert np.abs(served.base + parts.sum(axis=1) - served.log_odds(FRAME)).max() <= 1e-12


def test_json_keeps_every_bit() -> None:
    served = tables().scaled(1 / 3)
    again = Tables.from_json(json.loads(json.dumps(served.as_json())))
    assert again.log_odds(FRAME).tolist() == served.log_odds(FRAME).tolist()
    assert again.log_odds_variance(FRAME).tolist() == served.log_odds_variance(FRAME).tolist()


def test_centring_moves_means_into_the_base() -> None:
    weight = np.array([1.0, 2.0, 1.0, 0.5])
    served = tables().centred(FRAME, weight)
    assert np.abs(weight @ served.contributions(FRAME)).max() < 1e-12
    assert served.log_odds(FRAME) == pytest.approx(tables().log_odds(FRAME), abs=1e-12)
    assert served.base == pytest.approx(np.average(tables().log_odds(FRAME), weights=weight))


def test_probabilities_do_not_overflow() -> None:
    assert probability(np.array([-1e9, 0.0, 1e9])).tolist() == [pytest.approx(0.0), 0.5, 1.0]


@pytest.mark.parametrize(
    "module",
    ["scoring.model.served", "scoring.model.tables", "scoring.registry.artifact", "scoring.scores"],
)
def test_reading_a_score_imports_no_learner(module: str) -> None:
    """What the doors import to read scores needs numpy alone."""
    slow = ("sklearn", "interpret", "pandas", "skops", "scipy")
    code = f"import sys, {module}; print([m for m in {slow} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
