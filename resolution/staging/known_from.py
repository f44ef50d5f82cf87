"""When each value of a staged row was known, as DuckDB expressions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from resolution.database.connection import quoted
from resolution.kinds import BY_NAME
from resolution.records import Field, Form, Kind
from resolution.sources.mapping import Known, Section
from resolution.staging.values import Parameters, moment, trimmed


@dataclass(slots=True)
class Projection:
    """The statement under construction; `text` and `typed` are the columns of its two lower floors."""

    section: Section
    columns: frozenset[str]
    lookups: Mapping[str, str]
    has_rates: bool
    currency: str | None
    parameters: Parameters = field(default_factory=Parameters)
    text: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    bad: list[tuple[str, str, str, str]] = field(default_factory=list)
    """(field, condition, value, reason as an expression) in the order in which they are tried."""
    noted: list[tuple[str, str, str, str]] = field(default_factory=list)
    """(what, field, condition, value) of values read in a way to tell: 'blank', 'band', 'first'."""
    doubtful: frozenset[str] = frozenset()
    """Columns whose numbers contradict the decimal mark."""
    numbers: frozenset[str] = frozenset()
    """Columns that hold numbers and no text, as in Parquet and JSON."""
    joins: list[str] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """The kind that the section stages."""
        return BY_NAME[self.section.kind]


def own_times(section: Section) -> list[tuple[Known, ...]]:
    """The knowledge times that the attributes of a section name, each once."""
    told = section.attributes
    if told is None:
        return []
    return list(dict.fromkeys(known for known in (told.known, *(c.known for c in told.columns)) if known))


def time_name(section: Section, known: tuple[Known, ...]) -> str:
    """The column of `projected` that holds a knowledge time which attributes name."""
    return f"__known_{own_times(section).index(known)}"


def attribute_times(p: Projection) -> list[str]:
    """Columns of knowledge times for the attributes of a section: `__attributes_known`, then those that they name."""
    if p.section.attributes is None:
        return []
    for known in own_times(p.section):
        p.text.append(f"{first_known(p, known)} AS {quoted(time_name(p.section, known))}")
    plain = Field("attribute", Form.TEXT, "Any column of the user's own.")
    return [f"{known_of(p, plain)} AS __attributes_known", *(time_name(p.section, k) for k in own_times(p.section))]


def text_of(p: Projection, column: str) -> str:
    """The trimmed text of a column, NULL where the file has none such."""
    return trimmed(f"r.{quoted(column)}") if column in p.columns else "NULL::VARCHAR"


def first_known(p: Projection, known: Sequence[Known]) -> str:
    """The first of several ways to tell a moment that says something."""
    tried = []
    for step in known:
        present = [text_of(p, c) for c in step.columns if c in p.columns]
        if step.constant is not None:
            present.append(p.parameters.add(step.constant))
        tried += [moment(t, p.section.time_zone, step.formats, step.epoch, p.parameters).value for t in present]
    return f"coalesce({', '.join(tried)})" if tried else "NULL::TIMESTAMP"


def unknown_stamp(p: Projection, known: Sequence[Known]) -> tuple[str, str]:
    """The first stamp that cannot be read, as text, and why; NULL where all can be."""
    texts, whys = [], []
    for step in known:
        for column in (c for c in step.columns if c in p.columns):
            text = text_of(p, column)
            read = moment(text, p.section.time_zone, step.formats, step.epoch, p.parameters)
            bad = f"{text} IS NOT NULL AND {read.value} IS NULL AND {read.why} <> ''"
            texts.append(f"CASE WHEN {bad} THEN {text} END")
            whys.append(f"CASE WHEN {bad} THEN {read.why} END")
    return (f"coalesce({', '.join(texts)})", f"coalesce({', '.join(whys)})") if texts else ("NULL", "NULL")


def known_of(p: Projection, declared: Field) -> str:
    """When a field's value was known: by its own column, the row's, or the kind's own moment; NULL if nothing says."""
    name = (
        "stage"
        if declared.name in ("state", "stage_order") and declared.name not in p.section.values
        else declared.name
    )
    value = p.section.values.get(name)
    tried = [f"t.{quoted('__k_' + name)}"] if value and value.known else []
    end = _end_of(p, declared.name)
    tried += ["t.row_known", end] if end else ["t.row_known"]
    for own in p.kind.known_by:
        if own in p.section.values and not _only_now(p, declared.name):
            tried.append(f"t.{quoted(own)} + INTERVAL 7 DAY" if p.kind.name == "usage" else f"t.{quoted(own)}")
    return f"coalesce({', '.join(tried)})"


def _end_of(p: Projection, name: str) -> str | None:
    """The end by which a field was surely written, where the row itself does not say when."""
    end = next((end for end, fields in p.kind.ends if name in fields and end in p.section.values), None)
    if end is None:
        return None
    return (
        f"CASE WHEN t.state IN ('won', 'lost') THEN t.{quoted(end)} END"
        if p.kind.name == "deal"
        else f"t.{quoted(end)}"
    )


def _only_now(p: Projection, name: str) -> bool:
    """What still changes on an open deal is known only now, unless the mapping names a moment."""
    return p.kind.name == "deal" and any(name in fields for _, fields in p.kind.ends)
