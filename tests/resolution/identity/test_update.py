"""Changes one after the other end where one run over all records ends; ids are kept, redirects lead on."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from kg.judgements import Judgement
from resolution.clustering.cluster import Pair
from resolution.clustering.group import group
from resolution.database import connection
from resolution.identity import store, update
from resolution.identity.events import Event, changes
from resolution.identity.regroup import settle
from resolution.judgements.verdicts import NOBODY, Verdicts, apply
from resolution.judgements.verdicts import settle as combined
from resolution.linking.model import Model
from resolution.matchers import CONTACT
from resolution.matchers.terms import Block, Comparison, Level, Matcher
from tests.benchmarks import bench_resolution

NOW = datetime(2024, 6, 1)
SAID = datetime(2024, 6, 1, tzinfo=UTC)
PAIRS = "l VARCHAR, r VARCHAR, match_weight DOUBLE, probability DOUBLE, block VARCHAR, veto VARCHAR, accepted BOOLEAN"
CAP = 3
THING = Matcher(
    kind="account",
    about="Records that share words; how alike two are is given.",
    columns=("keys",),
    prepare="CREATE OR REPLACE TABLE prepared_account AS SELECT uid AS unique_id, source, keys FROM input_account",
    comparisons=(
        Comparison("keys", "Words.", "keys_l IS NULL", (Level("same", "keys_l = keys_r", 0.9),), needs=("keys",)),
    ),
    blocks=(Block("shared word", "keys", ("keys",), CAP),),
    training=(("keys",),),
    sure=(),
    threshold=0.0,
    missing_pair=-2.0,
)
MODEL = Model("account", {}, 0.0, (), frozenset({"keys"}))
World = dict[str, tuple[int, tuple[str, ...]]]
"""key → (version, words); a record's version decides how alike it is to others."""


def weight(world: World, a: str, b: str) -> tuple[float, bool]:
    """Match weight of two records and whether it is vetoed: as good as random, the same each time."""
    draw = random.Random(f"{a}{world[a][0]}{b}{world[b][0]}")
    return draw.uniform(-9, 9), draw.random() < 0.1


def known(key: str) -> datetime:
    return NOW - timedelta(days=int(key.rpartition(":")[2]) % 7)


def compared(world: World) -> set[Pair]:
    """Pairs that share a word which at most CAP records hold."""
    holders: dict[str, list[str]] = defaultdict(list)
    for key, (_, words) in world.items():
        for word in words:
            holders[word].append(key)
    return {(a, b) for keys in holders.values() if len(keys) <= CAP for a in keys for b in keys if a < b}


def judged(verdicts: dict[Pair, str]) -> Verdicts:
    """What random judgements come to."""
    told = enumerate(sorted(verdicts.items()))
    said = [Judgement(a, b, v, "tester", "drawn", SAID + timedelta(n)) for n, ((a, b), v) in told]
    return combined(said).of("account")


def partition(world: World, verdicts: Verdicts) -> set[frozenset[str]]:
    """What one run over all records makes of them: every pair at once, and no store."""
    con = connection.connect()
    con.execute("CREATE TABLE keys_account (unique_id VARCHAR, block UTINYINT, key UBIGINT)")
    held = [[key, word] for key, (_, words) in world.items() for word in words]
    con.executemany("INSERT INTO keys_account SELECT ?, 0, hash(?)", held)
    con.execute(f"CREATE TABLE pairs_account ({PAIRS})")
    con.execute("INSERT INTO pairs_account VALUES ('', '', 0, NULL, NULL, NULL, false)")
    told = [(a, b, *weight(world, a, b)) for a, b in sorted(compared(world))]
    kept = [[a, b, w, "no" if vetoed else None, w >= 0 and not vetoed] for a, b, w, vetoed in told if w >= -4]
    if kept:
        con.executemany("INSERT INTO pairs_account VALUES (?, ?, ?, NULL, NULL, ?, ?)", kept)
    same, different = (
        frozenset(p for p in pairs if set(p) <= world.keys()) for pairs in (verdicts.same, verdicts.different)
    )
    apply(con, "pairs_account", Verdicts(same, different))
    moments = {key: known(key) for key in world}
    found = group(con, THING, moments, apart=verdicts.different, together=verdicts.same)
    con.close()
    groups_found = {frozenset(m.key for m in cluster.members) for cluster in found}
    return groups_found | {frozenset({key}) for key in set(world).difference(*groups_found)}


def opened() -> duckdb.DuckDBPyConnection:
    """An empty store of things."""
    con = store.attach(None)
    fill(con, {}, ())
    con.execute("CREATE TABLE prepared_account AS SELECT uid AS unique_id, source, keys FROM input_account")
    con.execute("CREATE TABLE keys_account (unique_id VARCHAR, block UTINYINT, key UBIGINT)")
    con.execute(f"CREATE TABLE pairs_account ({PAIRS})")
    store.keep_empty(con, THING, MODEL)
    return con


