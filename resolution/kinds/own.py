"""A company's own kinds of records, made of its ontology.toml: staged, dated and closed exactly as ours are."""

from collections.abc import Mapping, Set
from dataclasses import replace
from functools import lru_cache

from kg.errors import BadMapping, ConfigurationError
from kg.ontology.own import Own
from kg.ontology.own_file import FILE, OwnKind, OwnProperty
from resolution.records import TRACKED_KINDS, Field, Form, Kind, ref

FORMS: Mapping[str, Form] = {
    "text": Form.TEXT,
    "integer": Form.INTEGER,
    "number": Form.NUMBER,
    "flag": Form.FLAG,
    "moment": Form.MOMENT,
}


@lru_cache(maxsize=8)
def with_own(own: Own, ours: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Our kinds and the own ones; changes may then be of any kind whose history is kept.

    Raises:
        ConfigurationError: a kind, or the table of a relationship, has the name of one of ours.
    """
    made = [kind for declared in own.kinds for kind in _kinds(declared)]
    names = {kind.name for kind in ours}
    for kind in made:
        if kind.name in names:
            raise ConfigurationError(f"{FILE}: {kind.name!r} is a kind of ours already; name it differently.")
    tracked = (*TRACKED_KINDS, *(kind.name for kind in own.kinds if kind.tracked))
    return (*(_changes(kind, tracked) if kind.name == "change" else kind for kind in ours), *made)


def hold_own_names(own: Own, of_source: Set[str], of_section: Set[str]) -> None:
    """Refuse own kinds and fields that are called as settings of sources.toml are, beside which they stand.

    Raises:
        BadMapping: names the first of them.
    """
    for kind in own.kinds:
        fields = {p.name for p in kind.properties} | {r.name for r in kind.relationships}
        if taken := sorted(({kind.name} & of_source) | (fields & of_section)):
            raise BadMapping(
                f"{FILE}: [kind.{kind.name}]: {taken[0]!r} is a setting of sources.toml; name it differently"
            )


def many_kind(kind: str, relationship: str) -> str:
    """Name of the kind of record that states one of `many` ends of a relationship."""
    return f"{kind}_{relationship}"


def _kinds(declared: OwnKind) -> tuple[Kind, ...]:
    single = tuple(r for r in declared.relationships if not r.many)
    fields = (
        *(_field(p) for p in declared.properties),
        *(ref(r.name, r.about, r.to) for r in single),
    )
    kind = Kind(declared.name, declared.about, fields, known_by=declared.known_by, ends=declared.ends)
    tables = (
        Kind(
            many_kind(declared.name, r.name),
            r.about,
            (
                ref("of", f"Which {declared.name}.", declared.name, required=True),
                ref("to", r.about, r.to, required=True),
            ),
            keyless=True,
        )
        for r in declared.relationships
        if r.many
    )
    return (kind, *tables)


def _field(p: OwnProperty) -> Field:
    form = Form.CHOICE if p.values else FORMS[p.type]
    return Field(p.name, form, p.about, values=p.values, tracked=p.tracked)


def _changes(kind: Kind, tracked: tuple[str, ...]) -> Kind:
    if tracked == TRACKED_KINDS:
        return kind
    fields = tuple(
        replace(f, refers=tracked) if f.name == "of" else replace(f, values=tracked) if f.name == "of_kind" else f
        for f in kind.fields
    )
    return replace(kind, fields=fields)
