"""What people decide about records, and the pairs that are worth their look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

from api.graphql.context import Context, Info
from api.graphql.cursors import Cursor, decode
from api.graphql.types.base import FromRow, field, node_type
from api.graphql.types.page import Connection, page
from kg.judgements import Judgement as Made
from kg.judgements import RecordName
from kg.ontology.values import ReviewKind, Verdict

ORDER = "review"


strawberry.enum(Verdict, description="What can be said of two records.")
strawberry.enum(ReviewKind, description="Kinds of pairs that are put up for review.")


@strawberry.input(description="What names a record of a source.")
class RecordKey:
    """What names a record of a source."""

    source: str = strawberry.field(description="Name of the source.")
    record_id: strawberry.ID = strawberry.field(description="Id in that source.")
    kind: str | None = strawberry.field(default=None, description="Kind of record, where an id is used for several.")

    @property
    def name(self) -> RecordName:
        """The record as `kg.judgements` names it."""
        return RecordName(self.source, str(self.record_id), self.kind)


@node_type("Judgement")
class Judgement:
    """What a person decided about two records."""

    id: strawberry.ID
    verdict: Verdict
    author: str
    reason: str
    at: datetime
    a: strawberry.ID = strawberry.field(description="Key of the first record: kind|source:record_id.")
    b: strawberry.ID = strawberry.field(description="Key of the second record.")

    @classmethod
    def made(cls, made: Made) -> Self:
        """The object for a judgement."""
        return cls(
            id=strawberry.ID(made.id),
            verdict=Verdict(made.verdict),
            author=made.author,
            reason=made.reason,
            at=made.at,
            a=strawberry.ID(made.a),
            b=strawberry.ID(made.b),
        )


@strawberry.type(description="One part of a match weight.")
class ReviewPart:
    """One part of a match weight."""

    name: str = strawberry.field(description="The comparison; `prior` is what holds before any is looked at.")
    level: str = strawberry.field(description="The level met.")
    weight: float = strawberry.field(description="What it adds to the match weight. Unit: log2.")


@strawberry.type(description="What the two records of a pair say in one field; empty for viewers: personal data.")
class ReviewField:
    """What the two records of a pair say in one field."""

    name: str
    a: str | None
    b: str | None


@strawberry.type(description="One of the two records of a pair.")
class ReviewRecord:
    """One of the two records of a pair."""

    source: str
    record_id: strawberry.ID
    kind: str
    name: str | None = strawberry.field(description="What the source calls it. Empty for viewers: personal data.")
    entity_id: strawberry.ID | None = strawberry.field(description="The entity that it speaks of at present.")

    @classmethod
    def of(cls, row: Mapping[str, Any], context: Context) -> Self:
        """A record, masked for this principal."""
        shown = context.shown("Record", row)
        return cls(
            source=shown["source"],
            record_id=strawberry.ID(context.key("Record", row, "record_id")),
            kind=shown["kind"],
            name=shown.get("name"),
            entity_id=row.get("entity"),
        )


@node_type("Review")
class ReviewPair(FromRow):
    """A pair of records that is worth a person's look."""

    id: strawberry.ID
    kind: str
    score: float
    reason: str
    match_weight: float
    probability: float
    threshold: float
    together: bool
    row: strawberry.Private[Mapping[str, Any]]
    first: strawberry.Private[Mapping[str, Any]]
    second: strawberry.Private[Mapping[str, Any]]

    @field
    def a(self, info: Info) -> ReviewRecord:
        """The first record."""
        return ReviewRecord.of(self.first, info.context)

    @field
    def b(self, info: Info) -> ReviewRecord:
        """The second record."""
        return ReviewRecord.of(self.second, info.context)

    @field
    def parts(self) -> list[ReviewPart]:
        """Every part of the match weight; they add up to it."""
        named = zip(self.row["parts"], self.row["part_levels"], self.row["part_weights"], strict=True)
        return [ReviewPart(name=name, level=level, weight=weight) for name, level, weight in named]

    @field
    def fields(self) -> list[ReviewField]:
        """What the two records say, field by field."""
        names = self.row["fields"]
        sides = [self.row.get(side) or [None] * len(names) for side in ("values_a", "values_b")]
        return [ReviewField(name=name, a=a or None, b=b or None) for name, a, b in zip(names, *sides, strict=True)]

    @classmethod
    def pair(cls, found: Mapping[str, Any], context: Context) -> Self:
        """A row of the queue, masked for this principal."""
        shown = context.shown("Review", found["row"])
        own = ("id", "kind", "score", "reason", "match_weight", "probability", "threshold", "together")
        given: dict[str, Any] = {name: shown.get(name) for name in own}
        return cls(**given, row=shown, first=found["a"], second=found["b"])


async def review_page(info: Info, kind: ReviewKind | None, first: int, after: str | None) -> Connection[ReviewPair]:
    """A page of the queue, best first."""
    cursor = decode(after, ORDER) if after else None
    found = await info.context.loaders.one_by_one(
        "review_queue",
        kind=kind.value if kind else None,
        at_score=cursor.value if cursor else None,
        at_id=cursor.id if cursor else None,
        first=first + 1,
        as_of=await info.context.loaders.as_of(),
    )
    rows = [
        (ReviewPair.pair(row, info.context), Cursor(ORDER, row["row"]["score"], row["row"]["id"]).encode())
        for row in found
    ]
    return page(rows, first)
