"""The lock, the flip and the record of runs."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kg.errors import Busy
from kg.graph import Graph
from kg.query.query import Query
from kg.settings import GraphSettings
from kg.store.holder import Holder
from kg.store.runs import FORGOTTEN, acquire_lock, locked, publish, record_run, release_lock

NOW = datetime(2024, 5, 1, 8, tzinfo=UTC)


def workspace(graph: Graph) -> dict[str, Any]:
    rows = graph.read(Query("it", "tests", "MATCH (w:Workspace) RETURN properties(w) AS w"))
    return dict(rows[0]["w"]) if rows else {}


def test_one_run_holds_the_lock_and_the_message_names_it(graph: Graph) -> None:
    acquire_lock(graph, "r1", NOW)
    acquire_lock(graph, "r1", NOW)  # the same run of the same process may ask again
    with pytest.raises(Busy, match=r"^Run r1 \(process \d+ on .+\) has held the lock since 2024-05-01 08:00 UTC; wait"):
        acquire_lock(graph, "r2", NOW)
    assert not release_lock(graph, "r2")
    assert release_lock(graph, "r1")
    acquire_lock(graph, "r2", NOW)
    assert workspace(graph)["lock"] == "r2"


def test_the_lock_is_given_back_however_the_block_ends(graph: Graph) -> None:
    with pytest.raises(ValueError, match="x"), locked(graph, "r1", NOW):
        raise ValueError("x")
    assert "lock" not in workspace(graph)


def test_a_killed_run_does_not_block_the_next(graph: Graph, neo4j_environment: GraphSettings) -> None:
    code = (
        "import os; from datetime import datetime, UTC; from kg.graph import Graph\n"
        "from kg.store.runs import acquire_lock\n"
        "acquire_lock(Graph.connect(), 'killed', datetime.now(UTC)); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert workspace(graph)["lock"] == "killed"
    acquire_lock(graph, "r2", NOW)
    assert workspace(graph)["lock"] == "r2"


OTHER_MACHINES = [(timedelta(minutes=5), False), (FORGOTTEN + timedelta(seconds=1), True)]


@pytest.mark.parametrize(("age", "free"), OTHER_MACHINES)
def test_a_lock_of_another_machine_is_left_behind_after_long(graph: Graph, age: timedelta, free: bool) -> None:
    text = "CREATE (:Workspace {id: 'workspace', run: 'r', lock: 'far', holder: 'elsewhere 7 1.0', locked_at: $t})"
    graph.write(Query("it", "tests", text, "write"), t=NOW - age)
    if free:
        acquire_lock(graph, "r2", NOW)
    else:
        with pytest.raises(Busy, match="process 7 on elsewhere"):
            acquire_lock(graph, "r2", NOW)


def test_of_many_at_once_one_gets_the_lock(graph: Graph) -> None:
    got: list[str] = []

    def try_it(run: str) -> None:
        try:
            acquire_lock(graph, run, NOW)
            got.append(run)
        except Busy:
            pass

    threads = [threading.Thread(target=try_it, args=(f"r{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [workspace(graph)["lock"]]


def test_publishing_is_one_flip_that_another_runs_lock_stops(graph: Graph) -> None:
    publish(graph, "r1", NOW, "EUR")
    acquire_lock(graph, "r2", NOW)
    with pytest.raises(Busy, match="Run r2 took the lock"):
        publish(graph, "r3", NOW)
    publish(graph, "r2", NOW + timedelta(days=1))
    found = workspace(graph)
    assert (found["published"], found["as_of"], found["currency"]) == ("r2", NOW + timedelta(days=1), "EUR")


def test_a_run_is_written_down_when_it_starts_and_when_it_is_done(graph: Graph) -> None:
    record_run(graph, "r1", "load", started=NOW, code="0.1", config="abc")
    record_run(graph, "r1", "load", started=NOW, finished=NOW, counts={"Deal": 3})
    rows = graph.read(Query("it", "tests", "MATCH (r:Run) RETURN r.id AS id, r.finished AS f, r.counts AS counts"))
    assert rows == [{"id": "r1|load", "f": NOW, "counts": '{"Deal": 3}'}]


def test_holders_are_read_back_and_strange_ones_are_not() -> None:
    me = Holder.me()
    assert Holder.read(str(me)) == me
    assert not me.gone
    assert Holder(me.host, me.pid, me.started - 100).gone  # the number was given to another process
    assert not Holder("elsewhere", 1, 0.0).gone
    assert [Holder.read(text) for text in (None, "", "x", "a b c")] == [None] * 4
