"""References between records: written in another form, to merged records, by name, and those that lead nowhere.

A reference that finds one record in another form, or through a merge, is led there; one that could mean several
records is emptied; one that finds none stays as it is. Each is counted and told for its field.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from resolution.database.connection import quoted
from resolution.kinds import BY_NAME
from resolution.records import Field, Form, Kind
from resolution.staging.id_forms import forms, how
from resolution.staging.notices import Notice, first_of
from resolution.staging.session import Bench

MERGES = 20
"""Steps from one merged record to the next that are followed; more is a circle."""
PLAIN = "regexp_replace(lower({}), '[^\\p{{L}}\\p{{N}}]', '', 'g')"
MAIL = "lower({})"
Id = tuple[str, str]
"""Source and id of a record."""


def note_redirects(bench: Bench) -> None:
    """Makes `all_redirects`: merges that this run or an earlier one told of, of sources that are still mapped."""
    bench.connection.execute(
        """CREATE OR REPLACE TABLE all_redirects AS SELECT source, kind, record_id, min(goes_to) AS goes_to
           FROM new_redirects GROUP BY 1, 2, 3"""
    )
    for source in bench.workspace.sources:
        bench.connection.execute(
            """INSERT INTO all_redirects SELECT source, kind, record_id, goes_to FROM old_redirects o WHERE source = $s
               AND NOT EXISTS (SELECT 1 FROM new_redirects n WHERE n.source = o.source AND n.kind = o.kind
                 AND n.record_id = o.record_id)""",
            {"s": source.name},
        )


@dataclass(slots=True)
class Index:
    """The records of one kind, to be found by any form of their id and through merges."""

    ids: set[Id]
    redirects: Mapping[Id, str]
    by_form: dict[Id, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for source, id_ in (*self.ids, *self.redirects):
            for form in forms(id_):
                self.by_form[source, form].add(id_)

    def find(self, source: str, id_: str) -> tuple[str | None, str]:
        """The id of the one record that is meant, and how it was found."""
        told = ""
        for _ in range(MERGES):
            if (source, id_) in self.redirects:
                id_, told = self.redirects[source, id_], "merged"
                continue
            if (source, id_) in self.ids:
                return id_, told
            meant = {other for form in forms(id_) for other in self.by_form.get((source, form), ())} - {id_}
            if len(meant) != 1:
                return None, ""
            (other,) = meant
            id_, told = other, told or how(id_, other)
        return None, ""


def index(bench: Bench, kind: str) -> Index:
    """The records of a kind that a reference may mean."""
    ids = bench.connection.execute(f"SELECT source, record_id FROM everyone_{kind}").fetchall()
    redirects = bench.connection.execute(
        "SELECT source, record_id, goes_to FROM all_redirects WHERE kind = $k", {"k": kind}
    ).fetchall()
    return Index({(s, i) for s, i in ids}, {(s, i): g for s, i, g in redirects})


def resolve_references(bench: Bench, kinds: tuple[Kind, ...]) -> None:
    """Leads every reference to the record that it means, and tells what was found otherwise or not at all."""
    note_redirects(bench)
    indexes: dict[str, Index] = {}
    for kind in kinds:
        for declared in kind.fields:
            if declared.form is Form.REF:
                _refer_by_name(bench, kind, declared)
                _refer_by_form(bench, kind, declared, indexes)


def tell_dangling(bench: Bench, kinds: tuple[Kind, ...]) -> None:
    """Counts the references of each field that no record answers to, with the likely cause."""
    for kind in kinds:
        for declared in kind.fields:
            if declared.form is Form.REF:
                bench.notices.extend(_dangling(bench, kind, declared))


def _unmet(kind: Kind, declared: Field) -> str:
    """FROM and WHERE of the new rows whose reference names no record; `x` is the row."""
    met = " OR ".join(
        f"EXISTS (SELECT 1 FROM everyone_{target} t WHERE x.{quoted(declared.name)} = t.source || ':' || t.record_id)"
        for target in declared.refers
    )
    return f"FROM new_{kind.name} x WHERE x.{quoted(declared.name)} IS NOT NULL AND NOT ({met})"


def _refer_by_name(bench: Bench, kind: Kind, declared: Field) -> None:
    """Turns 'source:~name~Acme' into the one record of that source with this id or, blind to case, this name."""
    column, connection = quoted(declared.name), bench.connection
    used = connection.execute(
        f"SELECT DISTINCT regexp_extract({column}, ':~([a-z_]+)~', 1) FROM new_{kind.name} "
        f"WHERE contains({column}, ':~')"
    ).fetchall()
    for (by,) in used:
        marker = {"m": f":~{by}~"}
        mine = f"contains(x.{column}, $m)"
        source = f"split_part(x.{column}, $m, 1)"
        text = f"substr(x.{column}, strpos(x.{column}, $m) + length($m))"
        for target in declared.refers:
            connection.execute(
                f"""UPDATE new_{kind.name} AS x SET {column} = t.source || ':' || t.record_id
                    FROM everyone_{target} t WHERE {mine} AND t.source = {source} AND t.record_id = {text}""",
                marker,
            )
            if by not in BY_NAME[target].by_name:
                continue
            for fold in ("{}", MAIL if by == "email" else PLAIN):  # as written, then blind to case and signs
                named = f"""SELECT source, {fold.format(quoted(by))} AS word, count(*) AS n,
                              min(source || ':' || record_id) AS ref
                            FROM everyone_{target} WHERE {quoted(by)} IS NOT NULL GROUP BY 1, 2"""
                meant = f"{mine} AND {source} = t.source AND {fold.format(text)} = t.word AND t.word <> ''"
                one = f"FROM ({named}) t WHERE {meant} AND t.n = 1"
                connection.execute(f"UPDATE new_{kind.name} AS x SET {column} = t.ref {one}", marker)
            _tell_ambiguous(bench, kind, declared, target, f"FROM ({named}) t WHERE {meant} AND t.n > 1", text, by)
    connection.execute(
        f"UPDATE new_{kind.name} SET {column} = regexp_replace({column}, ':~[a-z_]+~', ':') "
        f"WHERE contains({column}, ':~')"
    )


def _tell_ambiguous(bench: Bench, kind: Kind, declared: Field, target: str, several: str, text: str, by: str) -> None:
    """Empties references by name that could mean several records; a required one stays, and leads nowhere."""
    marker = {"m": f":~{by}~"}
    rows = bench.connection.execute(
        f"SELECT x.source, {text}, t.n FROM new_{kind.name} x, {several[5:]} ORDER BY x.source, 2", marker
    ).fetchall()
    by_source: dict[str, dict[str, int]] = defaultdict(dict)
    counts = Counter(str(source) for source, _, _ in rows)
    for source, name, n in rows:
        by_source[source][name] = n
    for source, names in by_source.items():
        first = first_of(f"{name!r} names {n}" for name, n in names.items())
        sentence = (
            f"{counts[source]:,} of {_all(bench, kind, source):,} {plural(kind.name)} refer by {by} to several "
            f"{plural(target)} ({first}): ambiguous, so {declared.name} is left empty; refer by id instead"
        )
        bench.notices.append(Notice("ambiguous", sentence, source, kind.name, declared.name, counts[source]))
    if rows and not declared.required:
        bench.connection.execute(f"UPDATE new_{kind.name} AS x SET {quoted(declared.name)} = NULL {several}", marker)


def _refer_by_form(bench: Bench, kind: Kind, declared: Field, indexes: dict[str, Index]) -> None:
    """Leads references to merged records, and those written in another form, to the record that is meant."""
    column, connection = quoted(declared.name), bench.connection
    merged = f"""SELECT DISTINCT x.{column} FROM new_{kind.name} x JOIN all_redirects r
                 ON x.{column} = r.source || ':' || r.record_id
                 WHERE r.kind IN ({", ".join(f"'{target}'" for target in declared.refers)})"""
    loose = connection.execute(f"SELECT DISTINCT x.{column} {_unmet(kind, declared)} UNION {merged}").fetchall()
    found: list[tuple[str, str, str]] = []
    for (ref,) in loose:
        source, _, id_ = str(ref).partition(":")
        for target in declared.refers:
            if target not in indexes:
                indexes[target] = index(bench, target)
            meant, told = indexes[target].find(source, id_)
            if meant is not None:
                found.append((ref, f"{source}:{meant}", told))
                break
    if not found:
        return
    connection.register("found_refs", pd.DataFrame(found, columns=["ref", "meant", "told"]))
    rows = connection.execute(
        f"""SELECT x.source, f.told, count(*), min(f.ref), arg_min(f.meant, f.ref) FROM new_{kind.name} x
            JOIN found_refs f ON x.{column} = f.ref GROUP BY 1, 2 ORDER BY 1, 2"""
    ).fetchall()
    connection.execute(f"UPDATE new_{kind.name} AS x SET {column} = f.meant FROM found_refs f WHERE x.{column} = f.ref")
    connection.unregister("found_refs")
    for source, told, count, ref, meant in rows:
        why = "name a merged record and go to the one it went into"
        why = why if told == "merged" else f"are found in another form: {told}"
        sentence = f"{count:,} references of {kind.name} {declared.name} {why} ({ref} finds {meant})"
        bench.notices.append(Notice("merged" if told == "merged" else "form", sentence, source, kind.name,
                                    declared.name, count))  # fmt: skip


def _all(bench: Bench, kind: Kind, source: str) -> int:
    rows = bench.connection.execute(f"SELECT count(*) FROM new_{kind.name} WHERE source = $s", {"s": source}).fetchall()
    return int(rows[0][0])


def _dangling(bench: Bench, kind: Kind, declared: Field) -> Iterator[Notice]:
    column = f"x.{quoted(declared.name)}"
    rows = bench.connection.execute(
        f"""SELECT x.source, split_part({column}, ':', 1) AS refers, count(*),
              list(DISTINCT {column} ORDER BY {column})[1:4] {_unmet(kind, declared)} GROUP BY 1, 2 ORDER BY 1, 2"""
    ).fetchall()
    for source, refers, count, first in rows:
        target = " or ".join(declared.refers)
        an = "an" if target[0] in "aeiou" else "a"
        sentence = (
            f"{count:,} of {_all(bench, kind, source):,} {plural(kind.name)} refer with {declared.name} to {an} "
            f"{target} that no source has ({first_of(first)}); {_cause(bench, kind, declared, source, refers)}"
        )
        yield Notice("dangling", sentence, source, kind.name, declared.name, count)


def _cause(bench: Bench, kind: Kind, declared: Field, source: str, refers: str) -> str:
    """Why references of one source into another (or itself) may lead nowhere."""
    values = {"s": source, "r": refers}
    targets = [t for t in declared.refers if _any(bench, f"everyone_{t}", refers)]
    if not targets:
        return f"source {refers} stages no {' or '.join(declared.refers)}"
    column = f"x.{quoted(declared.name)}"
    id_ = f"substr({column}, length($r) + 2)"
    mine = f"{_unmet(kind, declared)} AND x.source = $s AND split_part({column}, ':', 1) = $r"
    kinds = ", ".join(f"'{t}'" for t in declared.refers)
    tried = [
        (f"{id_} IN (SELECT record_id FROM new_{table} WHERE source = $r AND kind IN ({kinds}))", why)
        for table, why in (("left_out", "name rows that are left out"), ("rejects", "name rows that are rejected"))
    ]
    for target in targets:
        for sql, why in (
            ("ltrim({}, '0')", "would be found without leading zeros"),
            ("lower({})", "would be found in other letters, capital or small"),
        ):
            there = f"(SELECT {sql.format('record_id')} FROM everyone_{target} WHERE source = $r)"
            tried.append((f"{sql.format(id_)} IN {there}", why))
        tried.append(
            (f"{id_} IN (SELECT record_id FROM everyone_{target} WHERE source <> $r)", "are ids of another source")
        )
    for condition, why in tried:
        rows = bench.connection.execute(f"SELECT count(*) {mine} AND {condition}", values).fetchall()
        if rows[0][0]:
            return f"{int(rows[0][0]):,} {why}"
    return "the export may lack them, or the column may hold ids of something else"


def _any(bench: Bench, table: str, source: str) -> bool:
    return bool(bench.connection.execute(f"SELECT 1 FROM {table} WHERE source = $s LIMIT 1", {"s": source}).fetchall())


def plural(kind: str) -> str:
    """Several records of a kind, in words."""
    words = {"activity": "activities", "history": "history rows", "usage": "usage rows"}
    return words.get(kind, f"{kind}s")
