"""Public data sets: ours without labels or tuning (`resolve evaluate --fit`) next to Splink's tutorial settings.

Three F1 that must not be mixed up: `pairs` (accepted links as scored), `clusters` (pairs inside final entities) and
`b3` (B-cubed, the mean over records). Splink's pairs are accepted from probability .5, its clusters are connected
components at .95, as in its tutorials; its best pairs F1 of both thresholds is shown.

Usage: python -m tests.benchmarks.bench_public [--sets NAME …] [--out public.json]
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from resolution.evaluation.metrics import b_cubed, cluster_pair, exact_entities, pairwise
from resolution.standalone.evaluate import evaluate
from tests.benchmarks.public_data import LOADERS, Public, public
from tests.benchmarks.splink_tutorials import splink_settings

SETS = tuple(name for name in LOADERS if name not in ("febrl1", "febrl2", "fake_20000"))


def ours(data: Public, scratch: Path) -> dict[str, Any]:
    """Our figures, by the same call that the command makes."""
    records, truth = scratch / f"{data.name}.csv", scratch / f"{data.name}.truth.csv"
    data.records.to_csv(records, index=False)
    with truth.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("record_id", "entity_id"))
        writer.writerows(data.truth.items())
    began = time.perf_counter()
    found = evaluate(records, truth, data.kind, fit=True)
    return {
        "pairs": found["pairs"]["f1"],
        "clusters": found["clusters"]["f1"],
        "b3": found["b_cubed"]["f1"],
        "exact_entities": found["exact_entities"],
        "entities": found["entities"],
        "seconds": round(time.perf_counter() - began, 1),
        "causes": found["causes"],
    }


def theirs(data: Public) -> dict[str, Any] | None:
    """Splink's figures with its tutorials' settings; None where there is no such tutorial."""
    began = time.perf_counter()
    found = splink_settings(data)
    if found is None:
        return None
    said, pairs = found
    seconds = round(time.perf_counter() - began, 1)
    by_threshold = [pairwise([(a, b) for a, b, p in pairs if p >= at], data.truth)["f1"] for at in (0.5, 0.95)]
    return {
        "pairs": max(by_threshold),
        "clusters": cluster_pair(said, data.truth)["f1"],
        "b3": b_cubed(said, data.truth)["f1"],
        "exact_entities": exact_entities(said, data.truth),
        "seconds": seconds,
    }


def run(names: Sequence[str] = SETS) -> dict[str, Any]:
    """Every set that is there, ours and theirs in the same run."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="public-") as scratch:
        for name in names:
            if (data := public(name)) is not None:
                found[name] = {"records": len(data.records), "ours": ours(data, Path(scratch)), "splink": theirs(data)}
                print(line(name, found[name]), flush=True)
    return found


def line(name: str, figures: Mapping[str, Any]) -> str:
    """One row of the table."""
    mine, other = figures["ours"], figures["splink"]

    def side(f: Mapping[str, Any] | None) -> str:
        if f is None:
            return f"{'no such tutorial':>33}"
        return f"{f['pairs']:>7.4f} {f['clusters']:>8.4f} {f['b3']:>7.4f} {f['seconds']:>7.1f}s"

    exactly = f"{mine['exact_entities']}/{mine['entities']}"
    return f"{name:<22}{figures['records']:>8} {side(mine)} {exactly:>12}   {side(other)}"


def head() -> str:
    """The table's first rows."""
    columns = f"{'pairs':>7} {'clusters':>8} {'b3':>7} {'time':>8}"
    return (
        f"{'':<22}{'':>8} {'ours (F1)':<33} {'exact':>12}   {'Splink, tutorial settings (F1)'}\n"
        f"{'set':<22}{'records':>8} {columns} {'entities':>12}   {columns}"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(LOADERS))
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    print(head())
    found = run(given.sets)
    if given.out:
        given.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
