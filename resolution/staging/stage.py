"""Staging: from a sources.toml to one DuckDB file of typed records, rejects and counts.

The new file is written beside the old one and takes its name at the end, so a staging killed anywhere leaves the
earlier one whole. A source that is refused keeps its earlier records; the others go on.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import Busy, SourceRefused
from kg.progress import Progress
from resolution.database.connection import attach, connect, quoted, text_sql
from resolution.kinds import BY_NAME, KINDS
from resolution.settings import settings
from resolution.sources.files import Files
from resolution.sources.mapping import Workspace
from resolution.sources.mapping_file import read_mapping
from resolution.staging.absence import find_gone, hold, keep_values, note_missing_files
from resolution.staging.attribute_features import write_attributes
from resolution.staging.attributes import COLUMNS as ATTRIBUTE_COLUMNS
from resolution.staging.attributes import merge_attributes, newest_attribute
from resolution.staging.contradictions import date_closings
from resolution.staging.events import write_events
from resolution.staging.filled import fields_filled, own_columns
from resolution.staging.gaps import cannot_know
from resolution.staging.keys import check_balance
from resolution.staging.merge import changes_of_snapshots, complete, living, merge, newest, pool, write
from resolution.staging.misread import blank_placeholders, keep_earlier_values
from resolution.staging.notices import Notice, sorted_notices
from resolution.staging.report import CheckReport, Count, Refusal, Sample, StageReport
from resolution.staging.session import Bench, read_rates
from resolution.staging.source import open_tables, stage_source
from resolution.staging.values import install_readings


def stage(
    config_path: Path,
    staging_db: Path,
    *,
    now: datetime | None = None,
    approve: bool = False,
    progress: Progress | None = None,
) -> StageReport:
    """Stages every source of a sources.toml into `staging_db`.

    Args:
        config_path: the sources.toml.
        staging_db: DuckDB file; made if absent, replaced as a whole if everything went well.
        now: moment of ingest (aware); nothing may be known later. Default: the wall clock.
        approve: whether more records may end than pass without approval.
        progress: called with (done, total, what).

    Raises:
        BadMapping: the sources.toml cannot be followed.
        SourceRefused: the rates file cannot be read, or every source was refused and nothing was staged before.
        NeedsApproval: more than the set share of a kind of a source would end; nothing was changed.
        Busy: another staging works on the same file.
    """
    workspace = read_mapping(config_path)
    staging_db.parent.mkdir(parents=True, exist_ok=True)
    with _bench(workspace, staging_db, now) as (bench, target):
        report = _run(bench, progress, approve=approve)
        if len(report.refused) == len(workspace.sources) and not report.counts:
            raise SourceRefused(report.refused[0].sentence)
        bench.connection.execute("DETACH out")
        os.replace(target, staging_db)
    return report


def check(config_path: Path, first: int = 5, *, now: datetime | None = None, fields: bool = False) -> CheckReport:
    """A dry run: what would be staged and rejected, with the first rows of each; nothing is written.

    `fields` reads all values once more, for how well each field is filled.
    """
    workspace = read_mapping(config_path)
    with (
        tempfile.TemporaryDirectory(prefix="dealgraph-check-") as folder,
        _bench(workspace, Path(folder) / "staging.duckdb", now) as (bench, _),
    ):
        report = _run(bench, None, approve=True)
        staged = [(count.source, count.kind) for count in report.counts]
        samples = tuple(_sample(bench, source, kind, first) for source, kind in staged)
        if not fields:
            return CheckReport(report, samples)
        filled = tuple(field for source, kind in staged for field in fields_filled(bench, source, kind))
        return CheckReport(report, samples, filled, tuple(own_columns(bench)))


def _run(bench: Bench, progress: Progress | None, *, approve: bool) -> StageReport:
    connection, workspace = bench.connection, bench.workspace
    open_tables(bench)
    read_rates(bench, workspace.rates)
    refused: list[Refusal] = []
    connection.execute("CREATE TABLE new_sections (source VARCHAR, kind VARCHAR, digest VARCHAR)")
    connection.execute("CREATE TABLE partial_sections (source VARCHAR, kind VARCHAR)")
    for done, source in enumerate(workspace.sources):
        if progress:
            progress(done, len(workspace.sources) + 1, f"staging {source.name}")
        try:
            stage_source(bench, source)
        except SourceRefused as error:
            refused.append(Refusal(source.name, str(error)))
            continue
        for section in source.sections:
            if not section.keeping.snapshot:
                connection.execute("INSERT INTO partial_sections VALUES (?, ?)", [source.name, section.kind])
        for kind in sorted({s.kind for s in source.sections}):
            connection.execute("INSERT INTO new_sections VALUES (?, ?, ?)", [source.name, kind, source.digest])
    check_balance(bench)
    if progress:
        progress(len(workspace.sources), len(workspace.sources) + 1, "comparing with the earlier staging")
    latest = _finish(bench, [r.source for r in refused], approve=approve)
    if progress:
        progress(len(workspace.sources) + 1, len(workspace.sources) + 1, "staged")
    counts = tuple(
        Count(*row)
        for row in connection.execute(
            "SELECT source, kind, fetched, staged, rejected, coalesce(left_out, 0), coalesce(misread, 0) "
            "FROM out.fetched ORDER BY ALL"
        ).fetchall()
    )
    unused = tuple(sorted(bench.unused))
    told = tuple(cannot_know(bench))
    notices = sorted_notices((*bench.notices, *(Notice("reading", sentence) for sentence in bench.files.notes())))
    return StageReport(counts, tuple(refused), told, unused, latest.replace(tzinfo=UTC), notices)


def _finish(bench: Bench, refused: list[str], *, approve: bool) -> datetime:
    """Completes the new rows and merges them with the earlier staging; gives the data's now."""
    connection = bench.connection
    note_missing_files(bench)
    blank_placeholders(bench)
    keep_earlier_values(bench)
    pool(bench, refused)
    complete(bench, living(bench))
    connection.execute(
        """CREATE TABLE same_sections AS SELECT DISTINCT n.source, n.kind FROM new_sections n JOIN old_sections o
          USING (source, kind, digest);
           CREATE TABLE snapshot_change (source VARCHAR, "of" VARCHAR, of_kind VARCHAR, field VARCHAR, old VARCHAR,
             old_at TIMESTAMP,
                                         new VARCHAR, new_at TIMESTAMP)"""
    )
    keep_values(bench, living(bench))
    date_closings(bench)
    latest = newest(bench, living(bench), refused)
    latest = max(latest, newest_attribute(bench) or latest)
    for kind in living(bench):
        find_gone(bench, kind, refused)
    hold(bench, living(bench), approve=approve)
    for kind in living(bench):
        if kind.name != "change":
            merge(bench, kind, latest)
    changes_of_snapshots(bench)
    kinds = living(bench)
    if "change" in {k.name for k in kinds}:
        find_gone(bench, BY_NAME["change"], refused)
        merge(bench, BY_NAME["change"], latest)
    write(bench, kinds, latest, refused)
    merge_attributes(bench, latest)
    write_attributes(bench)
    write_events(bench)
    return latest


