"""Own events: one for all spellings, numbers of their own, and none that a person carries."""

from __future__ import annotations

from pathlib import Path

import duckdb

from resolution.staging.stage import stage

TOML = """[source.app.activity]
files = "e.csv"
id = "n"
event = "What"
at = "When"
attributes = ["Seats", { column = "Extension", type = "number", personal = true }]
"""


def test_numbers_that_are_personal_belong_to_no_event(tmp_path: Path) -> None:
    rows = [f"{i},{('Trial started', 'TRIAL started')[i % 3 == 0]},2024-05-{i + 1:02},{i},{400 + i}" for i in range(12)]
    (tmp_path / "e.csv").write_text("\n".join(["n,What,When,Seats,Extension", *rows]), encoding="utf-8")
    (tmp_path / "sources.toml").write_text(TOML, encoding="utf-8")
    stage(tmp_path / "sources.toml", tmp_path / "s.duckdb")
    with duckdb.connect(str(tmp_path / "s.duckdb"), read_only=True) as con:
        found = con.execute("SELECT key, event, property, name, filled, feature FROM events ORDER BY ALL").fetchall()
        columns = con.execute("SELECT name, personal FROM attributes ORDER BY name").fetchall()
    assert found == [
        ("trial_started", "Trial started", "seats", "Seats", 12, True),
        ("trial_started", "Trial started", None, "Trial started", 12, True),
    ]
    assert columns == [("Extension", True), ("Seats", False)]
