"""What moved a forecast between two moments: every unit of money by cause, deal by deal, and nothing left over.

The causes are taken one after the other, so that they add up: for a deal that is open at both moments its amount, its
score (by the features that moved it, in proportion to what each added in log-odds), time that passed, its stage, the
day of closing that is expected, a change of the model, and what the history taught anew. All figures are multiples of
2⁻²⁰: sums of such numbers are exact below 2³³.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.forecast.forecast import Forecast, days_of, exact
from scoring.forecast.history import DAY, Ints, Standing
from scoring.forecast.kept import Kept
from scoring.forecast.periods import Period
from scoring.model.tables import Floats, probability
from scoring.scores.score import Score
from scoring.serving.predict import Answered, answer, usable

if TYPE_CHECKING:
    from kg.graph import Graph

RESTATED: Final = "told anew"
NEW_BUSINESS: Final = "new business"
Answers = dict[tuple[str, datetime], Answered]
"""Scores of the deals that are open at both moments, by version of the model and moment."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cause did to the forecast through one deal (None: through new business), in money.

    `feature` moved the score: its paths at either moment show it; `detail` says from what to what.
    """

    cause: str
    deal: str | None
    name: str
    money: float
    detail: str = ""
    feature: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """From `before` to `after`, the forecasts' expected totals at both moments, by `entries`."""

    period: Period
    since: datetime
    until: datetime
    before: float
    after: float
    entries: tuple[Entry, ...]

    @property
    def residual(self) -> float:
        """What the entries leave over."""
        return self.after - self.before - fsum(e.money for e in self.entries)

    def by_cause(self) -> dict[str, float]:
        """Money by cause, largest movement first."""
        causes = dict.fromkeys(e.cause for e in self.entries)
        sums = {cause: fsum(e.money for e in self.entries if e.cause == cause) for cause in causes}
        return dict(sorted(sums.items(), key=lambda one: (-abs(one[1]), one[0])))


def ledger(
    graph: "Graph",
    score: Score,
    before: Forecast,
    after: Forecast,
    *,
    home: Path,
    kept: Kept | None = None,
    answers: Answers | None = None,
) -> Ledger:
    """What moved a forecast of a period to a later one of the same period.

    `kept` is what was said at the earlier moment: what the graph tells otherwise today of that moment (records merged,
    taken back or told late) is then a cause of its own, and `before` counts by what the history had taught then.
    `answers` keeps the scores that are computed for further ledgers between the same moments.
    """
    if kept:
        before = before.learned_as(kept.learned)
    entries = list(_restated(kept, before)) if kept else []
    stays = _open_at_both(before, after)
    entries += _ended_and_new(before, after, set(before.history.ids[before.deals.rows[stays[0]]].tolist()))
    entries += _moved(graph, score, before, after, stays, home, {} if answers is None else answers)
    entries += _new_business(before, after)
    told = [e for e in entries if e.money != 0]
    told.sort(key=lambda e: (-abs(e.money), e.cause, e.deal or ""))
    start = kept.total if kept else before.expected
    return Ledger(after.period, before.as_of, after.as_of, start, after.expected, tuple(told))


def _restated(kept: Kept, before: Forecast) -> Iterator[Entry]:
    """From what was said then to what the graph says today of that moment."""
    now = before.money
    names = dict(zip(before.history.ids.tolist(), before.history.names.tolist(), strict=True))
    for deal in dict.fromkeys([*kept.money, *now]):
        change = now.get(deal, 0.0) - kept.money.get(deal, 0.0)
        gone = deal not in names
        why = "part of another deal, or taken back, since" if gone else "records of it came, or were taken back, since"
        yield Entry(RESTATED, deal, names.get(deal, deal), change, why)
    yield Entry(RESTATED, None, NEW_BUSINESS, before.fresh - kept.fresh)


def _open_at_both(before: Forecast, after: Forecast) -> tuple[Ints, Ints]:
    """Places among the open deals of both forecasts of the deals that are open at both."""
    first, second = before.history.ids[before.deals.rows], after.history.ids[after.deals.rows]
    _, mine, theirs = np.intersect1d(first, second, assume_unique=True, return_indices=True)
    return mine.astype(np.int64), theirs.astype(np.int64)


def _ended_and_new(before: Forecast, after: Forecast, stay: set[str]) -> Iterator[Entry]:
    """Deals won, lost, gone and come."""
    was, now = before.money, after.money
    won = set(after.history.ids[after.won].tolist())
    booked = set(before.history.ids[before.won].tolist())
    history = after.history
    place = {id_: i for i, id_ in enumerate(history.ids.tolist())}
    for deal in dict.fromkeys([*was, *now]):
        if deal in stay:
            continue
        row = place.get(deal)
        name = str(history.names[row]) if row is not None else deal
        change = now.get(deal, 0.0) - was.get(deal, 0.0)
        if row is None or (history.told[row] > history.now and deal not in now):
            cause, detail = "gone", "not known any more"
        elif deal in booked:
            cause, detail = ("amount", "of a won deal") if deal in won else ("reopened", "its outcome was taken back")
        elif deal in won:
            cause, detail = "won", "" if deal in was else "and new since"
        elif deal in now:
            cause, detail = "new deal", ""
        else:
            cause, detail = ("won outside the period", "") if history.won[row] > 0 else ("lost", "")
        yield Entry(cause, deal, name, change, detail)


