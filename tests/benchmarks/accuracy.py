"""How good deal_win is in the demo world, where the truth is known, at the moments at which people look.

For each seed: demo → stage → resolve → load → norms → train → predict at all month's ends after the training moment at
which a deal is open, held against how it ended and against `truth/probabilities.csv`:

    truth     the generator's own chance of ever being won, the best that anyone could say
    causes    a logistic regression on the generator's own causes, learned from the same snapshots
    graph     the product's model on all features
    flat      the product's learner on flat fields alone

Usage: python -m tests.benchmarks.accuracy --seeds 1 2 3 --accounts 1900 --out accuracy.json   (a Neo4j of its own;
`--null` cuts every tie between graph and outcome)
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kg.features.networks import rebuild_networks
from kg.features.norms import rebuild_norms
from kg.graph import Graph
from kg.query.query import Query
from kg.store.load import load
from kg.store.migrate import migrate
from resolution.demo import write_demo
from resolution.demo.causes import CAUSE_NAMES
from resolution.entities.rows import graph_rows
from resolution.evaluation.metrics import cluster_pair
from resolution.run.resolve import resolve
from resolution.staging.stage import stage
from scoring.evaluation import metrics
from scoring.learning.train import train
from scoring.scores import score_named
from scoring.serving.predict import answer, entities_at
from tests.benchmarks.run import neo4j

EMPTY = Query(
    name="empty",
    kind="benchmarks",
    mode="write",
    auto_commit=True,
    text=(
        "MATCH (n) WHERE NOT n:__Neo4jMigration AND NOT n:__Neo4jMigrationsLock "
        "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
    ),
)
RESAMPLES = 400
TEST_SHARE = 0.48
DECIDED = 180
"""Days after which nearly every deal has ended: younger snapshots are not judged."""
AGES = (-1, 15, 30, 60, 90, 10_000)


@dataclass(frozen=True, slots=True)
class Built:
    """A demo company in the graph."""

    folder: Path
    now: datetime
    seconds: dict[str, float]


def build(graph: Graph, folder: Path, *, accounts: int, seed: int, null: bool = False) -> Built:
    """Write the demo company, resolve it and load it into an emptied graph, with norms and networks."""
    seconds: dict[str, float] = {}
    started = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal started
        seconds[name] = round(time.perf_counter() - started, 1)
        started = time.perf_counter()

    write_demo(folder, accounts=accounts, seed=seed, null=null)
    lap("demo")
    staged = stage(folder / "sources.toml", folder / "staging.duckdb")
    lap("stage")
    resolve(folder / "staging.duckdb", folder / "resolution.duckdb", now=staged.newest)
    lap("resolve")
    graph.write(EMPTY)
    migrate(graph)
    load(graph, graph_rows(folder / "resolution.duckdb", folder / "staging.duckdb"), run="benchmark")
    lap("load")
    rebuild_norms(graph, staged.newest, "benchmark")
    rebuild_networks(graph, staged.newest, "benchmark")
    lap("norms")
    return Built(folder, staged.newest, seconds)


def truth(folder: Path) -> pd.DataFrame:
    """True probabilities and causes of deals open at each month's end, with their age, in order of time."""
    rows = pd.read_csv(folder / "truth" / "probabilities.csv", dtype={"record_id": str})
    for name in ("as_of", "closed_at"):
        rows[name] = pd.to_datetime(rows[name], utc=True, format="ISO8601")
    opened = rows.groupby("record_id").as_of.transform("min")
    rows["age"] = (rows.as_of - opened).dt.total_seconds() / 86400
    rows["label"] = rows.label.astype(float)
    return rows[rows.moment == "monthly"].sort_values(["as_of", "record_id"]).reset_index(drop=True)


def split(rows: pd.DataFrame) -> tuple[datetime, pd.DataFrame, pd.DataFrame]:
    """(training moment, snapshots decided by then, snapshots after it of which nearly all were decided in the end)."""
    at = rows.as_of.quantile(1 - TEST_SHARE).floor("D")
    last = rows.as_of.max() - timedelta(days=DECIDED)
    return (
        at.to_pydatetime(),
        rows[rows.closed_at <= at],
        rows[(rows.as_of > at) & (rows.as_of <= last) & rows.label.notna()],
    )


