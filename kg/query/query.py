"""A query: Cypher text that says what it is. The graph accepts nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Mode = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Query:
    """Cypher that was read from a file and checked, or rendered from declarations (`path` is then None).

    `parameters` are the names after `$`, `columns` what the last RETURN gives, `auto_commit` says that the text holds
    CALL … IN TRANSACTIONS and so cannot run inside a transaction; `digest` is the SHA-256 of the file.
    """

    name: str
    kind: str
    text: str
    mode: Mode = "read"
    path: Path | None = None
    header: Mapping[str, str] = field(default_factory=dict, hash=False)
    parameters: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    auto_commit: bool = False
    digest: str = ""

    @property
    def place(self) -> str:
        """Where a reader finds it: the file, or the name that rendering gave it."""
        return str(self.path) if self.path else f"rendered {self.kind} {self.name}"
