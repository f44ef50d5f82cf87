"""From profiled columns to a matcher: normal forms, comparisons, blocking within a bound on pairs, training, prior."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import duckdb

from resolution.database.connection import rows_in
from resolution.database.rows import row_key_sql
from resolution.fit import addresses, persons, templates, texts
from resolution.fit.documents import without_documents
from resolution.fit.profile import DATED, Column, profile
from resolution.fit.silent import without_silent
from resolution.fit.templates import Part, raw_filled
from resolution.matchers.terms import Block, Comparison, Matcher, Veto
from resolution.normalise.placeholders import Placeholder, Subject, empty_placeholders

PAIRS_A_RECORD = 40
LEAST_PAIRS = 1_000_000
CAPS = (1000, 600, 400, 300, 200, 150, 100, 80, 60, 40, 25, 15, 8, 4)
MOST_BLOCKS = 60
ALL = -300.0
"""No pair is forgotten before the file has taught what its columns weigh."""
MISSING = -2.0
"""What a pair weighs (log2) that shares no key and was not compared."""
NEIGHBOURS = 15
"""With so many others, drawn by chance, a record is compared whose key too many share, twice over."""
TELLING_CAP = 60
"""Keys that so many may share are meant to hold records of one entity."""
MOST_SURE = 24


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file will be resolved: what its columns are, and the matcher made for it; `input_<kind>` is filled."""

    kind: str
    columns: tuple[Column, ...]
    matcher: Matcher
    alone: bool
    """The main text is all there is beside dates of events: records that say the same are one, and only different
    writings are compared."""
    emptied: tuple[Placeholder, ...] = ()
    """Values that stand for nothing, and were emptied so that the matcher does not learn from them."""
    entity: str | None = None
    """What one entity of a file of organisations is, by a person's word: `site` or `organisation`."""


def plan(
    con: duckdb.DuckDBPyConnection,
    table: str,
    names: list[str],
    kind: str,
    *,
    where: str = "true",
    columns: tuple[Column, ...] | None = None,
) -> Plan | None:
    """Profile a table of texts (or take given columns), fill `input_<kind>` and compose its matcher.

    None when no column can tell records apart, or no two records share anything. Columns: row_no, record_id, and what
    the file has.
    """  # fmt: skip
    for macro in (*persons.MACROS, *texts.MACROS):
        con.execute(macro)
    addresses.install(con)
    seen = columns if columns is not None else _profiled(con, table, names, kind, where)
    whole = addresses.as_one(con, table, seen, where)
    single = [c for c in seen if not (whole and c.role in addresses.ROLES)]
    parts, named = _simple_parts(single, kind)
    if whole:
        parts.append(addresses.address([c for c in seen if c not in single], "address_1"))
    source = next((c.name for c in seen if c.role == "source"), None)
    emptied = _take_rows(con, table, seen, kind, where)
    _fill_input(con, kind, parts, source)
    if named:
        con.execute(persons.DERIVED.format(table=f"input_{kind}"))
    parts += _text_parts(con, f"input_{kind}", seen, kind, named=bool(named))
    parts = _places([p for p in parts if p.comparison is not None])
    if not parts:
        return None
    blocks = _blocks(con, f"input_{kind}", parts)
    if not blocks:  # of a handful of records, no value stands twice
        return None
    matcher = _matcher(con, kind, parts, blocks)
    lasting = [p for p in parts if p.role != "event"]
    alone = len([p for p in lasting if p.exact]) == 1 and lasting[0].role == "organisation"
    return Plan(kind, seen, matcher, alone, emptied)


def _profiled(
    con: duckdb.DuckDBPyConnection, table: str, names: list[str], kind: str, where: str
) -> tuple[Column, ...]:
    """The columns with their roles, those unused that say nothing of who is who, or something of several."""
    seen = profile(con, table, names, kind, where)
    if kind == "contact":
        seen = without_documents(con, table, seen, where)
    return without_silent(con, table, seen, where)


