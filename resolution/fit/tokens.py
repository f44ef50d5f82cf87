"""Names that are several words, compared by the words they share: rare words say more, and learned from the file alone.

Two writings of one entity share each word with a chance that depends on how common the word is; two entities share it
by its frequency. The sum of both over all words is the weight of a pair (Fellegi and Sunter 1969, a word a field). The
chances are learned by expectation maximisation, with three degrees of looseness, because one entity's writings are
either nearly the same or quite different. Frequencies are counted over the entities found so far, never over records:
a company that is written in a hundred ways must not make its own name look common.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from resolution.clustering.cluster import components
from resolution.clustering.linkage import average_linkage
from resolution.fit.odds import Floats
from resolution.normalise.words import TRADE_WORDS

CLASSES = 9
"""Class 0: words that stand in one writing only and can never be shared; class k: in up to 2^k entities."""
IDENTICAL = 0.8
MOSTLY, STEEP = 0.62, 20.0
"""Writings that share this part of their words begin as one entity; how fast the doubt goes (log2 for all words)."""
ALONE = (-5.0, 0.0)
"""A word that no other writing has weighs so much (log2), at least and at most: it is a slip, or another name."""
LOOSENESS = np.array([1.5, 0.0, -2.0])
LEFT, RIGHT = np.array([0, 1, 2, 0, 2]), np.array([0, 1, 2, 2, 0])
"""How loose the two sides of a pair are: both alike, or one holds what the other says and more."""
ROUNDS = 3
MAX_PAIRS = 400_000
TOGETHER = 0.3
"""Of words of trade that are shared, the one that weighs most counts whole, the others this part: they go together."""
MAX_GROUPED = 20_000
"""With more distinct writings than this the frequencies are those of writings: grouping them would take too long."""

Ints = NDArray[np.int64]
Near = Callable[[Sequence[str]], sparse.csr_matrix]


@dataclass(frozen=True, slots=True)
class _Said:
    """What words weigh: for each word shared by how loose both sides are, for each writing alone by how loose it is,
    for each pair of sides misspelt (words × words), and the mix of the sides. In log2.

    The weight of a pair is log2 Σ_k mix[k] · 2^(own[a, left k] + own[b, right k] + Σ_shared words word[w, k] +
    Σ_misspelt near[k]), where the words of `trade` that both share count TOGETHER but for the one that weighs most.
    """

    word: Floats
    own: Floats
    mix: Floats
    near: tuple[sparse.csr_matrix, ...]
    trade: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of distinct writings, which writing holds which, what they weigh, and how rare each is (log2)."""

    words: list[str]
    matrix: sparse.csr_matrix
    said: _Said
    rarity: Floats

    def weight(self, left: Ints, right: Ints) -> Floats:
        """Weights (log2) of pairs of writings, given by their places."""
        return _pair_weights(self.matrix, left, right, self.said)[0]


@dataclass(frozen=True, slots=True)
class _Habits:
    """How one entity's writings differ: the chance that a word is shared, by class, and that it is misspelt.

    `alone` is how much oftener than in any writing a word stands that no other writing has.
    """

    shared: Floats
    misspelt: float
    alone: float


USUAL_SHARED, USUAL_MISSPELT = 0.65, 0.03
USUAL = _Habits(np.where(np.arange(CLASSES) == 0, 0.0, USUAL_SHARED), USUAL_MISSPELT, 0.5)
"""How writings differ before any pair has told."""


def learn(writings: Sequence[Sequence[str]], near_of: Near | None = None) -> Vocabulary:
    """Learn word weights from distinct writings, each a set of words; no labels.

    `near_of` says which words (in order of the alphabet) may be one word written twice.
    """
    words, matrix = word_matrix(writings)
    near = near_of(words) if near_of else sparse.csr_matrix((len(words), len(words)))
    n = matrix.shape[0]
    held = np.asarray(matrix.sum(axis=0)).ravel()
    trade = np.array([w in TRADE_WORDS for w in words], dtype=bool)
    left, right = _candidates(matrix, held)
    entity: Ints = _alike(matrix, left, right) if n <= MAX_GROUPED else np.arange(n)
    habits, mix = USUAL, np.full(len(LEFT), 1 / len(LEFT))
    said, rarity = _Said(np.zeros((len(words), 3)), np.zeros((n, 3)), mix, (), trade), np.zeros(len(words))
    for turn in range(ROUNDS if n <= MAX_GROUPED else 1):
        entities = _entities_of(matrix, entity)
        share = np.clip(_smoothed(entities) / max(len(np.unique(entity)), 2), 1e-9, 0.9)
        classes = np.where(held < 2, 0, np.clip(1 + np.floor(np.log2(entities)), 1, CLASSES - 1)).astype(int)
        for _ in range(4 if turn == 0 else 2):
            said = _weights(matrix, classes, share, habits, mix, near, trade)
            weight, parts = _pair_weights(matrix, left, right, said)
            prior = settled_prior(weight, n * (n - 1) / 2)
            probability = 1 / (1 + np.exp2(-(weight + prior)))
            habits = _habits(matrix, left, right, probability, classes, near)
            mix = _mix(parts, mix, probability)
        rarity = -np.log2(share)
        if turn + 1 < ROUNDS and n <= MAX_GROUPED:
            entity = _grouped(n, left, right, weight + prior)
    return Vocabulary(words, matrix, said, rarity)


