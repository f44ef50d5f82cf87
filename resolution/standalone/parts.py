"""The parts of a file that are resolved by themselves: of a mixed one, the persons and the organisations."""

from collections.abc import Sequence

import duckdb

KINDS = ("contact", "account", "mixed")


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
