"""A person is asked about the pairs that matter, and what is answered changes what is found."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.errors import InputError
from resolution.evaluation.metrics import b_cubed
from resolution.standalone.ask import ask
from resolution.standalone.evaluate import resolve_file
from tests.benchmarks.population.answers import answered
from tests.benchmarks.population.draw import draw

SEED, KIND, MOST = 30059, "account", 250
Drawn = tuple[Path, dict[str, str]]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """A small drawn file with its truth, and the ten questions about it."""
    folder, problem = tmp_path_factory.mktemp("drawn"), draw(SEED, MOST)
    assert problem.kind == KIND
    problem.write(folder)
    ask(folder / "records.csv", KIND, True, folder / "questions.csv")
    return folder, {row[0]: entity for row, entity in zip(problem.rows, problem.truth, strict=True)}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def pairs(path: Path) -> set[frozenset[str]]:
    return {frozenset((row["record_id_a"], row["record_id_b"])) for row in rows(path)}


def found(folder: Path, answers: Path | None = None, *, fit: bool = True) -> dict[str, str]:
    resolution = resolve_file(folder / "records.csv", KIND, fit, None, answers)
    return dict(zip(resolution.ids, resolution.entities, strict=True))


def said(path: Path, *answers: tuple[str, str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("record_id_a", "record_id_b", "same"), *answers])
    return path


def test_ten_pairs_are_asked_none_of_them_certain(drawn: Drawn) -> None:
    folder, _ = drawn
    asked = rows(folder / "questions.csv")
    assert len(pairs(folder / "questions.csv")) == 10
    weights = {frozenset((f.ids[s.a], f.ids[s.b])): s for f in [resolve_file(folder / "records.csv", KIND, True)]
               for s in f.scored}  # fmt: skip
    for row in asked:
        scored = weights[frozenset((row["record_id_a"], row["record_id_b"]))]
        assert abs(scored.weight) < 15
        assert scored.veto is None
        assert row["same"] == ""
        assert row["why"].startswith("For: ")
        assert " Against: " in row["why"]
    assert len({row["why"].partition("Match weight")[0] for row in asked}) >= 8  # patterns, not ten of one kind
    columns = rows(folder / "records.csv")[0].keys() - {"record_id"}
    assert len(asked[0]) == 4 + 2 * len(columns)


def test_asking_twice_gives_the_same(drawn: Drawn, tmp_path: Path) -> None:
    folder, _ = drawn
    assert ask(folder / "records.csv", KIND, True, tmp_path / "again.csv") == {"records": 250, "questions": 10}
    assert (tmp_path / "again.csv").read_bytes() == (folder / "questions.csv").read_bytes()


def test_what_was_answered_is_not_asked_again_and_helps(drawn: Drawn, tmp_path: Path) -> None:
    folder, truth = drawn
    answers = tmp_path / "answers.csv"
    answers.write_bytes((folder / "questions.csv").read_bytes())
    before = found(folder)
    assert found(folder, answers) == before  # ten blanks are no answer
    answered(answers, truth)
    after = found(folder, answers)
    assert b_cubed(after, truth)["f1"] > b_cubed(before, truth)["f1"]
    for row in rows(answers):
        assert (after[row["record_id_a"]] == after[row["record_id_b"]]) == (row["same"] == "yes")
    told = pairs(answers)
    changed = [r for r in truth if not any(r in pair for pair in told)]
    assert pairs_of(after, changed) != pairs_of(before, changed), "an answer says something about other records"
    ask(folder / "records.csv", KIND, True, tmp_path / "more.csv", answers=answers)
    assert not pairs(tmp_path / "more.csv") & told


def pairs_of(entities: dict[str, str], records: list[str]) -> set[tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for record in records:
        groups.setdefault(entities[record], []).append(record)
    return {tuple(sorted(group)) for group in groups.values()}


@pytest.mark.parametrize("fit", [False, True])
def test_an_answer_stands_against_all_weights(drawn: Drawn, tmp_path: Path, fit: bool) -> None:
    folder = tmp_path
    people = [(f"r{n}", f"Muster {n} GmbH", f"030 555{n}00{n}", f"Weg {n}") for n in range(1, 30)]
    with (folder / "records.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("record_id", "name", "phone", "street"), *people, ("t3", *people[2][1:])])
    plain = found(folder, fit=fit)
    assert plain["r3"] == plain["t3"]
    assert plain["r1"] != plain["r2"]
    told = found(folder, said(folder / "a.csv", ("r3", "t3", "No"), ("r1", "r2", " yes "), ("r4", "r5", "")), fit=fit)
    assert told["r3"] != told["t3"]
    assert told["r1"] == told["r2"]
    assert told["r4"] != told["r5"]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([("A", "B", "perhaps")], "a.csv:2: same is 'perhaps': write yes or no, or leave it blank"),
        ([("A", "nobody", "yes")], "a.csv:2: the file has no record 'nobody': name a record_id of the file"),
        ([("A", "A", "yes")], "stands on both sides: name two records"),
        ([("A", "B", "yes"), ("B", "A", "no")], "a.csv:3: this pair was answered yes above"),
        ([("A", "B", "yes"), ("B", "C", "yes"), ("A", "C", "no")], "are answered no, but other answers make them one"),
    ],
)
def test_bad_answers_are_refused(drawn: Drawn, tmp_path: Path, answers: list[tuple[str, str, str]],
                                 sentence: str) -> None:  # fmt: skip
    folder, truth = drawn
    names = dict(zip("ABC", truth, strict=False))
    path = said(tmp_path / "a.csv", *((names.get(a, a), names.get(b, b), same) for a, b, same in answers))
    with pytest.raises(InputError) as refused:
        found(folder, path)
    assert sentence in str(refused.value)


def test_a_file_without_the_column_is_refused(drawn: Drawn, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("record_id_a,record_id_b\n1,2\n")
    with pytest.raises(InputError, match="has no column same: give the file that `dealgraph resolve ask` wrote"):
        found(drawn[0], tmp_path / "a.csv")


def test_two_sources_with_one_id_are_told_apart_by_their_source(tmp_path: Path) -> None:
    text = "record_id,source,name\n1,a,Acme\n1,b,Bolt\n2,a,Cord\n"
    (tmp_path / "records.csv").write_text(text)
    (tmp_path / "a.csv").write_text("record_id_a,record_id_b,same,a_source,b_source\n1,2,yes,b,a\n")
    resolution = resolve_file(tmp_path / "records.csv", KIND, False, None, tmp_path / "a.csv")
    assert resolution.entities == ["E1", "E2", "E2"]
    with pytest.raises(InputError, match="several sources have a record '1'"):
        found(tmp_path, said(tmp_path / "b.csv", ("1", "2", "yes")), fit=False)
