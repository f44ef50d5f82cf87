"""The digest and the audits: equal graphs are equal, and every check finds what it is for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kg.errors import IntegrityError
from kg.graph import Graph
from kg.query.query import Query
from kg.store.checks import assert_checks, digest, run_checks
from kg.store.load import NodeRows, RelationshipRows, load

T = datetime(2024, 1, 1, tzinfo=UTC)
K: dict[str, Any] = {"known_from": T}
NODES = [
    NodeRows("Record", [{"id": f"r_{i}", "source": "crm", "record_id": str(i), "kind": "deal", **K} for i in range(3)]),
    NodeRows("Deal", [{"id": "d_1", "state": "won", "amount": 0.1, "opened_at": T, **K}, {"id": "d_2", **K}]),
    NodeRows("Account", [{"id": "a_1", "name": "Acme", **K}]),
]
SCORE = {
    "id": "deal_win|v1|d_1|t",
    "name": "deal_win",
    "version": "v1",
    "as_of": T,
    "value": 0.5,
    "log_odds": 0.0,
    "base": -0.3,
    "low": 0.4,
    "high": 0.6,
    "entity_id": "d_1",
    "features": ["a", "b"],
    "paired": ["", ""],
    "values": [1.0, float("nan")],
    "texts": ["", "x"],
    "contributions": [0.1, 0.2],
}
LINKS = [
    RelationshipRows(
        "Record", "RESOLVED_TO", "Deal", [{"start": "r_1", "end": "d_1", **K}, {"start": "r_2", "end": "d_2", **K}]
    ),
    RelationshipRows("Record", "RESOLVED_TO", "Account", [{"start": "r_0", "end": "a_1", **K}]),
    RelationshipRows("Deal", "WITH", "Account", [{"start": "d_1", "end": "a_1", **K}]),
]
SCORED = [
    NodeRows("Score", [SCORE]),
    RelationshipRows("Score", "OF", "Deal", [{"start": SCORE["id"], "end": "d_1"}]),
]


@pytest.fixture
def world(graph: Graph) -> Graph:
    load(graph, [*NODES, *LINKS, *SCORED], run="r1")
    return graph


def change(graph: Graph, text: str, **params: Any) -> None:
    graph.write(Query("it", "tests", text, "write"), **params)


def test_the_digest_does_not_depend_on_order_run_or_volatile_things(world: Graph) -> None:
    before = digest(world)
    change(world, "MATCH (n) WHERE n:Deal OR n:Record OR n:Account OR n:Score DETACH DELETE n")
    turned = [
        NodeRows(n.label, list(reversed([dict(reversed(row.items())) for row in n.rows]))) for n in reversed(NODES)
    ]
    load(world, [*turned, *reversed(LINKS), *SCORED], run="another")
    load(world, [NodeRows("Run", [{"id": "x", "stage": "load"}])], run="another")
    assert digest(world) == before
    assert len(before) == 64


CHANGES = [
    "MATCH (d:Deal {id: 'd_1'}) SET d.amount = 0.1 + 2.0 ^ -55",
    "MATCH (d:Deal {id: 'd_1'}) SET d.amount = 1",
    "MATCH (d:Deal {id: 'd_1'}) SET d.undeclared = 1",
    "MATCH (d:Deal {id: 'd_1'}) SET d:Current",
    "MATCH (d:Deal {id: 'd_1'}) SET d.opened_at = d.opened_at + duration({milliseconds: 1})",
    "MATCH (d:Deal {id: 'd_1'}) REMOVE d.state",
    "MATCH (:Deal)-[w:WITH]->() SET w.record = 'x'",
    "MATCH (:Deal)-[w:WITH]->() DELETE w",
    "MATCH (d:Deal {id: 'd_1'})-[w:WITH]->(a) CREATE (d)-[:WITH]->(a)",
    "MATCH (d:Deal {id: 'd_1'}), (a:Account) CREATE (a)-[:WITH {id: 'x'}]->(d)",
    "CREATE (:Stranger)",
    "CREATE (:Deal {id: 'd_9'})",
    "MATCH (s:Score) SET s.contributions = [s.contributions[1], s.contributions[0]]",
]


@pytest.mark.parametrize("text", CHANGES)
def test_any_change_changes_the_digest(world: Graph, text: str) -> None:
    before = digest(world)
    change(world, text)
    assert digest(world) != before


def test_a_good_graph_passes_every_check(world: Graph) -> None:
    change(world, "MATCH (s:Score) SET s:Current")
    assert [result.sentence for result in run_checks(world) if not result.ok] == []
    assert_checks(world)


TWIN = "MATCH (s:Score)-[:OF]->(d) CREATE (t:Score)-[:OF {id: 'x', run: 'r'}]->(d) SET t = s {.*, id: 'twin'}"
LINK = "{id: 'x', run: 'r', known_from: $t}"
BROKEN = [
    ("scores_add_up", "MATCH (s:Score) SET s.base = s.base + 1e-8"),
    ("scores_add_up", "MATCH (s:Score) SET s.contributions = [0.1, 0.3]"),
    ("scores_are_probabilities", "MATCH (s:Score) SET s.value = 0.55"),
    ("scores_are_probabilities", "MATCH (s:Score) SET s.low = 0.55"),
    ("score_lists_are_parallel", "MATCH (s:Score) SET s.features = ['a']"),
    ("scores_are_of_their_entity", "MATCH (s:Score)-[o:OF]->() DELETE o"),
    ("current_scores_are_newest", f"{TWIN} SET s:Current, t.as_of = s.as_of + duration({{days: 1}})"),
    ("current_scores_are_newest", f"{TWIN} SET s:Current, t:Current"),
    ("only_scores_are_current", "MATCH (d:Deal {id: 'd_1'}) SET d:Current"),
    ("entities_have_records", "MATCH (:Record)-[r:RESOLVED_TO]->(:Account) DELETE r"),
    (
        "records_have_one_entity",
        f"MATCH (r:Record {{id: 'r_1'}}), (d:Deal {{id: 'd_2'}}) CREATE (r)-[:RESOLVED_TO {LINK}]->(d)",
    ),
    (
        "outcomes_agree_with_deals",
        f"MATCH (d:Deal {{id: 'd_1'}}) CREATE (d)-[:ENDED_IN {LINK}]->(:Outcome {{id: 'o', run: 'r', "
        "result: 'lost', at: $t, known_from: $t, known_to: $t})",
    ),
    ("redirects_lead_somewhere", "CREATE (:Redirect {id: 'x', run: 'r', known_from: $t})"),
    (
        "norms_hold_once",
        "UNWIND ['a', 'b'] AS id CREATE (:Norm {id: id, run: 'r', name: 'n', group: 'g', value: 1.0, known_from: $t})",
    ),
    ("nodes_are_as_declared", "MATCH (d:Deal) SET d.undeclared = 1"),
    ("nodes_are_as_declared", "MATCH (d:Deal) SET d.amount = 'much'"),
    ("nodes_are_as_declared", "MATCH (d:Deal) SET d.state = 'maybe'"),
    ("nodes_are_as_declared", "MATCH (d:Deal) REMOVE d.known_from"),
    ("nodes_are_as_declared", "MATCH (d:Deal) SET d.known_to = $t - duration({days: 1})"),
    ("nodes_are_as_declared", "CREATE (:Stranger {id: 'x'})"),
    ("relationships_are_as_declared", "MATCH (:Deal)-[w:WITH]->() REMOVE w.known_from"),
    ("relationships_are_as_declared", "MATCH (:Deal)-[w:WITH]->() SET w.undeclared = 1"),
    ("relationships_are_as_declared", "MATCH (d:Deal)-[:WITH]->(a) CREATE (a)-[:WITH {id: 'x'}]->(d)"),
]


@pytest.mark.parametrize(("name", "text"), BROKEN)
def test_every_check_finds_what_it_is_for(world: Graph, name: str, text: str) -> None:
    change(world, text, t=T)
    assert [result.name for result in run_checks(world) if not result.ok] == [name]
    with pytest.raises(IntegrityError, match=name):
        assert_checks(world)


def test_the_schema_is_among_the_checks(world: Graph) -> None:
    change(world, "CREATE INDEX odd FOR (n:Deal) ON (n.name)")
    try:
        assert [result.sentence for result in run_checks(world) if not result.ok] == [
            "schema: odd: is not of the ontology. Constraints and indexes are those of the ontology."
        ]
    finally:
        change(world, "DROP INDEX odd")


def test_every_check_file_has_a_test_that_breaks_it() -> None:
    from kg.query.files import load_queries

    assert set(load_queries("checks")) <= {name for name, _ in BROKEN}


def test_only_the_first_rows_are_kept(graph: Graph) -> None:
    load(graph, [NodeRows("Deal", [{"id": f"d_{i}", "known_from": T - timedelta(i)} for i in range(20)])], run="r1")
    [broken] = [result for result in run_checks(graph, first=3) if not result.ok]
    assert (broken.name, len(broken.rows)) == ("entities_have_records", 3)
    assert "Deal without a record and 2 more at least" in broken.sentence
