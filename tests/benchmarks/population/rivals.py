"""Three rivals that need no labels either: what our resolver of files is judged against on the simulated population.

`splink`: Splink by its documentation; `cosine`: TF-IDF of character 3-grams over the whole record; `ecm`: the
recordlinkage package's classifier by expectation and conditional maximisation.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

from resolution.evaluation.expected import Expected
from tests.benchmarks.population import rival_ecm, rival_splink
from tests.benchmarks.population.problem import Problem
from tests.benchmarks.population.rival_columns import main_name, read

Resolve = Callable[[Problem], list[int]]
COSINE_AT = 0.6
"""Where average linkage is cut. Mean B-cubed F1 on twelve simple simulated files of persons and firms: .908; .887 at
.5, .881 at .7, components at .8 .858 (at .7 .908), the name alone at .8 .748.
"""
CHUNK = 512


@dataclass(frozen=True, slots=True)
class Answer:
    """A cluster number a row, the seconds it took, and why the fall-back answered where the method failed."""

    clusters: list[int]
    seconds: float
    error: str = ""
    expected: Expected | None = None
    """What is said without the truth; ours alone says it."""


def cosine(problem: Problem) -> list[int]:
    """Average linkage over the cosines of the whole records, cut at COSINE_AT."""
    return average_linkage(whole_texts(problem), COSINE_AT)


def whole_texts(problem: Problem) -> list[str]:
    """The whole text of each record, its columns that only keep the books left out."""
    table = read(problem).table
    return table.fillna("").agg(" ".join, axis=1).tolist() if len(table.columns) else [""] * len(table)


def vectors(texts: list[str]) -> csr_matrix:
    """Unit vectors of word-bounded character 3-grams, weighted by TF-IDF; empty texts get zeros."""
    made = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), strip_accents="unicode", lowercase=True)
    return made.fit_transform(texts).astype(np.float32)


def average_linkage(texts: list[str], at: float) -> list[int]:
    """Clusters by average linkage, cut where the mean cosine falls under `at`; memory is quadratic in the records."""
    records = len(texts)
    matrix = vectors(texts)
    apart = np.empty(records * (records - 1) // 2)
    filled = 0
    for start in range(0, records, CHUNK):
        near = (matrix[start : start + CHUNK] @ matrix.T).toarray()
        for row, cosines in enumerate(near, start + 1):
            apart[filled : filled + records - row] = 1 - cosines[row:]
            filled += records - row
    return [int(c) for c in fcluster(linkage(np.clip(apart, 0, 1), "average"), 1 - at, "distance")]


def components(records: int, pairs: np.ndarray) -> list[int]:
    """The number of the connected component of each record."""
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(records, records))
    return [int(c) for c in connected_components(graph, directed=False)[1]]


def ecm(problem: Problem) -> list[int]:
    """Connected components over the pairs that the ECM classifier accepts."""
    return components(len(problem.rows), rival_ecm.matches(problem))


def equal_names(problem: Problem) -> list[int]:
    """The fall-back of a rival that fails: records of one name are one entity, those without a name are alone."""
    names = main_name(read(problem))
    alone = pd.Series([f" {row}" for row in range(len(names))], index=names.index)
    return [int(c) for c in pd.factorize(names.where(names != "", alone))[0]]


RIVALS: MappingProxyType[str, Resolve] = MappingProxyType(
    {"splink": rival_splink.resolve, "cosine": cosine, "ecm": ecm}
)


def answer(
    name: str,
    problem: Problem,
    limit: Callable[[], AbstractContextManager[None]] = nullcontext,
    failures: tuple[type[BaseException], ...] = (Exception,),
) -> Answer:
    """What a rival says of a problem; where it fails, records of equal names, and the failure in a few words."""
    began = time.perf_counter()
    try:
        with limit():
            clusters = RIVALS[name](problem)
        error = ""
    except failures as failure:
        clusters, error = equal_names(problem), f"{type(failure).__name__}: {failure}"
    return Answer(clusters, time.perf_counter() - began, " ".join(error.split())[:200])