def fill(con: duckdb.DuckDBPyConnection, world: World, keys: Any) -> None:
    columns = "uid VARCHAR, source VARCHAR, known_from TIMESTAMP, keys VARCHAR[]"
    con.execute(f"CREATE OR REPLACE TABLE input_account ({columns})")
    rows = [(key, known(key), list(world[key][1])) for key in keys]
    if rows:
        uids, moments, words = (list(column) for column in zip(*rows, strict=True))
        con.execute(
            "INSERT INTO input_account SELECT unnest(?::VARCHAR[]), 's', unnest(?::TIMESTAMP[]), unnest(?)",
            [uids, moments, words],
        )


def step(
    con: duckdb.DuckDBPyConnection, world: World, fresh: set[str], gone: set[str], verdicts: Verdicts
) -> tuple[Event, ...]:
    """One change, its pairs scored by `weight`."""
    fill(con, world, sorted(fresh))
    delta = update.arrive(con, THING, MODEL.filled, sorted(gone), verdicts)
    con.execute("CREATE OR REPLACE TABLE scored AS FROM store.pairs_account LIMIT 0")
    pairs = [(a, b, *weight(world, a, b)) for a, b, _ in con.execute("FROM candidates").fetchall()]
    kept = [(a, b, w, "no" if vetoed else None, w >= 0 and not vetoed) for a, b, w, vetoed in pairs if w >= -4]
    if kept:
        con.execute(
            "INSERT INTO scored BY NAME SELECT unnest(?::VARCHAR[]) AS l, unnest(?::VARCHAR[]) AS r, "
            "unnest(?::DOUBLE[]) AS match_weight, unnest(?::VARCHAR[]) AS veto, unnest(?::BOOLEAN[]) AS accepted",
            [list(column) for column in zip(*kept, strict=True)],
        )
    first, _ = settle(con, THING, delta, NOW, verdicts)
    told = "SELECT event, entities, records FROM store.events WHERE sequence >= ? ORDER BY sequence"
    return tuple(Event(e, tuple(ids), tuple(keys)) for e, ids, keys in con.execute(told, [first]).fetchall())


def members(con: duckdb.DuckDBPyConnection, kind: str = "account") -> dict[str, str]:
    return dict(con.execute(f"SELECT uid, entity_id FROM store.member_{kind}").fetchall())


