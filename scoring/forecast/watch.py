"""This quarter and the next, forecast at each refresh and kept, with what moved them since they were kept before."""

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import FeatureFailed, NotFound, StaleModel
from kg.progress import Progress
from scoring.forecast.forecast import Forecast, make, new_business
from scoring.forecast.history import History, read_history
from scoring.forecast.kept import keep, kept_before
from scoring.forecast.ledger import Answers, Ledger, ledger
from scoring.forecast.periods import quarter_of
from scoring.registry import registry
from scoring.scores import ever_won
from scoring.scores.score import Score

if TYPE_CHECKING:
    from kg.graph import Graph

FIRST: Final = 200
"""Movements that are kept, the largest first; the sums by cause hold all."""


def keep_quarters(
    graph: "Graph", now: datetime, *, home: Path, run: str, progress: Progress | None = None
) -> list[Forecast]:
    """Keep forecasts of the quarter of a moment and of the next one; none without a score that they can rest on."""
    score = ever_won()
    if score is None or registry.serving(graph, score.name) is None:
        return []
    tell = progress or (lambda *_: None)
    history = read_history(graph, now)
    found: list[Forecast] = []
    earlier: dict[datetime, History] = {}
    answers: Answers = {}
    for number in range(2):
        period = quarter_of(now).after(number)
        tell(number, 2, f"forecast of {period.name}")
        learned = replace(found[0].learned, fresh=new_business(history, period)) if found else None
        made = make(graph, score, period, now, home=home, history=history, learned=learned)
        keep(graph, made, run, moved_since(graph, score, made, home, earlier, answers))
        found.append(made)
    tell(2, 2, "forecasts")
    return found


def moved_since(
    graph: "Graph", score: Score, made: Forecast, home: Path, earlier: dict[datetime, History], answers: Answers
) -> dict[str, Any] | None:
    """What moved a forecast since it was kept before, as plain data; None where it never was.

    `earlier` and `answers` keep what is read for the next period. `untold` says why it cannot be told: the model of
    then is gone, or a feature that it reads is another today.
    """
    before = kept_before(graph, score.name, made.period.name, made.as_of)
    if before is None:
        return None
    try:
        if before.as_of not in earlier:
            earlier[before.as_of] = read_history(graph, before.as_of)
        history = earlier[before.as_of]
        given: dict[str, Any] = {"home": home, "version": before.version, "history": history, "learned": before.learned}
        then = make(graph, score, made.period, before.as_of, **given)
        return plain(ledger(graph, score, then, made, home=home, kept=before, answers=answers))
    except (FeatureFailed, NotFound, StaleModel) as error:
        return {"since": before.as_of.isoformat(), "before": before.total, "untold": str(error)}


def plain(found: Ledger) -> dict[str, Any]:
    """A ledger ready for JSON: its sums by cause, and the largest movements."""
    return {
        "since": found.since.isoformat(),
        "before": found.before,
        "by_cause": found.by_cause(),
        "entries": [asdict(entry) for entry in found.entries[:FIRST]],
        "more": max(0, len(found.entries) - FIRST),
    }
