"""The API as a process of its own: started by `quickstart`, stopped by `down`, named in a file of the state folder."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from api.settings import ApiSettings
from kg.errors import ServerError

START_SECONDS = 180.0
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Running:
    """An API process: its number, when it started (seconds since 1970, as numbers come again), where it listens."""

    pid: int
    started: float
    address: str


def running(settings: ApiSettings) -> Running | None:
    """The API process that the process file names, if it is still that one."""
    try:
        found = Running(**json.loads(settings.process_file.read_text(encoding="utf-8")))
        process = psutil.Process(found.pid)
        alive = process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - found.started) < 1
    except (OSError, ValueError, TypeError, psutil.NoSuchProcess):
        return None
    return found if alive else None


def check_port(settings: ApiSettings) -> None:
    """Refuse a port that another program uses.

    Raises:
        ServerError: it is used.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ServerError(
                f"Port {settings.port} on {settings.host} is used by another program: stop it, or set DEALGRAPH_PORT."
            ) from error


def start(settings: ApiSettings) -> Running:
    """Start the API in the background, or find it running; returns when it answers.

    Raises:
        ServerError: the port is used, or it does not answer; the message names its log.
    """
    found = running(settings)
    if found is not None and found.address == settings.address:
        return found
    if found is not None:
        stop(settings)
    check_port(settings)
    settings.process_file.parent.mkdir(parents=True, exist_ok=True)
    with settings.log_file.open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-u", "-m", "api.cli", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    made = Running(child.pid, psutil.Process(child.pid).create_time(), settings.address)
    part = settings.process_file.with_suffix(".part")
    part.write_text(json.dumps(asdict(made)), encoding="utf-8")
    part.replace(settings.process_file)
    _wait(settings, child)
    return made


def stop(settings: ApiSettings) -> bool:
    """Stop the API process that `quickstart` started; says whether one ran."""
    found = running(settings)
    if found is not None:
        process = psutil.Process(found.pid)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
    settings.process_file.unlink(missing_ok=True)
    return found is not None


def _wait(settings: ApiSettings, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        try:
            with urlopen(f"{settings.address}/health", timeout=2) as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    words = settings.log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = f" Its last words: {words[-1][:200]}" if words else ""
    stop(settings)
    raise ServerError(f"The API did not start; its log is {settings.log_file}.{last}")
