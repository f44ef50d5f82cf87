"""Resolution against bare Splink: the same records, the same candidate pairs, the same settings, in the same run.

Bare is what a user of Splink writes: u by sampling, m by EM over the same blocks, predict on the given pairs, connected
components. Ours is everything that a refresh does for one kind: normal forms, blocking, training, scoring, frequencies
over entities, vetoes, average linkage and temporal membership.
"""

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, block_on
from splink.internals.exceptions import EMTrainingException

from resolution import blocking, normalise
from resolution import linker as ours
from resolution.database import connect
from resolution.grouping import group, link, prepare
from resolution.matchers import CONTACT
from resolution.model import KEEP_FROM

START = datetime(2023, 1, 1)
SYLLABLES = [
    "ber",
    "lin",
    "gra",
    "mor",
    "vel",
    "tan",
    "dor",
    "sel",
    "kar",
    "nov",
    "ric",
    "hol",
    "fen",
    "wes",
    "jan",
    "pet",
]
FIRSTS = [
    "Anna",
    "Robert",
    "Thomas",
    "Katherine",
    "William",
    "Elizabeth",
    "Peter",
    "Maria",
    "Johan",
    "Lars",
    "Emma",
    "Daniel",
    "Sofia",
    "Marcus",
    "Helena",
    "Victor",
    "Ingrid",
    "Andreas",
    "Michael",
    "Sarah",
    "Julia",
    "Oscar",
    "Nina",
    "Paul",
    "Eva",
    "Simon",
    "Laura",
    "David",
    "Clara",
    "Erik",
]


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


def _connect(records: int) -> duckdb.DuckDBPyConnection:
    con = connect()
    normalise.install(con)
    fill(con, people(records))
    return con


def _bare(con: duckdb.DuckDBPyConnection) -> int:
    filled = blocking.usable_columns(con, "prepared_contact")
    comparisons = tuple(c for c in CONTACT.comparisons if set(c.needs) & filled)
    api = DuckDBAPI(connection=con)
    linker = Linker(
        api.register("prepared_contact"), ours.splink_settings(comparisons), log_level=None, validate_settings=False
    )
    rules: list[Any] = [block_on(*columns) for columns in CONTACT.sure if set(columns) <= filled]
    linker.training.estimate_probability_two_random_records_match(rules, recall=CONTACT.sure_recall)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=ours.U_PAIRS, seed=ours.SEED, num_chunks=ours.U_CHUNKS
    )
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
    linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_weight=CONTACT.threshold)
    return int(con.execute(f"SELECT count(*) FROM {found.physical_name}").fetchall()[0][0])


def run(records: int) -> dict[str, Any]:
    """Seconds of both, their ratio, records and pairs; the target is a ratio of at most 1.5."""
    con = _connect(records)
    prepare(con, CONTACT)
    blocking.write_keys(con, CONTACT, blocking.usable_columns(con, "prepared_contact"), "prepared_contact", "keys")
    pairs = blocking.candidate_pairs(con, CONTACT, "keys", "bare_pairs")
    began = time.perf_counter()
    _bare(con)
    bare = time.perf_counter() - began
    con.close()
    con = _connect(records)
    began = time.perf_counter()
    linked = link(con, CONTACT)
    known = {str(k): t for k, t in con.execute("SELECT uid, known_from FROM input_contact").fetchall()}
    entities = group(con, CONTACT, known)
    seconds = time.perf_counter() - began
    con.close()
    return {
        "records": records,
        "candidate_pairs": pairs,
        "accepted": linked.accepted,
        "clusters": len(entities),
        "bare_seconds": round(bare, 2),
        "seconds": round(seconds, 2),
        "ratio": round(seconds / bare, 3),
    }
