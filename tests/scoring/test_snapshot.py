"""Snapshots of features as Parquet: what is in the file is what training learns from, and what was known then."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from kg.errors import ConfigurationError, InputError, NotFound
from kg.features.extraction import extract
from kg.features.features import features_named, load_features
from kg.graph import Graph
from scoring.learning.train import gather, train
from scoring.serving import snapshot
from scoring.serving.snapshot import FIXED, entities_snapshot, training_snapshot
from tests.scoring.scored import DEAL_WIN, EARLY, NOW
from tests.scoring.test_on_a_graph import BROKEN, write

ROWS = [
    ("crm", "D7", "2024-11-01", "x"),
    ("crm", "NOBODY", "2024-11-01", "y"),
    ("crm", "D7", "2022-01-01", ""),
    ("crm", "D3", "2024-06-01T12:00:00Z", "r"),
    ("crm", "D7", "2024-05-01", "s"),
    ("crm", "D3", "2031-01-01", "t"),
]
TWICE = ("source,record_id,as_of,id\ncrm,D1,2024-01-01,1\n", "'id'")


def digest_of(path: Path) -> str:
    """The digest of a training set, computed from nothing but the file."""
    table = pq.read_table(path)
    names = sorted(n for n in table.column_names if n not in FIXED)
    out = hashlib.sha256(repr(names).encode())
    rows = sorted(table.to_pylist(), key=lambda r: (r["id"], r["moment"]))
    text = {n for n in names if str(table.schema.field(n).type) == "string"}
    for r in rows:
        cells = [float("nan") if r[n] is None and n not in text else r[n] for n in names]
        row = (np.str_(r["id"]), np.str_(r["group"]), r["moment"].timestamp(), r["outcome"], r["weight"], cells)
        out.update(repr(row).encode())
    return out.hexdigest()


def metadata(path: Path) -> dict[str, str]:
    found = pq.read_metadata(path).metadata
    return {k.decode(): v.decode() for k, v in found.items() if k.startswith(b"dealgraph.")}


def test_a_training_snapshot_is_the_training_set(
    filled: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cell by cell, and its digest, also recomputed from the file, is the one that a model keeps of what it learned."""
    monkeypatch.setattr(snapshot, "BATCH", 50)
    made = training_snapshot(filled, DEAL_WIN, tmp_path / "s.parquet", as_of=NOW)
    found = gather(filled, DEAL_WIN, as_of=NOW)
    table = pq.read_table(made.path)
    assert table.column_names == [*FIXED, *found.features] and made.rows == len(found.data) == table.num_rows > 100
    assert pq.ParquetFile(made.path).num_row_groups == -(-made.rows // 50)
    assert table["id"].to_pylist() == found.data.ids.tolist()
    assert table["outcome"].to_pylist() == found.data.y.tolist()
    assert table["weight"].to_pylist() == found.data.weight.tolist()
    for name, column in found.data.frame.items():
        plain = [None if v != v else v for v in column.tolist()]
        assert table[name].to_pylist() == plain
    model = train(filled, DEAL_WIN, as_of=NOW, home=tmp_path)
    told = metadata(made.path)
    assert told == made.metadata
    assert told["dealgraph.digest"] == digest_of(made.path) == model.manifest["data"]
    assert told["dealgraph.version"] == model.version
    assert json.loads(told["dealgraph.features"]) == model.manifest["features"]
    assert (told["dealgraph.score"], told["dealgraph.as_of"]) == ("deal_win", NOW.isoformat())


def test_the_same_call_writes_the_same_bytes(filled: Graph, tmp_path: Path) -> None:
    rows = write(tmp_path / "m.csv", ROWS, "source,record_id,as_of,label")
    for name in ("a", "b"):
        training_snapshot(filled, DEAL_WIN, tmp_path / f"{name}.parquet", as_of=EARLY)
        entities_snapshot(filled, DEAL_WIN, rows, tmp_path / f"{name}e.parquet", known=NOW)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert (tmp_path / "ae.parquet").read_bytes() == (tmp_path / "be.parquet").read_bytes()
    assert not list(tmp_path.glob(".*.part"))


def test_entity_rows_are_joined_as_of_their_moment(
    filled: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the file's order, batch by batch; what was not known then has no values, and is counted."""
    rows = write(tmp_path / "m.csv", ROWS, "source,record_id,as_of,label")
    whole = entities_snapshot(filled, DEAL_WIN, rows, tmp_path / "w.parquet", known=NOW)
    monkeypatch.setattr(snapshot, "BATCH", 2)
    made = entities_snapshot(filled, DEAL_WIN, rows, tmp_path / "e.parquet", known=NOW)
    table = pq.read_table(made.path)
    assert pq.ParquetFile(made.path).num_row_groups == 3
    assert made.metadata == whole.metadata == metadata(made.path)
    assert table.equals(pq.read_table(whole.path))
    with rows.open(newline="") as file:
        given = list(csv.DictReader(file))
    assert table["record_id"].to_pylist() == [r["record_id"] for r in given]
    assert table["label"].to_pylist() == ["x", "y", None, "r", "s", "t"]
    assert table["id"].to_pylist() == ["d7", None, None, "d3", "d7", table["id"].to_pylist()[-1]]
    assert (made.rows, made.later) == (6, 1) and made.unknown in (2, 3)  # D3's record may end before 2031
    moments: list[datetime] = table["moment"].to_pylist()
    wanted = features_named(list(made.features))
    for i in (0, 3, 4):
        columns = extract(filled, wanted, [(table["id"][i].as_py(), moments[i])])
        assert {n: table[n][i].as_py() for n in made.features} == {n: c[0] for n, c in columns.items()}
    assert all(table[n][1].as_py() is None for n in made.features)
    assert table["deal_age"][0].as_py() > table["deal_age"][4].as_py()


def test_a_new_feature_is_computed_for_all_of_history(filled: Graph, tmp_path: Path) -> None:
    """A feature that no score reads yet is there at every moment, and changes nothing of the other columns."""
    fewer = [n for n in DEAL_WIN.features if n != "power_gap"]
    score = replace(DEAL_WIN, features=tuple(fewer), rules=tuple(r for r in DEAL_WIN.rules if r.feature in fewer))
    before = training_snapshot(filled, score, tmp_path / "o.parquet", as_of=NOW)
    after = training_snapshot(filled, score, tmp_path / "n.parquet", as_of=NOW, more=["power_gap"])
    old, new = pq.read_table(before.path), pq.read_table(after.path)
    assert "power_gap" not in old.column_names and new.drop_columns("power_gap").equals(old)
    assert before.metadata["dealgraph.digest"] != after.metadata["dealgraph.digest"]
    pairs = list(zip(new["id"].to_pylist(), new["moment"].to_pylist(), strict=True))
    assert new["power_gap"].to_pylist() == extract(filled, [load_features()["power_gap"]], pairs)["power_gap"]
    with pytest.raises(NotFound, match="no feature 'power_gaps'"):
        training_snapshot(filled, score, tmp_path / "x.parquet", as_of=NOW, more=["power_gaps"])


@pytest.mark.parametrize(("text", "said"), [*BROKEN, TWICE])
def test_a_broken_file_leaves_nothing(filled: Graph, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises((InputError, ConfigurationError), match=said):
        entities_snapshot(filled, DEAL_WIN, tmp_path / "m.csv", tmp_path / "e.parquet", known=NOW)
    assert [p.name for p in tmp_path.iterdir()] == ["m.csv"]
