"""`make bench`: every part against its bare counterpart in the same run, at several sizes; one JSON and a table.

Ratios to a peer hold on a noisy machine; bare seconds are for orientation. Each size has a demo company of about that
many source records, a managed Neo4j of the benchmark's own, and a refresh in a process of its own.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil

from kg.features.extraction import extract
from kg.features.features import load_features
from kg.graph import Graph
from kg.query.query import Query
from kg.server import managed
from kg.settings import GraphSettings, read_settings
from kg.store.migrate import migrate
from resolution.demo import write_demo
from tests.benchmarks import bench_doors, bench_features, bench_live, bench_load, bench_resolution
from tests.conftest import free_port

ROOT = Path(__file__).parent.parent.parent
HOME = ROOT / ".dealgraph" / "bench"
RECORDS_OF_AN_ACCOUNT = 128
MOMENTS = Query(
    "moments",
    "bench",
    "MATCH (d:Deal)-[n:ENTERED]->(:Stage) RETURN d.id AS id, max(n.known_from) AS as_of ORDER BY id",
    "read",
)
MOST_PAIRS = 5_000
LISTEN = psutil.CONN_LISTEN


def run(sizes: Sequence[int], out: Path) -> dict[str, Any]:
    """Measure every size (source records), write `out` (JSON) and print a table."""
    found: dict[str, Any] = {"machine": machine(), "sizes": {}}
    for records in sizes:
        figures: dict[str, Any] = {}
        found["sizes"][str(records)] = figures
        for name, value in one_size(records):
            figures[name] = value
            out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(table(found))
    return found


def machine() -> dict[str, Any]:
    """What the figures were seen on."""
    memory = round(psutil.virtual_memory().total / 1e9, 1)
    return {"cores": os.cpu_count(), "memory_gb": memory, "python": platform.python_version()}


def one_size(records: int) -> Iterator[tuple[str, Any]]:
    """All figures at one number of source records, each as soon as it is known: a large size takes an hour."""
    home = HOME / str(records)
    shutil.rmtree(home / "demo", ignore_errors=True)
    begun = time.perf_counter()
    report = write_demo(home / "demo", accounts=max(20, records // RECORDS_OF_AN_ACCOUNT), seed=1)
    yield "records", report.records
    yield "demo_seconds", time.perf_counter() - begun
    with neo4j(home) as settings, Graph.connect(settings) as graph:
        graph.wait_ready(60)
        migrate(graph)
        yield "load", bench_load.run(graph, min(records, 100_000))
        graph.write(bench_load.WIPE)
        yield "resolution", bench_resolution.run(min(records, 100_000))
        yield "live", apart(bench_live, records)
        yield "refresh", refresh(home, settings)
        yield "again", refresh(home, settings)
        pairs = [(row["id"], row["as_of"]) for row in graph.read(MOMENTS)]
        yield "deals", len(pairs)
        yield "features_all_deals_seconds", all_features(graph, pairs)
        yield "features", bench_features.run(graph, pairs[:MOST_PAIRS])
        yield "doors", bench_doors.run(environment(home, settings))
        yield "neo4j_memory_gb", memory_of_neo4j(settings)


def apart(benchmark: ModuleType, records: int) -> dict[str, Any]:
    """What a benchmark finds in a process of its own, so that its peak of memory is its own as well."""
    code = f"import json; from {benchmark.__name__} import run; print(json.dumps(run({records})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def neo4j(home: Path) -> Iterator[GraphSettings]:
    """A managed Neo4j of the benchmark's own, empty, stopped at the end."""
    shutil.rmtree(home / "neo4j", ignore_errors=True)
    settings = read_settings(home=home, jars=ROOT / ".dealgraph" / "jars", neo4j_port=free_port())
    managed.up(settings)
    try:
        yield settings
    finally:
        managed.down(settings)


def environment(home: Path, settings: GraphSettings) -> dict[str, str]:
    """What a process of the product needs to work on the benchmark's home."""
    uri, user, _ = settings.address
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEALGRAPH_")}
    return kept | {
        "DEALGRAPH_HOME": str(home),
        "DEALGRAPH_NEO4J_PORT": uri.rsplit(":", 1)[1],
        "DEALGRAPH_NEO4J_USER": user,
        "DEALGRAPH_PORT": str(free_port()),
    }


def refresh(home: Path, settings: GraphSettings) -> dict[str, Any]:
    """Seconds of each stage and peak memory of one `dealgraph refresh`, in a process of its own."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "api.cli", "refresh", "--sources", str(home / "demo" / "sources.toml"), "--json"]
    given = environment(home, settings)
    with subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"refresh ended with {process.returncode}: {said[-500:]}")
    stages = {stage["stage"]: round(stage["seconds"], 2) for stage in json.loads(said)["stages"]}
    return {"seconds": time.perf_counter() - begun, "stages": stages, "peak_memory_gb": usage.ru_maxrss / 1e6}


def all_features(graph: Graph, pairs: Sequence[tuple[str, datetime]]) -> float:
    """Seconds for every feature of deals, for every deal at the moment it entered its last stage."""
    features = [feature for feature in load_features().values() if feature.entity == "deal"]
    begun = time.perf_counter()
    extract(graph, features, pairs)
    return time.perf_counter() - begun


def memory_of_neo4j(settings: GraphSettings) -> float:
    """Resident memory of the benchmark's Neo4j, in GB."""
    port = int(settings.address[0].rsplit(":", 1)[1])
    for connection in psutil.net_connections("tcp"):
        if connection.pid and connection.laddr and connection.laddr.port == port and connection.status == LISTEN:
            return float(psutil.Process(connection.pid).memory_info().rss / 1e9)
    return float("nan")


def table(found: dict[str, Any]) -> str:
    """The figures as text, a line a figure and a column a size."""
    sizes = found["sizes"]
    lines: list[tuple[str, dict[str, str]]] = []

    def line(name: str, pick: Any) -> None:
        lines.append((name, {size: f"{pick(figures):,.2f}" for size, figures in sizes.items()}))

    line("source records", lambda f: f["records"])
    line("load, × bare loop (speed)", lambda f: f["load"]["ratio"])
    line("resolution, × bare Splink (time)", lambda f: f["resolution"]["ratio"])
    line("identity of 1,000 new contacts, s", lambda f: f["live"]["thousand_seconds"])
    line("identity of one new contact, s", lambda f: f["live"]["one_seconds"])
    line("refresh, s", lambda f: f["refresh"]["seconds"])
    for stage in next(iter(sizes.values()))["refresh"]["stages"]:
        line(f"  {stage}, s", lambda f, stage=stage: f["refresh"]["stages"][stage])
    line("refresh again, s", lambda f: f["again"]["seconds"])
    line("refresh peak memory, GB", lambda f: f["refresh"]["peak_memory_gb"])
    line("Neo4j memory, GB", lambda f: f["neo4j_memory_gb"])
    line("deals", lambda f: f["deals"])
    line("all features of all deals, s", lambda f: f["features_all_deals_seconds"])
    for name in next(iter(sizes.values()))["features"]:
        line(f"  {name}, s per 100,000 pairs", lambda f, name=name: f["features"][name])
    for name in next(iter(sizes.values()))["doors"]:
        line(f"GraphQL {name} p50, ms", lambda f, name=name: f["doors"][name]["p50"])
        line(f"GraphQL {name} p95, ms", lambda f, name=name: f["doors"][name]["p95"])
    head = f"{'':<46}" + "".join(f"{int(size):>14,}" for size in sizes)
    return "\n".join([head, *(f"{name:<46}" + "".join(f"{cells[s]:>14}" for s in sizes) for name, cells in lines)])
