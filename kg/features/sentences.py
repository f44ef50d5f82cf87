"""The sentences of features: a small template language, plain enough to be read in the header of a file.

{contact}                  the column of the first row (newest or heaviest)      {value}   the feature's value
{count} {yes} {no}         rows, rows with x > 0, rows with x <= 0                {contact:list}      all different ones
{role:list no}             those of rows with x <= 0 (`yes`: x > 0)               {value:plural deal deals}   "2 deals"
{x:percent} {x:whole} {x:one} {x:money} {at:day}                                  how a number or a time is written
{value:rise grows shrinks} {value:size}    "shrinks", "8 %"                       {yes:than no}           "up from 3"
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from kg.errors import BadQuery

PLACE: Final = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
FORMATS: Final = ("percent", "whole", "one", "money", "day", "size", "list", "list yes", "list no")
FIGURES: Final = ("value", "count", "yes", "no")
LISTED: Final = 4

Row = Mapping[str, Any]


def check(template: str, columns: Sequence[str], place: str) -> None:
    """BadQuery when a template names a column or a form that is not there."""
    for name, form in PLACE.findall(template):
        if name not in columns and name not in FIGURES:
            raise BadQuery(f"{place}:1: {{{name}}} is neither a column of the RETURN nor one of {', '.join(FIGURES)}.")
        first, *rest = form.split(" ") if form else ("",)
        fits = len(rest) == 2 if first in ("plural", "rise") else first == "than" and rest in [[f] for f in FIGURES]
        if form and form not in FORMATS and not fits:
            forms = f"{', '.join(FORMATS)}, 'plural one many', 'rise up down' and 'than no'"
            raise BadQuery(f"{place}:1: {{{name}:{form}}}: the forms are {forms}.")


def fill(template: str, value: float | str | None, rows: Sequence[Row]) -> str:
    """The sentence for a value and its rows, first row first."""
    truths = [row for row in rows if holds(row)]
    figures: dict[str, Any] = {"value": value, "count": len(rows), "yes": len(truths), "no": len(rows) - len(truths)}

    def write(match: re.Match[str]) -> str:
        name, form = match[1], match[2] or ""
        if form.startswith("list"):
            chosen = rows if form == "list" else truths if form == "list yes" else [r for r in rows if r not in truths]
            return enumerate_words(list(dict.fromkeys(text(r.get(name)) for r in chosen if r.get(name) is not None)))
        found = figures[name] if name in figures else rows[0].get(name) if rows else None
        if form.startswith("than "):
            return compared(found, figures[form.partition(" ")[2]])
        return text(found, form)

    return PLACE.sub(write, template)


def holds(row: Row) -> bool:
    """Whether a row counts among `{yes}`: its x is a number above 0."""
    return isinstance(row.get("x"), int | float) and row["x"] > 0


def text(value: Any, form: str = "") -> str:
    """A value in words."""
    if value is None:
        return "not known"
    if isinstance(value, datetime | date):
        return f"{value.day} {value:%b %Y}"
    if form.startswith("plural"):
        _, one, many = form.split(" ")
        return f"{number(value)} {one if value == 1 else many}"
    if form.startswith("rise"):
        _, up, down = form.split(" ")
        return down if value < 0 else up
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if form in ("percent", "size"):
        return f"{(abs(value) if form == 'size' else value) * 100:.0f} %"
    if form in ("whole", "money"):
        return f"{value:,.0f}"
    return f"{value:.1f}" if form == "one" else number(value)


def compared(value: Any, before: float) -> str:
    """How a figure stands to an earlier one."""
    way = "up from" if value > before else "down from" if value < before else "as before:"
    return f"{way} {number(before)}"


def number(value: float) -> str:
    """A number without needless digits."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def enumerate_words(found: Sequence[str]) -> str:
    """`a, b and c`; `none` for nothing; no more than a few."""
    if not found:
        return "none"
    if len(found) > LISTED:
        return f"{', '.join(found[:LISTED])} and {len(found) - LISTED} more"
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