def by_causes(past: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Probabilities of a logistic regression on the generator's own causes."""
    columns = list(CAUSE_NAMES)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000))
    model.fit(past[columns], past.label)
    return np.asarray(model.predict_proba(test[columns])[:, 1])


def predicted(
    graph: Graph, home: Path, as_of: datetime, test: pd.DataFrame, only: Sequence[str] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of the product, trained at `as_of`, and whether the truth lies in their bands; NaN if unknown."""
    model = train(graph, score_named("deal_win"), as_of=as_of, home=home, serve=False, only=only)
    asked = [(r.source, r.record_id, r.as_of.to_pydatetime()) for r in test.itertuples()]
    found = entities_at(graph, "deal", asked)
    there = [i for i, entity in enumerate(found) if entity is not None]
    p, held = np.full(len(asked), np.nan), np.full(len(asked), np.nan)
    got = answer(graph, model, [(str(found[i]), asked[i][2]) for i in there]).answer
    true = test.probability.to_numpy()[there]
    p[there], held[there] = got.probability, (got.low <= true) & (true <= got.high)
    return p, held


def compare(test: pd.DataFrame, said: dict[str, np.ndarray], held: np.ndarray) -> dict[str, Any]:
    """Every measure of each, the share of what the causes reach, and the graph's effect, with intervals by account."""
    keep = ~np.any([np.isnan(p) for p in said.values()], axis=0)
    y, groups, one = test.label.to_numpy()[keep], test.account_entity_id.to_numpy()[keep], np.ones(int(keep.sum()))
    p = {name: values[keep] for name, values in said.items()}
    auc = {name: metrics.auc(y, v, one) for name, v in p.items()}
    closed = []
    for draw in metrics.account_draws(groups, RESAMPLES):
        d = {name: metrics.auc(y[draw > 0], v[draw > 0], draw[draw > 0]) for name, v in p.items()}
        closed.append((d["graph"] - d["flat"]) - 0.5 * (d["causes"] - d["flat"]))
    bands = pd.DataFrame(
        {"y": y, "p": p["graph"], "age": test.age.to_numpy()[keep], "stage": test.stage.to_numpy()[keep]}
    )
    return {
        "snapshots": int(keep.sum()),
        "unknown": int((~keep).sum()),
        "won": float(y.mean()),
        "predicted": float(p["graph"].mean()),
        "auc": auc,
        **{
            name: {n: measure(y, v, one) for n, v in p.items()}
            for name, measure in metrics.MEASURES.items()
            if name != "auc"
        },
        "held": float(np.nanmean(held)),
        "ages": _parts(bands, pd.cut(bands.age, AGES).astype(str)),
        "stages": _parts(bands, bands.stage.astype(int).astype(str)),
        "share_of_causes": (auc["graph"] - 0.5) / (auc["causes"] - 0.5),
        "gap_closed": (auc["graph"] - auc["flat"]) / (auc["causes"] - auc["flat"]),
        "beyond_half_of_gap": [float(np.quantile(closed, q)) for q in (0.05, 0.5, 0.95)],
        "graph_effect": metrics.difference(y, p["flat"], p["graph"], one, groups, resamples=RESAMPLES),
    }


def _parts(bands: pd.DataFrame, by: pd.Series) -> dict[str, dict[str, float]]:
    """Realised, predicted and calibration slope of each part of the snapshots."""
    return {
        str(name): {
            "n": len(part),
            "won": float(part.y.mean()),
            "predicted": float(part.p.mean()),
            "slope": metrics.slope(part.y.to_numpy(), part.p.to_numpy(), np.ones(len(part))),
        }
        for name, part in bands.groupby(by)
    }


def measure(graph: Graph, built: Built, home: Path) -> dict[str, Any]:
    """All comparisons for a company that is in the graph."""
    rows = truth(built.folder)
    as_of, past, test = split(rows)
    flat = tuple(score_named("deal_win").flat)
    started = time.perf_counter()
    ours, held = predicted(graph, home, as_of, test)
    said = {
        "truth": test.probability.to_numpy(),
        "causes": by_causes(past, test),
        "graph": ours,
        "flat": predicted(graph, home, as_of, test, flat)[0],
    }
    seconds = {**built.seconds, "models": round(time.perf_counter() - started, 1)}
    return {"as_of": as_of.isoformat(), "past": len(past), "seconds": seconds, **compare(test, said, held)}


def identity(folder: Path) -> dict[str, float]:
    """Cluster-pair F1 of accounts and contacts against the demo's truth."""
    known = pd.read_csv(folder / "truth" / "entities.csv", dtype=str)
    with duckdb.connect(str(folder / "resolution.duckdb"), read_only=True) as con:
        rows = con.sql("SELECT kind, source || ':' || record_id, entity_id FROM resolved").fetchall()
    found: dict[str, float] = {}
    for kind in ("account", "contact"):
        mine = known[known.kind == kind]
        truth = dict(zip(mine.source + ":" + mine.record_id, mine.entity_id, strict=True))
        found[kind] = cluster_pair({key: entity for k, key, entity in rows if k == kind}, truth)["f1"]
    return found


def run(seeds: Sequence[int], accounts: int, *, null: bool = False) -> dict[str, Any]:
    """Measure every seed and average; the graph is emptied for each."""
    found: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory(prefix="accuracy-") as scratch,
        neo4j(Path(scratch)) as own,
        Graph.connect(own) as door,
    ):
        for seed in seeds:
            folder = Path(scratch) / f"seed-{seed}"
            built = build(door, folder, accounts=accounts, seed=seed, null=null)
            found[str(seed)] = {"identity": identity(folder), **measure(door, built, folder)}
            print(table({str(seed): found[str(seed)]}), flush=True)
    return {"accounts": accounts, "null": null, "seeds": found, "mean": means(found)}


