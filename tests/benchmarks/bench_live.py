"""New records against many: seconds from their arrival to entities and events written, and peak memory.

The store is a DuckDB file, as in use. It is made by a process of its own, and changed by another.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from resolution.database.connection import workplace
from resolution.identity import store, update
from resolution.linking.model import Model
from resolution.matchers import CONTACT
from resolution.normalise import macros
from tests.benchmarks import bench_resolution

ROOT = Path(__file__).parent.parent.parent
MODULE = "tests.benchmarks.bench_live"
ONES = 20
MANY = 1_000
NOW = bench_resolution.START


def run(records: int) -> dict[str, Any]:
    """Seconds to settle all records, then 1,000 new ones at once, then 20 one by one (median and worst); peak GB."""
    with tempfile.TemporaryDirectory(prefix="live-") as scratch:
        first, _ = _apart(f"created({scratch!r}, {records})")
        changes, peak = _apart(f"changed({scratch!r}, {records})")
    return {"records": records, **first, **changes, "peak_memory_gb": peak}


def _apart(call: str) -> tuple[dict[str, Any], float]:
    """What a call of this file finds, in a process of its own, and that process's peak memory (GB)."""
    code = f"import json; from {MODULE} import *; print(json.dumps({call}))"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{call} ended with {process.returncode}")
    return json.loads(said.splitlines()[-1]), round(usage.ru_maxrss / 1e6, 2)


def created(folder: str, records: int) -> dict[str, float]:
    """A store of so many records."""
    rows, path = bench_resolution.people(records), Path(folder) / "store.duckdb"
    with workplace(path) as con:
        macros.install(con)
        store.join(con, path)
        bench_resolution.fill(con, rows)
        begun = time.perf_counter()
        update.create(con, CONTACT, NOW)
        con.execute("DETACH store")
        return {"create_seconds": round(time.perf_counter() - begun, 2)}


def changed(folder: str, records: int) -> dict[str, float]:
    """The store takes in new records."""
    rows = bench_resolution.people(records + MANY + ONES + 1)[records:]
    con = store.attach(Path(folder) / "store.duckdb")
    model = store.kept_model(con, CONTACT)
    _arrive(con, model, rows[:1])  # Splink writes its statements for the first of them
    many = _arrive(con, model, rows[1 : 1 + MANY])
    ones = [_arrive(con, model, [row]) for row in rows[1 + MANY :]]
    con.close()
    return {
        "thousand_seconds": round(many, 3),
        "one_seconds": round(median(ones), 3),
        "one_worst_seconds": round(max(ones), 3),
    }


def _arrive(con: duckdb.DuckDBPyConnection, model: Model, rows: Sequence[tuple[Any, ...]]) -> float:
    begun = time.perf_counter()
    bench_resolution.fill(con, rows)
    update.update(con, CONTACT, model, NOW)
    return time.perf_counter() - begun


if __name__ == "__main__":
    for size in sys.argv[1:]:
        print(json.dumps(run(int(size))))
