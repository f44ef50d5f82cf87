"""Attributes: columns of a user's own, taken from the rows of a section, with the history of their values.

`final_attribute` holds one row for each value that a record's attribute took; `attribute_features` says what each is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from resolution.database.connection import quoted, texts_sql
from resolution.kinds import BY_NAME
from resolution.normalise.placeholders import EMPTY_WORDS
from resolution.sources.mapping import Known, Section, Source
from resolution.staging.absence import SNAPSHOT
from resolution.staging.known_from import time_name
from resolution.staging.session import Bench

COLUMNS = (
    ("source", "VARCHAR"), ("kind", "VARCHAR"), ("record_id", "VARCHAR"), ("name", "VARCHAR"), ("property", "VARCHAR"),
    ("value", "VARCHAR"), ("number", "DOUBLE"), ("known_from", "TIMESTAMP"), ("mark", "VARCHAR"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A column of a section that is taken as an attribute."""

    column: str
    name: str
    mark: str
    known: tuple[Known, ...]
    of: str | None
    named: bool = False


NAMED = 2
"""Trust in the time of a column that the mapping names; 1 is that of a table whose rows say when they changed."""


def open_attributes(bench: Bench) -> None:
    """Creates the table that attributes are staged into."""
    bench.connection.execute(
        "CREATE TABLE new_attribute (source VARCHAR, kind VARCHAR, record_id VARCHAR, name VARCHAR, value VARCHAR, "
        "mark VARCHAR, known TIMESTAMP); CREATE TABLE seen_attribute (source VARCHAR, kind VARCHAR, name VARCHAR, "
        "trust INTEGER)"
    )


def take_attributes(
    bench: Bench, source: Source, section: Section, table: str, columns: list[str], numbers: frozenset[str]
) -> None:
    """Stages the own columns of a section's good rows, from `projected` and the raw table behind it."""
    if section.attributes is None:
        return
    groups: dict[tuple[str, tuple[Known, ...], str | None], list[Taken]] = {}
    for one in _taken(source, section, columns, numbers):
        groups.setdefault((one.mark, one.known, one.of), []).append(one)
    for (mark, known, of), some in groups.items():
        _unpivot(bench, source, section, table, (mark, known, of), some)


def _taken(source: Source, section: Section, columns: list[str], numbers: frozenset[str]) -> Iterator[Taken]:
    told = section.attributes
    if told is None:
        return
    own = section.reader.decimal
    named = {c.column.lower(): c for c in told.columns}
    read = {c.lower() for s in source.sections if s.files == section.files for c, _ in _without_attributes(s)}
    left = {c.lower() for c in told.without}
    for column in columns:
        one = named.get(column.lower())
        if one is None and (not told.every or column.lower() in read | left or not column.strip()):
            continue
        name = one.name if one else " ".join(column.split())
        known = (one.known if one else ()) or told.known
        yield Taken(column, name, "." if column in numbers else own, known, one.of if one else None, one is not None)


def _without_attributes(section: Section) -> Iterator[tuple[str, bool]]:
    own = set(section.attributes.reads()) if section.attributes else set()
    fields = {c for v in section.values.values() for c in v.reads}
    yield from ((c, optional) for c, optional in section.columns() if c not in own or c in fields)


def _unpivot(
    bench: Bench,
    source: Source,
    section: Section,
    table: str,
    how: tuple[str, tuple[Known, ...], str | None],
    some: list[Taken],
) -> None:
    mark, known, of = how
    once = {one.name.lower(): one for one in reversed(some)}
    texts = ", ".join(f"nullif(trim(r.{quoted(t.column)}), '') AS {quoted(t.name)}" for t in once.values())
    names = ", ".join(quoted(t.name) for t in once.values())
    place = f"strpos(p.{quoted(of)}, ':')" if of else ""
    record = f"substr(p.{quoted(of)}, {place} + 1)" if of else "p.record_id"
    holder = f"left(p.{quoted(of)}, {place} - 1)" if of else "$source"
    kind = section.kind if of is None else held_by(section, of)
    moment = "p.__attributes_known" if not known else f"p.{quoted(time_name(section, known))}"
    empty = texts_sql(sorted(EMPTY_WORDS - {"none", "unknown"}))
    # A cell without a value says something where an earlier run read one: it was emptied.
    bench.connection.execute(
        f"""INSERT INTO new_attribute SELECT u.__source, $kind, u.__record, u.name, u.said, $mark, u.__known FROM (
              SELECT * EXCLUDE (value), CASE WHEN lower(value) NOT IN ({empty}) THEN value END AS said FROM (
                SELECT {holder} AS __source, {record} AS __record, {moment} AS __known, {texts}
                FROM projected p JOIN {quoted(table)} r ON r.__n = p.__n ANTI JOIN breached b ON b.n = p.__n
                WHERE p.left_out IS NULL AND p.reject_reason IS NULL)
              UNPIVOT INCLUDE NULLS (value FOR name IN ({names}))
              WHERE __record IS NOT NULL) u
            WHERE u.said IS NOT NULL OR EXISTS (SELECT 1 FROM old_attribute o WHERE o.source = u.__source
              AND o.kind = $kind AND o.record_id = u.__record AND o.name = u.name AND o.value IS NOT NULL)""",
        {"kind": kind, "mark": mark, **({} if of else {"source": source.name})},
    )
    bench.connection.executemany(
        "INSERT INTO seen_attribute VALUES (?, ?, ?, ?)",
        [(source.name, kind, t.name, NAMED if t.named else bool(known) or _stamped(section)) for t in once.values()],
    )


