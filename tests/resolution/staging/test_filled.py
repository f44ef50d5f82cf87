"""What a dry run tells of each field, and the page that it writes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from resolution.staging.stage import check

TOML = """[source.crm.account]
files = "a.csv"
id = "Id"
name = "Name"
employees = "Size"
known_at = { constant = "2024-01-01" }
attributes = ["Tier"]
"""
ROWS = "Id,Name,Size,Tier\n1,<b>Acme</b>,10,gold\n2,Beta,,silver\n3,Beta,30,gold\n4,,x,\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(TOML, encoding="utf-8")
    return tmp_path / "sources.toml"


def test_how_well_each_field_is_filled(config: Path) -> None:
    found = {f.field: f for f in check(config, fields=True).fields}
    assert list(found) == ["name", "employees"]
    name, employees = found["name"], found["employees"]
    assert (name.records, name.filled, name.distinct, name.frequent[0]) == (4, 3, 2, "Beta")
    assert (employees.filled, employees.least, employees.greatest) == (2, "10", "30")


def test_the_page_needs_nothing_else_and_escapes_what_it_shows(config: Path, tmp_path: Path) -> None:
    page = tmp_path / "check.html"
    done = CliRunner().invoke(app, ["sources", "check", str(config), "--html", str(page)])
    assert done.exit_code == 0, done.output
    text = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;Acme&lt;/b&gt;" in text and "<b>Acme" not in text
    assert "Tier" in text and "employees" in text and "a.csv:5" in text
    assert "src=" not in text and "http" not in text
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
