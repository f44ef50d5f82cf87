"""What deals that are not there yet will bring in a period.

The mean of two honest simple answers: as much as lately (what deals opened after a moment brought in a window as far
ahead and as long, over the windows of the last quarter), and as much as a year before in the same window. Averages of
simple forecasts are hard to beat (Clemen 1989, International Journal of Forecasting 5); where the history is shorter
than a year, lately alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from scoring.forecast.history import DAY, History

LATELY: Final = 91 * DAY
STEP: Final = 7 * DAY
ERRORS: Final = 12
"""Earlier months from which the rule's own errors are taken."""
PRIOR: Final = 0.1
WEIGHS: Final = 4.0
"""Relative variance of the rule's errors beyond chance before any were seen (±30 %), and as how many it weighs."""

Seen = tuple[float, float]
"""Amount and number of won deals."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """New business of a period: the amount and number of deals expected.

    `shared` is the relative variance of the rate itself, `varies` that of a single won amount; `lately` and
    `year_before` are the two answers that `amount` is the mean of (None: not known).
    """

    amount: float
    wins: float
    shared: float
    varies: float
    lately: float | None
    year_before: float | None


def fresh(history: History, now: float, start: float, end: float) -> Fresh:
    """New business from `start` (or now) until `end`, in seconds; nothing where the period is over."""
    start = max(start, now)
    if end <= start:
        return Fresh(0.0, 0.0, 0.0, 1.0, None, None)
    lately, before = _seen(history, now, start - now, end - start)
    paid = history.paid[(history.won > 0) & (history.told <= now)]
    paid = paid[paid > 0]
    varies = float(paid.var() / paid.mean() ** 2) if len(paid) > 1 else 1.0
    amount, wins = _mean(lately, before)
    shared = _shared(history, now, start - now, end - start, varies)
    told = (None if seen is None else seen[0] for seen in (lately, before))
    return Fresh(amount, wins, shared, varies, *told)


def came(history: History, origin: float, lead: float, length: float, known: float) -> Seen:
    """Amount and number of deals opened after `origin` and won in the window `lead` after it, as known."""
    start = origin + lead
    rows = history.won_between(start, start + length, known) & (history.opened > origin)
    paid = history.paid[rows]
    return float(np.nansum(paid)), float(rows.sum())


def _seen(history: History, now: float, lead: float, length: float) -> tuple[Seen | None, Seen | None]:
    """Amount and number of deals lately, and a year before."""
    first, last = _first(history), now - lead - length
    lately: Seen | None = None
    if last >= first:
        origins = np.arange(last, max(last - max(LATELY - length, 0.0), first) - 1.0, -STEP)
        amounts, counts = zip(*(came(history, float(o), lead, length, now) for o in origins), strict=True)
        lately = float(np.mean(amounts)), float(np.mean(counts))
    elif now > first:  # younger than the window: at the rate so far
        brought, won = came(history, first - 1.0, 0.0, now - first + 1.0, now)
        lately = brought * length / (now - first), won * length / (now - first)
    year = _year_before(now)
    if year < first or year + lead + length > now:
        return lately, None
    return lately, came(history, year, lead, length, now)


def _mean(*seen: Seen | None) -> Seen:
    known = [one for one in seen if one is not None]
    if not known:
        return 0.0, 0.0
    return float(np.mean([amount for amount, _ in known])), float(np.mean([wins for _, wins in known]))


def _shared(history: History, now: float, lead: float, length: float, varies: float) -> float:
    """Relative variance of the rule's errors in earlier months beyond what so few deals vary by chance."""
    first, errors = _first(history), []
    for month in range(ERRORS):
        then = now - lead - length - month * 30 * DAY
        if then - lead - length < first:
            break
        said, wins = _mean(*_seen(history, then, lead, length))
        real = came(history, then, lead, length, now)[0]
        if said > 0:
            errors.append(min((real / said - 1) ** 2, 4.0) - (1 + varies) / max(wins, 1.0))
    return max(0.0, (sum(errors) + WEIGHS * PRIOR) / (len(errors) + WEIGHS))


def _first(history: History) -> float:
    known = history.opened[np.isfinite(history.opened)]
    return float(known.min()) if len(known) else np.inf


def _year_before(moment: float) -> float:
    at = datetime.fromtimestamp(moment, UTC)
    day = 28 if (at.month, at.day) == (2, 29) else at.day
    return at.replace(year=at.year - 1, day=day).timestamp()
