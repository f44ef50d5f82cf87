"""A whole file grouped in tables is grouped as the same records are in Python; pairs scored in parts score the same."""

import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import Busy
from resolution.clustering import whole
from resolution.clustering.cluster import Pair
from resolution.clustering.group import group
from resolution.clustering.whole import group_all
from resolution.database import connection
from resolution.database.components import write_components
from resolution.identity import store
from resolution.identity.ids import entity_id
from resolution.identity.membership import assign_first
from resolution.linking.blocking import candidate_pairs, parts_for, usable_columns
from resolution.linking.link import link
from resolution.linking.linker import score
from resolution.matchers import CONTACT
from resolution.matchers.terms import Block, Comparison, Level, Matcher
from resolution.normalise import macros
from resolution.settings import settings
from tests.benchmarks import bench_resolution

START = datetime(2024, 1, 1)
THING = Matcher(
    kind="thing",
    about="Records that share words.",
    columns=("word",),
    prepare="",
    comparisons=(
        Comparison("word", "Word.", "word_l IS NULL", (Level("same", "word_l = word_r", 0.9),), needs=("word",)),
    ),
    blocks=(Block("shared word", "word", ("word",), 5),),
    training=(("word",),),
    sure=(),
    missing_pair=-2.0,
)


def world(seed: int) -> duckdb.DuckDBPyConnection:
    """Sixty records known in any order; those that share a word have a weight, now and then a veto."""
    draw = random.Random(seed)
    con = connection.connect()
    keys = [f"thing|s:{n:02d}" for n in range(60)]
    holders = {word: sorted(draw.sample(keys, draw.choice((2, 2, 3, 4, 6)))) for word in range(30)}
    con.execute("CREATE TABLE input_thing (uid VARCHAR, known_from TIMESTAMP)")
    con.executemany("INSERT INTO input_thing VALUES (?, ?)", [(k, START + timedelta(draw.randrange(9))) for k in keys])
    con.execute("CREATE TABLE keys_thing (unique_id VARCHAR, block UTINYINT, key UBIGINT)")
    con.executemany(
        "INSERT INTO keys_thing VALUES (?, 0, ?)", [(k, word) for word, some in holders.items() for k in some]
    )
    con.execute("CREATE TABLE pairs_thing (l VARCHAR, r VARCHAR, match_weight DOUBLE, veto VARCHAR, accepted BOOLEAN)")
    for a, b in sorted({(a, b) for some in holders.values() if len(some) <= 5 for a in some for b in some if a < b}):
        weight, veto = draw.uniform(-3, 9), "no" if draw.random() < 0.05 else None
        if weight > -2:
            con.execute(
                "INSERT INTO pairs_thing VALUES (?, ?, ?, ?, ?)", [a, b, weight, veto, weight >= 0 and not veto]
            )
    return con


def judged(con: duckdb.DuckDBPyConnection, seed: int, n: int) -> frozenset[Pair]:
    draw = random.Random(seed)
    keys = [str(k) for (k,) in con.execute("SELECT uid FROM input_thing ORDER BY uid").fetchall()]
    return frozenset((a, b) for a, b in (sorted(draw.sample(keys, 2)) for _ in range(n)))


