"""A few rows of a large table, found by an index: DuckDB asks one for values written out, and scans for a join."""

import duckdb

from resolution.database.connection import text_sql

FEW = 2_000
"""DuckDB asks an index for no more values than this at a time."""
MANY = 20_000
"""From so many values on, to read the column once is faster."""


def among(con: duckdb.DuckDBPyConnection, column: str, wanted: str) -> str:
    """SQL: whether a column holds one of the values that the SELECT `wanted` gives; FEW are written out."""
    values = _values(con, wanted, FEW)
    if values is None:
        return f"{column} IN ({wanted})"
    return f"{column} IN ({', '.join(values)})" if values else "false"


def picked(con: duckdb.DuckDBPyConnection, table: str, column: str, wanted: str) -> str:
    """SELECT the rows of a table whose column holds one of the values that the SELECT `wanted` gives."""
    values = _values(con, wanted, MANY)
    if values is None:
        return f"FROM {table} WHERE {column} IN ({wanted})"
    chunks = [values[begin : begin + FEW] for begin in range(0, len(values), FEW)]
    some = [f"FROM {table} WHERE {column} IN ({', '.join(chunk)})" for chunk in chunks]
    return " UNION ALL ".join(some) or f"FROM {table} WHERE false"


def _values(con: duckdb.DuckDBPyConnection, wanted: str, most: int) -> list[str] | None:
    """The distinct values as SQL; None where there are more."""
    rows = con.execute(f"SELECT DISTINCT * FROM ({wanted}) LIMIT {most + 1}").fetchall()
    return None if len(rows) > most else [text_sql(str(value)) for (value,) in rows]
