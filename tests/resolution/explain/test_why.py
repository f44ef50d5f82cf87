"""Why two records are one entity or not, how an entity was built: literal cases through Splink, and pure ones."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from kg.errors import InputError, NotFound
from resolution.explain.evidence import BY_KIND, stored_model
from resolution.explain.explanation import Edge, Explanation, SharedKey, explain, not_compared, not_stored, sides
from resolution.explain.how import how
from resolution.explain.steps import members_sql, steps, write_forgotten, write_steps
from resolution.explain.why import Ground, _afresh, why
from resolution.run.resolve import resolve
from resolution.staging import as_of
from resolution.standalone.why_file import why_file, wrong_pairs
from tests.resolution.small_world import stage, world

MARLOW = {"name": "Marlow Industries", "domain": "marlow.com", "city": "City 4", "phone": "+46 8 7005484"}
BLUEFIN = {"name": "Bluefin Industries AB", "domain": "bluefin.com", "city": "City 1", "phone": "+46 8 7001371"}


def accounts() -> dict[str, list[dict[str, object]]]:
    """The small world, where Marlow has four records, and a second Bluefin has another registration number."""
    tables = {kind: [dict(row) for row in rows] for kind, rows in world().items()}
    next(row for row in tables["account"] if row["key"] == "crm:A1")["registration_id"] = "5566771122"
    tables["account"] += [
        {"key": "web:Q4", "known": "2024-03-01", **MARLOW},
        {"key": "erp:E4", "known": "2024-03-05", **MARLOW},
        {"key": "erp:V1", "known": "2024-03-02", **BLUEFIN, "registration_id": "9998887777"},
    ]
    return tables


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("why")
    staging = stage(folder / "staging.duckdb", accounts())
    resolve(staging, folder / "resolution.duckdb")
    yield staging, folder / "resolution.duckdb"


WHY = [
    # a, b, together, decision, what the sentence says
    ("crm:A0", "billing:B0", True, "accepted", "Accepted: the weight +"),
    ("crm:A1", "erp:V1", False, "vetoed", "Rejected, whatever the weight: different registration numbers (the w"),
    (
        "billing:B1", "erp:V1", False, "cut",
        "but two entities: crm:A1 and erp:V1, which would come together as well, are kept apart: different regis",
    ),
    ("crm:A0", "crm:A1", False, "below_threshold", "Compared for “one of the two rarest words”, and below the -12"),
    ("crm:C0", "crm:C1", False, "not_compared", "Never compared: they share no blocking key. Scored now they weigh -"),
    ("web:L1", "mail:M0", True, "accepted", "Accepted: the weight +"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "together", "decision", "said"), WHY, ids=[f"{w[0]} {w[1]}" for w in WHY])
def test_why(files: tuple[Path, Path], a: str, b: str, together: bool, decision: str, said: str) -> None:
    found = why(*files, a, b)
    assert (found.together, found.decision.value) == (together, decision), found.sentence
    assert said in found.sentence
    assert found.prior is not None
    total = found.prior + sum(p.weight + p.adjustment for p in found.parts)
    assert total == pytest.approx(found.match_weight, abs=1e-9)
    assert why(*files, b, a) == found


def test_two_entities_are_told_by_their_best_pair(files: tuple[Path, Path]) -> None:
    one, other = how(*files, "crm:A1").entity, how(*files, "erp:V1").entity
    assert {why(*files, one, other).a, why(*files, one, other).b} == {"account|billing:B1", "account|erp:V1"}


def test_what_cannot_be_asked_is_said_so(files: tuple[Path, Path]) -> None:
    with pytest.raises(NotFound, match="'crm:none' was not resolved"):
        why(*files, "crm:none", "crm:A1")
    with pytest.raises(InputError, match="two kinds are never compared"):
        why(*files, "crm:A1", "crm:C1")
    with pytest.raises(InputError, match="was named twice"):
        why(*files, "crm:A1", "crm:A1")


def test_a_pair_scored_afresh_weighs_what_the_run_gave_it(files: tuple[Path, Path]) -> None:
    """To 1e-9, with every level: the answer to a pair that was not kept is the run's own."""
    for kind in ("account", "contact"):
        con, _ = as_of.open_staging(files[0], None)
        con.execute(f"ATTACH '{files[1]}' AS resolution (READ_ONLY)")
        members = members_sql(kind, "resolution.resolved", "resolution.lead_contact")
        ground = Ground(con, BY_KIND[kind], stored_model(con, kind), members)
        rows = con.execute(f"SELECT l, r, match_weight FROM resolution.pairs_{kind} ORDER BY l, r").fetchall()
        write_steps(con, "resolution", only=[])
        fresh = _afresh(ground, [(l_key, r_key) for l_key, r_key, _ in rows])
        assert len(rows) > 20
        assert {pair: row["match_weight"] for pair, row in fresh.items()} == pytest.approx(
            {(l_key, r_key): weight for l_key, r_key, weight in rows}, abs=1e-9
        )
        con.close()


