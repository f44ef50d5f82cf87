"""What must not change the answer: the order of the rows, a column of nothing, a column of noise, another encoding."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from resolution.evaluation.metrics import report
from resolution.standalone.evaluate import resolve_file
from tests.benchmarks.population.draw import draw
from tests.benchmarks.population.problem import Problem

SEEDS = (6, 23)
"""Persons with heavy noise; sites of owners."""


def _entities(problem: Problem, folder: Path) -> dict[str, str]:
    records, _ = problem.write(folder)
    found = resolve_file(records, problem.kind, fit=True)
    return dict(zip(found.ids, found.entities, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_order_and_empty_columns_and_noise_change_nothing(seed: int, tmp_path: Path) -> None:
    problem, rng = draw(seed, 300), random.Random(seed)
    order = rng.sample(range(len(problem.rows)), len(problem.rows))
    shuffled = tuple(problem.rows[i] for i in order), tuple(problem.truth[i] for i in order)
    same = {
        "shuffled": replace(problem, rows=shuffled[0], truth=shuffled[1]),
        "empty": replace(problem, columns=(*problem.columns, "zzz"), rows=tuple((*r, "") for r in problem.rows)),
        "noise": replace(
            problem,
            columns=(*problem.columns, "q7"),
            rows=tuple((*r, str(rng.randrange(10**6))) for r in problem.rows),
        ),
    }
    before = _entities(problem, tmp_path)
    for about, other in same.items():
        agreed = report(_entities(other, tmp_path), before, [])["clusters"]["f1"]
        assert agreed >= 0.995, about


def test_another_encoding_changes_nothing(tmp_path: Path) -> None:
    problem = draw(SEEDS[1], 300)
    before = _entities(problem, tmp_path)
    text = (tmp_path / "records.csv").read_text(encoding="utf-8")
    (tmp_path / "records.csv").write_text(text, encoding="utf-16")
    found = resolve_file(tmp_path / "records.csv", problem.kind, fit=True)
    assert dict(zip(found.ids, found.entities, strict=True)) == before
