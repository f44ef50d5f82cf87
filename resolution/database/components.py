"""Connected components of links that lie in a table: compact numbers instead of texts, for files of any size."""

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from resolution.database.connection import rows_in


def write_components(con: duckdb.DuckDBPyConnection, links: str, into: str) -> None:
    """Make `into` (key, component): what the pairs of `links` (a SELECT of a and b) tie together has one number."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE tie AS {links};
        CREATE OR REPLACE TEMP TABLE tied_key AS SELECT key, (row_number() OVER (ORDER BY key) - 1)::INTEGER AS n
            FROM (SELECT a AS key FROM tie UNION SELECT b FROM tie)"""
    )
    ends = con.execute(
        "SELECT x.n AS a, y.n AS b FROM tie JOIN tied_key x ON x.key = a JOIN tied_key y ON y.key = b"
    ).fetchnumpy()
    size = rows_in(con, "FROM tied_key")
    graph = coo_array((np.ones(len(ends["a"]), dtype=np.bool_), (ends["a"], ends["b"])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1] if size else np.zeros(0, dtype=np.int32)
    con.register("parted", pa.table({"n": np.arange(size, dtype=np.int32), "component": labels.astype(np.int32)}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT key, component FROM tied_key JOIN parted USING (n)")
    con.unregister("parted")
    con.execute("DROP TABLE tie; DROP TABLE tied_key")
