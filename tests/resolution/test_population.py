"""The population of simulated problems: the same seed is the same problem, and no part of it stays empty."""

from collections import Counter

import pytest

from tests.benchmarks.population.draw import draw
from tests.benchmarks.population.plan import VALUES
from tests.benchmarks.population.problem import STRATA, Problem

SEEDS = range(60)


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    return [draw(seed, most=400) for seed in SEEDS]


def test_a_seed_is_a_problem(problems: list[Problem]) -> None:
    assert all(draw(seed, most=400) == problems[seed] for seed in (0, 7, 23, 41))


def test_rows_and_truth_fit(problems: list[Problem]) -> None:
    for problem in problems:
        assert len(problem.rows) == len(problem.truth) <= 400
        assert {len(row) for row in problem.rows} == {len(problem.columns)}
        assert len({row[0] for row in problem.rows}) == len(problem.rows)
        assert len({name.lower() for name in problem.columns}) == len(problem.columns)
        assert problem.columns[0] == "record_id"
        assert all(any(row[1:]) for row in problem.rows)


def test_each_part_of_the_population_is_drawn(problems: list[Problem]) -> None:
    assert set(VALUES) == set(STRATA)
    for name, values in VALUES.items():
        assert {problem.strata[name] for problem in problems} == set(values)


def test_there_is_something_to_find(problems: list[Problem]) -> None:
    for problem in problems:
        sizes = Counter(problem.truth).values()
        assert max(sizes) > 1 < len(sizes)
        assert max(sizes) >= 100 or problem.strata["size"] != "crowds"
