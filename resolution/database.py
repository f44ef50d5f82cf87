"""How this room opens DuckDB: in UTC, and without DuckDB's own progress bars between ours."""

from pathlib import Path

import duckdb


def connect(path: Path | str = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to a file, or to memory; `duckdb.IOException` where another process holds the file."""
    con = duckdb.connect(str(path), read_only=read_only)
    con.execute("SET enable_progress_bar = false")
    con.execute("SET TimeZone = 'UTC'")
    return con
