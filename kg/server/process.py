"""One server process per home: a lock, a process file that cannot be mistaken, a Bolt handshake, a gentle end."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from kg.errors import Busy, ServerError

LOOPBACK = "127.0.0.1"
HANDSHAKE = b"\x60\x60\xb0\x17" + bytes.fromhex("00000405" + "00000004" + "00000000" + "00000000")
STOP_SECONDS = 60.0
SAME_SECONDS = 2.0  # the moment a process started is told to a hundredth, but the clock may be set


@dataclass(frozen=True)
class Running:
    """A server that runs: its process, told from a later one with the same number by the moment it started."""

    pid: int
    started: float
    port: int
    lane: str


@contextmanager
def exclusive(file: Path, *, what: str, seconds: float = 300.0) -> Iterator[None]:
    """Hold a lock file; the system frees it when its holder ends, however it ends.

    Raises:
        Busy: another process held it for longer than `seconds`.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy(f"Another process is still {what}, and holds {file}: wait for it to end.") from None
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def running(home: Path) -> Running | None:
    """The server of this home, or None; a process file left behind by a dead one is removed.

    A server whose process file was lost (its starter was killed in between) is found by its command line.
    """
    file = home / "process.json"
    with suppress(OSError, ValueError, TypeError):
        noted = Running(**json.loads(file.read_text()))
        if _is(noted):
            return noted
    file.unlink(missing_ok=True)
    for process in psutil.process_iter(["pid", "cmdline", "create_time"]):
        found = _read(process, home)
        if found is not None:
            note(home, found)
            return found
    return None


def note(home: Path, server: Running) -> None:
    """Write the process file, whole or not at all."""
    part = home / f"process.json.{os.getpid()}"
    part.write_text(json.dumps(asdict(server)))
    part.replace(home / "process.json")


def start(command: Sequence[str], home: Path, *, port: int, lane: str) -> Running:
    """Start a server of its own session, its output going to logs/console.log, and note it."""
    console = home / "logs" / "console.log"
    if console.exists():
        console.replace(console.with_suffix(".previous.log"))
    with console.open("ab") as log:
        child = subprocess.Popen(  # noqa: S603  (our own Java and our own arguments)
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=home, start_new_session=True
        )
    server = Running(child.pid, psutil.Process(child.pid).create_time(), port, lane)
    note(home, server)
    child.returncode = 0  # it outlives us on purpose: the destructor must not warn about it
    return server


def wait_until_bolt(server: Running, home: Path, *, seconds: float) -> None:
    """Wait until the server answers a Bolt handshake.

    Raises:
        ServerError: it ended, or did not answer in time; the message carries its last words.
    """
    deadline = time.monotonic() + seconds
    while not speaks_bolt(server.port):
        if not _is(server):
            raise ServerError(f"Neo4j ended while it started: {last_words(home)} (see {home}/logs/console.log).")
        if time.monotonic() > deadline:
            raise ServerError(
                f"Neo4j did not answer on port {server.port} within {seconds:.0f} s: {last_words(home)} "
                f"(see {home}/logs/console.log; DEALGRAPH_NEO4J_START_SECONDS gives it longer)."
            )
        time.sleep(0.1)


def stop(server: Running, home: Path) -> None:
    """Ask the server to end, wait for it, and end it hard only when it does not (Neo4j recovers from that)."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(server.pid)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
    (home / "process.json").unlink(missing_ok=True)


def speaks_bolt(port: int) -> bool:
    """Whether a Bolt server answers a handshake on this port of loopback."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            connection.sendall(HANDSHAKE)
            return len(connection.recv(4)) == 4
    except OSError:
        return False


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def last_words(home: Path) -> str:
    """The last line of the server's output that says why, shortened."""
    with suppress(OSError):
        lines = (home / "logs" / "console.log").read_text(errors="replace").splitlines()
        telling = [line for line in lines if "ERROR" in line or "Caused by" in line or "Error:" in line] or lines
        if telling:
            return telling[-1].strip()[:300]
    return "it said nothing"


def _is(server: Running) -> bool:
    """Whether this very process still runs; not told by its command line, which Java has not while it starts anew."""
    try:
        process = psutil.Process(server.pid)
        same: bool = abs(process.create_time() - server.started) < SAME_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _read(process: psutil.Process, home: Path) -> Running | None:
    """What a process says of itself, if it is the server of this home: its mark is on its command line."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        words = process.cmdline()
        if f"--home-dir={home}" not in words:
            return None
        told = dict(word[2:].split("=", 1) for word in words if word.startswith("-Ddealgraph."))
        return Running(process.pid, process.create_time(), int(told["dealgraph.port"]), told["dealgraph.lane"])
    except (psutil.Error, KeyError, ValueError):
        return None
