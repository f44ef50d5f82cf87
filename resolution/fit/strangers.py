"""What a first grouping of a file teaches of chance: which values two entities share, whatever their size.

Random pairs of records tell it badly where entities are large: of a file of seventeen persons, one of whom stands in a
third of its rows, every third random pair is one person, and his telephone looks like one that all the world has. Each
pair of entities counts once here, by all pairs of their records or by drawn ones: a giant is one, like everybody else.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from resolution.fit.dependence import Bonds, bonds
from resolution.fit.odds import Floats
from resolution.linking.linker import SEED, score
from resolution.linking.model import Model
from resolution.matchers.terms import Comparison

DRAWN = 60_000
"""So many pairs of entities are drawn, at most."""
OFTEN = 20
"""Where there are few entities, each pair of them is drawn so many times, at most."""
FEWEST = 3
"""No pair of fewer entities tells anything."""

Texts = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Strangers:
    """Levels that records of two entities meet, by comparison, and the entity of each record in the first grouping.

    `levels` are counts (the last: none of the levels) that add up to the pairs of entities that were seen, or to fewer
    where values were missing. `bonds` are comparisons on which they agree together.
    """

    levels: Mapping[str, Floats]
    entity_of: Mapping[str, str]
    entities: int
    bonds: Bonds

    def chance(self, comparison: Comparison, before: Floats) -> Floats:
        """Shares of the levels among strangers: what was believed before counts as one pair more.

        What none of them met is as rare as was believed, or as half a pair: that it was not seen shows no more.
        """
        counts = self.levels[comparison.name]
        believed, seen = before / before.sum(), counts.sum() + 1
        return np.asarray(np.maximum((counts + believed) / seen, np.minimum(believed, 0.5 / seen)))

    def rate(self, left: Texts, right: Texts) -> Floats:
        """What each pair counts where entities of all sizes shall: all pairs of n records together half of n."""
        size = Counter(self.entity_of.values())
        one, other = ([self.entity_of[key] for key in keys] for keys in (left, right))
        sizes = (size[a] + (size[b] if a != b else 0) for a, b in zip(one, other, strict=True))
        return np.asarray(1 / np.maximum(np.fromiter(sizes, float, len(one)) - 1, 1))


def strangers(
    con: duckdb.DuckDBPyConnection, model: Model, entity_of: Mapping[str, str], *, sites: bool = False
) -> Strangers | None:
    """Compare records of two entities; None where there are too few of these.

    `prepared_<kind>` has the records, `entity_of` says of each to which entity it belongs. Of `sites` no bonds are
    asked for: what two of one owner have in common is weighed as a kind of pairs.
    """
    members: dict[str, list[str]] = {}
    for key in sorted(entity_of):
        members.setdefault(entity_of[key], []).append(key)
    if len(members) < FEWEST:
        return None
    if len(entity_of) * (len(entity_of) - 1) // 2 <= DRAWN:
        _all(con, members)
    else:
        _draw(con, list(members.values()))
    score(con, model, f"prepared_{model.kind}", "strange", "strange_pair", keep_from=-1000.0)
    levels = {c.name: _met(con, c) for c in model.comparisons}
    found = Strangers(levels, entity_of, len(members), {} if sites else bonds(con, model))
    con.execute("DROP TABLE strange; DROP TABLE strange_pair")
    return found


def _all(con: duckdb.DuckDBPyConnection, members: Mapping[str, list[str]]) -> None:
    """Make `strange` (join_key_l, join_key_r, match_key, n): pairs of records of two entities, 1 a pair of these."""
    keys = [(key, entity, len(some)) for entity, some in members.items() for key in some]
    con.execute(
        """CREATE OR REPLACE TEMP TABLE strange AS
        WITH held AS (SELECT unnest(?::VARCHAR[]) AS key, unnest(?::VARCHAR[]) AS entity, unnest(?::DOUBLE[]) AS size)
        SELECT a.key AS join_key_l, b.key AS join_key_r, '' AS match_key, 1 / (a.size * b.size) AS n
        FROM held a JOIN held b ON a.key < b.key AND a.entity <> b.entity""",
        [list(column) for column in zip(*keys, strict=True)],
    )


def _draw(con: duckdb.DuckDBPyConnection, entities: list[list[str]]) -> None:
    """The same with drawn pairs: each as often as it was drawn, or 1 a pair of entities where these are fewer."""
    chance = np.random.default_rng(SEED)
    pairs = len(entities) * (len(entities) - 1) // 2
    drawn = min(DRAWN, OFTEN * pairs)
    one = chance.integers(0, len(entities), drawn)
    other = (one + 1 + chance.integers(0, len(entities) - 1, drawn)) % len(entities)
    left, right = (
        [entities[i][int(part * len(entities[i]))] for i, part in zip(places, chance.random(drawn), strict=True)]
        for places in (one, other)
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE strange AS
        SELECT least(l, r) AS join_key_l, greatest(l, r) AS join_key_r, '' AS match_key, count(*) * ? AS n
        FROM (SELECT unnest(?::VARCHAR[]) AS l, unnest(?::VARCHAR[]) AS r) GROUP BY ALL""",
        [min(pairs / drawn, 1.0), left, right],
    )


def _met(con: duckdb.DuckDBPyConnection, comparison: Comparison) -> Floats:
    """How often strangers met each level of a comparison; the last: none of them."""
    level = f"level_{comparison.name}"
    found = dict(
        con.execute(
            f"SELECT {level}, sum(n ORDER BY n) FROM strange_pair JOIN strange ON l = join_key_l AND r = join_key_r "
            "GROUP BY ALL"
        ).fetchall()
    )
    labels = [*(level.label for level in comparison.levels), comparison.otherwise]
    return np.array([float(found.get(label, 0)) for label in labels])
