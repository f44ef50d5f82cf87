"""Features as Parquet: the training set of a score, or the values for any list of records and moments.

Both are point-in-time joins: each row has what was known at its own moment. The same call twice writes the same bytes:
rows stand in a fixed order and nothing of the clock or the machine is written. What a file was made of stands in its
metadata, as `dealgraph.*`.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from kg.errors import ConfigurationError, InputError, NotFound
from kg.features.attributes import read_attributes
from kg.features.catalog import feature_named, own_features
from kg.features.features import Feature
from kg.progress import Progress
from scoring.learning.columns import features_at
from scoring.learning.train import Gathered, declared, gather, label_digest, version_of_training
from scoring.model.tables import Column
from scoring.scores.score import Score
from scoring.serving.predict import asked_at, moment, needed

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetWriter

    from kg.graph import Graph

BATCH: Final = 5000
FIXED: Final = ("id", "group", "moment", "outcome", "weight")
PREFIX: Final = "dealgraph."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file that was written: its rows, the names of its feature columns, and what its metadata say.

    `later` rows lie after what the graph knows, so that their values may yet change; `unknown` rows name a record that
    was not known at its moment and have no values.
    """

    path: Path
    rows: int
    features: tuple[str, ...]
    metadata: Mapping[str, str]
    later: int = 0
    unknown: int = 0


