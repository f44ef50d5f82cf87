"""Reads a sources.toml (and the ready-made mappings it uses) into the frozen data of `resolution.mapping`.

Whatever cannot be done is refused with a BadMapping sentence that begins with the table's name; all are told in one go.
"""

import codecs
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kg.errors import BadMapping
from kg.ontology.own import current
from resolution.kinds import BY_NAME
from resolution.kinds.own import hold_own_names
from resolution.records import Form, Kind
from resolution.sources.attributes import read_attributes
from resolution.sources.faults import Faults
from resolution.sources.keeping import keeping
from resolution.sources.keys import keys_of
from resolution.sources.mapping import Condition, Known, Lookup, Reader, Section, Source, Value, Workspace
from resolution.sources.ready_made import MAPPINGS, read_toml, ready_made

ABOUT_SOURCE = keys_of("source")
ABOUT_SECTION = keys_of("section")
ABOUT_VALUE = keys_of("value")
Table = Mapping[str, Any]


def read_mapping(path: Path) -> Workspace:
    """The workspace that a sources.toml describes.

    Raises:
        BadMapping: the file is absent, is no TOML, or says something that cannot be done.
    """
    hold_own_names(current(), ABOUT_SOURCE, ABOUT_SECTION)
    raw = read_toml(path)
    if unknown := sorted(set(raw) - {"workspace", "source"}):
        raise BadMapping(f"{path}: unknown table [{unknown[0]}]; there are [workspace] and [source.<name>]")
    workspace = raw.get("workspace", {})
    if unknown := sorted(set(workspace) - keys_of("workspace")):
        raise BadMapping(
            f"{path}: [workspace] does not know {unknown[0]!r}; it takes {', '.join(sorted(keys_of('workspace')))}"
        )
    sources = raw.get("source", {})
    if not sources:
        raise BadMapping(f"{path}: names no source; write [source.crm] with files = and a table for each kind")
    currency = workspace.get("currency")
    faults, staged = Faults(), []
    for name, table in sources.items():
        with faults.collected():
            staged.append(_source(name, table))
    faults.end()
    return Workspace(
        folder=path.resolve().parent,
        currency=currency.upper() if currency else None,
        rates=(path.resolve().parent / workspace["rates"]) if "rates" in workspace else None,
        sources=tuple(staged),
        placeholders=_texts(workspace.get("placeholders")),
        keep=_texts(workspace.get("keep")),
    )


def _source(name: str, table: Table) -> Source:
    place = f"[source.{name}]"
    if ":" in name or not name.strip():
        raise BadMapping(f"{place}: the name of a source has no colon, for references read source:record")
    if "use" in table:
        if table["use"] not in ready_made():
            raise BadMapping(
                f"{place}: use = {table['use']!r} is no ready-made mapping; there are {', '.join(ready_made())}"
            )
        table = _laid_over(read_toml(MAPPINGS / f"{table['use']}.toml"), table)
    own = {key: value for key, value in table.items() if key in ABOUT_SOURCE}
    sections: list[Section] = []
    faults = Faults()
    for kind, body in table.items():
        if kind in ABOUT_SOURCE or body is False:
            continue
        for part in body if isinstance(body, list) else [body]:
            with faults.collected():
                if kind not in BY_NAME:
                    known = ", ".join(BY_NAME)
                    raise BadMapping(f"{place}: {kind!r} is neither a setting nor a kind; kinds are {known}")
                sections.append(_section(name, BY_NAME[kind], part, own))
    faults.end()
    if not sections:
        raise BadMapping(
            f"{place}: stages nothing; add a table such as [source.{name}.deal], or use = one of "
            f"{', '.join(ready_made())}"
        )
    digest = hashlib.sha256(json.dumps(table, sort_keys=True, default=str).encode()).hexdigest()[:16]
    return Source(
        name, tuple(sections), digest, tuple((str(k), str(v)) for k, v in dict(table.get("not_used", {})).items())
    )


def _laid_over(base: Table, over: Table) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        kept = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(kept, Mapping) and key in BY_NAME
        merged[key] = {**kept, **value} if both and kept is not None else value
    return merged


