"""Stages one source into the tables `new_<kind>`: fetch, project, contract, keys, counts.

Whatever stops the source raises SourceRefused before anything of it is kept.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from kg.errors import SourceRefused
from resolution.database.connection import quoted
from resolution.kinds import BY_NAME, KINDS
from resolution.records import Kind
from resolution.sources.files import (
    check_columns,
    fetch,
    fetch_table,
    found_columns,
    pick,
    plain_columns,
    typed_numbers,
)
from resolution.sources.mapping import Section, Source
from resolution.staging.attributes import open_attributes, take_attributes
from resolution.staging.keys import check_keys, count, keep_newest, note_left_out, scalar, tell_differing
from resolution.staging.misread import TABLES, doubtful_columns, keep_misread, mark_breaches
from resolution.staging.projection import projection
from resolution.staging.session import Bench, found_files, look_up

UNFORESEEN = "a fault that was not foreseen stopped its staging: report it, with the mapping and the files' first lines"


def open_tables(bench: Bench) -> None:
    """Creates the empty tables that sources are staged into."""
    for kind in KINDS:
        columns = ", ".join(f"{quoted(name)} {sql}" for name, sql in kind.columns)
        bench.connection.execute(f"CREATE TABLE new_{kind.name} ({columns})")
    bench.connection.execute(
        """CREATE TABLE new_rejects (source VARCHAR, kind VARCHAR, record_id VARCHAR, place VARCHAR, field VARCHAR,
          value VARCHAR,
                                     reason VARCHAR);
        CREATE TABLE new_left_out (source VARCHAR, kind VARCHAR, record_id VARCHAR, place VARCHAR, reason VARCHAR);
        CREATE TABLE new_redirects (source VARCHAR, kind VARCHAR, record_id VARCHAR, goes_to VARCHAR);
        CREATE TABLE new_fetched (source VARCHAR, kind VARCHAR, fetched BIGINT, staged BIGINT, rejected BIGINT,
                                  left_out BIGINT, misread BIGINT);"""
        + TABLES
    )
    open_attributes(bench)


def stage_source(bench: Bench, source: Source) -> None:
    """Stages every section of a source.

    Raises:
        SourceRefused: the source cannot be read as a whole; nothing of it was kept.
    """
    raw: dict[tuple[object, ...], tuple[str, list[str], list[tuple[str, str, str]]]] = {}
    try:
        found_any = False
        for number, section in enumerate(source.sections):
            files = _files(bench, section)
            if section.match and not files:
                bench.absent.append((source.name, section.kind))
                continue
            found_any = True
            _stage_section(bench, source, section, number, files, raw)
        if not found_any:
            patterns = ", ".join(dict.fromkeys(p for s in source.sections for p in s.files)) or "files"
            raise SourceRefused(
                f"{patterns} holds no file that this mapping knows: correct files, or give each kind its own"
            )
        staged_kinds = {kind for name, kind in bench.fetched if name == source.name}
        for kind in dict.fromkeys(s.kind for s in source.sections if s.kind in staged_kinds):
            check_keys(bench, source, BY_NAME[kind], any(s.distinct for s in source.sections if s.kind == kind))
            count(bench, source.name, kind)
        _note_unused(bench, source)
    except (SourceRefused, duckdb.Error) as error:
        forget_source(bench, source.name)
        bench.absent = [(s, k) for s, k in bench.absent if s != source.name]
        sentence = str(error) if isinstance(error, SourceRefused) else UNFORESEEN
        raise SourceRefused(f"source {source.name}: {sentence}") from error
    finally:
        for table in bench.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'raw_')"
        ).fetchall():
            bench.connection.execute(f"DROP TABLE {quoted(table[0])}")


def forget_source(bench: Bench, name: str) -> None:
    """Takes back whatever was staged of a source in this run."""
    kept = ("new_rejects", "new_left_out", "new_redirects", "new_fetched", "new_misread", "new_attribute")
    for table in (*(f"new_{k.name}" for k in KINDS), *kept):
        bench.connection.execute(f"DELETE FROM {table} WHERE source = $s", {"s": name})


def _files(bench: Bench, section: Section) -> list[Path]:
    if section.table:
        return []
    files = found_files(bench, section.files)
    if section.match:
        return pick(files, section.match)
    if not files:
        raise SourceRefused(
            f"files = {', '.join(map(repr, section.files))} names no file in {bench.workspace.folder.name}/: "
            "correct the path"
        )
    return files


def _note_unused(bench: Bench, source: Source) -> None:
    """Files that a ready-made mapping has no use for, with the reason that the mapping gives."""
    matched = [s for s in source.sections if s.match]
    used = [p for s in matched for p in s.match]
    used += [p for s in source.sections for v in s.values.values() if v.lookup for p in v.lookup.files]
    for path in sorted({f for s in matched for f in found_files(bench, s.files)}):
        if not pick([path], used):
            why = next(
                (reason for pattern, reason in source.not_used if pick([path], [pattern])),
                "no kind of record is made from it",
            )
            bench.unused.add(f"{source.name}: {path.name} is not used: {why}")


def _wanted(source: Source, section: Section, files: Sequence[Path], bench: Bench) -> tuple[list[str], bool]:
    """Every column that any section of the source reads from the same files, and whether one takes all there are."""
    same = [s for s in source.sections if s.reader == section.reader and s.table == section.table]
    same = [s for s in same if s is section or section.table or _quiet_files(bench, s) == list(files)]
    every = any(s.attributes is not None and s.attributes.every for s in same)
    return list(dict.fromkeys(column for s in same for column, _ in s.columns())), every


def _quiet_files(bench: Bench, section: Section) -> list[Path]:
    found = found_files(bench, section.files)
    return pick(found, section.match) if section.match else found


def _fetch_once(
    bench: Bench,
    source: Source,
    section: Section,
    files: Sequence[Path],
    raw: dict[tuple[object, ...], tuple[str, list[str], list[tuple[str, str, str]]]],
) -> tuple[str, list[str], list[tuple[str, str, str]]]:
    """The raw table of a section's files; sections that share files share it."""
    key = (section.table, tuple(files), section.reader)
    if key in raw:
        return raw[key]
    name = f"raw_{len(raw)}"
    wanted, every = _wanted(source, section, files, bench)
    if section.table:
        asked = None if every else wanted
        columns = fetch_table(bench.connection, name, section.table, bench.workspace.folder, asked)
        check_columns(section, columns, section.table)
        raw[key] = (name, columns, [])
        return raw[key]
    found: set[str] = set()
    for path in files:
        opened = bench.files.open(path, section.reader, wanted)
        found |= set(found_columns(opened, wanted))
        check_columns(section, opened.columns, opened.name)
        if every:
            more = plain_columns(opened, wanted)
            wanted += more
            found |= set(more)
    wanted = [c for c in wanted if c in found]
    fetched = fetch(bench.files, name, files, section.reader, wanted)
    raw[key] = (name, wanted, list(fetched.broken))
    return raw[key]