def _simple_parts(columns: Sequence[Column], kind: str) -> tuple[list[Part], list[Part]]:
    by_role: dict[str, list[Column]] = {}
    for column in columns:
        by_role.setdefault(column.role, []).append(column)
    lists = [[c.name for c in by_role.get(r, [])] for r in ("given", "family", "middle", "suffix", "person")]
    named = persons.persons(*lists) if kind == "contact" else []
    parts = list(named)
    for role, make in templates.TEMPLATES.items():
        if role == "year" and _whole_date(by_role):
            continue
        for number, column in enumerate(by_role.get(role, []), 1):
            name = f"{role}_{number}"
            personal = role == "email" and named
            parts.append(templates.email(column.name, name, of_persons=True) if personal else make(column.name, name))
    for role in DATED:
        for number, column in enumerate(by_role.get(role, []), 1):
            parts.append(replace(templates.date(column.name, column.formats, f"{role}_{number}"), role=role))
    if by_role.get("latitude") and by_role.get("longitude"):
        parts.append(templates.point(by_role["latitude"][0].name, by_role["longitude"][0].name, "point_1"))
    if _whole_date(by_role):
        year, month, day = (by_role[r][0].name for r in ("year", "month", "day"))
        whole = (  # as text: a day 44 is a slip of the pen in a date that is otherwise known
            f"split_part({raw_filled(year)}, '.', 1) || '-' || "
            f"lpad(split_part({raw_filled(month)}, '.', 1), 2, '0') || '-' || "
            f"lpad(split_part({raw_filled(day)}, '.', 1), 2, '0')"
        )
        parts.append(templates.date(f"{year}, {month}, {day}", (), "date_parts", whole))
    return parts, named


def _places(parts: list[Part]) -> list[Part]:
    """Places within places are counted once: a city speaks only where no equal postal code does, and so on.

    Where the point on earth of both is known, nothing else of where they are adds to it.
    """
    inner: list[str] = []
    out = []
    points = [f"({p.exact}_l IS NOT NULL AND {p.exact}_r IS NOT NULL)" for p in parts if p.role == "point"]
    for role in ("postcode", "city", "state", "country"):
        for part in [p for p in parts if p.role == role and p.comparison]:
            told = part.comparison
            if told and (inner or (points and role != "postcode")):
                known = " OR ".join([*(f"coalesce({name}_l = {name}_r, false)" for name in inner), *points])
                part = replace(part, comparison=replace(told, missing=f"{told.missing} OR {known}"))  # noqa: PLW2901
            out.append(part)
        inner += [p.exact for p in parts if p.role == role and p.exact]
    return [p for p in parts if p.role not in ("postcode", "city", "state", "country")] + out


def _whole_date(by_role: dict[str, list[Column]]) -> bool:
    return all(by_role.get(r) for r in ("year", "month", "day"))


FORM_OF = {"email": "email", "phone": "phone", "url": "domain", "identifier": "registration",
           "given": "name_part", "family": "name_part", "person": "name", "organisation": "name"}  # fmt: skip
"""Role of a column → how a value that stands for nothing is told in it (`placeholders.FORMS`)."""


def _take_rows(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], kind: str, where: str
) -> tuple[Placeholder, ...]:
    """Make `fit_rows`, values emptied that stand for nothing or that strangers share."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE fit_rows AS "
        f"SELECT row_no, COLUMNS(* EXCLUDE (row_no)) AS 'raw \\0' FROM {table} WHERE {where}"
    )
    forms = {f"raw {c.name}": FORM_OF[c.role] for c in columns if c.role in FORM_OF}
    organisations = tuple(f"raw {c.name}" for c in columns if c.role == "organisation")
    people = tuple(f"raw {c.name}" for c in columns if c.role in ("person", "given", "family"))
    of_people = kind == "contact" and bool(people)
    subject = Subject(
        forms, people if of_people else organisations, organisations if of_people else (), whole=of_people
    )
    found = empty_placeholders(con, "fit_rows", subject)
    return tuple(replace(one, column=one.column.removeprefix("raw ")) for one in found)


def _fill_input(con: duckdb.DuckDBPyConnection, kind: str, parts: list[Part], source: str | None) -> None:
    made = [f"{sql} AS {name}" for part in parts for name, sql in part.select]
    said = raw_filled(source) if source else "'file'"
    select = [f"{row_key_sql()} AS uid", f"coalesce({said}, 'file') AS source", *made]
    con.execute(f"CREATE OR REPLACE TABLE input_{kind} AS SELECT {', '.join(select)}, r.* FROM fit_rows r")


def _text_parts(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column], kind: str, *, named: bool
) -> list[Part]:
    """Main text first: the organisation's name where there are no persons; then the other texts."""
    made: list[Part] = []
    organisations = [c.name for c in columns if c.role == "organisation"]
    others = [c.name for c in columns if c.role == "text"]
    if not named and (organisations or others):
        main = (organisations or others)[0]
        (organisations or others).remove(main)
        made.append(texts.main_text(con, table, (main,), texts.MAIN_TEXT, kind == "account"))
    for number, column in enumerate([*organisations, *others], 1):
        made.append(texts.other_text(con, table, (column,), f"text_{number}"))
    return made


