"""What became of every deal, as arrays, and how the open ones stood at any moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kg.query.files import load_queries
from scoring.model.tables import Floats

if TYPE_CHECKING:
    from kg.graph import Graph

Ints = NDArray[np.int64]
DAY: Final = 86400.0
NOBODY: Final = "–"
DIMENSIONS: Final = ("team", "rep", "product")


@dataclass(frozen=True, slots=True)
class Events:
    """Values that deals took, in order of time: of deal `owner`, from second `at` on, `value`."""

    owner: Ints
    at: Floats
    value: Floats

    def by(self, moment: float, deals: int) -> Floats:
        """The value of each deal at a moment; NaN where it had none."""
        found = np.full(deals, np.nan)
        known = self.at <= moment
        found[self.owner[known]] = self.value[known]  # of several, the last stays
        return found


@dataclass(frozen=True, slots=True)
class History:
    """All deals known at `now` (seconds). Times are seconds since 1970; NaN or infinity where nothing is known.

    `told` is when the end of a deal was known, `ended` when it came, `won` 1 or 0, `paid` what a won deal brought. The
    amount is NaN where none was ever told. `arose` is when the lead arose that the deal grew from. `private` are names
    of teams and products that a person carries.
    """

    now: float
    ids: NDArray[Any]
    names: NDArray[Any]
    accounts: NDArray[Any]
    parts: Mapping[str, NDArray[Any]]
    private: frozenset[str]
    opened: Floats
    told: Floats
    ended: Floats
    won: Floats
    paid: Floats
    arose: Floats
    stages: Events
    amounts: Events
    dates: Events

    def __len__(self) -> int:
        return len(self.ids)

    def open_at(self, moment: float) -> Ints:
        """The deals that were open at a moment, as was known then."""
        return np.flatnonzero((self.opened <= moment) & (self.told > moment))

    def won_between(self, start: float, end: float, known: float | None = None) -> NDArray[np.bool_]:
        """Whether each deal was won from `start` until before `end`, as was known at `known` (at the end, without)."""
        told = self.told <= (self.now if known is None else known)
        return np.asarray(told & (self.won > 0) & (self.ended >= start) & (self.ended < end))


@dataclass(frozen=True, slots=True)
class Standing:
    """How open deals stood at a moment: rows of the history, stage (position), days to the day of closing that the rep
    expects, days since opening, amount. NaN where not known.
    """

    rows: Ints
    stage: Floats
    due: Floats
    age: Floats
    amount: Floats

    def at(self, places: Ints) -> "Standing":
        """Some of them."""
        return Standing(*(getattr(self, f.name)[places] for f in fields(self)))


def standing(history: History, moment: float, rows: Ints | None = None) -> Standing:
    """How the deals that were open at a moment (or those rows) stood then."""
    rows = history.open_at(moment) if rows is None else rows
    n = len(history)
    return Standing(
        rows,
        history.stages.by(moment, n)[rows],
        (history.dates.by(moment, n)[rows] - moment) / DAY,
        (moment - history.opened[rows]) / DAY,
        history.amounts.by(moment, n)[rows],
    )


def read_history(graph: "Graph", as_of: datetime) -> History:
    """The history of all deals as it was known at a moment."""
    return history_of(graph.stream(load_queries("reads")["deal_histories"], as_of=as_of), as_of)


def history_of(rows: Iterable[Mapping[str, Any]], as_of: datetime) -> History:
    """The same from rows of `deal_histories`."""
    found = list(rows)
    events = {name: _events(found, name) for name in ("stages", "amounts", "dates")}
    told = _times(found, "told", np.inf)
    last = events["amounts"].by(as_of.timestamp(), len(found))
    paid = np.array([np.nan if r["paid"] is None else float(r["paid"]) for r in found], dtype=np.float64)
    return History(
        as_of.timestamp(),
        _texts([r["id"] for r in found]),
        _texts([r["name"] or r["id"] for r in found]),
        _texts([r["account"] or r["id"] for r in found]),
        {name: _texts([r[name] or NOBODY for r in found]) for name in DIMENSIONS},
        frozenset(r[name] for r in found for name in ("private_team", "private_product") if r[name]),
        _times(found, "opened", np.inf),
        told,
        _times(found, "ended", np.inf),
        np.array([{"won": 1.0, "lost": 0.0}.get(r["result"] or "", np.nan) for r in found], dtype=np.float64),
        np.where(np.isnan(paid), last, paid),
        _times(found, "arose", np.nan),
        **events,
    )


def _events(rows: Sequence[Mapping[str, Any]], name: str) -> Events:
    told = [(i, since.timestamp(), _number(value)) for i, r in enumerate(rows) for since, value in r[name]]
    owner, at, value = zip(*told, strict=True) if told else ((), (), ())
    return Events(np.array(owner, dtype=np.int64), np.array(at, dtype=np.float64), np.array(value, dtype=np.float64))


def _number(value: Any) -> float:
    return value.timestamp() if isinstance(value, datetime) else float(value)


def _times(rows: Sequence[Mapping[str, Any]], name: str, missing: float) -> Floats:
    return np.array([missing if r[name] is None else r[name].timestamp() for r in rows], dtype=np.float64)


def _texts(values: Sequence[str]) -> NDArray[Any]:
    return np.array(values, dtype=str) if values else np.array([], dtype="<U1")


def month_ends(history: History, until: float) -> list[float]:
    """The first instants of months from the first deal on, up to `until`."""
    known = history.opened[np.isfinite(history.opened)]
    if not len(known):
        return []
    at = datetime.fromtimestamp(float(known.min()), UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = []
    while (at := at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)).timestamp() <= until:
        found.append(at.timestamp())
    return found


def cut(history: History, moment: float) -> History:
    """What was known at an earlier moment: ends told later are open, deals opened later are not there."""
    told = history.told <= moment
    return replace(
        history,
        now=moment,
        opened=np.where(history.opened <= moment, history.opened, np.inf),
        told=np.where(told, history.told, np.inf),
        ended=np.where(told, history.ended, np.inf),
        won=np.where(told, history.won, np.nan),
        paid=np.where(told, history.paid, np.nan),
    )
