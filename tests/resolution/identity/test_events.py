"""What became of identities, as literal tables of who belonged where before and after."""

from collections import defaultdict
from datetime import datetime

import pytest

from resolution.clustering.cluster import Cluster, Member
from resolution.identity import membership, store
from resolution.identity.events import changes, read_events
from resolution.identity.ids import entity_id

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


FOUNDERS = {"A": "r1", "B": "r3", "C": "r4"}
"""Letter of an entity → the record that founds it."""
FIRST = {"r1": "A", "r2": "A", "r3": "B"}
JOINED = {"r1": "A", "r2": "A", "r3": "A"}
LATER = {"r4": "C", "r5": "C", "r6": "C", "r7": "C"}
RUNS: list[tuple[dict[str, str], list[tuple[int, str, list[str], list[str]]], dict[str, str]]] = [
    # who belongs where after each run, the events it tells, and where lost ids lead then
    (FIRST, [(1, "CREATED", ["B", "A"], [])], {}),  # in the order of their ids
    (FIRST, [], {}),
    (JOINED, [(2, "MERGED", ["A", "B"], ["r3"])], {"B": "A"}),
    (JOINED | LATER, [(3, "CREATED", ["C"], [])], {"B": "A"}),
    (
        dict.fromkeys(JOINED | LATER, "C"),
        [(4, "MERGED", ["C", "A"], ["r1", "r2", "r3"])],
        {"A": "C", "B": "C"},
    ),
    # taken back: the id that was lost lives again and leads nowhere, and the one before it leads where it led
    (JOINED | LATER, [(5, "SPLIT", ["C", "A"], ["r1", "r2", "r3"])], {"B": "A"}),
    (FIRST | LATER, [(6, "SPLIT", ["A", "B"], ["r3"])], {}),
    (LATER, [(7, "RETIRED", ["B"], ["r3"]), (8, "RETIRED", ["A"], ["r1", "r2"])], {}),
]


def test_a_history_of_runs() -> None:
    con = store.attach(None)
    key = {record: f"account|s:{record}" for record in JOINED | LATER}
    letter = {entity_id("account", key[record]): name for name, record in FOUNDERS.items()}
    told = 0
    for day, (after, wanted, leads) in enumerate(RUNS, 1):
        con.execute("CREATE OR REPLACE TEMP TABLE affected (uid VARCHAR, known TIMESTAMP, gone BOOLEAN)")
        con.executemany("INSERT INTO affected VALUES (?, '2024-01-01', ?)", [[key[k], k not in after] for k in key])
        con.execute("CREATE OR REPLACE TEMP TABLE tied AS SELECT uid FROM affected WHERE NOT gone")
        groups = defaultdict(list)
        for record, entity in after.items():
            groups[entity].append(Member(key[record], datetime(2024, 1, 1), None))
        membership.lone(con, "account")
        events = membership.assign(con, "account", [Cluster(tuple(members)) for members in groups.values()])
        membership.keep(con, datetime(2024, 1, day), {"account": events})
        members = con.execute("SELECT uid, entity_id FROM store.member_account").fetchall()
        assert {uid: letter[entity] for uid, entity in members} == {key[k]: entity for k, entity in after.items()}
        found = read_events(con, told, "store")
        assert [(e["sequence"], e["event"], [letter[i] for i in e["entities"]], e["records"]) for e in found] == [
            (n, event, ids, [key[r] for r in records]) for n, event, ids, records in wanted
        ]
        assert {e["happened"] for e in found} <= {datetime(2024, 1, day)}
        redirects = con.execute("SELECT old_id, entity_id FROM store.redirects").fetchall()
        assert {letter[old]: letter[new] for old, new in redirects} == leads
        told += len(wanted)
