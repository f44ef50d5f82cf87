"""Guards find what they say and nothing else; a run that changes too much stops before it publishes."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import NeedsApproval, NotFound
from resolution.judgements.bridges import bridges
from resolution.judgements.guards import GUARDS, audit, findings_of, sentences
from resolution.judgements.verdicts import Contradiction, Verdicts
from resolution.normalise import macros
from resolution.run.approval import Upheaval, hold, upheavals
from resolution.run.resolve import resolve
from resolution.settings import settings
from tests.resolution.small_world import stage, world

BRIDGES: list[tuple[str, str, dict[str, int]]] = [
    ("a triangle has none", "ab bc ac", {}),
    ("a single link is one", "ab", {"ab": 1}),
    ("two triangles and the link between", "ab bc ac cd de ef df", {"cd": 3}),
    ("a tail", "ab bc ac cd", {"cd": 1}),
    ("a chain", "ab bc cd", {"ab": 1, "bc": 2, "cd": 1}),
    ("two components", "ab cd de ce", {"ab": 1}),
]


@pytest.mark.parametrize(("about", "links", "wanted"), BRIDGES, ids=[b[0] for b in BRIDGES])
def test_bridges(about: str, links: str, wanted: dict[str, int]) -> None:
    found = bridges((link[0], link[1]) for link in links.split())
    assert {a + b: n for (a, b), n in found.items()} == wanted, about


def test_a_long_chain_needs_no_recursion() -> None:
    chain = [(f"{i:05}", f"{i + 1:05}") for i in range(5000)]
    assert max(bridges(chain).values()) == 2500


def made(*entities: tuple[str, str, str]) -> duckdb.DuckDBPyConnection:
    """A resolution of records (kind, 'source:id source:id', entity), with nothing compared yet."""
    con = duckdb.connect()
    macros.install(con)
    con.execute("CREATE TABLE resolved_key (kind VARCHAR, key VARCHAR, entity_id VARCHAR)")
    for kind, keys, entity in entities:
        for key in keys.split():
            con.execute("INSERT INTO resolved_key VALUES (?, ?, ?)", [kind, f"{kind}|{key}", entity])
    con.execute(
        "CREATE TABLE prepared_account (unique_id VARCHAR, registration_id VARCHAR, country VARCHAR, phone VARCHAR)"
    )
    con.execute("CREATE TABLE prepared_contact (unique_id VARCHAR, phone VARCHAR)")
    con.execute("CREATE TABLE input_contact (uid VARCHAR, email VARCHAR)")
    for kind in ("account", "contact", "deal"):
        con.execute(
            f"CREATE TABLE pairs_{kind} (l VARCHAR, r VARCHAR, match_weight DOUBLE, level_name VARCHAR, "
            "mw_name DOUBLE, level_phone VARCHAR, mw_phone DOUBLE, mw_tf_adj_phone DOUBLE, level_email VARCHAR, "
            "mw_email DOUBLE, veto VARCHAR, accepted BOOLEAN)"
        )
    return con


def pair(con: duckdb.DuckDBPyConnection, kind: str, a: str, b: str, name: float, phone: float, mail: float) -> None:
    con.execute(
        f"INSERT INTO pairs_{kind} VALUES (?, ?, ?, 'x', ?, 'x', ?, 0, 'x', ?, NULL, true)",
        [f"{kind}|{a}", f"{kind}|{b}", name + phone + mail, name, phone, mail],
    )


def found(con: duckdb.DuckDBPyConnection, verdicts: Verdicts | None = None) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    findings = audit(con, verdicts or Verdicts())
    for finding in findings:
        names.setdefault(finding.guard, []).append(finding.entity_id)
    assert len(sentences(findings)) == len(names)
    assert all(said.endswith(".") for said in sentences(findings))
    return names


def test_a_clean_resolution_has_no_findings() -> None:
    con = made(("account", "crm:1 web:1", "a1"), ("contact", "crm:1 crm:2", "c1"))
    pair(con, "account", "crm:1", "web:1", 5.0, 3.0, 0.0)
    assert found(con) == {}


def test_an_entity_too_large() -> None:
    con = made(("contact", " ".join(f"crm:{i}" for i in range(41)), "c1"), ("contact", "crm:x", "c2"))
    assert found(con) == {"cluster_too_large": ["c1"]}


def test_one_link_between_two_dense_parts() -> None:
    con = made(("account", "a:1 a:2 a:3 a:4 a:5 a:6", "a1"))
    for link in ("12", "13", "23", "34", "45", "46", "56"):
        pair(con, "account", f"a:{link[0]}", f"a:{link[1]}", 5.0, 0.0, 0.0)
    assert found(con) == {"bridge": ["a1"]}


def test_a_clean_source_twice_and_a_dirty_one_not() -> None:
    clean = [("account", f"crm:{i} web:{i} web:{i}b", f"a{i}") for i in range(120)]
    assert found(made(*clean, ("account", "crm:x crm:y", "twice"))) == {"clean_source_twice": ["twice"]}


REGISTERED = [
    ("two of one country", ("556", "SE"), ("557", "SE"), True), ("the same", ("556", "SE"), ("556", None), False),
    ("of two countries", ("556", "SE"), ("HRB1", "DE"), False), ("of an unknown country", ("556", "SE"), ("557", None), True),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("about", "one", "other", "conflict"), REGISTERED, ids=[r[0] for r in REGISTERED])
def test_conflicting_registration_ids(about: str, one: Any, other: Any, conflict: bool) -> None:
    con = made(("account", "a:1 a:2", "a1"))
    con.execute(
        "INSERT INTO prepared_account VALUES ('account|a:1', ?, ?, NULL), ('account|a:2', ?, ?, NULL)", [*one, *other]
    )
    assert found(con) == ({"registration_conflict": ["a1"]} if conflict else {}), about


def test_a_switchboard_or_a_mailbox_as_only_evidence() -> None:
    con = made(("contact", "a:1 a:2", "c1"), *(("contact", f"b:{i}", f"c{i}") for i in range(3, 6)))
    pair(con, "contact", "a:1", "a:2", -1.0, 4.0, 0.0)
    con.execute("INSERT INTO prepared_contact SELECT key, '4680' FROM resolved_key")
    assert found(con) == {"switchboard_only_contact": ["c1"]}
    con = made(("contact", "a:1 a:2", "c1"), ("contact", "a:3 a:4", "c2"))
    con.execute("INSERT INTO input_contact SELECT key, 'info@x.com' FROM resolved_key WHERE entity_id = 'c1'")
    con.execute("INSERT INTO input_contact SELECT key, 'mara@x.com' FROM resolved_key WHERE entity_id = 'c2'")
    pair(con, "contact", "a:1", "a:2", 0.0, 0.0, 4.0)
    pair(con, "contact", "a:3", "a:4", 0.0, 0.0, 4.0)
    assert found(con) == {"mailbox_only": ["c1"]}


def test_judgements_that_contradict_and_one_that_was_not_kept() -> None:
    con = made(("account", "a:1 a:2", "a1"))
    both = ("account|a:1", "account|a:2")
    verdicts = Verdicts(different=frozenset({both}), contradictions=(Contradiction(both, both),))
    assert found(con, verdicts) == {"judged_contradiction": ["a1"], "judged_different_together": ["a1"]}
    assert {g.severity for g in GUARDS if g.name == "judged_different_together"} == {"error"}


WILD = [
    ("nothing known", 0, 0, False), ("few of many", 1000, 50, False), ("many", 1000, 51, True),
    ("a large share of a few, below the floor", 30, 19, False), ("at the floor", 30, 20, True),
]  # fmt: skip


@pytest.mark.parametrize(("about", "known", "changed", "stopped"), WILD, ids=[w[0] for w in WILD])
def test_what_needs_approval(about: str, known: int, changed: int, stopped: bool) -> None:
    upheaval = Upheaval("account", known, changed, 0, changed)
    assert upheaval.too_much(settings()) == stopped, about
    if stopped:
        with pytest.raises(NeedsApproval, match="run again with --approve"):
            hold((upheaval,))
    else:
        hold((upheaval,))


def test_changes_are_counted_by_entity() -> None:
    now = {"a:1 a:2 a:3": "m", "a:4": "s", "a:5": "t", "a:6": "u"}
    con = made(*(("account", keys, entity) for keys, entity in now.items()))
    con.execute("ATTACH ':memory:' AS old")
    con.execute("CREATE TABLE old.resolved (kind VARCHAR, key VARCHAR, entity_id VARCHAR)")
    before = {"a:1": "m", "a:2": "gone", "a:3": "gone", "a:4": "s", "a:5": "s", "a:6": "u", "a:7": "retired"}
    for key, entity in before.items():
        con.execute("INSERT INTO old.resolved VALUES ('account', ?, ?)", [f"account|{key}", entity])
    assert upheavals(con) == (Upheaval("account", 5, 1, 1, 2),)


def test_a_run_that_changes_too_much_leaves_everything_until_it_is_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEALGRAPH_RESOLUTION_APPROVAL_FLOOR", "1")
    settings.cache_clear()
    target = tmp_path / "r.duckdb"
    resolve(stage(tmp_path / "one.duckdb", world()), target)  # a first run never stops
    assert [f for f in findings_of(target) if f.severity == "error"] == []
    apart = {**world(), "account": [{**row, "registration_id": row["key"]} for row in world()["account"]]}
    apart["account"] = [
        row | ({"name": f"{i} Orchard {i}", "domain": f"o{i}.org", "phone": None, "city": None} if i % 2 else {})
        for i, row in enumerate(apart["account"])
    ]
    before = target.read_bytes()
    staging = stage(tmp_path / "two.duckdb", apart)
    with pytest.raises(NeedsApproval, match=r"of the 20 account entities known before"):
        resolve(staging, target)
    assert target.read_bytes() == before
    assert {path.suffix for path in tmp_path.iterdir()} == {".duckdb"}
    assert resolve(staging, target, approve=True).events["SPLIT"] >= 15
    settings.cache_clear()
    with pytest.raises(NotFound, match="refresh"):
        findings_of(tmp_path / "none.duckdb")
