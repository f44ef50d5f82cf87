"""Ready-made mappings: one company in four shapes comes out the same, and the vendors' own columns go in."""

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from resolution.sources.files import pick
from resolution.sources.mapping_file import read_mapping
from resolution.staging.stage import stage

DATA = Path(__file__).parents[2] / "data"
SHAPES = ("salesforce", "hubspot", "fivetran/salesforce", "fivetran/hubspot")
PUBLIC = Path(os.environ.get("DEALGRAPH_DATA", Path(__file__).parents[3] / ".." / "shared" / "data")).resolve()
needs_public = pytest.mark.skipif(
    not PUBLIC.is_dir(), reason=f"{PUBLIC} is absent: set DEALGRAPH_DATA to try the public data"
)


def rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as db:
        return list(db.execute(statement).fetchall())


@pytest.mark.parametrize("shape", SHAPES)
def test_one_company_is_the_same_in_every_shape(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "staging.duckdb"
    report = stage(DATA / shape / "sources.toml", path)
    assert not report.refused
    assert not report.unused_files
    assert all(c.fetched == c.staged + c.rejected + c.left_out for c in report.counts)
    assert rows(path, "SELECT state, count(*), count(account), count(owner), count(closed_at), sum(amount)::INT "
        "FROM staged_deal GROUP BY 1 ORDER BY 1") == [
        ("lost", 37, 37, 37, 37, 823410), ("open", 18, 18, 18, 0, 325895), ("won", 35, 35, 35, 35, 863796)
    ]  # fmt: skip
    assert rows(path, "SELECT count(*), count(state), count(stage_order) FROM staged_history") == [(383, 383, 311)]
    assert rows(path, "SELECT activity_kind, count(*), count(deal), count(rep), count(account) FROM "
        "staged_activity GROUP BY 1 ORDER BY 1") == [
        ("call", 90, 90, 90, 90), ("mail", 90, 90, 90, 90), ("meeting", 174, 174, 174, 174)
    ]  # fmt: skip
    assert rows(path, "SELECT count(*), count(contact) FROM staged_participant") == [(354, 354)]
    assert rows(path, "SELECT count(*), count(converted_at) FROM staged_lead") == [(48, 16)]
    assert rows(path, "SELECT count(*) FROM staged_role") == [(154,)]
    assert rows(path, "SELECT count(*) FROM rejects") == [(0,)]
    assert rows(path, "SELECT bool_and(closed_at <= state__known) FROM staged_deal WHERE state <> 'open'") == [(True,)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_reference_joins(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "staging.duckdb"
    stage(DATA / shape / "sources.toml", path)
    for kind, field, target in (
        ("deal", "account", "account"), ("deal", "owner", "rep"), ("contact", "account", "account"), ("history", "of",
            "deal"),
        ("role", "contact", "contact"), ("participant", "activity", "activity"), ("activity", "deal", "deal"),
            ("account", "parent", "account"),
    ):  # fmt: skip
        dangling = f"""SELECT "{field}" FROM staged_{kind} x WHERE "{field}" IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM staged_{target} t WHERE t.source || ':' || t.record_id =
                         x."{field}")"""
        assert rows(path, dangling) == [], (kind, field)


@needs_public
@pytest.mark.parametrize("vendor", ["salesforce", "hubspot"])
def test_every_row_of_the_vendors_tables_is_staged_or_rejected(vendor: str, tmp_path: Path) -> None:
    folder = PUBLIC / "crm_vendor_schemas" / vendor
    config = tmp_path / "sources.toml"
    config.write_text(f'[source.crm]\nuse = "fivetran_{vendor}"\nfiles = "{folder}"\n', encoding="utf-8")
    report = stage(config, tmp_path / "staging.duckdb")
    assert not report.refused
    source = read_mapping(config).sources[0]
    wanted: dict[str, int] = {}
    files = sorted(folder.glob("*.csv"))
    for section in source.sections:
        for path in pick(files, section.match):
            with duckdb.connect() as db:
                count = db.execute(
                    "SELECT count(*) FROM read_csv($p, all_varchar = true)", {"p": str(path)}
                ).fetchall()[0][0]
            wanted[section.kind] = wanted.get(section.kind, 0) + count
    assert {c.kind: c.fetched for c in report.counts} == wanted
    assert all(c.fetched == c.staged + c.rejected + c.left_out for c in report.counts)
    assert rows(tmp_path / "staging.duckdb", "SELECT count(*) FROM rejects WHERE reason IS NULL OR place IS NULL") == [
        (0,)
    ]
    used = [p for s in source.sections for p in s.match] + [
        p for s in source.sections for v in s.values.values() if v.lookup for p in v.lookup.files
    ]
    left = [f.name for f in files if not pick([f], used)]
    assert len(report.unused_files) == len(left)
    assert not [line for line in report.unused_files if "no kind of record is made from it" in line]


@needs_public
def test_maven_goes_in_through_its_mapping_alone(tmp_path: Path) -> None:
    config, path = tmp_path / "sources.toml", tmp_path / "staging.duckdb"
    config.write_text(
        f'[workspace]\ncurrency = "USD"\n[source.maven]\nuse = "maven"\nfiles = "{PUBLIC / "crm_maven"}"\n',
        encoding="utf-8",
    )
    report = stage(config, path)
    assert {c.kind: c.staged for c in report.counts} == {
        "account": 85,
        "deal": 8800,
        "history": 15011,
        "product": 7,
        "rep": 35,
    }
    assert rows(path, "SELECT state, count(*) FROM staged_deal GROUP BY 1 ORDER BY 1") == [
        ("lost", 2473),
        ("open", 2089),
        ("won", 4238),
    ]
    assert rows(path, "SELECT count(*) FROM staged_deal WHERE product = 'maven:GTX Pro'") == [(1480,)]
    assert rows(path, "SELECT count(*) FROM staged_account WHERE industry = 'technolgy'") == [(0,)]
