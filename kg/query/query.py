"""A query: Cypher text that says what it is. The graph accepts nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

Mode = Literal["read", "write"]
UNWOUND: Final = re.compile(r"\bUNWIND \$(\w+) AS\b")


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

    def sent(self, params: Mapping[str, Any], prefix: str = "") -> tuple[str, dict[str, Any]]:
        """The text and parameters as Neo4j gets them: a list that is unwound goes in a map.

        Neo4j plans a query anew for each order of magnitude of a list's length, up to seconds for a feature; of a list
        within a map it does not know the length, so that one plan serves all.
        """
        text, lists = _boxed(self.text)
        return prefix + text, {name: {"all": value} if name in lists else value for name, value in params.items()}


@lru_cache(maxsize=4096)
def _boxed(text: str) -> tuple[str, frozenset[str]]:
    unwound = frozenset(name for name in UNWOUND.findall(text) if len(re.findall(rf"\${name}\b", text)) == 1)
    return UNWOUND.sub(lambda m: m[0].replace(m[1], f"{m[1]}.all") if m[1] in unwound else m[0], text), unwound
