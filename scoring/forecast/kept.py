"""Forecasts that were said, kept in the graph, so that what was said then can be held against what came."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.query.files import load_queries
from kg.query.shown import HIDDEN
from kg.store.load import NodeRows, load
from scoring.forecast.cycle import Cycle
from scoring.forecast.draws import Spread
from scoring.forecast.forecast import Forecast, Learned
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
    money = {deal: value for deal, value in forecast.money.items() if value}
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
        "fresh": forecast.fresh,
        "guessed": forecast.guessed,
        "deals": list(money),
        "money": list(money.values()),
        "parts": json.dumps({n: _figures(parts[n], forecast.history.private) for n in DIMENSIONS if n != PERSONAL}),
        "named": json.dumps({n: _figures(parts[n]) for n in DIMENSIONS}),
        "learned": json.dumps(_plain(forecast.learned)),
        "moved": json.dumps(moved) if moved else None,
    }
    load(graph, [NodeRows("Forecast", [row])], run=run)
    return id_


def kept_at(graph: "Graph", score: str, period: str, as_of: datetime) -> Kept | None:
    """The forecast of a period that was kept at a moment, None where there is none."""
    found = _newest(graph, score, period, as_of)
    return found if found and found.as_of == as_of else None


def kept_before(graph: "Graph", score: str, period: str, moment: datetime) -> Kept | None:
    """The newest forecast of a period that was kept before a moment, None where there is none."""
    return _newest(graph, score, period, moment - timedelta(microseconds=1))


def _figures(found: list[Figures], hidden: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    names = ("expected", "booked", "open", "fresh", "low", "median", "high")
    return [
        {"name": HIDDEN if f.name in hidden else f.name, **{name: getattr(f, name) for name in names}} for f in found
    ]


def _newest(graph: "Graph", score: str, period: str, until: datetime) -> Kept | None:
    rows = graph.read(load_queries("reads")["kept_forecast"], name=score, period=period, until=until)
    return _kept(rows[0]["row"]) if rows else None


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


def cycle_of(learned: str) -> Cycle:
    """The cycle of a kept forecast, from its `learned`."""
    return _cycle(json.loads(learned))


def _cycle(plain: Mapping[str, Any]) -> Cycle:
    factors = tuple(np.array(f) for f in plain["factors"])
    return Cycle(np.array(plain["hazards"]), factors, plain["pull"], plain["wins"])


def _learned(plain: Mapping[str, Any]) -> Learned:
    cycle = _cycle(plain)
    spread, new = Spread(**plain["spread"]), Fresh(**plain["fresh"])
    return Learned(cycle, new, plain["ratio"], np.array(plain["ratios"]), plain["usual"], spread)
