"""Bridges: links whose removal cuts an entity in two (Tarjan 1974), with the size of the smaller side."""

from collections import defaultdict
from collections.abc import Iterable

from resolution.clustering.cluster import Pair


def bridges(links: Iterable[Pair]) -> dict[Pair, int]:
    """Each bridge of a graph, as the link was given, and how many records its smaller side holds."""
    near: dict[str, dict[str, Pair]] = defaultdict(dict)
    for a, b in links:
        near[a][b] = near[b][a] = (a, b)
    found: dict[Pair, int] = {}
    order: dict[str, int] = {}
    for root in sorted(near):
        if root not in order:
            found |= _from(root, near, order)
    return found


def _from(root: str, near: dict[str, dict[str, Pair]], order: dict[str, int]) -> dict[Pair, int]:
    """The bridges of one component: a link that leads down to where nothing leads back above it. Without recursion."""
    order[root] = len(order)
    low, below = {root: order[root]}, {root: 1}
    cuts: list[tuple[Pair, str]] = []
    stack: list[tuple[str, str, list[str]]] = [(root, "", sorted(near[root]))]
    while stack:
        key, above, rest = stack[-1]
        if rest:
            other = rest.pop()
            if other not in order:
                order[other] = low[other] = len(order)
                below[other] = 1
                stack.append((other, key, sorted(near[other])))
            elif other != above:
                low[key] = min(low[key], order[other])
            continue
        stack.pop()
        if above:
            low[above] = min(low[above], low[key])
            below[above] += below[key]
            if low[key] > order[above]:
                cuts.append((near[above][key], key))
    return {link: min(below[key], below[root] - below[key]) for link, key in cuts}