def test_how_an_entity_of_four_was_built(files: tuple[Path, Path]) -> None:
    built = how(*files, "web:Q4")
    assert built.records == ("account|crm:A4", "account|billing:B4", "account|web:Q4", "account|erp:E4")
    assert [step.step for step in built.steps] == [1, 2, 3]
    assert {built.steps[-1].pairs, len(built.steps[-1].into) * len(built.steps[-1].joined)} == {built.steps[-1].pairs}
    assert {*built.steps[-1].into, *built.steps[-1].joined} == set(built.records)
    assert max(step.held_from for step in built.steps) == datetime(2024, 3, 5)
    assert how(*files, built.entity) == built
    with pytest.raises(NotFound, match="is no entity here"):
        how(*files, "crm:none")


def test_every_part_is_stored_so_that_it_adds_up(files: tuple[Path, Path]) -> None:
    con = duckdb.connect(str(files[1]), read_only=True)
    for kind in ("account", "contact"):
        columns = [str(c[0]) for c in con.execute(f"DESCRIBE pairs_{kind}").fetchall() if str(c[0]).startswith("mw_")]
        worst = con.execute(
            f"SELECT max(abs(match_weight - prior - ({' + '.join(columns)}))), count(*) FROM pairs_{kind}, models m "
            f"WHERE m.kind = '{kind}' AND match_weight IS NOT NULL"
        ).fetchall()[0]
        assert worst[0] < 1e-9
        assert worst[1] > 20
    con.close()


# Four records: a-b and c-d are tight, then the two pairs join by b-c; a-d was never compared and counts -2.
FOUR = [("a", "b", 9.0, 9.0), ("c", "d", 8.0, 8.0), ("b", "c", 30.0, 4.0), ("a", "c", 1.0, 1.0), ("b", "d", 2.0, 2.0)]


def test_steps_follow_average_linkage() -> None:
    found = [(s.pair, s.weight, s.mean, s.pairs, s.compared) for s in steps(FOUR, -2.0)]
    assert found == [
        (("a", "b"), 9.0, 9.0, 1, 1),
        (("c", "d"), 8.0, 8.0, 1, 1),
        (("b", "c"), 30.0, (4.0 + 1.0 + 2.0 - 2.0) / 4, 4, 3),
    ]
    assert sides([pair for pair, *_ in found], "c") == [
        (("a",), ("b",)),
        (("c",), ("d",)),
        (("c", "d"), ("a", "b")),  # the founder's side is joined to
    ]


BRIDGE = """
CREATE TABLE pairs_account (l VARCHAR, r VARCHAR, match_weight DOUBLE, accepted BOOLEAN, veto VARCHAR);
INSERT INTO pairs_account VALUES ('a', 'b', 9, true, NULL), ('c', 'd', 8, true, NULL), ('b', 'c', 3, true, NULL);
CREATE TABLE keys_account (unique_id VARCHAR, block UTINYINT, key UBIGINT);
INSERT INTO keys_account VALUES ('a', 0, 1), ('b', 0, 1), ('c', 0, 2), ('d', 0, 2), ('b', 0, 3),
    ('c', 0, 3), ('a', 0, 4), ('c', 0, 4);
INSERT INTO keys_account SELECT x, 1, 5 FROM (SELECT unnest(['a', 'b', 'c', 'd']) AS x), range(100);
CREATE TABLE resolved_key (kind VARCHAR, key VARCHAR, entity_id VARCHAR);
INSERT INTO resolved_key VALUES ('account', 'a', 'a_1'), ('account', 'b', 'a_1'), ('account', 'c', 'a_2'),
    ('account', 'd', 'a_2');
CREATE TABLE lead_contact (uid VARCHAR, contact_uid VARCHAR);
CREATE TABLE resolved AS SELECT * FROM resolved_key
"""


