"""A value that a person carries is personal wherever it stands: what is flagged when rows are loaded."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.store.load import NodeRows
from resolution.entities.personal import marked, person_values
from resolution.entities.rows import graph_rows
from resolution.run.resolve import resolve
from resolution.staging.as_of import open_staging
from tests.resolution.small_world import at, stage, world

PEOPLE: dict[str, list[dict[str, Any]]] = {
    "contact": [
        {"key": "crm:C1", "known": "2024-01-01", "name": "Jane Q. Doe", "email": "jane@doe.example",
         "phone": "+1 (555) 010-2030"},
        {"key": "crm:C2", "known": "2024-01-01", "name": "García, María José", "linkedin": "linked.example/in/mjg"},
        {"key": "crm:C3", "known": "2024-01-01", "first_name": "Paris", "last_name": "Li"},
        {"key": "crm:C4", "known": "2024-01-01", "name": "Xanadu"},
        {"key": "crm:C5", "known": "2024-01-01", "name": "李小龍"},
    ],
    "lead": [{"key": "web:L1", "known": "2024-01-01", "name": "Dr. Ann O'Hara", "phone": "0049 30 1234567"}],
    "rep": [{"key": "crm:R1", "known": "2024-01-01", "name": "Rita Rep", "email": "rita@us.example"}],
}  # fmt: skip
PERSONAL = [
    "Jane Q. Doe", "JANE DOE", "Renewal for Jane Doe 2024", "Doe, Jane", "call jane@doe.example!",
    "jane+x@elsewhere.example",
    "1 555 010 2030", "555-010-2030", "(555) 010 2030 ext. 7", "Maria Jose Garcia", "Garcia Maria Jose",
    "linked.example/in/MJG",
    "Paris Li", "Paris Li GmbH", "xanadu", "李小龍", "Ann O'Hara", "ANN OHARA left", "030 1234567", "met Rita Rep",
    "mailto:a.b@c.example",
]  # fmt: skip
OPEN = [
    "Paris", "Doe", "Maria", "Jane", "Doe Industries", "Jane and Doe Ltd", "Xanadu Travel", "555 010", "42",
    "2024-01-31",
    "Rita", "a @ b", "O'Hara", "New business",
]  # fmt: skip


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    con, _ = open_staging(stage(tmp_path_factory.mktemp("personal") / "s.duckdb", PEOPLE), None)
    person_values(con)
    return con


@pytest.mark.parametrize("said", [*PERSONAL, *OPEN])
def test_what_a_person_carries(judged: duckdb.DuckDBPyConnection, said: str) -> None:
    sql = marked(judged, "Account", "SELECT 'a' AS id, '{}' AS name, 3 AS employees".format(said.replace("'", "''")))
    found = judged.execute(f"SELECT personal_values FROM ({sql})").fetchall()
    assert found == [(["name"] if said in PERSONAL else None,)]


def test_the_rows_of_the_graph_say_what_is_personal(tmp_path: Path) -> None:
    rows = world()
    rows["contact"][2] |= {"phone": "+46 8 7001371"}
    rows["contact"][0] |= {"title": "Planner"}
    for account in rows["account"][:2]:
        account |= {"name": "Clara Diaz"}
    rows["deal"][3] |= {
        "name": "Renewal Hugo Brandt",
        "reason": "asked for hugo.brandt@pellegrin.com",
        "lead_source": "Emma Stone",
    }
    rows["ticket"] = [
        {"key": "desk:peter@x.example", "known": "2024-01-02", "account": "crm:A1",
         "subject": "Peter Vance cannot sign in", "opened_at": at("2024-01-02")},
        {"key": "desk:T2", "known": "2024-01-02", "account": "crm:A1",
         "subject": "Cannot sign in", "opened_at": at("2024-01-02")},
    ]  # fmt: skip
    staging = stage(tmp_path / "s.duckdb", rows)
    resolve(staging, tmp_path / "r.duckdb")
    found: dict[str, list[dict[str, Any]]] = {
        b.label: [dict(row) for row in b.rows]
        for b in graph_rows(tmp_path / "r.duckdb", staging)
        if isinstance(b, NodeRows)
    }

    def flagged(label: str, name: str) -> dict[str, list[str]]:
        return {str(row.get(name)): row["personal_values"] for row in found[label] if row.get("personal_values")}

    accounts = [row for row in found["Account"] if row.get("personal_values")]
    assert [(row["name"], row["personal_values"]) for row in accounts if row["name"] == "Clara Diaz"] == [
        ("Clara Diaz", ["name"])
    ]
    assert [row["phone"] for row in accounts if row["personal_values"] == ["phone"]] == ["+46 8 7001371"]
    assert flagged("Deal", "name") == {"Renewal Hugo Brandt": ["lead_source", "name"]}
    assert flagged("Ticket", "subject") == {"Peter Vance cannot sign in": ["id", "subject"]}
    assert flagged("Change", "new") == {"Emma Stone": ["new"]}
    assert flagged("Record", "id") == {}
