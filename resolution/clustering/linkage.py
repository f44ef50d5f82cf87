"""From scored pairs to entities: components, average linkage, stable ids and the moment from which each record belongs.

One link is not enough to chain two groups: inside a component that links tie together, groups are merged from the best
pair down, and only while the mean weight of *all* pairs between them stays above the threshold (average linkage, Sokal
and Michener 1958). A pair that was never compared counts as weak evidence against, unless the two share a key that too
many share for all of its pairs to be compared: then it counts as those say that were drawn by chance. A vetoed pair
forbids the merge; a contradiction that is inferred weighs AGAINST it.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

from resolution.clustering.cluster import Pair

CLIP = 12.0
"""Weights count as ± so many bits at most where they are averaged, so that one figure does not outvote the rest: here
above, and below (as `NEVER`) where they are read, for contradictions weigh more."""
AGAINST = -2 * CLIP
"""What a contradiction weighs that is inferred, not declared: two pairs that speak for a group outweigh it."""
FORBIDS = -50 * CLIP
"""What a contradiction weighs that holds of any two entities: among fifty pairs that speak for a group one may be an
error of writing, as a misread `Jr.` in one of five hundred mentions."""

DIGITS = 6
"""Means that are equal to so many digits are the same: sums of floats differ by the order in which they are taken."""

FEW = 3.0
"""What all pairs of a key say counts as so many between two groups: more that were drawn there outvote it."""
NO_ORDER: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Hubs:
    """Keys that too many share for all of them to be compared; some of their pairs were `drawn` by chance.

    `says` has by record its keys, and what a pair of such a key weighs that was not compared (log2): as likely as those
    that were drawn.
    """

    says: Mapping[str, Mapping[int, float]]
    drawn: Set[Pair]


NO_HUBS = Hubs(MappingProxyType({}), frozenset())


@dataclass(frozen=True, slots=True)
class Join:
    """Two groups of records that became one: the mean weight of all pairs between them, and how many were compared."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    mean: float
    compared: int


def average_linkage(
    members: Sequence[str],
    weights: Mapping[Pair, float],
    *,
    threshold: float,
    missing: float,
    apart: frozenset[Pair] = frozenset(),
    together: Sequence[Sequence[str]] = (),
    hubs: Hubs = NO_HUBS,
    order: Mapping[str, int] = NO_ORDER,
) -> list[list[str]]:
    """Split one component into groups whose mean pair weight to each other is below the threshold.

    `weights` and `apart` have pairs in sorted order; weights in log2. Members of one list of `together` begin as one
    group, whatever their weights and vetoes say; a veto of one of them still holds for all. Of merges of one weight
    those come first whose members come first in `order`, else by key.
    """
    begin = [sorted(some) for some in together]
    inside = {key for some in begin for key in some}
    begin += [[key] for key in members if key not in inside]
    begin.sort(key=lambda some: (min(order.get(key, 0) for key in some), some))
    state = _Linkage(begin, weights, threshold, missing, apart, hubs)
    for _ in state.joins():
        pass
    return sorted(state.groups.values())


def linkage_joins(members: Sequence[str], weights: Mapping[Pair, float], missing: float) -> Iterator[Join]:
    """The joins by which average linkage makes one group of these members, in order, whatever their means."""
    yield from _Linkage([[key] for key in sorted(members)], weights, -math.inf, missing, frozenset()).joins()


Sums = tuple[float, int, float, int]
"""Of the compared pairs between two groups: their weights and their number, and the same of those that were drawn."""
NOTHING: Sums = (0.0, 0, 0.0, 0)


def _added(one: Sums, other: Sums) -> Sums:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3])


class _Linkage:
    """Groups of one component while they merge: sums of weights between them, merges still on offer."""

    def __init__(
        self,
        begin: Sequence[list[str]],
        weights: Mapping[Pair, float],
        threshold: float,
        missing: float,
        apart: frozenset[Pair],
        hubs: Hubs = NO_HUBS,
    ) -> None:
        self.groups: dict[int, list[str]] = dict(enumerate(begin))
        self.heap: list[tuple[float, int, int]] = []
        self._threshold, self._missing, self._fresh = threshold, missing, len(begin)
        self._total: dict[int, dict[int, Sums]] = defaultdict(dict)
        self._forbidden: dict[int, set[int]] = defaultdict(set)
        place = {key: i for i, keys in self.groups.items() for key in keys}
        self._hubs = {
            i: Counter(hub for key in keys for hub in hubs.says.get(key, ())) for i, keys in self.groups.items()
        }
        self._says = {hub: weight for key in place for hub, weight in hubs.says.get(key, {}).items()}
        for a, b in apart:
            if a in place and b in place and place[a] != place[b]:
                self._forbidden[place[a]].add(place[b])
                self._forbidden[place[b]].add(place[a])
        for pair, weight in sorted(weights.items()):
            i, j = place[pair[0]], place[pair[1]]
            if i != j:
                own = max(FORBIDS, min(CLIP, weight))
                drawn = (own, 1) if pair in hubs.drawn else (0.0, 0)
                self._total[i][j] = self._total[j][i] = _added(self._total[i].get(j, NOTHING), (own, 1, *drawn))
        for i in self.groups:
            for j in self._total[i]:
                if i < j:
                    self._offer(i, j)

    def _offer(self, i: int, j: int) -> None:
        weight, n, said, drawn = self._total[i][j]
        pairs = len(self.groups[i]) * len(self.groups[j])
        mean = (weight + self._unseen(i, j, pairs - n, said, drawn)) / pairs
        if j not in self._forbidden[i] and mean >= self._threshold:
            heapq.heappush(self.heap, (-round(mean, DIGITS), min(i, j), max(i, j)))

    def _unseen(self, i: int, j: int, pairs: int, said: float, drawn: int) -> float:
        """What so many pairs between two groups weigh that were never compared.

        Those that share a hub weigh as those did that were drawn between the two groups; the hub with most of them
        counts.
        """
        shared, says = 0, self._missing
        few, many = sorted((self._hubs[i], self._hubs[j]), key=len)
        for hub, n in few.items():
            if hub in many:
                shared, says = max((shared, says), (min(pairs, n * many[hub]), self._says[hub]))
        return self._missing * (pairs - shared) + (said + FEW * says) / (drawn + FEW) * shared

    def joins(self) -> Iterator[Join]:
        """Merge groups from the best mean down, telling each merge; ties go to the group that began earlier."""
        while self.heap:
            mean, i, j = heapq.heappop(self.heap)
            if i in self.groups and j in self.groups:
                join = Join(tuple(self.groups[i]), tuple(self.groups[j]), -mean, self._total[i][j][1])
                self.merge(i, j)
                yield join

    def merge(self, i: int, j: int) -> None:
        """Make one group of two, under a new number, and offer it to its neighbours."""
        new, self._fresh = self._fresh, self._fresh + 1
        self.groups[new] = sorted(self.groups.pop(i) + self.groups.pop(j))
        self._hubs[new] = self._hubs.pop(i) + self._hubs.pop(j)
        self._forbidden[new] = self._forbidden.pop(i, set()) | self._forbidden.pop(j, set())
        for other in self._forbidden[new]:
            self._forbidden[other].add(new)
        left, right = self._total.pop(i, {}), self._total.pop(j, {})
        for other in sorted((left.keys() | right.keys()) & self.groups.keys()):
            mine, theirs = left.get(other, NOTHING), right.get(other, NOTHING)
            self._total[new][other] = self._total[other][new] = _added(mine, theirs)
            self._offer(new, other)
