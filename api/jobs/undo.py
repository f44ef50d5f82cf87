"""What was before each run, kept for the newest few, and the way back: `dealgraph undo RUN`.

A run that changes anything keeps, under `<home>/before/<run>/`, the files that it replaces (hard links: a file is
always replaced as a whole) and a copy of the graph. A run that was killed leaves its copy to the next one, so that
what is kept is always a state that was published.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.settings import api_settings
from kg.errors import Busy, InputError, NotFound
from kg.graph import Graph
from kg.progress import Progress
from kg.query.files import load_queries
from kg.store.copies import copy_graph, restore_graph
from kg.store.runs import locked, new_run, record_run

STAGES = "refresh.json"
FILES = ("staging.duckdb", "resolution.duckdb", STAGES, "models")
GRAPH, ABOUT, PUBLISHED = "graph.jsonl.gz", "about.json", "finished"


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a run back did: the moment that is published again, and how much of the graph was written."""

    run: str
    as_of: datetime | None
    written: int


@dataclass(slots=True)
class Before:
    """What stood before one run; made as the run comes to change it."""

    home: Path
    run: str

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self.home / "before" / self.run

    def keep_files(self) -> None:
        """Keep the files of the state folder; what a run that never finished kept is taken over."""
        if self.folder.exists() or not api_settings().undo_runs:
            return
        runs = kept(self.home)
        if runs and not (self.home / "before" / runs[-1] / PUBLISHED).exists():
            (self.home / "before" / runs[-1]).rename(self.folder)
            return
        half = self.folder.with_name(f".{self.run}")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        for name in FILES:
            _link(self.home / name, half / name)
        half.rename(self.folder)

    def keep_graph(self, graph: Graph, progress: Progress | None = None) -> None:
        """Keep the graph and what it has published."""
        if not self.folder.exists() or (self.folder / ABOUT).exists():
            return
        copy_graph(graph, self.folder / GRAPH, progress)
        reads = load_queries("reads")
        about: dict[str, Any] = {}
        for name in ("workspace", "own"):
            for row in graph.read(reads[name]):
                about |= row
        part = self.folder / f"{ABOUT}.part"
        part.write_text(json.dumps(about, default=str), encoding="utf-8")
        part.replace(self.folder / ABOUT)

    def finish(self) -> int:
        """Mark the run as finished and forget the oldest ones; gives how many runs can be undone."""
        if not self.folder.exists():
            return len(kept(self.home))
        (self.folder / PUBLISHED).touch()
        runs = kept(self.home)
        for run in runs[: max(0, len(runs) - api_settings().undo_runs)]:
            shutil.rmtree(self.home / "before" / run)
        return min(len(runs), api_settings().undo_runs)

    def drop(self) -> None:
        """Forget what was kept of a run that changed nothing, and remember again which stages are done."""
        if self.folder.exists() and not (self.folder / ABOUT).exists():
            _put_back(self.folder / STAGES, self.home / STAGES)
            shutil.rmtree(self.folder)


def kept(home: Path) -> list[str]:
    """Runs that can be undone, oldest first."""
    place = home / "before"
    return sorted(p.name for p in place.iterdir() if not p.name.startswith(".")) if place.is_dir() else []


def undo(graph: Graph, run: str, *, home: Path, progress: Progress | None = None) -> Undone:
    """Take back the newest run: files, ids, scores and all else in the graph but judgements are as before it.

    Killed anywhere and run again it ends in the same state.

    Raises:
        NotFound: nothing is kept of the run.
        InputError: a newer run has to be taken back first.
        Busy: another run holds the lock.
    """
    home = home.absolute()
    began = datetime.now(UTC)
    own = new_run(began)
    with locked(graph, own, began):
        runs = kept(home)
        if run not in runs:
            there = ", ".join(reversed(runs)) or "none"
            raise NotFound(
                f"Run {run} cannot be undone: it changed nothing or is not kept any more; runs that can be: {there}."
            )
        if run != runs[-1]:
            raise InputError(f"Run {run} is not the newest: undo {runs[-1]} first.")
        folder = home / "before" / run
        about: dict[str, Any] = {}
        written = 0
        if (folder / ABOUT).exists():
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            written = restore_graph(graph, folder / GRAPH, home / "undo.part", progress)
            _publish(graph, own, about)
        for name in FILES:
            _put_back(folder / name, home / name)
        shutil.rmtree(folder)
        finished = datetime.now(UTC)
        record_run(graph, own, "undo", started=began, finished=finished, counts={"undone": run, "written": written})
    return Undone(run, _moment(about), written)


def _publish(graph: Graph, own: str, about: dict[str, Any]) -> None:
    rows = graph.write(
        load_queries("writes")["restore_workspace"],
        run=own,
        published=about.get("published"),
        as_of=_moment(about),
        currency=about.get("currency"),
        own=about.get("own"),
        own_digest=about.get("own_digest"),
    )
    if not rows[0]["restored"]:
        raise Busy(f"Another run took the lock meanwhile, so {own} cannot publish; undo again after it.")


def _moment(about: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(about["as_of"]) if about.get("as_of") else None


def _link(old: Path, new: Path) -> None:
    """The same file under a second name; a copy where the file system cannot."""
    if old.is_dir():
        shutil.copytree(old, new, copy_function=_link_file, dirs_exist_ok=True)
    elif old.exists():
        _link_file(str(old), str(new))


def _link_file(old: str, new: str) -> str:
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)
    return new


def _put_back(kept_one: Path, place: Path) -> None:
    """Replace a file or folder by what was kept of it; it goes where nothing was."""
    part = place.with_name(f"{place.name}.undo")
    _remove(part)
    _link(kept_one, part)
    if place.is_dir() or not part.exists():  # a file takes the place of a file in one step
        _remove(place)
    if part.exists():
        part.replace(place)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
