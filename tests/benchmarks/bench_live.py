"""New records against many: seconds from their arrival to entities and events written, and peak memory.

The store is a DuckDB file, as in use; bare Splink over the same records gives the scale of the first run.
"""

import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from resolution import live, store
from resolution.matchers import CONTACT
from resolution.model import Model
from tests.benchmarks import bench_resolution

ONES = 20
MANY = 1_000
NOW = bench_resolution.START


def run(records: int) -> dict[str, Any]:
    """Seconds to settle all records, then 1,000 new ones at once, then 20 one by one (median and worst)."""
    rows = bench_resolution.people(records + MANY + ONES + 1)
    with tempfile.TemporaryDirectory(prefix="live-") as scratch:
        con = store.attach(Path(scratch) / "store.duckdb")
        bench_resolution.fill(con, rows[:records])
        begun = time.perf_counter()
        model = live.create(con, CONTACT, NOW)
        created = time.perf_counter() - begun
        assert model is not None
        _arrive(con, model, rows[records : records + 1])  # Splink writes its statements for the first of them
        many = _arrive(con, model, rows[records + 1 : records + 1 + MANY])
        ones = [_arrive(con, model, [row]) for row in rows[records + 1 + MANY :]]
        con.close()
    return {
        "records": records,
        "create_seconds": round(created, 2),
        "thousand_seconds": round(many, 3),
        "one_seconds": round(median(ones), 3),
        "one_worst_seconds": round(max(ones), 3),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def _arrive(con: duckdb.DuckDBPyConnection, model: Model, rows: Sequence[tuple[Any, ...]]) -> float:
    begun = time.perf_counter()
    bench_resolution.fill(con, rows)
    live.update(con, CONTACT, model, NOW)
    return time.perf_counter() - begun
