"""Conditions that several files share: `holds(d)` becomes the WHERE of cypher/conditions/holds.cypher, said of `d`.

A file of conditions is a query by itself, of an entity `e`; its parameters become those of the file that calls it.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.errors import BadQuery
from kg.query.tokens import scan, substitute

FORM: Final = re.compile(r"\nWHERE (?P<condition>.*?)\nRETURN ", re.DOTALL)


def expand_conditions(text: str, folder: Path, place: str = "query") -> str:
    """`text` with each call of a condition outside quotes and comments expanded; lines stay where they are.

    Raises:
        BadQuery: a file of conditions is not made of MATCH, WHERE and RETURN.
    """
    known = _conditions(folder)
    call = re.compile(rf"\b({'|'.join(known) or '(?!)'})\(\s*(\w+)\s*\)")
    return substitute(call, lambda m: f"({_said_of(m[2], known[m[1]], place)})", text, place)


def _said_of(variable: str, condition: str, place: str) -> str:
    """A condition of `e`, said of another variable; texts and properties of that name stay."""
    made, last = "", 0
    for token in scan(condition, place):
        if token.kind == "word" and token.text == "e" and condition[token.at - 1 : token.at] != ".":
            made, last = made + condition[last : token.at] + variable, token.at + 1
    return made + condition[last:]


@lru_cache(maxsize=4)
def _conditions(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.cypher")):
        form = FORM.search(path.read_text(encoding="utf-8"))
        if form is None:
            raise BadQuery(f"{path}:1: a condition is a MATCH of e, with WHERE and RETURN at the beginning of a line.")
        found[path.stem] = " ".join(form["condition"].split())
    return found
