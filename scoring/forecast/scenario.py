"""A forecast if some deals slipped, were lost or won, or more leads came. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kg.errors import InputError
from kg.query.files import load_queries
from scoring.forecast.forecast import Forecast, days_of
from scoring.forecast.history import DAY, History

if TYPE_CHECKING:
    from kg.graph import Graph

YEAR: Final = 365 * DAY


@dataclass(frozen=True, slots=True)
class Scenario:
    """Deals (ids) that slip out of the period, are lost, are won in it; leads that come now beside the usual ones."""

    slip: Sequence[str] = ()
    lose: Sequence[str] = ()
    win: Sequence[str] = ()
    leads: int = 0


def imagined(graph: "Graph", forecast: Forecast, scenario: Scenario) -> Forecast:
    """The forecast as it would be.

    Raises:
        InputError: a deal is not open, or is named for two things.
    """
    named = [*scenario.slip, *scenario.lose, *scenario.win]
    ids = forecast.history.ids[forecast.deals.rows]
    for id_ in named:
        if id_ not in ids:
            raise InputError(f"{id_!r} is no deal that was open at {forecast.as_of:%Y-%m-%d %H:%M}.")
        if named.count(id_) > 1:
            raise InputError(f"{id_!r} cannot slip, be lost and be won at once: name it once.")
    share = np.where(np.isin(ids, scenario.slip), 0.0, forecast.share)
    chance = np.where(np.isin(ids, scenario.lose), 0.0, forecast.chance)
    won = np.isin(ids, scenario.win)
    learned = forecast.learned
    if scenario.leads:
        new = learned.fresh
        more = scenario.leads * worth_of_a_lead(graph, forecast)
        learned = replace(learned, fresh=replace(new, amount=new.amount + more))
    return replace(forecast, chance=np.where(won, 1.0, chance), share=np.where(won, 1.0, share), learned=learned)


def worth_of_a_lead(graph: "Graph", forecast: Forecast) -> float:
    """What a lead that comes now brings until the period ends, by what those of the last year brought as soon."""
    rows = graph.read(load_queries("reads")["lead_arrivals"], as_of=forecast.as_of)
    arrivals = np.array([row["at"].timestamp() for row in rows], dtype=np.float64)
    return lead_worth(forecast.history, arrivals, days_of(forecast.period, forecast.history.now)[1] * DAY)


def lead_worth(history: History, arrivals: NDArray[Any], left: float) -> float:
    """Amount won within `left` seconds of arising, for each lead of the year that ended `left` ago (0 without one)."""
    start, end = history.now - left - YEAR, history.now - left
    leads = int(((arrivals >= start) & (arrivals < end)).sum())
    soon = (history.arose >= start) & (history.arose < end) & (history.ended - history.arose <= left)
    won = soon & (history.won > 0) & (history.told <= history.now)
    return float(np.nansum(history.paid[won])) / leads if leads else 0.0
