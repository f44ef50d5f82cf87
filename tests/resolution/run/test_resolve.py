"""Staged records in, entities and graph rows out, on a world small enough to read."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import Busy, NotFound
from kg.ontology import LABELS, TRIPLES
from kg.store.load import NodeRows
from kg.store.validate import node_checker, relationship_checker
from resolution.entities.rows import graph_rows
from resolution.run.resolve import ResolveReport, resolve
from tests.resolution.small_world import at, stage, world


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, ResolveReport]]:
    folder = tmp_path_factory.mktemp("resolve")
    staging = stage(folder / "staging.duckdb", world())
    report = resolve(staging, folder / "resolution.duckdb")
    yield staging, folder / "resolution.duckdb", report


def read(path: Path, sql: str) -> list[Any]:
    con = duckdb.connect(str(path), read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def rows_of(files: tuple[Path, Path, ResolveReport]) -> dict[Any, list[dict[str, Any]]]:
    return {
        batch.label if isinstance(batch, NodeRows) else batch.triple: [dict(row) for row in batch.rows]
        for batch in graph_rows(files[1], files[0])
    }


def test_records_of_two_systems_are_one_entity(files: tuple[Path, Path, ResolveReport]) -> None:
    assert files[2].records == {"account": 40, "contact": 40, "deal": 20, "lead": 1, "outcome": 1}
    assert files[2].entities == {"account": 20, "contact": 20, "deal": 20, "lead": 1, "outcome": 1}


def test_every_weight_is_the_sum_of_its_parts(files: tuple[Path, Path, ResolveReport]) -> None:
    for kind in ("account", "contact"):
        columns = [c for (c, *_) in read(files[1], f"DESCRIBE pairs_{kind}") if c.startswith("mw_")]
        worst = read(
            files[1],
            f"SELECT max(abs(match_weight - prior - ({' + '.join(columns)}))) "
            f"FROM pairs_{kind}, models m WHERE m.kind = '{kind}'",
        )
        assert worst[0][0] < 1e-9
    for row in rows_of(files)[("Record", "COMPARED_WITH", "Record")]:
        parts = row["prior"] + sum(row["weights"]) + sum(row["adjustments"])
        assert parts == pytest.approx(row["match_weight"], abs=1e-9)
        assert len({len(row[name]) for name in ("comparisons", "levels", "weights", "adjustments")}) == 1


def test_a_record_belongs_from_the_later_of_the_two(files: tuple[Path, Path, ResolveReport]) -> None:
    found = read(
        files[1],
        "SELECT record_id, known_from FROM resolved WHERE kind = 'account' AND record_id IN ('A3', 'B3') ORDER BY ALL",
    )
    assert found == [("A3", at("2024-01-01")), ("B3", at("2024-02-01"))]


def test_a_second_run_is_identical(files: tuple[Path, Path, ResolveReport], tmp_path: Path) -> None:
    before = {
        t: read(files[1], f"SELECT * FROM {t} ORDER BY ALL")
        for t in ("resolved", "pairs_account", "pairs_contact", "models", "events")
    }
    again = tmp_path / "again.duckdb"
    again.write_bytes(files[1].read_bytes())
    resolve(files[0], again)
    assert {t: read(again, f"SELECT * FROM {t} ORDER BY ALL") for t in before} == before


KILLED = """
import os, signal, sys
from pathlib import Path
import resolution.run.resolve as room

def die(when):
    if when == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

class Watched:
    def __init__(self, con):
        self.con, self.calls = con, 0
    def execute(self, *asked):
        self.calls += 1
        die(f"write {self.calls}")
        return self.con.execute(*asked)

