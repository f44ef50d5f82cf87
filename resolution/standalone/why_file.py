"""Why two rows of a file are one entity, or why not, on the very settings of `dealgraph resolve predict`."""

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path

import duckdb

from kg.errors import InputError, NotFound
from resolution.clustering.cluster import Pair
from resolution.clustering.group import founders
from resolution.database.rows import row_key_sql
from resolution.explain.explanation import Decision, Edge, Explanation
from resolution.explain.steps import write_forgotten
from resolution.explain.why import Ground, told
from resolution.linking.model import Model
from resolution.standalone.evaluate import link_part
from resolution.standalone.parts import opened, parts_of

WRONG = 1000
"""So many wrong pairs are told of at most."""


def why_file(path: Path, kind: str, pairs: Sequence[Pair], *, fit: bool = False) -> list[Explanation]:
    """Resolve a file and explain these pairs of record ids, in their order.

    Raises InputError for an unknown kind, NotFound for a record that the file does not have.
    """
    with opened(Path(path), kind) as (con, columns):
        keys = _keys(con, Path(path), pairs)
        names = {
            str(key): str(record)
            for key, record in con.execute(f"SELECT {row_key_sql()}, record_id FROM file").fetchall()
        }
        asked = [(min(keys[a], keys[b]), max(keys[a], keys[b])) for a, b in pairs]
        found: dict[Pair, Explanation] = {}
        for part, where in parts_of(con, columns, kind):
            inside = {
                str(row[0])
                for row in con.execute(f"SELECT {row_key_sql()} FROM file WHERE {where} ORDER BY row_no").fetchall()
            }
            mine = [pair for pair in dict.fromkeys(asked) if set(pair) <= inside]
            if mine:
                ground = _resolve(con, columns, part, where, fit=fit)
                found |= {(e.a, e.b): e for e in told(ground, mine)}
        apart = "Never compared: one is read as a person, the other as an organisation."
        return [
            _named(found.get((a, b)) or Explanation(a, b, False, Decision.NOT_COMPARED, apart), names) for a, b in asked
        ]


_ROW = re.compile(r"file:\d{9}")


def wrong_pairs(said: dict[str, str], truth_csv: Path, most: int = WRONG) -> list[Pair]:
    """Pairs that the truth (record_id, entity_id) calls one and the answer does not, then those the other way round.

    Each in the order of the truth's records.
    """
    with Path(truth_csv).open(newline="", encoding="utf-8") as lines:
        truth = {row["record_id"]: row["entity_id"] for row in csv.DictReader(lines) if row["record_id"] in said}
    found = (*_apart(truth, said), *_apart({record: said[record] for record in truth}, truth))
    return list(found[:most])


def _apart(one: dict[str, str], other: dict[str, str]) -> list[Pair]:
    """Pairs inside the entities of one answer that another answer keeps apart, at most WRONG."""
    entities: dict[str, list[str]] = defaultdict(list)
    for record, entity in one.items():
        entities[entity].append(record)
    apart = ((a, b) for records in entities.values() for a, b in combinations(records, 2) if other[a] != other[b])
    return list(islice(apart, WRONG))


def _keys(con: duckdb.DuckDBPyConnection, path: Path, pairs: Sequence[Pair]) -> dict[str, str]:
    wanted = sorted({record for pair in pairs for record in pair})
    rows = con.execute(
        f"SELECT record_id, min({row_key_sql()}) FROM file WHERE list_contains(?, record_id) GROUP BY record_id",
        [wanted],
    ).fetchall()
    keys = {str(record): str(key) for record, key in rows}
    if lacking := [record for record in wanted if record not in keys]:
        raise NotFound(f"{path} has no record_id {lacking[0]!r}: name two of its records")
    if same := [a for a, b in pairs if a == b]:
        raise InputError(f"record {same[0]!r} was named twice: name two records")
    return keys


def _resolve(con: duckdb.DuckDBPyConnection, columns: list[str], kind: str, where: str, *, fit: bool) -> Ground:
    """Resolve one part of the file, as predict does, and keep what it was decided from."""
    linked = link_part(con, columns, kind, where, fit=fit)
    if linked is None:
        raise InputError(f"the file has no two records of kind {kind}: there is nothing to explain")
    matcher = linked.matcher
    entity = founders(con, matcher)
    con.execute("CREATE OR REPLACE TABLE resolved (kind VARCHAR, key VARCHAR, entity_id VARCHAR)")
    con.execute(
        "INSERT INTO resolved SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [kind, list(entity), list(entity.values())],
    )
    con.execute("CREATE OR REPLACE TABLE lead_contact (uid VARCHAR, contact_uid VARCHAR)")
    write_forgotten(con, ((kind, matcher),), "resolved")
    members = f"SELECT key, entity_id AS grp FROM resolved WHERE kind = '{kind}'"
    return Ground(con, matcher, _told_model(linked.model), members, "main", linked.model, ((kind, matcher),))


def _told_model(model: Model | None) -> tuple[str, float, dict[str, object]] | None:
    return (model.digest, model.prior, dict(model.settings)) if model else None


def _named(said: Explanation, names: dict[str, str]) -> Explanation:
    """The explanation with record ids of the file in place of row keys."""

    def name(key: str) -> str:
        return names.get(key, key)

    sentence = _ROW.sub(lambda found: name(f"row|{found.group()}"), said.sentence)
    return replace(
        said,
        a=name(said.a),
        b=name(said.b),
        sentence=sentence,
        linked_by=tuple(map(name, said.linked_by)),
        best_rejected=tuple(Edge(name(e.a), name(e.b), e.match_weight) for e in said.best_rejected),
    )
