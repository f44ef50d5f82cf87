"""Proposes a sources.toml for files that nobody has mapped: by the names of their columns and by what stands in them.

Every line says how sure it is and why, with the columns that were left; the text parses and stages as it is. What
nothing in the files decides (is 1/5/2025 a day of January or of May?) is written as a question that `check` asks.
"""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from kg.errors import SourceRefused
from resolution.database.connection import connect
from resolution.kinds import BY_NAME
from resolution.normalise.numbers import by_mark
from resolution.records import Field, Form
from resolution.sources.clock import example, known_from_creation, known_lines, time_of
from resolution.sources.files import Files
from resolution.sources.guess import Guess, guessed
from resolution.sources.left import event_lines, left_lines
from resolution.sources.links import link, person_column
from resolution.sources.meanings import Written, choice, stages, state, text
from resolution.sources.named import Named, find_named, named_sections
from resolution.sources.profile import Column, looks
from resolution.sources.reading.opened import settings_of
from resolution.sources.times import earlier
from resolution.sources.words import FIELD_WORDS


def suggest(files: Sequence[Path], source: str = "suggested") -> str:
    """A sources.toml for `files`, as text; each guess and its alternatives stand in comments.

    Raises:
        SourceRefused: a file cannot be read, or nothing in it resembles any kind of record.
    """
    guesses = []
    with tempfile.TemporaryDirectory(prefix="dealgraph-suggest-") as scratch, connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for path, opened, columns in looks(Files(connection, Path(scratch)), files):
            found_here = guessed(path, opened, columns)
            if found_here:
                _weigh_order(connection, found_here)
            guesses.append((path, found_here))
    found = [g for _, g in guesses if g is not None]
    if not found:
        raise SourceRefused(
            f"{', '.join(p.name for p in files)}: no column resembles an account, contact, lead, deal or anything "
            "else we stage"
        )
    link(found)
    named = find_named(found)
    lines = [
        f"# A proposal made from {', '.join(g.path.name for g in found)}; read each comment, then run: dealgraph "
        "sources check",
        "",
    ]
    lines += [f"# {p.name} is left out: its columns resemble no kind of record" for p, g in guesses if g is None]
    lines += [f"[source.{source}]", ""]
    for guess in found:
        lines += [*_section(source, guess, found, named), ""]
    for section in named_sections(source, named):
        lines += [*section, ""]
    return "\n".join(lines)


def _section(source: str, guess: Guess, guesses: list[Guess], named: Sequence[Named]) -> list[str]:
    kind = BY_NAME[guess.kind]
    several = sum(g.kind == guess.kind for g in guesses) > 1
    head = f"source.{source}.{guess.kind}"
    lines = [
        f"# {guess.path.name} looks like {guess.kind} records",
        f"[[{head}]]" if several else f"[{head}]",
        f"files = {text(str(guess.path))}",
    ]
    lines += settings_of(guess.opened)
    mark, why = _decimal(guess)
    if why:
        lines.append(f"decimal = {text(mark)}   # {why}" if mark != "." else f"# decimal: {why}")
    lines += known_lines(guess)
    if guess.key:
        others = [c.name for c in guess.columns if c.unique and c is not guess.key][:3]
        lines.append(
            f"id = {text(guess.key.name)}"
            + (
                f"   # sure: unique and filled; unique too: {', '.join(others)}"
                if others
                else "   # sure: unique and filled"
            )
        )
    own = {one.field: Written(f"{{ ref = {text(one.column.name)} }}", "each is a record of its own, see below")
           for one in named if one.guess is guess}  # fmt: skip
    for name, column in guess.fields.items():
        told = own.get(name) or _field(kind.by_name[name], column, guess, guesses)
        lines.append(f"{name} = {known_from_creation(told, name, guess)}")
    left = _left(guess)
    events = event_lines(guess, left, mark)
    given = {*guess.fields, *(other for one, other, _ in kind.implied if one in guess.fields)}
    for required in (f for f in kind.fields if f.required and f.name not in given):
        value = "task" if "task" in required.values else required.values[0]
        lines.append(
            f"{required.name} = {{ constant = {text(value)} }}   # no column says; one of {', '.join(required.values)}"
        )
    closed = guess.fields.get("closed_at")
    if closed and closed.word.startswith("won") and not {"stage", "state"} & set(guess.fields):
        lines.append(_won_line(closed))
    lines += events or left_lines(guess, left)
    lines += _participants(source, guess, guesses)
    return [re.sub(r"[\r\n\x00-\x08\x0b-\x1f\x7f]+", " ", line) for line in lines]


