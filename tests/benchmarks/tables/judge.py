"""Judge our learner and its peers on made flat tables whose truth is known: `learn` on columns alone, without a graph.

    python -m tests.benchmarks.tables.judge --deals 100 500 2000 --tables 20 --seed 1000 --out tables.json

Each table (`draw`) is learned from so many deals and judged on 3,000 later ones. Means over tables, then what ours has
more or less than each peer on the same tables, with 95 % intervals (Student's t over tables). `coverage` is the share
of true probabilities within our 80 % band. The truth is known in tables of one row an entity only. LightGBM and
CatBoost join where they are installed; they are no dependency. A peer that fails answers the base rate. One process
and one thread.
"""

import argparse
import json
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from scoring.evaluation.metrics import auc, brier, ece, log_loss
from scoring.learning.learn import learn
from scoring.model.tables import Floats
from scoring.scores.score import Score
from scoring.settings import ScoringSettings
from tests.benchmarks.tables.draw import Problem, draw
from tests.benchmarks.tables.peers import OPTIONAL, Peer, base_rate, peers

MEASURES = {"auc": auc, "brier": brier, "log loss": log_loss, "ece": ece}
OURS, TRUTH = "ours", "truth"
SURE = 1e-6
"""Probabilities are held this far from 0 and 1, so that no single sure answer makes a log-loss."""
Figures = dict[str, float]


def figures(problem: Problem, answer: Floats) -> Figures:
    """AUC, Brier, log-loss and calibration error on the later rows."""
    answer, weight = np.clip(answer, SURE, 1 - SURE), np.ones(len(answer))
    return {name: measure(problem.outcome, answer, weight) for name, measure in MEASURES.items()}


def ours(problem: Problem) -> Figures:
    """The figures of `learn`; coverage of its 80 % band where the truth is known."""
    names = tuple(problem.train.frame)
    score = Score("made", "deal", "Will it be won?", "won", None, names, frozenset(names), (), 0.25, (0.6, 0.35, 0.15))
    settings = ScoringSettings(threads=1, resamples=50)
    began = time.perf_counter()
    learned = learn(score, problem.train, dict.fromkeys(names, 0), problem.categorical, settings)
    answer = learned.served.answer(problem.frame)
    found = {**figures(problem, answer.probability), "seconds": time.perf_counter() - began}
    if problem.truth is not None:
        found["coverage"] = float(((answer.low <= problem.truth) & (problem.truth <= answer.high)).mean())
    return found


def theirs(problem: Problem, name: str, peer: Peer) -> Figures:
    """The figures of a peer; of the base rate where it fails or sees one outcome only."""
    began = time.perf_counter()
    try:
        answer = peer(problem) if len(np.unique(problem.train.y)) > 1 else base_rate(problem)
    except Exception as failure:
        print(f"{name} failed on seed {problem.seed}, {failure}: base rate taken", file=sys.stderr)
        answer = base_rate(problem)
    return {**figures(problem, answer), "seconds": time.perf_counter() - began}


def judged(problem: Problem, against: Mapping[str, Peer]) -> dict[str, Figures]:
    """The figures of all methods on one table, and of the truth where it is known."""
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the libraries' warnings about columns without values or names
        found = {OURS: ours(problem), **{name: theirs(problem, name, peer) for name, peer in against.items()}}
    if problem.truth is not None:
        found[TRUTH] = figures(problem, problem.truth)
    return found


def means(tables: Sequence[Mapping[str, Figures]], method: str) -> Figures:
    """Mean of each figure of a method over the tables that have it."""
    rows = [table[method] for table in tables if method in table]
    names = dict.fromkeys(name for row in rows for name in row)
    found = {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}
    return {"tables": len(rows), **found}


def differences(tables: Sequence[Mapping[str, Figures]], method: str) -> dict[str, dict[str, float | None]]:
    """Ours less a method on the same tables: mean, and half of the 95 % interval (None for a single table)."""
    both = [table for table in tables if method in table]
    found: dict[str, dict[str, float | None]] = {}
    for name in MEASURES if both else ():
        values = np.array([table[OURS][name] - table[method][name] for table in both])
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else None
        reach = None if error is None else float(student.ppf(0.975, len(values) - 1) * error)
        found[name] = {"mean": float(values.mean()), "reach": reach}
    return found


def summary(tables: Sequence[Mapping[str, Figures]], methods: Sequence[str]) -> dict[str, Any]:
    """Means of every method, and ours less each other one."""
    return {
        "means": {method: means(tables, method) for method in methods},
        "ours less": {method: differences(tables, method) for method in methods if method != OURS},
    }


def page(deals: int, told: Mapping[str, Any]) -> str:
    """The printed table of one number of deals."""
    lines = [f"{deals} deals{'':<9}{'tables':>7}" + "".join(f"{n:>10}" for n in (*MEASURES, "seconds", "coverage"))]
    for method, row in told["means"].items():
        cells = [f"{row[n]:>10.4f}" if n in row else f"{'':>10}" for n in (*MEASURES, "seconds", "coverage")]
        lines.append(f"  {method:<17}{row['tables']:>7}{''.join(cells)}")
    lines.append(f"  {'ours less':<17}" + "".join(f"{n:>20}" for n in MEASURES))
    for method, row in told["ours less"].items():
        lines.append(f"  {method:<17}" + "".join(f"{_signed(row[n]):>20}" for n in MEASURES if n in row))
    return "\n".join(line.rstrip() for line in lines)


def _signed(difference: Mapping[str, float | None]) -> str:
    reach = difference["reach"]
    return f"{difference['mean']:+.4f}" + ("" if reach is None else f" ± {reach:.4f}")


def run(deals: int, seeds: Sequence[int], against: Mapping[str, Peer]) -> dict[str, Any]:
    """Judges every table of one number of deals, and sums up."""
    tables: list[dict[str, Any]] = []
    for seed in seeds:
        problem = draw(deals, seed)
        tables.append({"seed": seed, "traits": problem.traits(), "figures": judged(problem, against)})
    told = summary([table["figures"] for table in tables], (OURS, *against, TRUTH))
    return {"deals": deals, **told, "tables": tables}


def main(words: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deals", type=int, nargs="+", default=[100, 500, 2000], help="deals to learn from")
    parser.add_argument("--tables", type=int, default=20, help="tables for each number of deals")
    parser.add_argument("--seed", type=int, default=1000, help="the first table's seed; the next ones follow")
    parser.add_argument("--out", type=Path, help="file for all figures, as JSON")
    told = parser.parse_args(words)
    against = peers()
    left_out = [name for name in OPTIONAL if name not in against]
    if left_out:
        print(f"Left out, as not installed: {', '.join(left_out)}", flush=True)
    found: dict[str, Any] = {"seed": told.seed, "left out": left_out, "runs": []}
    for deals in told.deals:
        found["runs"].append(run(deals, range(told.seed, told.seed + told.tables), against))
        print(page(deals, found["runs"][-1]), flush=True)
        if told.out:
            told.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
