"""What a score answered, held against what came since; and how good it would be if its probabilities are right.

Only answers count that were given at their moment. Of each entity the first of a month counts. A month is judged when
nine of ten of its answers are decided, and what is still open may end either way: a month in which only the quick
deals have ended says nothing of the slow ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kg.query.files import load_queries
from scoring.evaluation import metrics
from scoring.health.breach import Breach
from scoring.learning.train import label_moments
from scoring.model.tables import Floats
from scoring.scores.score import Score
from scoring.settings import ScoringSettings

if TYPE_CHECKING:
    from kg.graph import Graph

RIPE: Final = 0.9
"""Share of a month's answers that must be decided."""
FEWEST: Final = 10
"""Accounts below which nothing is proven: a variance by account cannot be estimated from fewer."""
TOLD: Final = 0.03
"""Proven differences below this are not worth a word: a band is many times wider."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers that were given: `y` is 1 or 0, NaN while it is not known; `group` is the account."""

    value: Floats
    y: Floats
    month: NDArray[Any]
    version: NDArray[Any]
    group: NDArray[Any]

    def __len__(self) -> int:
        return len(self.value)

    def at(self, rows: NDArray[Any]) -> "Answers":
        """Some of them."""
        return Answers(self.value[rows], self.y[rows], self.month[rows], self.version[rows], self.group[rows])

    def ripe(self) -> "Answers":
        """Those of months that are decided."""
        months = [m for m in np.unique(self.month) if (~np.isnan(self.y[self.month == m])).mean() >= RIPE]
        return self.at(np.flatnonzero(np.isin(self.month, months)))


@dataclass(frozen=True, slots=True)
class Held:
    """What was said and what came, of answers that are decided but for a few.

    `came` lies between `low` and `high`: the interval that chance (90 %, by account) and what is still open leave.
    `off` is the difference that no ending of the open ones explains, `p` its probability by chance alone.
    """

    answers: int
    decided: int
    said: float
    came: float
    low: float
    high: float
    off: float
    p: float
    months: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    promised: Mapping[str, float] = field(default_factory=dict)


def read_answers(graph: "Graph", score: Score, as_of: datetime) -> Answers:
    """What the score answered before a moment, with what is known at that moment of how it came."""
    rows = graph.read(load_queries("reads")["answers_given"], name=score.name, as_of=as_of)
    return answers_of(rows, label_moments(graph, score, as_of) if rows else [], as_of, score.horizon)


def answers_of(
    given: Sequence[Mapping[str, Any]], labels: Sequence[Mapping[str, Any]], now: datetime, horizon: timedelta | None
) -> Answers:
    """The same from rows of `answers_given` (id, at, value, version), oldest first, and of the label query."""
    moments: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(labels, key=lambda r: r["as_of"]):
        moments.setdefault(row["id"], []).append(row)
    first: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for row in given:
        first.setdefault((row["id"], f"{row['at']:%Y-%m}", row["version"]), row)
    found = [(row, month, _awaited(moments.get(id_, ()), row["at"])) for (id_, month, _), row in first.items()]
    kept = [(row, month, label) for row, month, label in found if label is not None]
    return Answers(
        np.array([row["value"] for row, _, _ in kept], dtype=np.float64),
        np.array([_outcome(label, row["at"], now, horizon) for row, _, label in kept], dtype=np.float64),
        np.array([month for _, month, _ in kept], dtype=str),
        np.array([row["version"] for row, _, _ in kept], dtype=str),
        np.array([str(label.get("group") or row["id"]) for row, _, label in kept], dtype=str),
    )


def _awaited(rows: Sequence[Mapping[str, Any]], at: datetime) -> Mapping[str, Any] | None:
    """The label row that says what an entity waited for at a moment: the newest that was not over by then."""
    there = [r for r in rows if r["as_of"] <= at and (r.get("closed_at") is None or r["closed_at"] > at)]
    return there[-1] if there else None


def _outcome(label: Mapping[str, Any], at: datetime, now: datetime, horizon: timedelta | None) -> float:
    closed = label.get("closed_at")
    if horizon is not None and (closed is None or closed > at + horizon):
        if closed is None and label["label"] is not None and label["as_of"] + horizon <= now:
            return float(label["label"])  # a query of labels alone: certain when its horizon has passed
        return 0.0 if at + horizon <= now else float("nan")
    return float(label["label"]) if label["label"] is not None and (closed is None or closed <= now) else float("nan")


