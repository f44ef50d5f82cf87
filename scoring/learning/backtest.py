"""How good a score has been: learned anew at each month's beginning, asked at the moments of the month after.

Each month's model knows what was known at its beginning and nothing later; what it said of the month's moments is held
against how they ended, beside a model of flat fields alone and Odoo's algorithm in the same months.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.progress import Progress
from scoring.evaluation import metrics
from scoring.evaluation.odoo import odoo
from scoring.learning.dataset import LEAST_DECIDED, TrainingSet
from scoring.learning.learn import FEW, learn
from scoring.learning.train import Gathered
from scoring.model.tables import Floats, probability
from scoring.settings import ScoringSettings

MONTHS = 6
BINS = 10
PERFECT = 200
AGES = (0.0, 15.0, 30.0, 60.0, 90.0)
SHARES = (0.1, 0.2, 0.3)
DAY = 86400.0
NAMES = ("score", "flat fields", "Odoo")
WITHOUT = "without "
"""Before a family's name: what the score would have said without its contributions, which are 0 on average."""
SEGMENTS = 8


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of every tested row by each of `NAMES`, and the beginning of the month it was said in."""

    rows: NDArray[np.int64]
    by: Mapping[str, Floats]
    month: NDArray[np.int64]


def backtest(
    found: Gathered, as_of: datetime, settings: ScoringSettings, months: int = MONTHS, progress: Progress | None = None
) -> dict[str, Any]:
    """The report of a score as plain data, ready for JSON; without a month that could be tested `overall` is empty."""
    said = said_before(found, as_of, settings, months, progress, rivals=True)
    data = found.data
    report: dict[str, Any] = {
        "score": found.score.name,
        "means": found.score.said(found.score.about),
        "as_of": as_of.astimezone(UTC).isoformat(),
        "left_out": dict(found.left_out),
        "tested": len(said.rows),
        "entities": len(np.unique(data.ids[said.rows])),
        "overall": {},
    }
    if not len(said.rows):
        return report
    y, w, groups = data.y[said.rows], data.weight[said.rows], data.groups[said.rows]
    p = said.by["score"]
    report["won"], report["predicted"] = float(np.average(y, weights=w)), float(np.average(p, weights=w))
    report["overall"] = {n: metrics.measured(y, said.by[n], w, groups, settings.resamples) for n in NAMES}
    report["ece_of_perfect"] = perfect_ece(p, w)
    report["gain"] = {
        name: metrics.difference(y, said.by[name], p, w, groups, metrics.log_loss, settings.resamples)
        for name in NAMES[1:]
    }
    lost = {
        name.removeprefix(WITHOUT): metrics.difference(y, p, q, w, groups, metrics.log_loss, settings.resamples)
        for name, q in said.by.items()
        if name.startswith(WITHOUT)
    }
    report["families"] = dict(sorted(lost.items(), key=lambda one: (-one[1]["value"], one[0])))
    report["reliability"] = reliability(y, p, w)
    report["precision"] = {f"{share:.0%}": _precision(y, p, w, share) for share in SHARES}
    report["months"] = _parts(y, p, w, said.month.astype("datetime64[s]").astype("datetime64[M]").astype(str))
    report["ages"] = _parts(y, p, w, _age_names(data.ages[said.rows] / DAY))
    report["stages"] = _parts(y, p, w, _stage_names(data, said.rows))
    report["segments"] = {
        name: _parts(y, p, w, segment_names(data.frame[name][said.rows])) for name in segments_of(found)
    }
    return report


def said_before(
    found: Gathered,
    as_of: datetime,
    settings: ScoringSettings,
    months: int = MONTHS,
    progress: Progress | None = None,
    *,
    rivals: bool = False,
) -> Said:
    """What each month's model said of the moments of that month, with `rivals` beside the others of `NAMES`."""
    quick = settings.model_copy(update={"boosting": False})
    return _said(found, _origins(found.data, as_of, months), quick, progress or (lambda *_: None), rivals)


def families_of(found: Gathered) -> dict[str, frozenset[str]]:
    """The features of each family."""
    names = dict.fromkeys(feature.family for feature in found.features.values())
    return {name: frozenset(n for n, f in found.features.items() if f.family == name) for name in names}


def segments_of(found: Gathered) -> list[str]:
    """Fields that are text: each divides what was tested."""
    return [name for name in found.categorical if name in found.data.frame]


def segment_names(values: NDArray[Any]) -> NDArray[Any]:
    """The value of each row; beyond the SEGMENTS most frequent ones `others`, without one `unknown`."""
    texts = np.array(["unknown" if v is None or v == "" else str(v) for v in values.tolist()], dtype=object)
    names, count = np.unique(texts, return_counts=True)
    kept = set(names[np.argsort(-count, kind="stable")][:SEGMENTS].tolist())
    return np.array([text if text in kept else "others" for text in texts.tolist()])