def _stamped(section: Section) -> bool:
    """Whether rows say when they last changed, rather than when their record began."""
    began = {c for name in ("created_at", "opened_at") if name in section.values for c in section.values[name].columns}
    return any(set(known.columns) - began for known in section.known)


def held_by(section: Section, field: str) -> str:
    """The kind of the record that holds an attribute which a reference carries over."""
    return BY_NAME[section.kind].by_name[field].refers[0]


def newest_attribute(bench: Bench) -> datetime | None:
    """The newest moment at which a staged attribute was known."""
    found = bench.connection.execute("SELECT max(known) FROM new_attribute WHERE known <= $now", {"now": bench.now})
    moment: datetime | None = found.fetchall()[0][0]
    return moment


def merge_attributes(bench: Bench, now: datetime) -> None:
    """Makes `final_attribute`: earlier versions of values, and those that this run brings.

    A value that did not change keeps the moment at which it was known; one that no row of its record gives any more
    ends in a version without a value. Where a table of changes tells an attribute's history, its versions are those
    changes.
    """
    connection = bench.connection
    same = "source, kind, record_id, name"
    connection.execute(
        f"""CREATE TABLE final_attribute AS
            SELECT source, kind, record_id, name, value, mark, known_from FROM old_attribute o
            WHERE (EXISTS (SELECT 1 FROM same_sections s WHERE s.source = o.source AND s.kind = o.kind)
                OR NOT EXISTS (SELECT 1 FROM new_sections s WHERE s.source = o.source AND s.kind = o.kind))
              AND NOT EXISTS (SELECT 1 FROM old_attributes d WHERE d.kind = o.kind AND d.name = o.name
                AND starts_with(d.why, 'part of the list '));
        CREATE TEMP TABLE last_attribute AS SELECT * FROM final_attribute
            QUALIFY row_number() OVER (PARTITION BY {same} ORDER BY known_from DESC) = 1;
        CREATE TEMP TABLE told_attribute AS SELECT {same}, value, mark, known FROM new_attribute
            QUALIFY row_number() OVER (PARTITION BY {same}
              ORDER BY value IS NULL, known DESC NULLS LAST, value) = 1"""
    )
    stamped = "coalesce(least(n.known, $now), $now)"
    connection.execute(
        f"""INSERT INTO final_attribute
            SELECT n.source, n.kind, n.record_id, n.name, n.value, n.mark, CASE WHEN o.source IS NULL
                OR {stamped} > o.known_from THEN {stamped} ELSE
                greatest($now, o.known_from + INTERVAL 1 MILLISECOND) END
            FROM told_attribute n LEFT JOIN last_attribute o USING ({same})
            WHERE n.value IS DISTINCT FROM o.value""",
        {"now": now},
    )
    _told_by_changes(bench)


def _told_by_changes(bench: Bench) -> None:
    """Versions from change rows of the same field: the last snapshot says nothing of when its value arose."""
    key = "source, kind, record_id, name"
    bench.connection.execute(
        f"""CREATE TEMP TABLE attribute_change AS
            SELECT split_part(c."of", ':', 1) AS source, c.of_kind AS kind, substr(c."of", strpos(c."of", ':') + 1) AS
                record_id, d.name, nullif(trim(c."new"), '') AS value, nullif(trim(c.old), '') AS old, d.mark,
                greatest(c."at", c.known_from) AS known_from
            FROM everyone_change c JOIN (SELECT kind, name, min(mark) AS mark FROM final_attribute GROUP BY ALL) d
              ON d.kind = c.of_kind AND lower(d.name) = lower(c.field)
            WHERE c.row_ref IS DISTINCT FROM '{SNAPSHOT}' AND c."at" IS NOT NULL;
        CREATE TEMP TABLE attribute_first AS SELECT {key}, min(known_from) AS known_from FROM final_attribute
            GROUP BY ALL;
        DELETE FROM final_attribute f USING (SELECT DISTINCT {key} FROM attribute_change) c
            WHERE f.source = c.source AND f.kind = c.kind AND f.record_id = c.record_id AND f.name = c.name;
        INSERT INTO final_attribute SELECT {key}, value, mark, known_from FROM attribute_change
            QUALIFY row_number() OVER (PARTITION BY {key}, known_from ORDER BY value DESC NULLS LAST) = 1;
        INSERT INTO final_attribute SELECT c.source, c.kind, c.record_id, c.name, c.old, c.mark, f.known_from FROM (
            SELECT * FROM attribute_change
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY known_from) = 1) c
            JOIN attribute_first f USING ({key}) WHERE f.known_from < c.known_from AND c.old IS NOT NULL"""
    )
