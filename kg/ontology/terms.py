"""What a word of the graph is made of: frozen declarations that check themselves."""

from dataclasses import dataclass, field
from enum import StrEnum

from kg.errors import ConfigurationError


class Type(StrEnum):
    """Property types that Neo4j stores; times are zoned, in UTC."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"
    TEXTS = "texts"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Property:
    """One property: name, type, what it says, its unit, whether it is about a person, its valid values."""

    name: str
    type: Type
    about: str
    required: bool = False
    personal: bool = False
    unit: str | None = None
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name.lower() != self.name:
            raise ConfigurationError(f"property {self.name!r}: a name is lower case with underscores")
        if not self.about:
            raise ConfigurationError(f"property {self.name!r} has no description")


KNOWN = (
    Property("known_from", Type.MOMENT, "When a source first knew it.", required=True),
    Property("known_to", Type.MOMENT, "When no source held it any more; empty while it holds."),
)
"""Knowledge time: on every node and relationship that a source asserts."""

PERSONAL = Property(
    "personal_values", Type.TEXTS, "Names of its properties whose value a person carries; viewers do not see these."
)
"""On everything that a source asserts: found when rows are loaded, so that no reader has to compare values."""

RUN = Property("run", Type.TEXT, "The run that last wrote it.", required=True)


OPEN = "[atu]_[a-z0-9_]+"
"""Names of the properties that an open label takes beside its own (a regular expression)."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node label. Every node has the unique key `id` (text); asserted ones carry knowledge time.

    `display` names the property that people read; `volatile` ones are left out of the digest. An `open` label takes
    properties of the user's own as well: numbers and texts whose names begin with `a_` (a value), `t_` (its text) or
    `u_` (until when it stood). `markers` are labels that such a node has beside its own.
    """

    label: str
    about: str
    properties: tuple[Property, ...]
    asserted: bool = True
    display: str = "id"
    volatile: bool = False
    open: bool = False
    indexes: tuple[tuple[str, ...], ...] = ()
    markers: tuple[str, ...] = ()
    by_name: dict[str, Property] = field(init=False, compare=False, repr=False, hash=False)

    def __post_init__(self) -> None:
        base = (Property("id", Type.TEXT, "Unique key.", required=True), *self.properties, RUN)
        by_name = {p.name: p for p in (*base, *((*KNOWN, PERSONAL) if self.asserted else ()))}
        if self.display not in by_name:
            raise ConfigurationError(f"{self.label}: display property {self.display!r} is not declared")
        for column in (c for index in self.indexes for c in index):
            if column not in by_name:
                raise ConfigurationError(f"{self.label}: index on {column!r}, which is not declared")
        object.__setattr__(self, "by_name", by_name)


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship type between two labels. Its unique `id` is `start>end` and then its `key` values.

    `key` names the properties that tell two relationships of one type between the same two nodes apart. `hubs` names
    the ends ("start", "end") where one node may have thousands: the loader keeps their id on the relationship, and an
    index on (id, knowledge time) gives a node's newest ones without reading the rest.
    """

    type: str
    start: str
    end: str
    about: str
    key: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    asserted: bool = True
    hubs: tuple[str, ...] = ()
    by_name: dict[str, Property] = field(init=False, compare=False, repr=False, hash=False)

    def __post_init__(self) -> None:
        if not set(self.hubs) <= {"start", "end"} or (self.hubs and not self.asserted):
            raise ConfigurationError(f"{self.type}: hubs {self.hubs} must be start or end of what a source asserts")
        hubs = (Property(f"{end}_id", Type.TEXT, f"Id of its {end}, for the index.", True) for end in self.hubs)
        base = (Property("id", Type.TEXT, "Unique key.", required=True), *self.properties, *hubs, RUN)
        by_name = {p.name: p for p in (*base, *((*KNOWN, PERSONAL) if self.asserted else ()))}
        if missing := [k for k in self.key if k not in by_name]:
            raise ConfigurationError(f"{self.type}: key {missing} is not declared")
        object.__setattr__(self, "by_name", by_name)

    @property
    def triple(self) -> tuple[str, str, str]:
        """(start label, type, end label): what names this declaration."""
        return self.start, self.type, self.end
