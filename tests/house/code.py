"""The project's own Python as syntax trees: what the rules of the house look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("kg", "resolution", "scoring", "api")


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """file:line of a node."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def sources(*rooms: str) -> tuple[Source, ...]:
    """Every Python file of these rooms (all of them when none is named)."""
    files = (file for room in rooms or ROOMS for file in sorted((ROOT / room).rglob("*.py")))
    return tuple(
        Source(file.relative_to(ROOT).as_posix(), text, ast.parse(text, str(file)))
        for file in files
        for text in [file.read_text(encoding="utf-8")]
    )


def imported(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """Every module that a file imports, by its full name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node


def docstrings(tree: ast.AST) -> set[int]:
    """Ids of the nodes that are docstrings."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            found.add(id(body[0].value))
    return found
