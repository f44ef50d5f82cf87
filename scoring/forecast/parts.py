"""A forecast by team, rep and product: what each is expected to bring, how far that may err, its quota."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kg.errors import InputError
from scoring.forecast.draws import QUANTILES, totals
from scoring.forecast.forecast import Forecast
from scoring.forecast.history import DAY, DIMENSIONS, History
from scoring.model.tables import Floats

ALL: Final = "all"
YEAR: Final = 365 * DAY
EVEN: Final = 0.2
"""Share of the new business of the last year that counts as if all had brought alike: a new rep will sell something."""
COLUMNS: Final = ("period", "part", "name", "amount")

Quotas = Mapping[tuple[str, str, str], float]


@dataclass(frozen=True, slots=True)
class Figures:
    """One part of a forecast, in money.

    `low`, `median` and `high` are passed in 90, 50 and 10 of 100 draws; `reach` is the share of draws that reach the
    quota (None: none is known).
    """

    name: str
    booked: float
    open: float
    fresh: float
    low: float
    median: float
    high: float
    quota: float | None = None
    reach: float | None = None

    @property
    def expected(self) -> float:
        """The expected amount."""
        return self.booked + self.open + self.fresh


def figures(forecast: Forecast, dimension: str, quotas: Quotas | None = None) -> list[Figures]:
    """The figures of all (`all`), or by `team`, `rep` or `product`, largest first.

    Raises:
        InputError: the dimension is none.
    """
    if dimension not in (ALL, *DIMENSIONS):
        raise InputError(f"--by {dimension!r} is none of {', '.join(DIMENSIONS)}.")
    parts = parts_of(forecast.history, dimension)
    shares = {ALL: 1.0} if dimension == ALL else shares_of_new(forecast, parts)
    drawn = totals(forecast, parts, shares)
    booked = _sums(parts[forecast.won], forecast.booked)
    each = _sums(parts[forecast.deals.rows], forecast.each)
    found = []
    for name, draws in drawn.items():
        low, median, high = (float(v) for v in np.quantile(draws, QUANTILES))
        new = forecast.learned.fresh.amount * shares.get(name, 0.0)
        quota = (quotas or {}).get((forecast.period.name, dimension, name))
        reach = float((draws >= quota).mean()) if quota is not None else None
        found.append(Figures(name, booked.get(name, 0.0), each.get(name, 0.0), new, low, median, high, quota, reach))
    return sorted(found, key=lambda f: (-f.expected, f.name))


def parts_of(history: History, dimension: str) -> NDArray[Any]:
    """The part that each deal belongs to."""
    return np.full(len(history), ALL) if dimension == ALL else history.parts[dimension]


def shares_of_new(forecast: Forecast, parts: NDArray[Any]) -> dict[str, float]:
    """How new business falls to the parts: as it did in the last year, a fifth of it evenly."""
    history, now = forecast.history, forecast.history.now
    rows = history.won_between(now - YEAR, now) & (history.opened > now - YEAR)
    brought = _sums(parts[rows], np.nan_to_num(history.paid[rows]))
    total = sum(brought.values())
    if total <= 0:
        return {str(name): 1 / len(np.unique(parts)) for name in np.unique(parts)}
    return {name: (1 - EVEN) * value / total + EVEN / len(brought) for name, value in brought.items()}


def read_quotas(path: Path) -> Quotas:
    """Quotas from a CSV of period, part (all, team, rep or product), name, amount; the name is empty for all.

    Raises:
        InputError: it cannot be read so; the message names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := [c for c in COLUMNS if c not in (reader.fieldnames or [])]:
                raise InputError(f"{path}:1: column {missing[0]!r} is missing; quotas have {', '.join(COLUMNS)}.")
            found: dict[tuple[str, str, str], float] = {}
            for line, row in enumerate(reader, 2):
                if row["part"] not in (ALL, *DIMENSIONS):
                    raise InputError(f"{path}:{line}: part {row['part']!r} is none of all, {', '.join(DIMENSIONS)}.")
                key = (row["period"], row["part"], row["name"] or ALL)
                found[key] = found.get(key, 0.0) + _amount(row["amount"], f"{path}:{line}")
            return found
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as CSV: {error}.") from error


def _amount(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"{place}: amount {text!r} is no number.") from error


def _sums(names: NDArray[Any], values: Floats) -> dict[str, float]:
    found, place = np.unique(names, return_inverse=True)
    return dict(zip(found.tolist(), np.bincount(place, values, minlength=len(found)).tolist(), strict=True))
