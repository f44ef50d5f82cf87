"""What a staging did or would do: counts, refusals, notices, first rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from resolution.staging.notices import Notice


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of one kind from one source: staged + rejected + left out = fetched.

    `misread` values were rejected in rows that are staged.
    """

    source: str
    kind: str
    fetched: int
    staged: int
    rejected: int
    left_out: int = 0
    misread: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source that was refused, and why, in one sentence."""

    source: str
    sentence: str


@dataclass(frozen=True, slots=True)
class StageReport:
    """What a staging did. `newest` is the newest knowledge time staged (UTC): the data's own now."""

    counts: tuple[Count, ...]
    refused: tuple[Refusal, ...]
    cannot_know: tuple[str, ...]
    unused_files: tuple[str, ...]
    newest: datetime
    notices: tuple[Notice, ...] = ()

    @property
    def fetched(self) -> int:
        """Rows fetched in all."""
        return sum(c.fetched for c in self.counts)

    @property
    def rejected(self) -> int:
        """Rows rejected in all."""
        return sum(c.rejected for c in self.counts)

    @property
    def left_out(self) -> int:
        """Rows that the mapping leaves out, in all: by where, as deleted or merged, as older rows of one id."""
        return sum(c.left_out for c in self.counts)


@dataclass(frozen=True, slots=True)
class Sample:
    """First rows of one kind of one source, as staged, and its first rejects."""

    source: str
    kind: str
    rows: tuple[dict[str, Any], ...]
    rejects: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class FieldFilled:
    """One field of a kind of a source: of so many records so many have it, how many different values, some of them."""

    source: str
    kind: str
    field: str
    records: int
    filled: int
    distinct: int
    least: str
    greatest: str
    frequent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column of the user's own: its type, how many records have it, whether it counts, and why or why not."""

    kind: str
    name: str
    type: str
    filled: int
    distinct: int
    counts: bool
    why: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a staging would do; `fields` and `own` where they were asked for."""

    report: StageReport
    samples: tuple[Sample, ...]
    fields: tuple[FieldFilled, ...] = ()
    own: tuple[OwnColumn, ...] = ()
