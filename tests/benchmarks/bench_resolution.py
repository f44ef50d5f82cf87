"""Resolution against bare Splink: the same records, pairs and settings in the same run, each in its own process.

Bare is what a user of Splink writes: u by sampling, m by EM over the same blocks, predict on the given pairs, connected
components, both results as Parquet. Ours is everything that a first run does for one kind: normal forms, blocking,
training, scoring, frequencies over entities, vetoes, average linkage, temporal membership, ids and evidence, in a file.

    python -m tests.benchmarks.bench_resolution 100000 1000000
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, block_on
from splink.internals.exceptions import EMTrainingException

from resolution.database.connection import connect, workplace
from resolution.identity import store, update
from resolution.linking import blocking
from resolution.linking import linker as ours
from resolution.linking.link import prepare
from resolution.matchers import CONTACT
from resolution.matchers.terms import KEEP_FROM
from resolution.normalise import macros
from resolution.records import key_sql
from resolution.run.inputs import PERSONS
from resolution.staging.as_of import open_staging
from tests.benchmarks import made_people

ROOT = Path(__file__).parent.parent.parent
MODULE = "tests.benchmarks.bench_resolution"

START = datetime(2023, 1, 1)
SYLLABLES = [
    "ber", "lin", "gra", "mor", "vel", "tan", "dor", "sel", "kar", "nov", "ric", "hol", "fen", "wes", "jan", "pet",
]  # fmt: skip
FIRSTS = [
    "Anna", "Robert", "Thomas", "Katherine", "William", "Elizabeth", "Peter", "Maria", "Johan", "Lars", "Emma",
    "Daniel", "Sofia", "Marcus", "Helena", "Victor", "Ingrid", "Andreas", "Michael", "Sarah", "Julia", "Oscar",
    "Nina", "Paul", "Eva", "Simon", "Laura", "David", "Clara", "Erik",
]  # fmt: skip


def people(records: int, seed: int = 7) -> list[tuple[Any, ...]]:
    """Contact records, three for each two persons, with typos, blanks, initials and moved addresses."""
    draw = random.Random(seed)
    rows: list[tuple[Any, ...]] = []
    while len(rows) < records:
        first = draw.choice(FIRSTS)
        last = "".join(draw.choice(SYLLABLES) for _ in range(3)).title()
        company = "".join(draw.choice(SYLLABLES) for _ in range(3))
        phone = f"+46 {draw.randrange(10**8, 10**9)}"
        for copy in range(draw.choice((1, 1, 2, 2))):
            name = last if draw.random() < 0.85 else last[:2] + last[3:]
            given = first if draw.random() < 0.85 else first[0] + "."
            mail = f"{first}.{last}@{company}.com".lower() if draw.random() < 0.8 else None
            rows.append((
                f"contact|s{copy}:{len(rows):07d}", f"s{copy}", START + timedelta(minutes=len(rows)), given, name, mail,
                phone if draw.random() < 0.6 else None, company.title() + " AB" if draw.random() < 0.7 else None,
            ))  # fmt: skip
    return rows[:records]


def fill(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Make `input_contact` of these records."""
    con.execute(
        """CREATE OR REPLACE TABLE input_contact (uid VARCHAR, source VARCHAR, known_from TIMESTAMP, first_name VARCHAR,
        last_name VARCHAR, email VARCHAR, phone VARCHAR, company VARCHAR)"""
    )
    if rows:
        con.execute(
            "INSERT INTO input_contact SELECT unnest(?), unnest(?), unnest(?), "
            f"{', '.join(['unnest(?::VARCHAR[])'] * 5)}",
            [list(column) for column in zip(*rows, strict=True)],
        )
    for name in (
        "name",
        "title",
        "seniority",
        "city",
        "country",
        "postcode",
        "street",
        "national_id",
        "linkedin",
        "gender",
        "employer",
    ):
        con.execute(f"ALTER TABLE input_contact ADD COLUMN {name} VARCHAR")
    con.execute("ALTER TABLE input_contact ADD COLUMN birth_date TIMESTAMP")


def run(records: int) -> dict[str, Any]:
    """Seconds and peak memory (GB) of both, their ratio, records and pairs; the target is a ratio of at most 1.7.

    Bare Splink is handed, outside its seconds, the records' normal forms and the pairs to compare, which ours makes
    within its own.
    """
    with tempfile.TemporaryDirectory(prefix="resolution-") as folder:
        _apart("made", folder, records)
        ours_found = _apart("resolved", folder)
        _apart("handed", folder)
        bare_found = _apart("bare", folder)
    return {
        "records": records,
        "candidate_pairs": bare_found["candidate_pairs"],
        "accepted": ours_found["accepted"],
        "clusters": ours_found["clusters"],
        "bare_seconds": bare_found["seconds"],
        "seconds": ours_found["seconds"],
        "ratio": round(ours_found["seconds"] / bare_found["seconds"], 3),
        "bare_cpu_seconds": bare_found["cpu_seconds"],
        "cpu_seconds": ours_found["cpu_seconds"],
        "bare_peak_memory_gb": bare_found["peak_memory_gb"],
        "peak_memory_gb": ours_found["peak_memory_gb"],
        "steps": ours_found["steps"],
    }


