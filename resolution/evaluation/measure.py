"""What judgements say about the matching: precision, recall and the best threshold, with intervals.

Judgements decide, so the resolution always agrees with them; measured is what the model alone would have done with the
judged pairs. People look at doubtful pairs first: the figures speak of pairs such as were judged, not of all.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from resolution.clustering.group import group
from resolution.database.connection import from_resolution
from resolution.judgements.verdicts import Verdicts, apply
from resolution.linking.blocking import usable_columns
from resolution.linking.decision import decide
from resolution.matchers import ACCOUNT, CONTACT, DEAL
from resolution.matchers.terms import Matcher

ENOUGH: Final = 20
"""So many pairs of each verdict are the least that a threshold is told from."""
RESAMPLES: Final = 500
Z: Final = 1.96
MATCHERS: Final = (ACCOUNT, CONTACT, DEAL)
NEVER: Final = -math.inf
TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS unjudged (kind VARCHAR, a VARCHAR, b VARCHAR, same BOOLEAN, match_weight DOUBLE, "
    "together BOOLEAN)"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged pair: what was said, the model's weight (-inf: it never scored it), what the model alone would do."""

    same: bool
    weight: float
    together: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson 1927), of `n` pairs; nothing without any."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """The match weight (log2) with the best F1 among the judged pairs, with its 95 % bootstrap interval."""

    weight: float
    low: float
    high: float
    f1: float


@dataclass(frozen=True, slots=True)
class Measure:
    """What the judgements of one kind say; `said` is the sentence that goes with the figures."""

    kind: str
    same: int
    different: int
    precision: Share
    recall: Share
    present: float
    best: Threshold | None
    said: str


def keep_unjudged(con: duckdb.DuckDBPyConnection, matcher: Matcher, verdicts: Verdicts) -> None:
    """Write down what the model alone does with the judged pairs of a settled store; nothing without any.

    Only the components that hold judged records are grouped once more, as if nobody had said anything.
    """
    con.execute(TABLE)
    said = sorted([*((p, True) for p in verdicts.same), *((p, False) for p in verdicts.different)])
    if not said:
        return
    kind = matcher.kind
    con.execute(
        "CREATE OR REPLACE TEMP TABLE judged_key AS SELECT unnest(?::VARCHAR[]) AS uid",
        [sorted({key for pair, _ in said for key in pair})],
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE unsaid AS SELECT uid, known FROM store.component_{kind} SEMI JOIN
            (SELECT component FROM store.component_{kind} SEMI JOIN judged_key USING (uid)) USING (component);
        CREATE OR REPLACE TABLE pairs_{kind} AS SELECT * EXCLUDE (veto, accepted) FROM store.pairs_{kind}
            SEMI JOIN unsaid ON l = uid WHERE match_weight IS NOT NULL;
        CREATE OR REPLACE TABLE keys_{kind} AS FROM store.keys_{kind} SEMI JOIN
            (SELECT key FROM store.keys_{kind} SEMI JOIN unsaid ON unique_id = uid) USING (key)"""
    )
    filled = usable_columns(con, f"store.prepared_{kind}")
    decide(con, matcher, filled, f"pairs_{kind}", f"store.prepared_{kind}")
    apply(con, f"pairs_{kind}", Verdicts(stated=verdicts.stated))
    known = {str(key): moment for key, moment in con.execute("FROM unsaid").fetchall()}
    owner = {m.key: i for i, c in enumerate(group(con, matcher, known, apart=verdicts.stated)) for m in c.members}
    for (a, b), same in said:
        if a in known and b in known:
            con.execute(
                f"INSERT INTO unjudged SELECT ?, ?, ?, ?, (SELECT match_weight FROM pairs_{kind} "
                "WHERE l = ? AND r = ?), ?",
                [kind, a, b, same, a, b, owner.get(a, -1) == owner.get(b, -2)],
            )


def measure(resolution_db: Path) -> tuple[Measure, ...]:
    """What the judgements that the last resolution knew say about its matchers.

    Raises:
        NotFound: nothing was resolved here yet.
    """
    asked = "SELECT kind, same, match_weight, together FROM unjudged ORDER BY ALL"
    rows = from_resolution(resolution_db, lambda con: con.execute(asked).fetchall(), "judged pairs")
    found = []
    for matcher in MATCHERS:
        mine = [Judged(s, NEVER if w is None else float(w), t) for k, s, w, t in rows if k == matcher.kind]
        if mine:
            found.append(of_pairs(matcher.kind, mine, matcher.threshold))
    return tuple(found)


def of_pairs(kind: str, judged: Sequence[Judged], threshold: float) -> Measure:
    """The measure of one kind's judged pairs."""
    same, together = sum(j.same for j in judged), sum(j.together for j in judged)
    both, different = sum(j.same and j.together for j in judged), sum(not j.same for j in judged)
    few = min(same, different) < ENOUGH
    said = (
        f"{kind}: {same} pairs judged the same and {different} different are too few for a threshold, {ENOUGH} of each "
        "are the least; `dealgraph resolve review` shows the pairs that teach most."
        if few
        else f"{kind}: the figures speak of pairs such as were judged, doubtful ones first, not of all pairs."
    )
    best = None if few else best_threshold(judged)
    return Measure(kind, same, different, wilson(both, together), wilson(both, same), threshold, best, said)


def wilson(hits: int, n: int) -> Share:
    """A share and its 95 % interval by Wilson's score."""
    if not n:
        return Share(None, None, None, 0)
    p, z2 = hits / n, Z * Z
    middle, half = p + z2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return Share(p, max(0.0, (middle - half) / (1 + z2 / n)), min(1.0, (middle + half) / (1 + z2 / n)), n)


def best_threshold(judged: Sequence[Judged]) -> Threshold:
    """The threshold with the best F1, half-way down to the next weight; resampled with a fixed seed."""
    weight, f1 = _best(judged)
    draw = random.Random(1)
    again = sorted(_best(draw.choices(judged, k=len(judged)))[0] for _ in range(RESAMPLES))
    return Threshold(weight, again[int(0.025 * RESAMPLES)], again[int(0.975 * RESAMPLES) - 1], f1)


def _best(judged: Sequence[Judged]) -> tuple[float, float]:
    """(threshold, F1); ties go to the higher threshold. Pairs that were never scored are always apart."""
    total = sum(j.same for j in judged)
    scored = sorted((j for j in judged if j.weight > NEVER), key=lambda j: -j.weight)
    best, hits = (0.0, -1.0), 0
    for i, j in enumerate(scored):
        hits += j.same
        below = scored[i + 1].weight if i + 1 < len(scored) else j.weight - 1
        if below < j.weight:
            f1 = 2 * hits / (i + 1 + total)
            if f1 > best[1]:
                best = ((j.weight + below) / 2, f1)
    return best
