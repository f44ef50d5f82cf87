"""Facts that sources leave half said: a part in a deal without a role, a value told by a change or a difference."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kg.store.load import NodeRows
from resolution.entities.rows import graph_rows
from resolution.run.resolve import resolve
from resolution.staging.stage import stage as stage_sources
from tests.resolution.small_world import Row, at, stage

HUBSPOT = Path(__file__).parents[2] / "data" / "hubspot" / "sources.toml"
Rows = dict[Any, list[dict[str, Any]]]


def graph_of(staging: Path) -> Rows:
    resolved = staging.with_name("resolution.duckdb")
    resolve(staging, resolved)
    return {
        batch.label if isinstance(batch, NodeRows) else batch.triple: [dict(row) for row in batch.rows]
        for batch in graph_rows(resolved, staging)
    }


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """One deal that a source tells of in rows of changes: property history, and differences of two snapshots."""
    deal = {
        "key": "crm:D1",
        "known": "2024-01-10",
        "name": "D",
        "amount": 250.0,
        "deal_kind": "expansion",
        "owner": "crm:R2",
        "account": "crm:A1",
        "amount__known": "2024-03-01",
        "owner__known": "2024-03-05",
    }
    changes = (
        ("deal", "crm:D1", "amount", "100.0", "250", "2024-03-01"),
        ("deal", "crm:D1", "close_date", None, "2024-06-30", "2024-01-10"),
        ("deal", "crm:D1", "close_date", "2024-06-30", "2024-07-31T00:00:00.000Z", "2024-02-01"),
        ("deal", "crm:D1", "deal_kind", "newbusiness", "existingbusiness", "2024-02-10"),
        ("deal", "crm:D1", "owner", "crm:R1", "R2", "2024-03-05"),
        ("account", "crm:A1", "employees", "40", "55", "2024-02-20"),
    )
    tables: dict[str, list[Row]] = {
        "deal": [deal],
        "account": [{"key": "crm:A1", "known": "2024-01-01", "name": "Nordkraft", "employees": 55}],
        "rep": [
            {"key": f"crm:R{i}", "known": "2024-01-01", "name": f"Rep {i}", "email": f"r{i}@us.com"} for i in (1, 2)
        ],
        "contact": [
            {"key": "crm:C1", "known": "2024-01-02", "name": "Anna Berg", "title": "Chief Financial Officer"},
            {"key": "crm:C2", "known": "2024-01-02", "name": "Paul Novak", "title": "Planner"},
        ],
        "role": [
            {"key": "crm:X1", "known": "2024-01-12", "contact": "crm:C1", "deal": "crm:D1"},
            {"key": "crm:X2", "known": "2024-01-12", "contact": "crm:C2", "deal": "crm:D1", "role": "champion"},
        ],
        "change": [
            {
                "key": f"crm:H{i}",
                "known": when,
                "of": of,
                "of_kind": kind,
                "field": field,
                "old": old,
                "new": new,
                "at": at(when),
            }
            for i, (kind, of, field, old, new, when) in enumerate(changes)
        ],
    }
    return graph_of(stage(tmp_path_factory.mktemp("facts") / "staging.duckdb", tables))


def test_change_rows_become_the_values_that_a_field_took(told: Rows) -> None:
    reps = {row["id"]: row["name"] for row in told["Rep"]}
    taken = [
        (row["field"], row["at"].date().isoformat(), *(reps.get(text, text) for text in (row.get("old"), row["new"])))
        for row in sorted(told["Change"], key=lambda row: (row["field"], row["at"]))
        if row["field"] != "title"
    ]
    assert taken == [
        ("amount", "2024-01-10", None, "100"),
        ("amount", "2024-03-01", "100", "250"),
        ("close_date", "2024-01-10", None, "2024-06-30T00:00:00Z"),
        ("close_date", "2024-02-01", "2024-06-30T00:00:00Z", "2024-07-31T00:00:00Z"),
        ("employees", "2024-01-01", None, "40"),
        ("employees", "2024-02-20", "40", "55"),
        ("kind", "2024-01-10", None, "new"),
        ("kind", "2024-02-10", "new", "expansion"),
        ("owner", "2024-01-10", None, "Rep 1"),
        ("owner", "2024-03-05", "Rep 1", "Rep 2"),
    ]
    known = {row["known_from"].date().isoformat() for row in told["Change"] if row["field"] == "amount"}
    assert known == {"2024-01-10", "2024-03-01"}
    owns = sorted((reps[r["start"]], r["from"].date().isoformat(), r.get("to")) for r in told[("Rep", "OWNS", "Deal")])
    assert [o[:2] for o in owns] == [("Rep 1", "2024-01-10"), ("Rep 2", "2024-03-05")]


def test_a_part_without_a_role_is_inferred_from_the_title(told: Rows) -> None:
    plays = [(r["role"], r["basis"], r["confidence"]) for r in told[("Contact", "PLAYS", "Deal")]]
    assert sorted(plays) == [("champion", "stated", 0.9), ("economic_buyer", "inferred", 0.5)]


def test_hubspot_associations_and_property_history(tmp_path: Path) -> None:
    stage_sources(HUBSPOT, tmp_path / "staging.duckdb")
    found = graph_of(tmp_path / "staging.duckdb")
    plays = found[("Contact", "PLAYS", "Deal")]
    assert len(plays) == 154
    assert {row["basis"] for row in plays} == {"inferred"}
    assert {row["role"] for row in plays} == {
        "champion",
        "economic_buyer",
        "procurement",
        "technical_evaluator",
        "user",
    }
    moved = [row for row in found["Change"] if row["field"] == "close_date" and row.get("old")]
    assert len(moved) == 74
    assert all(isinstance(row["moment"], datetime) for row in moved)
