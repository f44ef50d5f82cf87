"""Forecasts that were said, kept in the graph, so that what was said then can be held against what came."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.query.files import load_queries
from kg.query.shown import HIDDEN
from kg.store.load import NodeRows, load
from scoring.forecast.cycle import Cycle
from scoring.forecast.draws import Spread
from scoring.forecast.forecast import Forecast, Learned, exact
from scoring.forecast.fresh import Fresh
from scoring.forecast.history import DIMENSIONS
from scoring.forecast.parts import ALL, Figures, figures

if TYPE_CHECKING:
    from kg.graph import Graph

PERSONAL: Final = "rep"
"""The part whose names are people's."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was said at a moment: the total, the money of each deal (won or open), new business, by which model, and
    what the history taught.
    """

    as_of: datetime
    version: str
    total: float
    money: Mapping[str, float]
    fresh: float
    learned: Learned


def keep(graph: "Graph", forecast: Forecast, run: str, moved: Mapping[str, Any] | None = None) -> str:
    """Write a forecast into the graph, with what moved it since the one before; returns its id.

    The same score, period and moment again replaces it.
    """
    history = forecast.history
    rows = np.concatenate([forecast.deals.rows, forecast.won])
    money = np.concatenate([exact(forecast.each), exact(forecast.booked)])
    some = money != 0
    parts = {dimension: figures(forecast, dimension) for dimension in (ALL, *DIMENSIONS)}
    whole = parts[ALL][0]
    id_ = f"{forecast.score}|{forecast.period.name}|{forecast.as_of.isoformat()}"
    row = {
        "id": id_,
        "name": forecast.score,
        "version": forecast.version,
        "period": forecast.period.name,
        "starts": forecast.period.start,
        "ends": forecast.period.end,
        "as_of": forecast.as_of,
        "expected": forecast.expected,
        **{name: getattr(whole, name) for name in ("low", "median", "high", "booked")},
        "fresh": float(exact(np.array([forecast.learned.fresh.amount]))[0]),
        "guessed": forecast.guessed,
        "deals": history.ids[rows[some]].tolist(),
        "money": money[some].tolist(),
        "parts": json.dumps({n: _figures(parts[n], history.private) for n in DIMENSIONS if n != PERSONAL}),
        "named": json.dumps({n: _figures(parts[n]) for n in DIMENSIONS}),
        "learned": json.dumps(_plain(forecast.learned)),
        "moved": json.dumps(moved) if moved else None,
    }
    load(graph, [NodeRows("Forecast", [row])], run=run)
    return id_


def kept_at(graph: "Graph", score: str, period: str, as_of: datetime) -> Kept | None:
    """The forecast of a period that was kept at a moment, None where there is none."""
    return next((_kept(row) for row in _rows(graph, score, period) if row["as_of"] == as_of), None)


def kept_before(graph: "Graph", score: str, period: str, moment: datetime) -> Kept | None:
    """The newest forecast of a period that was kept before a moment, None where there is none."""
    found = [row for row in _rows(graph, score, period) if row["as_of"] < moment]
    return _kept(found[-1]) if found else None


def _figures(found: list[Figures], hidden: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    names = ("expected", "booked", "open", "fresh", "low", "median", "high")
    return [
        {"name": HIDDEN if f.name in hidden else f.name, **{name: getattr(f, name) for name in names}} for f in found
    ]


def _rows(graph: "Graph", score: str, period: str) -> list[Mapping[str, Any]]:
    rows = graph.read(load_queries("reads")["kept_forecasts"], name=score, period=period)
    return [row["row"] for row in rows]


def _kept(row: Mapping[str, Any]) -> Kept:
    money = dict(zip(row["deals"], row["money"], strict=True))
    learned = _learned(json.loads(row["learned"]))
    return Kept(row["as_of"], row["version"], row["expected"], money, row["fresh"], learned)


def _plain(learned: Learned) -> dict[str, Any]:
    cycle = learned.cycle
    return {
        "hazards": cycle.hazards.tolist(),
        "factors": [f.tolist() for f in cycle.factors],
        "pull": cycle.pull,
        "wins": cycle.wins,
        "fresh": asdict(learned.fresh),
        "ratio": learned.ratio,
        "ratios": learned.ratios.tolist(),
        "usual": learned.usual,
        "spread": asdict(learned.spread),
    }


def _learned(plain: Mapping[str, Any]) -> Learned:
    factors = tuple(np.array(f) for f in plain["factors"])
    cycle = Cycle(np.array(plain["hazards"]), factors, plain["pull"], plain["wins"])
    spread, new = Spread(**plain["spread"]), Fresh(**plain["fresh"])
    return Learned(cycle, new, plain["ratio"], np.array(plain["ratios"]), plain["usual"], spread)
