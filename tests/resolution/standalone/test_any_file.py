"""A file of records is read whatever it is, or refused in words that say what to do."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import InputError, SourceRefused
from resolution.standalone.evaluate import predict

ROWS = [(f"r{i}", f"Müller {i % 7} GmbH", f"0{i % 7}1 55{i % 7}000{i % 7}") for i in range(28)]
TEXT = "record_id,name,phone\n" + "".join(f"{','.join(row)}\n" for row in ROWS)
Write = Callable[[Path], Path]


def saved(name: str, content: bytes) -> Write:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "r.zip", "w") as archive:
        archive.writestr("records.csv", TEXT)
    return folder / "r.zip"


SHAPES: dict[str, Write] = {
    "latin-1": saved("r.csv", TEXT.encode("latin-1")),
    "utf-16": saved("r.csv", TEXT.encode("utf-16")),
    "gzip": saved("r.csv.gz", gzip.compress(TEXT.encode(), mtime=0)),
    "zip": zipped,
    "json": saved(
        "r.json", json.dumps([dict(zip(("record_id", "name", "phone"), r, strict=True)) for r in ROWS]).encode()
    ),
    "notes above": saved("r.csv", f"Export of accounts\n\n{TEXT}".encode()),
    "semicolons": saved("r.csv", TEXT.replace(",", ";").encode()),
}


def entities(path: Path, *, fit: bool, told: list[str] | None = None) -> dict[str, str]:
    out = path.parent / "out.csv"
    predict(path, "account", fit, out, tell=(told if told is not None else []).append)
    return dict(line.split(",") for line in out.read_text().split()[1:])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_records_give_the_same_entities(tmp_path: Path, shape: str) -> None:
    plain = entities(saved("plain.csv", TEXT.encode())(tmp_path), fit=True)
    assert len(set(plain.values())) == 7
    told: list[str] = []
    assert entities(SHAPES[shape](tmp_path), fit=True, told=told) == plain
    if shape == "latin-1":
        assert any("a guess: as cp1252 it reads Müller" in line for line in told), told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{TEXT}r1,Other,1\n", "record_id 'r1' stands in rows 2 and 29"),
        (f"{TEXT},Other,1\n", "row 29 has no record_id"),
        ("name,phone\nA,1\nB,2\n", "has no column record_id; it has name, phone"),
        ("\x00\x01\x02", "r.csv"),
    ],
)
@pytest.mark.parametrize("fit", [False, True])
def test_what_cannot_be_told_apart_is_refused(tmp_path: Path, text: str, sentence: str, fit: bool) -> None:
    with pytest.raises((InputError, SourceRefused)) as refused:
        entities(saved("r.csv", text.encode())(tmp_path), fit=fit)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("fit", [False, True])
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_handful_of_records_stays_apart(tmp_path: Path, rows: int, fit: bool) -> None:
    found = entities(saved("r.csv", "".join(TEXT.splitlines(keepends=True)[: rows + 1]).encode())(tmp_path), fit=fit)
    assert len(set(found.values())) == rows


def test_two_sources_may_use_one_id(tmp_path: Path) -> None:
    text = "record_id,source,name\n1,a,Acme\n1,b,Bolt\n"
    path = saved("r.csv", text.encode())(tmp_path)
    predict(path, "account", False, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "record_id,entity_id\n1,E1\n1,E2\n"


def test_one_endless_value_costs_its_tail_alone(tmp_path: Path) -> None:
    text = TEXT.replace("r3,Müller 3 GmbH", f"r3,{'x' * 1_000_000}").replace("r5,Müller 5 GmbH", f"r5,{'x' * 999_999}")
    told: list[str] = []
    found = entities(saved("r.csv", text.encode())(tmp_path), fit=False, told=told)
    assert len(found) == 28
    assert any("2 values are longer than 1,000 characters" in line for line in told), told
