"""What a sources.toml says, as frozen data: sources, their sections (one a kind), and where each
field's value comes from.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from resolution.kinds import BY_NAME
from resolution.sources.attributes import Attributes


@dataclass(frozen=True, slots=True)
class Reader:
    """How files are read; `encoding` '' is decided from the bytes, `skip` None finds the header by itself."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = ""
    decimal: str = "."
    sheet: str = ""
    """Name of the sheet of a workbook; '' reads the first visible one with rows."""
    rows: str = ""
    """Path of the array that holds the rows of a JSON document."""
    skip: int | None = None
    """Lines above the header."""
    footer: bool = True
    """Whether totals and notices below the rows are left out."""


@dataclass(frozen=True, slots=True)
class Known:
    """One way to tell when something was known: the first of `columns` that is not blank, else `constant`."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    formats: tuple[str, ...] = ()
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A second file in which a value is looked up: `value` where `key` equals; for stages also order and meaning."""

    files: tuple[str, ...]
    key: str
    value: str
    order: str | None = None
    won: str | None = None
    closed: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the lookup reads."""
        return tuple(dict.fromkeys(c for c in (self.key, self.value, self.order, self.won, self.closed) if c))


@dataclass(frozen=True, slots=True)
class Value:
    """Where one field's value comes from and what is done to it."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    ref_source: str | None = None
    by: str | None = None
    prefix: str = ""
    starts: str | None = None
    part: str | None = None
    first: bool = False
    values: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    otherwise: str | None = None
    formats: tuple[str, ...] = ()
    epoch: str | None = None
    time_zone: str | None = None
    times: float | None = None
    currency: str | None = None
    currency_is: str | None = None
    lookup: Lookup | None = None
    won: str | None = None
    closed: str | None = None
    probability: str | None = None
    known: tuple[Known, ...] = ()
    optional: bool = False
    band: str = ""
    """What a band such as 51-200 counts as: 'low', its lower bound; 'middle', the geometric mean; '': it is refused."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns whose absence stops the source, unless optional."""
        return (*self.columns, *(c for c in (self.currency, self.won, self.closed, self.probability) if c))


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows are kept where `column` is one of `values` (`is`), none of them (`not`), or begins with one (`starts`)."""

    column: str
    values: tuple[str, ...]
    how: str = "is"

    def __str__(self) -> str:
        return f"{self.column} {self.how} {' or '.join(map(repr, self.values))}"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What becomes of records between two exports.

    With `snapshot` a record that is absent ended; without (`mode = "append"`) absence says nothing. A key that stands
    more than once is settled by the row with the newest `newest_by`. Rows that one of `deleted` fits ended.
    `merged_into` names the column with the id of the record that took this one's place, `merged_ids` the column
    (and its separator) with the ids of the records whose place this one took.
    """

    snapshot: bool = True
    newest_by: tuple[Known, ...] = ()
    deleted: tuple[Condition, ...] = ()
    merged_into: str | None = None
    merged_ids: tuple[str, str] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that may be missing where the section is optional."""
        named = (*(c.column for c in self.deleted), self.merged_into, self.merged_ids and self.merged_ids[0])
        return tuple(column for column in named if column)


@dataclass(frozen=True, slots=True)
class Section:
    """How rows of some files become records of one kind."""

    kind: str
    files: tuple[str, ...]
    match: tuple[str, ...]
    table: str | None
    reader: Reader
    key: tuple[str, ...]
    key_prefix: str
    key_suffix: str
    key_first: bool
    where: tuple[Condition, ...]
    distinct: bool
    split: tuple[str, str] | None
    known: tuple[Known, ...]
    time_zone: str
    optional: bool
    values: dict[str, Value] = field(hash=False)
    keeping: Keeping = Keeping()
    attributes: Attributes | None = None

    def columns(self) -> Iterator[tuple[str, bool]]:
        """Every column that the section reads, with whether it may be missing."""
        for column in self.key:
            yield column, self.key_first
        for condition in self.where:
            yield condition.column, self.optional
        if self.split:
            yield self.split[0], False
        for column in self.keeping.columns:
            yield column, self.optional
        for known in (*self.known, *self.keeping.newest_by, *(k for v in self.values.values() for k in v.known)):
            for column in known.columns:
                yield column, self.optional
        for column in self.attributes.reads() if self.attributes else ():
            yield column, self.optional
        required = {f.name for f in BY_NAME[self.kind].fields if f.required}
        for name, value in self.values.items():
            for column in value.reads:
                yield column, value.optional or (self.optional and (name not in required or value.first))


@dataclass(frozen=True, slots=True)
class Source:
    """One system: its name is the first part of every reference to its records."""

    name: str
    sections: tuple[Section, ...]
    digest: str
    not_used: tuple[tuple[str, str], ...] = ()
    """(file pattern, why) of files that the mapping knows and leaves."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A whole sources.toml; `folder` is what its paths are relative to."""

    folder: Path
    currency: str | None
    rates: Path | None
    sources: tuple[Source, ...]
    placeholders: tuple[str, ...] = ()
    """Further values that stand for nothing."""
    keep: tuple[str, ...] = ()
    """Values that look like placeholders and are none."""
