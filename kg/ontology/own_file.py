"""Reads an ontology.toml: a company's own kinds, with their properties and relationships.

Whatever cannot be done is refused with one ConfigurationError sentence: file, key, value, valid values. A name that
passes is a plain identifier, so nothing that a file says can end a Cypher or SQL name.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kg.errors import ConfigurationError
from kg.ontology.nodes import NODES, PAIRS
from kg.ontology.relationships import RELATIONSHIPS
from kg.ontology.terms import KNOWN

FILE: Final = "ontology.toml"
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,47}")
LABEL: Final = re.compile(r"[A-Z][A-Za-z0-9]{0,47}")
TYPE: Final = re.compile(r"[A-Z][A-Z0-9_]{0,47}")
TARGETS: Final[Mapping[str, str]] = {
    name: name.title()
    for name in ("account", "contact", "lead", "deal", "product", "campaign", "rep", "activity", "ticket", "invoice")
}
"""Kinds of ours that a relationship may lead to, with their labels."""
TYPES: Final = ("text", "integer", "number", "flag", "moment")
MARKER: Final = "Own"
"""Label that every node of an own kind has beside its own."""
TAKEN_NAMES: Final = frozenset(
    ("id", "run", "source", "record_id", "row_ref", "payload_hash", "golden", "golden_from", *(p.name for p in KNOWN))
)
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnProperty:
    """One property: its type (of `TYPES`), what it says, its unit, valid values, whether it is about a person.

    A `tracked` property keeps its history as Change nodes.
    """

    name: str
    type: str
    about: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    personal: bool = False
    tracked: bool = False


@dataclass(frozen=True, slots=True)
class OwnRelationship:
    """A reference of the kind: relationship `type` from it to the kind `to`; `many` come from a table of their own."""

    name: str
    type: str
    to: str
    about: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class OwnKind:
    """One kind of entity.

    `key` names properties that tell two of it apart (else each record is one); `ends` are moments, each with the
    properties that may have been written only then; `known_by` are moments that tell when a row was known.
    """

    name: str
    label: str
    about: str
    key: tuple[str, ...]
    display: str
    properties: tuple[OwnProperty, ...]
    relationships: tuple[OwnRelationship, ...]
    ends: tuple[tuple[str, tuple[str, ...]], ...]
    known_by: tuple[str, ...]

    @property
    def tracked(self) -> tuple[str, ...]:
        """Names of the properties whose history is kept."""
        return tuple(p.name for p in self.properties if p.tracked)


def read_ontology(text: str) -> tuple[OwnKind, ...]:
    """The kinds that the text of an ontology.toml declares."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{FILE}: is not valid TOML: {error}.") from error
    _only(FILE, raw, ("kind",))
    tables = _table(FILE, "kind", raw.get("kind", {}))
    for name in tables:
        _name(f"{FILE}: [kind]", name, NAME, "a kind's name")
        if name in TARGETS or name in PAIRS or name.replace("_", "") in {node.label.lower() for node in NODES}:
            raise ConfigurationError(f"{FILE}: [kind.{name}] is a kind of ours already; name it differently.")
    kinds = tuple(_kind(name, body, tuple(tables)) for name, body in tables.items())
    _unique(kinds)
    return kinds


def _kind(name: str, body: Any, own: tuple[str, ...]) -> OwnKind:
    place = f"{FILE}: [kind.{name}]"
    table = _table(place, "", body)
    _only(place, table, ("label", "about", "key", "display", "properties", "relationships", "ends", "known_by"))
    label = str(table.get("label", "".join(part.title() for part in name.split("_"))))
    _name(place, label, LABEL, "label")
    if label.lower() in {*(node.label.lower() for node in NODES), MARKER.lower(), "current"}:
        raise ConfigurationError(f"{place}: label = {label!r} is a label of ours; name it differently.")
    told = _table(place, "properties", table.get("properties", {})).items()
    properties = tuple(_property(place, key, spec) for key, spec in told)
    refers = _table(place, "relationships", table.get("relationships", {})).items()
    relationships = tuple(_relationship(place, key, spec, own) for key, spec in refers)
    if both := sorted({p.name for p in properties} & {r.name for r in relationships}):
        raise ConfigurationError(f"{place}: {both[0]!r} is both a property and a relationship; rename one.")
    if not properties:
        raise ConfigurationError(f"{place}: has no property; declare at least one, under [kind.{name}.properties].")
    names = tuple(p.name for p in properties)
    moments = tuple(p.name for p in properties if p.type == "moment")
    ends = _table(place, "ends", table.get("ends", {}))
    key, known_by = _names(place, "key", table.get("key", ()), names), table.get("known_by", ())
    display = _names(place, "display", table.get("display", ()), names) or ("name",) * ("name" in names)
    return OwnKind(
        name=name,
        label=label,
        about=_about(place, table),
        key=key,
        display=display[0] if display else "id",
        properties=properties,
        relationships=relationships,
        ends=tuple(
            (_names(place, "ends", end, moments)[0], _names(f"{place} ends", end, some, names))
            for end, some in ends.items()
        ),
        known_by=_names(place, "known_by", known_by, moments),
    )


