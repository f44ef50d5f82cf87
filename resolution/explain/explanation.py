"""What is said about two records: every part of their weight, the decision and its reason, and what would turn it.

Plain data and sentences, the same for the command line and for the graph's readers; it opens neither DuckDB nor Splink.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

JUDGED_APART = "a person said"
"""A veto that begins so is a judgement."""
KEPT_FROM = -12.0
"""Pairs below this weight (log2) are not stored."""


class Decision(StrEnum):
    """What was decided about two records, and by what."""

    ACCEPTED = "accepted"
    BELOW_THRESHOLD = "below_threshold"
    VETOED = "vetoed"
    CUT = "cut"
    JUDGED_SAME = "judged_same"
    JUDGED_DIFFERENT = "judged_different"
    NOT_COMPARED = "not_compared"
    NOT_STORED = "not_stored"


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison: the level met, its match weight, and what the frequency of the value adds (log2)."""

    comparison: str
    level: str
    weight: float
    adjustment: float


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change of one comparison's level that would reach the threshold, and what it would add (log2)."""

    comparison: str
    level: str
    gain: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair and its weight (log2)."""

    a: str
    b: str
    match_weight: float


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A blocking key that both records have: how many records hold it, and up to how many it is looked at."""

    about: str
    key: str
    records: int
    cap: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two records (keys 'kind|source:record_id') are one entity, or why not. Weights are log2.

    `match_weight = prior + Σ weight + Σ adjustment`. `together` says whether they are in one entity now; `afresh`
    that the pair was scored for this question, because it is not stored.
    """

    a: str
    b: str
    together: bool
    decision: Decision
    sentence: str
    match_weight: float | None = None
    probability: float | None = None
    prior: float | None = None
    threshold: float | None = None
    parts: tuple[Part, ...] = ()
    block: str | None = None
    veto: str | None = None
    cut: str | None = None
    mean_weight: float | None = None
    model: str | None = None
    flip: Flip | None = None
    afresh: bool = False
    linked_by: tuple[str, ...] = ()
    best_rejected: tuple[Edge, ...] = ()
    shared_keys: tuple[SharedKey, ...] = ()


def explain(a: str, b: str, row: Mapping[str, Any], *, together: bool) -> Explanation:
    """What a stored pair says; `row` holds the properties of its COMPARED_WITH."""
    lists = [row.get(name) or () for name in ("comparisons", "levels", "weights", "adjustments")]
    flip = row.get("flip_comparison")
    told = Explanation(
        a,
        b,
        together,
        decision_of(row),
        "",
        match_weight=row.get("match_weight"),
        probability=row.get("probability"),
        prior=row.get("prior"),
        threshold=row.get("threshold"),
        parts=tuple(Part(*values) for values in zip(*lists, strict=True)),
        block=row.get("block"),
        veto=row.get("veto"),
        cut=row.get("cut"),
        mean_weight=row.get("cut_mean"),
        model=row.get("model") or None,
        flip=Flip(flip, row["flip_level"], row["flip_gain"]) if flip and not row.get("veto") else None,
    )
    return replace(told, sentence=sentence(told))


def decision_of(row: Mapping[str, Any]) -> Decision:
    """The decision that a stored pair stands for."""
    weight, veto = row.get("match_weight"), row.get("veto")
    if row["decision"] == "cut":
        return Decision.CUT
    if row["decision"] == "accepted":
        return Decision.JUDGED_SAME if weight is None or weight < row["threshold"] else Decision.ACCEPTED
    if veto:
        return Decision.JUDGED_DIFFERENT if str(veto).startswith(JUDGED_APART) else Decision.VETOED
    return Decision.BELOW_THRESHOLD


def sentence(told: Explanation) -> str:
    """The decision and its reason, in one sentence."""
    sums = "" if told.match_weight is None else f"the weight {told.match_weight:+.2f}"
    sums += "" if told.threshold is None or not sums else f" against the threshold {told.threshold:g}"
    said = {
        Decision.ACCEPTED: f"Accepted: {sums}.",
        Decision.BELOW_THRESHOLD: f"Rejected: {sums}.",
        Decision.VETOED: f"Rejected, whatever the weight: {told.veto}" + (f" ({sums})." if sums else "."),
        Decision.CUT: f"Accepted as a pair ({sums}), but two entities: {told.cut}.",
        Decision.JUDGED_SAME: "A person said that they are the same" + (f", over {sums}." if sums else "."),
        Decision.JUDGED_DIFFERENT: "A person said that they are different" + (f", over {sums}." if sums else "."),
    }.get(told.decision, "")
    if told.together and told.decision in (Decision.BELOW_THRESHOLD, Decision.VETOED):
        return f"{said[:-1]}; both are one entity all the same, by other records."
    if told.flip and not told.together:
        return f"{said} {flip_sentence(told.flip)}"
    return said


def flip_sentence(flip: Flip) -> str:
    """What would turn a rejection."""
    return f"Were {flip.comparison.replace('_', ' ')} “{flip.level}” ({flip.gain:+.2f}), they would be accepted."


def not_compared(
    a: str, b: str, fresh: Explanation | None, keys: Sequence[SharedKey], *, together: bool
) -> Explanation:
    """What is said about a pair that no blocking key brought together, with what it would weigh."""
    open_keys = [key for key in keys if key.records <= key.cap]
    if open_keys:
        weight = "" if fresh is None else f" ({fresh.match_weight:+.2f})"
        said = f"Compared for “{open_keys[0].about}”, and below the {KEPT_FROM:g} from which pairs are stored{weight}."
        base = fresh or Explanation(a, b, together, Decision.NOT_COMPARED, "")
        return replace(base, sentence=said, afresh=True, shared_keys=tuple(keys), block=open_keys[0].about)
    if keys:
        hubs = "; ".join(f"“{k.about}” ({k.key}), held by {k.records} records, over {k.cap}" for k in keys[:3])
        said = f"Never compared: all that they share is a hub: {hubs}."
    else:
        said = "Never compared: they share no blocking key."
    if fresh is None:
        return Explanation(a, b, together, Decision.NOT_COMPARED, said, shared_keys=tuple(keys))
    would = {
        Decision.ACCEPTED: f"Scored now they weigh {fresh.match_weight:+.2f} and would be accepted.",
        Decision.VETOED: f"Scored now they weigh {fresh.match_weight:+.2f}, with a veto: {fresh.veto}.",
    }.get(fresh.decision, f"Scored now they weigh {fresh.match_weight:+.2f}, which is rejected all the same.")
    if together:
        would += " Both are one entity, by other records."
    return replace(
        fresh,
        together=together,
        decision=Decision.NOT_COMPARED,
        sentence=f"{said} {would}",
        afresh=True,
        shared_keys=tuple(keys),
    )


def not_stored(a: str, b: str, edges: Sequence[Edge], *, together: bool) -> Explanation:
    """What the graph alone can say about a pair that it does not hold: a bound, from the best rejected pair of each."""
    if len(edges) == 2:
        low = min(edge.match_weight for edge in edges)
        said = (
            f"Not stored: never compared, or rejected at {low:+.2f} or less, which is the best rejected of one of them."
        )
    else:
        said = f"Not stored: never compared, or rejected below the {KEPT_FROM:g} from which pairs are kept."
    if together:
        said += " Both are one entity, by other records."
    return Explanation(a, b, together, Decision.NOT_STORED, said, best_rejected=tuple(edges))


def sides(pairs: Sequence[tuple[str, str]], founder: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each step's pair, in order: the records that were joined to, and those that joined them.

    The founder's side is joined to; else the larger side, or the one whose first key is smaller.
    """
    group: dict[str, tuple[str, ...]] = {}
    found = []
    for a, b in pairs:
        two = [group.get(key, (key,)) for key in (a, b)]
        into, joined = sorted(two, key=lambda keys: (founder not in keys, -len(keys), keys))
        found.append((into, joined))
        group |= dict.fromkeys((*into, *joined), tuple(sorted((*into, *joined))))
    return found
