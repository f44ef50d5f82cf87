"""Attributes: columns of a user's own, with their history, typed over all records.

Versions of values stand in `staged_attribute`, one row for each value that a record's attribute took; what each
attribute is stands in `attributes`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from resolution.database.connection import quoted
from resolution.kinds import BY_NAME
from resolution.normalise.placeholders import EMPTY_WORDS
from resolution.sources.attributes import AttributeColumn, AttributeType
from resolution.sources.mapping import Known, Section, Source
from resolution.staging.absence import SNAPSHOT
from resolution.staging.attribute_types import Typed, kept_up, typed
from resolution.staging.known_from import time_name
from resolution.staging.notices import Notice
from resolution.staging.session import Bench

COLUMNS = (
    ("source", "VARCHAR"), ("kind", "VARCHAR"), ("record_id", "VARCHAR"), ("name", "VARCHAR"), ("property", "VARCHAR"),
    ("value", "VARCHAR"), ("number", "DOUBLE"), ("known_from", "TIMESTAMP"), ("mark", "VARCHAR"),
)  # fmt: skip
MOST = 300
"""Attributes of one kind that become features; the best filled ones."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A column of a section that is taken as an attribute."""

    column: str
    name: str
    mark: str
    known: tuple[Known, ...]
    of: str | None
    named: bool = False


def open_attributes(bench: Bench) -> None:
    """Creates the table that attributes are staged into."""
    bench.connection.execute(
        "CREATE TABLE new_attribute (source VARCHAR, kind VARCHAR, record_id VARCHAR, name VARCHAR, value VARCHAR, "
        "mark VARCHAR, known TIMESTAMP); CREATE TABLE seen_attribute (source VARCHAR, kind VARCHAR, name VARCHAR, "
        "trusted BOOLEAN)"
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
    kind = section.kind if of is None else _target(section, of)
    moment = "p.__attributes_known" if not known else f"p.{quoted(time_name(section, known))}"
    empty = ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(EMPTY_WORDS - {"none", "unknown"}))
    bench.connection.execute(
        f"""INSERT INTO new_attribute SELECT __source, $kind, __record, name, value, $mark, __known FROM (
              UNPIVOT (SELECT {holder} AS __source, {record} AS __record, {moment} AS __known, {texts}
                FROM projected p JOIN {quoted(table)} r ON r.__n = p.__n ANTI JOIN breached b ON b.n = p.__n
                WHERE p.left_out IS NULL AND p.reject_reason IS NULL)
              ON {names} INTO NAME name VALUE value)
            WHERE __record IS NOT NULL AND lower(value) NOT IN ({empty})""",
        {"kind": kind, "mark": mark, **({} if of else {"source": source.name})},
    )
    bench.connection.executemany(
        "INSERT INTO seen_attribute VALUES (?, ?, ?, ?)",
        [(source.name, kind, t.name, t.named or bool(known) or _stamped(section)) for t in once.values()],
    )


def _stamped(section: Section) -> bool:
    """Whether rows say when they last changed, rather than when their record began."""
    began = {c for name in ("created_at", "opened_at") if name in section.values for c in section.values[name].columns}
    return any(set(known.columns) - began for known in section.known)


def _target(section: Section, field: str) -> str:
    return BY_NAME[section.kind].by_name[field].refers[0]


def newest_attribute(bench: Bench) -> datetime | None:
    """The newest moment at which a staged attribute was known."""
    found = bench.connection.execute("SELECT max(known) FROM new_attribute WHERE known <= $now", {"now": bench.now})
    moment: datetime | None = found.fetchall()[0][0]
    return moment