@pytest.mark.parametrize("seed", range(40))
def test_a_whole_file_is_grouped_like_its_records(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "BATCH", 7)
    con = world(seed)
    apart, together = judged(con, seed, 5 * (seed % 2)), judged(con, -seed, 5 * (seed // 2 % 2))
    where = "p.l <> 'thing|s:07'" if seed % 5 == 0 else "true"
    known = dict(con.execute("SELECT uid, known_from FROM input_thing").fetchall())
    found = group(con, THING, known, apart=apart, together=together - apart, where=where)
    group_all(con, THING, "input_thing", "grouped", apart=apart, together=together - apart, where=where)
    wanted = sorted((m.key, c.founder, m.known_from, m.weight) for c in found for m in c.members)
    assert con.execute("FROM grouped ORDER BY key").fetchall() == wanted
    assert wanted, "a world without entities shows nothing"


def test_ids_of_a_first_run_are_the_founders() -> None:
    con = world(1)
    store.join(con, None)
    con.execute("CREATE TABLE store.member_thing AS FROM store.member_account")
    con.execute("CREATE TEMP TABLE affected AS SELECT uid, known_from AS known FROM input_thing")
    group_all(con, THING, "input_thing", "grouped")
    assign_first(con, "thing")
    founders = dict(con.execute("SELECT key, founder FROM grouped").fetchall())
    keys = [f"thing|s:{n:02d}" for n in range(60)]
    rows = con.execute("SELECT uid, entity_id FROM member_new_thing ORDER BY uid").fetchall()
    assert rows == [(key, entity_id("thing", founders.get(key, key))) for key in keys]


COMPONENTS = [
    ("nothing", [], []),
    ("a pair", [("a", "b")], ["ab"]),
    ("a chain and a pair", [("c", "d"), ("b", "a"), ("e", "d")], ["ab", "cde"]),
    ("twice the same", [("a", "b"), ("b", "a"), ("a", "b")], ["ab"]),
]


@pytest.mark.parametrize(("about", "links", "wanted"), COMPONENTS, ids=[c[0] for c in COMPONENTS])
def test_components(about: str, links: list[Pair], wanted: list[str]) -> None:
    con = connection.connect()
    con.execute("CREATE TABLE given (a VARCHAR, b VARCHAR)")
    for pair in links:
        con.execute("INSERT INTO given VALUES (?, ?)", pair)
    write_components(con, "FROM given", "found")
    rows = con.execute("SELECT string_agg(key, '' ORDER BY key) FROM found GROUP BY component ORDER BY 1").fetchall()
    assert [text for (text,) in rows] == wanted, about


@pytest.fixture(scope="module")
def linked() -> tuple[duckdb.DuckDBPyConnection, Any]:
    """Four hundred persons, linked in one part."""
    con = connection.connect()
    macros.install(con)
    bench_resolution.fill(con, bench_resolution.people(400))
    return con, link(con, CONTACT).model


def test_pairs_in_parts_are_the_same_and_score_the_same(linked: tuple[duckdb.DuckDBPyConnection, Any]) -> None:
    con, model = linked
    pairs = "SELECT join_key_l, join_key_r, match_key FROM {} ORDER BY ALL"
    weights = "SELECT * REPLACE (match_weight + 0 AS match_weight) FROM {} ORDER BY l, r"
    score(con, model, "prepared_contact", "candidates_contact", "whole")
    candidate_pairs(con, CONTACT, "keys_contact", "candidates_parts", 3)
    assert con.execute("SELECT count(DISTINCT part) FROM candidates_parts").fetchall() == [(9,)]
    assert (
        con.execute(pairs.format("candidates_parts")).fetchall()
        == con.execute(pairs.format("candidates_contact")).fetchall()
    )
    score(con, model, "prepared_contact", "candidates_parts", "by_parts")
    told = con.execute(weights.format("whole")).fetchall()
    assert told == con.execute(weights.format("by_parts")).fetchall()
    assert len(told) > 100 and "first" in usable_columns(con, "prepared_contact")


def test_few_pairs_in_many_parts_are_all_scored(linked: tuple[duckdb.DuckDBPyConnection, Any]) -> None:
    con, model = linked
    con.execute("CREATE OR REPLACE TABLE few_keys AS FROM keys_contact WHERE block = 0 ORDER BY key LIMIT 9")
    found = candidate_pairs(con, CONTACT, "few_keys", "few_pairs", 12)
    assert 0 < found == score(con, model, "prepared_contact", "few_pairs", "few", keep_from=-99.0)


LIMITS = [("64MB", 1_000, 1), ("1GB", 1_000_000, 4), ("1GB", 10_000, 1), ("10GB", 1_000_000, 1), ("64MB", 10**8, 12)]


@pytest.mark.parametrize(("limit", "records", "parts"), LIMITS)
def test_less_memory_makes_more_parts(limit: str, records: int, parts: int) -> None:
    con = connection.connect()
    con.execute(f"SET memory_limit = '{limit}'")
    assert parts_for(con, records) == parts


def test_work_beside_a_target_leaves_nothing_and_has_one_worker(tmp_path: Path) -> None:
    target = tmp_path / "resolution.duckdb"
    (tmp_path / "resolution.duckdb.work").mkdir()
    (tmp_path / "resolution.duckdb.work" / "work.duckdb").write_bytes(b"half a file")
    with connection.workplace(target) as con:
        con.execute("CREATE TABLE t AS SELECT range AS n FROM range(10)")
        limit = con.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]
        assert limit == "953.6 MiB" and settings().resolution_memory == "1GB"
    assert list(tmp_path.iterdir()) == []


def test_busy_while_another_works(tmp_path: Path) -> None:
    (tmp_path / "resolution.duckdb.work").mkdir()
    held = str(tmp_path / "resolution.duckdb.work" / "work.duckdb")
    code = f"import duckdb; con = duckdb.connect({held!r}); print('ready', flush=True); input()"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(Busy, match="another resolution"), connection.workplace(tmp_path / "resolution.duckdb"):
            pass
        other.communicate("\n")
