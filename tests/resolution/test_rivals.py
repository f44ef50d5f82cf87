"""The rivals and the judge of the simulated population, on a tiny file and on figures made by hand."""

import random
from pathlib import Path

import numpy as np
import pytest

from resolution.evaluation.expected import Expected, Share
from tests.benchmarks.population import judge, rivals
from tests.benchmarks.population.problem import Problem
from tests.benchmarks.population.rival_columns import read
from tests.benchmarks.population.rival_report import EXPECTED, interval, report

FIRST = (
    "James",
    "Mary",
    "Robert",
    "Patricia",
    "John",
    "Jennifer",
    "Michael",
    "Linda",
    "David",
    "Elizabeth",
    "Nadia",
    "Petra",
    "Ivo",
    "Carla",
)
LAST = (
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Garcia",
    "Miller",
    "Davis",
    "Rodriguez",
    "Martinez",
    "Wilson",
    "Moore",
    "Lee",
    "Perez",
)
CITIES = ("London", "Leeds", "Bristol", "York", "Bath", "Derby", "Hull", "Oxford")
COLUMNS = ("record_id", "first_name", "last_name", "dob", "email", "city", "phone")


def persons(records: int = 200) -> Problem:
    """Persons of whom each has one or two records, written exactly alike."""
    draw = random.Random(7)
    rows, truth = [], []
    for number in range(records):
        first, last = draw.choice(FIRST), draw.choice(LAST) + draw.choice(("", "son", "ez", "ova"))
        born = f"{draw.randrange(1940, 2005)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
        email = f"{first}.{last}{number}@{draw.choice(('mail', 'post'))}.com".lower()
        told = (first, last, born, email, draw.choice(CITIES), f"+44 {draw.randrange(10**9, 10**10)}")
        for _ in range(draw.choice((1, 2))):
            rows.append((f"r{len(rows)}", *told))
            truth.append(f"E{number}")
    strata = {"subject": "persons", "size": "small", "missing": "none", "noise": "none"}
    return Problem(7, "contact", COLUMNS, tuple(rows[:records]), tuple(truth[:records]), strata)


@pytest.fixture(scope="module")
def clean() -> Problem:
    return persons()


def test_the_kind_of_a_column_is_read_off_its_header_and_values(clean: Problem) -> None:
    kinds = ["forename", "surname", "date", "email", "place", "phone"]
    assert list(read(clean).kinds.values()) == kinds


def test_dates_are_written_alike_whatever_comes_first() -> None:
    for written in (("03/25/1980", "04/02/1981"), ("25.03.1980", "02.04.1981"), ("1980-03-25", "1981-04-02")):
        rows = tuple((f"r{n}", text, str(n)) for n, text in enumerate(written))
        problem = Problem(1, "contact", ("record_id", "dob", "name"), rows, ("a", "b"), {})
        assert read(problem).table.iloc[:, 0].tolist() == ["1980-03-25", "1981-04-02"]


@pytest.mark.parametrize("name", rivals.RIVALS)
def test_a_rival_finds_what_is_written_alike(name: str, clean: Problem) -> None:
    said = rivals.answer(name, clean)
    assert said.error == ""
    assert len(said.clusters) == len(clean.rows)
    assert all(isinstance(cluster, int) for cluster in said.clusters)
    first: dict[str, int] = {}
    for cluster, entity in zip(said.clusters, clean.truth, strict=True):
        assert first.setdefault(entity, cluster) == cluster
    assert len(set(said.clusters)) > 1


@pytest.mark.parametrize("name", rivals.RIVALS)
def test_a_rival_that_fails_falls_back_to_equal_names(name: str) -> None:
    rows = (("r1", "", ""), ("r2", "", ""), ("r3", "", ""))
    problem = Problem(1, "contact", ("record_id", "name", "city"), rows, ("a", "b", "c"), {})
    assert len(set(rivals.answer(name, problem).clusters)) == 3


def test_the_fall_back_is_equal_names_and_says_why(clean: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Problem) -> list[int]:
        raise ValueError("no such thing")

    monkeypatch.setattr(rivals, "RIVALS", {"splink": fails})
    said = rivals.answer("splink", clean)
    assert said.error == "ValueError: no such thing"
    assert len(set(said.clusters)) == len({row[1:3] for row in clean.rows})


