"""Tables of DuckDB that pass between files are declared, each with one writer."""

from resolution.database.tables import TABLES
from tests.house.tables import MADE, passing

SEVERAL = {"affected", "file", "input_<kind>", "keys_<kind>", "lead_contact", "pairs_<kind>", "prepared_<kind>",
           "prepared_account", "tied"}  # fmt: skip
"""Tables that another way in makes as well: it may only become shorter."""


def files(*named: str) -> tuple[str, ...]:
    return tuple(sorted(f"{name}.py" for name in " ".join(named).split()))


def test_no_table_passes_between_files_undeclared() -> None:
    found = passing()
    undeclared = {name: who for name, who in found.items() if name not in {t.name for t in TABLES}}
    assert undeclared == {}, "declare it in resolution/database/tables.py: (writers, readers)"
    for table in TABLES:
        writers, readers = found.get(table.name, ((), ()))
        assert writers == files(table.writer, table.also), f"{table.name}: who writes it"
        told = table.readers.split()
        strangers = [r for r in readers if r.removesuffix(".py") not in told and r.partition("/")[0] not in told]
        assert strangers == [], f"{table.name}: who reads it"
        unread = [r for r in told if not any(f == f"{r}.py" or f.startswith(f"{r}/") for f in readers)]
        assert unread == [], f"{table.name}: who reads it no more"


def test_each_table_has_one_writer() -> None:
    assert {t.name for t in TABLES if t.also} <= SEVERAL
    assert len({t.name for t in TABLES}) == len(TABLES)


def test_what_a_text_makes_is_seen() -> None:
    sql = "CREATE OR REPLACE TEMP TABLE one AS x; CREATE TABLE store.two_<kind> (a); CREATE VIEW three AS FROM one"
    assert MADE.findall(sql) == ["one", "store.two_<kind>", "three"]
