"""What an export no longer says: records that are gone, columns that emptied, files that are missing.

A record that is gone ends only where its absence means something, and never more than a set share of a kind without
approval. A column that vanished or emptied, and an export that is older than the one before, change nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import NeedsApproval
from resolution.database.connection import quoted, texts_sql
from resolution.records import Kind
from resolution.settings import settings
from resolution.sources.files import pick
from resolution.sources.mapping import Section
from resolution.staging.notices import Notice, first_of
from resolution.staging.projection import DELETED, MERGED
from resolution.staging.session import Bench, found_files

SNAPSHOT = "snapshot"
ENDED = ("ended", "left out", "absent")
"""Why a record is gone and ends: its system says so, the mapping leaves it out, or its export lacks it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Records of one kind of one source that would end because nothing says anything of them any more."""

    source: str
    kind: str
    known: int
    gone: int
    first: tuple[str, ...]

    @property
    def too_much(self) -> bool:
        """Whether a person has to approve it."""
        limits = settings()
        over = self.gone > limits.staging_approval_share * self.known
        return self.gone >= limits.staging_approval_floor and over

    @property
    def told(self) -> str:
        """How many of how many, and the first of them."""
        plural = "" if self.known == 1 else "s"
        return f"{self.gone:,} of {self.known:,} {self.kind} record{plural} known before ({first_of(self.first)})"


def note_missing_files(bench: Bench) -> None:
    """Makes `lost_files(source, kind, file)`: earlier files that a section of a ready-made mapping lacks.

    `file` is NULL where no section of the kind found any file.
    """
    connection = bench.connection
    connection.execute("CREATE OR REPLACE TABLE lost_files (source VARCHAR, kind VARCHAR, file VARCHAR)")
    for source, kind in dict.fromkeys(bench.absent):
        if (source, kind) not in bench.fetched:
            connection.execute("INSERT INTO lost_files VALUES (?, ?, NULL)", [source, kind])
            continue
        sections = next(s.sections for s in bench.workspace.sources if s.name == source)
        lost = [s for s in sections if s.kind == kind and s.match and not _files(bench, s)]
        seen = connection.execute(
            f"SELECT DISTINCT regexp_replace(row_ref, ':[0-9]+$', '') FROM old_{kind} WHERE source = $s", {"s": source}
        ).fetchall()
        for (name,) in seen:
            if any(_fits(str(name), s) for s in lost):
                connection.execute("INSERT INTO lost_files VALUES (?, ?, ?)", [source, kind, name])


def _files(bench: Bench, section: Section) -> list[str]:
    return [path.name for path in pick(found_files(bench, section.files), section.match)]


def _fits(name: str, section: Section) -> bool:
    return bool(pick([Path(name)], section.match))


def find_gone(bench: Bench, kind: Kind, refused: list[str]) -> None:
    """Makes `gone_<kind>(source, record_id, why)`: earlier records that this run did not stage, and what that means.

    `why` is one of `ENDED`, or says why the record stays: refused, change, rejected, append, no file.
    """
    names = texts_sql(refused) or "''"
    here = f"x.source = o.source AND x.kind = '{kind.name}'"
    same = f"{here} AND x.record_id = o.record_id"
    bench.connection.execute(
        f"""CREATE OR REPLACE TABLE gone_{kind.name} AS
            SELECT o.source, o.record_id, CASE
              WHEN o.source IN ({names}) THEN 'refused' WHEN o.row_ref = '{SNAPSHOT}' THEN 'change'
              WHEN EXISTS (SELECT 1 FROM new_rejects x WHERE {same}) THEN 'rejected'
              WHEN EXISTS (SELECT 1 FROM new_left_out x WHERE {same} AND (starts_with(x.reason, '{MERGED}')
                OR starts_with(x.reason, '{DELETED}'))) THEN 'ended'
              WHEN EXISTS (SELECT 1 FROM new_redirects x WHERE {same}) THEN 'ended'
              WHEN EXISTS (SELECT 1 FROM new_left_out x WHERE {same}) THEN 'left out'
              WHEN EXISTS (SELECT 1 FROM partial_sections x WHERE {here}) THEN 'append'
              WHEN EXISTS (SELECT 1 FROM lost_files x WHERE {here} AND (x.file IS NULL
                OR x.file = regexp_replace(o.row_ref, ':[0-9]+$', ''))) THEN 'no file'
              ELSE 'absent' END AS why
            FROM old_{kind.name} o
            WHERE NOT EXISTS (SELECT 1 FROM new_{kind.name} n WHERE n.source = o.source AND n.record_id = o.record_id)
        """
    )


def hold(bench: Bench, kinds: tuple[Kind, ...], *, approve: bool) -> None:
    """Tells which records end, and which stay as no file told of them.

    Raises:
        NeedsApproval: more than the set share of a kind of a source would end without its system saying so.
    """
    gaps = [gap for kind in kinds for gap in _gaps(bench, kind)]
    for gap in gaps:
        sentence = f"{gap.told} are gone from {_from(bench, gap)} and end"
        bench.notices.append(Notice("absent", sentence, gap.source, gap.kind, count=gap.gone))
    for kind in kinds:
        bench.notices.extend(_kept(bench, kind))
    wild = [gap for gap in gaps if gap.too_much]
    if wild and not approve:
        told = " and ".join(f"source {gap.source} would end {gap.told}, gone from {_from(bench, gap)}" for gap in wild)
        raise NeedsApproval(
            f"Nothing was changed: {told}; {settings().staging_approval_share:.0%} of a kind pass without approval, "
            "so look at the export or sources.toml, then run again with --approve."
        )


def _from(bench: Bench, gap: Gap) -> str:
    """Where the records are gone from."""
    source = next((s for s in bench.workspace.sources if s.name == gap.source), None)
    told = source and any(section.kind == gap.kind for section in source.sections)
    return "the export" if told else "sources.toml"


def _gaps(bench: Bench, kind: Kind) -> Iterator[Gap]:
    """What ends of a kind, for each source; rows without an id of their own count less those that came instead."""
    rows = bench.connection.execute(
        f"""WITH known AS (SELECT source, count(*) AS n FROM old_{kind.name}
                           WHERE known_to IS NULL AND row_ref <> '{SNAPSHOT}' GROUP BY 1),
            gone AS (SELECT g.source, count(*) AS n,
                       list(g.record_id ORDER BY length(g.record_id), g.record_id)[1:4] AS first
                     FROM gone_{kind.name} g JOIN old_{kind.name} o USING (source, record_id)
                     WHERE g.why IN ('left out', 'absent') AND o.known_to IS NULL GROUP BY 1),
            fresh AS (SELECT source, count(*) AS n FROM new_{kind.name} n WHERE NOT EXISTS (SELECT 1
                        FROM old_{kind.name} o WHERE o.source = n.source AND o.record_id = n.record_id) GROUP BY 1)
            SELECT gone.source, known.n, gone.n, coalesce(fresh.n, 0), gone.first
            FROM gone JOIN known USING (source) LEFT JOIN fresh USING (source) ORDER BY gone.source"""
    ).fetchall()
    for source, known, gone, fresh, first in rows:
        left = max(0, gone - fresh) if _keyless(bench, source, kind) else gone
        if left:
            yield Gap(str(source), kind.name, int(known), int(left), tuple(map(str, first)))


def _keyless(bench: Bench, source: str, kind: Kind) -> bool:
    sections = [s for one in bench.workspace.sources if one.name == source for s in one.sections if s.kind == kind.name]
    return kind.keyless and any(not section.key for section in sections)


def _kept(bench: Bench, kind: Kind) -> Iterator[Notice]:
    rows = bench.connection.execute(
        f"""SELECT g.source, count(*) FROM gone_{kind.name} g JOIN old_{kind.name} o USING (source, record_id)
            WHERE g.why = 'no file' AND o.known_to IS NULL GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    for source, count in rows:
        stay = "the earlier record stays" if count == 1 else f"the {count:,} earlier records stay"
        yield Notice("no file", f"no file of kind {kind.name} was found: {stay}", str(source), kind.name, count=count)