def _matcher(con: duckdb.DuckDBPyConnection, kind: str, parts: list[Part], blocks: tuple[Block, ...]) -> Matcher:
    table = f"input_{kind}"
    present = {str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()}
    keep = sorted({"source"} | {c for p in parts for c in _prepared(p, present)})
    comparisons: tuple[Comparison, ...] = tuple(p.comparison for p in parts if p.comparison)
    return Matcher(
        kind=kind,
        about="Made for this file.",
        columns=tuple(keep),
        prepare=f"CREATE OR REPLACE TABLE prepared_{kind} AS SELECT uid AS unique_id, {', '.join(keep)} FROM {table}",
        comparisons=comparisons,
        blocks=blocks,
        training=(("unique_id",),),
        sure=_sure(parts),
        sure_recall=0.6,
        threshold=0.0,
        missing_pair=MISSING,
        keep_from=ALL,
        vetoes=VETOES if "generation" in present else (),
    )


VETOES = (Veto("of another generation", "generation_l <> generation_r", ("generation",)),)
_PERSON = (
    "first", "last", "middle", "generation", "first_forms", "first_initials", "first_known", "first_sound",
    "last_parts", "last_sound",
)  # fmt: skip


def _prepared(part: Part, present: set[str]) -> list[str]:
    if part.role == "person":
        return [c for c in _PERSON if c in present]
    stem = part.exact or (part.comparison.name if part.comparison else "")
    endings = ("_id", "_rare", "_squashed")
    made = [name for name, _ in part.select] + [stem] + [stem + ending for ending in endings]
    return [c for c in made if c in present]


def _blocks(con: duckdb.DuckDBPyConnection, table: str, parts: list[Part]) -> tuple[Block, ...]:
    """Single keys first, then pairs of coarse ones; each key's cap is lowered until the block keeps to its share."""
    records = rows_in(con, f"FROM {table}")
    single = [(about, key, _needs(p), cap) for p in parts for about, key, cap in p.keys]
    double = [
        (f"{a} and {b}", f"({ka}) || '|' || ({kb})", tuple(dict.fromkeys((*_needs(p), *_needs(q)))), 60)
        for p, q in combinations([p for p in parts if p.coarse], 2)
        for a, ka in p.coarse
        for b, kb in q.coarse
    ]
    alone = {key for _, key, _, _ in single}
    wanted = [*single, *double][: MOST_BLOCKS if records <= 200_000 else len(single) + 6]
    left = float(max(LEAST_PAIRS, PAIRS_A_RECORD * records))
    least = left / max(len(wanted), 1)
    blocks = []
    for about, key, needs, cap in wanted:
        most, pairs = _cap(con, table, key, cap, max(least, left / 4), records)
        left -= pairs
        if pairs:
            blocks.append(Block(about, key, needs, most, NEIGHBOURS if cap >= TELLING_CAP and key in alone else 0))
    return tuple(blocks)


def _needs(part: Part) -> tuple[str, ...]:
    return part.comparison.needs if part.comparison else ()


def _cap(
    con: duckdb.DuckDBPyConnection, table: str, key: str, cap: int, share: float, records: int
) -> tuple[int, float]:
    """The largest number of records that may share a key so that the block makes no more pairs than `share`; its pairs.

    Small files can afford more than the usual cap.
    """
    kind = str(con.execute(f"SELECT typeof({key}) FROM {table} LIMIT 1").fetchall()[0][0])
    value = f"unnest(list_distinct({key}))" if kind.endswith("[]") else key
    rows = con.execute(
        f"SELECT n, count(*) FROM (SELECT count(*) AS n FROM (SELECT {value} AS k FROM {table}) WHERE k IS NOT NULL "
        "AND k <> '' GROUP BY k) WHERE n > 1 GROUP BY n"
    ).fetchall()
    roomy = cap if records > 20_000 else 3 * cap
    for option in (c for c in CAPS if c <= roomy):
        pairs = sum(n * (n - 1) / 2 * times for n, times in rows if n <= option)
        if pairs <= share:
            return option, float(pairs)
    return 0, 0.0


def _sure(parts: list[Part]) -> tuple[tuple[str, ...], ...]:
    """Equalities that hardly two entities share: both names and one thing more, or what identifies and another.

    The surest first, and so many at most: each costs a search, and together they only begin what is then learned.
    """
    exact = sorted((p for p in parts if p.exact), key=lambda p: -p.sure)
    names = [p.exact for p in exact if p.exact in ("first", "last")]
    rules: list[tuple[str, ...]] = []
    for part in exact:
        if part.exact is None:
            continue
        if len(names) == 2 and part.exact not in names:
            rules.append(("first", "last", part.exact))
        if part.sure == 2 or (part.sure == 1 and part.role in ("organisation", "text")):
            rules += [(part.exact, q.exact) for q in exact if q.exact and q.exact != part.exact]
    if not rules:
        rules = [tuple(p.exact for p in exact if p.exact)[:3]]
    return tuple(dict.fromkeys(r for r in rules if r))[:MOST_SURE]
