"""The reasons behind a feature's value: the very rows it was made from, with the paths that witness them.

Sentences are made for a reader: without `personal` the rows come from the database with a word in the place of every
personal text (kg/query/shown.py), so that no sentence can hold one. The nodes of a path are whole; the doors mask them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kg.features import sentences
from kg.features.features import Feature, Value, parameters
from kg.features.recompute import recompute
from kg.graph import AsyncGraph, Graph, NodeValue, RelationshipValue

FIRST: Final = 5
ALL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row behind a value: its contribution `x`, its weight and time, and its path, drawn in order."""

    id: str
    x: float | str | None
    w: float | None
    at: datetime | None
    nodes: tuple[NodeValue, ...]
    relationships: tuple[RelationshipValue, ...]
    sentence: str
    prior: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """Ask why one feature of one entity had its value at a moment."""

    feature: Feature
    entity_id: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Reasons:
    """A value with its reasons: what it says, the first paths, how many rows there are, and every row's figures.

    `said` is the value as this reader may see it: a word for a text that is personal.
    """

    value: Value
    said: Value
    sentence: str
    paths: tuple[Evidence, ...]
    total: int
    rows: tuple[Mapping[str, Any], ...] = field(repr=False, default=())


def reasons(graph: Graph, requests: Sequence[Request], first: int = FIRST, *, personal: bool = False) -> list[Reasons]:
    """The reasons of many values, one query for each different feature, in the order of `requests`."""
    found: dict[int, Reasons] = {}
    for feature, asked in _by_feature(requests):
        answer = graph.read(feature.rows, **_given(feature, asked, first), personal=personal)
        found |= _answer(feature, asked, answer, first)
    return [found.get(i) or _unknown(request) for i, request in enumerate(requests)]


def every_reason(graph: Graph, feature: Feature, entity_id: str, as_of: datetime, *, personal: bool = False) -> Reasons:
    """The reasons of one value with the path of every row, also where several rows speak of one counted thing."""
    request = Request(feature, entity_id, as_of)
    for row in graph.read(feature.rows, **_given(feature, [(0, request)], ALL), personal=personal):
        return _reasons(feature, row, as_of, ALL, once=False)
    return _unknown(request)


async def reasons_many(
    graph: AsyncGraph, requests: Sequence[Request], first: int = FIRST, *, personal: bool = False
) -> list[Reasons]:
    """The same for the API: as many queries as different features, however many entities are asked about."""
    groups = _by_feature(requests)
    answers = await asyncio.gather(
        *(graph.read(f.rows, **_given(f, asked, first), personal=personal) for f, asked in groups)
    )
    found: dict[int, Reasons] = {}
    for (feature, asked), rows in zip(groups, answers, strict=True):
        found |= _answer(feature, asked, rows, first)
    return [found.get(i) or _unknown(request) for i, request in enumerate(requests)]


def evidence(
    graph: Graph, feature: Feature, entity_id: str, as_of: datetime, first: int = FIRST, *, personal: bool = False
) -> list[Evidence]:
    """The first rows behind one value, heaviest or newest first; without rows the anchor with its `absent` sentence."""
    return list(reasons(graph, [Request(feature, entity_id, as_of)], first, personal=personal)[0].paths)


async def evidence_many(
    graph: AsyncGraph, requests: Sequence[Request], first: int = FIRST, *, personal: bool = False
) -> list[list[Evidence]]:
    """`evidence` for many requests at once."""
    return [list(found.paths) for found in await reasons_many(graph, requests, first, personal=personal)]


def sentence(feature: Feature, value: Value, rows: Sequence[Mapping[str, Any]]) -> str:
    """What a value says, from all its rows; a prior's row is arithmetic, not something that happened."""
    told = [row for row in rows if not row.get("prior")]
    if not told:
        return feature.absent
    none = feature.none and not any(sentences.holds(row) for row in told)
    return sentences.fill(feature.none if none else feature.because, value, told)


def _by_feature(requests: Sequence[Request]) -> list[tuple[Feature, list[tuple[int, Request]]]]:
    groups: dict[tuple[str, str], tuple[Feature, list[tuple[int, Request]]]] = {}
    for i, request in enumerate(requests):
        key = (request.feature.entity, request.feature.name)
        groups.setdefault(key, (request.feature, []))[1].append((i, request))
    return list(groups.values())


def _given(feature: Feature, asked: Sequence[tuple[int, Request]], first: int) -> dict[str, Any]:
    rows = [{"i": i, "id": request.entity_id, "as_of": request.as_of} for i, request in asked]
    # several rows may speak of one thing where different things are counted: fetch more, show each once
    wide = first * 5 if feature.aggregate == "distinct" else first
    return {"rows": rows, "first": min(wide, ALL), **parameters(feature)}


def _answer(
    feature: Feature, asked: Sequence[tuple[int, Request]], answer: Sequence[Mapping[str, Any]], first: int
) -> dict[int, Reasons]:
    moments = {i: request.as_of for i, request in asked}
    return {row["i"]: _reasons(feature, row, moments[row["i"]], first) for row in answer}


def _reasons(feature: Feature, row: Mapping[str, Any], as_of: datetime, first: int, *, once: bool = True) -> Reasons:
    value = recompute(feature, row["rows"], as_of)
    words = {r["x"]: r["said"] for r in row["rows"] if isinstance(r.get("said"), str) and r["said"] != r["x"]}
    said = words.get(value, value) if isinstance(value, str) else value
    rows = [r | {"x": words[r["x"]]} if r["x"] in words else r for r in row["rows"]] if words else row["rows"]
    paths = [_evidence(feature, figures, path) for figures, path in zip(rows, row["paths"], strict=False)]
    if once and feature.aggregate == "distinct":
        paths = list({path.x: path for path in reversed(paths)}.values())[::-1]
    told = sentence(feature, said, rows)
    if not paths:
        paths = [Evidence(row["anchor"].id, None, None, None, (row["anchor"],), (), feature.absent)]
    return Reasons(value, said, told, tuple(paths[:first]), len(rows), tuple(rows))


def _evidence(feature: Feature, row: Mapping[str, Any], path: Mapping[str, Any]) -> Evidence:
    prior = bool(row.get("prior"))
    norm = f"Before anything is known: {sentences.text(row['x'], 'percent')} for all" if prior else ""
    return Evidence(
        id=row["id"],
        x=row["x"],
        w=row.get("w"),
        at=row.get("at"),
        nodes=tuple(path["nodes"]),
        relationships=tuple(path["relationships"]),
        sentence=norm or sentences.fill(feature.each, row["x"], [row]),
        prior=prior,
    )


def _unknown(request: Request) -> Reasons:
    return Reasons(None, None, request.feature.absent, (), 0)