def keep_values(bench: Bench, kinds: tuple[Kind, ...]) -> None:
    """Keeps earlier values where a mapped column vanished from a file or is empty in every row, and says so."""
    for source in bench.workspace.sources:
        for kind in kinds:
            sections = [s for s in source.sections if s.kind == kind.name]
            if sections and _same(bench, source.name, kind.name):
                for field, columns in _mapped(kind, sections).items():
                    _keep_field(bench, source.name, kind, field, columns)


def _same(bench: Bench, source: str, kind: str) -> bool:
    rows = bench.connection.execute(
        "SELECT 1 FROM same_sections WHERE source = $s AND kind = $k", {"s": source, "k": kind}
    ).fetchall()
    return bool(rows)


def _mapped(kind: Kind, sections: list[Section]) -> dict[str, tuple[str, ...]]:
    """Fields that columns fill, each with its columns; what is derived from a column goes with it."""
    found: dict[str, tuple[str, ...]] = {}
    for section in sections:
        for field, value in section.values.items():
            if value.columns and value.constant is None and value.default is None:
                found[field] = (*found.get(field, ()), *value.columns)
    for derived, origin in (("state", "stage"), ("stage_order", "stage"), ("close_date", "closed_at")):
        if derived in kind.by_name and origin in found:
            found.setdefault(derived, found[origin])
    return found


def _keep_field(bench: Bench, source: str, kind: Kind, field: str, columns: tuple[str, ...]) -> None:
    """Brings back the values of a field that no row of the source (or of a file without its columns) has any more."""
    name, values = quoted(field), {"s": source}
    closed = "AND n.state IN ('won', 'lost')" if (kind.name, field) == ("deal", "closed_at") else ""
    files = [f for f, s, k, lost in bench.vanished if (s, k) == (source, kind.name) and set(columns) <= set(lost)]
    listed = texts_sql(files) or "''"
    emptied = f"NOT EXISTS (SELECT 1 FROM new_{kind.name} WHERE source = $s AND {name} IS NOT NULL)"
    both = f"""FROM old_{kind.name} o WHERE n.source = $s AND o.source = $s AND n.record_id = o.record_id
        AND n.{name} IS NULL AND o.{name} IS NOT NULL AND o.known_to IS NULL {closed}
        AND ({emptied} OR regexp_replace(n.row_ref, ':[0-9]+$', '') IN ({listed}))"""
    rows = bench.connection.execute(
        f"SELECT n.record_id FROM new_{kind.name} n, {both[5:]} ORDER BY length(n.record_id), n.record_id", values
    ).fetchall()
    if not rows:
        return
    known = quoted(f"{field}__known")
    bench.connection.execute(f"UPDATE new_{kind.name} AS n SET {name} = o.{name}, {known} = o.{known} {both}", values)
    what = f"is not in {first_of(sorted(set(files)))} any more" if files else "is empty in every row"
    column = " and ".join(repr(c) for c in dict.fromkeys(columns))
    sentence = (
        f"column {column} {what}: {len(rows):,} earlier values of {kind.name} {field} stay "
        f"({first_of(r for (r,) in rows)})"
    )
    bench.notices.append(Notice("column", sentence, source, kind.name, field, len(rows)))
