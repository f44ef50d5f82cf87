"""Puts rows into the raw table of a source, in batches: `__n` (order), `__place` (file:line), the columns as text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from resolution.sources.reading.footers import Row
from resolution.sources.reading.opened import Opened

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows go: the raw table (quoted), the same with the columns that are filled, and its last row so far."""

    table: str
    target: str
    start: int


def append(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    opened: Opened,
    columns: Sequence[str],
    rows: Iterable[Row],
    broken: list[tuple[str, str, str]],
) -> None:
    """Appends the `columns` of the rows; broken ones go to `broken` as (place, text, reason)."""
    at = [opened.columns.index(c) for c in columns]
    number, batch, lines = place.start, [], []
    for row in rows:
        if row.why:
            broken.append((f"{opened.name}:{row.line}", row.text.strip()[:200], row.why))
            continue
        batch.append([row.cells[i] for i in at])
        lines.append(row.line)
        if len(batch) == BATCH:
            number = _insert(connection, place.target, opened.name, number, batch, lines)
            batch, lines = [], []
    if batch:
        _insert(connection, place.target, opened.name, number, batch, lines)


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, name: str, number: int, batch: list[list[str]], lines: list[int]
) -> int:
    size = len(batch)
    columns = {f"c{i}": pa.array(values, pa.string()) for i, values in enumerate(zip(*batch, strict=True))}
    rows = pa.table({"n": pa.array(range(number + 1, number + size + 1), pa.int64()), "l": pa.array(lines, pa.int64()),
                     **columns})  # fmt: skip
    connection.register("rows_read", rows)
    select = "".join(f", {c}" for c in columns)
    connection.execute(f"INSERT INTO {table} SELECT n, $f || ':' || l{select} FROM rows_read", {"f": name})
    connection.unregister("rows_read")
    return number + size
