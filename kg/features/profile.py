"""What a feature looks like over a population: its distribution, how fresh its evidence is, and how far it drifted.

The population is what is open at the moment (`cypher/populations/open_<entity>.cypher`), of a kind without such a file
everything that was there. Each value is of the moment, of the population before of its own moment, so nothing known
later counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kg.errors import FeatureFailed
from kg.features.extraction import BATCH, FAULTS, Extracted, extract_some
from kg.features.features import DAY, Feature, Value, parameters
from kg.graph import Graph
from kg.ontology import ENTITIES
from kg.progress import Progress
from kg.query.files import load_queries
from kg.render.features import freshness_query
from kg.settings import settings

BACK: Final = timedelta(days=90)
TOP: Final = 10
BINS: Final = 10
SHUFFLES: Final = 200
QUANTILES: Final = {"min": 0.0, "p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}
MISSING: Final = -1
"""Bin of what has no value."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Population stability index between a population now and one before (`before`, of `n` entities).

    `psi` is the index without what two draws of one population would show on average, at least 0; `chance` is what 95
    of 100 such draws stay below, likewise without that average; `raw` is the plain index.
    """

    before: datetime
    n: int
    psi: float
    chance: float
    raw: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A feature over a population of `n`; shares are of all of them.

    `missing` have no value, `at_empty` have the value of an entity without evidence; `numbers` are mean, standard
    deviation and quantiles of the others, or `top` the most frequent texts with their shares, of `levels` different
    ones. `age_days` is how old the newest evidence is at the median, over the `with_evidence` entities that have any.
    `failed` says why the feature cannot be computed; nothing else is known then.
    """

    feature: str
    entity: str
    unit: str
    n: int
    missing: float | None = None
    at_empty: float | None = None
    numbers: dict[str, float] | None = None
    top: tuple[tuple[str, float], ...] | None = None
    levels: int | None = None
    with_evidence: int | None = None
    age_days: float | None = None
    drift: Drift | None = None
    failed: str | None = None


def profile(
    graph: Graph, features: Sequence[Feature], as_of: datetime, *, progress: Progress | None = None
) -> list[Profile]:
    """The profiles of features of one entity as of a moment, in their order."""
    if not features:
        return []
    entity, earlier = features[0].entity, as_of - BACK
    now = [(id_, as_of) for id_ in population(graph, entity, as_of)]
    then = [(id_, earlier) for id_ in population(graph, entity, earlier)]
    values = extract_some(graph, features, now, progress=progress)
    before = extract_some(graph, [f for f in features if f.name in values.columns], then, progress=progress)
    return [_profile(graph, feature, now, then, values, before) for feature in features]


def population(graph: Graph, entity: str, as_of: datetime) -> list[str]:
    """Ids of what is open at a moment; of a kind that has no such population, of all that was there."""
    query = load_queries("populations").get(f"open_{entity}")
    if query is not None:
        rows = graph.read(query, as_of=as_of)
    else:
        rows = graph.read(load_queries("reads")["living_entities"], label=ENTITIES[entity], as_of=as_of)
    return [str(row["id"]) for row in rows]


def _profile(
    graph: Graph,
    feature: Feature,
    now: Sequence[tuple[str, datetime]],
    then: Sequence[tuple[str, datetime]],
    values: Extracted,
    before: Extracted,
) -> Profile:
    about: dict[str, Any] = {
        "feature": feature.name,
        "entity": feature.entity,
        "unit": feature.unit,
        "n": len(now),
    }
    name = feature.name
    failed = values.left_out.get(name) or before.left_out.get(name)
    if failed:
        return Profile(**about, failed=failed)
    if not now:
        return Profile(**about)
    try:
        ages = evidence_ages(graph, feature, now)
    except FeatureFailed as error:
        return Profile(**about, failed=error.reason)
    column = values.columns[name]
    about |= distribution(column, feature)
    drifted = drift(column, [i for i, _ in now], before.columns[name], [i for i, _ in then], feature.categorical)
    if drifted is not None:
        about["drift"] = Drift(now[0][1] - BACK, len(then), *drifted)
    return Profile(**about, with_evidence=len(ages), age_days=float(np.median(ages)) if ages else None)


