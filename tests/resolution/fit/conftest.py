"""What the tests of fitting share."""

from collections.abc import Iterator

import duckdb
import pytest

from resolution.normalise import macros


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that knows the macros of normal forms."""
    con = duckdb.connect()
    macros.install(con)
    yield con
    con.close()