def _section(source: str, kind: Kind, body: Any, own: Table) -> Section:
    place = f"[source.{source}.{kind.name}]"
    if not isinstance(body, Mapping):
        raise BadMapping(f"{place}: is a table of field = column, not {body!r}")
    both = {**own, **{k: v for k, v in body.items() if k in ABOUT_SECTION}}
    aliases = dict(kind.aliases)
    values: dict[str, Value] = {}
    faults = Faults()
    for key, spec in body.items():
        if key in ABOUT_SECTION:
            continue
        field = aliases.get(key, key)
        with faults.collected():
            if field not in kind.by_name:
                raise BadMapping(f"{place}: a {kind.name} has no field {key!r}; it has {', '.join(kind.by_name)}")
            values[field] = _value(f"{place} {key}", source, kind, field, spec)
    faults.end()
    for given, other, constant in kind.implied:
        if given in values:
            values.setdefault(other, _value(place, source, kind, other, {"constant": constant}))
    key_columns, prefix, suffix = _key(place, kind, both.get("id"))
    for f in kind.fields:
        if f.required and f.name not in values:
            raise BadMapping(f"{place}: says nothing of {f.name!r}, which a {kind.name} must have")
    files = _texts(both.get("files"))
    if not files and "table" not in both:
        raise BadMapping(f"{place}: names neither files = nor table =")
    own_files = "files" in body or "table" in body
    return Section(
        kind=kind.name, files=files if "table" not in body else (),
            match=() if own_files else _texts(both.get("match")),
        table=both.get("table") if "files" not in body else None, reader=_reader(place, both), key=key_columns,
            key_prefix=prefix, key_suffix=suffix,
        key_first=isinstance(both.get("id"), Mapping) and bool(both["id"].get("first", False)),
        where=_where(place, both.get("where", {})), distinct=bool(both.get("distinct", False)), split=_split(place,
            both.get("split")),
        known=_known(f"{place} known_at", both.get("known_at")), time_zone=_zone(place, both.get("time_zone", "UTC")),
        optional=bool(both.get("optional", False)), values=values,
        keeping=keeping(place, both, _known(f"{place} newest_by", both.get("newest_by"))),
        attributes=read_attributes(place, kind, values, both.get("attributes"), _known),
    )  # fmt: skip


def _key(place: str, kind: Kind, spec: Any) -> tuple[tuple[str, ...], str, str]:
    """Columns of the id, and what is put before and after it."""
    if spec is None:
        if not kind.keyless:
            raise BadMapping(f"{place}: needs id = the column that tells one {kind.name} from another")
        return (), "", ""
    if not isinstance(spec, Mapping):
        return _texts(spec), "", ""
    if "column" not in spec or set(spec) - {"column", "prefix", "suffix", "first"}:
        raise BadMapping(f"{place}: id = a column, a list of columns, or {{ column, prefix, suffix, first }}")
    return _texts(spec["column"]), str(spec.get("prefix", "")), str(spec.get("suffix", ""))


def _value(place: str, source: str, kind: Kind, field: str, spec: Any) -> Value:
    spec = spec if isinstance(spec, Mapping) else {"column": spec}
    if unknown := sorted(set(spec) - ABOUT_VALUE):
        raise BadMapping(f"{place}: does not know {unknown[0]!r}; it takes {', '.join(sorted(ABOUT_VALUE))}")
    declared = kind.by_name[field]
    columns, ref_source = _texts(spec.get("column")), None
    if declared.form is Form.REF and "constant" not in spec:
        ref_source = source
        if isinstance(spec.get("ref"), str) and not columns:
            head, colon, tail = spec["ref"].partition(":")
            ref_source, columns = (head, (tail,)) if colon else (source, (head,))
        elif isinstance(spec.get("ref"), str):
            ref_source = spec["ref"].rstrip(":") or source
    elif "ref" in spec:
        raise BadMapping(f"{place}: ref = is for references only; {field} is a {declared.form}")
    if not columns and "constant" not in spec and spec.get("default") is None:
        raise BadMapping(f"{place}: names no column, constant or default")
    if "by" in spec and not any(spec["by"] in BY_NAME[k].by_name for k in declared.refers):
        raise BadMapping(f"{place}: by = {spec['by']!r} is no field of {' or '.join(declared.refers) or 'a reference'}")
    if spec.get("epoch") not in (None, "s", "ms", "excel"):
        raise BadMapping(f"{place}: epoch = {spec['epoch']!r}; it is 's', 'ms' or 'excel'")
    _settled(place, spec.get("format"))
    if spec.get("band", "low") not in ("low", "middle"):
        raise BadMapping(f"{place}: band = {spec['band']!r}; it is 'low' or 'middle'")
    values = tuple((str(old).strip().lower(), str(new)) for old, new in dict(spec.get("values", {})).items())
    value = Value(
        columns=columns, constant=_text(spec.get("constant")), ref_source=ref_source, by=spec.get("by"),
        prefix=str(spec.get("prefix", "")), starts=spec.get("starts"), part=spec.get("part"),
            first=bool(spec.get("first", False)),
        values=values,
        default=_text(spec.get("default")), otherwise=_text(spec.get("otherwise")), formats=_texts(spec.get("format")),
        epoch=spec.get("epoch"), time_zone=_zone(place, spec["time_zone"]) if "time_zone" in spec else None,
        times=float(spec["times"]) if "times" in spec else None, currency=spec.get("currency"),
            currency_is=spec.get("currency_is"),
        lookup=_lookup(place, spec["lookup"]) if "lookup" in spec else None, won=spec.get("won"),
            closed=spec.get("closed"),
        probability=spec.get("probability"), known=_known(place, spec.get("known_at")),
            optional=bool(spec.get("optional", False)), band=spec.get("band", ""),
    )  # fmt: skip
    _check_values(place, kind, field, value)
    return value