def _moved(
    graph: "Graph",
    score: Score,
    before: Forecast,
    after: Forecast,
    stays: tuple[Ints, Ints],
    home: Path,
    answers: Answers,
) -> Iterator[Entry]:
    """Deals that are open at both moments, cause by cause."""
    first, second = stays
    if not len(first):
        return
    ids = before.history.ids[before.deals.rows[first]].tolist()
    names = dict(zip(ids, after.history.names[after.deals.rows[second]].tolist(), strict=True))
    model = usable(graph, home, score, before.version)
    for moment in (before.as_of, after.as_of):
        if (model.version, moment) not in answers:
            answers[model.version, moment] = answer(graph, model, [(i, moment) for i in ids])
    old, new = answers[model.version, before.as_of], answers[model.version, after.as_of]
    p = before.chance[first], new.answer.probability, after.chance[second]
    amounts = before.amount[first], before.learned.amounts(after.deals.amount[second]), after.amount[second]
    shares = _shares(before, after, first, second)
    steps: list[tuple[str, Floats]] = [
        ("", p[0] * shares["before"] * amounts[0]),
        ("amount", p[0] * shares["before"] * amounts[1]),
        ("score", p[1] * shares["before"] * amounts[1]),
        ("time", p[1] * shares["time"] * amounts[1]),
        ("stage", p[1] * shares["stage"] * amounts[1]),
        ("expected day of closing", p[1] * shares["date"] * amounts[1]),
        ("model", p[2] * shares["date"] * amounts[1]),
        ("learned from history", p[2] * shares["after"] * amounts[2]),
    ]
    figures = [exact(values) for _, values in steps]
    for (cause, _), (start, end) in zip(steps[1:], pairwise(figures), strict=True):
        for i, (deal, change) in enumerate(zip(ids, (end - start).tolist(), strict=True)):
            if cause == "score":
                yield from _features(deal, names[deal], change, old, new, i)
            elif change:
                yield Entry(cause, deal, names[deal], change, _detail(cause, before, after, first[i], second[i]))


def _features(deal: str, name: str, change: float, old: Answered, new: Answered, i: int) -> Iterator[Entry]:
    """What each feature did through the score; the largest takes the rounding."""
    added = new.answer.contributions[i] - old.answer.contributions[i]
    moved = np.flatnonzero(added)
    if not len(moved):
        yield Entry("score", deal, name, change)
        return
    whole = float(added.sum())
    z = float(old.answer.log_odds[i])
    p, q = (float(v) for v in probability(np.array([z, z + whole])))
    slope = (q - p) / whole if abs(whole) > 1e-9 else p * (1 - p)
    scale = change / (q - p) if abs(q - p) > 1e-15 else 0.0
    money = exact(added[moved] * slope * scale)
    largest = int(np.argmax(np.abs(money)))
    money[largest] += change - fsum(money.tolist())
    for k, euros in zip(moved.tolist(), money.tolist(), strict=True):
        if euros:
            yield Entry(
                "score", deal, name, euros, f"{added[k]:+.3f} log-odds", " × ".join(t for t in new.terms[k] if t)
            )


def _shares(before: Forecast, after: Forecast, first: Ints, second: Ints) -> dict[str, Floats]:
    """Shares of the chance that fall in the period: as before; after the time that passed; then with the stage, then
    with the expected closing, known after; and by what the history teaches after.
    """
    passed = (after.history.now - before.history.now) / DAY
    was, now = before.deals.at(first), after.deals.at(second)
    older = replace(was, due=was.due - passed, age=was.age + passed)
    moved = replace(older, stage=now.stage)
    dated = replace(moved, due=now.due)
    window, cycle = days_of(after.period, after.history.now), before.learned.cycle
    asked: dict[str, Standing] = {"time": older, "stage": moved, "date": dated}
    found = {name: cycle.within(deals, *window) for name, deals in asked.items()}
    return {"before": before.share[first], **found, "after": after.share[second]}


def _detail(cause: str, before: Forecast, after: Forecast, i: int, j: int) -> str:
    if cause == "amount":
        return f"from {before.deals.amount[i]:,.0f} to {after.deals.amount[j]:,.0f}"
    if cause == "stage":
        return f"from position {before.deals.stage[i]:g} to {after.deals.stage[j]:g}"
    if cause == "expected day of closing":
        return f"from {_day(before, i)} to {_day(after, j)}"
    return f"{before.version} → {after.version}" if cause == "model" else ""


def _day(forecast: Forecast, i: int) -> str:
    due = forecast.deals.due[i]
    return "none" if np.isnan(due) else f"{datetime.fromtimestamp(forecast.history.now + due * DAY, UTC):%d %b %Y}"


def _new_business(before: Forecast, after: Forecast) -> Iterator[Entry]:
    """New business: less as the period runs out, and what was learned."""
    left = [end - start for start, end in (days_of(f.period, f.history.now) for f in (before, after))]
    was, now = before.learned.fresh.amount, after.learned.fresh.amount
    shrunk = was * (left[1] / left[0]) if left[0] > 0 else was
    figures = exact(np.array([was, shrunk, now])).tolist()
    yield Entry("time", None, NEW_BUSINESS, figures[1] - figures[0], f"{left[1]:.0f} of {left[0]:.0f} days are left")
    yield Entry("learned from history", None, NEW_BUSINESS, figures[2] - figures[1])
