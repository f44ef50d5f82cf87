"""What each attribute is: its type over all its values, whether it counts as a feature, and why it does not."""

import re
from collections.abc import Iterator, Mapping

from resolution.sources.attributes import AttributeColumn, AttributeType
from resolution.sources.mapping import Section
from resolution.staging.attribute_types import Typed, kept_up, typed
from resolution.staging.attributes import NAMED, held_by
from resolution.staging.notices import Notice
from resolution.staging.session import Bench

MOST = 300
"""Attributes of one kind that become features; the best filled ones."""


def write_attributes(bench: Bench) -> None:
    """Types every attribute over all its values and writes `attributes` and `staged_attribute` into `out`."""
    connection = bench.connection
    connection.execute(
        """CREATE TABLE out.attributes (kind VARCHAR, name VARCHAR, property VARCHAR, type VARCHAR, "order" VARCHAR[],
             filled BIGINT, levels BIGINT, feature BOOLEAN, why VARCHAR, personal BOOLEAN, aggregate VARCHAR);
           CREATE TABLE attribute_number (kind VARCHAR, name VARCHAR, value VARCHAR, number DOUBLE)"""
    )
    told = {(s.kind if c.of is None else held_by(s, c.of), c.name.lower()): c for s in _sections(bench)
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
        or ("is no number, and events carry numbers" if kind == "activity" and found.number is None else "")
    )
    if not why and len(taken) >= MOST:
        why = f"is one of more than {MOST} attributes, and others are filled more often"
    if found.number:
        read = [(kind, name, v, found.number(v)) for v, _ in rows]
        _insert_numbers(bench, [r for r in read if r[3] is not None])
    kept = (kind, name, property_name(name, taken), str(found.type), list(found.order), filled, found.levels)
    bench.connection.execute(
        "INSERT INTO out.attributes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*kept, not why and found.type is not AttributeType.LIST, why or found.evidence, found.personal,
         str(told.aggregate) if told and told.aggregate else None],
    )  # fmt: skip
    for item in found.items if not why else ():
        part = f"{name}: {item}"
        bench.connection.execute(
            "INSERT INTO out.attributes VALUES (?, ?, ?, 'flag', [], ?, 2, true, ?, ?, NULL)",
            [kind, part, property_name(part, taken), filled, f"part of the list {name}", found.personal],
        )


def _kept_up(bench: Bench, kind: str, name: str, filled: int) -> str:
    trust, changed, records = bench.connection.execute(
        f"""SELECT (SELECT max(trust) FROM seen_attribute WHERE kind = $k AND name = $n),
              EXISTS (SELECT 1 FROM attribute_change WHERE kind = $k AND name = $n),
              (SELECT count(*) FROM out.staged_{kind} WHERE known_to IS NULL)""",
        {"k": kind, "n": name},
    ).fetchall()[0]
    if trust is None or trust >= NAMED or changed:
        return ""
    return kept_up(name, filled, records, stamped=bool(trust))


def _names_people(bench: Bench, values: list[str], found: Typed) -> str:
    """A category whose levels are people's names is no feature: it would say a name to whoever reads the score."""
    if found.type not in (AttributeType.CATEGORY, AttributeType.LIST):
        return ""
    named = bool(names_people(bench, values))
    found.personal = found.personal or named
    return "names people" if named else ""


def names_people(bench: Bench, values: list[str]) -> frozenset[str]:
    """Which of the values, in small letters, are the full name of a contact, lead or rep."""
    people = " UNION ALL ".join(
        f"SELECT lower(trim({name})) AS person FROM everyone_{kind}"
        for kind, name in (
            ("contact", "name"), ("contact", "concat_ws(' ', first_name, last_name)"), ("lead", "name"),
            ("lead", "concat_ws(' ', first_name, last_name)"), ("rep", "name"),
        )
    )  # fmt: skip
    hit = bench.connection.execute(
        f"SELECT DISTINCT lower(trim(v)) FROM (SELECT unnest($v::VARCHAR[]) AS v) WHERE strpos(v, ' ') > 0 "
        f"AND lower(trim(v)) IN (SELECT person FROM ({people}) WHERE person IS NOT NULL)",
        {"v": values},
    ).fetchall()
    return frozenset(str(name) for (name,) in hit)


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
            SELECT f.source, f.kind, f.record_id, d.name, d.property,
                CASE WHEN {inside} THEN 'yes' WHEN f.value IS NOT NULL THEN 'no' END,
                CASE WHEN {inside} THEN 1.0 WHEN f.value IS NOT NULL THEN 0.0 END, f.known_from, f.mark
            FROM final_attribute f JOIN out.attributes d ON d.kind = f.kind AND d.why = 'part of the list ' || f.name"""


def property_name(name: str, taken: set[str]) -> str:
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
        some_count = "1 attribute" if len(counted) == 1 else f"{len(counted)} attributes"
        verb = "counts" if len(counted) == 1 else "count"
        sentence = f"{some_count} of {kind} records {verb}: {', '.join(counted)}"
        bench.notices.append(Notice("attributes", sentence, "", kind, "", len(counted)))
        for name, _, feature, why in some:
            if not feature and why and not why.startswith("parts such as"):
                bench.notices.append(Notice("attributes", f"{kind} {name} {why}: it is no feature", "", kind, name, 1))
