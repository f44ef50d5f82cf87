"""From scored pairs to entities: components, average linkage, stable ids and the moment from which each record belongs.

One link is not enough to chain two groups: inside a component that links tie together, groups are merged from the best
pair down, and only while the mean weight of *all* pairs between them stays above the threshold (average linkage, Sokal
    and
Michener 1958); a pair that was never compared counts as weak evidence against, a vetoed one forbids the merge.
"""

import hashlib
import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

CLIP = 12.0
"""Weights are clipped to ± this many bits before they are averaged, so that one figure does not outvote the rest."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """A record of an entity: since when it belongs, and the weight of the best link that ties it (None: none)."""

    key: str
    known_from: datetime
    weight: float | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """One entity: its founder first (earliest known; ties by key), then the others in the order they joined."""

    members: tuple[Member, ...]

    @property
    def founder(self) -> str:
        """Key of the founding record."""
        return self.members[0].key


@dataclass(frozen=True, slots=True)
class Join:
    """Two groups of records that became one: the mean weight of all pairs between them, and how many were compared."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    mean: float
    compared: int


class Union:
    """Union-find over texts, with path halving."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, key: str) -> str:
        """The root of a key; an unseen key is its own root."""
        parent = self._parent
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def join(self, a: str, b: str) -> None:
        """Put two keys into one set; the smaller root stays."""
        first, second = sorted((self.find(a), self.find(b)))
        self._parent[second] = first

    def groups(self) -> list[list[str]]:
        """All sets, each sorted, in order of their first key."""
        sets: dict[str, list[str]] = defaultdict(list)
        for key in sorted(self._parent):
            sets[self.find(key)].append(key)
        return [sets[root] for root in sorted(sets)]


def components(links: Iterable[Pair]) -> list[list[str]]:
    """Groups of records that accepted links tie together, each sorted."""
    union = Union()
    for a, b in links:
        union.join(a, b)
    return union.groups()


def entity_id(kind: str, key: str) -> str:
    """The id of the entity that a record founds: kind letter and 12 hex digits of SHA-256 of 'kind|source|record_id'.

    `key` is a record's key 'kind|source:record_id'; the source ends at the first colon.
    """
    source, _, record = key.partition("|")[2].partition(":")
    return f"{kind[0]}_{hashlib.sha256(f'{kind}|{source}|{record}'.encode()).hexdigest()[:12]}"


def entity_id_sql(kind: str, key: str) -> str:
    """SQL for `entity_id` of the record key in column `key`."""
    rest = f"substr({key}, strpos({key}, '|') + 1)"
    founding = f"'{kind}|' || split_part({rest}, ':', 1) || '|' || substr({rest}, strpos({rest}, ':') + 1)"
    return f"'{kind[0]}_' || left(sha256({founding}), 12)"


def average_linkage(
    members: Sequence[str],
    weights: Mapping[Pair, float],
    *,
    threshold: float,
    missing: float,
    apart: frozenset[Pair] = frozenset(),
    together: Sequence[Sequence[str]] = (),
) -> list[list[str]]:
    """Split one component into groups whose mean pair weight to each other is below the threshold.

    `weights` and `apart` have pairs in sorted order; weights in log2. Members of one list of `together` begin as one
    group, whatever their weights and vetoes say; a veto of one of them still holds for all.
    """
    begin = [sorted(some) for some in together]
    inside = {key for some in begin for key in some}
    begin += [[key] for key in members if key not in inside]
    state = _Linkage(begin, weights, threshold, missing, apart)
    for _ in state.joins():
        pass
    return sorted(state.groups.values())


def linkage_joins(members: Sequence[str], weights: Mapping[Pair, float], missing: float) -> Iterator[Join]:
    """The joins by which average linkage makes one group of these members, in order, whatever their means."""
    yield from _Linkage([[key] for key in members], weights, -math.inf, missing, frozenset()).joins()


class _Linkage:
    """Groups of one component while they merge: sums of weights between them, merges still on offer."""

    def __init__(
        self,
        begin: Sequence[list[str]],
        weights: Mapping[Pair, float],
        threshold: float,
        missing: float,
        apart: frozenset[Pair],
    ) -> None:
        self.groups: dict[int, list[str]] = dict(enumerate(sorted(begin)))
        self.heap: list[tuple[float, int, int]] = []
        self._threshold, self._missing, self._fresh = threshold, missing, len(begin)
        self._total: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)
        self._forbidden: dict[int, set[int]] = defaultdict(set)
        place = {key: i for i, keys in self.groups.items() for key in keys}
        for a, b in apart:
            if a in place and b in place and place[a] != place[b]:
                self._forbidden[place[a]].add(place[b])
                self._forbidden[place[b]].add(place[a])
        for (a, b), weight in sorted(weights.items()):
            i, j = place[a], place[b]
            if i != j:
                total, n = self._total[i].get(j, (0.0, 0))
                self._total[i][j] = self._total[j][i] = (total + max(-CLIP, min(CLIP, weight)), n + 1)
        for i in self.groups:
            for j in self._total[i]:
                if i < j:
                    self._offer(i, j)

    def _offer(self, i: int, j: int) -> None:
        weight, n = self._total[i][j]
        pairs = len(self.groups[i]) * len(self.groups[j])
        mean = (weight + self._missing * (pairs - n)) / pairs
        if j not in self._forbidden[i] and mean >= self._threshold:
            heapq.heappush(self.heap, (-mean, min(i, j), max(i, j)))

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
        self._forbidden[new] = self._forbidden.pop(i, set()) | self._forbidden.pop(j, set())
        for other in self._forbidden[new]:
            self._forbidden[other].add(new)
        left, right = self._total.pop(i, {}), self._total.pop(j, {})
        for other in sorted((left.keys() | right.keys()) & self.groups.keys()):
            mine, theirs = left.get(other, (0.0, 0)), right.get(other, (0.0, 0))
            self._total[new][other] = self._total[other][new] = (mine[0] + theirs[0], mine[1] + theirs[1])
            self._offer(new, other)


def joined(members: Sequence[str], links: Mapping[Pair, float | None], known: Mapping[str, datetime]) -> Cluster:
    """Order a group by when each record became connected to its founder.

    A link holds from the later of its two records; links are added in that order, and a record belongs from the moment
    at which its side first meets the founder's (temporal union-find). A link without a weight is a person's word.
    """
    founder = min(members, key=lambda key: (known[key], key))
    inside = dict.fromkeys(members)
    best: dict[str, float] = {}
    timed: list[tuple[datetime, str, str]] = []
    for (a, b), weight in links.items():
        if a in inside and b in inside:
            timed.append((max(known[a], known[b]), a, b))
            if weight is not None:
                best[a], best[b] = max(weight, best.get(a, weight)), max(weight, best.get(b, weight))
    sides = {key: [key] for key in members}
    side_of = {key: key for key in members}
    since = {founder: known[founder]}
    for moment, a, b in sorted(timed):
        x, y = side_of[a], side_of[b]
        if x == y:
            continue
        if len(sides[x]) < len(sides[y]):
            x, y = y, x
        if side_of[founder] in (x, y):
            for key in sides[y] if side_of[founder] == x else sides[x]:
                since[key] = moment
        for key in sides[y]:
            side_of[key] = x
        sides[x] += sides.pop(y)
    latest = max(known[key] for key in members)
    rows = [Member(key, since.get(key, latest), best.get(key)) for key in members]
    return Cluster(tuple(sorted(rows, key=lambda m: (m.key != founder, m.known_from, m.key))))


def inherit(
    kind: str,
    clusters: Sequence[Cluster],
    previous: Mapping[str, str],
    former: Mapping[str, Sequence[str]] = MappingProxyType({}),
    in_use: Set[str] = frozenset(),
) -> dict[str, str]:
    """The id of each cluster, by founder: that of the old entity it shares most records with, each old id given once.

    Ties go to the id that more of its records had before, then to the older id's founder, that is the cluster holding
    the old founding record, then to the smaller key. A cluster without an old id takes one that most of its records had
    before that (`former`) and that is free again, as after an unmerge; else the id that its own founder makes. Ids
    `in_use` elsewhere are given to nobody.
    """
    ids: dict[str, str] = {}
    taken = set(in_use)
    held = {key: (old,) for key, old in previous.items()}
    for known in (held, former):
        claims = _claims(kind, [c for c in clusters if c.founder not in ids], known, former)
        for *_, founder, old in sorted(claims):
            if founder not in ids and old not in taken:
                ids[founder] = old
                taken.add(old)
    for cluster in clusters:
        if cluster.founder not in ids:
            key = cluster.founder
            while (own := entity_id(kind, key)) in taken:
                key += "+"
            ids[cluster.founder] = own
            taken.add(own)
    return ids


def _claims(
    kind: str, clusters: Sequence[Cluster], held: Mapping[str, Sequence[str]], former: Mapping[str, Sequence[str]]
) -> list[tuple[int, int, bool, str, str]]:
    """Each claim to an id: minus the records that have it and that had it, whether its founder is elsewhere, …

    … then the cluster's founder and the id: the smallest goes first.
    """
    claims = []
    for cluster in clusters:
        shared = Counter(old for m in cluster.members for old in held.get(m.key, ()))
        if shared:
            ever = Counter(old for m in cluster.members for old in former.get(m.key, ()))
            founded = {entity_id(kind, m.key) for m in cluster.members}
            claims += [(-n, -ever[old], old not in founded, cluster.founder, old) for old, n in shared.items()]
    return claims
