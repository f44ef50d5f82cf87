"""A copy of the graph in one file, and the way back to it: what changed since is found, and only that is written.

The file is gzipped JSON lines, one a node or relationship; moments are `{"t": "…"}`. The way back compares the copy
with the graph in a scratch database on disk, so memory stays bounded, and does the same when it is done again.
"""

import gzip
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from kg.errors import IntegrityError
from kg.graph import Graph
from kg.progress import Progress
from kg.query.query import Query
from kg.render import copies
from kg.render.loading import BATCH

Item = tuple[str, str, str, str]
"""Key, group (what one statement writes), hash text (without the run that wrote it last), whole text."""


def copy_graph(graph: Graph, file: Path, progress: Progress | None = None) -> int:
    """Write every node and relationship into `file`; returns how many. Judgements and the workspace are not copied."""
    part = file.with_name(file.name + ".part")
    done = 0
    with gzip.open(part, "wt", encoding="utf-8", compresslevel=1) as out:
        for item in _items(graph):
            out.write(json.dumps(item) + "\n")
            done += 1
            if progress and done % 10_000 == 0:
                progress(done, None, "copying the graph")
    part.replace(file)
    return done


def restore_graph(graph: Graph, file: Path, scratch: Path, progress: Progress | None = None) -> int:
    """Bring the graph back to a copy; returns how many nodes and relationships were written or removed.

    Raises:
        IntegrityError: the copy cannot be read.
    """
    scratch.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(scratch)) as db:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            for table in ("was", "now"):
                db.execute(
                    f"CREATE TABLE {table} (key TEXT PRIMARY KEY, part TEXT, same TEXT, whole TEXT) WITHOUT ROWID"
                )
            try:
                with gzip.open(file, "rt", encoding="utf-8") as lines:
                    db.executemany("INSERT INTO was VALUES (?, ?, ?, ?)", (json.loads(line) for line in lines))
            except (OSError, EOFError, ValueError, sqlite3.Error) as error:
                raise IntegrityError(f"{file} cannot be read ({error}): this run can no longer be undone.") from error
            db.executemany("INSERT INTO now VALUES (?, ?, ?, ?)", _items(graph))
            return sum(_write_back(graph, db, progress))
    finally:
        scratch.unlink(missing_ok=True)


def _write_back(graph: Graph, db: sqlite3.Connection, progress: Progress | None) -> Iterator[int]:
    """Remove what is new (relationships first), then write what is gone or changed (nodes first)."""
    gone = "FROM now WHERE NOT EXISTS (SELECT 1 FROM was WHERE was.key = now.key)"
    changed = (
        "FROM was WHERE NOT EXISTS (SELECT 1 FROM now WHERE now.key = was.key AND now.same = was.same "
        "AND now.part = was.part)"
    )
    marks = sorted({mark for (part,) in db.execute("SELECT DISTINCT part FROM was UNION SELECT part FROM now")
                    for mark in json.loads(part).get("marks", ())})  # fmt: skip
    for what, start, removing in ((gone, "r", True), (gone, "n", True), (changed, "n", False), (changed, "r", False)):
        parts = db.execute(f"SELECT DISTINCT part {what} AND key LIKE '{start}%' ORDER BY part").fetchall()
        for (part,) in parts:
            query = _query(json.loads(part), marks, removing=removing)
            rows = db.execute(f"SELECT whole {what} AND key LIKE '{start}%' AND part = ? ORDER BY key", (part,))
            while piece := [_typed(json.loads(whole)) for (whole,) in islice(rows, BATCH)]:
                graph.write(query, rows=piece)
                if progress:
                    progress(len(piece), None, "taking back")
                yield len(piece)


def _query(part: Mapping[str, Any], marks: list[str], *, removing: bool) -> Query:
    if "type" in part:
        triple = part["start"], part["type"], part["end"]
        return copies.remove_copied_relationships(*triple) if removing else copies.restore_relationships(*triple)
    if removing:
        return copies.remove_copied_nodes(part["label"])
    other = tuple(mark for mark in marks if mark not in part["marks"])
    return copies.restore_nodes(part["label"], tuple(part["marks"]), other)


def _items(graph: Graph) -> Iterator[Item]:
    (nodes, params), (relationships, _) = copies.copy_queries()
    for row in graph.stream(nodes, **params):
        label = copies.label_of(row["labels"])
        part = {"label": label, "marks": sorted(set(row["labels"]) - {label})}
        yield _item(f"n|{label}|{row['id']}", part, {"id": row["id"]}, row["properties"])
    for row in graph.stream(relationships, **params):
        start, end = copies.label_of(row["starts"]), copies.label_of(row["ends"])
        who = {"id": row["properties"].get("id"), "start": row["start"], "end": row["end"]}
        part = {"type": row["type"], "start": start, "end": end}
        key = f"r|{row['type']}|{start}|{row['start']}|{end}|{row['end']}|{who['id']}"
        yield _item(key, part, who, row["properties"])


def _item(key: str, part: Mapping[str, Any], who: Mapping[str, Any], properties: dict[str, Any]) -> Item:
    whole = json.dumps({**who, "properties": properties}, default=_plain, sort_keys=True)
    same = {name: value for name, value in properties.items() if name != "run"}
    return key, json.dumps(part, sort_keys=True), json.dumps(same, default=_plain, sort_keys=True), whole


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    raise TypeError(f"a graph holds no {type(value).__name__}")


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _moment(value) for name, value in row["properties"].items()}
    return {**row, "properties": properties}


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value
