"""A file that changes and a stream of changes end alike, say what happened, and lose nothing."""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kg.errors import Busy, InputError, NotFound
from resolution.matchers import CONTACT
from resolution.standalone import follow
from tests.benchmarks import bench_resolution

COLUMNS = ("record_id", "source", "first_name", "last_name", "email", "phone", "company")
NOW = datetime(2024, 5, 1)


def rows(records: int) -> list[dict[str, Any]]:
    found = []
    for key, source, _, *values in bench_resolution.people(records):
        found.append(dict(zip(COLUMNS, (key.rpartition(":")[2], source, *values), strict=True)))
    return found


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(records)
    return path


def lines(records: list[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(record).encode() for record in records]


def groups(taken: follow.Taken) -> set[frozenset[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for source, record, entity in taken.decided:
        found[entity].add((source, record))
    return {frozenset(some) for some in found.values()}


def test_a_changing_file_and_a_stream_end_alike(tmp_path: Path) -> None:
    whole = rows(400)
    stream, file = follow.opened(tmp_path / "a.duckdb"), follow.opened(tmp_path / "b.duckdb")
    for con in (stream, file):
        first = follow.take_file(con, CONTACT, write(tmp_path / "r.csv", whole[:380]), NOW)
        assert len(first.decided) == 380
        assert [event["event"] for event in first.events] == ["CREATED"]
    renamed = {**whole[5], "last_name": "Quistgaard", "email": None, "phone": None}
    gone = [{"record_id": row["record_id"], "source": row["source"], "deleted": True} for row in whole[10:20]]
    told = follow.take_changes(stream, CONTACT, lines([*whole[380:], renamed, *gone]), 1, NOW)
    assert {(source, record) for source, record, _ in told.decided} == {
        (row["source"], row["record_id"]) for row in [*whole[380:], renamed]
    }
    assert {event["event"] for event in told.events} >= {"CREATED", "RETIRED"}
    now = [renamed if row is whole[5] else row for row in whole if row not in whole[10:20]]
    after = follow.take_file(file, CONTACT, write(tmp_path / "r.csv", now), NOW)
    again = follow.take_file(stream, CONTACT, write(tmp_path / "r.csv", now), NOW)
    assert groups(after) == groups(again)
    assert again.events == (), "the stream had brought it there already"
    assert follow.take_changes(stream, CONTACT, lines([renamed, *gone]), 1, NOW).events == ()


def test_a_store_that_another_process_holds(tmp_path: Path) -> None:
    con = follow.opened(tmp_path / "s.duckdb")
    records = write(tmp_path / "r.csv", rows(5))
    found = subprocess.run([*command(tmp_path), "--records", records], capture_output=True, text=True, check=False)
    assert found.returncode == Busy.exit_code
    assert "s.duckdb cannot be opened" in found.stderr
    con.close()


def test_cut_off_while_it_learns_anew_it_goes_on_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: Any) -> None:
        raise KeyboardInterrupt

    records, con = write(tmp_path / "r.csv", rows(200)), follow.opened(tmp_path / "s.duckdb")
    before = follow.take_file(con, CONTACT, records, NOW)
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("resolution.identity.update.settle", cut_off)
        follow.take_file(con, CONTACT, records, NOW, retrain=True)
    con.close()
    con = follow.opened(tmp_path / "s.duckdb")
    after = follow.take_file(con, CONTACT, records, NOW)
    assert (after.decided, after.events) == (before.decided, ())
    assert con.execute("SELECT count(*) FROM store.prepared_contact").fetchall() == [(200,)]


REFUSED = [
    (b"{nonsense", "not JSON"),
    (b"[1, 2]", 'no object with a text "record_id"'),
    (b'{"source": "s0"}', 'no object with a text "record_id"'),
    (b'{"record_id": 7}', 'no object with a text "record_id"'),
]


def test_a_bad_line_is_refused_and_the_others_count(tmp_path: Path) -> None:
    con = follow.opened(tmp_path / "s.duckdb")
    with pytest.raises(NotFound, match="no contact model is stored"):
        follow.take_changes(con, CONTACT, [], 1, NOW)
    whole = rows(120)
    follow.take_file(con, CONTACT, write(tmp_path / "r.csv", whole[:100]), NOW)
    good = lines(whole[100:102])
    taken = follow.take_changes(con, CONTACT, [good[0], *(line for line, _ in REFUSED), b"", good[1]], 7, NOW)
    assert [number for number, _ in taken.refused] == [8, 9, 10, 11]
    for (_, said), (_, wanted) in zip(taken.refused, REFUSED, strict=True):
        assert said.startswith(wanted)
    assert len(taken.decided) == 2


def test_what_a_file_may_not_say(tmp_path: Path) -> None:
    con = follow.opened(tmp_path / "s.duckdb")
    whole = rows(40)
    with pytest.raises(InputError, match="stands in rows 4 and 41: it has to name one record"):
        follow.take_file(con, CONTACT, write(tmp_path / "r.csv", [*whole, whole[3]]), NOW)
    with pytest.raises(InputError, match="holds no record"):
        follow.take_file(con, CONTACT, write(tmp_path / "r.csv", []), NOW)
    with pytest.raises(InputError, match="kind 'deal' is not one of contact, account"):
        follow.matcher_of("deal")


def command(folder: Path) -> list[Any]:
    return [sys.executable, "-m", "api.cli", "resolve", "follow", "--kind", "contact", "--store", folder / "s.duckdb"]


def test_the_command_reads_a_stream_as_it_comes(tmp_path: Path) -> None:
    whole = rows(130)
    records = write(tmp_path / "r.csv", whole[:120])
    first = subprocess.run([*command(tmp_path), "--records", records], capture_output=True, text=True, check=True)
    assert len(first.stdout.splitlines()) == 121
    with subprocess.Popen(
        [*command(tmp_path), "--changes", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as stream:
        assert stream.stdin is not None and stream.stdout is not None
        for row in whole[120:123]:
            stream.stdin.write(json.dumps(row).encode() + b"\n")
            stream.stdin.flush()
            told = json.loads(stream.stdout.readline())
            while "event" in told:  # of the record before
                told = json.loads(stream.stdout.readline())
            assert (told["source"], told["record_id"]) == (row["source"], row["record_id"]), "before the next is sent"
        stream.stdin.close()
        stream.stdout.read()
        assert stream.wait(60) == 0
    bad = subprocess.run(
        [*command(tmp_path), "--changes", "-"], input="{\n", capture_output=True, text=True, check=False
    )
    assert bad.returncode == InputError.exit_code
    assert "1 of 1 lines were refused" in bad.stderr