write = room._write
room._write = lambda con, target, now: write(Watched(con), target, now)
Path.replace = lambda *_: die("rename")
room.resolve(Path(sys.argv[1]), Path(sys.argv[2]), progress=lambda done, total, what: die(what))
"""


def test_a_killed_run_leaves_no_half_state_and_the_next_ends_the_same(tmp_path: Path) -> None:
    staging = stage(tmp_path / "s.duckdb", {kind: world()[kind] for kind in ("account", "deal", "history")})
    undisturbed, target = tmp_path / "undisturbed.duckdb", tmp_path / "r.duckdb"
    resolve(staging, undisturbed)
    for point in ("matching contacts and leads", "write 8", "rename"):
        command = [sys.executable, "-c", KILLED, str(staging), str(target), point]
        ended = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False)
        assert ended.returncode == -signal.SIGKILL, (point, ended.stderr)
        assert not target.exists(), point
    resolve(staging, target)
    assert {path.name for path in tmp_path.iterdir()} == {"r.duckdb", "s.duckdb", "undisturbed.duckdb"}
    tables = [name for (name,) in read(target, "SELECT table_name FROM information_schema.tables ORDER BY ALL")]
    contents = [[read(path, f"SELECT * FROM {name} ORDER BY ALL") for name in tables] for path in (target, undisturbed)]
    assert contents[0] == contents[1]


def test_two_resolutions_do_not_write_one_file(tmp_path: Path) -> None:
    holder = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(tmp_path / "r.duckdb.new")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        deal = {"key": "crm:D1", "known": "2024-01-10", "name": "Only", "stage": "Proposal", "state": "open"}
        with pytest.raises(Busy, match="another resolution is being written"):
            resolve(stage(tmp_path / "s.duckdb", {"deal": [deal]}), tmp_path / "r.duckdb")


def test_ids_survive_a_lost_record_and_a_merge_leaves_a_redirect(tmp_path: Path) -> None:
    tables = world()
    alone = {
        **tables,
        "account": [*tables["account"], {"key": "web:W0", "known": "2023-01-01", "name": "Unrelated Orchard"}],
    }
    resolve(stage(tmp_path / "one.duckdb", alone), tmp_path / "r.duckdb")
    old = dict(read(tmp_path / "r.duckdb", "SELECT record_id, entity_id FROM resolved WHERE kind = 'account'"))
    nordkraft = {"name": "Nordkraft Industries", "domain": "nordkraft.com", "city": "City 0", "phone": "+46 8 7000000"}
    joining = {"key": "web:W0", "known": "2023-01-01", **nordkraft}
    merged = {**tables, "account": [*tables["account"], joining]}
    report = resolve(stage(tmp_path / "two.duckdb", merged), tmp_path / "r.duckdb")
    new = dict(read(tmp_path / "r.duckdb", "SELECT record_id, entity_id FROM resolved WHERE kind = 'account'"))
    assert new["A0"] == new["B0"] == new["W0"] == old["A0"]  # two records outweigh one, though it was known first
    assert report.events == {"MERGED": 1}
    assert read(tmp_path / "r.duckdb", "SELECT old_id, entity_id FROM redirects") == [(old["W0"], old["A0"])]


def test_as_of_knows_only_what_was_known(tmp_path: Path) -> None:
    staging = stage(tmp_path / "s.duckdb", world())
    report = resolve(staging, tmp_path / "r.duckdb", now=datetime(2024, 1, 31, tzinfo=UTC))
    assert report.records == {"account": 20, "contact": 20, "deal": 20, "lead": 1}
    assert ("Deal", "ENDED_IN", "Outcome") in {
        b.triple for b in graph_rows(tmp_path / "r.duckdb", staging) if not isinstance(b, NodeRows)
    }


def test_rows_meet_the_ontology_and_every_end_is_there(files: tuple[Path, Path, ResolveReport]) -> None:
    found = rows_of(files)
    ids = {label: {row["id"] for row in rows} for label, rows in found.items() if isinstance(label, str)}
    for name, rows in found.items():
        check = node_checker(name, "run") if isinstance(name, str) else relationship_checker(name, "run")
        for row in rows:
            check(row)
            if not isinstance(name, str):
                assert row["start"] in ids[name[0]], (name, row)
                assert row["end"] in ids[name[2]], (name, row)
    assert set(ids) <= set(LABELS)
    assert {name for name in found if not isinstance(name, str)} <= set(TRIPLES)


def test_stages_changes_outcome_and_owner_of_a_deal(files: tuple[Path, Path, ResolveReport]) -> None:
    found = rows_of(files)
    deal = next(row["id"] for row in found["Deal"] if row["name"] == "Nordkraft deal")
    entered = [
        (r["end"].split("|")[-1], r["at"].date().isoformat(), r.get("left_at"))
        for r in found[("Deal", "ENTERED", "Stage")]
        if r["start"] == deal
    ]
    assert sorted(entered, key=lambda e: e[1]) == [
        ("Prospect", "2024-01-10", datetime(2024, 2, 10, tzinfo=UTC)),
        ("Proposal", "2024-02-10", datetime(2024, 4, 1, tzinfo=UTC)),
        ("Won", "2024-04-01", None),
    ]
    mine = {r["start"] for r in found[("Change", "OF", "Deal")] if r["end"] == deal}
    amounts = sorted(
        (r["at"], r.get("old"), r["new"], r["number"])
        for r in found["Change"]
        if r["id"] in mine and r["field"] == "amount"
    )
    assert [a[1:] for a in amounts] == [(None, "500", 500.0), ("500", "1000", 1000.0)]
    outcome = [r for r in found[("Deal", "ENDED_IN", "Outcome")] if r["start"] == deal]
    assert [r["known_from"] for r in outcome] == [datetime(2024, 4, 1, tzinfo=UTC)]
    assert len(found["Rep"]) == 1
    assert len(found[("Rep", "OWNS", "Deal")]) == 20


def test_an_activity_without_a_deal_is_about_the_one_that_was_open(files: tuple[Path, Path, ResolveReport]) -> None:
    found = rows_of(files)
    deal = next(row["id"] for row in found["Deal"] if row["name"] == "Nordkraft deal")
    assert [r["end"] for r in found[("Activity", "ABOUT", "Deal")]] == [deal]
    plays = found[("Contact", "PLAYS", "Deal")]
    assert [(r["role"], r["basis"], r["confidence"]) for r in plays] == [("economic_buyer", "inferred", 0.5)]
    jobs = [r for r in found[("Contact", "WORKS_AT", "Account")] if r["start"] == plays[0]["start"]]
    assert [(r["title"], r["seniority"]) for r in jobs] == [("Chief Financial Officer", "c_level")]


def test_a_lead_finds_its_person_and_its_company(files: tuple[Path, Path, ResolveReport]) -> None:
    found = rows_of(files)
    contact = next(row["id"] for row in found["Contact"] if row.get("email") == "anna.berg@nordkraft.com")
    account = next(row["id"] for row in found["Account"] if row.get("domain") == "nordkraft.com")
    assert [r["end"] for r in found[("Lead", "IS", "Contact")]] == [contact]
    assert [r["end"] for r in found[("Lead", "AT", "Account")]] == [account]


def test_golden_values_name_their_record(files: tuple[Path, Path, ResolveReport]) -> None:
    account = next(row for row in rows_of(files)["Account"] if row.get("domain") == "nordkraft.com")
    chosen = dict(zip(account["golden"], account["golden_from"], strict=True))
    assert account["name"] in ("Nordkraft Industries AB", "Nordkraft Ind. Aktiebolag")
    assert chosen["domain"] in ("account|crm:A0", "account|billing:B0")


def test_an_organisation_without_anything_but_open_deals(tmp_path: Path) -> None:
    deal = {"key": "crm:D1", "known": "2024-01-10", "name": "Only", "amount": 5.0, "stage": "Proposal", "state": "open"}
    staging = stage(tmp_path / "s.duckdb", {"deal": [deal]})
    report = resolve(staging, tmp_path / "r.duckdb")
    assert report.entities == {"deal": 1}
    found = {b.label: list(b.rows) for b in graph_rows(tmp_path / "r.duckdb", staging) if isinstance(b, NodeRows)}
    assert len(found["Deal"]) == 1
    assert found["Deal"][0].get("opened_at") is None


def test_missing_files_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="stage the sources first"):
        resolve(tmp_path / "none.duckdb", tmp_path / "r.duckdb")
    with pytest.raises(NotFound, match="resolve the staged records first"):
        list(graph_rows(tmp_path / "none.duckdb", tmp_path / "s.duckdb"))
