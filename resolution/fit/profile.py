"""What stands in each column of an unseen file: its role, told by its values and by its name.

Values outrank names where they are plain (e-mail addresses, dates, addresses of pages); a name decides between roles
whose values look alike (first and last names, cities and streets). Nothing here sees a label.
"""

import re
from dataclasses import dataclass, replace

import duckdb

from resolution.database.connection import rows_in
from resolution.fit.roles import by_name, is_origin, words_of
from resolution.fit.shapes import Shapes, shapes

SAMPLE = 3_000
DATE_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d", "%Y%m%d", "%m/%d/%y", "%m/%d/%Y", "%d/%m/%y",
    "%d/%m/%Y", "%d.%m.%y", "%d.%m.%Y", "%d-%m-%y", "%d-%m-%Y", "%m-%d-%y", "%m-%d-%Y", "%d-%b-%y", "%d-%b-%Y",
    "%b %d %Y", "%d %b %Y", "%B %d %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y-%m-%d %H:%M:%S.%f",
)  # fmt: skip
"""Two-digit years stand before four-digit ones: `%y` refuses 1970, while `%Y` would read 70 as the year 70."""
ORIGIN_YEARS = 25
"""Dates of birth or foundation are spread over so many years (5th to 95th percentile); dates of events are not."""
BY_VALUES = "its values"
DATED = ("date", "event")
"""Roles of columns that hold dates."""
IGNORED = frozenset({"record_id", "row_no", "rec_id", "unique_id", "cluster_id", "entity_id"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: share of rows that fill it, distinct values, its role, how it was told, and an example.

    `formats` are the ways in which its dates are written, the most common first.
    """

    name: str
    role: str
    filled: float
    distinct: int
    told_by: str
    example: str
    formats: tuple[str, ...] = ()
    part: str = ""
    """'year', 'month' or 'day' where nearly all values could be one."""


def profile(
    con: duckdb.DuckDBPyConnection, table: str, names: list[str], kind: str, where: str = "true"
) -> tuple[Column, ...]:
    """The role of each column of a table of texts, for records of a kind (contact or account)."""
    total = rows_in(con, f"FROM {table} WHERE {where}")
    looked = [_column(con, table, name, kind, total, where) for name in names if name not in IGNORED]
    return tuple(_settle([c for c, _ in looked], kind, {c.name: seen for c, seen in looked if seen}))


def _column(
    con: duckdb.DuckDBPyConnection, table: str, name: str, kind: str, total: int, where: str
) -> tuple[Column, Shapes | None]:
    value = f'filled("{name}")'
    count, distinct = con.execute(
        f"SELECT count({value}), count(DISTINCT lower({value})) FROM {table} WHERE {where}"
    ).fetchall()[0]
    rows = con.execute(
        f"SELECT {value} AS v, count(*) AS n FROM {table} WHERE {where} AND {value} IS NOT NULL GROUP BY v "
        f"ORDER BY hash(v) LIMIT {SAMPLE}"
    ).fetchall()
    values = [str(v) for v, _ in rows]
    filled = count / max(total, 1)
    example = max(rows, key=lambda r: (r[1], r[0]))[0] if rows else ""
    if count < max(2, 0.005 * total) or distinct < 2:
        return Column(name, "unused", filled, int(distinct), "hardly filled, or one value", str(example)), None
    formats = date_formats(con, values, 0.4 if by_name(name) == "date" else 0.7)
    seen = shapes(values, int(distinct), int(count))
    role, told = _role(name, seen, bool(formats), kind)
    if role == "date" and not is_origin(name):  # `seen_dates` has the values, since formats were found in them
        said = of_origin_sql(f"year({read_date_sql('v', formats)})")
        role = "date" if con.execute(f"SELECT {said} FROM seen_dates").fetchall()[0][0] else "event"
    part = _date_part([(str(v), int(n)) for v, n in rows])
    made = Column(name, role, filled, int(distinct), told, str(example), formats if role in DATED else (), part)
    return made, seen


def _date_part(rows: list[tuple[str, int]]) -> str:
    """Which part of a date nearly all values could be; a month where they could be a month or a day."""
    total = sum(n for _, n in rows)
    whole = [(int(v.removesuffix(".0")), n) for v, n in rows if re.fullmatch(r"\d{1,4}(\.0)?", v)]
    for name, low, high in (("month", 1, 12), ("day", 1, 31), ("year", 1850, 2060)):
        if sum(n for v, n in whole if low <= v <= high) >= 0.95 * max(total, 1):
            return name
    return ""


def date_formats(con: duckdb.DuckDBPyConnection, values: list[str], least: float) -> tuple[str, ...]:
    """The formats that read a column's values as dates, the best first; empty when they read less than a share."""
    if not any(re.search(r"\d", v) for v in values[:50]):
        return ()
    con.execute("CREATE OR REPLACE TEMP TABLE seen_dates AS SELECT trim(unnest(?::VARCHAR[])) AS v", [values])
    inside = "BETWEEN TIMESTAMP '1850-01-01' AND TIMESTAMP '2060-01-01'"
    counts = con.execute(
        "SELECT "
        + ", ".join(f"count(*) FILTER (try_strptime(v, '{f}') {inside})" for f in DATE_FORMATS)
        + f", count(*) FILTER ({read_date_sql('v', DATE_FORMATS)} {inside}) "
        "FROM seen_dates"
    ).fetchall()[0]
    if counts[-1] < least * len(values):
        return ()
    used = [(n, -i, f) for i, (f, n) in enumerate(zip(DATE_FORMATS, counts, strict=False)) if n]
    return tuple(f for _, _, f in sorted(used, reverse=True))


def read_date_sql(text: str, formats: tuple[str, ...]) -> str:
    """SQL: the moment that a text says in the first of these formats that reads it."""
    return f"coalesce({', '.join(f'try_strptime({text}, {f!r})' for f in formats)})"


def of_origin_sql(year: str) -> str:
    """SQL over rows with dates: whether their years are spread as those of births and foundations are."""
    return f"coalesce(quantile_cont({year}, 0.95) - quantile_cont({year}, 0.05) >= {ORIGIN_YEARS}, false)"


def _role(name: str, seen: Shapes, dated: bool, kind: str) -> tuple[str, str]:
    """(role, how it was told)."""
    s, said = seen.shares, by_name(name)
    plain = _plain(name, seen, dated)
    if plain:
        return plain, BY_VALUES
    if said in ("year", "month", "day") and s["number"] >= 0.8:
        return said, "its name"
    if said and _fits(said, seen, dated):
        return said, "its name"
    if words_of(name)[-1:] == ["name"] or words_of(name)[:1] == ["name"]:
        return ("organisation" if kind == "account" else "person"), "its name"
    return _by_values(name, seen), BY_VALUES


def _plain(name: str, seen: Shapes, dated: bool) -> str | None:
    s, said = seen.shares, by_name(name)
    if s["email"] >= 0.6 and seen.words <= 6:
        return "email"
    if s["url"] >= 0.7:
        return "url"
    if dated and said not in ("identifier", "phone", "postcode") and (said == "date" or s["integer"] < 0.8):
        return "date"
    if s["gender"] >= 0.8 and seen.length <= 8:
        return "gender"
    if s["phone"] >= 0.7 and said in (None, "phone"):
        return "phone"
    return None


def _fits(said: str, seen: Shapes, dated: bool) -> bool:
    """Whether values can be what the column's name says."""
    s = seen.shares
    if said == "date":
        return dated
    if said in ("latitude", "longitude"):
        return s["number"] >= 0.8
    if said in ("given", "family", "middle", "person"):
        return s["letters"] >= 0.5 or s["number"] < 0.2
    if said in ("email", "url"):
        return s[said] >= 0.3
    if said == "phone":
        return s["phone"] >= 0.3 or s["code"] >= 0.5 or s["integer"] >= 0.5
    if said == "organisation":
        return s["number"] < 0.5
    if said == "identifier":
        return seen.unique >= 0.05
    return True


def _by_values(name: str, seen: Shapes) -> str:
    s = seen.shares
    if s["year"] >= 0.8:
        return "number"
    if s["number"] >= 0.8:
        long = seen.length >= 6 and s["integer"] >= 0.8 and seen.unique >= 0.3
        return "identifier" if long else "number"
    if s["postcode"] >= 0.8:
        return "postcode"
    if s["street"] >= 0.5 or (s["housed"] >= 0.7 and seen.words >= 2 and seen.unique >= 0.1):
        return "street"
    if s["code"] >= 0.8 and seen.words <= 2.5 and seen.unique >= 0.3:
        return "identifier"
    if s["legal"] >= 0.25 and seen.words >= 1.5:
        return "organisation"
    if s["first"] >= 0.25 and seen.words <= 1.5:
        return "given"
    if seen.person >= 0.25 and 1.5 < seen.words <= 4 and s["letters"] >= 0.7:
        return "person"
    if seen.words >= 2.5:
        return "text"
    return "word" if seen.unique >= 0.02 else "category"


def _settle(found: list[Column], kind: str, seen: dict[str, Shapes]) -> list[Column]:
    """Decide what single columns cannot: parts of a date, the last name beside the first, the name of organisations."""
    roles = {c.name: c.role for c in found}
    _date_parts(found, roles)
    _coordinates(found, roles, seen)
    if kind == "contact":
        _person(found, roles, seen)
    if kind == "account" and not any(roles[c.name] == "organisation" for c in found):
        likely = [c for c in found if roles[c.name] in ("person", "text", "word", "given", "family")]
        if likely:
            legal = {c.name: seen[c.name].shares["legal"] >= 0.1 for c in likely}
            most = max(likely, key=lambda c: (c.filled >= 0.5, legal[c.name], roles[c.name] != "person", c.distinct))
            roles[most.name] = "organisation"
    if kind == "account":  # one name; what else is called so is text like any other
        organisations = [c for c in found if roles[c.name] == "organisation"]
        for other in sorted(organisations, key=lambda c: -c.filled)[1:]:
            roles[other.name] = "text"
        roles |= {c.name: "text" for c in found if roles[c.name] in ("given", "family", "middle", "person")}
    return [_with_role(c, roles[c.name]) for c in found]


def _person(found: list[Column], roles: dict[str, str], seen: dict[str, Shapes]) -> None:
    """The columns of a person's name that no header names: one with both names, or a given and a family name."""
    if not set(roles.values()) & {"given", "family", "person"}:
        _most_like_names(found, roles, seen)
    given = sorted((c for c in found if roles[c.name] == "given"), key=lambda c: -c.filled)
    for other in given[1:]:
        if other.told_by == BY_VALUES and "middle" not in roles.values():
            roles[other.name] = "middle"
    words = [
        c for c in found
        if roles[c.name] == "word" and by_name(c.name) is None and seen[c.name].shares["letter"] < 0.5
    ]  # fmt: skip
    if given and words and "family" not in roles.values():
        place = found.index(given[0])
        roles[min(words, key=lambda c: abs(found.index(c) - place)).name] = "family"


def _most_like_names(found: list[Column], roles: dict[str, str], seen: dict[str, Shapes]) -> None:
    """Of a file of persons in which no column is called a name: the one whose values are most like names is."""
    likely = [
        c for c in found
        if roles[c.name] in ("organisation", "text", "word") and seen[c.name].words <= 5
        and seen[c.name].shares["letters"] >= 0.4 and seen[c.name].shares["legal"] < 0.1
    ]  # fmt: skip
    if likely:
        best = max(likely, key=lambda c: (c.filled >= 0.5, round(seen[c.name].person, 1), c.distinct))
        roles[best.name] = "given" if seen[best.name].words <= 1.3 else "person"


def _coordinates(found: list[Column], roles: dict[str, str], seen: dict[str, Shapes]) -> None:
    """Two columns of decimal degrees are one place on earth; one alone is a number."""
    degrees = [c for c in found if roles[c.name] == "number" and seen[c.name].shares["degrees"] >= 0.9]
    for role in ("latitude", "longitude"):
        if role not in roles.values() and len(degrees) + len({"latitude", "longitude"} & set(roles.values())) >= 2:
            roles[degrees.pop(0).name] = role
    if not {"latitude", "longitude"} <= set(roles.values()):
        roles |= {c.name: "number" for c in found if roles[c.name] in ("latitude", "longitude")}


def _with_role(column: Column, role: str) -> Column:
    if role == column.role:
        return column
    return replace(column, role=role, told_by="its neighbours")


def _date_parts(found: list[Column], roles: dict[str, str]) -> None:
    """Three neighbours that hold a year, 1 to 12 and 1 to 31 are one date, whatever they are called."""
    for trio in zip(found, found[1:], found[2:], strict=False):
        if {c.part for c in trio} == {"year", "month", "day"}:
            roles |= {c.name: c.part for c in trio}
            return
