"""Names that are several words, compared by the words they share: rare words say more, and learned from the file alone.

Two writings of one entity share each word with a chance that depends on how common the word is; two entities share it
by its frequency. The sum of both over all words is the weight of a pair (Fellegi and Sunter 1969, a word a field). The
chances are learned by expectation maximisation, with three degrees of looseness, because one entity's writings are
either nearly the same or quite different. Frequencies are counted over the entities found so far, never over records:
a company that is written in a hundred ways must not make its own name look common.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from resolution.clustering.cluster import components
from resolution.clustering.linkage import average_linkage
from resolution.database.connection import rows_in

CLASSES = 9
"""Class 0: words that stand in one writing only and can never be shared; class k: in up to 2^k entities."""
IDENTICAL = 0.8
LOOSENESS = np.array([1.5, 0.0, -2.0])
ROUNDS = 3
FEW = 300
MAX_PAIRS = 400_000
MAX_GROUPED = 20_000
"""With more distinct writings than this the frequencies are those of writings: grouping them would take too long."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What was learned: for each word three weights (log2, one a looseness), for each writing three sums, and the mix.

    The weight of a pair is log2 Σ_k mix[k] · 2^(own[a, k] + own[b, k] + Σ_shared words word[w, k]).
    """

    words: list[str]
    matrix: sparse.csr_matrix
    word: Floats
    own: Floats
    mix: Floats
    rarity: Floats

    def weight(self, left: Ints, right: Ints) -> Floats:
        """Weights (log2) of pairs of writings, given by their places."""
        return _pair_weights(self.matrix, left, right, self.word, self.own, self.mix)[0]


def learn(writings: Sequence[Sequence[str]]) -> Vocabulary:
    """Learn word weights from distinct writings, each a set of words; no labels."""
    words, matrix = word_matrix(writings)
    n = matrix.shape[0]
    held = np.asarray(matrix.sum(axis=0)).ravel()
    left, right = _candidates(matrix, held)
    entity: Ints = np.arange(n)
    chance = np.full(CLASSES, 0.65)
    chance[0] = 0.0
    mix = np.full(3, 1 / 3)
    word, own, rarity = np.zeros((len(words), 3)), np.zeros((n, 3)), np.zeros(len(words))
    for turn in range(ROUNDS if n <= MAX_GROUPED else 1):
        entities = _entities_of(matrix, entity)
        share = np.clip(_smoothed(entities) / max(len(np.unique(entity)), 2), 1e-9, 0.9)
        classes = np.where(held < 2, 0, np.clip(1 + np.floor(np.log2(entities)), 1, CLASSES - 1)).astype(int)
        for _ in range(4 if turn == 0 else 2):
            word, own = _weights(matrix, classes, share, chance)
            weight, parts = _pair_weights(matrix, left, right, word, own, mix)
            prior = settled_prior(weight, n * (n - 1) / 2)
            probability = 1 / (1 + np.exp2(-(weight + prior)))
            chance = _chances(matrix, left, right, probability, classes)
            mix = _mix(parts, mix, probability)
        rarity = -np.log2(share)
        if turn + 1 < ROUNDS and n <= MAX_GROUPED:
            entity = _grouped(n, left, right, weight + prior)
    return Vocabulary(words, matrix, word, own, mix, rarity)


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


def _weights(matrix: sparse.csr_matrix, classes: Ints, share: Floats, chance: Floats) -> tuple[Floats, Floats]:
    odds = np.log(np.clip(chance, 0.02, 0.98) / (1 - np.clip(chance, 0.02, 0.98)))
    m = 1 / (1 + np.exp(-(odds[classes][:, None] + LOOSENESS)))
    m[classes == 0] = 0.0
    absent = np.log2(1 - m) - np.log2(1 - share)[:, None]
    absent[classes == 0] = 0.0
    m[classes == 0] = IDENTICAL  # shared only where both writings are the same
    shared = np.log2(np.maximum(m, 1e-6)) - np.log2(share)[:, None] - 2 * absent
    return shared, np.asarray(matrix @ absent)


def _pair_weights(
    matrix: sparse.csr_matrix, left: Ints, right: Ints, word: Floats, own: Floats, mix: Floats
) -> tuple[Floats, Floats]:
    both = matrix[left].multiply(matrix[right]).tocsr()
    parts = np.clip(own[left] + own[right] + both @ word + np.log2(mix), -200, 200)
    return np.logaddexp2.reduce(parts, axis=1), parts


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


def _chances(matrix: sparse.csr_matrix, left: Ints, right: Ints, probability: Floats, classes: Ints) -> Floats:
    """For each class of words, the chance that a word of one writing stands in a matching one."""
    likely = probability > 0.01
    if not likely.any():
        return np.where(np.arange(CLASSES) == 0, 0.0, 0.65)
    kind = sparse.csr_matrix((np.ones(len(classes)), (np.arange(len(classes)), classes)), shape=(len(classes), CLASSES))
    counts = np.asarray((matrix @ kind).todense())
    both = np.asarray((matrix[left[likely]].multiply(matrix[right[likely]]) @ kind).todense())
    weight = probability[likely][:, None]
    shared = (2 * both * weight).sum(axis=0)
    total = ((counts[left[likely]] + counts[right[likely]]) * weight).sum(axis=0)
    chance = (shared + 2 * 0.65) / (total + 2)
    chance[0] = 0.0
    return np.asarray(chance)


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


def corrections(con: duckdb.DuckDBPyConnection, table: str, column: str) -> int:
    """Make `spelling` (word, meant): rare words that are one or two letters from one at least twice as common.

    `column` of `table` is a list of words. Words of five letters and more that hold a letter are corrected: one letter
    up to eight, two from nine on; only within the same first or last three letters, so that the search stays small.
    A file of fewer than FEW records cannot tell by numbers which writing is right: there the commoner, else the longer.
    """
    few = rows_in(con, f"FROM {table}") < FEW
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE vocabulary AS SELECT word, count(*) AS n FROM
        (SELECT unnest({column}) AS word FROM {table}) WHERE length(word) >= 5 AND NOT regexp_matches(word, '[0-9]')
        GROUP BY word"""
    )
    commoner = "(c.n, length(c.word), c.word) > (r.n, length(r.word), r.word)" if few else "c.n >= 2 * r.n AND c.n >= 3"
    longer = "c.word" if few else "r.word"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE spelling AS WITH keyed AS (
            SELECT word, n, unnest([left(word, 3), '$' || right(word, 3)]) AS key FROM vocabulary
        ), near AS (
            SELECT DISTINCT r.word, r.n AS rare, c.word AS meant, c.n AS common FROM keyed r JOIN keyed c USING (key)
            WHERE {commoner} AND r.word <> c.word AND abs(length(c.word) - length(r.word)) <= 2
            AND damerau_levenshtein(c.word, r.word) <= CASE WHEN length({longer}) < 9 THEN 1 ELSE 2 END
        ), best AS (SELECT word, arg_max(meant, (common, meant)) AS meant FROM near GROUP BY word)
        SELECT b.word, coalesce(c.meant, b.meant) AS meant FROM best b LEFT JOIN best c ON c.word = b.meant"""
    )
    return rows_in(con, "FROM spelling")
