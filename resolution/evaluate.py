"""`dealgraph resolve predict` and `dealgraph resolve evaluate`: resolve any file of persons or organisations.

`kind` is contact, account or mixed (rows are told apart by their columns). Without `fit` the built-in matcher is used
    on
the columns it recognises; with `fit` unseen columns are profiled and learned as well. No labels are used either way.
"""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import InputError
from resolution import normalise
from resolution.fit import plan
from resolution.fit.decide import collapse, settle, spread
from resolution.grouping import group, link
from resolution.matchers.terms import Matcher
from resolution.metrics import report
from resolution.unseen import read_input, read_records

KINDS = ("contact", "account", "mixed")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Scored = list[tuple[int, int, float, bool]]


def predict(records_csv: Path | str, kind: str, fit: bool, out_csv: Path | str) -> dict[str, int]:
    """Write record_id, entity_id for each row of a file, in its order; entity ids are E1, E2, … by first row.

    Raises InputError when the file has no column record_id, or no column that can be compared.
    """
    ids, entities, _ = resolve_file(Path(records_csv), kind, fit)
    with Path(out_csv).open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("record_id", "entity_id"))
        writer.writerows(zip(ids, entities, strict=True))
    return {"records": len(ids), "entities": len(set(entities))}


def evaluate(records_csv: Path | str, truth_csv: Path | str, kind: str, fit: bool) -> dict[str, Any]:
    """Resolve a file, compare with the truth (record_id, entity_id): pairs, cluster pairs, B-cubed, threshold curve."""
    ids, entities, scored = resolve_file(Path(records_csv), kind, fit)
    with Path(truth_csv).open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        if not {"record_id", "entity_id"} <= set(reader.fieldnames or ()):
            raise InputError(
                f"{truth_csv} needs the columns record_id and entity_id; it has {', '.join(reader.fieldnames or ())}"
            )
        truth = {row["record_id"]: row["entity_id"] for row in reader}
    said = dict(zip(ids, entities, strict=True))
    return report(said, truth, ((ids[a], ids[b], weight, accepted) for a, b, weight, accepted in scored))


def resolve_file(path: Path, kind: str, fit: bool) -> tuple[list[str], list[str], Scored]:
    """Record ids and entity ids in the file's order, and the scored pairs as row numbers from 0."""
    if kind not in KINDS:
        raise InputError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    con = duckdb.connect()
    try:
        normalise.install(con)
        columns = read_records(con, path, "file")
        ids = [str(row[0]) for row in con.execute("SELECT record_id FROM file ORDER BY row_no").fetchall()]
        place = list(range(len(ids)))
        scored: Scored = []
        for part, where in _parts(con, columns, kind):
            scored += _resolve_part(con, columns, part, where, fit, place)
        names: dict[int, str] = {}
        entities = [names.setdefault(root, f"E{len(names) + 1}") for root in place]
        return ids, entities, scored
    finally:
        con.close()


def _parts(con: duckdb.DuckDBPyConnection, columns: Sequence[str], kind: str) -> list[tuple[str, str]]:
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


def _resolve_part(
    con: duckdb.DuckDBPyConnection, columns: list[str], kind: str, where: str, fit: bool, place: list[int]
) -> Scored:
    if fit:
        return _resolve_fitted(con, columns, kind, where, place)
    reading = read_input(con, "file", columns, kind, where=where)
    if not reading.fields:
        raise InputError(f"none of the columns {', '.join(columns)} is known for kind {kind}: rename one, or use --fit")
    link(con, reading.matcher)
    return _grouped(con, reading.matcher, place)


def _resolve_fitted(
    con: duckdb.DuckDBPyConnection, columns: list[str], kind: str, where: str, place: list[int]
) -> Scored:
    found = plan(con, "file", columns, kind, where=where)
    if found is None:
        if con.execute(f"SELECT count(*) FROM file WHERE {where}").fetchall()[0][0] < 2:
            return []
        raise InputError(
            f"none of the columns {', '.join(columns)} tells records of kind {kind} apart: add one that does"
        )
    twins = collapse(con, found) if found.alone else {}
    linked = link(con, found.matcher)
    matcher = settle(con, found, linked.model)
    scored = _grouped(con, matcher, place)
    return spread(scored, twins, place)


def _grouped(con: duckdb.DuckDBPyConnection, matcher: Matcher, place: list[int]) -> Scored:
    kind = matcher.kind
    keys = [str(row[0]) for row in con.execute(f"SELECT uid FROM input_{kind} ORDER BY uid").fetchall()]
    for cluster in group(con, matcher, dict.fromkeys(keys, _EPOCH)):
        rows = [_row(member.key) for member in cluster.members]
        for row in rows:
            place[row] = min(rows)
    pairs = con.execute(f"SELECT l, r, match_weight, accepted FROM pairs_{kind} ORDER BY l, r").fetchall()
    return [(_row(a), _row(b), float(w), bool(ok)) for a, b, w, ok in pairs]


def _row(key: str) -> int:
    return int(key.rpartition(":")[2]) - 1