def test_a_resolver_that_takes_too_long_leaves_every_record_alone(
    clean: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(*_: object, **__: object) -> None:
        while True:
            pass

    monkeypatch.setattr(judge, "resolve_file", waits)
    said = judge.ours(clean, limit=1)
    assert said.error == "TooLong: more than 1 s"
    assert len(set(said.clusters)) == len(clean.rows)


def test_the_judge_skips_what_is_there_and_does_again_what_is_named(
    clean: Problem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[tuple[int, list[str]]] = []

    def judge_seed(seed: int, methods: list[str], most: int | None) -> list[judge.Line]:
        judged.append((seed, list(methods)))
        alone = rivals.Answer(list(range(len(clean.rows))), 0.5)
        return [judge.line(clean, method, alone) | {"seed": seed} for method in methods]

    monkeypatch.setattr(judge, "judge", judge_seed)
    out = tmp_path / "figures.csv"
    for seeds, methods, again in (
        (range(1, 3), ["ours", "cosine"], []),
        (range(1, 4), ["ours", "cosine"], []),
        (range(1, 3), ["ours"], ["ours"]),
    ):
        judge.run(out, seeds, methods, again, None, 1, tell=lambda _: None)
    both = ["ours", "cosine"]
    assert judged == [(1, both), (2, both), (3, both), (1, ["ours"]), (2, ["ours"])]
    lines = judge.kept_lines(out, [], range(0))
    assert sorted((row["seed"], row["method"]) for row in lines) == sorted(
        (seed, method) for seed in "123" for method in both
    )
    assert {row["pair_recall"] for row in lines} == {"0.0"}


def figures(path: Path, rows: list[tuple[int, str, str, str, float]]) -> Path:
    """A file of figures, of (seed, subject, drawn, method, B-cubed F1)."""
    fixed = {"size": "small", "missing": "none", "noise": "low", "records": 9, "error": ""}
    pairs = {"pair_precision": 1, "pair_recall": 1, "pair_f1": 1, "seconds": 2}
    judge.append(
        path,
        [
            {**fixed, **pairs, "seed": seed, "subject": subject, "drawn": drawn, "method": method, "b_cubed_f1": f1}
            for seed, subject, drawn, method, f1 in rows
        ],
    )
    return path


def test_the_report_adds_up(tmp_path: Path) -> None:
    scores = {"ours": (0.9, 0.8, 0.5), "splink": (0.8, 0.7, 0.7), "cosine": (0.7, 0.9, 0.3)}
    subjects = ("persons", "persons", "firms")
    rows = [(n, subjects[n], f"d{n}", m, f1s[n]) for m, f1s in scores.items() for n in range(3)]
    said = report(
        figures(tmp_path / "figures.csv", [*rows, (9, "firms", "x", "ours", 0.1), (9, "firms", "y", "ecm", 1)])
    )
    assert "ours     0.7333 ± 0.1202  3 files" in said
    assert "splink   +0.0000 (-0.4303 to +0.4303)  ahead in 67%, behind in 33%" in said
    assert "1 seeds are left out" in said
    persons_line, firms_line = (
        next(line for line in said.splitlines() if line.startswith(f"  subject {subject} "))
        for subject in ("persons", "firms")
    )
    assert "0.8500 0.8000 0.7500  +0.0500" in persons_line and "<<" not in persons_line and "cosine" in persons_line
    assert firms_line.endswith("-0.2000 (+nan to +nan) splink  <<")
    assert "  seed 2 (firms, small, none, low, 9 records): ours 0.5000, cosine 0.3000, splink 0.7000" in said


def test_the_judge_writes_what_an_answer_expects_and_the_report_its_coverage(clean: Problem, tmp_path: Path) -> None:
    alone = list(range(len(clean.rows)))  # so that the true precision is 1 and the true recall 0
    right = Expected(Share(0.9, 0.8, 1.0), Share(0.1, 0.0, 0.3), 4)
    wrong = Expected(Share(0.9, 0.8, 1.0), Share(0.7, 0.5, 0.9), 4)
    lines = [
        judge.line(clean, "ours", rivals.Answer(alone, 1.0, expected=said)) | {"seed": seed}
        for seed, said in enumerate((right, wrong))
    ]
    assert [lines[0][name] for name in EXPECTED] == [0.9, 0.8, 1.0, 0.1, 0.0, 0.3]
    judge.append(tmp_path / "figures.csv", [*lines, judge.line(clean, "cosine", rivals.Answer(alone, 1.0))])
    said = report(tmp_path / "figures.csv")
    assert "What ours expects of itself, 2 files: both true figures in their 80 % intervals 50%" in said
    assert "precision inside 100%, width 0.200, error 0.100" in said
    assert "recall    inside 50%, width 0.350, error 0.400" in said


def test_a_file_of_figures_without_a_new_figure_is_written_anew(clean: Problem, tmp_path: Path) -> None:
    old, out = judge.line(clean, "ours", rivals.Answer([0] * len(clean.rows), 1.0)), tmp_path / "figures.csv"
    names = [name for name in judge.HEADER if name not in EXPECTED]
    out.write_text(",".join(names) + "\n" + ",".join(str(old[name]) for name in names) + "\n")
    judge.kept_lines(out, [], range(0))
    judge.append(out, [old | {"seed": 8}])
    assert [set(row) == set(judge.HEADER) for row in judge.kept_lines(out, [], range(0))] == [True, True]


def test_the_interval_is_students() -> None:
    mean, low, high = interval(np.array([0.1, 0.1, -0.2]))
    assert (round(mean, 6), round(low, 4), round(high, 4)) == (0.0, -0.4303, 0.4303)
