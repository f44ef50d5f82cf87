"""Made histories of deals whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from scoring.forecast.history import History, history_of

START = datetime(2023, 1, 1, tzinfo=UTC)
WIN, LOSE = 0.03, 0.07


def day(days: float) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=float(days))


def deal(id: str, opened: float, **given: Any) -> dict[str, Any]:
    """A row of `deal_histories`; `ended` in days."""
    ended = given.pop("ended", None)
    row = {"id": id, "name": None, "account": None, "rep": None, "team": None, "product": None, "arose": None,
           "private_team": None, "private_product": None}  # fmt: skip
    row |= {"opened": day(opened), "ended": None, "told": None, "result": None, "paid": None}
    row |= {"stages": [[day(opened), 1.0]], "amounts": [[day(opened), 100.0]], "dates": []}
    if ended is not None:
        row |= {"ended": day(ended), "told": day(ended), "result": "won"}
    return row | given


def company(seed: int, days: int = 1000, each_day: float = 2.0) -> History:
    """Deals with weekly hazards WIN and LOSE; from day 14 of their age they are in stage 2, which triples both."""
    chance = np.random.default_rng(seed)
    rows = []
    for i in range(int(days * each_day)):
        opened = chance.uniform(0, days)
        age, result = 0.0, None
        while opened + age < days and result is None:
            faster = 3.0 if age >= 14 else 1.0
            u = chance.random()
            age += 7.0
            result = "won" if u < WIN * faster else "lost" if u < (WIN + LOSE) * faster else None
        ended = opened + age - chance.uniform(0, 7)
        stages = [[day(opened), 1.0]] + ([[day(opened + 14), 2.0]] if age >= 14 else [])
        amount = float(chance.lognormal(5, 0.5))
        given: dict[str, Any] = {"stages": stages, "amounts": [[day(opened), amount]], "account": f"a{i % 40}"}
        given |= {"rep": f"rep {i % 3}", "team": "north" if i % 3 else "south"}
        if result and ended < days:
            given |= {"ended": ended, "result": result}
        rows.append(deal(f"d{i:05d}", opened, **given))
    return history_of(rows, day(days))
