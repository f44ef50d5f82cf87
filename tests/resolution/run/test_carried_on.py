"""Resolutions one after the other over changing sources: what did not change stays, and all ends as in one run."""

import random
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from resolution.database.connection import connect
from resolution.identity import store
from resolution.identity.store import ENTITIES
from resolution.run.resolve import resolve
from resolution.settings import settings
from tests.resolution.small_world import Row, at, stage, world

EVERY = ("seen", "prepared", "keys", "pairs", "component", "verdict")
PEOPLE = ("contact", "lead")


@pytest.fixture
def never_retrained(monkeypatch: pytest.MonkeyPatch) -> Any:
    """However many records come, the first model stays."""
    monkeypatch.setenv("DEALGRAPH_RESOLUTION_RETRAIN_GROWTH", "1000")
    settings.cache_clear()
    yield
    settings.cache_clear()


def companies() -> dict[str, list[Row]]:
    """The small world with leads of two systems, and companies written out instead of referred to."""
    tables = world()
    for i, contact in enumerate(tables["contact"][1::2]):
        first, last = contact["name"].split(", ")[::-1]
        base = {"name": f"{first} {last}", "company": tables["account"][2 * i]["name"], "known": "2024-03-02"}
        arose = at("2024-03-02")
        tables["lead"] += [
            {"key": f"web:L{i + 10}", "email": contact["email"], "created_at": arose, **base},
            {"key": f"fair:F{i}", "phone": f"+46 70 {1000000 + i * 7177}", "created_at": arose, **base},
        ]
    return tables


def changed(draw: random.Random, tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Some records are not there yet, and some say something else."""
    found: dict[str, list[Row]] = dict(tables)
    for kind in ("account", "contact", "lead", "deal"):
        rows = []
        for row in tables[kind]:
            if draw.random() < 0.15 and kind != "deal":
                continue
            value = dict(row)
            if draw.random() < 0.2 and "email" in value:
                value["email"] = draw.choice(tables["contact"])["key"].replace(":", ".") + "@else.example"
            if draw.random() < 0.2 and kind in ("account", "lead"):
                value["name"] = draw.choice(tables[kind])["name"]
            rows.append(value)
        found[kind] = rows
    return found


def groups(path: Path) -> dict[str, set[frozenset[str]]]:
    """The records of each entity, by kind; of leads also whom they are tied to, of persons where they work."""
    con = connect(path, read_only=True)
    try:
        inside: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in ENTITIES}
        entity: dict[str, str] = {}
        for kind, key, of in con.execute("SELECT kind, key, entity_id FROM resolved").fetchall():
            inside[kind][of].add(key)
            entity[of] = min(entity.get(of, key), key)
        found = {kind: {frozenset(keys) for keys in some.values()} for kind, some in inside.items()}
        found["ties"] = {frozenset(row) for row in con.execute("SELECT uid, contact_uid FROM lead_contact").fetchall()}
        employers = con.execute("SELECT uid, account_id FROM employer").fetchall()
        found["employers"] = {frozenset({uid, entity[account]}) for uid, account in employers}
        return found
    finally:
        con.close()


def at_once(staging: Path, target: Path) -> dict[str, set[frozenset[str]]]:
    """The same records all at once, by the models of the target: its store emptied of everything else."""
    fresh = target.with_name("at_once.duckdb")
    shutil.copyfile(target, fresh)
    con = store.attach(fresh)
    tables = [f"{name}_{kind}" for kind in ("account", "contact", "deal") for name in EVERY]
    tables += [f"{name}_{kind}" for kind in ENTITIES for name in ("member", "lost")]
    for table in (*tables, "redirect_step", "events", "lead_contact", "lead_fact"):
        con.execute(f"DELETE FROM store.{table}")
    con.close()
    resolve(staging, fresh)
    return groups(fresh)


@pytest.mark.usefixtures("never_retrained")
@pytest.mark.parametrize("seed", range(2))
def test_changing_sources_end_where_one_run_ends(tmp_path: Path, seed: int) -> None:
    draw, target, whole = random.Random(seed), tmp_path / "r.duckdb", companies()
    resolve(stage(tmp_path / "0.duckdb", whole), target)
    for step in (1, 2):
        staging = stage(tmp_path / f"{step}.duckdb", changed(draw, whole))
        report = resolve(staging, target, approve=True)
    assert report.events, "something happened"
    assert groups(target) == at_once(staging, target)


def test_what_did_not_change_is_not_looked_at_again(tmp_path: Path) -> None:
    target, tables = tmp_path / "r.duckdb", companies()
    first = resolve(stage(tmp_path / "one.duckdb", tables), target)
    models = told(target, "SELECT kind, digest, trained_on FROM models ORDER BY ALL")
    pairs = told(target, "SELECT * FROM pairs_contact ORDER BY l, r")
    added = {"key": "mail:M99", "known": "2024-03-03", "name": "Zelda Quist", "email": "zelda@quist.example"}
    tables["contact"] = [*tables["contact"], added]
    second = resolve(stage(tmp_path / "two.duckdb", tables), target)
    assert (second.entities["contact"], second.events) == (first.entities["contact"] + 1, {"CREATED": 1})
    assert told(target, "SELECT kind, digest, trained_on FROM models ORDER BY ALL") == models
    assert told(target, "SELECT * FROM pairs_contact ORDER BY l, r") == pairs


def test_learned_anew_entities_keep_their_ids(tmp_path: Path) -> None:
    target, tables = tmp_path / "r.duckdb", companies()
    staging = stage(tmp_path / "one.duckdb", tables)
    resolve(staging, target)
    who = told(target, "FROM resolved ORDER BY ALL")
    assert resolve(staging, target, retrain=True).events == {}
    assert told(target, "FROM resolved ORDER BY ALL") == who


def test_a_kind_that_grew_is_learned_anew(tmp_path: Path) -> None:
    target, tables = tmp_path / "r.duckdb", world()
    few = {**tables, "account": tables["account"][:20]}
    resolve(stage(tmp_path / "one.duckdb", few), target)
    assert told(target, "SELECT trained_on FROM models WHERE kind = 'account'") == [(20,)]
    resolve(stage(tmp_path / "two.duckdb", tables), target)
    assert told(target, "SELECT trained_on FROM models WHERE kind = 'account'") == [(40,)]


def told(path: Path, sql: str) -> list[Any]:
    con = connect(path, read_only=True)
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()
