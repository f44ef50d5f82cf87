"""Migrations: immutable, checksummed files, recorded in the graph in the chain that neo4j-migrations also reads."""

import getpass
import re
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kg.errors import BadQuery, IntegrityError
from kg.graph import Graph
from kg.render import migration as render
from kg.render.schema import schema_items
from kg.tokens import statements

MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"
NAME: Final = re.compile(r"V(?P<version>\d+(?:_\d+)*)__(?P<words>\w+)\.cypher")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: version as written (`001`), what it says it does, its statements and checksum."""

    version: str
    description: str
    path: Path
    statements: tuple[str, ...]
    checksum: str

    @property
    def order(self) -> tuple[int, ...]:
        """Versions compare by number, so 2 comes before 010."""
        return tuple(int(part) for part in self.version.split("_"))


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """A constraint or index that is missing, different, or not of the ontology."""

    name: str
    problem: str


def read_migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """Every migration file in order of version."""
    found: dict[tuple[int, ...], Migration] = {}
    for path in sorted(folder.glob("*.cypher")):
        match = NAME.fullmatch(path.name)
        if not match:
            raise BadQuery(f"{path.name}:1: a migration is called V001__words.cypher.")
        pieces = tuple(statements(path.read_text(encoding="utf-8"), path.name))
        migration = Migration(match["version"], match["words"].replace("_", " "), path, pieces, checksum(pieces))
        if migration.order in found:
            other = found[migration.order].path.name
            raise BadQuery(f"{path.name}:1: version {migration.version} is also that of {other}.")
        found[migration.order] = migration
    return tuple(found[order] for order in sorted(found))


def checksum(pieces: tuple[str, ...]) -> str:
    """CRC-32 over the statements in order, as decimal text: the way of neo4j-migrations."""
    crc = 0
    for piece in pieces:
        crc = zlib.crc32(piece.encode(), crc)
    return str(crc)


def migrate(graph: Graph, *, dry_run: bool = False, folder: Path = MIGRATIONS) -> list[Migration]:
    """Apply what is not applied yet, in order, and return it; `dry_run` only says what would be applied.

    IntegrityError names a file that changed, or is gone, after it was applied.
    """
    files = read_migrations(folder)
    applied = graph.read(render.applied())
    todo = _pending(files, applied)
    if dry_run or not todo:
        return todo
    before = str(applied[-1]["version"]) if applied else "BASELINE"
    for migration in todo:
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
        before = migration.version
    return todo


def _pending(files: tuple[Migration, ...], applied: list[dict[str, str]]) -> list[Migration]:
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
    todo = [migration for migration in files if migration.version not in known]
    newest = max((by_version[v].order for v in known), default=())
    for migration in todo:
        if migration.order < newest:
            raise IntegrityError(f"{migration.path.name}: older than the newest applied migration; number it anew.")
    return todo


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