def groups(assigned: dict[str, str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, entity in assigned.items():
        found[entity].add(key)
    return {frozenset(keys) for keys in found.values()}


def living_end(con: duckdb.DuckDBPyConnection, entity: str) -> str:
    """Where redirects lead."""
    leads = dict(con.execute("SELECT old_id, entity_id FROM store.redirect_step").fetchall())
    seen = set()
    while entity in leads and entity not in seen:
        seen.add(entity)
        entity = leads[entity]
    return entity


@pytest.fixture(scope="module")
def things() -> Iterator[duckdb.DuckDBPyConnection]:
    con = opened()
    yield con
    con.close()


def emptied(con: duckdb.DuckDBPyConnection, kind: str) -> duckdb.DuckDBPyConnection:
    """The same store without a record; its model stays."""
    for name in ("seen", "prepared", "keys", "pairs", "component", "verdict", "member", "lost"):
        con.execute(f"DELETE FROM store.{name}_{kind}")
    con.execute("DELETE FROM store.redirect_step; DELETE FROM store.events")
    return con


@dataclass
class History:
    """One company's records and judgements while they change at random; words and keys are its own."""

    seed: int
    draw: random.Random = field(init=False)
    keys: list[str] = field(init=False)
    words: list[str] = field(init=False)
    world: World = field(default_factory=dict)
    verdicts: dict[Pair, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.keys = [f"account|s{self.seed}:{n}" for n in range(self.draw.randrange(4, 14))]
        self.words = [f"{self.seed} w{n}" for n in range(self.draw.randrange(3, 9))]

    def change(self) -> tuple[set[str], set[str]]:
        """Add, change, delete and judge; returns the keys of new or changed records and of deleted ones."""
        draw, fresh, gone = self.draw, set(), set()
        for key in draw.sample(self.keys, draw.randrange(1, len(self.keys))):
            if key in self.world and draw.random() < 0.4:
                del self.world[key]
                gone.add(key)
            else:
                self.world[key] = (draw.randrange(5), tuple(sorted({*draw.choices(self.words, k=3)})))
                fresh.add(key)
        if draw.random() < 0.6:
            a, b = sorted(draw.sample(self.keys, 2))
            self.verdicts[a, b] = draw.choice(["same", "different", "unsure"])
        return fresh, gone


@pytest.mark.parametrize("first", range(0, 500, 20))
def test_any_history_ends_where_one_run_ends(things: duckdb.DuckDBPyConnection, first: int) -> None:
    """500 histories of three changes each, twenty at a time, each against a run over all records by other means."""
    con = emptied(things, "account")
    histories = [History(seed) for seed in range(first, first + 20)]
    for _ in range(3):
        before = members(con)
        moved = [history.change() for history in histories]
        world = {key: value for history in histories for key, value in history.world.items()}
        said = judged({pair: verdict for history in histories for pair, verdict in history.verdicts.items()})
        events = step(con, world, set().union(*(f for f, _ in moved)), set().union(*(g for _, g in moved)), said)
        after = members(con)
        assert groups(after) == partition(world, said)
        assert list(events) == list(changes(before, after))
        retired = {e.entities[0] for e in events if e.event == "RETIRED"}
        for entity in set(before.values()) - set(after.values()) - retired:
            assert living_end(con, entity) in after.values(), "an id that was given leads to a living entity"


def state(con: duckdb.DuckDBPyConnection) -> list[Any]:
    """Everything that is kept, but the events and what was judged."""
    matching = [f"{name}_account" for name in ("seen", "prepared", "keys", "pairs", "component", "member", "lost")]
    tables = (*matching, "redirect_step")
    return [con.execute(f"FROM store.{table} ORDER BY ALL").fetchall() for table in tables]


@pytest.mark.parametrize("verdict", ["unsure", "different"])
def test_a_merge_that_is_taken_back_leaves_no_trace(things: duckdb.DuckDBPyConnection, verdict: str) -> None:
    restored = 0
    for seed in range(30):
        con, draw = emptied(things, "account"), random.Random(seed)
        world = {f"account|s:{n}": (draw.randrange(5), tuple({*draw.choices("abcdefgh", k=2)})) for n in range(12)}
        step(con, world, set(world), set(), NOBODY)
        before = members(con)
        a, b = sorted(draw.sample(sorted(world), 2))
        was = state(con)
        events = step(con, world, set(), set(), judged({(a, b): "same"}))
        if [e.event for e in events] != ["MERGED"]:
            continue
        merged = events[0]
        assert living_end(con, merged.entities[1]) == merged.entities[0]
        assert set(merged.entities) <= set(before.values())
        undone = step(con, world, set(), set(), judged({(a, b): verdict}))
        assert [e.event for e in undone] == ["SPLIT"] and members(con) == before
        if verdict == "unsure":
            assert state(con) == was, seed
        restored += 1
    assert restored >= 5, "the worlds drawn hold merges to take back"


@pytest.fixture(scope="module")
def persons() -> Iterator[tuple[duckdb.DuckDBPyConnection, Model, list[tuple[Any, ...]]]]:
    """A store of contacts, trained on 600 of them, and the records."""
    rows = bench_resolution.people(600)
    con = store.attach(None)
    bench_resolution.fill(con, rows)
    model = update.create(con, CONTACT, NOW)
    assert model is not None
    yield con, model, rows
    con.close()


@pytest.mark.parametrize("seed", range(20))
def test_histories_through_splink(
    persons: tuple[duckdb.DuckDBPyConnection, Model, list[tuple[Any, ...]]], seed: int
) -> None:
    con, model, rows = persons
    draw = random.Random(seed)
    begin = draw.randrange(500)
    here = rows[begin : begin + 60]

    def change(records: list[tuple[Any, ...]], gone: set[str]) -> None:
        bench_resolution.fill(con, records)
        update.update(con, CONTACT, model, NOW, gone=sorted(gone))

    emptied(con, "contact")
    world: dict[str, tuple[Any, ...]] = {}
    for _ in range(2):
        fresh = {row[0]: respelled(draw, row) for row in draw.sample(here, draw.randrange(1, 50))}
        gone = {key for key in draw.sample(sorted(world), len(world) // 4) if key not in fresh}
        world = {key: row for key, row in {**world, **fresh}.items() if key not in gone}
        change(list(fresh.values()), gone)
    step_by_step = groups(members(con, "contact"))
    stored = "SELECT l, r, match_weight, accepted FROM store.pairs_contact ORDER BY l, r"
    pairs = con.execute(stored).fetchall()
    emptied(con, "contact")
    change(list(world.values()), set())
    assert step_by_step == groups(members(con, "contact"))
    assert pairs == con.execute(stored).fetchall()


def respelled(draw: random.Random, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The record, or the record with a value of it changed or blank."""
    at = draw.choice([3, 4, 5, 6, 7])
    new = draw.choice([None, "Anna", "Lindberg", "j.berg@example.com", "+46 123 456 789"])
    return row if draw.random() < 0.6 else (*row[:at], new, *row[at + 1 :])