def _left(guess: Guess) -> list[Column]:
    """Columns that no line above reads."""
    currency = _currency(guess)
    used = [*guess.fields.values(), *(c for c in (guess.key, currency) if c)]
    clock = " ".join(known_lines(guess))
    return [c for c in guess.columns if c not in used and text(c.name) not in clock]


def _currency(guess: Guess) -> Column | None:
    """The column that says in which currency an amount is."""
    if "amount" not in guess.fields:
        return None
    codes = (c for c in guess.columns if c.values and all(re.fullmatch(r"[A-Z]{3}", v) for v in c.values))
    return next((c for c in codes if "currency" in c.word), None)


def _participants(source: str, guess: Guess, guesses: list[Guess]) -> list[str]:
    """People who took part in activities, where a column of the activities names them."""
    column = person_column(guess, guesses)
    if column is None or guess.key is None or any(g.kind == "participant" for g in guesses):
        return []
    return [
        "",
        f"# {guess.path.name} also tells who took part",
        f"[source.{source}.participant]",
        f"files = {text(str(guess.path))}",
        *settings_of(guess.opened),
        f"activity = {{ ref = {text(guess.key.name)} }}",
        f"contact = {_reference(BY_NAME['participant'].by_name['contact'], column, guesses)}",
        f'where = {{ {text(column.name)} = {{ not = [""] }} }}',
        *([f"known_at = {time_of(guess.fields['at'], guess)}"] if "at" in guess.fields else []),
    ]


def _won_line(closed: Column) -> str:
    """The state of deals whose file has a date of winning and no stage."""
    if not closed.blank:
        return f'state = {{ constant = "won" }}   # likely: every row has {closed.name}'
    return (
        f"# state: no column tells it; {100 * (1 - closed.blank):.0f} % have {closed.name}: take in those with where = "
        f'{{ {text(closed.name)} = {{ not = [""] }} }} and state = {{ constant = "won" }}'
    )


def _field(declared: Field, column: Column, guess: Guess, guesses: list[Guess]) -> Written:
    """What a field reads, and how sure that is."""
    name, shown = text(column.name), f"for example {example(column)}"
    match declared.form:
        case Form.REF:
            return _reference(declared, column, guesses)
        case Form.MOMENT | Form.DAY:
            other = column.word.replace("won", "lost")
            lost = next(
                (c for c in guess.columns if c.word == other and c is not column and c.time == column.time), None
            )
            if lost is None or declared.name != "closed_at":
                return time_of(column, guess)
            both = f"{{ column = [{name}, {text(lost.name)}], first = true"
            more = f", {column.time}" if column.time else ""
            return Written(f"{both}{more} }}", "likely: one of both is filled in a deal that has ended")
        case Form.CHOICE if declared.name == "state":
            return state(column)
        case Form.CHOICE:
            return choice(declared, column)
        case _ if declared.name == "stage" and "state" not in guess.fields:
            spec = f"{{ column = {name}, values = {stages(column)} }}"
            return Written(spec, "guess: by their words, in the usual order; check each")
        case Form.NUMBER | Form.INTEGER if bands := [v for v in column.shown if re.search(r"\d\s*[-–+]", v[1:])]:
            return Written(
                f'{{ column = {name}, band = "low" }}',
                f"{_sure(declared, column, guess)}: bands such as {bands[0]} count as their lower bound; "
                '"middle" is the geometric mean',
            )
        case _ if declared.name == "amount" and (currency := _currency(guess)):
            spec = f"{{ column = {name}, currency = {text(currency.name)} }}"
            return Written(spec, f"{_sure(declared, column, guess)}: {shown}")
        case _:
            return Written(name, f"{_sure(declared, column, guess)}: {shown}")


