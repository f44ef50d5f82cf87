"""Columns of a user's own that count: what `attributes =` in a section of a sources.toml says.

attributes = "*"                                       every column that no field reads
attributes = ["Budget confirmed", "Segment"]           these columns
attributes = { columns = "*", except = ["Notes"], known_at = "Created" }
attributes = ["Segment", { column = "Fit", type = "ordinal", order = ["low", "high"], known_at = "FitAt" }]
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kg.errors import BadMapping
from resolution.records import TRACKED_KINDS, Form, Kind
from resolution.sources.keys import keys_of

if TYPE_CHECKING:
    from resolution.sources.mapping import Known

KnownOf = Callable[[str, Any], "tuple[Known, ...]"]
"""Reads a `known_at`: (place, what is said) → ways to tell, the first that says something counts."""


HOLDERS = (*TRACKED_KINDS, "activity")
"""Kinds whose sections take attributes; those of an activity are numbers of its event."""


class AttributeType(StrEnum):
    """What an attribute's values are."""

    NUMBER = "number"
    MONEY = "money"
    FLAG = "flag"
    CATEGORY = "category"
    LIST = "list"
    DATE = "date"
    ORDINAL = "ordinal"
    TEXT = "text"


class Aggregate(StrEnum):
    """How the values of a deal's contacts become one of the deal: the share that has it, whether any has, the highest.

    `best` takes the highest number, rank or newest date.
    """

    ANY = "any"
    SHARE = "share"
    BEST = "best"


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    """One column: its name as an attribute, and what the mapping says of it; None: read off the values.

    `of` names the reference by which the row says whose attribute it is, None for the row's own record.
    """

    column: str
    name: str
    type: AttributeType | None = None
    order: tuple[str, ...] = ()
    known: "tuple[Known, ...]" = ()
    aggregate: Aggregate | None = None
    personal: bool | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Attributes:
    """The own columns of a section. `every` takes all that no field reads, less `without`."""

    every: bool
    columns: tuple[AttributeColumn, ...]
    without: tuple[str, ...] = ()
    known: "tuple[Known, ...]" = ()

    def reads(self) -> Iterator[str]:
        """The columns that the mapping names, those of knowledge times among them."""
        yield from (c.column for c in self.columns)
        for known in (*self.known, *(k for c in self.columns for k in c.known)):
            yield from known.columns


def read_attributes(place: str, kind: Kind, fields: Collection[str], spec: Any, known_of: KnownOf) -> Attributes | None:
    """What a section that reads these fields says of its own columns; None where it says nothing.

    Raises:
        BadMapping: the kind takes no attributes, or something is said that cannot be done.
    """
    if spec is None or spec is False:
        return None
    place = f"{place} attributes"
    if kind.name not in HOLDERS:
        raise BadMapping(f"{place}: a {kind.name} takes no attributes; {', '.join(HOLDERS)} do")
    if kind.name == "activity" and "event" not in fields:
        raise BadMapping(
            f"{place}: numbers of an activity count by its event; say event = the column that names what happened, "
            'or event = { constant = "Demo requested" }'
        )
    references = tuple(name for name in fields if kind.by_name[name].form is Form.REF)
    whole = spec if isinstance(spec, Mapping) and "column" not in spec else {"columns": spec}
    if unknown := sorted(set(whole) - keys_of("attributes")):
        raise BadMapping(f"{place}: does not know {unknown[0]!r}; it takes {', '.join(sorted(keys_of('attributes')))}")
    listed = whole.get("columns", "*")
    listed = listed if isinstance(listed, list) else [listed]
    columns = tuple(_column(place, references, one, known_of) for one in listed if one != "*")
    if len({c.name.lower() for c in columns}) < len(columns):
        raise BadMapping(f"{place}: two columns bear one name; give one of them another with name =")
    without = whole.get("except", [])
    return Attributes(
        every="*" in listed,
        columns=columns,
        without=tuple(without) if isinstance(without, list) else (str(without),),
        known=known_of(f"{place} known_at", whole.get("known_at")),
    )


def _column(place: str, references: tuple[str, ...], spec: Any, known_of: KnownOf) -> AttributeColumn:
    spec = spec if isinstance(spec, Mapping) else {"column": spec}
    if not isinstance(spec.get("column"), str) or set(spec) - keys_of("attribute"):
        raise BadMapping(f"{place}: a column's name, or a table of {', '.join(sorted(keys_of('attribute')))}")
    column = spec["column"]
    place = f"{place} {column}"
    order = tuple(str(level) for level in spec.get("order", ()))
    kind = _one(place, "type", spec.get("type"), AttributeType)
    if order and kind not in (None, AttributeType.ORDINAL):
        raise BadMapping(f"{place}: order = belongs to type = 'ordinal'")
    if spec.get("from") is not None and spec["from"] not in references:
        known = ", ".join(references) or "it has none"
        raise BadMapping(f"{place}: from = {spec['from']!r} is no reference of this section: {known}")
    return AttributeColumn(
        column=column,
        name=" ".join(str(spec.get("name", column)).split()),
        type=AttributeType.ORDINAL if order else kind,
        order=order,
        known=known_of(f"{place} known_at", spec.get("known_at")),
        aggregate=_one(place, "aggregate", spec.get("aggregate"), Aggregate),
        personal=spec.get("personal"),
        of=spec.get("from"),
    )


def _one(place: str, key: str, value: Any, valid: Any) -> Any:
    if value is None:
        return None
    if value not in [str(v) for v in valid]:
        raise BadMapping(f"{place}: {key} = {value!r}; it is one of {', '.join(valid)}")
    return valid(value)
