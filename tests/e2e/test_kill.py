"""Killed anywhere and run again, the line ends in the same graph: SIGKILL at points spread over every stage."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.graph import Graph
from kg.settings import GraphSettings
from kg.store.checks import digest
from kg.store.migrate import migrate
from resolution.demo import write_demo
from tests.conftest import EMPTY, ROOT

ACCOUNTS = 12
STAGES = ("stage", "resolve", "load", "norms", "networks", "train", "score", "forecast", "publish")
POINTS = 12
"""Kills: at the beginning of each stage, and inside the long ones."""


def environment(settings: GraphSettings, home: Path) -> dict[str, str]:
    uri, user, password = settings.address
    return os.environ | {
        "DEALGRAPH_HOME": str(home), "DEALGRAPH_NEO4J_URI": uri, "DEALGRAPH_NEO4J_USER": user,
        "DEALGRAPH_NEO4J_PASSWORD": password,
    }  # fmt: skip


def run(settings: GraphSettings, home: Path, files: Path, stop: Callable[[str], bool] | None = None) -> list[str]:
    """`dealgraph refresh` in a process of its own; killed at the first line of progress that `stop` says so of."""
    command = [sys.executable, "-m", "api.cli", "refresh", "--sources", str(files / "sources.toml"), "--json"]
    lines = []
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(settings, home), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            lines.append(line.strip())
            if stop is not None and stop(line.strip()):
                process.send_signal(signal.SIGKILL)
                break
        out = process.stdout.read() if process.stdout else ""
        process.wait(60)
    if stop is None:
        assert process.returncode == 0, lines[-5:]
        assert json.loads(out)["stages"]
    else:
        assert process.returncode == -signal.SIGKILL, lines[-5:]
    return lines


def clear(settings: GraphSettings, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    with Graph.connect(settings) as graph:
        graph.write(EMPTY)
        migrate(graph)


def stage_of(line: str) -> str:
    return line.split(" ")[0]


def spread(lines: list[str]) -> list[tuple[str, int]]:
    """Where to kill: (stage, how many of its lines), at the beginning of each stage, inside those that say most."""
    said = {stage: sum(stage_of(line) == stage for line in lines) for stage in STAGES}
    inside = sorted(STAGES, key=lambda stage: -said[stage])[: POINTS - len(STAGES)]
    chosen = [(stage, 1) for stage in STAGES] + [(stage, max(2, said[stage] // 2)) for stage in inside]
    return sorted(chosen, key=lambda point: (STAGES.index(point[0]), point[1]))


def at(stage: str, count: int) -> Callable[[str], bool]:
    """True at that line of that stage, or, where it says less this time, at the next stage's first line."""
    seen = 0

    def stop(line: str) -> bool:
        nonlocal seen
        if stage_of(line) not in STAGES:
            return False
        seen += stage_of(line) == stage
        return seen >= count or STAGES.index(stage_of(line)) > STAGES.index(stage)

    return stop


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_killed_anywhere_and_run_again_it_ends_in_the_same_graph(neo4j_server: GraphSettings, tmp_path: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    write_demo(files, accounts=ACCOUNTS, seed=5)
    clear(neo4j_server, home)
    lines = run(neo4j_server, home, files)
    with Graph.connect(neo4j_server) as graph:
        undisturbed = digest(graph)
    points = spread(lines)
    assert len(points) >= 10
    clear(neo4j_server, home)
    # each run goes on from where the one before was killed, and is killed at the next point; the last one ends
    for stage, count in points:
        run(neo4j_server, home, files, at(stage, count))
    run(neo4j_server, home, files)
    with Graph.connect(neo4j_server) as graph:
        assert digest(graph) == undisturbed