def word_matrix(writings: Sequence[Sequence[str]]) -> tuple[list[str], sparse.csr_matrix]:
    """The words of writings in order of the alphabet, and which writing holds which (1)."""
    words = sorted({w for writing in writings for w in writing})
    place = {w: i for i, w in enumerate(words)}
    rows = np.repeat(np.arange(len(writings)), [len(w) for w in writings])
    columns = np.array([place[w] for writing in writings for w in writing], dtype=np.int64)
    return words, sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(writings), len(words)))


def _candidates(matrix: sparse.csr_matrix, held: Floats) -> tuple[Ints, Ints]:
    """Pairs of writings that share a word, rare words first, as many words as MAX_PAIRS allows."""
    order = np.argsort(held, kind="stable")
    cost = np.cumsum(held[order] * (held[order] - 1) / 2)
    rare = order[: int(np.searchsorted(cost, MAX_PAIRS, side="right"))]
    some = matrix[:, np.sort(rare)]
    both = sparse.triu(some @ some.T, k=1).tocoo()
    order = np.lexsort((both.col, both.row))
    return both.row[order].astype(np.int64), both.col[order].astype(np.int64)


def _alike(matrix: sparse.csr_matrix, left: Ints, right: Ints) -> Ints:
    """Provisional entities before any word is weighed: writings most of whose words are the same.

    One entity that is written in hundreds of ways would else make its own words look common, and never be found.
    """
    size = np.asarray(matrix.sum(axis=1)).ravel()
    both = np.asarray(matrix[left].multiply(matrix[right]).sum(axis=1)).ravel()
    return _grouped(matrix.shape[0], left, right, STEEP * (2 * both / (size[left] + size[right]) - MOSTLY))


def _entities_of(matrix: sparse.csr_matrix, entity: Ints) -> Floats:
    """In how many entities each word stands."""
    codes = np.unique(entity, return_inverse=True)[1]
    fold = sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))))
    return np.asarray((fold @ matrix > 0).sum(axis=0)).ravel().astype(float)


def _smoothed(entities: Floats) -> Floats:
    """Good and Turing: what one or two entities were seen to hold, another one holds less often than the count says."""
    counts = np.bincount(np.minimum(entities, 9).astype(int), minlength=11).astype(float)
    out = entities.copy()
    last = 0.0
    for n in (1, 2, 3):
        if counts[n] >= 20:
            last = min(float(n), max((n + 1) * counts[n + 1] / counts[n], last, 0.2 * n))
            out[entities == n] = last
    return out


def _weights(
    matrix: sparse.csr_matrix, classes: Ints, share: Floats, habits: _Habits, mix: Floats, near: sparse.csr_matrix,
    trade: NDArray[np.bool_],
) -> _Said:  # fmt: skip
    chance = np.clip(habits.shared, 0.02, 0.98)
    odds = np.log(chance / (1 - chance))
    m = 1 / (1 + np.exp(-(odds[classes][:, None] + LOOSENESS)))
    m[classes == 0] = 0.0
    absent = np.log2(1 - m) - np.log2(1 - share)[:, None]
    absent[classes == 0] = np.clip(np.log2(habits.alone) * np.exp2(LOOSENESS / 2), *ALONE)
    m[classes == 0] = IDENTICAL  # shared only where both writings are the same
    common = np.log2(np.maximum(m, 1e-6))
    shared = (common[:, LEFT] + common[:, RIGHT]) / 2 - np.log2(share)[:, None] - absent[:, LEFT] - absent[:, RIGHT]
    return _Said(shared, np.asarray(matrix @ absent), mix, _near_weights(near, absent, share, habits.misspelt), trade)


def _near_weights(
    near: sparse.csr_matrix, absent: Floats, share: Floats, misspelt: float
) -> tuple[sparse.csr_matrix, ...]:
    """For each pair of sides what two words weigh of which one may be the other misspelt: neither stands alone then."""
    pairs = near.tocoo()
    around = share + np.asarray(near @ share)
    chance = np.log2(misspelt) - np.log2(np.maximum(around[pairs.row], around[pairs.col]))
    return tuple(
        sparse.csr_matrix(
            (np.maximum(chance, 0.0) - absent[pairs.row, a] - absent[pairs.col, b], (pairs.row, pairs.col)), near.shape
        )
        for a, b in zip(LEFT, RIGHT, strict=True)
    )


