"""A process that is killed while it takes in records loses nothing and does nothing twice."""

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from resolution.identity import store, update
from resolution.matchers import CONTACT
from tests.benchmarks import bench_resolution
from tests.resolution.identity.update_child import CHANGES, EACH, NOW, RECORDS, change

KILLS = 6
OF_A_KIND = ("seen", "prepared", "keys", "pairs", "component", "member", "lost")
TABLES = (*(f"{name}_contact" for name in OF_A_KIND), "redirect_step", "events")


def kept(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """All that the store holds, missing values as text, in which they equal themselves."""
    return {t: [repr(row) for row in con.execute(f"FROM store.{t} ORDER BY ALL").fetchall()] for t in TABLES}


def taken(path: Path) -> int:
    """How many changes the store holds; each wholly or not at all."""
    rows = bench_resolution.people(RECORDS + CHANGES * EACH)
    con = store.attach(path)
    here = {str(row[0]) for row in con.execute("SELECT uid FROM store.member_contact").fetchall()}
    con.close()
    done = []
    for number in range(CHANGES):
        begin = RECORDS + number * EACH
        came = [row[0] in here for row in rows[begin : begin + EACH]]
        went = [rows[2 * number][0] not in here, rows[2 * number + 1][0] not in here]
        assert len({*came, *went}) == 1, f"change {number} is there by half"
        done.append(came[0])
    assert done == sorted(done, reverse=True), "changes are taken in their order"
    return sum(done)


def created(path: Path | None) -> duckdb.DuckDBPyConnection:
    con = store.attach(path)
    bench_resolution.fill(con, bench_resolution.people(RECORDS))
    update.create(con, CONTACT, NOW)
    return con


def test_killed_at_any_point_the_store_is_as_if_nothing_had_been(tmp_path: Path) -> None:
    path, draw = tmp_path / "store.duckdb", random.Random(5)
    created(path).close()
    kills, at = 0, 0
    while at < CHANGES:
        command = [sys.executable, "-m", "tests.resolution.identity.update_child", str(path), str(at)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
            if kills < KILLS:
                begun = time.perf_counter()
                if draw.random() < 0.7:
                    child.stdout.readline()
                time.sleep(draw.uniform(0, max(0.3, time.perf_counter() - begun)))
                child.kill()
                kills += 1
            child.communicate()
        at = taken(path)
    assert kills >= 4, "it was killed, and more than once or twice"
    undisturbed = created(None)
    model = store.kept_model(undisturbed, CONTACT)
    for number in range(CHANGES):
        change(undisturbed, model, number)
    killed = store.attach(path)
    assert kept(killed) == kept(undisturbed)