def _sure(declared: Field, column: Column, guess: Guess) -> str:
    """How sure a guess is: by how telling the column's name is, and how many rows it fills."""
    words = FIELD_WORDS[guess.kind][declared.name]
    telling = column.word in words[:2] and column.word not in ("name", "type", "title", "value", "source", "number")
    level = "sure" if telling and column.blank < 0.5 else "likely" if column.blank < 0.9 else "guess"
    return f"{level}, {100 * (1 - column.blank):.0f} % filled"


def _weigh_order(connection: duckdb.DuckDBPyConnection, found: Guess) -> None:
    """Counts the deals that would close before they open, where day and month are open."""
    start, end = found.fields.get("opened_at"), found.fields.get("closed_at")
    if not start or not end or not start.times or not end.times or not end.times.either:
        return
    for form in end.times.either:
        begins = next((f for f in start.times.either if f.split(" ")[0] == form.split(" ")[0]), None)
        if begins:
            wrong, total = earlier(connection, "sample_rows", start.name, end.name, begins, form)
            found.order[form] = f"as {form} {wrong} of {total} rows close before they open"


def _decimal(guess: Guess) -> tuple[str, str]:
    """The decimal mark of a file's numbers, and the evidence: values that can be read in one way only."""
    kind = BY_NAME[guess.kind]
    columns = [c for f, c in guess.fields.items() if kind.by_name[f].form in (Form.NUMBER, Form.INTEGER)]
    sure: dict[str, list[str]] = {".": [], ",": []}
    either: list[str] = []
    for value in (v for c in columns for v in sorted(c.values)):
        found = re.search(r"\d[\d.,' ]*", value)
        if not found:
            continue
        digits = found[0].strip()
        point, comma = by_mark(digits, "."), by_mark(digits, ",")
        if point is not None and comma is None:
            sure["."].append(value)
        elif comma is not None and point is None:
            sure[","].append(value)
        elif point != comma:
            either.append(value)
    if sure[","] and not sure["."]:
        return ",", f"sure: {len(sure[','])} values have no other reading, such as {sure[','][0]}"
    if sure[","]:
        more, less = sorted(sure, key=lambda m: -len(sure[m]))
        return more, (
            f"likely: {len(sure[more])} values have no other reading than with {more!r}, such as {sure[more][0]}; "
            f"{len(sure[less])} than with {less!r}, such as {sure[less][0]}; what could be both is rejected"
        )
    dotted = [v for v in either if "." in v]
    if dotted and not sure["."] and len(dotted) == len(either):
        return ",", f"likely: all points have three digits behind them, as in {dotted[0]}, so they part thousands"
    return ".", ""


def _reference(declared: Field, column: Column, guesses: list[Guess]) -> Written:
    """A reference by id where the values are ids of another file, by name or e-mail where they are those."""
    for other in (g for g in guesses if g.kind in declared.refers):
        tried = [("", other.key)] + [(by, other.fields.get(by)) for by in ("name", "email")]
        for by, target in tried:
            if target and len(column.values & target.values) >= 0.5 * max(1, len(column.values)):
                more = f', by = "{by}"' if by else ""
                held = f"{_hit(column, target)} of {other.path.name}, {target.name}"
                return Written(f"{{ ref = {text(column.name)}{more} }}", held)
    note = f'no file here holds these ids: put its source before a colon, as in "crm:{column.name}"'
    return Written(f"{{ ref = {text(column.name)} }}", note)


def _hit(column: Column, target: Column) -> str:
    both = len(column.values & target.values)
    level = "sure" if both == len(column.values) else "likely"
    return f"{level}: {both} of {len(column.values)} values are values"
