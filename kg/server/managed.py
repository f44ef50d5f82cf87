"""The managed Neo4j: up, down, status, backup, restore. On loopback, with a generated password, from locked jars.

Everything here may be called by two processes at once, and again after it was killed anywhere: a lock file per home
lets one act at a time, and every step looks at what is already there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import psutil

from kg.errors import InputError, ServerError
from kg.progress import Progress
from kg.server import config, process, store_files
from kg.server.jars import jars_for
from kg.server.lanes import Lane, lane
from kg.server.process import Running
from kg.settings import GraphSettings


@dataclass(frozen=True)
class Status:
    """How the server is: `elsewhere` is a server of one's own, which is not ours to start.

    Attributes:
        memory_mb: resident memory of the process; store_mb: size of its data on disk.
    """

    state: Literal["running", "stopped", "elsewhere"]
    uri: str
    lane: str
    home: str
    answers: bool
    pid: int | None = None
    started: float | None = None
    memory_mb: int | None = None
    store_mb: int | None = None


def up(settings: GraphSettings, progress: Progress | None = None) -> None:
    """Start the managed server and wait until it answers; nothing happens when it runs, or is one of your own.

    Raises:
        ServerError: the port, the disk, the network, Java or the database does not allow it; one sentence says which.
        IntegrityError: a jar is not the locked one.
    """
    if not settings.managed:
        return
    _lay_out(settings)
    with _alone(settings):
        server = process.running(settings.server_home) or _start(settings, progress)
        if server.port != settings.neo4j_port:
            raise ServerError(
                f"The server of {settings.server_home} runs on port {server.port}, and DEALGRAPH_NEO4J_PORT is "
                f"{settings.neo4j_port}: run `dealgraph down` first, or set the port back."
            )
        process.wait_until_bolt(server, settings.server_home, seconds=settings.neo4j_start_seconds)


def down(settings: GraphSettings) -> bool:
    """Stop the managed server; says whether one ran. A server of one's own is left alone."""
    if not settings.managed or not settings.server_home.exists():
        return False
    with _alone(settings):
        server = process.running(settings.server_home)
        if server is not None:
            process.stop(server, settings.server_home)
        return server is not None


def status(settings: GraphSettings) -> Status:
    """How the server is, without starting anything."""
    home = settings.server_home
    if settings.neo4j_uri is not None:
        return Status("elsewhere", settings.neo4j_uri, "own", str(home), answers=False)
    server = process.running(home) if home.exists() else None
    port = server.port if server else settings.neo4j_port
    uri = f"bolt://{process.LOOPBACK}:{port}"
    if server is None:
        return Status("stopped", uri, settings.neo4j_lane, str(home), answers=False, store_mb=_store_mb(home))
    memory = psutil.Process(server.pid).memory_info().rss // config.MIB
    answers = process.speaks_bolt(port)
    return Status("running", uri, server.lane, str(home), answers, server.pid, server.started, memory, _store_mb(home))


def backup(settings: GraphSettings, path: Path, progress: Progress | None = None) -> Path:
    """Write the database into one file; the server is stopped for it and started again if it ran.

    Neo4j Community dumps only a stopped database. The file is written beside its place and moved there when whole.

    Raises:
        ServerError: the server is not ours, or neo4j-admin failed.
    """
    _ours(settings, "backed up")
    _lay_out(settings)
    target = Path(path).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + f".{os.getpid()}.part")
    with _offline(settings, progress) as admin:
        try:
            admin("database", "dump", settings.neo4j_database, "--to-stdout", to=part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return target


def restore(settings: GraphSettings, path: Path, progress: Progress | None = None) -> None:
    """Put a backup in the place of the database; the server is stopped for it and started again if it ran.

    Raises:
        InputError: the file is not there.
        ServerError: the server is not ours, or neo4j-admin refused the file; the database is then as it was.
    """
    _ours(settings, "restored")
    source = Path(path).absolute()
    if not source.is_file():
        raise InputError(f"There is no backup at {source}: name a file that `dealgraph backup` wrote.")
    _lay_out(settings)
    home, name = settings.server_home, settings.neo4j_database
    with _offline(settings, progress) as admin:
        store_files.set_aside(home, name)
        try:
            admin("database", "load", name, "--from-stdin", "--overwrite-destination=true", source=source)
            store_files.discard(home)
        finally:
            store_files.put_back(home)  # nothing is aside any more when the backup was read


def _start(settings: GraphSettings, progress: Progress | None) -> Running:
    home = settings.server_home
    chosen, java, jars = _ready(settings, progress)
    config.check_disk(settings)
    if not process.port_is_free(settings.neo4j_port):
        raise ServerError(
            f"Port {settings.neo4j_port} on 127.0.0.1 is used by another program: stop it, "
            "or set DEALGRAPH_NEO4J_PORT to a free port."
        )
    store_files.put_back(home)
    config.first_password(settings, java, jars)
    command = config.server_command(settings, chosen, java, jars)
    return process.start(command, home, port=settings.neo4j_port, lane=chosen.name)


def _ready(settings: GraphSettings, progress: Progress | None) -> tuple[Lane, Path, list[Path]]:
    """Lane, Java and jars, checked in the order in which a mistake costs least."""
    chosen = lane(settings.neo4j_lane)
    java = config.java_for(settings, chosen)
    made_by = settings.server_home / "lane"
    if made_by.exists() and made_by.read_text() != chosen.name:
        raise ServerError(
            f"The database in {settings.server_home} was made by Neo4j {made_by.read_text()}, and DEALGRAPH_NEO4J_LANE "
            f"asks for {chosen.name}: back it up with its own lane and restore it into another DEALGRAPH_HOME."
        )
    jars = jars_for(chosen, settings.jars_folder, maven_url=settings.maven_url, progress=progress)
    made_by.write_text(chosen.name)
    return chosen, java, jars


@contextmanager
def _offline(settings: GraphSettings, progress: Progress | None) -> Iterator[Callable[..., None]]:
    """Stop the server, hand out neo4j-admin, and start the server again if it ran."""
    home = settings.server_home
    with _alone(settings):
        _, java, jars = _ready(settings, progress)
        server = process.running(home)
        if server is not None:
            process.stop(server, home)
        try:
            store_files.put_back(home)
            config.first_password(settings, java, jars)
            yield partial(config.run_admin, settings, java, jars)
        finally:
            if server is not None:
                again = _start(settings, progress)
                process.wait_until_bolt(again, home, seconds=settings.neo4j_start_seconds)


def _alone(settings: GraphSettings) -> AbstractContextManager[None]:
    return process.exclusive(
        settings.server_home / "lock",
        what="starting or stopping the server",
        seconds=settings.neo4j_start_seconds + process.STOP_SECONDS,
    )


def _lay_out(settings: GraphSettings) -> None:
    try:
        config.lay_out(settings)
    except OSError as error:
        raise ServerError(
            f"The folder {settings.server_home} cannot be written ({error.strerror}): free the disk or change "
            "its owner, or name another folder in DEALGRAPH_HOME."
        ) from error


def _ours(settings: GraphSettings, done: str) -> None:
    if not settings.managed:
        raise ServerError(
            f"The server at {settings.neo4j_uri} is not managed here, so it cannot be {done} by this command: "
            "use its own tools."
        )


def _store_mb(home: Path) -> int | None:
    data = home / "data"
    if not data.exists():
        return None
    return sum(file.stat().st_size for file in data.rglob("*") if file.is_file()) // config.MIB