def merge_attributes(bench: Bench, now: datetime) -> None:
    """Makes `final_attribute`: earlier versions of values, and those that this run brings.

    A value that did not change keeps the moment at which it was known; where a table of changes tells an attribute's
    history, its versions are those changes.
    """
    connection = bench.connection
    same = "source, kind, record_id, name"
    connection.execute(
        f"""CREATE TABLE final_attribute AS
            SELECT source, kind, record_id, name, value, mark, known_from FROM old_attribute o
            WHERE EXISTS (SELECT 1 FROM same_sections s WHERE s.source = o.source AND s.kind = o.kind)
              OR NOT EXISTS (SELECT 1 FROM new_sections s WHERE s.source = o.source AND s.kind = o.kind);
        CREATE TEMP TABLE last_attribute AS SELECT * FROM final_attribute
            QUALIFY row_number() OVER (PARTITION BY {same} ORDER BY known_from DESC) = 1;
        CREATE TEMP TABLE told_attribute AS SELECT {same}, value, mark, known FROM new_attribute
            QUALIFY row_number() OVER (PARTITION BY {same} ORDER BY known DESC NULLS LAST, value) = 1"""
    )
    stamped = "coalesce(least(n.known, $now), $now)"
    connection.execute(
        f"""INSERT INTO final_attribute
            SELECT n.source, n.kind, n.record_id, n.name, n.value, n.mark, CASE WHEN o.source IS NULL
                OR {stamped} > o.known_from THEN {stamped} ELSE
                greatest($now, o.known_from + INTERVAL 1 MILLISECOND) END
            FROM told_attribute n LEFT JOIN last_attribute o USING ({same})
            WHERE o.source IS NULL OR n.value IS DISTINCT FROM o.value""",
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


def write_attributes(bench: Bench) -> None:
    """Types every attribute over all its values and writes `attributes` and `staged_attribute` into `out`."""
    connection = bench.connection
    connection.execute(
        """CREATE TABLE out.attributes (kind VARCHAR, name VARCHAR, property VARCHAR, type VARCHAR, "order" VARCHAR[],
             filled BIGINT, levels BIGINT, feature BOOLEAN, why VARCHAR, personal BOOLEAN, aggregate VARCHAR);
           CREATE TABLE attribute_number (kind VARCHAR, name VARCHAR, value VARCHAR, number DOUBLE)"""
    )
    told = {(s.kind if c.of is None else _target(s, c.of), c.name.lower()): c for s in _sections(bench)
            for c in (s.attributes.columns if s.attributes else ())}  # fmt: skip
    names = connection.execute(
        "SELECT kind, name, min(mark), count(DISTINCT (source, record_id)) FROM final_attribute "
        "WHERE value IS NOT NULL GROUP BY ALL ORDER BY kind, 4 DESC, name"
    ).fetchall()
    properties: dict[str, set[str]] = {}
    most = {kind: max(n for k, *_, n in names if k == kind) for kind in {k for k, *_ in names}}
    for kind, name, mark, filled in names:
        taken = properties.setdefault(kind, set())
        _define(bench, (kind, name, mark, filled, filled == most[kind]), told.get((kind, name.lower())), taken)
    connection.execute(
        f"""CREATE TABLE out.staged_attribute AS
            SELECT f.source, f.kind, f.record_id, f.name, d.property, f.value, n.number, f.known_from, f.mark
            FROM final_attribute f JOIN out.attributes d ON d.kind = f.kind AND d.name = f.name
            LEFT JOIN attribute_number n ON n.kind = f.kind AND n.name = f.name AND n.value = f.value
            UNION ALL {_listed()} ORDER BY ALL"""
    )
    _tell(bench)


def _sections(bench: Bench) -> Iterator[Section]:
    return (section for source in bench.workspace.sources for section in source.sections)


def _define(bench: Bench, what: tuple[str, str, str, int, bool], told: AttributeColumn | None, taken: set[str]) -> None:
    kind, name, mark, filled, everywhere = what
    rows = bench.connection.execute(
        "SELECT value, count(*) FROM final_attribute WHERE kind = $k AND name = $n AND value IS NOT NULL GROUP BY 1",
        {"k": kind, "n": name},
    ).fetchall()
    found = typed(bench.connection, name, dict(rows), told, mark)
    same = "says the same of each record" if everywhere and len(rows) == 1 else ""
    why = (
        found.why_not
        or same
        or _kept_up(bench, kind, name, filled)
        or _names_people(bench, [v for v, _ in rows], found)
    )
    if not why and len(taken) >= MOST:
        why = f"is one of more than {MOST} attributes, and others are filled more often"
    if found.number:
        read = [(kind, name, v, found.number(v)) for v, _ in rows]
        _insert_numbers(bench, [r for r in read if r[3] is not None])
    kept = (kind, name, _property(name, taken), str(found.type), list(found.order), filled, found.levels)
    bench.connection.execute(
        "INSERT INTO out.attributes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*kept, not why and found.type is not AttributeType.LIST, why or found.evidence, found.personal,
         str(told.aggregate) if told and told.aggregate else None],
    )  # fmt: skip
    for item in found.items if not why else ():
        part = f"{name}: {item}"
        bench.connection.execute(
            "INSERT INTO out.attributes VALUES (?, ?, ?, 'flag', [], ?, 2, true, ?, ?, NULL)",
            [kind, part, _property(part, taken), filled, f"part of the list {name}", found.personal],
        )


