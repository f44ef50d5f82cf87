"""Attributes become nodes of the graph with the moment from which a value no longer stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kg.store.load import NodeRows
from resolution.entities.rows import graph_rows
from resolution.run.resolve import resolve
from resolution.staging.stage import stage

NOW = datetime(2025, 12, 1, tzinfo=UTC)
TOML = """[source.crm.deal]
files = "deals.csv"
id = "Id"
name = "Name"
opened_at = "Created"
known_at = "Modified"
stage = { column = "Stage", values = { "Open" = "open:1" } }
attributes = "*"
"""


def test_a_value_stands_until_it_is_emptied_and_earlier_ones_with_it(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(TOML, encoding="utf-8")
    for day, (seats, tier) in enumerate((("5", "gold"), ("7", "gold"), ("", "gold"), ("9", "")), 1):
        rows = f"1,A,2025-01-01,2025-02-0{day},Open,{seats},{tier}\n2,B,2025-01-01,2025-02-01,Open,1,\n"
        (tmp_path / "deals.csv").write_text(f"Id,Name,Created,Modified,Stage,Seats,Tier\n{rows}", encoding="utf-8")
        stage(tmp_path / "sources.toml", tmp_path / "staging.duckdb", now=NOW + timedelta(days=day))
    staging = tmp_path / "staging.duckdb"
    resolve(staging, tmp_path / "r.duckdb")
    nodes: dict[str, dict[str, Any]] = {}
    for batch in graph_rows(tmp_path / "r.duckdb", staging):
        some = [dict(row) for row in batch.rows]  # each batch is read to its end
        if isinstance(batch, NodeRows) and batch.label == "Attributes":
            nodes |= {row["id"]: row for row in some}
    held = [
        {name: value for name, value in node.items() if name[:2] in ("a_", "u_")}
        for id_, node in sorted(nodes.items())
        if node["record"] == "deal|crm:1"
    ]
    emptied = {day: datetime(2025, 2, day, 23, 59, 59, tzinfo=UTC).timestamp() * 1000 for day in (3, 4)}
    assert held == [
        {"a_seats": 5.0, "u_seats": emptied[3], "a_tier": "gold", "u_tier": emptied[4]},
        {"a_seats": 7.0, "u_seats": emptied[3]},
        {"a_seats": 9.0},
    ]