def held(answers: Answers) -> Held | None:
    """Ripe answers against what came; None where no month is ripe.

    The variance is that of whole accounts, Σ (Σ r)², and at least the binomial one. AUC, Brier score and log loss
    stand beside what the probabilities promised of them (`promised`).
    """
    ripe = answers.ripe()
    known = ripe.at(np.flatnonzero(~np.isnan(ripe.y)))
    if not len(known):
        return None
    n, still = len(ripe), len(ripe) - len(known)
    total, least = float(ripe.value.sum()), float(known.y.sum())
    codes = np.unique(known.group, return_inverse=True)[1]
    deviation = np.sqrt(max(float((np.bincount(codes, known.value - known.y) ** 2).sum()), _binomial(ripe.value)))
    excess = max(total - least - still, least - total, 0.0)
    enough = codes.max() + 1 >= FEWEST
    reach = stats.norm.ppf(0.95) * deviation
    ones = np.ones(len(known))
    return Held(
        n,
        len(known),
        total / n,
        float(known.y.mean()),
        float(np.clip((least - reach) / n, 0, 1)),
        float(np.clip((least + still + reach) / n, 0, 1)),
        excess / n,
        float(2 * stats.norm.sf(excess / deviation)) if enough and deviation > 0 and excess > 0 else 1.0,
        {str(m): _month(ripe, str(m)) for m in np.unique(ripe.month)},
        measured(known.y, known.value, ones),
        promised(known.value),
    )


def _binomial(p: Floats) -> float:
    return float((p * (1 - p)).sum())


def _month(answers: Answers, month: str) -> dict[str, float]:
    mine = answers.at(np.flatnonzero(answers.month == month))
    decided = ~np.isnan(mine.y)
    return {
        "answers": float(len(mine)),
        "decided": float(decided.sum()),
        "said": float(mine.value.mean()),
        "came": float(mine.y[decided].mean()),
    }


def measured(y: Floats, p: Floats, w: Floats) -> dict[str, float]:
    """AUC, Brier score and log loss."""
    return {name: metrics.MEASURES[name](y, p, w) for name in ("auc", "brier", "log_loss")}


def promised(p: Floats) -> dict[str, float]:
    """What AUC, Brier score and log loss are expected to be before any outcome, if the probabilities are right.

    Each row counts as won by its probability and as lost by the rest: confidence-based performance estimation (CBPE;
    Białek, Kuberski, Perrakis and Bifet 2024, arXiv:2401.08348). It cannot see that the probabilities are wrong: that
    is what the outcomes are held against.
    """
    if not len(p):
        return {}
    y, both, w = np.r_[np.ones(len(p)), np.zeros(len(p))], np.r_[p, p], np.r_[p, 1 - p]
    return measured(y, both, w)


def miscalibrated(answers: Answers, version: str, settings: ScoringSettings) -> list[Breach]:
    """Whether what the version, or the score by whatever version, answered is proven not to have come.

    Only the version's own record keeps it from answering: one that was learned since has learned from it.
    """
    found = []
    mine = held(answers.at(np.flatnonzero(answers.version == version)))
    if mine and mine.p < settings.health_alpha / 10 and mine.off >= settings.health_gap:
        found.append(_breach(mine, version, True, settings.health_gap))
    every = held(answers)
    if not found and every and every.p < settings.health_alpha and every.off >= TOLD:
        found.append(_breach(every, "all versions", False, TOLD))
    return found


def _breach(one: Held, subject: str, severe: bool, allowed: float) -> Breach:
    who = f"Version {subject}" if severe else "The score"
    sentence = (
        f"{who} said {one.said:.0%} and {one.came:.0%} came, of {one.decided:,} answers of which the outcome is known "
        f"since; chance leaves {one.low:.0%} to {one.high:.0%}."
    )
    return Breach("miscalibrated", subject, severe, sentence, one.off, allowed)


def as_json(one: Held | None) -> dict[str, Any] | None:
    """Plain data, ready for JSON."""
    return asdict(one) if one else None
