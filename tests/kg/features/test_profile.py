"""Profiles of features against what the values and the evidence themselves say, and that nothing later counts."""

from __future__ import annotations

from datetime import datetime
from statistics import median

import numpy as np
import pytest

from kg.features.extraction import extract
from kg.features.features import features_named, load_features
from kg.features.paths import every_reason
from kg.features.profile import BACK, Profile, drift, evidence_ages, population, profile
from kg.graph import Graph
from kg.store.migrate import migrate
from tests.conftest import EMPTY
from tests.worlds import START, chance_world, day, norrland

AT = START + BACK * 5
DEAL = [f for f in load_features().values() if f.entity == "deal"]


def newest(graph: Graph, name: str, id_: str, as_of: datetime) -> datetime | None:
    """When the newest evidence of a value happened, read from its paths."""
    (feature,) = features_named([name])
    found = every_reason(graph, feature, id_, as_of)
    times = []
    for path in found.paths:
        if path.prior or not found.total:
            continue
        parts = [p.properties["known_from"] for p in (*path.nodes, *path.relationships)]
        known = max(t for t in parts if t <= as_of)
        times.append(path.at if path.at is not None and path.at <= as_of else known)
    return max(times, default=None)


def test_a_profile_says_what_the_values_say(graph: Graph) -> None:
    world = chance_world(5, deals=40)
    world.load(graph, AT)
    found = {p.feature: p for p in profile(graph, DEAL, AT)}
    ids = population(graph, "deal", AT)
    assert len(ids) > 10 and {p.n for p in found.values()} == {len(ids)}
    columns = extract(graph, DEAL, [(id_, AT) for id_ in ids])
    for feature in DEAL:
        p, column = found[feature.name], columns[feature.name]
        there = [v for v in column if v is not None]
        assert p.failed is None and p.missing == pytest.approx(1 - len(there) / len(ids))
        empty = [v for v in column if v == feature.empty]
        assert p.at_empty == pytest.approx(len(empty) / len(ids))
        if p.numbers:
            assert p.numbers["median"] == pytest.approx(median(there))  # type: ignore[type-var]  # numbers here
            assert p.numbers["max"] == max(there)  # type: ignore[type-var]
        if p.top:
            assert sum(share for _, share in p.top) == pytest.approx(len(there) / len(ids))
        ages = [newest(graph, feature.name, id_, AT) for id_ in ids]
        days = [(AT - t).total_seconds() / 86400 for t in ages if t is not None]
        assert p.with_evidence == len(days)
        assert p.age_days == (pytest.approx(median(days), abs=1e-6) if days else None)
    graph_told = {name for name, p in found.items() if p.drift is not None}
    assert graph_told == set(found)


def test_a_profile_knows_nothing_later(graph: Graph) -> None:
    """The profile of a moment is the same when all that was learned after it is gone."""
    world = chance_world(6, deals=40)
    world.load(graph, AT)
    some = features_named(["deal_amount", "account_win_share", "contacts_engaged", "stage_order", "deal_kind"])
    before = profile(graph, some, AT)
    graph.write(EMPTY)
    migrate(graph)
    world.cut(AT).load(graph, AT)
    assert profile(graph, some, AT) == before


def test_booked_ahead_is_as_old_as_its_telling(graph: Graph) -> None:
    norrland().load(graph, day("2024-04-15"))
    (feature,) = features_named(["meetings_booked"])
    assert evidence_ages(graph, feature, [("D1", day("2024-04-15"))]) == [1.0]


def test_a_kind_without_a_population_is_all_that_was_there(graph: Graph) -> None:
    norrland().load(graph, day("2024-04-15"))
    assert population(graph, "contact", day("2024-04-15")) == ["ines", "jon", "mara"]
    assert population(graph, "contact", day("2022-01-01")) == []


def test_features_of_pairs_have_profiles(graph: Graph) -> None:
    """Of people on open deals: every feature is computed, and what has evidence says how old it is."""
    norrland().load(graph, day("2024-04-15"))
    seat = [f for f in load_features().values() if f.entity == "seat"]
    found = profile(graph, seat, day("2024-04-15"))
    assert seat and [(p.n, p.failed) for p in found] == [(3, None)] * len(seat)
    assert any(p.with_evidence and p.age_days is not None and p.age_days >= 0 for p in found)


def test_of_nothing_nothing_is_said(graph: Graph) -> None:
    (found,) = profile(graph, features_named(["deal_amount"]), AT)
    assert found == Profile("deal_amount", "deal", "workspace currency", 0)


def drawn(seed: int, n: int, m: int, shift: float = 0.0, shared: int = 0) -> tuple[float, float, float]:
    """Drift between two normal samples, of which the first `shared` entities are in both with one value."""
    chance = np.random.default_rng(seed)
    now, before = chance.normal(shift, 1, n), chance.normal(0, 1, m)
    now[:shared] = before[:shared]
    ids = [f"e{i}" for i in range(shared)] + [f"n{i}" for i in range(n - shared)]
    old = [f"e{i}" for i in range(shared)] + [f"m{i}" for i in range(m - shared)]
    found = drift([float(v) for v in now], ids, [float(v) for v in before], old, categorical=False)
    assert found is not None
    return found


@pytest.mark.parametrize("shared", [0, 100])
def test_the_bias_is_taken_off_and_a_shift_is_seen(shared: int) -> None:
    """Of one population the plain index shows about (10 − 1)(1/n + 1/m); without it the mean is near 0."""
    same = [drawn(seed, 300, 150, shared=shared) for seed in range(40)]
    plain = np.array([raw for _, _, raw in same])
    if not shared:
        assert plain.mean() == pytest.approx(9 * (1 / 300 + 1 / 150), rel=0.2)
    beyond = np.mean([psi > chance for psi, chance, _ in same])
    assert beyond <= 0.15
    assert np.mean([psi for psi, _, _ in same]) < 0.25 * plain.mean()
    psi, chance, raw = drawn(1, 300, 150, shift=0.8, shared=0)
    assert raw > psi > 0.25 > chance


def test_texts_and_missing_values_have_bins_of_their_own() -> None:
    ids, old = [f"n{i}" for i in range(200)], [f"m{i}" for i in range(200)]
    found = drift(["a"] * 100 + [None] * 100, ids, ["a"] * 200, old, categorical=True)
    assert found is not None and found[0] > 1
    assert drift([], [], ["a"], ["m"], categorical=True) is None
    still = drift(["a"] * 200, ids, ["a"] * 200, old, categorical=True)
    assert still == (0.0, 0.0, 0.0)
