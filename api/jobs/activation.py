"""Another version of a score comes to serve, asked for through the API and done by a process of its own.

The process is `dealgraph models activate` (or `roll-back`): it holds the lock of runs, scores what was not scored yet,
which may take minutes, and makes the scores current in one step. It lives on when the API stops meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.settings import ApiSettings
from kg.errors import Busy, DealgraphError, InputError, ServerError

log = logging.getLogger("dealgraph.api")
LONGEST = 2000
"""Characters of a reason."""
RUNNING: set[asyncio.Task[Switched]] = set()


@dataclass(frozen=True, slots=True)
class Switched:
    """The version that serves now and how many scores are current; `done` is False while the work goes on."""

    score: str
    version: str | None
    done: bool
    scores: int | None = None


async def switch(
    settings: ApiSettings, score: str, version: str | None, *, because: str, by: str, seconds: float
) -> Switched:
    """Let a version serve, or without one the version before; waits `seconds` for the work, which goes on after them.

    Raises:
        InputError: the reason is empty or too long.
        Busy: another switch or run holds the lock.
        DealgraphError: whatever the command says.
    """
    reason = because.strip()
    if not reason or len(reason) > LONGEST:
        raise InputError(f"because: say why in 1 to {LONGEST:,} characters; it is kept with the activation.")
    if RUNNING:
        raise Busy("Another version is coming to serve at this moment: ask again when it is done.")
    work = asyncio.create_task(_run(settings, score, version, reason, by))
    RUNNING.add(work)
    work.add_done_callback(_finished)
    done, _ = await asyncio.wait({work}, timeout=seconds)
    return work.result() if done else Switched(score, version, done=False)


async def _run(settings: ApiSettings, score: str, version: str | None, because: str, by: str) -> Switched:
    verb = ["roll-back"] if version is None else ["activate"]
    given = [f"--because={because}", f"--by={by}", "--json", "--", score, *([] if version is None else [version])]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "api.cli", "models", *verb, *given),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=settings.environment,
        start_new_session=True,
    )
    out, told = (text.decode("utf-8", "replace") for text in await process.communicate())
    if process.returncode:
        raise _error(told, process.returncode)
    made: dict[str, Any] = json.loads(out)
    return Switched(made["score"], made["version"], done=True, scores=made["scores"])


def _finished(work: asyncio.Task[Switched]) -> None:
    """Forget the work; what went wrong is logged, as nobody may be waiting any more."""
    RUNNING.discard(work)
    if not work.cancelled() and (error := work.exception()) is not None:
        log.warning("a version did not come to serve: %s", error)


def _error(told: str, code: int) -> Exception:
    """What the command said, as the error that it was there."""
    for line in reversed(told.splitlines()):
        if line.startswith('{"error"'):
            said = json.loads(line)["error"]
            kind = next((k for k in _kinds(DealgraphError) if k.graphql_code == said["code"]), ServerError)
            return kind(said["message"])
    return RuntimeError(f"models activate ended with {code}: {told[-2000:]}")


def _kinds(kind: type[DealgraphError]) -> Iterator[type[DealgraphError]]:
    """The errors of the tree, each before those below it, so that a code finds the widest error that has it."""
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)
