"""How good deal_win is in the demo world, where the truth is known.

For each seed: demo → stage → resolve → load → norms → train → predict at the last stage entered before the outcome,
for deals
after the training moment, held against `truth/probabilities.csv`:

    truth     the generator's own probabilities, the best that anyone could say
    causes    a logistic regression on the generator's own causes, learned from the same training deals
    graph     the product's model on all features
    flat      the product's learner on flat fields alone

Usage: python -m tests.benchmarks.accuracy --seeds 1 2 3 --accounts 1900 --out accuracy.json   (a Neo4j of `dealgraph
up`,
whose content is replaced; `--null` cuts every tie between graph and outcome)
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
    """True probabilities and causes at the last stage entered, one row a closed deal, in order of time."""
    rows = pd.read_csv(folder / "truth" / "probabilities.csv", dtype={"record_id": str})
    rows = rows[rows.moment == "last"].copy()
    for name in ("as_of", "closed_at"):
        rows[name] = pd.to_datetime(rows[name], utc=True, format="ISO8601")
    rows["label"] = rows.label.astype(float)
    return rows.sort_values(["as_of", "record_id"]).reset_index(drop=True)


def split(rows: pd.DataFrame) -> tuple[datetime, pd.DataFrame, pd.DataFrame]:
    """(training moment, deals closed by then, deals whose last stage was entered after it)."""
    at = rows.as_of.quantile(1 - TEST_SHARE).floor("D")
    return at.to_pydatetime(), rows[rows.closed_at <= at], rows[rows.as_of > at]


def by_causes(past: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Probabilities of a logistic regression on the generator's own causes."""
    columns = list(CAUSE_NAMES)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000))
    model.fit(past[columns], past.label)
    return np.asarray(model.predict_proba(test[columns])[:, 1])


def predicted(
    graph: Graph, home: Path, as_of: datetime, test: pd.DataFrame, only: Sequence[str] | None = None
) -> np.ndarray:
    """Probabilities of the product, trained at `as_of`; NaN where the record was not known at its moment."""
    model = train(graph, score_named("deal_win"), as_of=as_of, home=home, serve=False, only=only)
    asked = [(r.source, r.record_id, r.as_of.to_pydatetime()) for r in test.itertuples()]
    found = entities_at(graph, "deal", asked)
    there = [i for i, entity in enumerate(found) if entity is not None]
    out = np.full(len(asked), np.nan)
    pairs = [(str(found[i]), asked[i][2]) for i in there]
    out[there] = answer(graph, model, pairs).answer.probability
    return out


def compare(test: pd.DataFrame, said: dict[str, np.ndarray]) -> dict[str, Any]:
    """AUC and ECE of each, the share of the gap closed, and the graph's effect, with 90 % intervals by account."""
    keep = ~np.any([np.isnan(p) for p in said.values()], axis=0)
    y, groups, one = test.label.to_numpy()[keep], test.account_entity_id.to_numpy()[keep], np.ones(int(keep.sum()))
    p = {name: values[keep] for name, values in said.items()}
    auc = {name: metrics.auc(y, v, one) for name, v in p.items()}
    closed = []
    for draw in metrics.account_draws(groups, RESAMPLES):
        d = {name: metrics.auc(y[draw > 0], v[draw > 0], draw[draw > 0]) for name, v in p.items()}
        closed.append((d["graph"] - d["flat"]) - 0.5 * (d["causes"] - d["flat"]))
    return {
        "deals": int(keep.sum()),
        "unknown": int((~keep).sum()),
        "won": float(y.mean()),
        "auc": auc,
        "ece": {name: metrics.ece(y, v, one) for name, v in p.items()},
        "share_of_causes": (auc["graph"] - 0.5) / (auc["causes"] - 0.5),
        "gap_closed": (auc["graph"] - auc["flat"]) / (auc["causes"] - auc["flat"]),
        "beyond_half_of_gap": [float(np.quantile(closed, q)) for q in (0.05, 0.5, 0.95)],
        "graph_effect": metrics.difference(y, p["flat"], p["graph"], one, groups, resamples=RESAMPLES),
    }


def measure(graph: Graph, built: Built, home: Path) -> dict[str, Any]:
    """All comparisons for a company that is in the graph."""
    rows = truth(built.folder)
    as_of, past, test = split(rows)
    flat = tuple(score_named("deal_win").flat)
    started = time.perf_counter()
    said = {
        "truth": test.probability.to_numpy(),
        "causes": by_causes(past, test),
        "graph": predicted(graph, home, as_of, test),
        "flat": predicted(graph, home, as_of, test, flat),
    }
    seconds = {**built.seconds, "models": round(time.perf_counter() - started, 1)}
    return {"as_of": as_of.isoformat(), "training_deals": len(past), "seconds": seconds, **compare(test, said)}


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


def run(seeds: Sequence[int], accounts: int, *, null: bool = False, graph: Graph | None = None) -> dict[str, Any]:
    """Measure every seed and average; the graph is emptied for each."""
    found: dict[str, Any] = {}
    with graph or Graph.connect() as door, tempfile.TemporaryDirectory(prefix="accuracy-") as scratch:
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
    out |= {name: float(np.mean([s[name] for s in each])) for name in ("share_of_causes", "gap_closed")}
    out["ece_beyond_perfect"] = float(np.mean([s["ece"]["graph"] - s["ece"]["truth"] for s in each]))
    out |= {f"f1_{kind}": float(np.mean([s["identity"][kind] for s in each])) for kind in ("account", "contact")}
    out["graph_effect"] = float(np.mean([s["graph_effect"]["value"] for s in each]))
    return out


def table(found: dict[str, Any]) -> str:
    """One line a seed."""
    lines = [
        "seed  deals  truth  causes graph  flat   of causes  gap closed  [beyond half]      ECE graph/truth  effect"
    ]
    for seed, s in found.items():
        a, low, high = s["auc"], s["beyond_half_of_gap"][0], s["beyond_half_of_gap"][2]
        e = s["graph_effect"]
        lines.append(
            f"{seed:>4}  {s['deals']:>5}  {a['truth']:.4f} {a['causes']:.4f} {a['graph']:.4f} {a['flat']:.4f} "
            f"{s['share_of_causes']:>8.1%} {s['gap_closed']:>10.1%}   [{low:+.3f}, {high:+.3f}]  "
            f"{s['ece']['graph']:.3f}/{s['ece']['truth']:.3f}      "
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
    if given.out:
        given.out.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
