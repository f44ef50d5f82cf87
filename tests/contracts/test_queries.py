"""Every query file keeps its kind's contract; Neo4j plans it without a scan of all nodes or a cartesian product."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import BadQuery
from kg.graph import Graph
from kg.query.contracts import BY_KIND
from kg.query.files import CYPHER, load_queries

FORBIDDEN = {"AllNodesScan", "CartesianProduct", "UndirectedAllRelationshipsScan", "DirectedAllRelationshipsScan"}
PLANNED = [
    kind for kind in BY_KIND if kind != "features"
]  # a feature is a pattern: its rendered text is planned elsewhere


ONE_ROW = {"NodeUniqueIndexSeek", "Argument", "Filter"}


def operators(plan: dict[str, Any]) -> Iterator[str]:
    """The operators of a plan; a product of nodes that are each found by their key has one row and is left out."""
    below = [name for child in plan.get("children", ()) for name in operators(child)]
    own = plan["operatorType"].split("@")[0]
    yield from below
    if own != "CartesianProduct" or not set(below) <= ONE_ROW:
        yield own


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_file_keeps_the_contract_of_its_kind(kind: str) -> None:
    for name, query in load_queries(kind).items():
        assert query.name == name
        assert query.header["about"]


@pytest.mark.parametrize("kind", PLANNED)
def test_no_file_scans_all_nodes(graph: Graph, kind: str) -> None:
    bad = {
        q.place: found for q in load_queries(kind).values() if (found := FORBIDDEN & set(operators(graph.explain(q))))
    }
    assert bad == {}


def test_no_folder_of_queries_is_without_a_contract() -> None:
    assert {folder.name for folder in CYPHER.iterdir() if folder.is_dir()} <= set(BY_KIND)


HEADER = "// about: x\n"
READS = [
    ("MATCH (d:Deal) RETURN d.id AS id", ":1: a file of reads needs '// about: …' in its header."),
    (HEADER + "// about: y\nRETURN 1 AS id", ":2: the header gives 'about' twice."),
    ("// about x\nRETURN 1 AS id", ":1: a header line reads '// key: value', not '// about x'."),
    (HEADER, ":1: the file holds no Cypher."),
    (HEADER + "MATCH (d:Deel) RETURN d", ":2: label 'Deel' is not in the ontology"),
    (HEADER + "MATCH (d)\nWHERE d:Deel RETURN d", ":3: label 'Deel' is not in the ontology"),
    (HEADER + "MATCH (d:Deal|Laed) RETURN d", ":2: label 'Laed' is not in the ontology"),
    (HEADER + "MATCH (d:!`Odd One`) RETURN d", ":2: label 'Odd One' is not in the ontology"),
    (HEADER + "MATCH (:Deal)-[:WITHH]->() RETURN 1 AS x", ":2: type 'WITHH' is not in the ontology"),
    (HEADER + "MATCH (:Deal)-[r:WITH|FORR*1..2]->() RETURN 1 AS x", ":2: type 'FORR' is not in the ontology"),
    (HEADER + "MATCH (d:Deal) RETURN d.amont AS x", ":2: Deal has no property 'amont'; it has amount, "),
    (HEADER + "MATCH (d:Deal {nmae: $x}) RETURN 1 AS x", ":2: Deal has no property 'nmae'"),
    (HEADER + "MATCH (:Contact)-[r:PLAYS {rolle: 'x'}]->() RETURN 1 AS x", ":2: PLAYS has no property 'rolle'"),
    (HEADER + "MATCH (:Contact)-[r:PLAYS]->()\nRETURN r.rolle AS x", ":3: PLAYS has no property 'rolle'"),
    (HEADER + "MATCH (d:Deal) RETURN d.id AS id LIMIT 3", ":2: LIMIT without ORDER BY"),
    (HEADER + "MATCH (d:Deal) WITH d ORDER BY d.id\nWITH d LIMIT 3 RETURN d", ":3: LIMIT without ORDER BY"),
    (HEADER + "MATCH (d:Deal) CALL (d) { RETURN 1 AS x LIMIT 1 } RETURN x ORDER BY x", ":2: LIMIT without ORDER BY"),
    (HEADER + "LOAD CSV FROM 'file:///x' AS l RETURN l", ":2: LOAD CSV reads files"),
    (HEADER + "MATCH (d:Deal) WHERE known(d.x) RETURN d", ":2: known takes names of variables"),
    (HEADER + "MATCH (d:Deal) SET d.name = 'x' RETURN d", ":1: a file of reads must read, this one would write."),
    (HEADER + "RETURN 'never closed AS x", ":2: the ' that opens here is never closed."),
    (HEADER + "RETURN 1 /* never closed", ":2: the /* that opens here is never closed."),
]
OTHERS = [
    ("writes", HEADER + "RETURN 1 AS x", ":1: a file of writes must write, this one would read."),
    ("checks", HEADER + "MATCH (d:Deal) RETURN d.id AS id", ":1: a file of checks must return 'found'; it returns id."),
    (
        "checks",
        HEADER + "MATCH (d:Deal {id: $x}) RETURN d.id AS id, 1 AS found",
        ":1: parameter 'x' is not one of this kind's",
    ),
    (
        "segments",
        HEADER + "MATCH (a:Account) RETURN a.id AS id, '' AS reason",
        ":1: a file of segments must use $as_of.",
    ),
    ("labels", HEADER + "RETURN $now AS id, 1 AS as_of", ":1: a file of labels must return 'label'"),
    ("features", HEADER + "RETURN 1 AS id", ":1: a file of features needs '// entity: …' in its header."),
]
FINE = [
    "MATCH (d:Deal) RETURN d.id AS id ORDER BY id LIMIT 3",
    "// label: not a header any more\nMATCH (d:Deal) RETURN d.id AS id",
    "MATCH (d:Deal) WHERE d.name = '(:Nothing) SET LIMIT' RETURN d.id AS id /* (:Nothing) LIMIT */",
    "UNWIND $rows AS row MATCH (d:Deal {id: row.anything}) RETURN row.thing AS x, {Label: 1, b: d.opened_at} AS m",
    "MATCH (d:Deal) RETURN d {.name, other: 1} AS row, [x IN $xs | {k: x}] AS l, d.opened_at.year AS y",
    "MATCH (d:Deal)-[r:WITH|FOR]-(x) WHERE any(y IN [x] WHERE y:Account|Product) RETURN r.quantity AS q",
    "MATCH (s:Score:Current {name: 'deal_win'}) RETURN s.value AS value",
    "MATCH (d:Deal) CALL (d) { MATCH (d)-[:WITH]->(a:Account) RETURN a } RETURN COUNT { (d)-[:FOR]->() } AS n",
    "MATCH ((a:Account)-[:SUBSIDIARY_OF]->(b:Account)){1,3} RETURN a[0].name AS `set`",
]


def refusal(folder: Path, kind: str, text: str) -> str:
    path = folder / "cypher" / kind / "it.cypher"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadQuery) as caught:
        load_queries(kind, folder / "cypher")
    return str(caught.value)


@pytest.mark.parametrize(("text", "sentence"), READS)
def test_a_bad_read_is_refused_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, "reads", text).startswith(f"cypher/reads/it.cypher{sentence}")


@pytest.mark.parametrize(("kind", "text", "sentence"), OTHERS)
def test_a_kind_has_its_own_contract(tmp_path: Path, kind: str, text: str, sentence: str) -> None:
    assert refusal(tmp_path, kind, text).startswith(f"cypher/{kind}/it.cypher{sentence}")


@pytest.mark.parametrize("text", FINE)
def test_good_files_pass(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cypher" / "reads" / "it.cypher"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + text, encoding="utf-8")
    assert load_queries("reads", tmp_path / "cypher")["it"].mode == "read"


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        path = tmp_path / "cypher" / "reads" / folder / "it.cypher"
        path.parent.mkdir(parents=True)
        path.write_text(HEADER + "RETURN 1 AS x", encoding="utf-8")
    with pytest.raises(BadQuery, match="'it' is also the name of"):
        load_queries("reads", tmp_path / "cypher")


def test_a_query_says_what_it_needs_and_gives(tmp_path: Path) -> None:
    path = tmp_path / "cypher" / "reads" / "it.cypher"
    path.parent.mkdir(parents=True)
    path.write_text(
        "// about: One deal,\n//   and its account.\nMATCH (d:Deal {id: $id}) WHERE known(d)\n"
        "RETURN d.name AS name, collect({a: 1, b: 2}) AS many, d.id, $`odd` AS `x y` ORDER BY name LIMIT 3",
        encoding="utf-8",
    )
    query = load_queries("reads", tmp_path / "cypher")["it"]
    assert query.header == {"about": "One deal, and its account."}
    assert query.parameters == {"id", "as_of", "odd"}
    assert query.columns == ("name", "many", "d.id", "x y")
    assert "d.known_from <= $as_of AND (d.known_to IS NULL OR d.known_to > $as_of)" in query.text
