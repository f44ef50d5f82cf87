"""The newest relationships of a hub: `newest((f)<-[v:WITH]-(d:Deal))` in a query file becomes a bounded index scan.

An account with 5,000 deals, expanded from each of its deals, costs the square of 5,000. The clause reads at most as
many rows as the header's `newest` says, from an index on (id of the hub, knowledge time, id), in its order. A tail,
`newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))`, keeps only what has it, among five times as many.
"""

import re
from typing import Final

from kg.errors import BadQuery
from kg.ontology import RELATIONSHIPS
from kg.query.known import known

NODE: Final = r"\(\s*(\w+)\s*:\s*(\w+)\s*\)"
CALL: Final = re.compile(
    rf"\bnewest\(\s*\((\w+)\)\s*(<?)-\[\s*(\w+)\s*:\s*([\w|]+)\s*\]-(>?)\s*{NODE}"
    rf"(?:\s*-\[\s*(\w+)\s*:\s*(\w+)\s*\]->\s*{NODE})?\s*\)"
)
MEANT: Final = re.compile(r"\bnewest\s*\(")
FORM: Final = "newest((f)<-[v:WITH]-(d:Deal))"
MOMENT: Final = "as_of"
WIDER: Final = 5
"""How many times as many relationships are read where only those with a tail count."""


def expand_newest(text: str, limit: str | None, place: str) -> str:
    """A feature's pattern with each `newest(…)` expanded; `limit` is what the header says.

    Raises:
        BadQuery: the header has no `newest`, it is no whole number above 0, a type is not kept in that order, or
            something else than a hub and its relationship stands in the brackets.
    """
    calls, right = len(MEANT.findall(text)), len(CALL.findall(text))
    if calls > right:
        raise BadQuery(f"{place}:1: newest(…) takes a path from a hub, as in {FORM}; its hub is bound before.")
    if limit is None and calls:
        raise BadQuery(f"{place}:1: newest(…) needs '// newest: 200' in the header: how many rows of a hub count.")
    if limit is None:
        return text
    if not limit.isdecimal() or int(limit) < 1:
        raise BadQuery(f"{place}:1: newest {limit!r} is no whole number above 0.")
    if not calls:
        raise BadQuery(f"{place}:1: the header says newest, but no {FORM} follows.")
    return CALL.sub(lambda match: _block(match, int(limit), place), text)


def _block(match: re.Match[str], limit: int, place: str) -> str:
    hub, left, rel, types, right, node, label, tail, tail_type, end, end_label = match.groups()
    sides = [side for side, here in (("end_id", not right), ("start_id", not left)) if here]
    scope = f"({hub}, {MOMENT})"
    columns = ", ".join(name for name in (rel, node, tail, end) if name)
    drawn_tail = f"({node})-[{tail}:{tail_type}]->({end}:{end_label})"
    # A subquery of its own: where a hub has most of the rows, the planner would join them with a scan of all ends.
    further = f"CALL ({node}, {MOMENT}) {{ MATCH {drawn_tail} WHERE {known(tail, MOMENT)} RETURN {tail}, {end} }} "

    def branch(kind: str, side: str) -> str:
        _hold(kind, side, label, place)
        drawn = f"({node}:{label})-[{rel}:{kind}]->()" if side == "end_id" else f"()-[{rel}:{kind}]->({node}:{label})"
        order = f"ORDER BY {rel}.{side} DESC, {rel}.known_from DESC, {rel}.id DESC LIMIT"
        wide = f"WITH {hub}, {rel}, {node}, {MOMENT} {order} {limit * WIDER} {further}" if tail else ""
        return (
            f"MATCH {drawn} USING INDEX {rel}:{kind}({side}, known_from, id) "
            f"WHERE {rel}.{side} = {hub}.id AND {rel}.id IS NOT NULL AND {known(rel, MOMENT)} "
            f"{wide}RETURN {columns} {order} {limit}"
        )

    branches = [branch(kind, side) for kind in types.split("|") for side in sides]
    lines = "\n" * match.group().count("\n")
    if len(branches) == 1:
        return f"CALL {scope} {{ {branches[0]} }}{lines}"
    inner = " UNION ALL ".join(branches)
    order = f"ORDER BY {rel}.known_from DESC, {rel}.id DESC LIMIT {limit}"
    return f"CALL {scope} {{ CALL {scope} {{ {inner} }} RETURN {columns} {order} }}{lines}"


def _hold(kind: str, side: str, label: str, place: str) -> None:
    end, other = side.removesuffix("_id"), "start" if side == "end_id" else "end"
    if not any(r.type == kind and end in r.hubs and getattr(r, other) == label for r in RELATIONSHIPS):
        kept = ", ".join(f"{r.type} at its {hub}" for r in RELATIONSHIPS for hub in r.hubs)
        raise BadQuery(f"{place}:1: {kind} with {label} is not kept newest first at its {end}; kept are {kept}.")
