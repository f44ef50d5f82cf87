"""Pairs, members and clusters, and the order in which records join."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

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
