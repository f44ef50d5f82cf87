"""Odoo's predictive lead scoring, the open-source peer that people run: naive Bayes over categories, for comparison.

Frequencies of each value among won and lost, begun at 0.1; a value that was never seen says nothing; numbers are
ignored, but for the stage (addons/crm, `_pls_get_naive_bayes_probabilities`, Odoo 17). Probabilities are held within
0.01 and 99.99 %.
"""

from collections.abc import Sequence

import numpy as np

from scoring.model.tables import Floats, Frame

BEGIN = 0.1
STAGE = "stage_order"


def odoo(seen: Frame, y: Floats, weight: Floats, asked: Frame, categorical: Sequence[str]) -> Floats:
    """Probabilities of the rows of `asked`, learned from `seen`."""
    won, lost = float(weight @ y), float(weight @ (1 - y))
    rows = len(next(iter(asked.values()))) if asked else 0
    for_, against = (
        np.full(rows, max(won, 1e-9) / max(won + lost, 1e-9)),
        np.full(rows, max(lost, 1e-9) / max(won + lost, 1e-9)),
    )
    for name in (n for n in seen if n in categorical or n == STAGE):
        count: dict[object, list[float]] = {}
        for value, label, mass in zip(seen[name].tolist(), y.tolist(), weight.tolist(), strict=True):
            if value is not None and value == value:
                count.setdefault(value, [BEGIN, BEGIN])[label > 0.5] += mass
        both = [sum(c[side] for c in count.values()) for side in (1, 0)]
        for i, value in enumerate(asked[name].tolist()):
            if value in count and min(both) > 0:
                for_[i] *= count[value][1] / both[0]
                against[i] *= count[value][0] / both[1]
    return np.asarray(np.clip(for_ / np.maximum(for_ + against, 1e-300), 0.0001, 0.9999), dtype=np.float64)