def _kept_up(bench: Bench, kind: str, name: str, filled: int) -> str:
    told, changed, records = bench.connection.execute(
        f"""SELECT (SELECT bool_or(trusted) FROM seen_attribute WHERE kind = $k AND name = $n),
              EXISTS (SELECT 1 FROM attribute_change WHERE kind = $k AND name = $n),
              (SELECT count(*) FROM out.staged_{kind} WHERE known_to IS NULL)""",
        {"k": kind, "n": name},
    ).fetchall()[0]
    return "" if told is not False or changed else kept_up(name, filled, records)


def _names_people(bench: Bench, values: list[str], found: Typed) -> str:
    """A category whose levels are people's names is no feature: it would say a name to whoever reads the score."""
    if found.type not in (AttributeType.CATEGORY, AttributeType.LIST):
        return ""
    people = " UNION ALL ".join(
        f"SELECT lower(trim({name})) AS person FROM everyone_{kind}"
        for kind, name in (
            ("contact", "name"), ("contact", "concat_ws(' ', first_name, last_name)"), ("lead", "name"),
            ("lead", "concat_ws(' ', first_name, last_name)"), ("rep", "name"),
        )
    )  # fmt: skip
    hit = bench.connection.execute(
        f"SELECT count(*) FROM (SELECT unnest($v::VARCHAR[]) AS v) WHERE strpos(v, ' ') > 0 "
        f"AND lower(trim(v)) IN (SELECT person FROM ({people}) WHERE person IS NOT NULL)",
        {"v": values},
    ).fetchall()[0][0]
    if hit:
        found.personal = True
    return "names people" if hit else ""


def _insert_numbers(bench: Bench, rows: list[tuple[str, str, str, float | None]]) -> None:
    if rows:
        kinds, names, values, numbers = (list(column) for column in zip(*rows, strict=True))
        bench.connection.execute(
            "INSERT INTO attribute_number SELECT unnest($k::VARCHAR[]), unnest($n::VARCHAR[]), unnest($v::VARCHAR[]), "
            "unnest($x::DOUBLE[])",
            {"k": kinds, "n": names, "v": values, "x": numbers},
        )


def _listed() -> str:
    """Flags of the parts of lists: 1 where a record's list holds the part, 0 where it does not."""
    mark = "CASE WHEN contains(f.value, ';') THEN ';' WHEN contains(f.value, '|') THEN '|' ELSE ', ' END"
    listed = f"list_transform(string_split(f.value, {mark}), lambda x: trim(x))"
    inside = f"list_contains({listed}, substr(d.name, length(f.name) + 3))"
    return f"""
            SELECT f.source, f.kind, f.record_id, d.name, d.property, CASE WHEN {inside} THEN 'yes' ELSE 'no' END,
                CASE WHEN {inside} THEN 1.0 ELSE 0.0 END, f.known_from, f.mark
            FROM final_attribute f JOIN out.attributes d ON d.kind = f.kind AND d.why = 'part of the list ' || f.name
            WHERE f.value IS NOT NULL"""


def _property(name: str, taken: set[str]) -> str:
    """A property's name made from an attribute's: lower case, digits and underscores, never twice in a kind."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:48] or "x"
    made, i = plain, 1
    while made in taken:
        i += 1
        made = f"{plain}_{i}"
    taken.add(made)
    return made


def _tell(bench: Bench) -> None:
    rows = bench.connection.execute(
        "SELECT kind, name, type, feature, why FROM out.attributes WHERE NOT starts_with(why, 'part of the list') "
        "ORDER BY kind, filled DESC, name"
    ).fetchall()
    found: Mapping[str, list[tuple[str, str, bool, str]]] = {}
    for kind, name, type_, feature, why in rows:
        found.setdefault(kind, []).append((name, type_, feature, why))  # type: ignore[attr-defined]
    for kind, some in found.items():
        counted = [f"{name} ({type_})" for name, type_, feature, _ in some if feature or type_ == "list"]
        sentence = f"{len(counted)} attributes of {kind} records count: {', '.join(counted)}"
        bench.notices.append(Notice("attributes", sentence, "", kind, "", len(counted)))
        for name, _, feature, why in some:
            if not feature and why and not why.startswith("parts such as"):
                bench.notices.append(Notice("attributes", f"{kind} {name} {why}: it is no feature", "", kind, name, 1))
