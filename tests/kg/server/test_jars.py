"""Fetching jars from a Maven repository that these tests serve on loopback: whole, resumed, refused."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kg.errors import ConfigurationError, IntegrityError, ServerError
from kg.server import jars as server_jars
from kg.server.lanes import Lane, lane
from kg.settings import GraphSettings
from tests.conftest import free_port

NAMES = ("alpha", "beta", "gamma")


class Quiet(SimpleHTTPRequestHandler):
    """A web server of files that remembers what it was asked for."""

    asked: list[str]

    def __init__(self, *args: object, asked: list[str], **kwargs: object) -> None:
        self.asked = asked
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        self.asked.append(self.path.rsplit("/", 1)[1])
        super().do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[str, Path, list[str]]]:
    """Address, folder and requests of a small repository."""
    folder, asked = tmp_path / "repository", []
    for name in NAMES:
        place = folder / "org" / "example" / name / "1.0" / f"{name}-1.0.jar"
        place.parent.mkdir(parents=True)
        place.write_bytes(f"the jar {name}".encode() * 1000)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder), asked=asked))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}", folder, asked
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture
def small(tmp_path: Path, repository: tuple[str, Path, list[str]], monkeypatch: pytest.MonkeyPatch) -> Lane:
    """A lane of three jars."""
    place = tmp_path / "lanes" / "neo4j-small"
    place.mkdir(parents=True)
    rows = [
        f'[[dependencies]]\ngroupId = "org.example"\nartifactId = "{name}"\nversion = "1.0"\nsha256 = "{digest}"\n'
        for name in NAMES
        for digest in [hashlib.sha256(f"the jar {name}".encode() * 1000).hexdigest()]
    ]
    (place / "jgo.lock.toml").write_text('[metadata]\njgo_version = "2.0.0"\n' + "\n".join(rows))
    monkeypatch.setattr("kg.server.lanes.FOLDER", tmp_path / "lanes")
    return Lane("small", java=(21,), main_class="none")


def test_all_are_fetched_once_and_in_order(small, repository, tmp_path) -> None:
    url, _, asked = repository
    told: list[tuple[int, int | None, str]] = []
    first = server_jars.jars_for(small, tmp_path / "jars", maven_url=url, progress=lambda *now: told.append(now))
    assert [file.name for file in first] == ["alpha-1.0.jar", "beta-1.0.jar", "gamma-1.0.jar"]
    assert told == [(1, 3, "fetching Neo4j"), (2, 3, "fetching Neo4j"), (3, 3, "fetching Neo4j")]
    asked.clear()
    assert server_jars.jars_for(small, tmp_path / "jars", maven_url="http://127.0.0.1:1") == first  # no network needed
    assert asked == []
    assert sorted(f.name for f in (tmp_path / "jars").iterdir()) == [".lock", "org"]


def test_an_interrupted_fetch_goes_on(small, repository, tmp_path) -> None:
    url, folder, asked = repository
    hidden = folder / "org" / "example" / "gamma"
    hidden.rename(folder / "away")
    with pytest.raises(ServerError, match=r"org.example:gamma:1.0 could not be fetched .* fetched is kept"):
        server_jars.jars_for(small, tmp_path / "jars", maven_url=url)
    part = tmp_path / "jars" / ".fetching" / "org" / "example" / "gamma" / "1.0" / "gamma-1.0.jar"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"the ja")  # what a killed process leaves
    (folder / "away").rename(hidden)
    asked.clear()
    server_jars.jars_for(small, tmp_path / "jars", maven_url=url)
    assert [name for name in asked if name.endswith(".jar") and "gamma" not in name] == []


def test_a_jar_altered_on_its_way_is_not_kept(small, repository, tmp_path) -> None:
    url, folder, _ = repository
    (folder / "org" / "example" / "beta" / "1.0" / "beta-1.0.jar").write_bytes(b"something else")
    with pytest.raises(IntegrityError, match=r"org.example:beta:1.0 as fetched is not the jar that was locked"):
        server_jars.jars_for(small, tmp_path / "jars", maven_url=url)
    assert list((tmp_path / "jars").rglob("beta*.jar")) == []


def test_no_network_is_said(small, tmp_path) -> None:
    with pytest.raises(ServerError, match=r"could not be fetched .*connect to the network"):
        server_jars.jars_for(small, tmp_path / "jars", maven_url=f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read"),
        ("not toml [", "cannot be read"),
        ('[[dependencies]]\ngroupId="a"\nartifactId="b"\nversion="1"\n', "has no SHA-256 for b"),
    ],
)
def test_a_bad_lock_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "jgo.lock.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        server_jars.locked_jars(file)


def test_the_real_lock_matches_the_real_jars(neo4j_server: GraphSettings) -> None:
    jars = server_jars.locked_jars(lane("5.26").lock_file)
    server_jars.check(jars, neo4j_server.jars_folder)
    assert any(jar.name == "neo4j-bolt" for jar in jars)
