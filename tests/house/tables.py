"""What SQL in `resolution/` makes and reads, found in its texts: which table passes from which file to which."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "resolution"
NAME = r"((?:store\.)?[a-z_]\w*(?:<\w+>)?\w*(?:<\w+>)?)"
MADE = re.compile(r"\bCREATE (?:OR REPLACE )?(?:TEMP )?(?:TABLE|VIEW) (?:IF NOT EXISTS )?" + NAME)
RENAMED = re.compile(r"\bRENAME TO ([a-z_]\w*)")
READ = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|VIEW) \(?" + NAME + r"(?![\w(.])")
WITHIN = re.compile(r"\b([a-z_]\w*) AS (?:MATERIALIZED )?\(")


def texts(path: Path) -> Iterator[str]:
    """The texts of a file that are no docstrings; what an f-string fills in is `<kind>`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in ast.walk(node)}
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "<kind>" for v in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside | told:
            yield node.value


def passing() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """(files that make it, files that read it) of every table that is read by a file which does not make it."""
    made, read = defaultdict(set), defaultdict(set)
    for path in sorted(ROOM.rglob("*.py")):
        name = str(path.relative_to(ROOM))
        sql = [" ".join(text.split()) for text in texts(path)]
        own = {word for text in sql for word in (*MADE.findall(text), *RENAMED.findall(text))}
        for word in own:
            made[word].add(name)
        hidden = own | {word for text in sql for word in WITHIN.findall(text)}
        for word in {word for text in sql for word in READ.findall(text)} - hidden:
            read[word].add(name)
    return {word: (tuple(sorted(made[word])), tuple(sorted(read[word]))) for word in sorted(made) if read[word]}
