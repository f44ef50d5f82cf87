"""People's judgements: newest counts, both ways above the model, contradictions told, ids come back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.judgements import Judgement, read_name
from resolution.clustering.cluster import Cluster, Member, components
from resolution.clustering.linkage import average_linkage
from resolution.identity.ids import entity_id, inherit
from resolution.judgements.verdicts import settle
from resolution.run.resolve import resolve
from tests.resolution.run.test_resolve import read
from tests.resolution.small_world import stage, world


def said(text: str) -> list[Judgement]:
    """'a=b a!c a?d' as judgements on contacts of one source, each a minute newer than the one before."""
    signs = {"=": "same", "!": "different", "?": "unsure"}
    return [
        Judgement(f"contact|s:{w[0]}", f"contact|s:{w[2]}", signs[w[1]], "me", "seen", at(minute))
        for minute, w in enumerate(text.split())
    ]


def at(minute: int) -> datetime:
    return datetime(2024, 5, 1, 8, minute, tzinfo=UTC)


def short(pairs: Any) -> str:
    return " ".join(sorted(f"{a[-1]}{b[-1]}" for a, b in pairs))


SETTLED = [
    ("nothing", "", "", "", ""),
    ("one of each", "a=b c!d", "ab", "cd", ""),
    ("the newest on a pair counts", "a=b b!a", "", "ab", ""),
    ("whichever way round it is named", "a!b b=a", "ab", "", ""),
    ("unsure takes it back", "a=b a?b", "", "", ""),
    ("a chain of same is no contradiction", "a=b b=c a=c", "ab ac bc", "", ""),
    ("different wins over a chain, whose oldest link is set aside", "a=b b=c a!c", "bc", "ac", "ab"),
    ("also when it was said first", "a!c a=b b=c", "bc", "ac", "ab"),
    ("through longer chains", "a!d a=b b=c c=d", "bc cd", "ad", "ab"),
    ("two chains that must not meet", "a!d a=b c=d b=c", "bc cd", "ad", "ab"),
]


@pytest.mark.parametrize(("about", "told", "same", "different", "aside"), SETTLED, ids=[s[0] for s in SETTLED])
def test_what_judgements_come_to(about: str, told: str, same: str, different: str, aside: str) -> None:
    for some in (said(told), said(told)[::-1]):
        found = settle(some)
        assert (short(found.same), short(found.different)) == (same, different), about
        assert short(c.same for c in found.contradictions) == aside
        assert all("different wins" in c.sentence for c in found.contradictions)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("=!?"), st.sampled_from("abcdef")), max_size=14),
       st.randoms(use_true_random=False))  # fmt: skip
def test_what_judgements_come_to_never_contradicts_itself(words: list[tuple[str, str, str]], order: Any) -> None:
    told = said(" ".join("".join(w) for w in words if w[0] != w[2]))
    found = settle(told)
    groups = {key: number for number, some in enumerate(components(found.same)) for key in some}
    assert [p for p in found.different if groups.get(p[0], -1) == groups.get(p[1], -2)] == []
    mixed = [*told]
    order.shuffle(mixed)
    assert settle(mixed) == found
    for contradiction in found.contradictions:  # each that was set aside would have joined what must stay apart
        joined = {key: n for n, some in enumerate(components([*found.same, contradiction.same])) for key in some}
        assert any(joined.get(a, -1) == joined.get(b, -2) for a, b in found.different)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"verdict": "maybe"}, "same, different, unsure"), ({"reason": " "}, "a reason and an author"),
    ({"at": datetime(2024, 1, 1)}, "no time zone"), ({"b": "contact|s:a"}, "about two"),
    ({"b": "deal|s:a"}, "never the same"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), BAD, ids=[w for _, w in BAD])
def test_a_judgement_checks_itself(change: dict[str, Any], words: str) -> None:
    good = {"a": "contact|s:a", "b": "lead|s:b", "verdict": "same", "author": "me", "reason": "x", "at": at(0)}
    assert Judgement(**good).id == Judgement(**{**good, "a": good["b"], "b": good["a"]}).id
    with pytest.raises(InputError, match=words):
        Judgement(**{**good, **change})


def test_the_source_of_a_name_ends_at_the_first_colon() -> None:
    assert (read_name("crm:a:b").source, read_name("crm:a:b").record_id) == ("crm", "a:b")
    assert read_name("lead|web:1") == read_name("web:1", "lead")  # a key, as the queue shows it
    assert read_name("odd|web:1").source == "odd|web"
    with pytest.raises(InputError, match="write source:record_id"):
        read_name("crm")


TOGETHER = [
    ("against every weight", "abc", {("a", "b"): -9.0, ("b", "c"): -9.0}, ["ab"], [], ["ab", "c"]),
    ("above a veto between the two", "ab", {("a", "b"): -9.0}, ["ab"], [("a", "b")], ["ab"]),
    ("a veto of one holds for both", "abc", {("b", "c"): 9.0, ("a", "c"): 9.0}, ["ab"], [("a", "c")], ["ab", "c"]),
    ("the others join by their mean", "abc", {("b", "c"): 9.0, ("a", "c"): -2.0}, ["ab"], [], ["abc"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "members", "weights", "together", "apart", "groups"), TOGETHER, ids=[t[0] for t in TOGETHER]
)
def test_groups_begin_with_what_people_put_together(
    about: str, members: str, weights: Any, together: list[str], apart: list[Any], groups: list[str]
) -> None:
    found = average_linkage(
        list(members), weights, threshold=0.0, missing=-4.0, apart=frozenset(apart), together=[*map(list, together)]
    )
    assert ["".join(g) for g in found] == groups, about


def test_an_id_that_is_free_again_comes_back() -> None:
    day = datetime(2024, 1, 1)
    a, b = (Cluster((Member(f"contact|s:{k}", day, None),)) for k in "ab")
    old = {"contact|s:a": "c_kept", "contact|s:b": "c_kept"}
    former = {"contact|s:b": ["c_lost"]}
    assert inherit("contact", [a, b], old, former) == {"contact|s:a": "c_kept", "contact|s:b": "c_lost"}
    both = Cluster((*a.members, *b.members))
    now = {"contact|s:a": "c_after", "contact|s:b": "c_before"}
    assert inherit("contact", [both], now, {"contact|s:a": ["c_before"]}) == {"contact|s:a": "c_before"}
    assert inherit("contact", [both], now) == {"contact|s:a": "c_after"}  # nobody knows which is older
    assert inherit("contact", [a, b], old) == {"contact|s:a": "c_kept", "contact|s:b": entity_id("contact", b.founder)}


def entities(path: Path, kind: str) -> dict[str, str]:
    rows = read(path, f"SELECT source || ':' || record_id, entity_id FROM resolved WHERE kind = '{kind}'")
    return {str(record): str(entity) for record, entity in rows}


def judged(verdict: str, a: str, b: str, minute: int) -> Judgement:
    return Judgement(a, b, verdict, "me", "I know them", at(minute))


def test_judgements_outrank_the_model_both_ways_and_are_undone_exactly(tmp_path: Path) -> None:
    tables = world()
    tables["account"][18] = {**tables["account"][18], "parent": "crm:A10"}
    staging, target = stage(tmp_path / "s.duckdb", tables), tmp_path / "r.duckdb"
    resolve(staging, target)
    before = {kind: entities(target, kind) for kind in ("account", "contact", "deal", "lead")}
    assert before["account"]["crm:A1"] == before["account"]["billing:B1"] != before["account"]["crm:A2"]
    told = [
        judged("same", "account|crm:A1", "account|crm:A2", 1),  # never scored: nothing is alike
        judged("different", "account|crm:A3", "account|billing:B3", 2),  # the model is sure of them
        judged("different", "contact|crm:C4", "contact|mail:M4", 3),
        judged("different", "contact|crm:C0", "lead|web:L1", 4),
        judged("different", "contact|mail:M0", "lead|web:L1", 5),
        judged("same", "deal|crm:D5", "deal|crm:D6", 6),  # two deals of one system
        judged("same", "account|crm:A7", "account|crm:A8", 7),
        judged("different", "account|billing:B7", "account|billing:B8", 8),  # so the two cannot join as wholes
        judged("same", "account|crm:A9", "account|crm:A10", 9),  # though a source calls one the other's parent
    ]  # fmt: skip
    report = resolve(staging, target, judgements=told)
    accounts, contacts = entities(target, "account"), entities(target, "contact")
    assert len({accounts[r] for r in ("crm:A1", "billing:B1", "crm:A2", "billing:B2")}) == 1
    assert accounts["crm:A3"] != accounts["billing:B3"]
    assert accounts["crm:A7"] == accounts["crm:A8"]
    assert accounts["billing:B7"] != accounts["billing:B8"]
    assert accounts["crm:A9"] == accounts["crm:A10"] == accounts["billing:B9"] == accounts["billing:B10"]
    assert contacts["crm:C4"] != contacts["mail:M4"]
    assert entities(target, "deal")["crm:D5"] == entities(target, "deal")["crm:D6"]
    assert read(target, "SELECT * FROM lead_contact") == []
    assert report.events["MERGED"] >= 2
    assert report.events["SPLIT"] >= 2
    lost = set(before["account"].values()) - set(accounts.values())
    assert {before["account"]["crm:A1"], before["account"]["crm:A2"]} & lost
    assert set(read(target, "SELECT old_id FROM redirects WHERE kind = 'account'")) == {(id_,) for id_ in lost}
    taken_back = [judged("unsure", j.a, j.b, 10 + i) for i, j in enumerate(told)]
    resolve(staging, target, judgements=[*told, *taken_back])
    assert {kind: entities(target, kind) for kind in before} == before
    assert len(read(target, "SELECT * FROM lead_contact")) == 1
    target.unlink()  # a lost file takes no judgement along
    resolve(staging, target, judgements=told)
    assert entities(target, "account")["crm:A3"] != entities(target, "account")["billing:B3"]