def _property(place: str, name: str, spec: Any) -> OwnProperty:
    here = f"{place} properties.{name}"
    table = _table(here, "", spec)
    _only(here, table, ("type", "about", "unit", "values", "personal", "tracked"))
    _name(here, name, NAME, "a property's name")
    if name in TAKEN_NAMES or name.endswith("__known"):
        raise ConfigurationError(f"{here}: the name is taken; every node has it already. Name it differently.")
    kind = table.get("type", "text")
    if kind not in TYPES:
        raise ConfigurationError(f"{here}: type = {kind!r} is not one of {', '.join(TYPES)}.")
    values = table.get("values", [])
    if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values) or (values and kind != "text"):
        raise ConfigurationError(f"{here}: values = {values!r} should be a list of texts, of a property of type text.")
    unit = table.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise ConfigurationError(f"{here}: unit = {unit!r} should be a text.")
    personal, tracked = _flag(here, table, "personal"), _flag(here, table, "tracked")
    return OwnProperty(name, kind, _about(here, table), unit, tuple(values), personal, tracked)


def _relationship(place: str, name: str, spec: Any, own: tuple[str, ...]) -> OwnRelationship:
    here = f"{place} relationships.{name}"
    table = _table(here, "", spec)
    _only(here, table, ("type", "to", "about", "many"))
    _name(here, name, NAME, "a relationship's name")
    if name in TAKEN_NAMES or name.endswith("__known"):
        raise ConfigurationError(f"{here}: the name is taken; name it differently.")
    kind, to = table.get("type", name.upper()), table.get("to")
    _name(here, kind, TYPE, "type")
    if kind in {r.type for r in RELATIONSHIPS}:
        raise ConfigurationError(f"{here}: type = {kind!r} is a relationship type of ours; name it differently.")
    if to not in (*TARGETS, *own):
        valid = ", ".join((*TARGETS, *own))
        raise ConfigurationError(f"{here}: to = {to!r} is not a kind; the kinds are {valid}.")
    return OwnRelationship(name, kind, to, _about(here, table), _flag(here, table, "many"))


def _unique(kinds: Iterable[OwnKind]) -> None:
    """Labels and the names of tables of `many` relationships differ from one another."""
    seen: dict[str, str] = {}
    for kind in kinds:
        names = [kind.label.lower(), *(f"{kind.name}_{r.name}" for r in kind.relationships if r.many)]
        for name in dict.fromkeys([*names, kind.name]):
            if seen.setdefault(name, kind.name) != kind.name:
                raise ConfigurationError(
                    f"{FILE}: [kind.{kind.name}] and [kind.{seen[name]}] both use the name {name!r}; rename one."
                )
        if len({r.triple for r in map(_Ends, kind.relationships)}) < len(kind.relationships):
            raise ConfigurationError(
                f"{FILE}: [kind.{kind.name}] has two relationships of one type to one kind; give each its own type."
            )


@dataclass(frozen=True, slots=True)
class _Ends:
    declared: OwnRelationship

    @property
    def triple(self) -> tuple[str, str]:
        return self.declared.type, self.declared.to


def _table(place: str, key: str, value: Any) -> Table:
    if not isinstance(value, Mapping):
        where = f"{place}: {key} =" if key else f"{place}:"
        raise ConfigurationError(f"{where} {value!r} should be a table.")
    return value


def _only(place: str, table: Table, valid: tuple[str, ...]) -> None:
    if unknown := [key for key in table if key not in valid]:
        raise ConfigurationError(f"{place}: does not know {unknown[0]!r}; it takes {', '.join(valid)}.")


def _name(place: str, value: Any, shape: re.Pattern[str], what: str) -> None:
    if not isinstance(value, str) or not shape.fullmatch(value):
        example = {NAME: "small letters, digits and underscores, such as 'bid' or 'due_date'"}
        example |= {LABEL: "letters and digits that begin with a capital, such as 'Bid'"}
        example |= {TYPE: "capitals, digits and underscores, such as 'BID_FOR'"}
        raise ConfigurationError(f"{place}: {what} {value!r} is no name; write {example[shape]} (48 at most).")


def _about(place: str, table: Table) -> str:
    about = table.get("about")
    if not isinstance(about, str) or not about.strip():
        raise ConfigurationError(f"{place}: about = {about!r} should be a sentence that says what it is.")
    return about.strip()


def _flag(place: str, table: Table, key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigurationError(f"{place}: {key} = {value!r} is neither true nor false.")
    return value


def _names(place: str, key: str, given: Any, valid: tuple[str, ...]) -> tuple[str, ...]:
    """One name or a list of names of properties."""
    names = tuple(given) if isinstance(given, list | tuple) else (given,)
    for name in names:
        if name not in valid:
            what = "moments" if key in ("ends", "known_by") else "properties"
            raise ConfigurationError(
                f"{place}: {key} = {name!r} is not one of its {what}: {', '.join(valid) or 'none'}."
            )
    return names
