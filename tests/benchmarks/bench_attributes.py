"""Own columns against logistic regression on the same columns: a made table of deals, through files to probabilities.

    python -m tests.benchmarks.bench_attributes --deals 200 2000 20000

Eight numbers, eight categories and four flags, a third of them with planted effects; the newest 40 % of the deals are
predicted at the moment they were opened, by a model that knows nothing of them. Peer: scikit-learn's logistic
regression on the columns, standardised and one-hot, with its penalty chosen by cross-validation.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from kg.graph import Graph
from kg.store.load import load
from kg.store.migrate import migrate
from resolution.entities.rows import graph_rows
from resolution.run.resolve import resolve
from resolution.staging.stage import stage
from scoring.evaluation.metrics import auc, difference, log_loss
from scoring.learning.train import train
from scoring.scores import score_named
from scoring.serving.predict import answer, entities_at, usable
from tests.benchmarks.run import neo4j

TEST = 0.4
START = datetime(2021, 1, 1, tzinfo=UTC)
TOML = """
[workspace]
currency = "EUR"
[source.crm.deal]
files = "deals.csv"
id = "Id"
name = "Name"
opened_at = "Created"
closed_at = "Close"
stage = { column = "Stage", values = { "Won" = "won", "Lost" = "lost" } }
attributes = "*"
"""


def table(deals: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """The deals of a company, oldest first, and the true log-odds of each."""
    draw = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    z = np.full(deals, -0.6)
    for i in range(8):
        x = draw.normal(size=deals) if i % 2 else draw.lognormal(3, 1, size=deals)
        columns[f"Number {i}"] = np.round(x, 3)
        if i < 3:
            z += (0.7, -0.5, 0.4)[i] * (x - x.mean()) / x.std()
    for i in range(8):
        levels = [f"{'ABCDEFGH'[k]}{i}" for k in range(3 + i % 5)]
        place = draw.integers(0, len(levels), size=deals)
        columns[f"Kind {i}"] = np.array(levels)[place]
        if i < 3:
            z += draw.normal(scale=0.6, size=len(levels))[place]
    for i in range(4):
        on = draw.random(deals) < 0.4
        columns[f"Flag {i}"] = np.where(on, "Yes", "No")
        z += (0.8 if i == 0 else 0.0) * (on - 0.4)
    won = draw.random(deals) < 1 / (1 + np.exp(-z))
    opened = [START + timedelta(hours=9 * i * 2000 / deals) for i in range(deals)]
    took = draw.integers(20, 90, size=deals)
    frame = pd.DataFrame(
        {"Id": [f"D{i}" for i in range(deals)], "Name": [f"Deal {i}" for i in range(deals)], **columns}
    )
    frame["Created"] = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in opened]
    frame["Close"] = [f"{at + timedelta(days=int(d)):%Y-%m-%dT%H:%M:%SZ}" for at, d in zip(opened, took, strict=True)]
    frame["Stage"] = np.where(won, "Won", "Lost")
    return frame, z


def regression(frame: pd.DataFrame, cut: int, seen: np.ndarray) -> np.ndarray:
    """Probabilities of the newest deals by logistic regression on the same columns."""
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [c for c in frame if c.startswith("Number")]
    words = [c for c in frame if c.startswith(("Kind", "Flag"))]
    shaped = make_column_transformer((StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore"), words))
    model = make_pipeline(shaped, LogisticRegressionCV(cv=5, max_iter=2000, scoring="neg_log_loss"))
    y = (frame["Stage"] == "Won").to_numpy()
    model.fit(frame[:cut][seen], y[:cut][seen])
    return np.asarray(model.predict_proba(frame[cut:])[:, 1])


def compare(graph: Graph, folder: Path, deals: int, seed: int) -> dict[str, object]:
    """One table through the line and through the regression: AUC and log-loss of both, and the paired difference."""
    frame, _ = table(deals, seed)
    frame.to_csv(folder / "deals.csv", index=False)
    (folder / "sources.toml").write_text(TOML)
    staged = stage(folder / "sources.toml", folder / "staging.duckdb")
    resolve(folder / "staging.duckdb", folder / "resolution.duckdb", now=staged.newest)
    load(graph, graph_rows(folder / "resolution.duckdb", folder / "staging.duckdb"), run="benchmark")
    cut = int(deals * (1 - TEST))
    as_of = datetime.fromisoformat(frame["Created"][cut])
    score = score_named("deal_win")
    model = train(graph, score, as_of=as_of, home=folder)
    moments = [datetime.fromisoformat(at) + timedelta(seconds=1) for at in frame["Created"][cut:]]
    ids = entities_at(graph, "deal", [("crm", id_, at) for id_, at in zip(frame["Id"][cut:], moments, strict=True)])
    pairs = list(zip(map(str, ids), moments, strict=True))
    ours = answer(graph, usable(graph, folder, score), pairs).answer.probability
    seen = np.array([datetime.fromisoformat(at) <= as_of for at in frame["Close"][:cut]])
    theirs = regression(frame, cut, seen)
    y = (frame["Stage"][cut:] == "Won").to_numpy().astype(float)
    w, groups = np.ones(len(y)), np.arange(len(y))
    return {
        "deals": deals,
        "seed": seed,
        "basis": model.served.basis,
        "learned from": int(seen.sum()),
        "tested": len(y),
        "auc": round(auc(y, ours, w), 4),
        "auc of regression": round(auc(y, theirs, w), 4),
        "auc difference": difference(y, theirs, ours, w, groups, auc, 400),
        "log-loss difference": difference(y, theirs, ours, w, groups, log_loss, 400),
        "left out": model.manifest["left_out"],
    }


def main() -> None:
    """Print one JSON object a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--deals", type=int, nargs="+", default=[200, 2000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked = parser.parse_args()
    for deals in asked.deals:
        for seed in asked.seeds:
            with tempfile.TemporaryDirectory() as folder, neo4j(Path(folder)) as own, Graph.connect(own) as graph:
                migrate(graph)
                print(json.dumps(compare(graph, Path(folder), deals, seed)), flush=True)


if __name__ == "__main__":
    main()