def evidence_ages(graph: Graph, feature: Feature, pairs: Sequence[tuple[str, datetime]]) -> list[float]:
    """Days since the newest evidence of each entity that has any, at its moment.

    Raises:
        FeatureFailed: it cannot be computed.
    """
    query, door = (
        freshness_query(feature.pattern),
        graph.within(settings().feature_seconds, "DEALGRAPH_FEATURE_SECONDS"),
    )
    found: list[float] = []
    for start in range(0, len(pairs), BATCH):
        some = pairs[start : start + BATCH]
        rows = [{"i": i, "id": id_, "as_of": at} for i, (id_, at) in enumerate(some)]
        try:
            answer = door.read(query, rows=rows, **parameters(feature))
        except FAULTS as error:
            raise FeatureFailed(feature.name, f"the age of its evidence: {str(error).rstrip('.')}") from error
        found += [
            (some[row["i"]][1] - row["newest"]).total_seconds() / DAY for row in answer if row["newest"] is not None
        ]
    return found


def distribution(column: Sequence[Value], feature: Feature) -> dict[str, Any]:
    """The figures of one column of at least one value, as `Profile` names them."""
    n = len(column)
    there = [value for value in column if value is not None]
    empty = n - len(there) if feature.empty is None else sum(value == feature.empty for value in there)
    shares = {"missing": (n - len(there)) / n, "at_empty": empty / n}
    if feature.categorical:
        texts, count = np.unique(np.array([str(value) for value in there], dtype=object), return_counts=True)
        order = sorted(range(len(texts)), key=lambda i: (-count[i], texts[i]))[:TOP]
        return {**shares, "levels": len(texts), "top": tuple((str(texts[i]), float(count[i]) / n) for i in order)}
    numbers = np.array(there, dtype=np.float64)
    if not len(numbers):
        return shares
    told = {"mean": float(numbers.mean()), "sd": float(numbers.std())}
    return {**shares, "numbers": told | {k: float(np.quantile(numbers, q)) for k, q in QUANTILES.items()}}


def drift(
    now: Sequence[Value], ids: Sequence[str], before: Sequence[Value], ids_before: Sequence[str], categorical: bool
) -> tuple[float, float, float] | None:
    """(index without its bias, what chance stays below, plain index) of two columns; None where one is empty.

    The index is Σ (p − q)·ln(p / q) over tenths of both together, or texts, and what has no value (Siddiqi 2006: below
    .1 little has moved, above .25 much). Two draws of one population do not show 0 but about (bins − 1)·(1/n + 1/m),
    less where many entities are in both. So moments are exchanged by lot, those of an entity in both with each other:
    what that shows is taken off.
    """
    if not now or not before:
        return None
    codes = np.unique(_bins([*now, *before], categorical), return_inverse=True)[1]
    bins, later = int(codes.max()) + 1, np.arange(len(codes)) < len(now)
    entity = np.unique(np.array([*ids, *ids_before], dtype=str), return_inverse=True)[1]
    both = np.bincount(entity)[entity] > 1
    raw = _psi(codes, later, bins)
    chance = np.random.default_rng(17)
    drawn = []
    for _ in range(SHUFFLES):
        side = later ^ (both & (chance.random(len(both)) < 0.5)[entity])
        side[~both] = chance.permutation(later[~both])
        drawn.append(_psi(codes, side, bins))
    usual = float(np.mean(drawn))
    return max(0.0, raw - usual), float(np.quantile(drawn, 0.95)) - usual, raw


def _psi(codes: NDArray[np.int64], later: NDArray[np.bool_], bins: int) -> float:
    """The index; half an entity is added to each bin, so that an empty one does not make it infinite."""
    p, q = (np.bincount(codes[side], minlength=bins) + 0.5 for side in (later, ~later))
    p, q = p / p.sum(), q / q.sum()
    return float(((p - q) * np.log(p / q)).sum())


def _bins(values: Sequence[Value], categorical: bool) -> NDArray[np.int64]:
    """The bin of each value: a text's place among the most frequent (others share one), a number's tenth."""
    if categorical:
        texts = [None if value is None else str(value) for value in values]
        names, count = np.unique(np.array([t for t in texts if t is not None], dtype=object), return_counts=True)
        kept = {str(names[i]): k for k, i in enumerate(sorted(range(len(names)), key=lambda i: (-count[i], names[i])))}
        return np.array([MISSING if t is None else min(kept[t], TOP) for t in texts], dtype=np.int64)
    numbers = np.array([np.nan if value is None else float(value) for value in values])
    there = ~np.isnan(numbers)
    found = np.full(len(numbers), MISSING, dtype=np.int64)
    if there.any():
        edges = np.unique(np.quantile(numbers[there], np.linspace(0, 1, BINS + 1)[1:-1]))
        found[there] = np.searchsorted(edges, numbers[there], side="right")
    return found
