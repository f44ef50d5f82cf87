"""How a score treats groups: regions, sizes of company, sources and owners.

Of what is open now: what share is in the top band, what is said on average. Of past moments, answered by models that
knew nothing later (as `score report` does): what came, and how many of the won and of the lost were in the top band. A
score that knows more of one group than of another differs in these without being wrong, so each figure has an interval,
and being right on average (`gap`, said less came) stands first.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kg.errors import InputError
from kg.ontology import ENTITIES
from kg.progress import Progress
from kg.query.files import load_queries
from scoring.evaluation import metrics
from scoring.learning.backtest import said_before
from scoring.learning.reference import sampled
from scoring.learning.train import Gathered
from scoring.model.tables import Floats
from scoring.registry import registry
from scoring.serving.predict import answer
from scoring.serving.rescore import population_of
from scoring.settings import ScoringSettings

if TYPE_CHECKING:
    from kg.graph import Graph

GROUPS: Final = ("region", "size", "source", "owner")
SMALL: Final = 20
"""Rows below which a group is joined with the other small ones: an interval of a share would span half of all."""
FEWEST: Final = 10
"""Accounts below which it is too: deals of one account are alike, so their number says little."""
OTHERS: Final = "other small groups"
UNKNOWN: Final = "unknown"
SIZES: Final = (1, 10, 50, 250, 1000)
"""Where size bands begin, in employees (10, 50 and 250 as in Recommendation 2003/361/EC of the European Commission)."""
BATCH: Final = 5000
Figure = tuple[Floats, Floats]
"""Of each row what is counted, and in how many it could count: a rate is the ratio of the sums."""


def fairness(
    graph: "Graph",
    found: Gathered,
    as_of: datetime,
    settings: ScoringSettings,
    *,
    home: Path,
    months: int,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The report of a score as plain data, ready for JSON: `now` and `past`, each by kind of group.

    Raises:
        NotFound: no model of the score serves.
        InputError: no query tells the groups of the entities that the score is about.
    """
    score = found.score
    model = registry.served(graph, home, score.name)
    ids = sampled([str(row["id"]) for row in graph.read(population_of(score), as_of=as_of)], settings.health_rows)
    pairs = [(id_, as_of) for id_ in ids]
    p = answer(graph, model, pairs).answer.probability if pairs else np.zeros(0)
    report: dict[str, Any] = {
        "score": score.name,
        "as_of": as_of.isoformat(),
        "model": model.version,
        "chosen": f"band A: {score.cuts[0]:.0%} and more",
        "now": by_group(
            groups_at(graph, score.entity, pairs), np.array(ids), None, p, score.cuts[0], settings.resamples
        ),
    }
    data = found.data
    past = said_before(found, as_of, settings, months, progress)
    moments = [(str(data.ids[i]), datetime.fromtimestamp(data.seconds[i], as_of.tzinfo)) for i in past.rows]
    names = groups_at(graph, score.entity, moments)
    y, w, account = data.y[past.rows], data.weight[past.rows], data.groups[past.rows]
    report["past"] = by_group(names, account, y, past.by["score"], score.cuts[0], settings.resamples, w)
    return report


def by_group(
    names: Mapping[str, NDArray[Any]],
    account: NDArray[Any],
    y: Floats | None,
    p: Floats,
    cut: float,
    resamples: int,
    w: Floats | None = None,
) -> dict[str, Any]:
    """For each kind of group its groups with their figures, and how far the groups lie apart (`apart`).

    `y` are outcomes (None: not known), `p` probabilities, `w` weights; a row with p ≥ `cut` is chosen. The figures are
    fairlearn's (`MetricFrame`), their 90 % intervals come from resampled accounts.
    """
    if not len(p):
        return {}
    weight = np.ones(len(p)) if w is None else w
    draws = metrics.account_draws(account, resamples)
    return {
        kind: _one_kind(joined(column, account), account, y, p, cut, weight, draws)
        for kind, column in names.items()
        if set(column.tolist()) != {UNKNOWN}
    }


def joined(column: NDArray[Any], account: NDArray[Any]) -> NDArray[Any]:
    """The group of each row, groups of few rows or few accounts joined into one."""
    few = {name for name in set(column.tolist()) if _small(column == name, account)}
    return np.array([OTHERS if name in few else name for name in column.tolist()], dtype=object)


def _small(rows: NDArray[np.bool_], account: NDArray[Any]) -> bool:
    return bool(rows.sum() < SMALL or len(np.unique(account[rows])) < FEWEST)


def _one_kind(
    column: NDArray[Any],
    account: NDArray[Any],
    y: Floats | None,
    p: Floats,
    cut: float,
    w: Floats,
    draws: Floats,
) -> dict[str, Any]:
    from fairlearn.metrics import MetricFrame

    chosen = (p >= cut).astype(float)
    truth = np.zeros(len(p)) if y is None else y
    given = {name: {"sample_weight": w} for name in measures(y is not None)}
    frame = MetricFrame(
        metrics=measures(y is not None), y_true=truth, y_pred=chosen, sensitive_features=column,
        sample_params={name: {**one, **({"p": p} if name in ("said", "gap") else {})} for name, one in given.items()},
    )  # fmt: skip
    table = frame.by_group
    spans = _spans(column, figures(y, p, chosen), w, draws)
    groups = {}
    for name in table.index:
        rows = column == name
        told = {f: _figure(table.loc[name, f], spans[f][str(name)]) for f in table.columns}
        size = len(np.unique(account[rows]))
        groups[str(name)] = {"n": int(rows.sum()), "accounts": size, "too_small": _small(rows, account), **told}
    large = [str(name) for name, g in groups.items() if not g["too_small"]]
    apart = (
        {f: _apart(table.loc[large, f], [spans[f][g] for g in large]) for f in table.columns} if len(large) > 1 else {}
    )
    return {"groups": groups, "apart": apart}


