"""Which stages of a refresh are skipped: those that finished with the same inputs, and none behind one that ran.

Stages that write files are remembered in `refresh.json`; stages that write the graph by `Run` nodes as well, so that a
database that was restored, emptied or exchanged is never taken for a loaded one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any

from api.jobs.undo import STAGES, Before
from kg.errors import ConfigurationError
from kg.graph import Graph
from kg.progress import Progress
from kg.query.files import load_queries
from kg.store.runs import record_run

ROOT = Path(__file__).parents[2]
Show = Callable[[str], Progress]
"""Begins to show a stage and gives what its progress is told to."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a stage did: counts by name, sentences worth reading, and whether it was skipped as unchanged."""

    stage: str
    seconds: float
    skipped: bool
    counts: Mapping[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    notices: tuple[Mapping[str, Any], ...] = ()
    """The same as data, where the stage counts what it tells: what, source, kind, field, count, sentence."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the work of a stage gives back."""

    counts: Mapping[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    keep: Mapping[str, Any] = field(default_factory=dict)
    """What later stages need to know when this one is skipped."""
    notices: tuple[Mapping[str, Any], ...] = ()


def digest_of(*parts: object) -> str:
    """16 hex digits of values in their order."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def digest_of_files(files: Iterable[Path]) -> str:
    """16 hex digits of the names and contents of files."""
    total = hashlib.sha256()
    for file in sorted(files):
        with file.open("rb") as opened:
            total.update(f"{file}\0".encode() + hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()[:16]


@lru_cache(maxsize=32)
def code_of(*patterns: str) -> str:
    """16 hex digits of the program's own files that these patterns, relative to its root, name.

    Raises:
        ConfigurationError: a pattern names no file, so a change would go unseen.
    """
    found: set[Path] = set()
    for pattern in patterns:
        files = {file for file in ROOT.glob(pattern) if file.is_file()}
        if not files:
            raise ConfigurationError(f"code_of: {pattern} names no file of the program")
        found |= files
    total = hashlib.sha256()
    for file in sorted(found):
        total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()[:16]


class Memory:
    """What finished, with which inputs. `rerun` turns true with the first stage that runs: all behind it run too."""

    def __init__(self, before: Before, graph: Graph, show: Show, *, force: bool = False) -> None:
        self.file = before.home / STAGES
        self.graph, self.run, self.show, self.rerun = graph, before.run, show, force
        self.before = before
        self.done: list[Done] = []
        self.kept: dict[str, dict[str, Any]] = self._read()
        self.chain = ""

    def stage(
        self,
        name: str,
        inputs: str,
        work: Callable[[Progress], Result],
        *,
        files: Iterable[Path] = (),
        graph: bool = False,
    ) -> Mapping[str, Any]:
        """Do the work of a stage unless it was done with these inputs, and return what it keeps for later ones.

        The `files` that it writes must be there; `graph` says that it writes the graph.
        """
        self.chain = digest_of(self.chain, name, inputs)
        known = self.kept.get(name, {})
        there = known.get("inputs") == self.chain and all(file.exists() for file in files)
        if there and not self.rerun and (not graph or self._in_graph(name)):
            said, notices = (tuple(known.get(part, ())) for part in ("said", "notices"))
            self.done.append(Done(name, 0.0, True, known.get("counts", {}), said, notices))
            return dict(known.get("keep", {}))
        self.rerun = True
        self.before.keep_files()
        if graph:
            self.before.keep_graph(self.graph, self.show(name))
        self._forget(name)
        started, clock = datetime.now(UTC), monotonic()
        if graph:
            record_run(self.graph, self.run, name, started=started, config=self.chain)
        result = work(self.show(name))
        if graph:
            finished = datetime.now(UTC)
            record_run(
                self.graph, self.run, name, started=started, finished=finished, config=self.chain, counts=result.counts
            )
        kept = {
            "inputs": self.chain,
            "counts": dict(result.counts),
            "said": list(result.said),
            "keep": dict(result.keep),
            "notices": [dict(notice) for notice in result.notices],
        }
        self.kept[name] = kept
        self._write()
        self.done.append(Done(name, monotonic() - clock, False, result.counts, result.said, result.notices))
        return result.keep

    def _in_graph(self, name: str) -> bool:
        rows = self.graph.read(load_queries("reads")["last_run"], stage=name)
        return bool(rows) and rows[0]["finished"] is not None and rows[0]["config"] == self.chain

    def _forget(self, name: str) -> None:
        if self.kept.pop(name, None) is not None:
            self._write()

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # never written, or cut off by hand: everything runs again
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self) -> None:
        part = self.file.with_name(f"{self.file.name}.{os.getpid()}.part")
        part.write_text(json.dumps(self.kept, indent=1, sort_keys=True, default=str), encoding="utf-8")
        part.replace(self.file)
