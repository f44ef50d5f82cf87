"""Migrations: immutable, checksummed files, recorded in the graph in the chain that neo4j-migrations also reads.

The Java tool and this one can take turns on one graph: same file names, chain, lock and checksums. Unlike it, we split
statements with quotes, comments and back-quoted names understood. A statement must bear being run twice (IF NOT
EXISTS, MERGE): a migration that was killed halfway runs again from its first statement.
"""

import getpass
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kg.errors import BadQuery, Busy, IntegrityError
from kg.graph import Graph
from kg.query.tokens import statements
from kg.render import migration as render
from kg.render.schema import schema_items
from kg.store.holder import Holder

MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"
NAME: Final = re.compile(r"V(?P<version>\d+(?:[_.]\d+)*)__(?P<words>[\w-]+)\.cypher")
BASELINE: Final = "BASELINE"


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: version as recorded (`001`, `1.2`), what it says it does, its statements and checksum."""

    version: str
    description: str
    path: Path
    statements: tuple[str, ...]
    checksum: str

    @property
    def order(self) -> tuple[int, ...]:
        """Versions compare by number, so 2 comes before 010."""
        return tuple(int(part) for part in self.version.split("."))


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """A constraint or index that is missing, different, or not of the ontology."""

    name: str
    problem: str


def read_migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """Every migration file in order of version; BadQuery names a file that is misnamed or numbered twice."""
    found: dict[tuple[int, ...], Migration] = {}
    for path in sorted(folder.glob("*.cypher")):
        match = NAME.fullmatch(path.name)
        if not match:
            raise BadQuery(f"{path.name}:1: a migration is called V001__words.cypher.")
        text = path.read_text(encoding="utf-8")
        version, description = match["version"].replace("_", "."), match["words"].replace("_", " ")
        migration = Migration(version, description, path, tuple(statements(text, path.name)), checksum(text))
        if migration.order in found:
            other = found[migration.order].path.name
            raise BadQuery(f"{path.name}:1: version {migration.version} is also that of {other}.")
        found[migration.order] = migration
    return tuple(found[order] for order in sorted(found))


def checksum(text: str) -> str:
    """The checksum of neo4j-migrations: CRC-32, as a decimal, over the pieces between semicolons at line ends."""
    crc = 0
    for piece in re.split(r";(?:\r?\n|\r)", text):
        stripped = piece.strip().removesuffix(";").strip()
        crc = zlib.crc32(stripped.encode(), crc)
    return str(crc)


def migrate(graph: Graph, *, dry_run: bool = False, folder: Path = MIGRATIONS) -> list[Migration]:
    """Apply what is not applied yet, in order, and return it; `dry_run` only says what would be applied.

    IntegrityError names a file that changed, or is gone, after it was applied; Busy names who is migrating.
    """
    files = read_migrations(folder)
    if dry_run or not _pending(files, _applied(graph)):
        return _pending(files, _applied(graph))
    with _locked(graph):
        applied = _applied(graph)  # another process may have applied some while we waited for the lock
        todo = _pending(files, applied)
        before = str(applied[-1]["version"]) if applied else BASELINE
        for migration in todo:
            _apply(graph, migration, before)
            before = migration.version
    return todo


def _apply(graph: Graph, migration: Migration, before: str) -> None:
    started = time.monotonic()
    for piece in migration.statements:
        graph.write(render.statement(piece, migration.path.name))
    graph.write(
        render.record(),
        before=before,
        version=migration.version,
        description=migration.description,
        source=migration.path.name,
        checksum=migration.checksum,
        at=datetime.now(UTC),
        milliseconds=int((time.monotonic() - started) * 1000),
        by=getpass.getuser(),
    )


def _applied(graph: Graph) -> list[dict[str, Any]]:
    return graph.read(render.applied())


def _pending(files: tuple[Migration, ...], applied: list[dict[str, Any]]) -> list[Migration]:
    by_version = {migration.version: migration for migration in files}
    for row in applied:
        migration = by_version.get(row["version"])
        if migration is None:
            raise IntegrityError(f"{row['source']}: applied to this graph, but the file is gone; restore it.")
        if migration.checksum != row["checksum"]:
            raise IntegrityError(
                f"{migration.path.name}: changed after it was applied (checksum {migration.checksum}, recorded "
                f"{row['checksum']}); restore it and write a new migration instead."
            )
    known = {row["version"] for row in applied}
    newest = max((by_version[version].order for version in known), default=())
    todo = [migration for migration in files if migration.version not in known]
    for migration in todo:
        if migration.order < newest:
            raise IntegrityError(f"{migration.path.name}: older than the newest applied migration; number it anew.")
    return todo


@contextmanager
def _locked(graph: Graph) -> Iterator[None]:
    """Hold the lock of neo4j-migrations; one that a process of this machine left behind is taken over."""
    me = str(Holder.me())
    for query in render.lock_constraints():
        graph.write(query)
    try:
        _lock(graph, me)
    except IntegrityError as taken:
        for row in graph.read(render.lock_held()):
            holder = Holder.read(row["id"])
            if holder is None or not holder.gone:
                who = holder.sentence if holder else f"lock {row['id']}"
                raise Busy(
                    f"Another migration is going on ({who}); wait for it, or when it is surely gone, "
                    f"delete the node labelled {render.LOCK}."
                ) from taken
            graph.write(render.unlock(), id=row["id"])
        _lock(graph, me)
    try:
        yield
    finally:
        graph.write(render.unlock(), id=me)


def _lock(graph: Graph, me: str) -> None:
    graph.write(render.lock(), id=me, name=render.LOCK_NAME, now=datetime.now(UTC))


def schema_differences(graph: Graph) -> list[SchemaDifference]:
    """Where the live constraints and indexes differ from those that the ontology asks for."""
    rows = [*graph.read(render.live_constraints()), *graph.read(render.live_indexes())]
    live = {str(row["name"]): row for row in rows}
    differences: list[SchemaDifference] = []
    for item in schema_items():
        row = live.pop(item.name, None)
        if row is None:
            differences.append(SchemaDifference(item.name, f"missing; it is made by: {item.statement}"))
        elif (found := _shape(row)) != item.shape:
            differences.append(SchemaDifference(item.name, f"is {found}; the ontology asks for {item.shape}"))
        elif row.get("state", "ONLINE") != "ONLINE":
            differences.append(SchemaDifference(item.name, f"is {row['state']}, not ONLINE"))
    differences.extend(SchemaDifference(name, "is not of the ontology") for name in sorted(live))
    return differences


def _shape(row: dict[str, Any]) -> str:
    return f"{row['type']} on {'|'.join(row['labelsOrTypes'])} ({', '.join(row['properties'])})"
