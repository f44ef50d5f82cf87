"""What the graph gives back: nodes and relationships as plain frozen values, and the ids of relationships."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class NodeValue:
    """A node as we show it: sorted labels, our properties, and nothing of Neo4j's own."""

    labels: tuple[str, ...]
    properties: Mapping[str, Any] = field(hash=False)

    @property
    def id(self) -> str:
        """Our unique key."""
        return str(self.properties.get("id", ""))


@dataclass(frozen=True, slots=True)
class RelationshipValue:
    """A relationship as we show it; `start` and `end` are our ids of its nodes."""

    type: str
    start: str
    end: str
    properties: Mapping[str, Any] = field(hash=False)

    @property
    def id(self) -> str:
        """Our unique key."""
        return str(self.properties.get("id", ""))


def relationship_id(start: str, end: str, *key: Any) -> str:
    """`start>end` and then the key's values; `>` and `%` inside them are written %3E and %25."""
    parts = [start, end]
    parts += [k.isoformat() if isinstance(k, datetime) else "" if k is None else str(k) for k in key]
    text = ">".join(parts)
    if "%" in text or text.count(">") >= len(parts):
        text = ">".join(part.replace("%", "%25").replace(">", "%3E") for part in parts)
    return text


def ends_of(relationship: str) -> tuple[str, str]:
    """The ids of the two nodes that a relationship's id names; empty texts where it names none."""
    start, _, rest = relationship.partition(">")
    end = rest.partition(">")[0]
    return _plain(start), _plain(end)


def _plain(part: str) -> str:
    return part.replace("%3E", ">").replace("%25", "%") if "%" in part else part
