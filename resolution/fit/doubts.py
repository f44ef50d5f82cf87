"""What of a pair's weight teaches nothing, though it counts: evidence that comes twice from the same names."""

from collections.abc import Sequence

import numpy as np

from resolution.fit.odds import Floats
from resolution.fit.seen import Seen

TEACHES = 5.0
"""A name teaches what other columns weigh with so many bits at most: words that go together are of many entities, and
would else make a class of their own, in which telephones and numbers differ."""
DERIVED = "url"
"""Comparisons of this role are only alike where the names are that they are made of: that teaches nothing."""


def beyond_names(seen: Sequence[Seen]) -> Floats:
    """What declared weights, those of names, say above TEACHES: for that, all else has to agree before it is taught."""
    over = np.zeros(len(seen[0].level))
    for s in seen if len(seen) > 1 else ():
        if not s.free.any():
            over += np.maximum(s.weights() - TEACHES, 0.0)[s.level]
    return over


def derived(seen: Sequence[Seen]) -> Floats:
    """What web addresses say for a pair that are alike, but not the same."""
    alike = np.zeros(len(seen[0].level))
    for s in seen:
        if s.comparison.name.startswith(DERIVED):
            alike += np.where(s.level == s.best, 0.0, np.maximum(s.added(), 0.0))
    return alike
