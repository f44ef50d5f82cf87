"""Rule 14: one error tree, drawn in the docstring of kg/errors.py."""

from __future__ import annotations

import inspect
import re

from kg import errors
from kg.errors import DealgraphError
from tests.house.code import sources

TREE = re.compile(r"^[│├└─ ]*(?P<name>[A-Z]\w+)(?: +exit (?P<exit>\d+) +(?P<code>[A-Z_]+))?", re.MULTILINE)


def classes() -> dict[str, type[DealgraphError]]:
    return {
        name: value
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, DealgraphError)
    }


def test_every_error_is_drawn_in_the_tree_with_its_codes() -> None:
    drawn = {m["name"]: (m["exit"], m["code"]) for m in TREE.finditer(errors.__doc__.split("\n\n", 1)[1])}
    assert set(drawn) == set(classes())
    for name, (exit_code, graphql_code) in drawn.items():
        if exit_code is not None:
            assert (classes()[name].exit_code, classes()[name].graphql_code) == (int(exit_code), graphql_code), name


def test_every_error_says_in_one_sentence_who_must_act() -> None:
    for name, error in classes().items():
        said = inspect.getdoc(error) or ""
        assert said.endswith(".") and "\n\n" not in said and said.count(". ") == 0, name


def test_exit_codes_tell_the_errors_apart() -> None:
    own = {name: error.exit_code for name, error in classes().items() if "exit_code" in vars(error)}
    assert len(set(own.values())) == len(own) and 0 not in own.values()
    assert all(error.__base__ in (DealgraphError, *classes().values(), Exception) for error in classes().values())


def test_errors_are_born_in_the_tree() -> None:
    """A class of error of ours stands in kg/errors.py; elsewhere only private ones that never leave their file."""
    import ast

    wrong = [
        f"{source.at(node)} {node.name}"
        for source in sources()
        if source.path != "kg/errors.py"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and any(getattr(base, "id", "").endswith(("Error", "Exception", *classes())) for base in node.bases)
    ]
    assert wrong == []
