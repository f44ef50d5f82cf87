"""A world small enough to read, as the staged rows that a resolution reads."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from resolution.kinds import BY_NAME

Row = Mapping[str, Any]
WORDS = (
    "Nordkraft",
    "Bluefin",
    "Oakridge",
    "Silverton",
    "Marlow",
    "Quintessa",
    "Halvorsen",
    "Pellegrin",
    "Zephyr",
    "Tamarind",
    "Ironbark",
    "Lindgren",
    "Castellan",
    "Fjordline",
    "Grandview",
    "Hawthorn",
    "Juniper",
    "Kestrel",
    "Larkspur",
    "Meridian",
)
PEOPLE = (
    "Anna Berg",
    "Robert Klein",
    "Maria Rossi",
    "Thomas Weber",
    "Elin Strand",
    "Paul Novak",
    "Sofia Marin",
    "David Cohen",
    "Ingrid Holm",
    "Luca Ferri",
    "Nora Lund",
    "Peter Vance",
    "Clara Diaz",
    "Hugo Brandt",
    "Emma Stone",
    "Oskar Lind",
    "Julia Roth",
    "Simon Beck",
    "Lena Falk",
    "Erik Dahl",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def stage(path: Path, tables: Mapping[str, list[Row]]) -> Path:
    """A staging file of these rows; `key` is 'source:record_id', `known` the moment each row was known."""
    con = duckdb.connect(str(path))
    for kind, rows in tables.items():
        columns = BY_NAME[kind].columns
        con.execute(f"CREATE TABLE staged_{kind} ({', '.join(f'{chr(34)}{n}{chr(34)} {t}' for n, t in columns)})")
        for row in rows:
            source, _, record = row["key"].partition(":")
            known = at(row["known"])
            value = {
                "source": source,
                "record_id": record,
                "row_ref": "f:1",
                "payload_hash": "0",
                "known_from": known,
                **row,
            }
            value |= {
                f"{f}__known": at(row[f"{f}__known"]) if f"{f}__known" in row else known for f in BY_NAME[kind].by_name
            }
            con.execute(
                f"INSERT INTO staged_{kind} VALUES ({', '.join('?' * len(columns))})",
                [value.get(n) for n, _ in columns],
            )
    con.close()
    return path


def world() -> dict[str, list[Row]]:
    """Twenty companies in CRM and billing, one contact each in CRM and mail, one deal each; the first has history."""
    accounts: list[Row] = []
    contacts: list[Row] = []
    deals: list[Row] = []
    for i, (word, person) in enumerate(zip(WORDS, PEOPLE, strict=True)):
        first, last = person.split()
        domain, mail = f"{word.lower()}.com", f"{first}.{last}@{word}.com".lower()
        base = {"city": f"City {i}", "phone": f"+46 8 {7000000 + i * 1371}"}
        accounts.append(
            {
                "key": f"crm:A{i}",
                "known": "2024-01-01",
                "name": f"{word} Industries AB",
                "domain": domain,
                "industry": "Energy",
                **base,
            }
        )
        accounts.append(
            {"key": f"billing:B{i}", "known": "2024-02-01", "name": f"{word} Ind. Aktiebolag", "domain": domain, **base}
        )
        contacts.append(
            {
                "key": f"crm:C{i}",
                "known": "2024-01-02",
                "first_name": first,
                "last_name": last,
                "email": mail,
                "account": f"crm:A{i}",
                "title": "Chief Financial Officer" if i == 0 else "Planner",
            }
        )
        contacts.append({"key": f"mail:M{i}", "known": "2024-03-01", "name": f"{last}, {first}", "email": mail})
        deals.append(
            {
                "key": f"crm:D{i}",
                "known": "2024-01-10",
                "name": f"{word} deal",
                "account": f"crm:A{i}",
                "amount": 1000.0 + i,
                "opened_at": at("2024-01-10"),
                "stage": "Proposal",
                "stage_order": 2,
                "state": "open",
                "owner": "crm:R1",
                "deal_kind": "new",
            }
        )
    deals[0] = {
        **deals[0],
        "stage": "Won",
        "state": "won",
        "stage_order": 3,
        "closed_at": at("2024-04-01"),
        "closed_at__known": "2024-04-01",
        "state__known": "2024-04-01",
        "stage__known": "2024-04-01",
    }
    return {
        "account": accounts,
        "contact": contacts,
        "deal": deals,
        "rep": [{"key": "crm:R1", "known": "2024-01-01", "name": "Rita Rep", "email": "rita@us.com", "team": "North"}],
        "history": [
            {
                "key": "crm:H1",
                "known": "2024-01-10",
                "of": "crm:D0",
                "at": at("2024-01-10"),
                "stage": "Prospect",
                "stage_order": 1,
                "state": "open",
                "amount": 500.0,
            },
            {
                "key": "crm:H2",
                "known": "2024-02-10",
                "of": "crm:D0",
                "at": at("2024-02-10"),
                "stage": "Proposal",
                "stage_order": 2,
                "state": "open",
                "amount": 1000.0,
            },
            {
                "key": "crm:H3",
                "known": "2024-02-20",
                "of": "crm:D0",
                "at": at("2024-02-20"),
                "stage": "Proposal",
                "stage_order": 2,
                "state": "open",
                "amount": 1000.0,
            },
        ],
        "activity": [
            {
                "key": "mail:X1",
                "known": "2024-03-05",
                "activity_kind": "meeting",
                "direction": "none",
                "at": at("2024-03-09"),
                "rep_email": "rita@us.com",
            },
        ],
        "participant": [{"key": "mail:P1", "known": "2024-03-05", "activity": "mail:X1", "contact": "mail:M0"}],
        "lead": [
            {
                "key": "web:L1",
                "known": "2024-01-05",
                "name": "Anna Berg",
                "email": "anna.berg@nordkraft.com",
                "company": "Nordkraft Industries",
                "created_at": at("2024-01-05"),
            },
        ],
    }
