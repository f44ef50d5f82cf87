"""`dealgraph resolve ask`: the pairs of a file that a person should judge first, side by side, as a CSV to fill in."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution.clustering.group import founders
from resolution.database.connection import quoted, rows_in
from resolution.database.rows import row_key_sql
from resolution.fit.beliefs import compared_in
from resolution.fit.questions import Question, choose
from resolution.fit.settings import Settings
from resolution.linking.model import added_sql
from resolution.matchers.terms import Matcher
from resolution.standalone.answers import NOTHING, read_answers
from resolution.standalone.evaluate import LinkedPart, Tell, linked_parts
from resolution.standalone.parts import opened

LEAST_SAID = 0.5
"""What adds less to a weight (bits, either way) is not told."""


def ask(
    records: Path,
    kind: str,
    fit: bool,
    out: Path,
    *,
    settings: Settings | None = None,
    answers: Path | None = None,
    number: int = 10,
    tell: Tell = lambda _: None,
) -> dict[str, int]:
    """Write the pairs whose answers would change most, the most telling first; how many pairs and records there are.

    Columns: record_id_a, record_id_b, same (empty: yes or no goes there), why, and a_<column>, b_<column> of the file.
    Pairs of `answers` are not asked again, and what they say counts already.

    Raises InputError for an unknown kind, a number below 1, or answers that cannot be read.
    """
    if number < 1:
        raise InputError(f"{number} questions cannot be asked: ask for 1 or more")
    said: list[str] = []
    with opened(records, kind, said) as (con, columns):
        told = read_answers(con, answers) if answers else NOTHING
        fitted = fit or settings is not None
        found: list[tuple[Question, str]] = []
        for linked in linked_parts(con, columns, kind, fit=fitted, settings=settings, answers=told):
            found += _questions(con, linked, number)
        for sentence in said:
            tell(sentence)
        found.sort(key=lambda item: (-item[0].worth, item[0].a, item[0].b))
        _write(con, out, columns, found[:number])
        return {"records": rows_in(con, "FROM file"), "questions": len(found[:number])}


def _questions(con: duckdb.DuckDBPyConnection, linked: LinkedPart, number: int) -> list[tuple[Question, str]]:
    """The questions of a part, each with what speaks for and against."""
    matcher = linked.matcher
    entity = founders(con, matcher, linked.answers.apart, linked.answers.together)
    asked = choose(con, matcher, entity, number, frozenset(linked.answers.said))
    return [(q, _why(con, matcher, q, together=entity[q.a] == entity[q.b])) for q in asked]


def _why(con: duckdb.DuckDBPyConnection, matcher: Matcher, question: Question, *, together: bool) -> str:
    """Whether the pair is one entity at present, and the comparisons that speak for and against it, strongest first."""
    pairs = f"pairs_{matcher.kind}"
    names = {str(row[0]) for row in con.execute(f"DESCRIBE {pairs}").fetchall()}
    used = compared_in(con, matcher)
    parts = [added_sql(c, names) for c in used]
    row = con.execute(
        f"SELECT {', '.join(f'level_{c}' for c in used)}, {', '.join(parts)} FROM {pairs} WHERE l = ? AND r = ?",
        [question.a, question.b],
    ).fetchall()[0]
    about = {c.name: c.about.split(";")[0].strip().rstrip(".") for c in matcher.comparisons}
    said = sorted(
        ((float(w), f"{about[c]}: {level}") for c, level, w in zip(used, row, row[len(used) :], strict=False)),
        key=lambda item: (-abs(item[0]), item[1]),
    )
    for_it = "; ".join(text for weight, text in said if weight >= LEAST_SAID) or "nothing"
    against = "; ".join(text for weight, text in said if weight <= -LEAST_SAID) or "nothing"
    state = "one entity at present" if together else "two entities at present"
    return f"For: {for_it}. Against: {against}. Match weight {question.weight:+.1f}, {state}."


def _write(
    con: duckdb.DuckDBPyConnection, out: Path, columns: Sequence[str], found: Sequence[tuple[Question, str]]
) -> None:
    rest = [c for c in columns if c != "record_id"]
    rows = _rows(con, columns, sorted({key for q, _ in found for key in (q.a, q.b)}))
    with out.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        sides = [f"{end}_{c}" for c in rest for end in "ab"]
        writer.writerow(("record_id_a", "record_id_b", "same", "why", *sides))
        for question, why in found:
            a, b = rows[question.a], rows[question.b]
            values = [row[c] for c in rest for row in (a, b)]
            writer.writerow((a["record_id"], b["record_id"], "", why, *values))


def _rows(con: duckdb.DuckDBPyConnection, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Mapping[str, str]]:
    got = con.execute(
        f"SELECT {row_key_sql()} AS uid, {', '.join(map(quoted, columns))} FROM file "
        "WHERE list_contains(?, uid) ORDER BY row_no",
        [list(keys)],
    ).fetchall()
    return {str(row[0]): {c: value or "" for c, value in zip(columns, row[1:], strict=True)} for row in got}
