"""A person is asked about the pairs that matter, and what is answered changes what is found."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from kg.errors import InputError
from resolution.database.connection import connect
from resolution.evaluation.causes import Resolution
from resolution.evaluation.metrics import b_cubed
from resolution.fit.beliefs import Patterns, corrections
from resolution.standalone.answers import NOTHING, read_answers
from resolution.standalone.ask import ask
from resolution.standalone.evaluate import resolve_file
from resolution.standalone.load import read_records
from tests.benchmarks.population.answers import answered
from tests.benchmarks.population.draw import draw

SEED, KIND, MOST = 30046, "account", 150


@dataclass(frozen=True)
class Drawn:
    """A small drawn file with its truth, the ten questions about it, and what is found without an answer."""

    folder: Path
    truth: dict[str, str]
    before: Resolution

    @property
    def records(self) -> Path:
        return self.folder / "records.csv"

    @property
    def questions(self) -> Path:
        return self.folder / "questions.csv"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    folder, problem = tmp_path_factory.mktemp("drawn"), draw(SEED, MOST)
    assert problem.kind == KIND
    records, _ = problem.write(folder)
    ask(records, KIND, True, folder / "questions.csv")
    truth = {row[0]: entity for row, entity in zip(problem.rows, problem.truth, strict=True)}
    return Drawn(folder, truth, resolve_file(records, KIND, True))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def pairs(path: Path) -> set[frozenset[str]]:
    return {frozenset((row["record_id_a"], row["record_id_b"])) for row in rows(path)}


def entities(found: Resolution) -> dict[str, str]:
    return dict(zip(found.ids, found.entities, strict=True))


def found(records: Path, answers: Path | None = None, *, fit: bool = True) -> dict[str, str]:
    return entities(resolve_file(records, KIND, fit, None, answers))


def said(path: Path, *answers: tuple[str, str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("record_id_a", "record_id_b", "same"), *answers])
    return path


def test_ten_pairs_are_asked_none_of_them_certain(drawn: Drawn) -> None:
    asked, was = rows(drawn.questions), drawn.before
    assert len(pairs(drawn.questions)) == 10
    scored = {frozenset((was.ids[s.a], was.ids[s.b])): s for s in was.scored}
    for row in asked:
        one = scored[frozenset((row["record_id_a"], row["record_id_b"]))]
        assert abs(one.weight) < 15
        assert one.veto is None
        assert row["same"] == ""
        assert row["why"].startswith("For: ")
        assert " Against: " in row["why"]
    assert len({row["why"].partition("Match weight")[0] for row in asked}) >= 8  # patterns, not ten of one kind
    records = {row["record_id"]: list(row.values())[1:] for row in rows(drawn.records)}
    for row in asked:
        for end in "ab":
            shown = [value for name, value in row.items() if name.startswith(f"{end}_")]
            stands = records[row[f"record_id_{end}"]]
            assert any(shown)
            assert [value or given for value, given in zip(shown, stands, strict=True)] == stands


def test_asking_twice_gives_the_same(drawn: Drawn, tmp_path: Path) -> None:
    counts = ask(drawn.records, KIND, True, tmp_path / "again.csv")
    assert counts == {"records": len(drawn.truth), "questions": 10}
    assert (tmp_path / "again.csv").read_bytes() == drawn.questions.read_bytes()


def test_what_was_answered_acts_and_is_not_asked_again(drawn: Drawn, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_bytes(drawn.questions.read_bytes())
    answered(answers, drawn.truth)
    before, after = entities(drawn.before), found(drawn.records, answers)
    assert b_cubed(after, drawn.truth)["f1"] > b_cubed(before, drawn.truth)["f1"]
    for row in rows(answers):
        assert (after[row["record_id_a"]] == after[row["record_id_b"]]) == (row["same"] == "yes")
    ask(drawn.records, KIND, True, tmp_path / "more.csv", answers=answers)
    assert len(pairs(tmp_path / "more.csv")) == 10
    assert not pairs(tmp_path / "more.csv") & pairs(answers)


def test_one_answer_moves_its_pattern_most_and_what_leans_on_the_same_less() -> None:
    levels = np.array([[0, 0], [0, 1], [1, 1]])
    parts = np.array([[4.0, 2.0], [4.0, -2.0], [-3.0, -2.0]])
    patterns = Patterns(("name", "phone"), levels, parts, parts.sum(axis=1), np.array([5, 5, 5]))
    no = corrections(patterns, np.array([0]), np.array([6.0]), np.array([0.0]))
    assert no[0] < no[1] < no[2]
    assert no[0] < -3
    assert no[1] < -1
    yes = corrections(patterns, np.array([0]), np.array([6.0]), np.array([1.0]))
    assert np.abs(yes).max() < 0.5  # what was expected anyway teaches little


def test_blanks_are_no_answer(drawn: Drawn) -> None:
    con = connect()
    read_records(con, drawn.records, "file")
    assert read_answers(con, drawn.questions) == NOTHING


@pytest.mark.parametrize("fit", [False, True])
def test_an_answer_stands_against_all_weights(tmp_path: Path, fit: bool) -> None:
    records = tmp_path / "records.csv"
    people = [(f"r{n}", f"Muster {n} GmbH", f"030 555{n}00{n}", f"Weg {n}") for n in range(1, 30)]
    with records.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("record_id", "name", "phone", "street"), *people, ("t3", *people[2][1:])])
    plain = found(records, fit=fit)
    assert plain["r3"] == plain["t3"]
    assert plain["r1"] != plain["r2"]
    told = found(
        records, said(tmp_path / "a.csv", ("r3", "t3", "No"), ("r1", "r2", " yes "), ("r4", "r5", "")), fit=fit
    )
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
    names = dict(zip("ABC", drawn.truth, strict=False))
    path = said(tmp_path / "a.csv", *((names.get(a, a), names.get(b, b), same) for a, b, same in answers))
    with pytest.raises(InputError) as refused:
        found(drawn.records, path)
    assert sentence in str(refused.value)


def test_a_file_without_the_column_is_refused(drawn: Drawn, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("record_id_a,record_id_b\n1,2\n")
    with pytest.raises(InputError, match="has no column same: give the file that `dealgraph resolve ask` wrote"):
        found(drawn.records, tmp_path / "a.csv")


def test_two_sources_with_one_id_are_told_apart_by_their_source(tmp_path: Path) -> None:
    text = "record_id,source,name\n1,a,Acme\n1,b,Bolt\n2,a,Cord\n"
    (tmp_path / "records.csv").write_text(text)
    (tmp_path / "a.csv").write_text("record_id_a,record_id_b,same,a_source,b_source\n1,2,yes,b,a\n")
    resolution = resolve_file(tmp_path / "records.csv", KIND, False, None, tmp_path / "a.csv")
    assert resolution.entities == ["E1", "E2", "E2"]
    with pytest.raises(InputError, match="several sources have a record '1'"):
        found(tmp_path / "records.csv", said(tmp_path / "b.csv", ("1", "2", "yes")), fit=False)