def test_an_accepted_pair_that_average_linkage_cut_says_the_mean() -> None:
    """b-c weighs 3, a-c was compared and fell below what is kept (-12), the other two never were (-2 each)."""
    con = duckdb.connect()
    con.execute(BRIDGE)
    grouped = (("account", BY_KIND["account"]),)
    write_forgotten(con, grouped)
    assert con.execute("SELECT * FROM forgotten").fetchall() == [("account", "a", "c")]
    write_steps(con, "main", grouped)
    mean = (3 - 12 - 2 - 2) / 4
    assert con.execute("SELECT l, r, mean_weight, pairs, compared, why FROM cuts").fetchall() == [
        ("b", "c", mean, 4, 2, "over all 4 pairs between the two groups the mean weight is -3.25, below 0")
    ]
    told = con.execute("SELECT entity_id, step, l, r, match_weight FROM steps").fetchall()
    assert told == [
        ("a_1", 1, "a", "b", 9.0),
        ("a_2", 1, "c", "d", 8.0),
    ]


STORED = {
    "decision": "rejected", "match_weight": -1.5, "threshold": 0.0, "prior": -6.0, "comparisons": ["name", "phone"],
    "levels": ["alike", "missing"], "weights": [4.0, 0.0], "adjustments": [0.5, 0.0],
    "flip_comparison": "phone", "flip_level": "same phone", "flip_gain": 5.25,
}  # fmt: skip
SAID = [
    (STORED, False, "below_threshold",
     "Rejected: the weight -1.50 against the threshold 0. Were phone “same phone” (+5.25), they would be accepted."),
    (STORED, True, "below_threshold",
     "Rejected: the weight -1.50 against the threshold 0; both are one entity all the same, by other records."),
    ({**STORED, "veto": "a person said: different"}, False, "judged_different",
     "A person said that they are different, over the weight -1.50 against the threshold 0."),
    ({"decision": "accepted", "threshold": 0.0}, True, "judged_same", "A person said that they are the same."),
    ({**STORED, "decision": "accepted"}, True, "judged_same",
     "A person said that they are the same, over the weight -1.50 against the threshold 0."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "together", "decision", "said"), SAID)
def test_a_stored_pair_says(row: dict[str, object], together: bool, decision: str, said: str) -> None:
    found = explain("account|a:1", "account|b:2", row, together=together)
    assert (found.decision.value, found.sentence.split(" Were ")[0] if together else found.sentence) == (decision, said)


def test_a_hub_is_named_with_its_count() -> None:
    found = not_compared("x", "y", None, [SharedKey("last name", "smith", 340, 25)], together=False)
    said = "Never compared: all that they share is a hub: “last name” (smith), held by 340 records, over 25."
    assert found.sentence == said


def test_the_graph_alone_gives_a_bound() -> None:
    found = not_stored("x", "y", [Edge("x", "z", -3.0), Edge("y", "z", -4.0)], together=False)
    assert "or rejected at -4.00 or less" in found.sentence
    assert "below the -12" in not_stored("x", "y", [], together=False).sentence


ROWS = """record_id,first_name,last_name,email,phone,city
{}""".format(
    "\n".join(
        f"{n}{side},{first},{last},{first}.{last}@{last}.com,+46 70 {7000000 + n * 7919},City {n}"
        for n, (first, last) in enumerate(
            (f, s) for f in ("Anna", "Bertil", "Cecilia", "David", "Elin") for s in ("Strand", "Novak", "Ferri", "Holm")
        )
        for side in "ab"
    )
)


def test_rows_of_a_file_are_explained_as_predict_resolves_them(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(ROWS)
    same, other = why_file(tmp_path / "r.csv", "contact", [("0a", "0b"), ("0a", "7b")])
    assert (same.a, same.b, same.together, same.decision.value) == ("0a", "0b", True, "accepted")
    assert other.together is False
    assert isinstance(other, Explanation)
    assert other.match_weight is not None
    (tmp_path / "t.csv").write_text("record_id,entity_id\n0a,1\n0b,1\n7b,1\n")
    assert wrong_pairs({"0a": "E1", "0b": "E1", "7b": "E2"}, tmp_path / "t.csv") == [("0a", "7b"), ("0b", "7b")]
    (tmp_path / "t.csv").write_text("record_id,entity_id\n0a,1\n0b,2\n7b,2\n")
    assert wrong_pairs({"0a": "E1", "0b": "E1", "7b": "E2"}, tmp_path / "t.csv") == [("0b", "7b"), ("0a", "0b")]
    with pytest.raises(NotFound, match="has no record_id 'nobody'"):
        why_file(tmp_path / "r.csv", "contact", [("0a", "nobody")])


def test_parts_add_up_where_the_matcher_was_fitted_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(ROWS)
    for said in why_file(tmp_path / "r.csv", "contact", [("0a", "0b"), ("3a", "3b"), ("7a", "7b")], fit=True):
        assert said.match_weight is not None and said.prior is not None
        parts = sum(part.weight + part.adjustment for part in said.parts)
        assert said.match_weight == pytest.approx(said.prior + parts, abs=1e-9)
