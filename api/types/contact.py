"""A person at an account."""

from __future__ import annotations

from datetime import datetime

import strawberry

from api.context import Info
from api.types.base import First, FromRow, Name, field, node_type
from api.types.identity import JoinStep, how_of
from api.types.links import AccountLink, DealLink
from api.types.reference import SourceRecord
from api.types.score import SCORE_OF, Score, score_history_of, score_of


@strawberry.type(description="Where a contact works or worked.")
class Employment:
    """Where a contact works or worked."""

    account: AccountLink
    title: str | None
    from_: datetime | None = strawberry.field(name="from")
    to: datetime | None = strawberry.field(description="Empty while it holds.")


@strawberry.type(description="A contact's part in a deal.")
class Seat:
    """A contact's part in a deal."""

    deal: DealLink
    role: str
    confidence: float | None
    basis: str | None


@node_type("Contact")
class Contact(FromRow):
    """A person at an account."""

    id: strawberry.ID
    name: str | None
    email: str | None
    phone: str | None
    title: str | None
    seniority: str | None
    department: str | None
    country: str | None

    @property
    def called(self) -> str:
        """Name and title as far as they may be seen."""
        said = [part for part in (self.name, self.title) if part]
        return ", ".join(said) or f"contact {self.id[:8]}"

    @field
    async def employments(self, info: Info) -> list[Employment]:
        """Where the contact works and worked, newest first."""
        rows = await info.context.loaders.rows("contact_employments", self.id)
        return [
            Employment(
                account=info.context.entity("Account", r["account"]), title=r["title"], from_=r["from"], to=r["to"]
            )
            for r in rows
        ]

    @field
    async def account(self, info: Info) -> AccountLink | None:
        """Where the contact works now."""
        rows = await info.context.loaders.rows("contact_employments", self.id)
        return info.context.entity("Account", next((r["account"] for r in rows if r["to"] is None), None))

    @field
    async def deals(self, info: Info, first: First = 25) -> list[Seat]:
        """The deals whose decision the contact has a part in, newest first."""
        rows = await info.context.loaders.rows("contact_seats", self.id, first=info.context.page(first))
        return [Seat(**{**row, "deal": info.context.entity("Deal", row["deal"])}) for row in rows]

    @field
    async def records(self, info: Info, first: First = 25) -> list[SourceRecord]:
        """The source records that are this contact."""
        rows = await info.context.loaders.rows("entity_records", self.id, first=info.context.page(first))
        return [SourceRecord.of(row, info.context) for row in rows]

    @field
    async def how(self, info: Info, first: First = 25) -> list[JoinStep]:
        """The steps that built this contact of its records, best first; none for a single record."""
        return await how_of(info, self.id, first)

    @field
    async def score(self, info: Info, name: Name = SCORE_OF["contact"], as_of: datetime | None = None) -> Score | None:
        """A score of the contact: the current one, or the newest at or before `asOf`."""
        return await score_of(info, self.id, name, as_of)

    @field
    async def score_history(self, info: Info, name: Name = SCORE_OF["contact"], first: First = None) -> list[Score]:
        """The scores it had, newest first."""
        return await score_history_of(info, self.id, name, first)