def _settled(place: str, formats: Any) -> None:
    """Refuses a question that `suggest` could not answer."""
    for form in _texts(formats):
        if form.startswith("?"):
            raise BadMapping(f"{place}: format = {form!r} is a question: write the format that holds, without the rest")


def _check_values(place: str, kind: Kind, field: str, value: Value) -> None:
    """Every value that a map can give must be a good one."""
    valid = kind.by_name[field].values
    for new in (*(new for _, new in value.values), value.default, value.otherwise, value.constant):
        if valid and new is not None and new not in valid:
            raise BadMapping(f"{place}: {new!r} is no {field}; it is one of {', '.join(valid)}")
    if field == "stage" and "state" in kind.by_name:
        for old, new in value.values:
            state, _, order = new.partition(":")
            if state not in ("open", "won", "lost") or (order and not order.isdigit()):
                raise BadMapping(f"{place}: {old!r} = {new!r}; a stage means 'open:<order>', 'won' or 'lost'")


def _lookup(place: str, spec: Any) -> Lookup:
    value = spec.get("value", spec.get("name")) if isinstance(spec, Mapping) else None
    if not isinstance(spec, Mapping) or not value or "key" not in spec or "files" not in spec:
        raise BadMapping(f"{place}: lookup = {{ files, key, value }}, for stages also order, won, closed")
    return Lookup(
        _texts(spec["files"]), str(spec["key"]), str(value), spec.get("order"), spec.get("won"), spec.get("closed")
    )


def _known(place: str, spec: Any) -> tuple[Known, ...]:
    """A column, a table, or a list of either: the first that says something counts."""
    known = []
    for step in spec if isinstance(spec, list) else [] if spec is None else [spec]:
        if not isinstance(step, Mapping):
            known.append(Known(_texts(step)))
            continue
        if unknown := sorted(set(step) - {"column", "constant", "format", "epoch"}):
            raise BadMapping(
                f"{place}: known_at does not know {unknown[0]!r}; it takes column, constant, format, epoch"
            )
        _settled(place, step.get("format"))
        known.append(
            Known(
                _texts(step.get("column")), _text(step.get("constant")), _texts(step.get("format")), step.get("epoch")
            )
        )
    return tuple(known)


def _where(place: str, spec: Any) -> tuple[Condition, ...]:
    conditions = []
    for column, wanted in dict(spec).items():
        how, values = next(iter(wanted.items())) if isinstance(wanted, Mapping) and wanted else ("is", wanted)
        if how not in ("is", "not", "starts") or (isinstance(wanted, Mapping) and len(wanted) != 1):
            raise BadMapping(f"{place}: where {column} = a value, a list of values, {{ not = … }} or {{ starts = … }}")
        conditions.append(Condition(column, tuple(v.strip().lower() for v in _texts(values)), how))
    return tuple(conditions)


def _split(place: str, spec: Any) -> tuple[str, str] | None:
    if spec is None:
        return None
    if not isinstance(spec, Mapping) or set(spec) != {"column", "by"}:
        raise BadMapping(f"{place}: split = {{ column, by }}")
    return str(spec["column"]), str(spec["by"])


def _reader(place: str, table: Table) -> Reader:
    skip, footer = table.get("skip"), table.get("footer", True)
    if skip is not None and (not isinstance(skip, int) or isinstance(skip, bool) or skip < 0):
        raise BadMapping(f"{place}: skip = {skip!r}; it is the number of lines above the header")
    if not isinstance(footer, bool):
        raise BadMapping(f"{place}: footer = {footer!r}; it is true or false")
    texts = {k: str(table[k]) for k in ("delimiter", "quote", "encoding", "decimal", "sheet", "rows") if k in table}
    reader = Reader(**texts, skip=skip, footer=footer)
    for mark in ("delimiter", "quote"):
        if len(getattr(reader, mark)) != 1:
            raise BadMapping(f"{place}: {mark} = {texts[mark]!r}; it is one character")
    if reader.decimal not in (".", ","):
        raise BadMapping(f"{place}: decimal = {reader.decimal!r}; it is '.' or ','")
    try:
        codecs.lookup(reader.encoding or "utf-8")
    except LookupError as error:
        raise BadMapping(
            f"{place}: encoding = {reader.encoding!r} is unknown; try utf-8, utf-16, cp1252 or latin-1"
        ) from error
    return reader


def _zone(place: str, name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadMapping(f"{place}: time_zone = {name!r} is no IANA zone such as 'Europe/Stockholm'") from error
    return name


def _text(value: Any) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(_text(v)) for v in value) if isinstance(value, list | tuple) else (str(_text(value)),)
