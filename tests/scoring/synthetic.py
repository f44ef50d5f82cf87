"""Training sets drawn from a known additive truth: skewed, missing, counted and text features among them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scoring.learning.dataset import TrainingSet, weighed
from scoring.model.tables import Floats, probability

CATEGORICAL = ("source",)
DIRECTIONS = {"fit": 1, "silence": -1, "amount": 0, "noise": 1, "pushes": -1, "half": 1, "source": 0}


def drawn(deals: int, seed: int = 1, accounts: int = 120, moments: int = 3) -> tuple[TrainingSet, Floats]:
    """A set of `deals` with several moments each, and the true log-odds of every row."""
    chance = np.random.default_rng(seed)
    fit, noise, half = chance.normal(size=(3, deals))
    silence = chance.exponential(10, deals)
    amount = np.exp(chance.normal(8, 1.5, deals))
    pushes = chance.poisson(0.8, deals).astype(float)
    source = np.array(["web", "fair", "partner", "rare", None], dtype=object)[
        chance.choice(5, deals, p=[0.5, 0.3, 0.1, 0.005, 0.095])
    ]
    z = (
        0.9 * fit
        - 0.04 * silence
        + 0.3 * (np.log(amount) - 8)
        - 0.4 * pushes
        + 0.8 * (source == "partner")
        + 0.3 * half
        - 0.4
    )
    y = (chance.random(deals) < probability(z)).astype(float)
    half[chance.random(deals) < 0.4] = np.nan
    row = np.repeat(np.arange(deals), moments)
    start = chance.uniform(0, 700, deals)
    seconds = (start[row] + np.tile(np.arange(moments) * 20.0, deals)) * 86400
    drift = chance.normal(0, 0.2, len(row))
    ids = np.array([f"d{i:05d}" for i in row])
    frame = {
        "fit": fit[row] + drift,
        "silence": silence[row],
        "amount": amount[row],
        "noise": noise[row],
        "pushes": pushes[row],
        "half": half[row],
        "source": source[row],
    }
    account = chance.integers(0, accounts, deals)
    data = TrainingSet(
        ids,
        np.array([f"a{i}" for i in account[row]]),
        seconds,
        (start[row] + 90) * 86400,
        np.ones(len(row)),
        y[row],
        np.ones(len(row)),
        frame,
        np.tile(np.arange(moments) * 20 * 86400.0, deals),
    )
    return replace(data, weight=weighed(data, 1000 * 86400.0)), z[row]


def unseen(rows: int, seed: int = 9) -> dict[str, np.ndarray]:
    """Values far outside of what was learned from: huge, negative, missing, new texts."""
    chance = np.random.default_rng(seed)
    frame = {name: chance.normal(0, 100, rows) for name in ("fit", "silence", "amount", "noise", "pushes", "half")}
    for column in frame.values():
        column[chance.random(rows) < 0.3] = np.nan
    source = np.array(["web", "unheard of", None], dtype=object)[chance.integers(0, 3, rows)]
    return {**frame, "source": source}
