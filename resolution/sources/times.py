"""Decides from all values of a column how its times are written, and says so where two readings are possible."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from resolution.database.connection import quoted
from resolution.normalise.moments import TimeRule, read_moment
from resolution.normalise.placeholders import EMPTY_WORDS
from resolution.sources.words import FORMATS

ENOUGH = 0.9
"""A column holds times if so many of its different values can be read as such."""


@dataclass(frozen=True, slots=True)
class Times:
    """How a column's times are read.

    Attributes:
        setting: what to write beside `column`: '' for ISO, or a format or epoch setting.
        read: values read by it.
        values: values in all (different ones).
        why: what tells this reading from the others.
        either: the two formats that read every value equally well, where nothing tells.
    """

    setting: str
    read: int
    values: int
    why: str = ""
    either: tuple[str, ...] = ()


def swapped(form: str) -> str | None:
    """The format with day and month changed over; None if they are not both numbers, or the year is first."""
    if form.startswith("%Y") or "%d" not in form or "%m" not in form:
        return None
    return form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def times_of(connection: duckdb.DuckDBPyConnection, values: Sequence[str]) -> Times | None:
    """How the different values of a column are written as times; None if nine in ten of them cannot be read so.

    The format that reads most values wins; where day and month could change places in every one, both are given.
    """
    filled = [v for v in values if v.strip().lower() not in EMPTY_WORDS]
    if not filled or sum(bool(re.search(r"\d", v)) for v in filled) < ENOUGH * len(filled):
        return None
    if all(re.fullmatch(r"1[0-9]{9}|1[0-9]{12}", v) for v in filled):
        return Times(f'epoch = "{"s" if len(filled[0]) == 10 else "ms"}"', len(filled), len(filled))
    iso = sum(read_moment(v, TimeRule()).value is not None for v in filled if re.match(r"\d{4}[-/]", v))
    if iso >= ENOUGH * len(filled):
        return Times("", iso, len(filled))
    connection.execute("CREATE OR REPLACE TEMP TABLE time_values AS SELECT unnest($v::VARCHAR[]) AS v", {"v": filled})
    counted = ", ".join(f"count(*) FILTER ({_reads(f'$f{i}')})" for i in range(len(FORMATS)))
    reads = connection.execute(
        f"SELECT {counted} FROM time_values", {f"f{i}": form for i, form in enumerate(FORMATS)}
    ).fetchall()[0]
    best = max(reads)
    if best < ENOUGH * len(filled):
        return None
    form = FORMATS[reads.index(best)]
    other = swapped(form)
    found = Times(f'format = "{form}"', best, len(filled))
    if other is None or other not in FORMATS or "." in form:
        return found
    if reads[FORMATS.index(other)] == best:
        return replace(found, either=(form, other))
    telling = connection.execute(
        f"SELECT v FROM time_values {_reads('$a')} AND NOT coalesce(({_reads('$b')[6:]}), false) ORDER BY v LIMIT 1",
        {"a": form, "b": other},
    ).fetchall()[0][0]
    return replace(found, why=f"{telling!r} has no other reading; {other} reads {reads[FORMATS.index(other)]}")


def _reads(form: str) -> str:
    return f"WHERE year(try_strptime(v, {form})) BETWEEN 1902 AND 2199"


def earlier(
    connection: duckdb.DuckDBPyConnection, table: str, start: str, end: str, form_start: str, form_end: str
) -> tuple[int, int]:
    """Rows whose end is before their start under two formats, and rows that have both."""
    both = "try_strptime(s, $a) IS NOT NULL AND try_strptime(e, $b) IS NOT NULL"
    row = connection.execute(
        f"SELECT count(*) FILTER (WHERE {both} AND try_strptime(e, $b) < try_strptime(s, $a)), "
        f"count(*) FILTER (WHERE {both}) FROM (SELECT {quoted(start)} AS s, {quoted(end)} AS e FROM {quoted(table)})",
        {"a": form_start, "b": form_end},
    ).fetchall()[0]
    return int(row[0]), int(row[1])
