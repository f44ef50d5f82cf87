"""Spark and DuckDB find the same pairs, weights and entities by the same model in the same records."""

import csv
import os
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyspark.sql import DataFrame, SparkSession

from resolution.clustering.cluster import components as grouped
from resolution.clustering.group import group
from resolution.database.connection import connect
from resolution.linking.blocking import candidate_pairs, write_keys
from resolution.linking.decision import decide
from resolution.linking.link import link, prepare
from resolution.linking.linker import score
from resolution.linking.model import Model
from resolution.matchers import ACCOUNT, CONTACT, DEAL, Matcher
from resolution.normalise import macros
from resolution.standalone.predict import predict
from resolution.standalone.spark.components import components
from resolution.standalone.spark.partition import judge_of, resolve
from resolution.standalone.spark.predict import sample
from resolution.standalone.spark.session import session
from tests.benchmarks.bench_resolution import fill, people
from tests.resolution.small_world import PEOPLE, WORDS

NOW = datetime(2024, 1, 1)
Partition = set[frozenset[str]]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    if shutil.which("java") is None:
        assert not os.environ.get("CI"), "CI installs openjdk-17-jre-headless"
        pytest.skip("no Java here: `apt-get install openjdk-17-jre-headless` runs the tests on Spark")
    small = {  # so few rows are through before a compiler has paid for itself
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.ui.showConsoleProgress": "false",
    }
    with session("local[2]", small) as made:
        yield made


