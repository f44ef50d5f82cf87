"""The rival of the recordlinkage package: binary agreements of candidate pairs, told apart by its ECMClassifier."""

import logging
import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
import recordlinkage

from tests.benchmarks.population.problem import Problem
from tests.benchmarks.population.rival_columns import Columns, main_name, read

logging.getLogger("recordlinkage").setLevel(logging.ERROR)  # a full index of a small file is meant

ALL_PAIRS = 500_000
ALIKE_AT = 0.85
ACCEPT_AT = 0.9999
"""The classifier's own cut is .5, but its probabilities take columns for independent and pile up at one, and connected
components chain whatever is wrong. Mean B-cubed F1 on twelve simple simulated files of persons and firms: .400 at .5,
.532 at .99, .770 at .9999, .820 at .99999, .821 at .999999; on eight drawn ones .838, .929, .928, .874, .864.
"""
WINDOW = 9
"""Neighbours in the order of the main name that are compared; the package's own examples use 3 to 9."""


def matches(problem: Problem) -> np.ndarray:
    """The pairs of rows (n × 2) that the classifier takes for matches by ACCEPT_AT."""
    columns = read(problem)
    pairs = candidates(columns)
    none = np.empty((0, 2), dtype=int)
    if len(pairs) == 0:
        return none
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        features = _compare(columns).compute(pairs, columns.table)
        features = features.loc[:, features.nunique() > 1]  # what never differs cannot tell matches apart
        if features.shape[1] == 0:
            return none
        classifier = recordlinkage.ECMClassifier()
        classifier.fit(features)
        likely = classifier.prob(features)
    return np.array(list(likely.index[likely >= ACCEPT_AT]), dtype=int).reshape(-1, 2)


def _compare(columns: Columns) -> recordlinkage.Compare:
    """Equal for codes and categories, an edit distance for what is mostly digits, Jaro-Winkler for words."""
    compare = recordlinkage.Compare()
    for column, kind in columns.kinds.items():
        if kind in ("category", "date"):
            compare.exact(column, column, label=column)
        else:
            method = "levenshtein" if kind in ("phone", "code", "postcode") else "jarowinkler"
            compare.string(column, column, method=method, threshold=ALIKE_AT, label=column)
    return compare


def candidates(columns: Columns) -> pd.MultiIndex:
    """All pairs of a small file; else those of the blocks with the fewest pairs, until there are enough."""
    table = columns.table
    if len(table) * (len(table) - 1) // 2 <= ALL_PAIRS:
        return recordlinkage.index.Full().index(table)
    found: pd.MultiIndex | None = None
    for pairs in _blocks(columns):
        together = pairs if found is None else found.union(pairs)
        if len(together) > ALL_PAIRS:
            break
        found = together
    return found if found is not None else pd.MultiIndex.from_arrays([[], []])


def _blocks(columns: Columns) -> Iterator[pd.MultiIndex]:
    """Neighbours in the order of the main name, then records with equal values of each column, fewest pairs first."""
    named = columns.table.assign(main_name=main_name(columns).replace("", None))
    yield recordlinkage.index.SortedNeighbourhood("main_name", window=WINDOW).index(named)
    sizes = {c: columns.table[c].value_counts() for c in columns.kinds}
    pairs = {c: int((n * (n - 1) // 2).sum()) for c, n in sizes.items()}
    for column in sorted(pairs, key=lambda c: (pairs[c], c)):
        if 0 < pairs[column] <= ALL_PAIRS:
            yield recordlinkage.index.Block(column).index(columns.table)
