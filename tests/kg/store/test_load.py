"""The loader: what it refuses, merges, closes and removes; twice is once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kg.errors import ConfigurationError, IntegrityError
from kg.graph import Graph
from kg.query.query import Query
from kg.store.checks import digest
from kg.store.load import NodeRows, RelationshipRows, close_missing, load, remove

T = datetime(2024, 1, 1, tzinfo=UTC)
LATER = T + timedelta(days=30)
DEAL = {"id": "d_1", "known_from": T}


def rows(graph: Graph, text: str) -> list[dict[str, Any]]:
    return graph.read(Query("it", "tests", text))


def world(**deal: Any) -> list[NodeRows | RelationshipRows]:
    return [
        NodeRows("Account", [{"id": "a_1", "known_from": T}, {"id": "a_2", "known_from": T}]),
        NodeRows("Deal", [{**DEAL, **deal}]),
        RelationshipRows(
            "Deal", "WITH", "Account", [{"start": "d_1", "end": "a_1", "known_from": T, "record": "crm:1"}]
        ),
    ]


def test_rows_become_nodes_and_relationships_with_their_run(graph: Graph) -> None:
    assert load(graph, world(amount=3, name="Big"), run="r1") == {"Account": 2, "Deal": 1, "Deal-WITH->Account": 1}
    assert rows(graph, "MATCH (d:Deal)-[w:WITH]->(a) RETURN properties(d) AS d, properties(w) AS w, a.id AS a") == [
        {
            "d": {"id": "d_1", "amount": 3.0, "name": "Big", "known_from": T, "run": "r1"},
            "w": {"id": "d_1>a_1", "end_id": "a_1", "known_from": T, "record": "crm:1", "run": "r1"},
            "a": "a_1",
        }
    ]


def test_what_a_row_leaves_out_is_removed(graph: Graph) -> None:
    load(graph, world(amount=3, name="Big", known_to=LATER), run="r1")
    load(graph, world(name="Big", amount=None), run="r2")
    assert rows(graph, "MATCH (d:Deal) RETURN properties(d) AS d") == [
        {"d": {"id": "d_1", "name": "Big", "known_from": T, "run": "r2"}}
    ]


def test_a_mark_beside_the_label_stays(graph: Graph) -> None:
    load(graph, world(), run="r1")
    graph.write(Query("it", "tests", "MATCH (d:Deal) SET d:Current", "write"))
    load(graph, world(), run="r2")
    assert rows(graph, "MATCH (d:Deal:Current) RETURN count(*) AS n") == [{"n": 1}]


def test_a_second_load_changes_nothing(graph: Graph) -> None:
    load(graph, world(amount=3), run="r1")
    before = digest(graph)
    load(graph, world(amount=3.0), run="r2")
    assert digest(graph) == before


@pytest.mark.parametrize("size", [1, 2, 3, 5000])
def test_the_size_of_a_batch_changes_nothing(graph: Graph, size: int) -> None:
    deals = [{**DEAL, "id": f"d_{i}"} for i in range(5)]
    seen: list[tuple[int, int | None, str]] = []
    load(graph, [NodeRows("Deal", deals)], run="r1", size=size, progress=lambda *step: seen.append(step))
    assert rows(graph, "MATCH (d:Deal) RETURN count(*) AS n") == [{"n": 5}]
    assert seen[-1] == (5, None, "Deal")
    assert len(seen) == -(-5 // size)


def test_rows_are_streamed(graph: Graph) -> None:
    taken = 0

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for i in range(10):
            taken += 1
            yield {**DEAL, "id": f"d_{i}"}
        raise ConnectionError("the source broke off")

    with pytest.raises(ConnectionError):
        load(graph, [NodeRows("Deal", endless())], run="r1", size=4)
    assert taken == 10
    assert rows(graph, "MATCH (d:Deal) RETURN count(*) AS n") == [{"n": 8}]  # the batches that were full are in


REFUSED = [
    ({"known_from": T}, "Deal None: id is missing."),
    ({"id": "d_1"}, "Deal 'd_1': known_from is missing."),
    ({**DEAL, "id": 7}, "Deal 7: id must be a text, not 7."),
    ({**DEAL, "amuont": 3}, "Deal 'd_1': 'amuont' is not a property; they are id, name, kind, amount, "),
    ({**DEAL, "amount": "3"}, "Deal 'd_1': amount must be a finite number, not '3'."),
    ({**DEAL, "amount": True}, "Deal 'd_1': amount must be a finite number, not True."),
    ({**DEAL, "amount": float("nan")}, "Deal 'd_1': amount must be a finite number, not nan."),
    ({**DEAL, "kind": "old"}, "Deal 'd_1': kind is 'old'; the valid values are new, renewal, expansion."),
    ({**DEAL, "kind": 7}, "Deal 'd_1': kind must be a text, not 7."),
    ({**DEAL, "opened_at": T.replace(tzinfo=None)}, "Deal 'd_1': opened_at must be a datetime with a time zone, not "),
    (
        {**DEAL, "opened_at": "2024-01-01"},
        "Deal 'd_1': opened_at must be a datetime with a time zone, not '2024-01-01'.",
    ),
    ({**DEAL, "golden": ["a", None]}, "Deal 'd_1': golden must be a list of texts, not ['a', None]."),
]


@pytest.mark.parametrize(("row", "sentence"), REFUSED)
def test_a_row_that_the_ontology_refuses_is_named(graph: Graph, row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        load(graph, [NodeRows("Deal", [row])], run="r1")
    assert str(caught.value).startswith(sentence)


REFUSED_LINKS = [
    ({"start": "d_1", "end": "a_9", "known_from": T}, "1 of 1 rows lack an end; first, there is no Account 'a_9'."),
    ({"start": "d_9", "end": "a_1", "known_from": T}, "first, there is no Deal 'd_9'. Load the nodes before"),
    ({"start": "d_1", "end": None, "known_from": T}, "start 'd_1' and end None must be ids (texts)."),
    ({"start": "d_1", "end": "a_1"}, "'d_1>a_1': known_from is missing."),
    ({"start": "d_1", "end": "a_1", "known_from": T, "role": "x"}, "'d_1>a_1': 'role' is not a property"),
]


@pytest.mark.parametrize(("row", "sentence"), REFUSED_LINKS)
def test_a_relationship_without_its_ends_is_never_lost_in_silence(
    graph: Graph, row: dict[str, Any], sentence: str
) -> None:
    load(graph, world(), run="r1")
    with pytest.raises(IntegrityError) as caught:
        load(graph, [RelationshipRows("Deal", "WITH", "Account", [row])], run="r2")
    assert str(caught.value).startswith("(Deal)-[:WITH]->(Account)")
    assert sentence in str(caught.value)


def test_unknown_words_are_refused(graph: Graph) -> None:
    with pytest.raises(IntegrityError, match="'Deel' is no label; the labels are Account, "):
        load(graph, [NodeRows("Deel", [DEAL])], run="r1")
    with pytest.raises(IntegrityError, match="is no relationship of the ontology"):
        load(graph, [RelationshipRows("Deal", "WITH", "Lead", [])], run="r1")


def test_keys_tell_relationships_of_one_pair_apart(graph: Graph) -> None:
    load(graph, [*world(), NodeRows("Contact", [{"id": "c_1", "known_from": T}])], run="r1")
    plays = [{"start": "c_1", "end": "d_1", "role": role, "known_from": T} for role in ("champion", "user", "champion")]
    load(graph, [RelationshipRows("Contact", "PLAYS", "Deal", plays)], run="r1")
    found = rows(graph, "MATCH ()-[p:PLAYS]->() RETURN p.id AS id ORDER BY id")
    assert [row["id"] for row in found] == ["c_1>d_1>champion", "c_1>d_1>user"]


def test_what_a_run_did_not_bring_is_closed_and_opens_when_it_comes_back(graph: Graph) -> None:
    words: dict[str, Any] = {"labels": ["Deal", "Account"], "triples": [("Deal", "WITH", "Account")]}
    load(graph, world(), run="r1")
    before = digest(graph)
    assert close_missing(graph, run="r1", now=LATER, **words) == 0
    load(graph, [NodeRows("Account", [{"id": "a_1", "known_from": T}])], run="r2")
    assert close_missing(graph, run="r2", now=LATER, **words) == 3
    assert close_missing(graph, run="r2", now=LATER + timedelta(days=1), **words) == 0
    closed = "MATCH (n) WHERE n.known_to IS NOT NULL RETURN n.id AS id, n.known_to AS t ORDER BY id"
    assert rows(graph, closed) == [{"id": "a_2", "t": LATER}, {"id": "d_1", "t": LATER}]
    load(graph, world(), run="r3")
    assert digest(graph) == before


def test_nothing_closes_before_it_began(graph: Graph) -> None:
    load(graph, world(), run="r1")
    close_missing(graph, run="r2", now=T - timedelta(days=1), labels=["Deal"])
    assert rows(graph, "MATCH (d:Deal) RETURN d.known_to AS t") == [{"t": T}]


def norm(id_: str, name: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "group": "all", "value": 0.3, "known_from": T}


def test_derived_things_of_an_older_run_are_removed(graph: Graph) -> None:
    load(graph, [NodeRows("Norm", [norm("n1", "a"), norm("n2", "b")])], run="r1")
    load(graph, [NodeRows("Norm", [norm("n3", "a")])], run="r2")
    assert remove(graph, "Norm", run="r2", name="a") == 1
    assert rows(graph, "MATCH (n:Norm) RETURN n.id AS id ORDER BY id") == [{"id": "n2"}, {"id": "n3"}]
    with pytest.raises(ConfigurationError, match="Deal is asserted by sources: it is closed, never removed"):
        remove(graph, "Deal", run="r2")