def contacts(con: duckdb.DuckDBPyConnection) -> None:
    """Three hundred people; a record between two persons; two strangers with one phone, and fifty with another.

    Fifty are beyond what may share a phone: a switchboard compares nobody.
    """
    phone = "+46 8 555 00 00"
    hub = [
        (f"contact|hub:{n:03d}", "hub", NOW, first, last + chr(97 + n % 26) + chr(97 + n // 26), None, phone, None)
        for n, (first, last) in enumerate(random.Random(3).choices([p.split() for p in PEOPLE], k=50))
    ]
    between = [
        ("contact|a:1", "a", NOW, "Anna", "Lagerkvist", "anna.lagerkvist@osprey.com", "+46 8 111 22 33", "Osprey AB"),
        ("contact|a:2", "b", NOW, "A.", "Lagerkvist", None, "+46 8 111 22 33", "Osprey AB"),
        ("contact|a:3", "c", NOW, "Arne", "Lagerkvist", "arne.lagerkvist@osprey.com", "+46 8 111 22 33", "Osprey AB"),
        ("contact|p:1", "a", NOW, "Yngve", "Quist", None, "+46 8 222 33 44", None),
        ("contact|p:2", "b", NOW, "Ursula", "Zander", None, "+46 8 222 33 44", None),
    ]
    fill(con, people(300) + hub + between)


def accounts(con: duckdb.DuckDBPyConnection) -> None:
    """A hundred companies under one to four spellings each."""
    draw = random.Random(5)
    columns = ", ".join(f"{column} VARCHAR" for column in ("uid", "source", *ACCOUNT.columns))
    con.execute(f"CREATE TABLE input_account ({columns})")
    ends, cities = ("AB", "Aktiebolag", "GmbH", "", "Holding"), ("Köln", "Cologne", "Malmö", "Lyon", None)
    for n in range(100):
        words = " ".join(draw.sample((*WORDS, "Marine", "Steel", "Logistics"), 2))
        city, phone = draw.choice(cities), f"+46 8 {draw.randrange(10**6, 10**7)}"
        for copy in range(draw.choice((1, 2, 2, 4))):
            con.execute(
                "INSERT INTO input_account (uid, source, name, website, phone, city) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    f"account|s{copy}:{n:03d}",
                    f"s{copy}",
                    f"{words} {draw.choice(ends)}",
                    f"https://www.{words.replace(' ', '').lower()}.com" if draw.random() < 0.6 else None,
                    phone if draw.random() < 0.5 else None,
                    city,
                ],
            )


def deals(con: duckdb.DuckDBPyConnection) -> None:
    """Eighty deals, most of them in two systems, with amounts and days that differ a little."""
    draw = random.Random(7)
    con.execute(
        "CREATE TABLE input_deal (uid VARCHAR, source VARCHAR, name VARCHAR, account VARCHAR, amount DOUBLE, "
        "opened_at TIMESTAMP, closed_at TIMESTAMP)"
    )
    for n in range(80):
        name, amount = f"{draw.choice(WORDS)} {draw.choice(WORDS)}", draw.randrange(10, 900) * 100.0
        day = NOW + timedelta(days=draw.randrange(300), hours=7)
        for source in ("crm", "erp") if n % 4 else ("crm",):
            row = [f"deal|{source}:{n}", source, name, f"a_{n // 3}", amount * draw.choice((1, 1, 1.01)), day, None]
            con.execute("INSERT INTO input_deal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            day += timedelta(days=draw.choice((0, 0, 3)))


@dataclass(frozen=True)
class Both:
    """What the two backends found: pairs with their block, weight, veto and decision; entities; accepted links."""

    matcher: Matcher
    compared: tuple[dict[Any, str], dict[Any, str]]
    scored: tuple[dict[Any, Any], dict[Any, Any]]
    entities: tuple[Partition, Partition]


MADE: tuple[tuple[Matcher, Callable[[duckdb.DuckDBPyConnection], None]], ...] = (
    (CONTACT, contacts),
    (ACCOUNT, accounts),
    (DEAL, deals),
)


def trained(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> Model:
    """A model of four records in five, and by it what DuckDB says about the pairs of all records."""
    kind = matcher.kind
    con.execute(f"CREATE TABLE every AS FROM input_{kind}; DELETE FROM input_{kind} WHERE hash(uid) % 5 = 0")
    model = link(con, matcher).model
    assert model is not None
    con.execute(f"CREATE OR REPLACE TABLE input_{kind} AS FROM every")
    prepare(con, matcher)
    write_keys(con, matcher, model.filled, f"prepared_{kind}", f"keys_{kind}")
    candidate_pairs(con, matcher, f"keys_{kind}", f"candidates_{kind}")
    score(con, model, f"prepared_{kind}", f"candidates_{kind}", f"pairs_{kind}")
    decide(con, matcher, model.filled, f"pairs_{kind}", f"prepared_{kind}")
    return model


@pytest.fixture(scope="module", params=MADE, ids=lambda made: made[0].kind)
def both(request: pytest.FixtureRequest, spark: SparkSession) -> Both:
    matcher, make = request.param
    con = connect()
    macros.install(con)
    make(con)
    kind = matcher.kind
    model = trained(con, matcher)
    records = spark.createDataFrame(con.sql(f"FROM input_{kind}").to_arrow_table())
    found = resolve(records, judge_of(con, matcher, model))
    pairs = found.pairs.toArrow().to_pylist()
    compared = con.execute(f"SELECT join_key_l, join_key_r, match_key FROM candidates_{kind}").fetchall()
    scored = con.execute(f"SELECT l, r, match_weight, veto, accepted FROM pairs_{kind}").fetchall()
    kept = [pair for pair in pairs if pair["match_weight"] is not None]
    return Both(
        matcher,
        ({(a, b): block for a, b, block in compared}, {(p["l"], p["r"]): p["block"] for p in pairs}),
        (
            {(a, b): tuple(rest) for a, b, *rest in scored},
            {(p["l"], p["r"]): (p["match_weight"], p["veto"], p["accepted"]) for p in kept},
        ),
        (of_duckdb(con, matcher), of_spark(found.entities)),
    )


def of_duckdb(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> Partition:
    uids = [str(uid) for (uid,) in con.execute(f"SELECT uid FROM input_{matcher.kind}").fetchall()]
    told = {frozenset(m.key for m in c.members) for c in group(con, matcher, dict.fromkeys(uids, NOW))}
    return told | {frozenset({uid}) for uid in set(uids).difference(*told)}


def of_spark(entities: DataFrame) -> Partition:
    told: dict[str, list[str]] = defaultdict(list)
    for row in entities.toArrow().to_pylist():
        told[row["entity"]].append(row["uid"])
    assert all(name == min(keys) for name, keys in told.items())
    return {frozenset(keys) for keys in told.values()}


def test_the_same_pairs_are_compared(both: Both) -> None:
    assert both.compared[0] == both.compared[1]
    assert len(both.compared[0]) > 100
    if both.matcher is CONTACT:
        phone = next(str(number) for number, block in enumerate(CONTACT.blocks) if block.about == "same phone")
        called = [pair for pair, block in both.compared[1].items() if block == phone]
        assert ("contact|p:1", "contact|p:2") in called
        assert not any(key.startswith("contact|hub") for pair in called for key in pair)


def test_every_pair_has_the_same_weight_and_decision(both: Both) -> None:
    ours, theirs = both.scored
    assert ours.keys() == theirs.keys()
    assert max(abs(ours[pair][0] - theirs[pair][0]) for pair in ours) < 1e-9
    assert {pair: rest[1:] for pair, rest in ours.items()} == {pair: rest[1:] for pair, rest in theirs.items()}
    assert len({accepted for _, _, accepted in theirs.values()}) == 2


def test_the_partition_is_the_same(both: Both) -> None:
    ours, theirs = both.entities
    assert ours == theirs
    assert sum(len(keys) > 1 for keys in theirs) > 20
    if both.matcher is CONTACT:
        accepted = [pair for pair, (_, _, yes) in both.scored[1].items() if yes]
        chain = next(c for c in grouped(accepted) if "contact|a:2" in c)
        assert chain == ["contact|a:1", "contact|a:2", "contact|a:3"]
        assert frozenset(chain) not in theirs, "average linkage cuts it"


def test_components_are_those_of_a_union_find(spark: SparkSession) -> None:
    draw = random.Random(2)
    chain = [f"c{n:02d}" for n in range(24)]
    draw.shuffle(chain)
    star = [("s00", f"s{n:02d}") for n in range(1, 9)]
    loose = [(f"r{draw.randrange(40):02d}", f"r{draw.randrange(40):02d}") for _ in range(30)]
    links = [*pairwise(chain), *star, *((a, b) for a, b in loose if a != b)]
    frame = spark.createDataFrame([(min(pair), max(pair)) for pair in links], "l string, r string")
    expected = {key: some[0] for some in grouped(links) for key in some}
    assert {row["uid"]: row["component"] for row in components(frame).collect()} == expected


def written(path: Path, rows: list[tuple[Any, ...]], separator: str) -> Path:
    with path.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines, delimiter=separator).writerows(rows)
    return path


def mixed(path: Path) -> Path:
    """Persons and organisations in one file, with odd headers, a quoted line break, quotes, semicolons and nothings."""
    rows: list[tuple[Any, ...]] = [("record_id", "source", "firstName", "Last Name", "E-Mail", "phone", "Company Name")]
    for n, (_, source, _, first, last, mail, phone, _) in enumerate(people(160)):
        rows.append((f"P{n}", source, first, last if n != 3 else f'{last}\n"Jr; the first"', mail or "NA", phone, ""))
        if n % 4 == 0:
            name = f"{WORDS[n % 20]} {WORDS[(n // 8 * 7) % 20]}"
            rows += [(f"O{n}", source, "", "NULL", f"info@{name.replace(' ', '').lower()}.com", phone, f"{name} AB")]
            rows += [(f"Q{n}", "b", "", "", "", phone, f"{name} Aktiebolag")]
    return written(path, rows, ";")


def test_a_file_gives_the_same_answer(spark: SparkSession, tmp_path: Path) -> None:
    records = str(mixed(tmp_path / "records.csv"))
    one, two = tmp_path / "duckdb.csv", tmp_path / "spark.csv"
    counts = predict(records, "mixed", str(one))
    assert predict(records, "mixed", str(two), backend="spark") == counts
    assert two.read_bytes() == one.read_bytes()
    assert counts["records"] == 240 > counts["entities"] > 100


def test_parquet_gives_the_same_answer(spark: SparkSession, tmp_path: Path) -> None:
    """Also in several files, and where the model is trained on all records because they are no more than the sample."""
    con = connect()
    fill(con, people(200))
    con.execute("CREATE TABLE file AS SELECT uid AS record_id, * EXCLUDE (uid, known_from) FROM input_contact")
    one, several = tmp_path / "one.parquet", tmp_path / "several.parquet"
    con.execute(f"COPY file TO '{one}'")
    several.mkdir()
    con.execute(f"COPY (FROM file LIMIT 130) TO '{several}/1.parquet'")
    con.execute(f"COPY (FROM file OFFSET 130) TO '{several}/2.parquet'")
    counts = predict(str(one), "contact", str(tmp_path / "duckdb"))
    assert predict(str(several), "contact", str(tmp_path / "spark"), backend="spark", sample=200) == counts
    assert (tmp_path / "spark").read_bytes() == (tmp_path / "duckdb").read_bytes()


def test_a_sample_is_even_and_the_same_each_time(spark: SparkSession) -> None:
    rows = spark.range(1, 10_001).toDF("row_no")
    drawn = [row[0] for row in sample(rows, 1000).collect()]
    assert drawn == [row[0] for row in sample(rows, 1000).collect()]
    assert all(80 < sum(start < n <= start + 1000 for n in drawn) < 125 for start in range(0, 10_000, 1000))
    assert sample(rows, 10_000).count() == 10_000


COMMAND = "resolve predict --records r.csv --kind contact --out o.csv --backend spark --master local[1]"


@pytest.mark.parametrize(
    ("start", "path", "code", "said"),
    [
        ("", "", 5, "Spark needs Java 17 or 21 and found none that starts"),
        ("sys.modules['pyspark'] = None; ", None, 2, "pyspark is not installed: pip install 'dealgraph[spark]'"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, start: str, path: str | None, code: int, said: str) -> None:
    written(tmp_path / "r.csv", [("record_id", "name"), ("1", "Anna Berg")], ",")
    script = f"import sys; {start}sys.argv[1:] = {COMMAND.split()!r}; from api.cli import main; main()"
    known = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    env = {**known, "PYTHONPATH": os.getcwd(), **({} if path is None else {"PATH": str(tmp_path / "nothing")})}
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert told.returncode == code, told.stderr
    assert said in " ".join(told.stderr.split()) and "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"backend": "flink"}, "backend 'flink' is not one of duckdb, spark"),
        ({"master": "yarn"}, "add --backend spark"),
        ({"backend": "spark", "fit": True}, "leave out --fit"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, Any], said: str) -> None:
    with pytest.raises(Exception, match=said):
        predict("r.csv", "contact", "o.csv", **options)