def means(found: dict[str, Any]) -> dict[str, float]:
    """Averages over seeds of the figures that are promised."""
    each = list(found.values())
    out = {f"auc_{n}": float(np.mean([s["auc"][n] for s in each])) for n in ("truth", "causes", "graph", "flat")}
    names = ("share_of_causes", "gap_closed", "won", "predicted", "held")
    out |= {name: float(np.mean([s[name] for s in each])) for name in names}
    out["slope"] = float(np.mean([s["slope"]["graph"] for s in each]))
    out["ece_beyond_truth"] = float(np.mean([s["ece"]["graph"] - s["ece"]["truth"] for s in each]))
    out |= {f"f1_{kind}": float(np.mean([s["identity"][kind] for s in each])) for kind in ("account", "contact")}
    out["graph_effect"] = float(np.mean([s["graph_effect"]["value"] for s in each]))
    return out


def pooled(found: dict[str, Any], by: str) -> dict[str, list[float]]:
    """Realised, predicted and slope of each age band or stage over all seeds, weighed by snapshots."""
    out = {}
    for name in sorted({name for s in found.values() for name in s[by]}):
        parts = [s[by][name] for s in found.values() if name in s[by]]
        n = np.array([p["n"] for p in parts])
        out[name] = [round(float(n @ [p[k] for p in parts] / n.sum()), 3) for k in ("won", "predicted", "slope")]
    return out


def table(found: dict[str, Any]) -> str:
    """One line a seed."""
    lines = ["seed  snapshots  won  said   truth  causes graph  flat   of causes  slope  ECE graph/truth  held  effect"]
    for seed, s in found.items():
        a, e = s["auc"], s["graph_effect"]
        lines.append(
            f"{seed:>4}  {s['snapshots']:>5}  {s['won']:.3f} {s['predicted']:.3f}  {a['truth']:.4f} {a['causes']:.4f} "
            f"{a['graph']:.4f} {a['flat']:.4f} {s['share_of_causes']:>8.1%}  {s['slope']['graph']:.2f}  "
            f"{s['ece']['graph']:.3f}/{s['ece']['truth']:.3f}  {s['held']:.2f}  "
            f"F1 {s['identity']['account']:.3f}/{s['identity']['contact']:.3f}  "
            f"{e['value']:+.4f} [{e['low']:+.4f}, {e['high']:+.4f}]"
        )
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--accounts", type=int, default=1900)
    parser.add_argument("--null", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    result = run(given.seeds, given.accounts, null=given.null)
    print(json.dumps(result["mean"], indent=1))
    print(json.dumps({by: pooled(result["seeds"], by) for by in ("ages", "stages")}))
    if given.out:
        given.out.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
