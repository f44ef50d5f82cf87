"""Lanes of Neo4j that can be run here: a lane is data that names its Java and main class; its jars are locked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg.errors import ConfigurationError

FOLDER = Path(__file__).parent / "lanes"
ADMIN_CLASS = "org.neo4j.server.startup.Neo4jAdminCommand"


@dataclass(frozen=True)
class Lane:
    """One line of Neo4j releases.

    Attributes:
        name: what DEALGRAPH_NEO4J_LANE says.
        java: major versions of Java it runs on, best first.
        main_class: entry point of the Community server.
    """

    name: str
    java: tuple[int, ...]
    main_class: str

    @property
    def lock_file(self) -> Path:
        """The locked list of jars with their SHA-256, written by `jgo lock` from the jgo.toml beside it."""
        return FOLDER / f"neo4j-{self.name}" / "jgo.lock.toml"


LANES: tuple[Lane, ...] = (
    Lane("5.26", java=(21, 17), main_class="org.neo4j.server.CommunityEntryPoint"),
    Lane("2026.08", java=(25,), main_class="org.neo4j.server.Neo4jCommunity"),
)


def lane(name: str) -> Lane:
    """The lane of that name.

    Raises:
        ConfigurationError: there is none, or its jars were never locked.
    """
    for candidate in LANES:
        if candidate.name == name:
            return candidate
    raise ConfigurationError(f"DEALGRAPH_NEO4J_LANE is {name!r}: choose one of {', '.join(x.name for x in LANES)}.")
