"""What judgements say about the matching, and the file that carries them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.judgements import Judgement
from resolution.evaluation.measure import NEVER, Judged, of_pairs, wilson
from resolution.judgements.file import read_file, write_file

WILSON = [  # hits, n, low, high: from the formula's own paper tables
    (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662),
]  # fmt: skip


@pytest.mark.parametrize(("hits", "n", "low", "high"), WILSON)
def test_wilson(hits: int, n: int, low: float, high: float) -> None:
    share = wilson(hits, n)
    assert (share.value, share.n) == (hits / n, n)
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_share_of_nothing_says_nothing() -> None:
    assert wilson(0, 0).value is None


def test_few_judgements_give_no_threshold_and_say_so() -> None:
    found = of_pairs("contact", [Judged(True, 3.0, True), Judged(False, 2.0, True), Judged(True, NEVER, False)], 0.0)
    assert (found.same, found.different) == (2, 1)
    assert (found.precision.value, found.recall.value) == (0.5, 0.5)
    assert found.best is None
    assert "too few" in found.said


def test_the_best_threshold_parts_what_people_parted() -> None:
    same = [Judged(True, 4.0 + i / 10, True) for i in range(30)]
    different = [Judged(False, 2.0 - i / 10, i < 10) for i in range(30)]
    found = of_pairs("account", [*same, *different, Judged(True, NEVER, False)], 0.0)
    assert found.best is not None
    assert found.best.weight == pytest.approx(3.0)
    assert found.best.low <= 3.0 <= found.best.high
    assert found.best.f1 == pytest.approx(60 / 61)
    assert (found.precision.value, found.recall.value) == (30 / 40, 30 / 31)
    assert "such as were judged" in found.said


AT = datetime(2024, 5, 1, 8, tzinfo=UTC)


def test_a_file_carries_judgements_unchanged(tmp_path: Path) -> None:
    made = (
        Judgement("account|crm:1", "account|web:a:b", "same", "ann", 'one, "really"', AT),
        Judgement("contact|crm:1", "lead|web:ü", "unsure", "ann", "?", AT),
    )
    assert write_file(tmp_path / "f.csv", made) == 2
    assert read_file(tmp_path / "f.csv", author=None, now=AT) == made
    assert [j.id for j in read_file(tmp_path / "f.csv", author="x", now=AT)] == [j.id for j in made]


HEAD = "a,a_kind,b,b_kind,verdict,reason\n"
BAD = [
    ("a,b,verdict\n", r"f.csv:1: the column a_kind is missing"),
    (HEAD + "crm:1,account,web:2,account,sama,x\n", r"f.csv:2: verdict: 'sama' is none; say same, different, unsure"),
    (HEAD + "crm:1,account,web:2,account,same,x\ncrm1,account,web:2,account,same,x\n", r"f.csv:3: 'crm1' names no record"),  # noqa: E501
    (HEAD + "crm:1,account,web:2,deal,same,x\ncrm:1,account\n", r"never the same. \(1 more rows are wrong\)"),
    (HEAD.replace("reason", "reason,at") + "crm:1,account,web:2,account,same,x,soon\n", r"at: 'soon' is no date"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), BAD, ids=[w for _, w in BAD])
def test_a_bad_row_is_named_and_nothing_is_taken(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "f.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        read_file(tmp_path / "f.csv", author="ann", now=AT)


def test_a_missing_file_and_a_missing_author_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_file(tmp_path / "none.csv", author=None, now=AT)
    (tmp_path / "f.csv").write_text(HEAD + "crm:1,account,web:2,account,same,x\n")
    with pytest.raises(InputError, match="a reason and an author"):
        read_file(tmp_path / "f.csv", author=None, now=AT)
    assert read_file(tmp_path / "f.csv", author="ann", now=AT)[0].at == AT
