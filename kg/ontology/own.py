"""What a company adds beside sources.toml: its ontology.toml, query files and scores, as one value.

The value holds the texts, so that it can be kept in the graph (`Workspace.own`) and every reader declares the same.
`using(own)` makes it count in one context (a job, a request, a test) and in no other.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.errors import ConfigurationError
from kg.ontology.own_file import FILE, MARKER, TARGETS, OwnKind, read_ontology
from kg.ontology.relationships import RECORD
from kg.ontology.terms import Node, Property, Relationship, Type

BUILT_IN: Final = Path(__file__).parents[2]
LARGEST: Final = 1_000_000
"""Bytes that all own files together may have: they are kept in one property of the graph."""


@dataclass(frozen=True, eq=False)
class Own:
    """Own declarations. `files` are texts by path relative to the folder of sources.toml (`/` between parts)."""

    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    kinds: tuple[OwnKind, ...] = ()
    nodes: tuple[Node, ...] = ()
    relationships: tuple[Relationship, ...] = ()

    def folder(self, name: str, suffix: str) -> dict[str, str]:
        """The texts of the files under one folder that end in `suffix`, by path, in order."""
        return {p: t for p, t in sorted(self.files.items()) if p.startswith(f"{name}/") and p.endswith(suffix)}

    def kind_of(self, label: str) -> OwnKind | None:
        """The kind that has this label."""
        return next((kind for kind in self.kinds if kind.label == label), None)

    @property
    def text(self) -> str | None:
        """The texts as JSON, which is what the graph keeps; None where there are none."""
        return json.dumps(dict(self.files), sort_keys=True) if self.files else None

    @property
    def digest(self) -> str | None:
        """SHA-256 of `text`."""
        return hashlib.sha256(self.text.encode()).hexdigest() if self.text else None


NOTHING: Final = Own()
_OWN: ContextVar[Own] = ContextVar("own", default=NOTHING)


def current() -> Own:
    """What counts in this context; nothing own unless `using` says so."""
    return _OWN.get()


@contextmanager
def using(own: Own) -> Iterator[Own]:
    """Let own declarations count while the block runs."""
    token = _OWN.set(own)
    try:
        yield own
    finally:
        _OWN.reset(token)


def read_own(folder: Path) -> Own:
    """What stands beside a sources.toml: `ontology.toml`, `cypher/**/*.cypher` and `scores/*.toml`.

    Raises:
        ConfigurationError: a file cannot be read, all are too large, or ontology.toml cannot be followed.
    """
    if folder.resolve() == BUILT_IN:
        return NOTHING  # the program's own folders are no one's own
    paths = [folder / FILE, *folder.glob("cypher/**/*.cypher"), *folder.glob("scores/*.toml")]
    files: dict[str, str] = {}
    for path in sorted(p for p in paths if p.is_file()):
        try:
            files[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path.relative_to(folder)}: cannot be read as UTF-8 text ({error}).") from error
    if (size := sum(map(len, files.values()))) > LARGEST:
        raise ConfigurationError(
            f"{FILE}, cypher/ and scores/ hold {size:,} characters together; {LARGEST:,} are the most."
        )
    return own_of(json.dumps(files, sort_keys=True))


@lru_cache(maxsize=32)
def own_of(text: str | None) -> Own:
    """Own declarations from their texts as JSON, as `Own.to_json` gives them; equal text gives the same object."""
    files: dict[str, str] = json.loads(text) if text else {}
    if not files:
        return NOTHING
    kinds = read_ontology(files.get(FILE, ""))
    nodes = tuple(map(_node, kinds))
    relationships = tuple(r for kind in kinds for r in _relationships(kind, {k.name: k.label for k in kinds}))
    return Own(files, kinds, nodes, relationships)


def hold_kept(before: Own, now: Own) -> None:
    """Refuse a declaration that no longer has a kind, property or relationship which the graph may hold.

    What is closed stays in the graph, so its declaration stays too.

    Raises:
        ConfigurationError: names the first one that is missing or has another type.
    """
    labels, triples = {n.label: n for n in now.nodes}, {r.triple for r in now.relationships}
    for kind in before.kinds:
        node = labels.get(kind.label)
        if node is None:
            raise ConfigurationError(
                f"{FILE}: [kind.{kind.name}] with label {kind.label} is gone, but the graph holds such nodes; "
                "put it back. A source that no longer states them closes them."
            )
        for p in kind.properties:
            if p.name not in node.by_name or node.by_name[p.name].type != Type(p.type):
                raise ConfigurationError(
                    f"{FILE}: [kind.{kind.name}] properties.{p.name} of type {p.type} is gone, but nodes of the graph "
                    "may have it; put it back, and give a new meaning a new name."
                )
    for relationship in before.relationships:
        if relationship.triple not in triples:
            start, kind_, end = relationship.triple
            raise ConfigurationError(
                f"{FILE}: the relationship {kind_} from {start} to {end} is gone, but the graph may hold it; "
                "put it back."
            )


def _node(kind: OwnKind) -> Node:
    return Node(
        kind.label,
        kind.about,
        tuple(Property(p.name, Type(p.type), p.about, False, p.personal, p.unit, p.values) for p in kind.properties),
        display=kind.display,
        markers=(MARKER,),
    )


def _relationships(kind: OwnKind, labels: Mapping[str, str]) -> Iterator[Relationship]:
    weight = Property("match_weight", Type.NUMBER, "Best match weight that ties it to the rest.", unit="log2")
    yield Relationship("RESOLVED_TO", "Record", kind.label, f"The record speaks of this {kind.name}.", (), (weight,))
    yield Relationship("OF", "Score", kind.label, "What is scored.", asserted=False)
    if kind.tracked:
        yield Relationship("OF", "Change", kind.label, "What changed.")
    for r in kind.relationships:
        end = labels.get(r.to) or TARGETS[r.to]
        yield Relationship(r.type, kind.label, end, r.about, properties=(RECORD,))
