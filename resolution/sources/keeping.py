"""Reads what a section says of absence: mode, newest_by, deleted, merged_into and merged_ids."""

from collections.abc import Mapping
from typing import Any

from kg.errors import BadMapping
from resolution.sources.mapping import Condition, Keeping, Known

MODES = ("snapshot", "append")
YES = ("true", "t", "1", "1.0", "yes", "y", "deleted")


def keeping(place: str, table: Mapping[str, Any], newest_by: tuple[Known, ...]) -> Keeping:
    """What becomes of records between two exports, as a section says it.

    Raises:
        BadMapping: a key has a value that it does not take, or `mode` and `snapshot` contradict each other.
    """
    mode = table.get("mode")
    if mode not in (None, *MODES):
        raise BadMapping(f"{place}: mode = {mode!r}; it is 'snapshot' (absent records ended) or 'append'")
    snapshot = table.get("snapshot")
    if mode is not None and snapshot is not None and bool(snapshot) != (mode == "snapshot"):
        raise BadMapping(f"{place}: mode = {mode!r} and snapshot = {snapshot!r} contradict each other: keep mode")
    merged_into = table.get("merged_into")
    if merged_into is not None and not isinstance(merged_into, str):
        raise BadMapping(f"{place}: merged_into = the column with the id that a merged record went into")
    whole = mode == "snapshot" if mode is not None else bool(snapshot if snapshot is not None else True)
    return Keeping(
        whole, newest_by, _deleted(place, table.get("deleted")), merged_into, _ids(place, table.get("merged_ids"))
    )


def _deleted(place: str, spec: Any) -> tuple[Condition, ...]:
    if isinstance(spec, list):
        return tuple(condition for one in spec for condition in _deleted(place, one))
    if spec is None or isinstance(spec, str):
        return (Condition(spec, YES),) if spec else ()
    if not isinstance(spec, Mapping) or not spec.get("column") or set(spec) - {"column", "values"}:
        raise BadMapping(
            f"{place}: deleted = a column, {{ column, values }} or a list of either, with the values that mean deleted"
        )
    values = spec.get("values", YES)
    listed = values if isinstance(values, list | tuple) else [values]
    plain = [str(value).strip().lower() for value in listed]
    return (Condition(str(spec["column"]), tuple(plain)),)


def _ids(place: str, spec: Any) -> tuple[str, str] | None:
    if spec is None or isinstance(spec, str):
        return (spec, ";") if spec else None
    if not isinstance(spec, Mapping) or not spec.get("column") or set(spec) - {"column", "by"}:
        raise BadMapping(f"{place}: merged_ids = a column with ids between ';', or {{ column, by }}")
    return str(spec["column"]), str(spec.get("by", ";"))
