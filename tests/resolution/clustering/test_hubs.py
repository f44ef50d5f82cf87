"""Keys that too many share: which of their pairs are compared, and how an entity of a thousand comes together."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import duckdb

from resolution.linking.blocking import candidate_pairs
from resolution.matchers.terms import Block, Matcher
from resolution.standalone.evaluate import resolve_file
from tests.resolution.clustering.test_whole import THING
from tests.resolution.fit.test_fit import write

NEIGHBOURS = 5
DRAWING: Matcher = replace(THING, blocks=(Block("shared word", "word", ("word",), 20, NEIGHBOURS),))


def test_pairs_of_a_hub_are_drawn_all_over_it() -> None:
    """400 records of one key: each meets about ten others, and every tenth of them every other tenth."""
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE keys AS SELECT 'k' || range AS unique_id, 0::UTINYINT AS block, 7::UBIGINT AS key FROM range(400)"
    )
    candidate_pairs(con, DRAWING, "keys", "pairs")
    pairs = con.execute("SELECT join_key_l, join_key_r FROM pairs").fetchall()
    assert 0.95 * 400 * NEIGHBOURS <= len(pairs) <= 400 * NEIGHBOURS
    assert len({key for pair in pairs for key in pair}) == 400
    placed = con.execute("SELECT unique_id FROM keys ORDER BY hash(unique_id), unique_id").fetchall()
    tenth = {key: n // 40 for n, (key,) in enumerate(placed)}
    met = {tuple(sorted((tenth[a], tenth[b]))) for a, b in pairs}
    assert len(met) >= 0.9 * 55
    candidate_pairs(con, replace(DRAWING, blocks=(Block("shared word", "word", ("word",), 20),)), "keys", "pairs")
    assert con.execute("SELECT count(*) FROM pairs").fetchall() == [(0,)]  # a key without neighbours compares nobody
    con.close()


def test_a_person_of_many_mentions_stays_one(tmp_path: Path) -> None:
    """One stands in 1,500 of 2,100 rows; a sixth of his telephones is missing, a fifth of his names misspelt."""
    rng = random.Random(2)
    rows: list[tuple[object, ...]] = []

    def told(who: int, first: str, last: str, phone: str, born: str) -> None:
        slip = rng.randrange(1, len(last))
        name = last if rng.random() < 0.8 else last[:slip] + last[slip + 1 :]
        kept = phone if rng.random() < 0.83 else ""
        rows.append((f"r{len(rows)}-{who}", first, name, kept, born if rng.random() < 0.7 else ""))

    for _ in range(1500):
        told(0, "Emma", "Karholzur", "08-5178410", "1977-03-04")
    for who in range(1, 301):
        last = "".join(rng.choice(("ka", "len", "mor", "tis", "vel", "ran", "gu")) for _ in range(3)).title()
        born = f"{rng.randrange(1940, 2000)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        for _ in range(2):
            told(who, rng.choice(("Anna", "Emma", "Karl", "Olof")), last, f"08-{5_000_000 + who * 7919}", born)
    rng.shuffle(rows)
    records = write(tmp_path / "r.csv", ("record_id", "first_name", "last_name", "phone", "dob"), rows)
    found = resolve_file(records, "contact", fit=True)
    parts = Counter(entity for key, entity in zip(found.ids, found.entities, strict=True) if key.endswith("-0"))
    assert max(parts.values()) >= 0.97 * 1500
