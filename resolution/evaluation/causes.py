"""Why a resolution is wrong: false merges by the evidence that tied them, misses by the step that lost them.

Counts are pairs of records, over the final entities (cluster pairs). A few examples stand beside each cause.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from resolution.evaluation.expected import Evidence, Expected

MOST_PAIRS = 2_000_000
"""Entities are left out of the causes, the largest first, while their pairs would be more than this."""
EXAMPLES = 3

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored pair of rows: weight (log2), whether it was accepted, what forbade it, and what spoke for it."""

    a: int
    b: int
    weight: float
    accepted: bool
    veto: str | None = None
    evidence: str = ""


@dataclass(slots=True)
class Resolution:
    """A resolved file: record ids and entity ids in its order, scored pairs, compared pairs, and who stood for whom.

    `expected` is how good it is estimated to be without labels, from `evidence`; None for a built-in matcher.
    """

    ids: list[str]
    entities: list[str]
    scored: list[Scored] = field(default_factory=list)
    compared: set[Pair] = field(default_factory=set)
    stand_in: dict[int, int] = field(default_factory=dict)
    model: list[dict[str, Any]] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    evidence: Evidence | None = None
    expected: Expected | None = None


def _inside(groups: Iterable[Sequence[int]]) -> Iterable[Pair]:
    left = MOST_PAIRS
    for rows in sorted(groups, key=len):
        left -= len(rows) * (len(rows) - 1) // 2
        if left < 0:
            return
        for i, a in enumerate(rows):
            for b in rows[i + 1 :]:
                yield a, b


def _groups(keys: Sequence[str | None]) -> list[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is not None:
            found[key].append(row)
    return list(found.values())


def causes(found: Resolution, truth: Mapping[str, str]) -> dict[str, Any]:
    """`false_merges` and `misses`, each a list of (cause, pairs, examples), the most frequent first."""
    true = [truth.get(key) for key in found.ids]
    best = {(s.a, s.b): s for s in found.scored}
    wrong: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    examples: dict[str, list[list[str]]] = defaultdict(list)
    for a, b in _inside(_groups([e if t is not None else None for e, t in zip(found.entities, true, strict=True)])):
        if true[a] != true[b]:
            cause = _false_merge(best.get(_pair(found, a, b)), found, a, b)
            wrong[cause] += 1
            _example(examples, cause, found, a, b)
    for a, b in _inside(_groups(true)):
        if found.entities[a] != found.entities[b]:
            pair = _pair(found, a, b)
            cause = _miss(best.get(pair), pair in found.compared)
            lost[cause] += 1
            _example(examples, cause, found, a, b)
    return {"false_merges": _listed(wrong, examples), "misses": _listed(lost, examples)}


def _pair(found: Resolution, a: int, b: int) -> Pair:
    x, y = found.stand_in.get(a, a), found.stand_in.get(b, b)
    return min(x, y), max(x, y)


def _false_merge(link: Scored | None, found: Resolution, a: int, b: int) -> str:
    x, y = _pair(found, a, b)
    if x == y:
        return "they say exactly the same"
    if link is None or not link.accepted:
        return "tied only through other records"
    return f"tied by {link.evidence or 'many weak signs'}"


def _miss(link: Scored | None, compared: bool) -> str:
    if link is None:
        return "below the threshold, by far" if compared else "never compared: no blocking key shared"
    if link.veto:
        return f"vetoed: {link.veto}"
    if link.accepted:
        return "cut by linkage: accepted, but the groups around them do not fit"
    return "below the threshold"


def _example(examples: dict[str, list[list[str]]], cause: str, found: Resolution, a: int, b: int) -> None:
    if len(examples[cause]) < EXAMPLES:
        examples[cause].append([found.ids[a], found.ids[b]])


def _listed(counts: Counter[str], examples: Mapping[str, list[list[str]]]) -> list[dict[str, Any]]:
    return [
        {"cause": cause, "pairs": n, "examples": examples[cause]}
        for cause, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
