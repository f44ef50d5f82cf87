"""Segments of accounts: one file of cypher/segments each."""

from __future__ import annotations

import asyncio

import strawberry

from api.graphql.context import Info
from api.graphql.cursors import Cursor, decode
from api.graphql.loaders import segment, segments
from api.graphql.types.links import AccountLink
from api.graphql.types.page import Connection, page


@strawberry.type(description="A segment of accounts, added as a file without programming.")
class Segment:
    """A segment of accounts, added as a file without programming."""

    name: str
    about: str = strawberry.field(description="Who is in it.")


@strawberry.type(description="An account in a segment, and why.")
class SegmentMember:
    """An account in a segment, and why."""

    account: AccountLink
    reason: str


def all_segments() -> list[Segment]:
    """Every segment, by name."""
    return [Segment(name=name, about=query.header["about"]) for name, query in sorted(segments().items())]


async def segment_page(info: Info, name: str, first: int, after: str | None) -> Connection[SegmentMember]:
    """A page of a segment's accounts, by id."""
    query = segment(name)
    cursor = decode(after, name) if after else None
    loaders = info.context.loaders
    loaders.calls += 1
    found = await loaders.graph.read(query, as_of=await loaders.as_of(), personal=loaders.personal)
    reasons: dict[str, list[str]] = {}
    for row in found:
        reasons.setdefault(row["id"], []).append(row["reason"])
    ids = sorted(id_ for id_ in reasons if cursor is None or id_ > cursor.id)[: first + 1]
    accounts = await asyncio.gather(*(loaders.row("accounts", id_) for id_ in ids))
    rows: list[tuple[SegmentMember, str]] = []
    for id_, account in zip(ids, accounts, strict=True):
        reason = "; ".join(sorted(set(reasons[id_])))
        member = SegmentMember(account=info.context.entity("Account", account), reason=reason)
        rows.append((member, Cursor(name, None, id_).encode()))
    return page(rows, first)
