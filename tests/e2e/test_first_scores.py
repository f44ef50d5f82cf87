"""The worked example of docs/first-scores.md does what the page says, command by command, on a real Neo4j."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.graph import Graph
from kg.settings import GraphSettings
from kg.store.migrate import migrate
from tests.conftest import EMPTY, ROOT

PAGE = ROOT / "docs" / "first-scores.md"
BLOCK = re.compile(r"^```(sh|text|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = ("cd docs/example", "dealgraph up")
"""Commands that the test stands in for: it copies the files and has a server already."""


def blocks() -> Iterator[tuple[str, list[str]]]:
    """The page's fenced blocks in order: their kind and lines."""
    for kind, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        yield kind, body.splitlines()


@pytest.fixture
def run(tmp_path: Path, neo4j_server: GraphSettings, _session_graph: Graph) -> Iterator[object]:
    """A command line of the page, run in a folder with the example's files; gives back what it printed."""
    for file in (ROOT / "docs" / "example").glob("*.csv"):
        shutil.copy(file, tmp_path)
    _session_graph.write(EMPTY)
    migrate(_session_graph)
    uri, user, password = neo4j_server.address
    told = {name: value for name, value in os.environ.items() if not name.startswith("DEALGRAPH_")}
    told |= {
        "DEALGRAPH_HOME": str(tmp_path / "home"), "DEALGRAPH_NEO4J_URI": uri, "DEALGRAPH_NEO4J_USER": user,
        "DEALGRAPH_NEO4J_PASSWORD": password, "PYTHONPATH": str(ROOT), "COLUMNS": "200",
        "DEALGRAPH_SCORING_RESAMPLES": "50",
    }  # fmt: skip

    def one(line: str) -> str:
        words = shlex.split(line)
        assert words[0] == "dealgraph", line
        into = words[words.index(">") + 1] if ">" in words else None
        given = words[1 : words.index(">")] if into else words[1:]
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *given],
            cwd=tmp_path,
            env=told,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        if into:
            (tmp_path / into).write_text(done.stdout, encoding="utf-8")
        return done.stdout + done.stderr

    yield one
    _session_graph.write(EMPTY)


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_page_does_what_it_says(run: object, tmp_path: Path) -> None:
    assert callable(run)
    printed = ""
    for kind, lines in blocks():
        if kind == "sh":
            printed = "".join(run(line) for line in lines if line not in OURS)
        elif kind == "text":
            assert [line for line in lines if plain(line) not in plain(printed)] == [], printed[-3000:]
        else:
            proposed = (tmp_path / "sources.toml").read_text(encoding="utf-8")
            assert [line for line in lines if line not in proposed.splitlines()] == []
