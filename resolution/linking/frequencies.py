"""How often chance alone gives two entities the same value, told from how often entities hold it."""

import duckdb

from resolution.database.components import write_components
from resolution.linking.model import Model, frequency_columns
from resolution.matchers.terms import Matcher

MIN_TURING = 20
TURING_FLOOR = 0.2
"""Good-Turing needs this many values of a count to speak, and never says less than this many occurrences."""


def provisional(con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str], table: str) -> None:
    """Make `provisional_<kind>` (unique_id, entity): records that share the values of a `sure` rule are one.

    Frequencies are counted over these, not over records: ten records of one person must not make
    their name look common.
    """
    ties = [
        f"SELECT min(unique_id) OVER (PARTITION BY {', '.join(columns)}) AS a, unique_id AS b FROM {table} WHERE "
        + " AND ".join(f"{c} IS NOT NULL" for c in columns)
        for columns in matcher.sure
        if set(columns) <= filled
    ]
    nothing = "SELECT NULL::VARCHAR AS a, NULL::VARCHAR AS b"
    write_components(con, f"SELECT a, b FROM ({' UNION ALL '.join(ties) or nothing}) WHERE a <> b", "sure_entity")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE provisional_{matcher.kind} AS "
        "SELECT unique_id, coalesce(component, -row_number() OVER ()) AS entity "
        f"FROM {table} LEFT JOIN sure_entity ON key = unique_id"
    )


def frequency_table(con: duckdb.DuckDBPyConnection, kind: str, values: str, column: str, used: float | None) -> None:
    """Make `frequency_<kind>_<column>` (value, share of provisional entities that hold it), smoothed (Good-Turing).

    `values` is a table of the records' values and their `entity`. With `used`, the u probability that Splink compares
    with, shares are scaled so that their mean stands for it.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE held AS SELECT {column} AS v, greatest(count(DISTINCT entity) - 1, 1) AS n "
        f"FROM {values} WHERE {column} IS NOT NULL GROUP BY v"
    )
    entities = con.execute(f"SELECT count(DISTINCT entity) FROM {values} WHERE {column} IS NOT NULL").fetchall()[0][0]
    counts = dict(con.execute("SELECT n, count(*) FROM held WHERE n <= 8 GROUP BY n").fetchall())
    smoothed: dict[int, float] = {}
    last = 0.0
    for n in range(1, 8):
        good = n == 1 or smoothed.get(n - 1, n) < n - 1
        turing = (n + 1) * counts.get(n + 1, 0) / counts[n] if counts.get(n, 0) >= MIN_TURING and good else float(n)
        last = smoothed[n] = min(float(n), max(turing, last, TURING_FLOOR))
    whens = " ".join(f"WHEN {n} THEN {value!r}" for n, value in smoothed.items())
    total = max(int(entities), 1)
    con.execute(
        f"CREATE OR REPLACE TABLE frequency_{kind}_{column} AS SELECT v AS {column}, (CASE n {whens} ELSE n END) / "
        f"{total} AS tf_{column} FROM held"
    )
    if used is not None:
        mean = con.execute(
            f"SELECT coalesce(sum(tf_{column} * tf_{column} ORDER BY tf_{column}), 0) FROM frequency_{kind}_{column}"
        ).fetchall()[0][0]
        if mean:
            con.execute(f"UPDATE frequency_{kind}_{column} SET tf_{column} = tf_{column} * {used / float(mean)!r}")


def count_frequencies(con: duckdb.DuckDBPyConnection, model: Model, table: str) -> None:
    """How often chance alone gives two entities a value: Good-Turing over provisional entities, without the pair.

    Splink counts records, so twins make rare values look common. A level that is not the plain equality of its column
    is scaled so that Splink's adjustment becomes log2(mean frequency / frequency), on top of the level's own weight.
    `rarest_<kind>` (name of a column, tf) is what a value counts that nobody held.
    """
    columns = frequency_columns(model)
    if not columns:
        return
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE holding AS SELECT entity, {', '.join(columns)} "
        f"FROM {table} JOIN provisional_{model.kind} USING (unique_id)"
    )
    seen: set[str] = set()
    for comparison, trained in zip(model.comparisons, model.settings["comparisons"], strict=True):
        learned = [level for level in trained["comparison_levels"] if not level.get("is_null_level")]
        plain = {
            level.sql: float(entry["u_probability"])
            for level, entry in zip(comparison.levels, learned[:-1], strict=True)
        }
        for number, level in enumerate(comparison.levels):
            column = level.tf
            if column is None or column in seen:
                continue
            seen.add(column)
            used = plain.get(f"{column}_l = {column}_r", plain[level.sql])
            frequency_table(
                con,
                model.kind,
                "holding",
                column,
                None if number == 0 and level.sql == f"{column}_l = {column}_r" else used,
            )
    con.execute("DROP TABLE holding; DROP TABLE held")
    least = (f"SELECT '{c}' AS name, min(tf_{c}) AS tf FROM frequency_{model.kind}_{c}" for c in columns)
    con.execute(f"CREATE OR REPLACE TABLE rarest_{model.kind} AS {' UNION ALL '.join(least)}")
