"""The data contract of each kind, with pandera: what a staged frame must hold, and a sentence for each way to break it.

Conversion is over when a contract looks at a row: it judges typed values, in chunks, so memory stays bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from resolution.database.connection import quoted
from resolution.records import Form, Kind

LATEST = "__latest"


@dataclass(frozen=True, slots=True)
class Breach:
    """One row that breaks the contract: its number, the field, the value as text, the reason."""

    n: int
    field: str
    value: str | None
    reason: str


def contract(kind: Kind, now: datetime) -> pa.DataFrameSchema:
    """What every staged row of `kind` must meet at the moment of ingest `now` (naive UTC)."""
    not_later = pa.Check(lambda known: known <= now, name="not later than the ingest", element_wise=False)
    columns: dict[str, pa.Column] = {
        "record_id": pa.Column(nullable=False, required=True),
        LATEST: pa.Column(nullable=True, required=True, checks=[not_later]),
    }
    for f in kind.fields:
        checks = []
        if f.values:
            checks.append(pa.Check.isin(list(f.values)))
        if f.low is not None:
            checks.append(pa.Check.ge(f.low))
        if f.high is not None:
            checks.append(pa.Check.le(f.high))
        if checks or f.required:
            columns[f.name] = pa.Column(nullable=not f.required, required=True, checks=checks)
    return pa.DataFrameSchema(columns, name=f"staged {kind.name}", strict=False, coerce=False)


def breaches(
    connection: duckdb.DuckDBPyConnection, table: str, kind: Kind, now: datetime, chunk: int
) -> Iterator[Breach]:
    """Every breach of the rows of `table` that are neither left out nor rejected yet, in order."""
    schema = contract(kind, now)
    latest = ", ".join(quoted(f"{f.name}__known") for f in kind.fields)
    checked = [c for c in schema.columns if c != LATEST]
    cursor = connection.cursor()
    cursor.execute(
        f"SELECT __n, greatest({latest}) AS {LATEST}, {', '.join(quoted(c) for c in checked)} FROM {quoted(table)} "
        "WHERE left_out IS NULL AND reject_reason IS NULL ORDER BY __n"
    )
    size = max(1, chunk // 2048)
    while len(frame := cursor.fetch_df_chunk(size)):
        yield from _breaches_in(schema, kind, frame.set_index("__n"), now)


def _breaches_in(schema: pa.DataFrameSchema, kind: Kind, frame: pd.DataFrame, now: datetime) -> Iterator[Breach]:
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        order = {name: i for i, name in enumerate(schema.columns)}
        cases = error.failure_cases[error.failure_cases["index"].notna()]
        found = [
            ((int(n), order[str(column)]), _breach(kind, int(n), str(column), str(check), value, now))
            for column, check, value, n in zip(
                cases["column"], cases["check"], cases["failure_case"], cases["index"], strict=True
            )
        ]
        if not found:
            raise
        yield from (breach for _, breach in sorted(found, key=lambda pair: pair[0]))


def _breach(kind: Kind, n: int, column: str, check: str, value: Any, now: datetime) -> Breach:
    blank = value is None or value != value
    text = None if blank else str(value)
    if column == LATEST:
        return Breach(
            n,
            "known_at",
            text,
            f"is later than the moment of ingest, {now:%Y-%m-%d %H:%M} UTC: correct the stamp or its time zone",
        )
    if column == "record_id":
        return Breach(n, "id", None, f"is blank: a {kind.name} needs its id")
    declared = kind.by_name[column]
    if blank or check == "not_nullable":
        return Breach(n, column, None, f"is blank: a {kind.name} needs it")
    if declared.form is Form.CHOICE:
        return Breach(n, column, text, f"is none of {', '.join(declared.values)}: add it to values")
    low = "" if declared.low is None else f" {declared.low:g} or more"
    high = "" if declared.high is None else f" {declared.high:g} or less"
    return Breach(n, column, text, f"is out of bounds: it must be{low}{' and' if low and high else ''}{high}")
