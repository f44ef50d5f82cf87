"""Declared weights held against what the rest of a file says, and what strangers share whatever their size."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from resolution.evaluation.metrics import cluster_pair
from resolution.fit.calibrate import calibrated, told
from resolution.fit.strangers import Strangers, strangers
from resolution.linking.link import link
from resolution.matchers.terms import Block, Comparison, Level, Matcher
from resolution.normalise import macros
from resolution.standalone.evaluate import resolve_file
from tests.benchmarks.population.draw import draw

DECLARED = np.array([-3.0, 0.0, 3.0, 6.0])


def test_where_nothing_else_tells_who_is_who_declared_weights_stand() -> None:
    counts = np.array([10.0, 200.0, 30.0, 5.0])
    said = calibrated(DECLARED, counts, counts[::-1], told(np.zeros(50), 0.2, np.ones(50)))
    assert said == pytest.approx(DECLARED, abs=0.01)


def test_where_all_else_tells_them_weights_go_where_the_counts_are_and_never_fall() -> None:
    matches, others = np.array([0.0, 300.0, 300.0, 300.0]), np.array([3000.0, 2.0, 0.0, 30.0])
    said = calibrated(DECLARED, matches, others, 1.0)
    assert said[0] < -5
    assert said[1] > 4  # declared 0, and one match in three has it, of strangers one in 1,500
    assert (np.diff(said) >= -1e-9).all()


@pytest.mark.parametrize(("sure", "least", "most"), [(0.0, 0.0, 0.01), (3.0, 0.2, 0.8), (40.0, 0.99, 1.0)])
def test_how_much_is_told_goes_from_nothing_to_all(sure: float, least: float, most: float) -> None:
    others = np.repeat([sure, -sure], [20, 80])
    assert least <= told(others, 0.2, np.ones(100)) <= most


def _linked(con: duckdb.DuckDBPyConnection, phones: list[tuple[str, str]]) -> Matcher:
    """Records of one column, linked by it."""
    same = Level("same", "phone_l = phone_r", 0.9)
    phone = Comparison("phone_1", "Telephone.", "phone_l IS NULL OR phone_r IS NULL", (same,), needs=("phone",))
    matcher = Matcher(
        "contact", "", ("phone",), "CREATE OR REPLACE TABLE prepared_contact AS SELECT uid AS unique_id, phone FROM "
        "input_contact", (phone,), (Block("", "phone", ("phone",), 500),), (("unique_id",),), (("phone",),),
    )  # fmt: skip
    macros.install(con)
    con.execute("CREATE TABLE input_contact (uid VARCHAR, source VARCHAR, phone VARCHAR)")
    con.executemany("INSERT INTO input_contact VALUES (?, 'file', ?)", phones)
    return matcher


def test_a_giant_is_one_stranger_among_others() -> None:
    """Of 130 records one person has 100: of random pairs 59 % have one telephone, of strangers one in 136."""
    con = duckdb.connect()
    phones = [(f"g{n:03d}", "5550001") for n in range(100)] + [(f"o{n:02d}", f"777{n // 2:04d}") for n in range(30)]
    matcher = _linked(con, [*phones, ("x", "5550001")])  # a stranger has the giant's telephone
    model = link(con, matcher).model
    assert model is not None
    entity_of = {
        key: "g000" if key[0] == "g" else f"o{int(key[1:]) // 2}" if key[0] == "o" else key for key, _ in phones
    }
    found = strangers(con, model, entity_of | {"x": "x"})
    assert found is not None
    assert found.entities == 17
    same, other = found.levels["phone_1"]
    assert same + other == pytest.approx(17 * 16 / 2)
    assert same == pytest.approx(1)
    assert strangers(con, model, dict.fromkeys(entity_of, "one") | {"x": "x"}) is None  # two entities tell nothing
    con.close()


def test_what_no_stranger_met_is_as_rare_as_was_believed_or_as_half_a_pair() -> None:
    seen = Strangers({"phone_1": np.array([0.0, 0.0, 59_999.0])}, {}, 400, {})
    same = Level("same", "phone_l = phone_r", 0.9)
    phone = Comparison("phone_1", "Telephone.", "phone_l IS NULL OR phone_r IS NULL", (same, same), needs=("phone",))
    chance = seen.chance(phone, np.array([1e-6, 0.01, 0.98]))
    assert chance[0] == pytest.approx(1e-6, rel=0.02)
    assert chance[1] == pytest.approx(0.5 / 60_000, rel=0.02)


def test_all_pairs_of_an_entity_count_half_of_its_records() -> None:
    found = Strangers({}, {"a": "E", "b": "E", "c": "E", "d": "F"}, 2, {})
    rate = found.rate(np.array(["a", "a", "b", "a"]), np.array(["b", "c", "c", "d"]))
    assert rate.tolist() == pytest.approx([1 / 2, 1 / 2, 1 / 2, 1 / 3])
    assert rate[:3].sum() == pytest.approx(3 / 2)


def test_names_that_share_a_phrase_do_not_teach_that_numbers_differ(tmp_path: Path) -> None:
    """Many firms of this drawn file are called alike but for a word, each with a tax number of its own."""
    problem = draw(5016, most=600)
    records, _ = problem.write(tmp_path)
    found = resolve_file(records, problem.kind, fit=True)
    truth = dict(zip(found.ids, problem.truth, strict=True))
    assert cluster_pair(dict(zip(found.ids, found.entities, strict=True)), truth)["precision"] > 0.95