def _pair_weights(matrix: sparse.csr_matrix, left: Ints, right: Ints, said: _Said) -> tuple[Floats, Floats]:
    first, second = matrix[left], matrix[right]
    both = first.multiply(second).tocsr()
    parts = said.own[left][:, LEFT] + said.own[right][:, RIGHT] + both @ said.word + np.log2(said.mix)
    parts -= _together(both, said)
    if said.near and said.near[0].nnz:
        alone, other = first - both, second - both
        for k, near in enumerate(said.near):
            parts[:, k] += np.asarray((alone @ near).multiply(other).sum(axis=1)).ravel()
    parts = np.clip(parts, -200, 200)
    return np.logaddexp2.reduce(parts, axis=1), parts


def _together(both: sparse.csr_matrix, said: _Said) -> Floats:
    """What words of trade weigh too much where a pair shares several: law offices, board of regents."""
    trade = np.flatnonzero(said.trade)
    shared = both[:, trade].tocsr()
    several = np.flatnonzero(np.diff(shared.indptr) > 1)
    out = np.zeros((both.shape[0], len(LEFT)))
    for k in range(len(LEFT) if len(several) else 0):
        weighed = shared[several] @ sparse.diags(said.word[trade, k])
        rest = np.asarray(weighed.sum(axis=1)).ravel() - np.asarray(weighed.max(axis=1).todense()).ravel()
        out[several, k] = (1 - TOGETHER) * np.maximum(rest, 0.0)
    return out


def settled_prior(weight: Floats, pairs: float) -> float:
    """The prior (log2 odds) at which the expected matches among the candidates are the share that it speaks of."""
    prior = -float(np.log2(max(pairs, 2.0))) / 2
    for _ in range(80):
        expected = max(float((1 / (1 + np.exp2(-(weight + prior)))).sum()), 0.5)
        share = min(expected / max(pairs, 1.0), 0.5)
        settled = float(np.log2(share / (1 - share)))
        if abs(settled - prior) < 1e-3:
            break
        prior = settled
    return prior


def _habits(
    matrix: sparse.csr_matrix, left: Ints, right: Ints, probability: Floats, classes: Ints, near: sparse.csr_matrix
) -> _Habits:
    """How the writings of likely matches differ; what nobody has seen is as usual."""
    likely = probability > 0.01
    if not likely.any():
        return USUAL
    kind = sparse.csr_matrix((np.ones(len(classes)), (np.arange(len(classes)), classes)), shape=(len(classes), CLASSES))
    counts = np.asarray((matrix @ kind).todense())
    first, second = matrix[left[likely]], matrix[right[likely]]
    same = first.multiply(second).tocsr()
    both = np.asarray((same @ kind).todense())
    weight = probability[likely][:, None]
    shared = (2 * both * weight).sum(axis=0)
    total = ((counts[left[likely]] + counts[right[likely]]) * weight).sum(axis=0)
    chance = (shared + 2 * USUAL_SHARED) / (total + 2)
    chance[0] = 0.0
    slips = np.minimum(np.asarray(((first - same) @ near).multiply(second - same).sum(axis=1)).ravel(), 3.0)
    alone = (counts[left[likely], 0] + counts[right[likely], 0] - slips).clip(0) @ weight[:, 0]
    usual = 2 * float(counts[:, 0].mean()) * float(weight.sum())
    return _Habits(
        np.asarray(chance),
        float((slips @ weight[:, 0] + 2 * USUAL_MISSPELT) / (total.sum() / 2 + 2)),
        float(np.clip((alone + 1) / (usual + 2), 1e-3, 1.0)),
    )


def _mix(parts: Floats, mix: Floats, probability: Floats) -> Floats:
    share = np.exp2(parts - np.logaddexp2.reduce(parts, axis=1)[:, None])
    found = (share * probability[:, None]).sum(axis=0) + 1
    return np.asarray(found / found.sum())


def _grouped(n: int, left: Ints, right: Ints, weight: Floats) -> Ints:
    """Provisional entities: average linkage over the candidate pairs."""
    entity: Ints = np.arange(n)
    keep = weight >= -6
    weights = {
        (f"{a:07d}", f"{b:07d}"): float(w)
        for a, b, w in zip(left[keep], right[keep], weight[keep], strict=True)
    }  # fmt: skip
    groups = components([pair for pair, w in weights.items() if w >= 0])
    place = {key: number for number, members in enumerate(groups) for key in members}
    inside: dict[int, dict[tuple[str, str], float]] = {}
    for (a, b), w in weights.items():
        if a in place and place[a] == place.get(b):
            inside.setdefault(place[a], {})[(a, b)] = w
    for number, members in enumerate(groups):
        for part in average_linkage(members, inside[number], threshold=0.0, missing=-3.0):
            for key in part:
                entity[int(key)] = int(part[0])
    return entity
