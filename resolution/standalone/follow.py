"""Files and streams of records that change: `dealgraph resolve follow`. Only what changed is matched; ids stay.

The first run reads a whole file and learns a model into a store. Later runs take the file as it is then, or changes
one by one; each batch is in the store wholly or not at all, so one that was cut off is simply given again.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import duckdb

from kg.errors import Busy, InputError
from kg.progress import Progress
from resolution.database.connection import quoted
from resolution.database.rows import row_key_sql
from resolution.identity import store, update
from resolution.identity.events import read_events
from resolution.judgements.verdicts import NOBODY
from resolution.matchers import ACCOUNT, CONTACT
from resolution.matchers.terms import Matcher
from resolution.standalone.load import read_records
from resolution.standalone.read import read_input

KINDS = {"contact": CONTACT, "account": ACCOUNT}
BATCH = 1_000
"""So many changes are taken in together at most."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch came to: (source, record_id, entity_id) of its records, events, and (line, why) of lines refused."""

    decided: tuple[tuple[str, str, str], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


def matcher_of(kind: str) -> Matcher:
    """The matcher of a kind; InputError for another."""
    if kind not in KINDS:
        raise InputError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    return KINDS[kind]


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """The store, made if it is not there; Busy while another process holds it."""
    try:
        return store.attach(path)
    except duckdb.IOException as error:
        raise Busy(f"{path} cannot be opened ({error}): wait for the process that has it, or stop that one") from error


def take_file(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    records: Path,
    now: datetime,
    *,
    retrain: bool = False,
    progress: Progress | None = None,
) -> Taken:
    """Bring the store to what a file says: records that it has no more are gone."""
    kind, since = matcher.kind, _newest(con)
    con.execute(store.OF_A_MATCHER.format(kind=kind))
    _keyed(con, matcher, read_records(con, records, "file"), now)
    con.execute(f"CREATE OR REPLACE TABLE every_{kind} AS FROM input_{kind}")
    if not con.execute(f"SELECT 1 FROM every_{kind} LIMIT 1").fetchall():
        raise InputError(f"{records} holds no record: an empty file would retire every entity of {kind}")
    update.follow(con, matcher, now, NOBODY, retrain=retrain, progress=progress)
    return Taken(_decided(con, matcher, f"SELECT uid FROM every_{kind}"), _told(con, since))


def take_changes(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, lines: Sequence[bytes], begin: int, now: datetime
) -> Taken:
    """Take in changes, a JSON object a line: a whole record with `record_id` and `source`, or `"deleted": true`.

    Of several changes of one record in a batch the last counts. Raises NotFound or StaleModel without a model.
    """
    kind, since = matcher.kind, _newest(con)
    model = store.kept_model(con, matcher)
    rows, refused = _read(lines, begin)
    gone = sorted(_key(kind, row) for row in rows.values() if row.get("deleted"))
    said = [row for row in rows.values() if not row.get("deleted")]
    columns = sorted({"record_id", "source"}.union(*(row for row in said)))
    con.execute(f"CREATE OR REPLACE TABLE file (row_no BIGINT, {', '.join(f'{quoted(c)} VARCHAR' for c in columns)})")
    if said:
        values = [[None if (v := row.get(c)) is None else str(v) for row in said] for c in columns]
        unnested = ", ".join(["unnest(?::VARCHAR[])"] * len(columns))
        con.execute(f"INSERT INTO file SELECT unnest(range(1, {len(said) + 1})), {unnested}", values)
    _keyed(con, matcher, columns, now)
    con.execute(f"CREATE OR REPLACE TEMP TABLE asked AS SELECT uid FROM input_{kind}")
    con.execute(
        f"DELETE FROM input_{kind} WHERE uid IN (SELECT uid FROM (SELECT uid, hash(i) AS said FROM input_{kind} i) "
        f"SEMI JOIN store.seen_{kind} USING (uid, said))"
    )
    update.update(con, matcher, model, now, gone=gone)
    return Taken(_decided(con, matcher, "FROM asked"), _told(con, since), tuple(refused))


def batches(lines: IO[bytes], most: int = BATCH) -> Iterator[list[bytes]]:
    """The lines that are there by now, at most so many; waits for the first."""
    rest = b""
    while chunk := os.read(lines.fileno(), 1 << 20):
        *whole, rest = (rest + chunk).split(b"\n")
        for begin in range(0, len(whole), most):
            yield whole[begin : begin + most]
    if rest:
        yield [rest]


def _read(lines: Sequence[bytes], begin: int) -> tuple[dict[tuple[str, str], dict[str, Any]], list[tuple[int, str]]]:
    """The last change of each record, and the lines that say none."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    refused = []
    for number, line in enumerate(lines, begin):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            refused.append((number, f"not JSON ({error})"))
            continue
        if not isinstance(row, dict) or not isinstance(row.get("record_id"), str) or not row["record_id"]:
            refused.append((number, 'no object with a text "record_id"'))
            continue
        key = (str(row.setdefault("source", "file")), row["record_id"])
        rows.pop(key, None)
        rows[key] = {str(name).lower(): value for name, value in row.items()}
    return rows, refused


def _key(kind: str, row: dict[str, Any]) -> str:
    return f"{kind}|{row['source']}:{row['record_id']}"


def _keyed(con: duckdb.DuckDBPyConnection, matcher: Matcher, columns: list[str], now: datetime) -> None:
    """Make `input_<kind>` of table `file`, with keys that outlive it; a record is known from when it first came."""
    kind = matcher.kind
    read_input(con, "file", columns, kind, whole=False)
    source = "coalesce(f.source, 'file')" if "source" in columns else "'file'"
    con.execute(
        f"""CREATE OR REPLACE TABLE keyed AS
        SELECT '{kind}|' || {source} || ':' || f.record_id AS uid, i.* EXCLUDE (uid)
        FROM input_{kind} i JOIN file f ON i.uid = {row_key_sql("f.row_no")}"""
    )
    twice = con.execute("SELECT uid FROM keyed GROUP BY uid HAVING count(*) > 1 ORDER BY uid LIMIT 1").fetchall()
    if twice:
        raise InputError(f"{twice[0][0].partition('|')[2]} stands twice in the file: a record_id names one record")
    con.execute(
        f"""CREATE OR REPLACE TABLE input_{kind} AS SELECT k.*, coalesce(c.known, ?::TIMESTAMP) AS known_from
        FROM keyed k LEFT JOIN store.component_{kind} c USING (uid)""",
        [now],
    )


def _newest(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute("SELECT coalesce(max(sequence), 0) FROM store.events").fetchall()[0][0])


def _told(con: duckdb.DuckDBPyConnection, since: int) -> tuple[dict[str, Any], ...]:
    return tuple(read_events(con, since, "store"))


def _decided(con: duckdb.DuckDBPyConnection, matcher: Matcher, keys: str) -> tuple[tuple[str, str, str], ...]:
    rows = con.execute(
        f"""SELECT split_part(substr(uid, strpos(uid, '|') + 1), ':', 1), substr(uid, strpos(uid, ':') + 1), entity_id
        FROM store.member_{matcher.kind} WHERE uid IN ({keys}) ORDER BY ALL"""
    ).fetchall()
    return tuple((str(source), str(record), str(entity)) for source, record, entity in rows)
