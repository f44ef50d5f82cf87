"""Learning a fitted matcher's m from its candidate pairs: expectation maximisation anchored by what is declared.

Splink learns m inside single blocks; in an unseen file such a block may hold hardly anything but matches, or columns
that say the same twice (latitude and longitude), and then the two classes it finds are not matches and others. Here all
candidate pairs are taken together, u stays what random pairs say (less the matches among them), and the shares that the
templates declare count as PSEUDO further matches, so that a few pairs cannot turn a comparison round.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from resolution.database.connection import texts_sql
from resolution.fit.calibrate import hold_against
from resolution.fit.dependence import Tied, beyond
from resolution.fit.doubts import beyond_names, derived
from resolution.fit.odds import LEAST, Floats, probability_of
from resolution.fit.seen import Seen
from resolution.fit.sites import SITED, at_other_place
from resolution.fit.strangers import Strangers
from resolution.linking.model import Model
from resolution.matchers.terms import Comparison

PSEUDO = 100.0
"""What is declared counts as so many matches."""
FIRM = 250.0
"""What is declared of a thing that one person has counts as so many."""
LOCAL = 20.0
"""That sites of one owner lie anywhere counts as so many pairs of them."""
UNLIKELY = ("first", "date", "identifier")
"""One person has one of each: what is declared of them counts as FIRM matches."""
STRANGERS = 2.0
"""Two strangers of one name are so many times as usual as matches, unless the file shows otherwise."""
TURNS = 60
NEVER = -200.0
"""A kind of pairs (log2 odds) that the file cannot have."""
UNSEEN = 200.0
"""How rare a value is in a small file is judged as if so many more records were there that do not have it."""
MANY_VALUES = ("first", "last", "middle", "email", "phone", "date", "event", "address", "street", "point")
"""Comparisons of these roles have more possible values than a small file shows."""
UNKNOWN = ("category", "number", "event", "word", "text", "state", "country", "title")
"""Comparisons of these roles say nothing until the file shows that they do: their further matches fall as chance does.
"""
OWN = ("first", "middle", "generation", "gender", "date", "identifier", "name")
"""What tells one of a household (an office, a series) from another; all else they may have in common."""
NAMES = ("first", "middle", "last")
AROUND = (*SITED, "postcode", "city", "state", "country")
"""Sites of one owner lie in one part of the world; all else they have in common."""
ELSEWHERE = 2.0
"""At most so many times what is declared of matches are told at another place, and never more than of any two: else EM
learns owners, not sites."""
HALFWAY = 3.0
"""Likeness that is not the best is of matches at most so many times as often as declared."""
TWINS = 1 / 32
"""So many of two in one household were born on one day."""
HOUSEHOLD = "what two of one household, two of one name or two sites of one owner would share as well"


def learn(
    con: duckdb.DuckDBPyConnection, model: Model, pairs: str, records: int, *, sites: bool = False,
    found: Strangers | None = None, by_name: bool = False,
) -> float:  # fmt: skip
    """Learn every free m from the scored pairs, and rewrite their weights; returns the prior (log2 odds).

    With `sites`, two sites of one owner are two entities. With `found`, u is what its strangers share, declared weights
    are held against what all else says, and what two columns say twice counts once. With `by_name`, a name teaches with
    all that it weighs.
    """
    names = {str(row[0]) for row in con.execute(f"DESCRIBE {pairs}").fetchall()}
    columns = ["rowid AS pair", "l", "r"]
    for c in model.comparisons:
        labels = [*(level.label for level in c.levels), c.otherwise]
        columns.append(f"coalesce(list_position([{texts_sql(labels)}], level_{c.name}), 0) - 1 AS level_{c.name}")
        adjusted = f"mw_tf_adj_{c.name}"
        columns.append(
            f"coalesce({adjusted}, 0)::DOUBLE AS tf_{c.name}" if adjusted in names else f"0::DOUBLE AS tf_{c.name}"
        )
    got = con.execute(f"SELECT {', '.join(columns)} FROM {pairs} ORDER BY l, r").fetchnumpy()
    if not len(got["pair"]):
        return model.prior
    rarer = _rarer(con, model)
    seen = [_seen(model, i, got, rarer) for i in range(len(model.comparisons))]
    rate, tied = None, []
    if found is not None:
        rate = found.rate(got["l"], got["r"])
        named = {s.comparison.name: s for s in seen}
        tied = [Tied(named[one], named[other], bits) for (one, other), bits in found.bonds.items()]
        for s in seen:
            _chance(s, found, alone=len(seen) == 1)
    odds = _turns(seen, tied, model.prior, records * (records - 1) / 2, owners=sites, rate=rate, by_name=by_name)
    _write(con, pairs, got["pair"], seen, tied, odds, names)
    return odds.prior


def _rarer(con: duckdb.DuckDBPyConnection, model: Model) -> dict[str, float]:
    """By comparison: how much rarer its values are in the world than in this file."""
    names = {c.name: c.needs[0] for c in model.comparisons if c.name.startswith(MANY_VALUES)}
    if not names:
        return {}
    counts = con.execute(
        f"SELECT {', '.join(f'count({column})' for column in names.values())} FROM prepared_{model.kind}"
    ).fetchall()[0]
    return {name: max(int(n), 1) / (max(int(n), 1) + UNSEEN) for name, n in zip(names, counts, strict=True)}


def _seen(model: Model, place: int, got: dict[str, NDArray[np.generic]], rarer: dict[str, float]) -> Seen:
    comparison = model.comparisons[place]
    settings = model.settings["comparisons"][place]["comparison_levels"]
    levels = [entry for entry in settings if not entry.get("is_null_level")]
    shares = np.array([*(level.m for level in comparison.levels), comparison.otherwise_m])
    m = np.array([float(entry["m_probability"]) for entry in levels])
    u = np.array([float(entry["u_probability"]) for entry in levels])
    u[:-1] *= np.where([level.tf is not None for level in comparison.levels], rarer.get(comparison.name, 1.0), 1.0)
    u[-1] = max(u[-1], 1 - u[:-1].sum()) if comparison.name in rarer else u[-1]
    start = 2.0**model.prior / (1 + 2.0**model.prior)
    free = np.array([*(level.u is None for level in comparison.levels), any(v.u is None for v in comparison.levels)])
    correct = np.array([*(level.tf is None and level.u is None for level in comparison.levels), False])
    pseudo = u / u.sum() if comparison.name.startswith(UNKNOWN) else shares / shares.sum()
    return Seen(
        comparison,
        np.asarray(got[f"level_{comparison.name}"]).astype(np.int64),
        np.asarray(got[f"tf_{comparison.name}"]).astype(float),
        np.where(free, shares / shares.sum(), m), u, pseudo, u * (1 - start) + start * m, free,
        not comparison.name.startswith(OWN), correct, *_elsewhere(comparison, u / u.sum(), shares / shares.sum()),
    )  # fmt: skip


def _chance(s: Seen, found: Strangers, *, alone: bool) -> None:
    """Set u of what is learned to what strangers share; rare values of a small file are rarer in the world."""
    counts = found.levels[s.comparison.name]
    if counts.sum() < 1:
        return
    if not s.free.any():
        s.strange = None if alone else counts[:-1]
        return
    u = found.chance(s.comparison, s.random)
    if s.comparison.name.startswith(MANY_VALUES):
        rarer = found.entities / (found.entities + UNSEEN)
        u[:-1] *= np.where([level.tf is not None for level in s.comparison.levels], rarer, 1.0)
        u[-1] = max(u[-1], 1 - u[:-1].sum())
    s.u = np.where(s.free, u, s.u)
    s.correct = np.zeros(len(s.u), dtype=bool)


def _elsewhere(comparison: Comparison, u: Floats, shares: Floats) -> tuple[Floats, int]:
    """What two sites of one owner share before the file is seen, and how many levels mean one place."""
    site = next((n for role, n in SITED.items() if comparison.name.startswith(role)), 0)
    return at_other_place(0.5 * u + 0.5 * shares, u, site), site


@dataclass(frozen=True, slots=True)
class _Odds:
    """How usual matches, two of one household, two strangers of one name and two sites of one owner are.

    Among all pairs, in log2.
    """

    prior: float
    homes: float
    strangers: float
    owners: float


def _turns(
    seen: list[Seen], tied: list[Tied], prior: float, pairs: float, *, owners: bool, rate: Floats | None, by_name: bool
) -> _Odds:  # fmt: skip
    """Turns of expectation and maximisation; with `owners`, pairs may be two sites of one owner."""
    around = [s for s in seen if _around(s)]
    sited = owners and len(around) < len(seen) and any(s.comparison.name.startswith(tuple(SITED)) for s in around)
    odds = _Odds(prior, prior, prior, prior if sited else NEVER)  # at first each kind is as usual as matches
    last = np.inf
    for s in around if sited else ():  # begin with what sets sites apart: EM is slow to tell two kinds alike
        s.m = np.where(s.free & (np.arange(len(s.m)) >= s.site) & (s.site > 0), s.m / 4, s.m)
    for _ in range(TURNS):
        weight, *others = _summed(seen, tied, odds)
        probability = probability_of(weight)
        share = float(np.clip(probability.sum() / pairs, 0.5 / pairs, 0.5))
        rest = (1 - probability) / np.exp2(_else(others))
        at_home, alike, of_owner = (float((rest * np.exp2(kind)).sum()) for kind in others)
        odds = _Odds(
            float(np.log2(share / (1 - share))),
            float(np.log2(max(at_home, 0.5) / pairs)),
            float(np.log2(share * (alike + STRANGERS * PSEUDO) / (probability.sum() + PSEUDO))),
            float(np.log2(max(of_owner, 0.5) / pairs)) if sited else NEVER,
        )
        sure = weight - derived(seen)
        doubted = probability if by_name else probability_of(sure - beyond_names(seen))
        for s in seen:
            _teach(s, doubted, share, bounded=sited)
            if rate is not None and s.strange is not None:
                hold_against(s, s.strange, sure, rate)
        for t in tied:
            t.matches = beyond(t, doubted)
            t.explained = t.both(_shared) * 2.0**odds.homes + t.both(_is_name) * 2.0**odds.strangers
        for s in around if sited else ():
            _teach_owned(s, rest * np.exp2(others[-1]))
        if abs(share / last - 1) < 1e-4:
            break
        last = share
    return odds


def _else(others: Sequence[Floats]) -> Floats:
    """log2 of how likely a pair is under all that it may be but one entity, against chance alone."""
    total = np.zeros(len(others[0]))
    for kind in others:
        total = np.logaddexp2(total, kind)
    return total


def _summed(seen: list[Seen], tied: list[Tied], odds: _Odds) -> tuple[Floats, Floats, Floats, Floats]:
    """The weight of each pair (log2), and how far a household, a common name and a common owner explain it.

    Pairs are of five kinds: one entity; two by chance; two of one household, which agree by chance but for what
    households share; two strangers of one name; and two sites of one owner. With 2^W the odds of a match to chance, 2^H
    those of a household, 2^S those of strangers and 2^O those of an owner, the weight is W - log2(1 + 2^H + 2^S + 2^O).
    """
    weight, home, stranger, owner = (
        np.full(len(seen[0].level), at) for at in (odds.prior, odds.homes, odds.strangers, odds.owners)
    )
    for s in seen:
        part = s.added()
        weight += part
        if s.shared:
            home += part
        if _is_name(s):
            stranger += part
        owner += np.append(np.log2(s.owned / s.u), 0.0)[s.level] if _around(s) else part
        if s.comparison.name.startswith("date"):
            home += np.log2(1 - TWINS + TWINS * np.exp2(part))
    for t in tied:
        part = t.said_twice()
        weight += part
        if t.both(_shared):
            home += part
        if t.both(_is_name):
            stranger += part
    return weight - _else((home, stranger, owner)), home, stranger, owner


def _shared(s: Seen) -> bool:
    return s.shared


def _is_name(s: Seen) -> bool:
    return s.comparison.name.startswith(NAMES)


def _around(s: Seen) -> bool:
    return s.comparison.name.startswith(AROUND)


def _teach(s: Seen, probability: Floats, share: float, *, bounded: bool) -> None:
    known = s.level >= 0
    found = np.bincount(s.level[known], weights=probability[known], minlength=len(s.m))
    total = found[s.free].sum()
    if not s.free.any():
        return
    if s.comparison.name.startswith(UNKNOWN):
        s.trust = float(total / (total + PSEUDO))
    scale, rest = s.declared[s.free].sum(), 1 - s.m[~s.free].sum()
    firm = FIRM if s.comparison.name.startswith(UNLIKELY) else PSEUDO
    s.m = np.where(s.free, np.maximum(rest * (found + firm * s.declared / scale) / (total + firm), LEAST), s.m)
    middle = s.free & (np.arange(len(s.m)) != s.best) & (np.arange(len(s.m)) < len(s.m) - 1)
    s.m = np.where(middle, np.minimum(s.m, HALFWAY * s.declared), s.m)
    if bounded and s.site:
        most = np.where(np.arange(len(s.m)) < s.site, 1.0, np.minimum(ELSEWHERE * s.declared, s.u))
        s.m = np.minimum(s.m, most)
        s.m[0] += max(1.0 - s.m.sum(), 0.0)
    cleaned = np.maximum((s.random - share * s.m) / (1 - share), 0.1 * s.random)
    s.u = np.where(s.correct, cleaned, s.u)
    s.u[-1] = max(s.u[-1], s.m[-1]) if s.free[-1] else s.u[-1]


def _teach_owned(s: Seen, probability: Floats) -> None:
    """What two sites of one owner have in common of where they are: never the very place, else as pairs show."""
    known = s.level >= 0
    found = np.bincount(s.level[known], weights=probability[known], minlength=len(s.u)) + LOCAL * s.owned
    s.owned = at_other_place(found / found.sum(), s.u / s.u.sum(), s.site)


def _write(
    con: duckdb.DuckDBPyConnection, pairs: str, rows: NDArray[np.generic], seen: list[Seen], tied: list[Tied],
    odds: _Odds, names: set[str],
) -> None:  # fmt: skip
    fresh = {"pair": np.asarray(rows)}
    for s in seen:
        fresh[f"mw_{s.comparison.name}"] = s.weights()[s.level]
        fresh[f"mw_tf_adj_{s.comparison.name}"] = s.trust * s.tf
    for t in tied:
        fresh[f"mw_{t.weaker.comparison.name}"] += t.said_twice()
    fresh["match_weight"], *others = _summed(seen, tied, odds)
    fresh["mw_household"] = -_else(others)
    con.execute(f"ALTER TABLE {pairs} ADD COLUMN IF NOT EXISTS mw_household DOUBLE DEFAULT 0")
    con.execute(f"ALTER TABLE {pairs} ADD COLUMN IF NOT EXISTS level_household VARCHAR DEFAULT '{HOUSEHOLD}'")
    con.register("fresh_weights", pa.table(fresh))
    sets = [f"{c} = f.{c}" for c in fresh if c != "pair" and (c in names or c == "mw_household")]
    con.execute(
        f"UPDATE {pairs} SET {', '.join(sets)}, probability = "
        "1 / (1 + pow(2, -greatest(-60, least(60, f.match_weight)))) "
        f"FROM fresh_weights f WHERE f.pair = {pairs}.rowid"
    )
    con.unregister("fresh_weights")
