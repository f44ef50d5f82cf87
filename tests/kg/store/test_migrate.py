"""Migrations on a real server: once, in order, checksummed, locked; the schema is the ontology's."""

import os
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import BadQuery, Busy, IntegrityError
from kg.graph import Graph
from kg.query.query import Query
from kg.query.tokens import statements
from kg.render.schema import schema_items
from kg.store.holder import Holder
from kg.store.migrate import MIGRATIONS, checksum, migrate, read_migrations, schema_differences

LOCK = "CREATE (:__Neo4jMigrationsLock {id: $id, name: 'John Doe'})"
UNLOCK = "MATCH (l:__Neo4jMigrationsLock) DELETE l"


def run(graph: Graph, text: str, **params: object) -> list[dict[str, object]]:
    return graph.write(Query("it", "tests", text, "write"), **params)


@pytest.fixture
def fresh(graph: Graph) -> Iterator[Graph]:
    """A graph without any record of migrations; the project's own are recorded again afterwards."""
    forget = "MATCH (m:__Neo4jMigration) DETACH DELETE m"
    run(graph, forget)
    yield graph
    run(graph, "MATCH (n) DETACH DELETE n")
    migrate(graph)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "V001__first_words.cypher").write_text(
        "// made; by hand\nMERGE (:Deal {id: 'a;b'});\nMERGE (:Deal {id: \"it's\"}) // ; no end\n;\n"
    )
    (tmp_path / "V002__more.cypher").write_text("MATCH (d:Deal) SET d.name = '// not a comment; really';\n")
    return tmp_path


def test_the_first_migrations_make_the_schema_of_the_ontology() -> None:
    made = {text.rpartition("\n")[2] for m in read_migrations() for text in m.statements}
    assert {item.statement for item in schema_items()} <= made


def test_the_live_schema_is_that_of_the_ontology(graph: Graph) -> None:
    assert schema_differences(graph) == []


def test_a_missing_and_a_strange_constraint_are_named(graph: Graph) -> None:
    run(graph, "DROP CONSTRAINT deal_id")
    run(graph, "CREATE INDEX odd FOR (n:Deal) ON (n.stage)")
    run(graph, "CREATE CONSTRAINT deal_id FOR (n:Deal) REQUIRE n.name IS UNIQUE")
    try:
        assert [(d.name, d.problem) for d in schema_differences(graph)] == [
            ("deal_id", "is UNIQUENESS on Deal (name); the ontology asks for UNIQUENESS on Deal (id)"),
            ("odd", "is not of the ontology"),
        ]
    finally:
        run(graph, "DROP INDEX odd")
        run(graph, "DROP CONSTRAINT deal_id")
    assert [d.name for d in schema_differences(graph)] == ["deal_id"]
    run(graph, next(item.statement for item in schema_items() if item.name == "deal_id"))