def _note_vanished(bench: Bench, source: Source, section: Section, files: Sequence[Path]) -> None:
    """Notes, for each file, the columns that the section may do without and does."""
    wanted = {column for column, optional in section.columns() if optional}
    for path in files if wanted else ():
        opened = bench.files.open(path, section.reader)
        if lost := wanted - set(found_columns(opened, sorted(wanted))):
            bench.vanished.append((opened.name, source.name, section.kind, tuple(sorted(lost))))


def _stage_section(
    bench: Bench,
    source: Source,
    section: Section,
    number: int,
    files: Sequence[Path],
    raw: dict[tuple[object, ...], tuple[str, list[str], list[tuple[str, str, str]]]],
) -> None:
    table, columns, broken = _fetch_once(bench, source, section, files, raw)
    _note_vanished(bench, source, section, files)
    check_columns(section, columns, section.table or (files[0].name if files else "the table"))
    kind = BY_NAME[section.kind]
    lookups = {name: look_up(bench, section, name, v.lookup) for name, v in section.values.items() if v.lookup}
    present = {name: looked for name, looked in lookups.items() if looked}
    numbers = typed_numbers(bench.files, files, section.reader, columns)
    select, parameters = projection(
        section, table, frozenset(columns), present, currency=bench.workspace.currency, has_rates=bench.has_rates,
        doubtful=doubtful_columns(bench.connection, table, section), numbers=numbers,
    )  # fmt: skip
    connection = bench.connection
    connection.execute(f"CREATE OR REPLACE TABLE projected AS {_settled(kind, section, select)}", parameters)
    mark_breaches(bench, section)
    rows = scalar(
        bench, f"SELECT count(*) FROM {_exploded(section, table)}", {"by": section.split[1]} if section.split else {}
    )
    place = (source.name, kind.name)
    bench.fetched[place] = bench.fetched.get(place, 0) + rows + len(broken)
    _keep(bench, source.name, kind, section, broken)
    take_attributes(bench, source, section, table, columns, numbers)
    connection.execute("DROP TABLE projected; DROP TABLE breached")


