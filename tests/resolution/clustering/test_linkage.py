"""Groups from pairs: no chaining, vetoes, temporal membership, ids that survive."""

from datetime import datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolution.clustering.cluster import Cluster, Member, components, joined
from resolution.clustering.linkage import FORBIDS, Hubs, average_linkage
from resolution.identity.ids import entity_id, inherit


def day(n: int) -> datetime:
    return datetime(2024, 1, n)


CASES = [
    ("two that match", "ab", {("a", "b"): 5.0}, [["a", "b"]]),
    ("a strong triangle", "abc", {("a", "b"): 5.0, ("b", "c"): 5.0, ("a", "c"): 5.0}, [["a", "b", "c"]]),
    (
        "a chain with a firm no at its ends",
        "abc",
        {("a", "b"): 5.0, ("b", "c"): 4.0, ("a", "c"): -9.0},
        [["a", "b"], ["c"]],
    ),
    ("a chain never compared at its ends", "abc", {("a", "b"): 5.0, ("b", "c"): 4.0}, [["a", "b", "c"]]),
    (
        "a weak bridge between two groups",
        "abcd",
        {("a", "b"): 9.0, ("c", "d"): 9.0, ("b", "c"): 3.0},
        [["a", "b"], ["c", "d"]],
    ),
    (
        "one huge weight does not outvote two noes",
        "abc",
        {("a", "b"): 5.0, ("a", "c"): 500.0, ("b", "c"): -500.0},
        [["a", "c"], ["b"]],
    ),
]


@pytest.mark.parametrize(("about", "members", "weights", "groups"), CASES, ids=[c[0] for c in CASES])
def test_average_linkage(
    about: str, members: str, weights: dict[tuple[str, str], float], groups: list[list[str]]
) -> None:
    assert average_linkage(list(members), weights, threshold=0.0, missing=-2.0) == groups, about


def test_a_veto_holds_through_third_records() -> None:
    weights = {("a", "b"): 9.0, ("b", "c"): 8.0, ("a", "c"): 9.0}
    parts = average_linkage("abc", weights, threshold=0.0, missing=-2.0, apart=frozenset({("b", "c")}))
    assert sorted(map(len, parts)) == [1, 2]
    assert not any({"b", "c"} <= set(part) for part in parts)


def test_pairs_of_a_hub_that_were_not_compared_say_what_its_others_say() -> None:
    """Two halves of ten that one pair ties: apart, where the others speak against; one, where they share a key."""
    left, right = [f"a{i}" for i in range(5)], [f"b{i}" for i in range(5)]
    weights = {pair: 9.0 for half in (left, right) for pair in combinations(half, 2)} | {("a0", "b0"): 9.0}
    assert len(average_linkage(left + right, weights, threshold=0.0, missing=-2.0)) == 2
    hubs = Hubs({key: {7: 0.0} for key in left + right}, frozenset())
    assert len(average_linkage(left + right, weights, threshold=0.0, missing=-2.0, hubs=hubs)) == 1
    doubtful = Hubs({key: {7: -1.9} for key in left + right}, frozenset())
    assert len(average_linkage(left + right, weights, threshold=0.0, missing=-2.0, hubs=doubtful)) == 2


def test_parts_of_a_large_entity_are_judged_by_the_pairs_that_were_drawn() -> None:
    """Two parts of twenty that share a key in half of their pairs; of 400 pairs four were drawn and compared."""
    left, right = [f"a{i:02d}" for i in range(20)], [f"b{i:02d}" for i in range(20)]
    inside = {pair: 12.0 for half in (left, right) for pair in combinations(half, 2)}
    drawn = [(f"a{i:02d}", f"b{i:02d}") for i in range(4)]
    says = {key: {7: 0.0} for key in left + right[:10]}
    for weight, drawn_by_chance, parts in ((11.0, drawn, 1), (11.0, [], 2), (-12.0, drawn, 2), (2.0, drawn, 2)):
        weights = inside | dict.fromkeys(drawn, weight)
        hubs = Hubs(says, frozenset(drawn_by_chance))
        assert len(average_linkage(left + right, weights, threshold=0.0, missing=-2.0, hubs=hubs)) == parts


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")).filter(lambda p: p[0] < p[1]), st.floats(-9, 9)
    )
)
def test_linkage_partitions_whatever_it_is_given(weights: dict[tuple[str, str], float]) -> None:
    members = sorted({key for pair in weights for key in pair})
    groups = average_linkage(members, weights, threshold=0.0, missing=-2.0)
    assert sorted(key for group in groups for key in group) == members
    assert all(
        len(group) == 1 or components([p for p, w in weights.items() if w >= 0 and set(p) <= set(group)]) == [group]
        for group in groups
    )


def test_a_record_belongs_from_when_it_meets_the_founder() -> None:
    known = {"contact|s:1": day(1), "contact|s:2": day(9), "contact|s:3": day(3)}
    links = {("contact|s:1", "contact|s:2"): 4.0, ("contact|s:2", "contact|s:3"): 6.0}
    cluster = joined(list(known), links, known)
    assert cluster.founder == "contact|s:1"
    assert {m.key: m.known_from for m in cluster.members} == {
        "contact|s:1": day(1),
        "contact|s:2": day(9),
        "contact|s:3": day(9),  # known since the 3rd, but tied to the founder only through the record of the 9th
    }
    assert {m.key: m.weight for m in cluster.members} == {"contact|s:1": 4.0, "contact|s:2": 6.0, "contact|s:3": 6.0}


def test_an_id_is_the_founding_records() -> None:
    assert entity_id("account", "account|crm:1:2") == entity_id("account", "account|crm:1:2")
    assert entity_id("account", "account|crm:1").startswith("a_")
    assert entity_id("account", "account|crm:1") != entity_id("contact", "contact|crm:1")


def group(*keys: str) -> Cluster:
    return Cluster(tuple(Member(key, day(1), None) for key in keys))


INHERIT = [
    ("nothing before", [group("a")], {}, {"a": "own"}),
    ("unchanged", [group("a", "b")], {"a": "old", "b": "old"}, {"a": "old"}),
    (
        "the larger part keeps the id",
        [group("a"), group("b", "c")],
        {"a": "old", "b": "old", "c": "old"},
        {"a": "own", "b": "old"},
    ),
    ("a merge takes the id of the larger", [group("a", "b", "c")], {"a": "x", "b": "y", "c": "y"}, {"a": "y"}),
]


@pytest.mark.parametrize(("about", "clusters", "previous", "wanted"), INHERIT, ids=[c[0] for c in INHERIT])
def test_ids_are_inherited(
    about: str, clusters: list[Cluster], previous: dict[str, str], wanted: dict[str, str]
) -> None:
    own = {c.founder: entity_id("account", c.founder) for c in clusters}
    assert inherit("account", clusters, previous) == {k: own[k] if v == "own" else v for k, v in wanted.items()}, about


@pytest.mark.parametrize(("records", "groups"), [(4, 2), (40, 1)])
def test_a_contradiction_parts_few_records_and_among_many_that_agree_is_an_error(records: int, groups: int) -> None:
    """A misread `Jr.` in one of forty mentions is no other person; in one of four it is."""
    members = [f"{n:02}" for n in range(records)]
    weights = dict.fromkeys(combinations(members, 2), 8.0)
    weights["00", members[-1]] = FORBIDS
    assert len(average_linkage(members, weights, threshold=0.0, missing=-2.0)) == groups
