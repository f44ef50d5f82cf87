"""The tables of README.md and docs/ are what the declarations say; their links lead somewhere; the README is short."""

import re
from pathlib import Path

import pytest
import typer

from api.cli import app
from api.documents import ROOT, TABLES, documents, render

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_tables_regenerate_with_no_difference(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert render(text, typer.main.get_command(app)) == text, "run `dealgraph schema --docs`"


def test_every_table_stands_in_one_document() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in documents())
    assert {name: text.count(f"<!-- table: {name} -->") for name in TABLES} == dict.fromkeys(TABLES, 1)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_links_lead_to_files_and_headings(path: Path) -> None:
    for file, heading in LINK.findall(path.read_text(encoding="utf-8")):
        found = path.parent / file
        assert found.exists(), f"{path.name} links to {file}"
        if heading:
            named = HEADING.findall(found.read_text(encoding="utf-8"))
            assert heading in [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in named], (path.name, heading)


def test_the_readme_is_read_in_five_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
