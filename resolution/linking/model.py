"""A trained matching model, as it is handed from training to scoring and kept."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from resolution.matchers.terms import KEEP_FROM, Comparison, Matcher


@dataclass(frozen=True, slots=True)
class Model:
    """A trained matching model: Splink's settings with every m and u, and what else decides about a pair of records.

    `prior` is in log2 odds; `filled` names the columns that the records filled when it was trained, so that later
    records are compared by the same rules; pairs below `keep_from` (log2) are forgotten. How frequent values are
    stands in tables `frequency_<kind>_<column>`.
    """

    kind: str
    settings: Mapping[str, Any]
    prior: float
    comparisons: tuple[Comparison, ...]
    filled: frozenset[str]
    keep_from: float = KEEP_FROM

    @property
    def digest(self) -> str:
        """Twelve hex digits that name this model."""
        return hashlib.sha256(json.dumps(self.settings, sort_keys=True).encode()).hexdigest()[:12]


def usable(matcher: Matcher, filled: frozenset[str]) -> tuple[Comparison, ...]:
    """The comparisons of a matcher that have a column to read."""
    return tuple(c for c in matcher.comparisons if set(c.needs) & filled)


def added_sql(name: str, columns: Collection[str]) -> str:
    """SQL for what a comparison adds to the weight of a scored pair (log2), 0 where it says nothing.

    `columns` are those of the scored pairs: not each comparison is adjusted by how rare a value is.
    """
    parts = [f"coalesce({part}, 0)" for part in (f"mw_{name}", f"mw_tf_adj_{name}") if part in columns]
    return f"({' + '.join(parts) or '0'})"


def weight_sql(model: Model, columns: Collection[str]) -> str:
    """SQL for the match weight of a row with these `mw_*` columns: the prior and the parts, added in a fixed order.

    So a pair weighs the same to the last bit whenever it is scored.
    """
    parts = [name for c in model.comparisons for name in (f"mw_{c.name}", f"mw_tf_adj_{c.name}") if name in columns]
    return " + ".join([f"({model.prior!r})::DOUBLE", *parts])


def frequency_columns(model: Model) -> tuple[str, ...]:
    """The columns whose frequencies adjust weights, in the order of the levels that name them."""
    return tuple(dict.fromkeys(level.tf for c in model.comparisons for level in c.levels if level.tf))