def _exploded(section: Section, table: str) -> str:
    """The rows of a raw table, one for each part where the section splits a column."""
    if not section.split:
        return quoted(table)
    return f"(SELECT unnest(string_split({quoted(section.split[0])}, $by)) FROM {quoted(table)})"


def _settled(kind: Kind, section: Section, select: str) -> str:
    """A deal's closing: only where it is closed, and not later than the moment at which that was known."""
    if kind.name != "deal" or "closed_at" not in section.values:
        return select
    ended = "state IN ('won', 'lost') AND closed_at IS NOT NULL"
    closed = f"CASE WHEN {ended} THEN least(closed_at, state__known) END AS closed_at"
    expected = "" if "close_date" in section.values else ", closed_at AS close_date, state__known AS close_date__known"
    return f"SELECT * REPLACE ({closed}{expected}) FROM ({select})"


def _keep(bench: Bench, source: str, kind: Kind, section: Section, broken: Sequence[tuple[str, str, str]]) -> None:
    """Moves the projected rows into the new table and the rejects."""
    connection = bench.connection
    values = {"s": source, "k": kind.name}
    connection.executemany(
        "INSERT INTO new_rejects VALUES (?, ?, NULL, ?, NULL, ?, ?)",
        [(source, kind.name, place, line, why) for place, line, why in broken],
    ) if broken else None
    connection.execute(
        """INSERT INTO new_rejects SELECT $s, $k, p.record_id, p.row_ref, coalesce(p.reject_field, b.field),
             coalesce(p.reject_value, b.value), coalesce(p.reject_reason, b.reason)
           FROM projected p LEFT JOIN breached b ON b.n = p.__n
           WHERE p.left_out IS NULL AND (p.reject_reason IS NOT NULL OR b.n IS NOT NULL) ORDER BY p.__n""",
        values,
    )
    keep_misread(bench, source, kind.name)
    note_left_out(bench, values)
    if section.keeping.newest_by:
        keep_newest(bench, values)
    fields = ", ".join(f"p.{quoted(c)}" for f in kind.fields for c in (f.name, f"{f.name}__known"))
    good = "FROM projected p ANTI JOIN breached b ON b.n = p.__n WHERE p.left_out IS NULL AND p.reject_reason IS NULL"
    if section.distinct:
        repeats = scalar(bench, f"SELECT count(*) - count(DISTINCT p.record_id) {good}", {})
        bench.fetched[source, kind.name] -= repeats
        tell_differing(bench, source, kind, good)
    first = (
        "QUALIFY row_number() OVER (PARTITION BY p.record_id ORDER BY known_from NULLS LAST, p.__n) = 1"
        if section.distinct
        else ""
    )
    connection.execute(
        f"""INSERT INTO new_{kind.name}
            SELECT $s, p.record_id, p.row_ref, NULL, {_known_from(kind)} AS known_from, NULL, {fields}
            {good} {first} ORDER BY p.__n""",
        {"s": source},
    )


def _known_from(kind: Kind) -> str:
    """The earliest moment at which any value of the record was known."""
    known = [f"CASE WHEN p.{quoted(f.name)} IS NOT NULL THEN p.{quoted(f.name + '__known')} END" for f in kind.fields]
    return f"coalesce(least({', '.join(known)}), p.{quoted(kind.fields[0].name + '__known')})"
