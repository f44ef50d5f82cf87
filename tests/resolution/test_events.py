"""What became of identities, as literal tables of who belonged where before and after."""

from datetime import datetime

import duckdb
import pytest

from resolution.events import changes, open_events, read_events, write_events

CHANGES = [
    ("nothing", {"r1": "A", "r2": "A"}, {"r1": "A", "r2": "A"}, []),
    ("a new record joins", {"r1": "A"}, {"r1": "A", "r2": "A"}, []),
    ("a new entity", {"r1": "A"}, {"r1": "A", "r2": "B"}, [("CREATED", ("B",), ())]),
    ("a merge", {"r1": "A", "r2": "B"}, {"r1": "A", "r2": "A"}, [("MERGED", ("A", "B"), ("r2",))]),
    (
        "three become one", {"r1": "A", "r2": "B", "r3": "C"}, {"r1": "A", "r2": "A", "r3": "A"},
        [("MERGED", ("A", "B", "C"), ("r2", "r3"))],
    ),
    (
        "a split", {"r1": "A", "r2": "A", "r3": "A"}, {"r1": "A", "r2": "A", "r3": "B"},
        [("SPLIT", ("A", "B"), ("r3",))],
    ),
    (
        "a record moves", {"r1": "A", "r2": "A", "r3": "B"}, {"r1": "A", "r2": "B", "r3": "B"},
        [("MOVED", ("A", "B"), ("r2",))],
    ),
    ("a record is gone", {"r1": "A", "r2": "B"}, {"r1": "A"}, [("RETIRED", ("B",), ("r2",))]),
    (
        "one falls apart among others", {"r1": "A", "r2": "B", "r3": "B", "r4": "C"},
        {"r1": "A", "r2": "A", "r3": "C", "r4": "C"}, [("SPLIT", ("B", "A", "C"), ("r2", "r3"))],
    ),
    ("a record leaves the sources, its entity stays", {"r1": "A", "r2": "A"}, {"r1": "A"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("about", "before", "after", "wanted"), CHANGES, ids=[c[0] for c in CHANGES])
def test_changes(about: str, before: dict[str, str], after: dict[str, str], wanted: list[object]) -> None:
    assert [(e.event, e.entities, e.records) for e in changes(before, after)] == wanted, about


RUNS = [
    # who belongs where after each run, the events it tells, and where lost ids lead then
    ({"r1": "A", "r2": "A", "r3": "B"}, [(1, "CREATED", ["A", "B"], [])], {}),
    ({"r1": "A", "r2": "A", "r3": "B"}, [], {}),
    ({"r1": "A", "r2": "A", "r3": "A"}, [(2, "MERGED", ["A", "B"], ["r3"])], {"B": "A"}),
    ({"r1": "A", "r2": "A", "r3": "A", "r4": "C"}, [(3, "CREATED", ["C"], [])], {"B": "A"}),
    (
        {"r1": "C", "r2": "C", "r3": "C", "r4": "C"},
        [(4, "MERGED", ["C", "A"], ["r1", "r2", "r3"])],
        {"A": "C", "B": "C"},
    ),
    # unmerged: the id that was lost lives again, and leads nowhere
    (
        {"r1": "A", "r2": "A", "r3": "B", "r4": "C"},
        [(5, "SPLIT", ["C", "A", "B"], ["r1", "r2", "r3"])],
        {},
    ),
    ({"r4": "C"}, [(6, "RETIRED", ["A"], ["r1", "r2"]), (7, "RETIRED", ["B"], ["r3"])], {}),
]


def test_a_history_of_runs() -> None:
    con = duckdb.connect()
    open_events(con)
    before: dict[str, dict[str, str]] = {}
    told = 0
    for day, (after, wanted, leads) in enumerate(RUNS, 1):
        con.execute("CREATE OR REPLACE TABLE resolved_key (kind VARCHAR, key VARCHAR, entity_id VARCHAR)")
        con.executemany("INSERT INTO resolved_key VALUES ('account', ?, ?)", [list(pair) for pair in after.items()])
        write_events(con, before, datetime(2024, 1, day))
        found = read_events(con, told)
        assert [(e["sequence"], e["event"], e["entities"], e["records"]) for e in found] == wanted
        assert {e["happened"] for e in found} <= {datetime(2024, 1, day)}
        assert dict(con.execute("SELECT old_id, entity_id FROM redirects").fetchall()) == leads
        before, told = {"account": after}, told + len(wanted)
