"""A condition that files share is expanded where it is called, for the variable that it is called with."""

from pathlib import Path

import pytest

from kg.errors import BadQuery
from kg.query.conditions import expand_conditions

BIG = """// about: x
MATCH (e:Deal)
WHERE e.amount >= $least
  AND EXISTS { (e)-[:FOR]->(p:Product) WHERE p.name = 'e' }
RETURN e.id AS id
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "big.cypher").write_text(BIG, encoding="utf-8")
    return tmp_path


def test_a_condition_speaks_of_the_variable_it_is_called_with(folder: Path) -> None:
    said = expand_conditions("MATCH (d:Deal)\nWHERE known(d)\n  AND big(d)\nRETURN d.id AS id", folder)
    inside = "(d.amount >= $least AND EXISTS { (d)-[:FOR]->(p:Product) WHERE p.name = 'e' })"
    assert said == f"MATCH (d:Deal)\nWHERE known(d)\n  AND {inside}\nRETURN d.id AS id"


@pytest.mark.parametrize("text", ["RETURN 'big(d)' AS x", "// big(d)\nRETURN 1 AS x", "RETURN bigger(d) AS x"])
def test_what_is_no_call_stays(folder: Path, text: str) -> None:
    assert expand_conditions(text, folder) == text


def test_a_file_that_is_no_condition_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wrong.cypher").write_text("// about: x\nMATCH (e:Deal) RETURN e.id AS id\n", encoding="utf-8")
    with pytest.raises(BadQuery, match=r"wrong\.cypher:1: a condition is a MATCH of e, with WHERE and RETURN"):
        expand_conditions("RETURN wrong(d) AS x", tmp_path)
