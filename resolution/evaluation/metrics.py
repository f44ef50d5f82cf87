"""How good a resolution is against a known truth, in three ways that must never be mixed up.

`pairs`: the accepted links as they were scored; `clusters`: all pairs inside the final entities (cluster-pair);
`b_cubed`: per record, how much of its entity is right (Bagga and Baldwin 1998).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any


def _prf(hit: float, said: float, true: float) -> dict[str, float]:
    precision, recall = (hit / said if said else 1.0), (hit / true if true else 1.0)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 6), "recall": round(recall, 6), "f1": round(f1, 6)}


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def cluster_pair(said: Mapping[str, str], truth: Mapping[str, str]) -> dict[str, float]:
    """Precision, recall and F1 over all pairs of records inside one entity; records missing from `said` are alone."""
    both = Counter((said.get(key, f"\x00{key}"), entity) for key, entity in truth.items())
    mine = Counter(said.get(key, f"\x00{key}") for key in truth)
    return _prf(_pairs(both.values()), _pairs(mine.values()), _pairs(Counter(truth.values()).values()))


def b_cubed(said: Mapping[str, str], truth: Mapping[str, str]) -> dict[str, float]:
    """B-cubed precision, recall and F1: the mean over records."""
    both = Counter((said.get(key, f"\x00{key}"), entity) for key, entity in truth.items())
    mine = Counter(said.get(key, f"\x00{key}") for key in truth)
    true = Counter(truth.values())
    n = len(truth) or 1
    precision = sum(c * c / mine[s] for (s, _), c in both.items()) / n
    recall = sum(c * c / true[t] for (_, t), c in both.items()) / n
    return (
        _prf(precision * recall, recall, precision)
        if not precision * recall
        else {
            "precision": round(precision, 6),
            "recall": round(recall, 6),
            "f1": round(2 * precision * recall / (precision + recall), 6),
        }
    )


def exact_entities(said: Mapping[str, str], truth: Mapping[str, str]) -> int:
    """How many true entities were found with exactly their records."""
    found: dict[str, set[str]] = defaultdict(set)
    true: dict[str, set[str]] = defaultdict(set)
    for key, entity in truth.items():
        true[entity].add(key)
        found[said.get(key, f"\x00{key}")].add(key)
    mine = {frozenset(keys) for keys in found.values()}
    return sum(frozenset(keys) in mine for keys in true.values())


def pairwise(links: Iterable[tuple[str, str]], truth: Mapping[str, str]) -> dict[str, float]:
    """Precision, recall and F1 of accepted links, before they are grouped."""
    inside = [(a, b) for a, b in links if a in truth and b in truth]
    hit = sum(truth[a] == truth[b] for a, b in inside)
    return _prf(hit, len(inside), _pairs(Counter(truth.values()).values()))


def threshold_curve(
    scored: Iterable[tuple[str, str, float]], truth: Mapping[str, str], steps: int = 25
) -> list[dict[str, float]]:
    """Pairwise precision, recall and F1 at match weights from -10 to 14 (log2)."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for a, b, weight in scored:
        if a in truth and b in truth:
            counts[min(14, int(weight // 1))][truth[a] == truth[b]] += 1
    true = _pairs(Counter(truth.values()).values())
    curve = []
    for step in range(steps):
        weight = -10 + step
        wrong, right = (sum(c[i] for w, c in counts.items() if w >= weight) for i in (0, 1))
        curve.append({"match_weight": float(weight), **_prf(right, right + wrong, true)})
    return curve


def report(
    said: Mapping[str, str], truth: Mapping[str, str], scored: Iterable[tuple[str, str, float, bool]]
) -> dict[str, Any]:
    """Everything `dealgraph resolve evaluate` prints, as plain data."""
    rows = list(scored)
    return {
        "records": len(truth),
        "entities": len(set(truth.values())),
        "exact_entities": exact_entities(said, truth),
        "entities_found": len({said.get(key, f"\x00{key}") for key in truth}),
        "pairs": pairwise(((a, b) for a, b, _, accepted in rows if accepted), truth),
        "clusters": cluster_pair(said, truth),
        "b_cubed": b_cubed(said, truth),
        "curve": threshold_curve(((a, b, w) for a, b, w, _ in rows), truth),
    }
