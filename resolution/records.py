"""What sources say, kind by kind: the fields of every staged record, as frozen data that check themselves.

A staged table `staged_<kind>` has the columns of `FIXED`, then for each field `f` the columns `f` and `f__known`
(when the source knew that value). Times are naive UTC. A reference is the text `source:record_id`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kg.errors import ConfigurationError

RELATIONS = ("subsidiary_of", "partners_with", "owned_by")
TRACKED_KINDS = ("deal", "lead", "account", "contact")


class Form(StrEnum):
    """How a value is stored: the DuckDB type is `SQL_TYPES[form]`."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    MOMENT = "moment"
    DAY = "day"
    REF = "ref"
    CHOICE = "choice"


SQL_TYPES: dict[Form, str] = {
    Form.TEXT: "VARCHAR",
    Form.NUMBER: "DOUBLE",
    Form.INTEGER: "BIGINT",
    Form.FLAG: "BOOLEAN",
    Form.MOMENT: "TIMESTAMP",
    Form.DAY: "TIMESTAMP",
    Form.REF: "VARCHAR",
    Form.CHOICE: "VARCHAR",
}

FIXED: tuple[tuple[str, str], ...] = (
    ("source", "VARCHAR"),
    ("record_id", "VARCHAR"),
    ("row_ref", "VARCHAR"),
    ("payload_hash", "VARCHAR"),
    ("known_from", "TIMESTAMP"),
    ("known_to", "TIMESTAMP"),
)
"""Columns that every staged table begins with; `row_ref` is file:line."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: name, form, what it says, and what a good value is.

    `refers` names the kinds a reference may point at; `low` and `high` bound a number; a `tracked` field keeps its
    history: a difference between two stagings becomes a `change` record.
    """

    name: str
    form: Form
    about: str
    required: bool = False
    values: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    tracked: bool = False

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name != self.name.lower() or not self.about:
            raise ConfigurationError(f"field {self.name!r}: a name is lower case with underscores, and is described")
        if (self.form is Form.CHOICE) != bool(self.values) or (self.form is Form.REF) != bool(self.refers):
            raise ConfigurationError(
                f"field {self.name!r}: a choice has values, a reference names kinds, others neither"
            )

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the column."""
        return SQL_TYPES[self.form]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. A `keyless` kind may do without an id: the row's own content is its key.

    `ends` names the moments at which an end is reached, each with the fields that may have been written only then:
      where
    the mapping names no knowledge time, they are not known before.

    `known_by` names the fields that tell when a row was known if the mapping does not say; `aliases` are short names
    that a mapping may use for a field (a deal's `kind`). `implied` are (field, other, value): where a source gives the
    field, the other has this value unless it says so itself.
    """

    name: str
    about: str
    fields: tuple[Field, ...]
    keyless: bool = False
    known_by: tuple[str, ...] = ()
    ends: tuple[tuple[str, tuple[str, ...]], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    implied: tuple[tuple[str, str, str], ...] = ()
    by_name: dict[str, Field] = field(init=False, compare=False, repr=False, hash=False)

    def __post_init__(self) -> None:
        by_name = {f.name: f for f in self.fields}
        ends = [n for end, fields in self.ends for n in (end, *fields)]
        spoken = (
            *self.known_by,
            *ends,
            *(f for _, f in self.aliases),
            *(n for a, b, _ in self.implied for n in (a, b)),
        )
        if missing := [n for n in spoken if n not in by_name]:
            raise ConfigurationError(f"kind {self.name!r} speaks of {missing}, which are not its fields")
        object.__setattr__(self, "by_name", by_name)

    @property
    def table(self) -> str:
        """Name of the staged table."""
        return f"staged_{self.name}"

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Every column of the staged table with its DuckDB type, in order."""
        own = (
            (column, kind)
            for f in self.fields
            for column, kind in ((f.name, f.sql_type), (f"{f.name}__known", "TIMESTAMP"))
        )
        return (*FIXED, *own)

    @property
    def tracked(self) -> tuple[str, ...]:
        """Names of the fields whose history is kept."""
        return tuple(f.name for f in self.fields if f.tracked)


def text(name: str, about: str, *, tracked: bool = False, required: bool = False) -> Field:
    """A text field."""
    return Field(name, Form.TEXT, about, required=required, tracked=tracked)


def number(
    name: str, about: str, low: float | None = None, high: float | None = None, *, tracked: bool = False
) -> Field:
    """A number, with its bounds."""
    return Field(name, Form.NUMBER, about, low=low, high=high, tracked=tracked)


def integer(name: str, about: str, low: float | None = None, *, tracked: bool = False) -> Field:
    """A whole number."""
    return Field(name, Form.INTEGER, about, low=low, tracked=tracked)


def moment(name: str, about: str, *, required: bool = False, tracked: bool = False) -> Field:
    """A moment in UTC; a bare date is the end of that day."""
    return Field(name, Form.MOMENT, about, required=required, tracked=tracked)


def ref(name: str, about: str, *kinds: str, required: bool = False, tracked: bool = False) -> Field:
    """A reference to a record of one of `kinds`."""
    return Field(name, Form.REF, about, required=required, refers=kinds, tracked=tracked)


def choice(name: str, about: str, values: tuple[str, ...], *, required: bool = False, tracked: bool = False) -> Field:
    """One of a closed list of values."""
    return Field(name, Form.CHOICE, about, required=required, values=values, tracked=tracked)


KEY = "'{kind}|' || {alias}source || ':' || {alias}record_id"


def key_sql(kind: str, alias: str = "") -> str:
    """SQL for a record's key 'kind|source:record_id', which is also the id of its Record node."""
    return KEY.format(kind=kind, alias=f"{alias}." if alias else "")
