"""What the demo world promises, measured: `run(seeds, accounts)`; `python -m tests.benchmarks.demo_world 5 2000`.

Per seed: win rate, AUC of the true probabilities, AUC on the later third of deals for logistic regressions on flat
fields, on the causes, and on flat fields with stand-in features from the records; the same in the null world.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from resolution.demo import write_demo
from resolution.demo.causes import CAUSE_NAMES
from tests.benchmarks import demo_matching
from tests.benchmarks.demo_standins import FLAT_NUMBERS, FLAT_TEXTS, last_moments


def auc(matrix: pd.DataFrame, label: np.ndarray, split: int) -> float:
    """AUC on the later rows of a logistic regression on the earlier ones, standardised."""
    scale = StandardScaler().fit(matrix[:split])
    model = LogisticRegression(C=0.5, max_iter=2000).fit(scale.transform(matrix[:split]), label[:split])
    return float(roc_auc_score(label[split:], model.predict_proba(scale.transform(matrix[split:]))[:, 1]))


def deals(demo: Path) -> dict[str, float]:
    """The figures of one written world; raises when it holds fewer than 30 closed deals."""
    frame = pd.DataFrame(last_moments(demo))
    label = frame["label"].astype(int).to_numpy()
    truth = frame["if_decided_now"].astype(float).to_numpy()
    split = len(frame) * 2 // 3
    numbers = frame[list(FLAT_NUMBERS)].astype(float)
    numbers["flat_amount"], numbers["flat_employees"] = (
        np.log(numbers["flat_amount"] + 1),
        np.log(numbers["flat_employees"] + 1),
    )
    flat = pd.concat([numbers, pd.get_dummies(frame[list(FLAT_TEXTS)]).astype(float)], axis=1)
    causes = frame[list(CAUSE_NAMES)].astype(float)
    first = list(frame.columns).index("met_Economic Buyer")
    graph = frame[frame.columns[first:]].astype(float)
    found = {
        "flat": auc(flat, label, split),
        "causes": auc(causes, label, split),
        "standins": auc(pd.concat([flat, graph], axis=1), label, split),
    }
    gap = found["causes"] - found["flat"]
    return {
        "closed": float(len(frame)),
        "test": float(len(frame) - split),
        "win_rate": float(label.mean()),
        "auc_truth": float(roc_auc_score(label, truth)),
        "auc_truth_test": float(roc_auc_score(label[split:], truth[split:])),
        **{f"auc_{k}": v for k, v in found.items()},
        "gap": gap,
        "graph_effect": found["standins"] - found["flat"],
        "reached": (found["standins"] - 0.5) / (found["causes"] - 0.5),
        "closed_gap": (found["standins"] - found["flat"]) / gap if gap > 0.01 else float("nan"),
    }


def run(seeds: tuple[int, ...] = (1, 2, 3, 4, 5), accounts: int = 2000, *, matching: bool = True) -> dict[str, Any]:
    """Every figure by seed, for the world and the null world, with their means."""
    out: dict[str, Any] = {"accounts": accounts, "world": {}, "null": {}, "matching": {}}
    for seed in seeds:
        for name in ("world", "null"):
            with tempfile.TemporaryDirectory() as folder:
                report = write_demo(Path(folder), accounts=accounts, seed=seed, null=name == "null")
                out[name][seed] = deals(Path(folder)) | {"records": report.records}
                if matching and name == "world":
                    out["matching"][seed] = demo_matching.measure(Path(folder))
    for name in ("world", "null"):
        out[f"{name}_mean"] = pd.DataFrame(out[name]).T.mean().round(4).to_dict()
    return out


if __name__ == "__main__":
    json.dump(run(tuple(range(1, int(sys.argv[1]) + 1)), int(sys.argv[2])), sys.stdout, indent=1)
