"""What Spark's tasks do with the rows they are given: the matcher's own SQL, by DuckDB, one batch of rows at a time.

Every function takes Arrow batches and yields Arrow batches, as `DataFrame.mapInArrow` wants it; nothing here knows
Spark, so each also runs on an empty batch to tell the columns that it makes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import duckdb
import pyarrow as pa

from kg.errors import ConfigurationError
from resolution.clustering.cluster import Pair
from resolution.clustering.group import NEVER
from resolution.clustering.linkage import average_linkage
from resolution.database.connection import connect
from resolution.linking.blocking import write_keys
from resolution.linking.decision import decide
from resolution.linking.link import prepare
from resolution.linking.linker import score
from resolution.linking.model import Model
from resolution.matchers.terms import Matcher
from resolution.normalise import macros
from resolution.standalone.read import read_input

TASK_MEMORY = "1GB"
"""What DuckDB may take in one task: a batch needs far less, and a node that runs several must not be killed."""

Batches = Iterable[pa.RecordBatch]
Made = Iterator[pa.RecordBatch]
Task = Callable[[Batches], Made]

KEY = "(key::HUGEINT - 9223372036854775808)::BIGINT"
"""DuckDB's hashes have no sign and Spark's numbers have one: the same order, shifted."""


@dataclass(frozen=True, slots=True)
class Judge:
    """All that decides about a pair: the matcher, the trained model, and the tables that it learned, by name."""

    matcher: Matcher
    model: Model
    tables: Mapping[str, pa.Table]


@lru_cache(maxsize=1)
def _connection() -> duckdb.DuckDBPyConnection:
    """One DuckDB for all tasks of a Python worker, which Spark gives one core."""
    con = connect()
    con.execute(f"SET threads = 1; SET memory_limit = '{TASK_MEMORY}'")
    macros.install(con)
    return con


def _made(con: duckdb.DuckDBPyConnection, sql: str) -> Made:
    table = con.sql(sql).to_arrow_table()
    yield from table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]


def _take(con: duckdb.DuckDBPyConnection, batch: pa.RecordBatch, table: str, select: str = "*") -> None:
    con.register("batch", pa.Table.from_batches([batch]))
    con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {select} FROM batch")
    con.unregister("batch")


def texts(columns: Sequence[str], nulls: Sequence[str]) -> str:
    """SQL for columns as text under their names; those in `nulls` mean nothing."""
    value = '"{0}"::VARCHAR'
    if nulls:
        value = f"CASE WHEN {value} NOT IN ({', '.join(repr(text) for text in nulls)}) THEN {value} END"
    return ", ".join(f'{value} AS "{{0}}"'.format(column) for column in columns)


def read_rows(columns: Sequence[str], kind: str, where: str, nulls: Sequence[str]) -> Task:
    """Rows of a file (row_no, then its columns under these names) → `input_<kind>`; texts in `nulls` mean nothing."""
    known = texts(columns, nulls)

    def task(batches: Batches) -> Made:
        con = _connection()
        for batch in batches:
            _take(con, batch, "file", f"row_no, {known}")
            read_input(con, "file", list(columns), kind, where=where, whole=False)
            yield from _made(con, f"FROM input_{kind}")

    return task


def _learned(con: duckdb.DuckDBPyConnection, known: Judge) -> None:
    for name, table in known.tables.items():
        con.register(name, table)


def prepared(judge: Callable[[], Judge]) -> Task:
    """`input_<kind>` → `prepared_<kind>`."""

    def task(batches: Batches) -> Made:
        con, known = _connection(), judge()
        kind = known.matcher.kind
        _learned(con, known)
        for batch in batches:
            _take(con, batch, f"input_{kind}")
            prepare(con, known.matcher)
            yield from _made(con, f"FROM prepared_{kind}")

    return task


def keys(matcher: Matcher, filled: frozenset[str]) -> Task:
    """`prepared_<kind>` → blocking keys: unique_id, block, key. Another DuckDB may hash otherwise, and is refused."""
    version = duckdb.__version__

    def task(batches: Batches) -> Made:
        if duckdb.__version__ != version:
            raise ConfigurationError(f"this node has DuckDB {duckdb.__version__} and the driver has {version}")
        con = _connection()
        for batch in batches:
            _take(con, batch, f"prepared_{matcher.kind}")
            write_keys(con, matcher, filled, f"prepared_{matcher.kind}", "keys")
            yield from _made(con, f"SELECT unique_id, block::SMALLINT AS block, {KEY} AS key FROM keys")

    return task


def scored(judge: Callable[[], Judge]) -> Task:
    """Candidate pairs with both records (l, r, block, left, right) → l, r, match_weight, block, veto, accepted.

    A pair too unlikely to be kept has no weight, and comes out all the same: it was compared.
    """

    def task(batches: Batches) -> Made:
        con, known = _connection(), judge()
        kind = known.matcher.kind
        _learned(con, known)
        for batch in batches:
            _take(con, batch, "compared")
            con.execute(
                f"""CREATE OR REPLACE TABLE candidates_{kind} AS
                SELECT l AS join_key_l, r AS join_key_r, block AS match_key FROM compared;
                CREATE OR REPLACE TABLE prepared_{kind} AS SELECT DISTINCT ON (unique_id) * FROM (
                    SELECT "left".* FROM compared UNION ALL SELECT "right".* FROM compared)"""
            )
            score(con, known.model, f"prepared_{kind}", f"candidates_{kind}", f"pairs_{kind}")
            decide(con, known.matcher, known.model.filled, f"pairs_{kind}", f"prepared_{kind}")
            yield from _made(
                con,
                "SELECT join_key_l AS l, join_key_r AS r, match_weight, match_key AS block, veto, "
                f"coalesce(accepted, false) AS accepted FROM candidates_{kind} c "
                f"LEFT JOIN pairs_{kind} p ON p.l = join_key_l AND p.r = join_key_r",
            )

    return task


def split(matcher: Matcher) -> Callable[[pa.Table], pa.Table]:
    """The compared pairs inside one component (l, r, match_weight, veto) → its records (uid) and their entities.

    An entity is named by its smallest record.
    """

    def task(pairs: pa.Table) -> pa.Table:
        weights: dict[Pair, float] = {}
        forbidden: set[Pair] = set()
        columns = (pairs.column(name).to_pylist() for name in ("l", "r", "match_weight", "veto"))
        for l, r, weight, veto in zip(*columns, strict=True):  # noqa: E741
            weights[(l, r)] = NEVER if weight is None else max(NEVER, weight)
            if veto is not None:
                forbidden.add((l, r))
        parts = average_linkage(
            sorted({key for pair in weights for key in pair}),
            weights,
            threshold=matcher.threshold,
            missing=matcher.missing_pair,
            apart=frozenset(forbidden),
        )
        told = [(key, part[0]) for part in parts for key in part]
        return pa.table({"uid": [key for key, _ in told], "entity": [entity for _, entity in told]})

    return task
