"""A file that is resolved by itself, and its parts: of a mixed one, the persons and the organisations."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution.database.connection import connect
from resolution.normalise import macros
from resolution.standalone.load import read_records

KINDS = ("contact", "account", "mixed")


@contextmanager
def opened(
    path: Path, kind: str, said: list[str] | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[str]]]:
    """A connection with the records of a file in table `file`, and their columns; sentences about it go into `said`.

    Raises InputError for an unknown kind, or a file that cannot be read.
    """
    if kind not in KINDS:
        raise InputError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    con = connect()
    try:
        macros.install(con)
        yield con, read_records(con, path, "file", said)
    finally:
        con.close()


def parts_of(con: duckdb.DuckDBPyConnection, columns: Sequence[str], kind: str) -> list[tuple[str, str]]:
    """(kind, condition) of each part of a file that is resolved by itself: mixed files have two."""
    if kind != "mixed":
        return [(kind, "true")]
    org = [c for c in ("primary_name_org", "name_org", "company_name", "org_name", "business_name") if c in columns]
    person = [
        c
        for c in (
            "first_name",
            "last_name",
            "surname",
            "given_name",
            "primary_name_last",
            "primary_name_first",
            "primary_name_full",
            "dob",
            "date_of_birth",
            "birth_date",
        )
        if c in columns
    ]
    if "record_type" in columns:
        is_org = "upper(coalesce(record_type, '')) LIKE 'ORG%' OR upper(coalesce(record_type, '')) LIKE 'COMPANY%'"
    elif org and person:
        is_org = f"coalesce({', '.join(org)}) IS NOT NULL AND coalesce({', '.join(person)}) IS NULL"
    elif "name" in columns:
        is_org = "len(list_intersect(company_words(name), legal_forms())) > 0"
    else:
        is_org = "false" if person else "true"
    return [("account", f"({is_org})"), ("contact", f"NOT ({is_org})")]