def training_snapshot(
    graph: "Graph",
    score: Score,
    out: Path,
    *,
    as_of: datetime,
    more: Sequence[str] = (),
    without: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Write exactly what training would learn a score from at `as_of`; `more` adds features that it does not have yet.

    A row is a moment of an entity: FIXED, then a column for each feature. `dealgraph.digest` is the digest of the
    training set, as a model's manifest has it under `data`; `dealgraph.version` is the version such a model would have.

    Raises:
        NotFound: there is no such feature.
    """
    found = gather(graph, _with(score, more), as_of=as_of, progress=progress, without=without)
    data, names = found.data, tuple(found.features)
    _hold_columns(names, FIXED)
    told = {"kind": "training set", "as_of": as_of.astimezone(UTC).isoformat(), **_of_training(found)}
    fields = [
        *(("id", "text"), ("group", "text"), ("moment", "time"), ("outcome", "number"), ("weight", "number")),
        *((name, _kind(f)) for name, f in found.features.items()),
    ]
    with _writing(out, fields, told) as writer:
        for start in range(0, len(data), BATCH):
            some = slice(start, start + BATCH)
            moments = [datetime.fromtimestamp(s, UTC) for s in data.seconds[some].tolist()]
            fixed = (data.ids[some].tolist(), data.groups[some].tolist(), moments, data.y[some], data.weight[some])
            _write(writer, [*fixed, *(data.frame[name][some] for name in names)])
    return Snapshot(out, len(data), names, _keys(told))


def entities_snapshot(
    graph: "Graph",
    score: Score,
    rows: Path,
    out: Path,
    *,
    known: datetime | None,
    more: Sequence[str] = (),
    without: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Write a score's features for a CSV of (source, record_id, as_of), each as of its own moment, in the file's order.

    Columns of the CSV stay as text; `id` and `moment` stand before the features. Rows are read, joined and written
    `BATCH` at a time. `known` is until when the graph knows: rows after it are counted. `dealgraph.digest` is the
    SHA-256 of every row.

    Raises:
        InputError: the file is no CSV with these columns, or a moment is no date.
        FeatureFailed: a feature cannot be computed; `without` leaves it out.
    """
    features = _view(graph, _with(score, more), without or {})
    names = tuple(f.name for f in features)
    digest, counts = hashlib.sha256(), {"rows": 0, "later": 0, "unknown": 0}
    with _opened(rows) as file:
        reader = csv.DictReader(file)
        columns = _columns(reader, rows, needed(score.entity))
        own = [*columns, "id", "moment"]
        _hold_columns([*columns, *names], ("id", "moment"))
        told = {"kind": "entity rows", "score": score.name, "features": {f.name: f.digest for f in features}}
        fields = [(c, "time" if c == "moment" else "text") for c in own] + [(f.name, _kind(f)) for f in features]
        with _writing(out, fields, told) as writer:
            for some in _batches(reader, rows):
                cells = _joined(graph, score.entity, features, some, columns, rows, progress)
                _write(writer, cells)
                for line in zip(*(_plain(cell) for cell in cells), strict=True):
                    digest.update(repr(line).encode())
                ids, moments = cells[len(columns)], cells[len(columns) + 1]
                counts["rows"] += len(ids)
                counts["unknown"] += sum(id_ is None for id_ in ids)
                counts["later"] += sum(known is not None and at > known for at in moments)
            told["digest"] = digest.hexdigest()
            writer.add_key_value_metadata(_keys({"digest": told["digest"]}))
    return Snapshot(out, counts["rows"], names, _keys(told), counts["later"], counts["unknown"])


def _with(score: Score, more: Sequence[str]) -> Score:
    """The score with features that it does not read yet; those of files only, as attributes come by themselves."""
    added = tuple(feature_named(n, (), score.entity).name for n in dict.fromkeys(more) if n not in score.features)
    return replace(score, features=(*score.features, *added)) if added else score


def _view(graph: "Graph", score: Score, without: Mapping[str, str]) -> list[Feature]:
    """Features of a score: those it declares and those of the graph's attributes, without some."""
    files = declared(score)
    own = {f.name: f for f in own_features(score.entity, read_attributes(graph))}
    known = {**files, **own}
    if unknown := [name for name in without if name not in known]:
        raise NotFound(f"{unknown[0]!r} is no feature of {score.name}; they are {', '.join(known)}.")
    return [f for name, f in known.items() if name not in without]


def _of_training(found: Gathered) -> dict[str, Any]:
    digest = found.data.digest()
    return {
        "score": found.score.name,
        "digest": digest,
        "version": version_of_training(found.score, found.features, digest, found.left_out),
        "labels": label_digest(found.score),
        "features": {name: f.digest for name, f in found.features.items()},
        "left_out": dict(found.left_out),
    }


def _columns(reader: "csv.DictReader[str]", path: Path, needed: Sequence[str]) -> list[str]:
    columns = list(reader.fieldnames or [])
    if missing := [c for c in needed if c not in columns]:
        raise InputError(f"{path}:1: column {missing[0]!r} is missing; a file of moments has {', '.join(needed)}.")
    return columns


def _opened(path: Path) -> TextIO:
    try:
        return path.open(newline="", encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read as CSV: {error}.") from error


def _batches(reader: "csv.DictReader[str]", path: Path) -> Iterator[list[tuple[int, dict[str, str]]]]:
    """Rows with the line each ends on."""
    try:
        while some := [(reader.line_num, row) for row in islice(reader, BATCH)]:
            yield some
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}:{reader.line_num}: it cannot be read as CSV: {error}.") from error


def _joined(
    graph: "Graph",
    entity: str,
    features: Sequence[Feature],
    lines: Sequence[tuple[int, Mapping[str, str]]],
    columns: Sequence[str],
    path: Path,
    progress: Progress | None,
) -> list[Any]:
    """The columns of a batch of rows: those of the file, id, moment, and each feature as of the row's moment."""
    some = [row for _, row in lines]
    moments = [moment(row["as_of"] or "", f"{path}:{line}") for line, row in lines]
    ids = asked_at(graph, entity, some, moments)
    there = [i for i, id_ in enumerate(ids) if id_ is not None]
    frame = features_at(graph, features, [(str(ids[i]), moments[i]) for i in there], progress)
    cells: list[Any] = [[row[c] or None for row in some] for c in columns]
    for feature in features:
        column: list[Any] = [None] * len(some)
        for i, value in zip(there, _plain(frame[feature.name]), strict=True):
            column[i] = value
        cells.append(column)
    return [*cells[: len(columns)], ids, moments, *cells[len(columns) :]]


def _plain(column: Sequence[Any] | Column) -> list[Any]:
    """Plain values; NaN, which stands for a missing number, is None."""
    values = column.tolist() if hasattr(column, "tolist") else list(column)
    return [None if value != value else value for value in values]


def _hold_columns(names: Sequence[str], fixed: Sequence[str]) -> None:
    """Refuse names that would stand twice."""
    seen = set(fixed)
    for name in names:
        if name in seen:
            raise ConfigurationError(f"Two columns of the file would be called {name!r}: rename one, or leave it out.")
        seen.add(name)


def _kind(feature: Feature) -> str:
    return "text" if feature.categorical else "number"


def _keys(told: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{PREFIX}{name}": value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for name, value in told.items()
    }


@contextmanager
def _writing(out: Path, fields: Sequence[tuple[str, str]], told: Mapping[str, Any]) -> Iterator["ParquetWriter"]:
    """A writer of a file that takes its place when it is whole."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    types = {"text": pa.string(), "number": pa.float64(), "time": pa.timestamp("us", tz="UTC")}
    schema = pa.schema([(name, types[kind]) for name, kind in fields], metadata=_keys(told))
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    try:
        with ParquetWriter(part, schema, compression="zstd") as writer:
            yield writer
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _write(writer: "ParquetWriter", columns: Sequence[Any]) -> None:
    """One row group."""
    import pyarrow as pa

    arrays: list[pa.Array] = [
        pa.array(_plain(column), type=field.type) for column, field in zip(columns, writer.schema, strict=True)
    ]
    writer.write_table(pa.Table.from_arrays(arrays, schema=writer.schema))
