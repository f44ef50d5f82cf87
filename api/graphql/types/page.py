"""Pages: edges with keyset cursors."""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

import strawberry

T = TypeVar("T")


@strawberry.enum(description="Which end of an order comes first.")
class Direction(Enum):
    """Which end of an order comes first."""

    ASC = "asc"
    DESC = "desc"


@strawberry.type(description="Where a page ends.")
class PageInfo:
    """Where a page ends."""

    has_next_page: bool = strawberry.field(description="Whether more rows follow.")
    end_cursor: str | None = strawberry.field(description="What `after` takes to go on.")


@strawberry.type(description="A row of a page.")
class Edge(Generic[T]):
    """A row of a page."""

    node: T
    cursor: str = strawberry.field(description="What `after` takes to go on behind this row.")


@strawberry.type(description="A page of rows.")
class Connection(Generic[T]):
    """A page of rows."""

    edges: list[Edge[T]]
    page_info: PageInfo


def page(rows: list[tuple[T, str]], first: int) -> Connection[T]:
    """A page of at most `first` of (object, cursor) pairs, of which one more was read where there is one."""
    shown = rows[:first]
    info = PageInfo(has_next_page=len(rows) > first, end_cursor=shown[-1][1] if shown else None)
    return Connection(edges=[Edge(node=node, cursor=cursor) for node, cursor in shown], page_info=info)