def _sample(bench: Bench, source: str, kind: str, first: int) -> Sample:
    def rows(statement: str) -> tuple[dict[str, Any], ...]:
        cursor = bench.connection.execute(
            statement, {"s": source, "n": first, **({"k": kind} if "$k" in statement else {})}
        )
        names = [d[0] for d in cursor.description or ()]
        return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())

    shown = f"SELECT * FROM out.staged_{kind} WHERE source = $s ORDER BY record_id LIMIT $n"
    rejects = "SELECT * FROM out.rejects WHERE source = $s AND kind = $k ORDER BY place LIMIT $n"
    return Sample(source, kind, rows(shown), rows(rejects))


@contextmanager
def _bench(workspace: Workspace, staging_db: Path, now: datetime | None) -> Iterator[tuple[Bench, Path]]:
    """A DuckDB connection over a scratch file, with the new file attached as `out` and the earlier one read in as
    old_<table>.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    scratch = staging_db.with_name(staging_db.name + ".work")
    lock = _locked(scratch)
    connection = connect(lock)
    try:
        install_readings(connection)
        chosen = settings()
        connection.execute(f"SET memory_limit = '{chosen.staging_memory}'")
        connection.execute(f"SET threads = {chosen.staging_threads}")
        connection.execute(f"SET temp_directory = {text_sql(str(scratch))}")
        target = scratch / "next.duckdb"
        connection.execute(f"ATTACH {text_sql(str(target))} AS out")
        _read_earlier(connection, staging_db)
        files = Files(connection, scratch / "files")
        yield Bench(connection, workspace, moment, scratch, chosen.staging_chunk, files), target
    finally:
        connection.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _locked(scratch: Path) -> Path:
    """The scratch folder, emptied; Busy where another staging holds it."""
    work = scratch / "work.duckdb"
    if work.exists():
        try:
            connect(work).close()
        except duckdb.IOException as error:
            raise Busy(f"{scratch.name}: another staging works on this file; wait for it, or stop it") from error
        except duckdb.Error:
            pass
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    return work


def _read_earlier(connection: duckdb.DuckDBPyConnection, staging_db: Path) -> None:
    """Views old_<kind>, old_rejects, old_fetched and old_sections over the earlier staging, empty if there is none."""
    have: set[str] = set()
    if staging_db.exists():
        attach(connection, staging_db, "old")
        have = {
            row[0]
            for row in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'old'"
            ).fetchall()
        }
    wanted = {f"old_{k.name}": (k.table, k.columns) for k in KINDS}
    text = "VARCHAR"
    wanted["old_rejects"] = (
        "rejects",
        tuple((c, text) for c in ("source", "kind", "record_id", "place", "field", "value", "reason", "what")),
    )
    wanted["old_placeholders"] = (
        "placeholders",
        (*((c, text) for c in ("source", "kind", "field", "value")), ("records", "BIGINT"), ("why", text)),
    )
    wanted["old_fetched"] = (
        "fetched",
        (
            ("source", text),
            ("kind", text),
            *((c, "BIGINT") for c in ("fetched", "staged", "rejected", "left_out", "misread")),
        ),
    )
    wanted["old_left_out"] = (
        "left_out",
        tuple((c, text) for c in ("source", "kind", "record_id", "place", "reason")),
    )
    wanted["old_attribute"] = ("staged_attribute", ATTRIBUTE_COLUMNS)
    wanted["old_attributes"] = ("attributes", tuple((c, text) for c in ("kind", "name", "why")))
    wanted["old_redirects"] = ("redirects", tuple((c, text) for c in ("source", "kind", "record_id", "goes_to")))
    wanted["old_sections"] = ("sections", (("source", text), ("kind", text), ("digest", text), ("newest", "TIMESTAMP")))
    for view, (table, columns) in wanted.items():
        found: set[str] = set()
        if table in have:
            found = {d[0] for d in connection.execute(f"SELECT * FROM old.{table} LIMIT 0").description or ()}
        select = ", ".join(f"{quoted(c)}" if c in found else f"NULL::{sql} AS {quoted(c)}" for c, sql in columns)
        origin = f"FROM old.{table}" if found else "WHERE false"
        connection.execute(f"CREATE TEMP VIEW {view} AS SELECT {select} {origin}")


__all__ = ["CheckReport", "Count", "Refusal", "Sample", "StageReport", "check", "stage"]
