"""A feature that Neo4j cannot compute is left out by name, or raises; it never gives a value."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kg.errors import FeatureFailed, QueryStopped, ServerError
from kg.features.extraction import extract, extract_some
from kg.features.features import Feature, feature_from, features_named
from kg.graph import Graph, translate
from kg.ontology.own import own_of, using
from kg.query.contracts import BY_KIND
from kg.query.files import read_query
from kg.settings import GraphSettings, reset_settings
from kg.store.load import NodeRows, load
from tests.worlds import START, World

HEAD = """// entity: deal
// family: flat
// about: A feature that goes wrong.
// unit: days
// aggregate: sum
// empty: 0
// monotone: none
// because: {value:one}
// each: {id}
// absent: None.
"""
SLOW = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH e, sum(a * b) AS x"
DIVIDES = "WITH e, as_of, size(e.name) - 1 AS letters WITH e, 1 / (letters - letters) AS x"
LATE = "WITH e, CASE e.name WHEN 'D8' THEN 1 / (size(e.name) - 2) ELSE 1 END AS x"
GOOD = ("deal_age", "deal_kind", "account_win_share", "contacts_engaged", "deal_amount")
PAIRS: list[tuple[str, datetime]] = [(f"d{i}", START + timedelta(days=30)) for i in range(9)]


def bad(folder: Path, name: str, body: str) -> Feature:
    path = folder / "cypher" / "features" / "deal" / f"{name}.cypher"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"{HEAD}{body}\nRETURN e.id AS id, toFloat(x) AS x, [e] AS nodes, [] AS relationships\n"
    path.write_text(text, encoding="utf-8")
    return feature_from(read_query(path, BY_KIND["features"], folder / "cypher"), folder / "cypher")


@pytest.fixture
def deals(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> Iterator[Graph]:
    """Nine deals, and ten seconds for each feature."""
    world = World()
    for i in range(9):
        world.add("Deal", f"d{i}", START, name=f"D{i}", opened_at=START)
    world.load(graph, START + timedelta(days=60))
    monkeypatch.setenv("DEALGRAPH_FEATURE_SECONDS", "10")
    reset_settings()
    yield graph
    reset_settings()


WRONG = [
    ("slow", SLOW, "Neo4j stopped the query at its time limit (DEALGRAPH_FEATURE_SECONDS is 10)"),
    ("divides", DIVIDES, "ArithmeticError"),
    ("late", LATE, "ArithmeticError"),  # right for eight deals of nine
]


@pytest.mark.parametrize(("name", "body", "why"), WRONG)
def test_a_feature_that_fails_is_left_out_and_the_others_stay(
    deals: Graph, tmp_path: Path, name: str, body: str, why: str
) -> None:
    good = features_named(GOOD)
    features = [*good[:2], bad(tmp_path, name, body), *good[2:]]
    found = extract_some(deals, features, PAIRS, batch=3)
    assert found.columns == extract(deals, good, PAIRS)
    assert list(found.left_out) == [name] and why in found.left_out[name]
    with pytest.raises(FeatureFailed) as failed:
        extract(deals, features, PAIRS, batch=3)
    assert str(failed.value).startswith(f"Feature {name} could not be computed: ") and why in str(failed.value)
    assert (failed.value.feature, failed.value.exit_code) == (name, ServerError.exit_code)


def test_several_can_fail_and_progress_comes_to_its_end(deals: Graph, tmp_path: Path) -> None:
    features = [*(bad(tmp_path, name, body) for name, body, _ in WRONG[1:]), *features_named(GOOD)]
    told: list[tuple[int, int | None]] = []
    found = extract_some(deals, features, PAIRS, batch=4, progress=lambda done, total, _: told.append((done, total)))
    assert sorted(found.left_out) == ["divides", "late"] and list(found.columns) == list(GOOD)
    assert told[-1] == (len(PAIRS) * len(features),) * 2


def test_all_can_fail(deals: Graph, tmp_path: Path) -> None:
    found = extract_some(deals, [bad(tmp_path, name, body) for name, body, _ in WRONG[1:]], PAIRS)
    assert found.columns == {} and list(found.left_out) == ["divides", "late"]


def test_a_server_that_refuses_is_no_fault_of_a_feature(neo4j_server: GraphSettings) -> None:
    wrong = Graph(neo4j_server.address[0], "neo4j", "wrong")
    with wrong as graph, pytest.raises(ServerError, match="user or password"):
        extract_some(graph, features_named(GOOD), PAIRS)


class OutOfMemory(Exception):
    """What the driver says when a transaction reaches its share of the heap."""

    code, message = "Neo.TransientError.General.MemoryPoolOutOfMemoryError", "The allocation would use more"


def test_a_limit_of_memory_is_a_query_that_was_stopped() -> None:
    told = translate(OutOfMemory(), "rendered feature values x", "bolt://h", "")
    assert isinstance(told, QueryStopped) and "memory limit; raise DEALGRAPH_NEO4J_HEAP_MB" in str(told)


SITE = '[kind.site]\nabout = "A place."\n[kind.site.properties]\nname = { about = "Name." }\n'
OWN = HEAD.replace("entity: deal", "entity: site").replace("family: flat", "family: own")
RETURNED = "RETURN e.id AS id, toFloat(x) AS x, [e] AS nodes, [] AS relationships"


def test_own_features_are_asked_for_where_they_are_declared(deals: Graph) -> None:
    """The threads that ask know what a company declared, also where they ask for one feature alone."""
    files = {
        "ontology.toml": SITE,
        "cypher/features/site/whole.cypher": f"{OWN}WITH e, 1 AS x\n{RETURNED}\n",
        "cypher/features/site/half.cypher": f"{OWN}WITH e, 1 / (size(e.id) - 2) AS x\n{RETURNED}\n",
    }
    with using(own_of(json.dumps(files))):
        load(deals, [NodeRows("Site", [{"id": "s1", "name": "S", "known_from": START}])], run="r")
        found = extract_some(deals, features_named(["whole", "half"]), [("s1", START + timedelta(days=1))])
    assert found.columns == {"whole": [1.0]} and list(found.left_out) == ["half"]
