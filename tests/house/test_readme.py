"""The README's tables are what the declarations say."""

import typer

from api.cli import app
from api.readme import README, TABLES, render


def test_tables_regenerate_with_no_difference() -> None:
    text = README.read_text(encoding="utf-8")
    assert render(text, typer.main.get_command(app)) == text, "run `dealgraph schema --readme`"


def test_every_table_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in TABLES if f"<!-- table: {name} -->" not in text] == []