def _origins(data: TrainingSet, as_of: datetime, months: int) -> list[float]:
    """Beginnings of the months to test, oldest first (Unix time): those that a horizon has passed since."""
    year, month = as_of.astimezone(UTC).year, as_of.astimezone(UTC).month
    found: list[float] = []
    undecided = data.horizon + 31 * DAY if data.horizon else 0.0
    for back in range(months * 4 + int(undecided // (30 * DAY))):  # recent months may hold nothing that is decided
        total = year * 12 + month - 1 - back
        begin = datetime(total // 12, total % 12 + 1, 1, tzinfo=UTC).timestamp()
        there = (data.seconds >= begin) & (data.seconds < begin + 31 * DAY)
        if begin <= as_of.timestamp() - undecided and there.any() and len(found) < months:
            found.append(begin)
    return sorted(found)


def _said(found: Gathered, origins: list[float], settings: ScoringSettings, progress: Progress, rivals: bool) -> Said:
    data, score = found.data, found.score
    names = [name for name in data.frame if name in score.flat]
    ends = [*origins[1:], (origins[-1] + 31 * DAY) if origins else 0.0]
    rows: list[NDArray[np.int64]] = []
    families = families_of(found) if rivals else {}
    said: dict[str, list[Floats]] = {name: [] for name in (*NAMES, *(f"{WITHOUT}{family}" for family in families))}
    months: list[NDArray[np.int64]] = []
    for i, (begin, end) in enumerate(zip(origins, ends, strict=True)):
        progress(i, len(origins), "learning as of each month")
        past = data.known_at(begin, np.ones(len(data), dtype=bool))
        here = np.flatnonzero((data.seconds >= begin) & (data.seconds < end))
        if min(past.won, past.examples - past.won) < FEW or not len(here) or data.decided_by(begin) < LEAST_DECIDED:
            continue
        asked = data.at(here)
        full = learn(score, past, found.directions, found.categorical, settings)
        told = full.served.answer(asked.frame)
        said["score"].append(told.probability)
        for family, names_of in families.items():
            mine = np.array([a in names_of or b in names_of for a, b in full.served.tables.terms], dtype=bool)
            said[f"{WITHOUT}{family}"].append(probability(told.log_odds - told.contributions[:, mine].sum(axis=1)))
        rows.append(here)
        months.append(np.full(len(here), int(begin)))
        if not rivals:
            continue
        less = learn(score, past.only(names), found.directions, found.categorical, settings) if names else full
        said["flat fields"].append(less.served.answer(asked.frame).probability)
        said["Odoo"].append(odoo(past.frame, past.y, past.weight, asked.frame, found.categorical))
    progress(len(origins), len(origins), "learning as of each month")
    empty = np.zeros(0, dtype=np.int64)
    joined = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in said.items()}
    return Said(np.concatenate(rows) if rows else empty, joined, np.concatenate(months) if months else empty)


def perfect_ece(p: Floats, w: Floats) -> dict[str, float]:
    """The calibration error that perfect probabilities would show on as many outcomes: mean and 95th percentile."""
    chance = np.random.default_rng(13)
    drawn = [metrics.ece((chance.random(len(p)) < p).astype(float), p, w) for _ in range(PERFECT)]
    return {"mean": float(np.mean(drawn)), "high": float(np.quantile(drawn, 0.95))}


def reliability(y: Floats, p: Floats, w: Floats) -> list[dict[str, float]]:
    """Predicted against realised in tenths of equal weight."""
    place = metrics.bins_of(p, w, BINS)
    parts = (np.flatnonzero(place == b) for b in range(BINS))
    return [
        {
            "predicted": float(np.average(p[rows], weights=w[rows])),
            "realised": float(np.average(y[rows], weights=w[rows])),
            "n": float(len(rows)),
        }
        for rows in parts
        if len(rows)
    ]


def _precision(y: Floats, p: Floats, w: Floats, share: float) -> dict[str, float]:
    """Of the highest `share` of all rows: how many were won, and how many times the average that is."""
    order = np.argsort(-p, kind="stable")
    top = order[: max(1, int(np.searchsorted(np.cumsum(w[order]), share * w.sum())))]
    reached, average = float(np.average(y[top], weights=w[top])), float(np.average(y, weights=w))
    return {"precision": reached, "lift": reached / average if average > 0 else float("nan")}


def _parts(y: Floats, p: Floats, w: Floats, names: NDArray[Any]) -> dict[str, dict[str, float]]:
    """Realised, predicted and ranking of each part."""
    figures: Mapping[str, Callable[[Floats, Floats, Floats], float]] = {"auc": metrics.auc, "brier": metrics.brier}
    found = {}
    for name in np.unique(names):
        rows = names == name
        told = {n: figure(y[rows], p[rows], w[rows]) for n, figure in figures.items()}
        told |= {
            "won": float(np.average(y[rows], weights=w[rows])),
            "predicted": float(np.average(p[rows], weights=w[rows])),
        }
        found[str(name)] = {"n": float(rows.sum()), **told}
    return found


def _age_names(days: Floats) -> NDArray[Any]:
    names = [f"{int(low)} to {int(high)} days" for low, high in pairwise(AGES)]
    names.append(f"{int(AGES[-1])} days and more")
    return np.array(names)[np.clip(np.digitize(days, AGES) - 1, 0, len(names) - 1)]


def _stage_names(data: TrainingSet, rows: NDArray[np.int64]) -> NDArray[Any]:
    column = data.frame.get("stage_order")
    if column is None:
        return np.full(len(rows), "any stage")
    return np.array(["no stage" if v != v else f"stage {v:g}" for v in column[rows].tolist()])
