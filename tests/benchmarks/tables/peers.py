"""Peers that learn from the same rows and columns, with their defaults but for what is said here.

scikit-learn's logistic regression and histogram boosting are always there. LightGBM and CatBoost are no dependency of
this project: they join where they can be imported and are left out where not. CatBoost reads text columns itself, the
others get one column for each frequent level.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from scoring.model.tables import Column, Floats
from tests.benchmarks.tables.draw import Problem

LEAST = 5
"""A level gets a column of its own if it was seen so often in training."""
MOST = 80
"""At most so many levels of a column, the most frequent first: ids would have thousands."""
FARTHEST = 10.0
"""Standard deviations beyond which the regression's columns are cut."""
TREES = 500
"""CatBoost's trees: half of its default, to save time."""


@dataclass(frozen=True, slots=True)
class Matrices:
    """A problem as plain matrices, NaN where a number is missing: to learn from, and to be judged on."""

    train: Floats
    test: Floats


def base_rate(problem: Problem) -> Floats:
    """The share of deals won, for every row: what must be beaten."""
    return np.full(len(problem.outcome), np.average(problem.train.y, weights=problem.train.weight))


def regression(problem: Problem) -> Floats:
    """Logistic regression on standardised columns, gaps filled with the median and marked."""
    data, matrices = problem.train, matrices_of(problem)
    model = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
        FunctionTransformer(np.clip, kw_args={"a_min": -FARTHEST, "a_max": FARTHEST}),
        LogisticRegression(max_iter=2000),
    )
    model.fit(matrices.train, data.y, logisticregression__sample_weight=data.weight)
    return np.asarray(model.predict_proba(matrices.test)[:, 1])


def histogram_boosting(problem: Problem) -> Floats:
    """scikit-learn's HistGradientBoostingClassifier."""
    return _boosted(HistGradientBoostingClassifier(random_state=0), problem)


def lightgbm(problem: Problem) -> Floats:
    """LightGBM's LGBMClassifier."""
    return _boosted(importlib.import_module("lightgbm").LGBMClassifier(verbose=-1, n_jobs=1), problem)


def catboost(problem: Problem) -> Floats:
    """CatBoostClassifier on the columns as they are."""
    model = importlib.import_module("catboost").CatBoostClassifier(
        verbose=0,
        iterations=TREES,
        thread_count=1,
        allow_writing_files=False,
        cat_features=list(problem.categorical),
    )
    model.fit(_worded(problem, problem.train.frame), problem.train.y, sample_weight=_mean_one(problem))
    return np.asarray(model.predict_proba(_worded(problem, problem.frame))[:, 1])


Peer = Callable[[Problem], Floats]
ALWAYS: Mapping[str, Peer] = MappingProxyType(
    {"base rate": base_rate, "regression": regression, "hist boosting": histogram_boosting}
)
OPTIONAL: Mapping[str, Peer] = MappingProxyType({"lightgbm": lightgbm, "catboost": catboost})
"""By the name of the library."""


def peers() -> dict[str, Peer]:
    """The peers that can run here."""
    return {**ALWAYS, **{name: peer for name, peer in OPTIONAL.items() if importable(name)}}


def importable(library: str) -> bool:
    """Whether a library can be imported."""
    try:
        importlib.import_module(library)
    except (ImportError, OSError):  # OSError: installed, but a system library that it needs is not
        return False
    return True


def matrices_of(problem: Problem) -> Matrices:
    """Numbers as they are, text columns as one column for each frequent level."""
    train, test = [], []
    for name, seen in problem.train.frame.items():
        asked = problem.frame[name]
        if name not in problem.categorical:
            train.append(seen.astype(np.float64))
            test.append(asked.astype(np.float64))
            continue
        seen, asked = seen.astype(str), asked.astype(str)  # None becomes a level as well
        for level in frequent(seen):
            train.append((seen == level).astype(np.float64))
            test.append((asked == level).astype(np.float64))
    return Matrices(np.column_stack(train), np.column_stack(test))


def frequent(values: Column) -> list[str]:
    """Levels that are seen often enough, the most frequent first."""
    levels, counts = np.unique(values, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [str(levels[i]) for i in order if counts[i] >= LEAST][:MOST]


def _boosted(model: Any, problem: Problem) -> Floats:
    matrices = matrices_of(problem)
    model.fit(matrices.train, problem.train.y, sample_weight=_mean_one(problem))
    return np.asarray(model.predict_proba(matrices.test)[:, 1])


def _mean_one(problem: Problem) -> Floats:
    """Weights with mean 1: boosting takes them for counts of rows."""
    return np.asarray(problem.train.weight / problem.train.weight.mean())


def _worded(problem: Problem, frame: Mapping[str, Column]) -> pd.DataFrame:
    """The columns as a data frame, with text in every text column."""
    return pd.DataFrame({n: c.astype(str if n in problem.categorical else np.float64) for n, c in frame.items()})
