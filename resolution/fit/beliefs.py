"""What a few answers of a person say about all scored pairs: the weights as a prior, corrected by what was answered.

The weights of a file that nobody labelled may be wrong as a whole (the threshold lies elsewhere), in what one
comparison adds (it was believed too much or too little), or for one pattern of levels (same name, same address, other
telephone). Each of these errors is taken to be normal around 0 with the standard deviation below, in bits, so that two
patterns err alike as far as they share what may be wrong:

    cov(p, q) = OFFSET² + SLOPE² Σ w_c(p) w_c(q) + LEVEL² (share of equal levels) + OWN² [p = q]

where w_c is what comparison c adds to the weight. An answer has the probability that the corrected weight gives it. The
most likely corrections are those of Gaussian process classification (Rasmussen and Williams 2006, chapter 3, Laplace),
with the learned weight for its mean: without an answer nothing moves; one answer moves its own pattern most, patterns
that lean on the same evidence partly, and all others a little.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from resolution.clustering.cluster import Pair
from resolution.fit.odds import Floats, probability_of
from resolution.linking.model import added_sql
from resolution.matchers.terms import Matcher

OFFSET, SLOPE, LEVEL, OWN = 3.0, 0.6, 3.0, 4.0
"""How far a weight may err, as standard deviations in bits (SLOPE: for each bit of a comparison).

Chosen on drawn files (seeds 30000 to 30080); half or twice as much helps nearly as well.
"""
TURNS = 50
BITS = float(np.log(2))
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of levels of the scored pairs: how many pairs meet each, their mean weight, what each part adds."""

    comparisons: tuple[str, ...]
    levels: Numbers
    parts: Floats
    weight: Floats
    pairs: Numbers

    def covariance(self, a: Numbers, b: Numbers) -> Floats:
        """How alike the weights of patterns err, in bits²: one row for each of `a`, one column for each of `b`."""
        equal = np.zeros((len(a), len(b)))
        for place in range(len(self.comparisons)):
            equal += self.levels[a, place][:, None] == self.levels[b, place][None, :]
        found: Floats = OFFSET**2 + SLOPE**2 * self.parts[a] @ self.parts[b].T
        found += LEVEL**2 * equal / max(len(self.comparisons), 1)
        found += OWN**2 * (a[:, None] == b[None, :])
        return found

    def doubt(self) -> Floats:
        """How far the weight of each pattern may err: standard deviations in bits."""
        found: Floats = np.sqrt(OFFSET**2 + SLOPE**2 * (self.parts**2).sum(axis=1) + LEVEL**2 + OWN**2)
        return found


def compared_in(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> list[str]:
    """Comparisons of a matcher that the scored pairs have a level of."""
    names = {str(row[0]) for row in con.execute(f"DESCRIBE pairs_{matcher.kind}").fetchall()}
    return [c.name for c in matcher.comparisons if f"level_{c.name}" in names and f"mw_{c.name}" in names]


def number_patterns(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> Patterns:
    """Write `pair_patterns` (l, r, pattern), and return the patterns by their number."""
    pairs = f"pairs_{matcher.kind}"
    names = {str(row[0]) for row in con.execute(f"DESCRIBE {pairs}").fetchall()}
    used = compared_in(con, matcher)
    levels = ", ".join(f"level_{c}" for c in used)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE pair_patterns AS SELECT l, r, dense_rank() OVER (ORDER BY {levels}) - 1 "
        f"AS pattern FROM {pairs}"
    )
    parts = [f"avg({added_sql(c, names)}) AS part_{c}" for c in used]
    got = con.execute(
        f"SELECT {', '.join(f'any_value(level_{c}) AS level_{c}' for c in used)}, {', '.join(parts)}, "
        f"avg(match_weight) AS weight, count(*) AS pairs FROM {pairs} JOIN pair_patterns USING (l, r) "
        "GROUP BY pattern ORDER BY pattern"
    ).fetchnumpy()
    return Patterns(
        tuple(used),
        np.column_stack([_numbered(got[f"level_{c}"]) for c in used]),
        np.column_stack([np.asarray(got[f"part_{c}"], dtype=float) for c in used]),
        np.asarray(got["weight"], dtype=float),
        np.asarray(got["pairs"]).astype(np.int64),
    )


def _numbered(levels: Iterable[object]) -> Numbers:
    known: dict[object, int] = {}
    return np.array([known.setdefault(level, len(known)) for level in levels], dtype=np.int64)


def corrections(patterns: Patterns, asked: Numbers, weights: Floats, same: Floats) -> Floats:
    """What the answers add to the weight of each pattern (bits): `same` is 1 or 0, `weights` those of the pairs asked.

    Newton's method on the sum of the answers' log-likelihood and that of the errors, which has one maximum.
    """
    within = patterns.covariance(asked, asked)
    added: Floats = np.zeros(len(asked))
    pull: Floats = np.zeros(len(asked))
    for _ in range(TURNS):
        probability = probability_of(weights + added)
        firm = np.maximum(BITS**2 * probability * (1 - probability), 1e-9)
        aim = added + BITS * (same - probability) / firm
        pull = np.asarray(np.linalg.solve(within + np.diag(1 / firm), aim), dtype=np.float64)
        step: Floats = within @ pull - added
        longest = float(np.abs(step).max())
        added = np.asarray(added + step * min(1.0, 4.0 / max(longest, 1e-12)), dtype=np.float64)
        if longest < 1e-6:
            break
    found: Floats = patterns.covariance(np.arange(len(patterns.weight)), asked) @ pull
    return found


def correct(con: duckdb.DuckDBPyConnection, matcher: Matcher, answers: Mapping[Pair, bool]) -> None:
    """Move the weights of all scored pairs by what was answered about some; pairs never scored teach nothing."""
    if not answers:
        return
    patterns = number_patterns(con, matcher)
    pairs = f"pairs_{matcher.kind}"
    rows = con.execute(
        f"SELECT l, r, pattern, match_weight FROM pair_patterns JOIN {pairs} USING (l, r) WHERE list_contains(?, l)",
        [sorted({a for a, _ in answers})],
    ).fetchall()
    scored = {(str(a), str(b)): (int(number), float(w)) for a, b, number, w in rows}
    told = sorted(pair for pair in answers if pair in scored)
    if not told:
        return
    added = corrections(
        patterns,
        np.array([scored[pair][0] for pair in told]),
        np.array([scored[pair][1] for pair in told]),
        np.array([float(answers[pair]) for pair in told]),
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE pattern_added AS SELECT unnest(range(len(a)))::BIGINT AS pattern, unnest(a) AS "
        "added FROM (SELECT ?::DOUBLE[] AS a)",
        [added.tolist()],
    )
    con.execute(f"ALTER TABLE {pairs} ADD COLUMN IF NOT EXISTS mw_answers DOUBLE DEFAULT 0")
    con.execute(
        f"""UPDATE {pairs} SET mw_answers = a.added, match_weight = match_weight + a.added, probability =
            1 / (1 + pow(2, -greatest(-60, least(60, match_weight + a.added))))
        FROM pair_patterns p JOIN pattern_added a USING (pattern) WHERE p.l = {pairs}.l AND p.r = {pairs}.r"""
    )
