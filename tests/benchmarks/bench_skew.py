"""How each query of a refresh grows in a company of hubs: one account with every deal, one person on two of five.

`python -m tests.benchmarks.bench_skew 1250 2500 5000` prints, for every feature, label, norm and network, the exponent
of its work (values read from the store, as Neo4j counts them) between the two largest sizes, and the seconds that it
takes for all deals or leads at each size. 1 is proportional to the company; 2 is the square.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg.features.features import load_features
from kg.graph import Graph
from kg.store.migrate import migrate
from tests import skew
from tests.benchmarks.run import HOME, neo4j
from tests.conftest import EMPTY

Figures = dict[str, dict[int, dict[str, float]]]


def run(graph: Graph, sizes: Sequence[int], only: Sequence[str] = ()) -> Figures:
    """Seconds and store hits by query and number of deals; empties the graph before each size.

    `only` names the queries to measure; without it all are.
    """
    found: Figures = {}
    for deals in sizes:
        graph.write(EMPTY)
        migrate(graph)
        begun = time.perf_counter()
        skew.build(graph, deals)
        print(f"{deals:,} deals loaded, with norms and networks, in {time.perf_counter() - begun:.1f} s", flush=True)
        for asked in skew.questions(load_features().values(), deals):
            if not only or asked.name in only:
                found.setdefault(f"{asked.kind} {asked.name}", {})[deals] = _one(graph, asked)
    return found


def _one(graph: Graph, asked: skew.Asked) -> dict[str, float]:
    graph.explain(asked.query, **asked.parameters)  # the plan is made once, not for each batch
    begun = time.perf_counter()
    graph.read(asked.query, **asked.parameters)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "hits": skew.hits(graph.explain(asked.query, profiled=True, **asked.parameters))}


def exponents(found: Figures, sizes: Sequence[int]) -> dict[str, float]:
    """The power of the number of deals with which each query's work grows, between the two largest sizes."""
    small, large = sorted(sizes)[-2:]
    ratio = math.log(large / small)
    return {name: math.log(at[large]["hits"] / max(1.0, at[small]["hits"])) / ratio for name, at in found.items()}


def table(found: Figures, sizes: Sequence[int]) -> str:
    """A line a query, steepest first: exponent, then seconds at each size."""
    growth = exponents(found, sizes)
    lines = [f"{'':<44}{'exponent':>9}" + "".join(f"{f'{n:,} deals':>14}" for n in sizes)]
    for name in sorted(found, key=lambda name: -growth[name]):
        cells = "".join(f"{found[name][n]['seconds']:>12.2f} s" for n in sizes)
        lines.append(f"{name:<44}{growth[name]:>9.2f}{cells}")
    total = "".join(f"{sum(at[n]['seconds'] for at in found.values()):>12.2f} s" for n in sizes)
    return "\n".join([*lines, f"{'all':<44}{max(growth.values()):>9.2f}{total}"])


def main() -> None:
    """Measure on a Neo4j of the benchmark's own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1250, 2500, 5000], help="Deals of the one account.")
    parser.add_argument("--only", nargs="+", default=[], help="Names of the features, labels or norms to measure.")
    parser.add_argument("--out", type=Path, help="JSON to write.")
    given = parser.parse_args()
    sizes = sorted(given.sizes)
    if len(set(sizes)) < 2 or sizes[0] < 1:
        parser.error("give at least two different sizes above 0: growth is seen between two")
    with neo4j(HOME / "skew") as settings, Graph.connect(settings) as graph:
        graph.wait_ready(60)
        found = run(graph, sizes, given.only)
    if not found:
        parser.error(f"--only {' '.join(given.only)} names nothing that is measured")
    if given.out:
        figures: dict[str, Any] = {"exponents": exponents(found, sizes), "figures": found}
        given.out.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    print(table(found, sizes))


if __name__ == "__main__":
    main()
