"""A process that takes in one change after the other, for a test that kills it: python -m … STORE FIRST."""

import sys
from pathlib import Path

import duckdb

from resolution.identity import store, update
from resolution.linking.model import Model
from resolution.matchers import CONTACT
from tests.benchmarks import bench_resolution

RECORDS, CHANGES, EACH = 300, 8, 12
NOW = bench_resolution.START


def change(con: duckdb.DuckDBPyConnection, model: Model, number: int) -> None:
    """Twelve new records arrive and two old ones go."""
    rows = bench_resolution.people(RECORDS + CHANGES * EACH)
    begin = RECORDS + number * EACH
    bench_resolution.fill(con, rows[begin : begin + EACH])
    update.update(con, CONTACT, model, NOW, gone=[rows[2 * number][0], rows[2 * number + 1][0]])


def main() -> None:
    """Print the number of each change when it is done."""
    con = store.attach(Path(sys.argv[1]))
    model = store.kept_model(con, CONTACT)
    print("ready", flush=True)
    for number in range(int(sys.argv[2]), CHANGES):
        change(con, model, number)
        print(number, flush=True)


if __name__ == "__main__":
    main()
