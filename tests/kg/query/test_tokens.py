"""The scanner: quotes, comments and back-quoted names, and the statements of a script."""

import pytest

from kg.errors import BadQuery
from kg.query.known import expand_known
from kg.query.tokens import statements, words

SCRIPTS = [
    ("", []),
    ("// nothing\n/* at all; */\n;;", []),
    ("RETURN 1", ["RETURN 1"]),
    ("RETURN 1;", ["RETURN 1"]),
    ("RETURN 1;\nRETURN 2;\n", ["RETURN 1", "RETURN 2"]),
    ("RETURN ';' AS a; RETURN \";\" AS b", ["RETURN ';' AS a", 'RETURN ";" AS b']),
    ("RETURN 'it\\'s; so' AS a; RETURN 2", ["RETURN 'it\\'s; so' AS a", "RETURN 2"]),
    ("RETURN 1 AS `a;b``;c`; RETURN 2", ["RETURN 1 AS `a;b``;c`", "RETURN 2"]),
    ("// one; two\nRETURN 1; RETURN 2 // end;", ["// one; two\nRETURN 1", "RETURN 2 // end;"]),
    ("/* a; 'b */ RETURN 1; RETURN 2 /* ; */", ["/* a; 'b */ RETURN 1", "RETURN 2 /* ; */"]),
    ("RETURN 'a // b'; RETURN '/* c'", ["RETURN 'a // b'", "RETURN '/* c'"]),
    ("RETURN 1 / 2; RETURN 'ä€'", ["RETURN 1 / 2", "RETURN 'ä€'"]),
]


@pytest.mark.parametrize(("script", "pieces"), SCRIPTS)
def test_statements_are_split_at_semicolons_that_mean_it(script: str, pieces: list[str]) -> None:
    assert statements(script) == pieces


@pytest.mark.parametrize(("text", "line"), [("RETURN 'x", 1), ("\n\nRETURN \"x'", 3), ("RETURN `x", 1), ("1\n/* x", 2)])
def test_what_never_ends_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BadQuery, match=rf"^f\.cypher:{line}: .* never closed"):
        words(text, "f.cypher")


def test_words_know_their_line_and_kind() -> None:
    tokens = words("MATCH (d) // x\nWHERE d.name = $`odd` AND 1.5e3 > 2")
    assert [(t.kind, t.text) for t in tokens if t.line == 2] == [
        ("word", "WHERE"),
        ("word", "d"),
        ("symbol", "."),
        ("word", "name"),
        ("symbol", "="),
        ("param", "$`odd`"),
        ("word", "AND"),
        ("number", "1.5e3"),
        ("symbol", ">"),
        ("number", "2"),
    ]


KNOWN = [
    ("WHERE known(d)", "WHERE (d.known_from <= t AND (d.known_to IS NULL OR d.known_to > t))"),
    ("RETURN 'known(d)' // known(d)", "RETURN 'known(d)' // known(d)"),
    ("known(d.x)", "known(d.x)"),
]


@pytest.mark.parametrize(("text", "expanded"), KNOWN)
def test_known_becomes_the_filter_on_knowledge_time(text: str, expanded: str) -> None:
    assert expand_known(text, "t") == expanded


def test_known_keeps_the_lines_of_the_file() -> None:
    assert expand_known("known(a,\n  b)\nx").count("\n") == 2
