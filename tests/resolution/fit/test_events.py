"""Dates on which something happened are no dates of birth or foundation: records of one entity differ in them."""

import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from resolution.evaluation.metrics import report
from resolution.fit.profile import profile
from resolution.standalone.evaluate import resolve_file
from tests.resolution.fit.test_fit import invented, write


def _day(rng: random.Random, first: int, last: int) -> str:
    start = date(first, 1, 1)
    return (start + timedelta(rng.randrange((date(last, 12, 31) - start).days))).isoformat()


@pytest.mark.parametrize(
    ("header", "first", "last", "role"),
    [
        ("entered", 2012, 2023, "event"),
        ("entered", 1930, 2005, "date"),
        ("date of birth", 2008, 2014, "date"),  # the children of one school
        ("founded", 2010, 2020, "date"),
        ("last modified date", 2015, 2023, "event"),
    ],
)
def test_dates_of_a_few_years_are_of_events_unless_named_otherwise(
    con: duckdb.DuckDBPyConnection, header: str, first: int, last: int, role: str
) -> None:
    rng = random.Random(1)
    con.execute(f'CREATE TABLE t (row_no BIGINT, "{header}" VARCHAR)')
    con.executemany("INSERT INTO t VALUES (?, ?)", [(n, _day(rng, first, last)) for n in range(200)])
    assert profile(con, "t", [header], "contact")[0].role == role


def test_when_records_were_entered_does_not_part_them(tmp_path: Path) -> None:
    """Sixty firms by name alone, each told one to four times."""
    rng = random.Random(2)
    rows: list[tuple[object, ...]] = []
    truth: dict[str, str] = {}
    for firm in range(60):
        name = f"{invented(rng, 3)} {invented(rng, 3)}"
        for _ in range(rng.randrange(1, 5)):
            truth[f"r{len(rows)}"] = str(firm)
            rows.append((f"r{len(rows)}", name, _day(rng, 2009, 2023), rng.choice(("open", "closed", "pending"))))
    found = resolve_file(write(tmp_path / "r.csv", ("record_id", "name", "created", "status"), rows), "account", True)
    assert report(dict(zip(found.ids, found.entities, strict=True)), truth, [])["clusters"]["f1"] >= 0.97