def measures(outcomes: bool) -> dict[str, Callable[..., float]]:
    """The figures by name, as fairlearn takes them: of the true outcome, whether chosen, and a weight."""
    from fairlearn.metrics import false_positive_rate, mean_prediction, selection_rate, true_positive_rate

    def said(y_true: Any, y_pred: Any, *, p: Any, sample_weight: Any) -> float:
        return float(mean_prediction(y_true, p, sample_weight=sample_weight))

    def came(y_true: Any, y_pred: Any, *, sample_weight: Any) -> float:
        return float(np.average(y_true, weights=sample_weight))

    def gap(y_true: Any, y_pred: Any, *, p: Any, sample_weight: Any) -> float:
        return said(y_true, y_pred, p=p, sample_weight=sample_weight) - came(
            y_true, y_pred, sample_weight=sample_weight
        )

    found: dict[str, Callable[..., float]] = {"selected": selection_rate, "said": said}
    if outcomes:
        found |= {"came": came, "gap": gap, "true_positive": true_positive_rate, "false_positive": false_positive_rate}
    return found


def figures(y: Floats | None, p: Floats, chosen: Floats) -> dict[str, Figure]:
    """The same figures as ratios of sums, which resampling needs by the thousand."""
    ones = np.ones(len(p))
    found = {"selected": (chosen, ones), "said": (p, ones)}
    if y is not None:
        found |= {"came": (y, ones), "gap": (p - y, ones)}
        found |= {"true_positive": (chosen * y, y), "false_positive": (chosen * (1 - y), 1 - y)}
    return found


def _spans(column: NDArray[Any], parts: Mapping[str, Figure], w: Floats, draws: Floats) -> dict[str, dict[str, Floats]]:
    """Figure → group → its value in each resample; NaN where a resample holds nothing that could count."""
    names, codes = np.unique(column.astype(str), return_inverse=True)
    member = np.zeros((len(column), len(names)))
    member[np.arange(len(column)), codes] = w
    found = {}
    for figure, (top, under) in parts.items():
        above, below = draws @ (member * top[:, None]), draws @ (member * under[:, None])
        with np.errstate(invalid="ignore", divide="ignore"):
            rates = above / below
        found[figure] = {str(name): rates[:, k] for k, name in enumerate(names)}
    return found


def _figure(value: Any, span: Floats) -> dict[str, float | None]:
    return {"value": _number(value), **_interval(span)}


def _interval(span: Floats) -> dict[str, float | None]:
    known = span[~np.isnan(span)]
    low, high = np.quantile(known, [0.05, 0.95]) if len(known) else (float("nan"), float("nan"))
    return {"low": _number(low), "high": _number(high)}


def _apart(values: Any, spans: Sequence[Floats]) -> dict[str, float | None]:
    """The largest difference between groups, and the interval of the difference of those two groups."""
    numbers = [float(v) for v in values]
    if any(math.isnan(v) for v in numbers):
        return {"value": None, "low": None, "high": None}
    most, least = int(np.argmax(numbers)), int(np.argmin(numbers))
    return {"value": numbers[most] - numbers[least], **_interval(spans[most] - spans[least])}


def _number(value: Any) -> float | None:
    return None if math.isnan(float(value)) else float(value)


def size_of(employees: float | None) -> str:
    """The size band of a company."""
    if employees is None or employees < SIZES[0]:
        return UNKNOWN
    found = next((f"{low} to {high - 1}" for low, high in pairwise(SIZES) if employees < high), f"{SIZES[-1]} and more")
    return f"{found} employees"


def groups_at(graph: "Graph", entity: str, pairs: Sequence[tuple[str, datetime]]) -> dict[str, NDArray[Any]]:
    """The groups that entities (of pairs the first) belonged to, each at its moment.

    Raises:
        InputError: no query tells them.
    """
    kind = ENTITIES[entity].lower()
    query = load_queries("reads").get(f"{kind}_groups")
    if query is None:
        raise InputError(f"groups are told of deals, leads and accounts, not of {entity}.")
    found = {name: np.full(len(pairs), UNKNOWN, dtype=object) for name in GROUPS}
    for start in range(0, len(pairs), BATCH):
        some = pairs[start : start + BATCH]
        rows = [{"i": start + k, "id": id_.partition("|")[0], "as_of": at} for k, (id_, at) in enumerate(some)]
        for row in graph.read(query, rows=rows):
            told = {**row, "size": size_of(row["employees"])}
            for name in GROUPS:
                found[name][row["i"]] = told[name] or UNKNOWN
    return found