def test_files_are_applied_once_and_recorded_in_the_chain(fresh: Graph, folder: Path) -> None:
    assert [m.version for m in migrate(fresh, dry_run=True, folder=folder)] == ["001", "002"]
    assert run(fresh, "MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
    assert [m.description for m in migrate(fresh, folder=folder)] == ["first words", "more"]
    assert migrate(fresh, folder=folder) == []
    assert run(fresh, "MATCH (d:Deal) RETURN d.id AS id, d.name AS name ORDER BY id") == [
        {"id": "a;b", "name": "// not a comment; really"},
        {"id": "it's", "name": "// not a comment; really"},
    ]
    chain = run(
        fresh,
        "MATCH (b:__Neo4jMigration {version: 'BASELINE'})-[r:MIGRATED_TO]->(m)-[s:MIGRATED_TO]->(n) "
        "RETURN properties(m) AS m, n.version AS n, keys(s) AS keys, keys(b) AS base",
    )
    assert chain[0]["m"] == {
        "version": "001",
        "description": "first words",
        "type": "CYPHER",
        "source": "V001__first_words.cypher",
        "checksum": checksum((folder / "V001__first_words.cypher").read_text()),
    }
    assert (chain[0]["n"], sorted(chain[0]["keys"]), chain[0]["base"]) == (  # type: ignore[call-overload]
        "002",
        ["at", "by", "connectedAs", "in"],
        ["version"],
    )


def test_a_changed_file_is_refused_by_name(fresh: Graph, folder: Path) -> None:
    migrate(fresh, folder=folder)
    (folder / "V001__first_words.cypher").write_text("MERGE (:Deal {id: 'changed'});\n")
    with pytest.raises(IntegrityError, match=r"^V001__first_words\.cypher: changed after it was applied"):
        migrate(fresh, folder=folder)


def test_a_file_that_is_gone_or_late_is_refused_by_name(fresh: Graph, folder: Path) -> None:
    migrate(fresh, folder=folder)
    (folder / "V001_5__between.cypher").write_text("RETURN 1;\n")
    with pytest.raises(IntegrityError, match=r"^V001_5__between\.cypher: older than the newest applied"):
        migrate(fresh, folder=folder)
    (folder / "V001_5__between.cypher").unlink()
    (folder / "V002__more.cypher").unlink()
    with pytest.raises(IntegrityError, match=r"^V002__more\.cypher: applied to this graph, but the file is gone"):
        migrate(fresh, folder=folder)


def test_a_migration_that_fails_halfway_runs_again(fresh: Graph, folder: Path) -> None:
    bad = folder / "V003__bad.cypher"
    bad.write_text("MERGE (:Deal {id: 'third'});\nMERGE (:Deal {id: missing});\n")
    with pytest.raises(BadQuery, match="V003__bad"):
        migrate(fresh, folder=folder)
    bad.write_text("MERGE (:Deal {id: 'third'});\n")
    assert [m.version for m in migrate(fresh, folder=folder)] == ["003"]
    assert run(fresh, "MATCH (l:__Neo4jMigrationsLock) RETURN count(l) AS n") == [{"n": 0}]


BAD_NAMES = [
    ("first.cypher", "a migration is called V001__words.cypher"),
    ("V1__same.cypher", "version 1 is also that of"),
]


@pytest.mark.parametrize(("name", "sentence"), BAD_NAMES)
def test_bad_file_names_are_refused(folder: Path, name: str, sentence: str) -> None:
    (folder / name).write_text("RETURN 1;")
    with pytest.raises(BadQuery, match=sentence):
        read_migrations(folder)


def test_a_lock_that_is_held_stops_a_second_run(fresh: Graph, folder: Path) -> None:
    run(fresh, LOCK, id=str(Holder.me()))
    with pytest.raises(Busy, match=f"process {os.getpid()} on {socket.gethostname()}"):
        migrate(fresh, folder=folder)
    run(fresh, UNLOCK)
    run(fresh, LOCK, id="5f0c-of-the-java-tool")
    with pytest.raises(Busy, match="lock 5f0c-of-the-java-tool"):
        migrate(fresh, folder=folder)
    run(fresh, UNLOCK)


def test_a_lock_of_a_process_that_was_killed_is_taken_over(fresh: Graph, folder: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", "from kg.store.holder import Holder; print(Holder.me())"],
        capture_output=True,
        text=True,
        check=True,
    )
    run(fresh, LOCK, id=child.stdout.strip())
    assert len(migrate(fresh, folder=folder)) == 2


# Checksums as neo4j-migrations makes them: CRC-32 of the pieces between ";" at line ends, trimmed, one after the other.
CHECKSUMS = [
    ("", ""),
    ("RETURN 1;\n", "RETURN 1"),
    ("  RETURN 1 ;\r\n\n", "RETURN 1"),
    ("RETURN 1", "RETURN 1"),
    ("RETURN 1;\nRETURN 2;", "RETURN 1RETURN 2"),
    ("// why\nRETURN 1;\n// end", "// why\nRETURN 1// end"),
]


@pytest.mark.parametrize(("text", "expected"), CHECKSUMS)
def test_a_checksum_is_over_the_trimmed_pieces(text: str, expected: str) -> None:
    assert checksum(text) == str(zlib.crc32(expected.encode()))


# What the Java tool's own tests expect of three times this statement, whatever the line ends.
OF_JAVA = [
    ("MATCH (n) RETURN count(n) AS n", "\n", "1902097523"),
    ("MATCH (n) RETURN count(n) AS n", "\r\n", "1902097523"),
    ("MATCH (n) RETURN count(n) AS n", "\r", "1902097523"),
    ("MATCH (n)\nRETURN count(n) AS n", "\n", "1916418554"),
]


@pytest.mark.parametrize(("statement", "end", "expected"), OF_JAVA)
def test_checksums_are_those_of_the_java_tool(statement: str, end: str, expected: str) -> None:
    assert checksum(f"{statement};{end}" * 3) == expected


def test_our_files_are_split_alike_by_the_java_tool() -> None:
    for path in MIGRATIONS.glob("*.cypher"):
        text = path.read_text()
        assert [piece.strip() for piece in text.split(";\n") if piece.strip()] == statements(text)
