"""Values of features for many (entity, moment) pairs, a few features to a query.

A feature that Neo4j cannot compute, because it takes too long or too much memory or its query goes wrong, never gives
a value: `extract` raises, `extract_some` leaves it out and says why.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kg.errors import BadQuery, FeatureFailed, QueryStopped
from kg.features.features import Bundle, Feature, Value, bundles
from kg.graph import Graph
from kg.progress import Progress
from kg.settings import settings

Pairs = Sequence[tuple[str, datetime]]
BATCH: Final = 5000
WORKERS: Final = 2
FAULTS: Final = (QueryStopped, BadQuery)
"""What speaks against a feature; anything else, such as a server that is gone, speaks against the whole."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A column for each feature that could be computed, in the order of the pairs, and why the others could not."""

    columns: dict[str, list[Value]]
    left_out: dict[str, str]


def extract(
    graph: Graph, features: Sequence[Feature], pairs: Pairs, *, batch: int = BATCH, progress: Progress | None = None
) -> dict[str, list[Value]]:
    """The value of each feature for each (entity id, moment), a column per feature in the order of `pairs`.

    None is a missing value; a pair whose entity is not there, or was not yet known at the moment, has None throughout.

    Raises:
        FeatureFailed: the first feature that cannot be computed, with the reason.
    """
    return _Extraction(graph, features, pairs, batch, progress, strict=True).run().columns


def extract_some(
    graph: Graph, features: Sequence[Feature], pairs: Pairs, *, batch: int = BATCH, progress: Progress | None = None
) -> Extracted:
    """As `extract`, but without the features that cannot be computed for all pairs: `left_out` has their reasons."""
    return _Extraction(graph, features, pairs, batch, progress, strict=False).run()


class _Extraction:
    """The work of one call; the threads share `failed`, so that a feature that failed is not asked for again."""

    def __init__(
        self,
        graph: Graph,
        features: Sequence[Feature],
        pairs: Pairs,
        batch: int,
        progress: Progress | None,
        *,
        strict: bool,
    ) -> None:
        self.graph = graph.within(settings().feature_seconds, "DEALGRAPH_FEATURE_SECONDS")
        self.features, self.pairs, self.batch, self.progress, self.strict = features, pairs, batch, progress, strict
        self.failed: dict[str, str] = {}

    def run(self) -> Extracted:
        columns: dict[str, list[Value]] = {feature.name: [None] * len(self.pairs) for feature in self.features}
        total, done = len(self.pairs) * len(self.features), 0
        starts = range(0, len(self.pairs), self.batch)
        tasks = [(bundle, start) for start in starts for bundle in bundles(self.features)]
        contexts = [copy_context() for _ in tasks]  # own declarations count in a context
        with ThreadPoolExecutor(WORKERS) as pool:
            found = pool.map(lambda context, task: context.run(self._ask, task), contexts, tasks)
            for (bundle, start), answers in zip(tasks, found, strict=True):
                for asked, rows in answers:
                    for row in rows:
                        for feature, value in zip(asked.features, row["values"], strict=True):
                            columns[feature.name][row["i"]] = value
                done += len(self.pairs[start : start + self.batch]) * len(bundle.features)
                if self.progress:
                    self.progress(done, total, bundle.features[-1].name)
        left_out = {f.name: self.failed[f.name] for f in self.features if f.name in self.failed}
        return Extracted({name: column for name, column in columns.items() if name not in left_out}, left_out)

    def _ask(self, task: tuple[Bundle, int]) -> list[tuple[Bundle, list[dict[str, Any]]]]:
        """The rows of one batch; where features fail together, the rows of each that does not fail alone."""
        bundle, start = task
        left = [feature for feature in bundle.features if feature.name not in self.failed]
        if not left:
            return []
        if len(left) < len(bundle.features):
            (bundle,) = bundles(left)
        try:
            return [(bundle, self._read(bundle, start))]
        except FAULTS as error:
            if len(left) > 1:
                return [answer for one in left for answer in self._ask((bundles([one])[0], start))]
            reason = str(error).removeprefix(f"{bundle.query.place}: ").rstrip(".")
            if self.strict:
                raise FeatureFailed(left[0].name, reason) from error
            self.failed[left[0].name] = reason
            return []

    def _read(self, bundle: Bundle, start: int) -> list[dict[str, Any]]:
        some = self.pairs[start : start + self.batch]
        rows = [{"i": start + k, "id": id, "as_of": at} for k, (id, at) in enumerate(some)]
        return self.graph.read(bundle.query, rows=rows, **bundle.parameters)
