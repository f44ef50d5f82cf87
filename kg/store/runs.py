"""Runs: one refresh at a time, a record of each, and the one flip that makes a run visible."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from kg.errors import Busy
from kg.graph import Graph
from kg.ontology.own import current
from kg.query.files import load_queries
from kg.store.holder import Holder
from kg.store.load import NodeRows, load

WORKSPACE: Final = "workspace"
FORGOTTEN: Final = timedelta(hours=12)
"""After this long a lock of another machine counts as left behind."""


def new_run(began: datetime) -> str:
    """A name for a run that begins now: names of runs sort by their time."""
    return f"{began:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"


def acquire_lock(graph: Graph, run: str, now: datetime) -> None:
    """Take the lock for a run (`now`: the wall clock), also from a process that is gone; Busy names who holds it."""
    query, me = load_queries("writes")["acquire_lock"], str(Holder.me())
    stale: str | None = None
    for _ in range(2):
        row = graph.write(query, run=run, holder=me, now=now, stale=stale)[0]
        if row["lock"] == run and row["holder"] == me:
            return
        if not _left_behind(row, now):
            break
        stale = row["holder"]
    holder = Holder.read(row["holder"])
    who = holder.sentence if holder else f"holder {row['holder']!r}"
    raise Busy(
        f"Run {row['lock']} ({who}) has held the lock since {row['locked_at']:%Y-%m-%d %H:%M} UTC; "
        "wait until it is done or stop it."
    )


def _left_behind(row: Mapping[str, Any], now: datetime) -> bool:
    holder = Holder.read(row["holder"])
    if holder is not None and holder.here:
        return holder.gone
    return bool(now - row["locked_at"] > FORGOTTEN)


def release_lock(graph: Graph, run: str) -> bool:
    """Give the lock back; False when this run did not hold it."""
    return bool(graph.write(load_queries("writes")["release_lock"], run=run)[0]["released"])


@contextmanager
def locked(graph: Graph, run: str, now: datetime) -> Iterator[None]:
    """Hold the lock while the block runs, and give it back however the block ends."""
    acquire_lock(graph, run, now)
    try:
        yield
    finally:
        release_lock(graph, run)


def publish(graph: Graph, run: str, as_of: datetime, currency: str | None = None) -> None:
    """Make a run and the own declarations of this context visible, in one step; Busy when another holds the lock."""
    own = current()
    declared = {"own": own.text, "own_digest": own.digest}
    rows = graph.write(load_queries("writes")["publish"], run=run, as_of=as_of, currency=currency, **declared)
    if rows[0]["published"] != run:
        raise Busy(f"Run {rows[0]['lock']} took the lock meanwhile, so {run} cannot be published; run again after it.")


def record_run(
    graph: Graph,
    run: str,
    stage: str,
    *,
    started: datetime,
    finished: datetime | None = None,
    code: str = "",
    config: str = "",
    counts: Mapping[str, Any] | None = None,
) -> None:
    """Write down one stage of a run, when it starts and again when it is done; times are of the wall clock."""
    text = json.dumps(dict(counts or {}), sort_keys=True, default=str)
    row = {"id": f"{run}|{stage}", "stage": stage, "started": started, "finished": finished, "code": code}
    load(graph, [NodeRows("Run", [{**row, "config": config, "counts": text}])], run=run)