def _apart(step: str, folder: str, *more: int) -> dict[str, Any]:
    """What a function of this file finds, in a process of its own, and that process's peak memory (GB)."""
    code = (
        f"import json; from {MODULE} import {step}; print(json.dumps({step}({', '.join(map(repr, [folder, *more]))})))"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{step} ended with {process.returncode}")
    return {**json.loads(said.splitlines()[-1]), "peak_memory_gb": round(usage.ru_maxrss / 1e6, 2)}


class _Clock:
    """Seconds and seconds of CPU since it began, and of each step."""

    def __init__(self) -> None:
        self._last = self._began = (time.perf_counter(), time.process_time())
        self.steps: dict[str, tuple[float, ...]] = {}

    def _since(self, then: tuple[float, float]) -> tuple[float, ...]:
        return tuple(round(b - a, 2) for a, b in zip(then, (time.perf_counter(), time.process_time()), strict=True))

    def step(self, name: str) -> None:
        """The step of this name is done."""
        self.steps[name] = self._since(self._last)
        self._last = (time.perf_counter(), time.process_time())

    def told(self) -> dict[str, Any]:
        """Everything."""
        seconds, cpu = self._since(self._began)
        return {"seconds": seconds, "cpu_seconds": cpu, "steps": self.steps}


def made(folder: str, records: int) -> dict[str, Any]:
    """Stage the made people."""
    made_people.write(Path(folder) / "staging.duckdb", records)
    return {}


def _input(con: duckdb.DuckDBPyConnection, folder: str) -> None:
    """`input_contact` of the staged records; whom they name as employer is taken as resolved."""
    open_staging(Path(folder) / "staging.duckdb", None, con)
    con.execute(
        f"CREATE VIEW employer AS SELECT {key_sql('contact')} AS uid, account AS account_id FROM s_contact "
        "WHERE account IS NOT NULL"
    )
    con.execute(PERSONS)
    con.execute("CREATE TABLE input_contact AS FROM every_contact")


def resolved(folder: str) -> dict[str, Any]:
    """Ours, from the staged records to a file of entities, membership and evidence."""
    target, clock = Path(folder) / "resolution.duckdb", _Clock()
    with workplace(target) as con:
        _input(con, folder)
        clock.step("read")
        store.join(con, target)
        update.create(con, CONTACT, START, progress=lambda done, total, what: clock.step(f"until {what}"))
        clock.step("rest")
        accepted = con.execute("SELECT count(*) FROM store.pairs_contact WHERE accepted").fetchall()[0][0]
        clusters = con.execute("SELECT count(DISTINCT entity_id) FROM store.member_contact").fetchall()[0][0]
        con.execute("DETACH store")
        clock.step("closed")
    return {**clock.told(), "accepted": accepted, "clusters": clusters}


def handed(folder: str) -> dict[str, Any]:
    """The normal forms and pairs that bare Splink is given."""
    with workplace(Path(folder) / "handed.duckdb") as con:
        _input(con, folder)
        prepare(con, CONTACT)
        blocking.write_keys(con, CONTACT, blocking.usable_columns(con, "prepared_contact"), "prepared_contact", "keys")
        blocking.candidate_pairs(con, CONTACT, "keys", "pairs")
        con.execute(f"ATTACH '{folder}/handed.duckdb' AS out")
        con.execute("CREATE TABLE out.prepared_contact AS FROM prepared_contact")
        con.execute("CREATE TABLE out.bare_pairs AS SELECT join_key_l, join_key_r, match_key FROM pairs")
    return {}


def bare(folder: str) -> dict[str, Any]:
    """Bare Splink on what it is handed, in memory, as it does by default."""
    con = connect()
    macros.install(con)
    con.execute(f"ATTACH '{folder}/handed.duckdb' AS given (READ_ONLY)")
    con.execute(
        "CREATE TABLE prepared_contact AS FROM given.prepared_contact; CREATE TABLE bare_pairs AS FROM given.bare_pairs"
    )
    clock = _Clock()
    found = _bare(con, folder)
    pairs = con.execute("SELECT count(*) FROM bare_pairs").fetchall()[0][0]
    return {**clock.told(), "candidate_pairs": pairs, "kept": found}


def _bare(con: duckdb.DuckDBPyConnection, folder: str) -> int:
    filled = blocking.usable_columns(con, "prepared_contact")
    comparisons = tuple(c for c in CONTACT.comparisons if set(c.needs) & filled)
    api = DuckDBAPI(connection=con)
    linker = Linker(
        api.register("prepared_contact"), ours.splink_settings(comparisons), log_level=None, validate_settings=False
    )
    rules: list[Any] = [block_on(*columns) for columns in CONTACT.sure if set(columns) <= filled]
    linker.training.estimate_probability_two_random_records_match(rules, recall=CONTACT.sure_recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=ours.U_PAIRS, seed=ours.SEED, num_chunks=ours.U_CHUNKS)
    for columns in CONTACT.training:
        if (
            set(columns) <= filled
            and blocking.shared_pairs(con, "prepared_contact", columns) >= ours.MIN_TRAINING_PAIRS
        ):
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*columns),
                    estimate_without_term_frequencies=True,
                    max_pairs=ours.EM_PAIRS,
                    record_sample_proportion=1.0,
                )
            except (EMTrainingException, ValueError):
                continue
    linker.table_management.register_blocked_pairs_for_predict(api.register("bare_pairs"))
    found = linker.inference.predict(threshold_match_weight=KEEP_FROM, warning_mode="never")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        found, threshold_match_weight=CONTACT.threshold
    )
    for table in (found, clusters):
        con.execute(f"COPY (FROM {table.physical_name}) TO '{folder}/{table.physical_name}.parquet'")
    return int(con.execute(f"SELECT count(*) FROM {found.physical_name}").fetchall()[0][0])


if __name__ == "__main__":
    for number in sys.argv[1:]:
        print(json.dumps(run(int(number)), indent=1), flush=True)
