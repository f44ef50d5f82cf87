"""What was said that a period will bring, and what moved that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Self

import strawberry

from api.graphql.context import Context, Info
from api.graphql.types.base import First, field, node_type
from api.graphql.types.links import DealLink

DEALS = 10
PARTS = 25


@strawberry.enum(description="What a forecast is divided by.")
class ForecastDivision(Enum):
    """What a forecast is divided by."""

    TEAM = "team"
    PRODUCT = "product"
    REP = "rep"


@strawberry.type(description="One part of a forecast, in money; `expected` is the sum of won, open and new.")
class ForecastPart:
    """One part of a forecast, in money; `expected` is the sum of won, open and new."""

    name: str
    expected: float
    booked: float = strawberry.field(description="Won already.")
    open: float = strawberry.field(description="What open deals are expected to bring.")
    fresh: float = strawberry.field(description="What deals that are not there yet are expected to bring.")
    low: float = strawberry.field(description="Passed in 90 of 100 cases.")
    median: float = strawberry.field(description="Passed in half of the cases.")
    high: float = strawberry.field(description="Passed in 10 of 100 cases.")


@strawberry.type(description="What one deal brings to a forecast, or did.")
class ForecastDeal:
    """What one deal brings to a forecast, or did."""

    deal: DealLink | None
    money: float


@strawberry.type(description="What one cause did to a forecast.")
class ForecastCause:
    """What one cause did to a forecast."""

    cause: str
    money: float


@strawberry.type(description="What one cause did to a forecast through one deal; without a deal through new business.")
class ForecastEntry:
    """What one cause did to a forecast through one deal; without a deal through new business."""

    cause: str
    deal: DealLink | None
    money: float
    detail: str
    feature: str | None = strawberry.field(description="The feature that moved the score, where that is the cause.")


@strawberry.type(description="What moved a forecast since it was kept before; the causes add up.")
class ForecastMovement:
    """What moved a forecast since it was kept before; the causes add up."""

    entries_kept: strawberry.Private[list[Mapping[str, Any]]]
    since: datetime
    before: float = strawberry.field(description="What was expected then.")
    causes: list[ForecastCause]
    untold: str | None = strawberry.field(description="Why it cannot be told, where it cannot.")

    @field
    async def entries(self, info: Info, first: First = DEALS) -> list[ForecastEntry]:
        """The largest movements, deal by deal; `dealgraph forecast ledger --json` gives all."""
        some = self.entries_kept[: info.context.page(first, DEALS)]
        deals = await _deals(info, [entry["deal"] for entry in some])
        given = ("cause", "money", "detail", "feature")
        return [ForecastEntry(deal=deal, **{n: e[n] for n in given}) for e, deal in zip(some, deals, strict=True)]


@node_type("Forecast")
class Forecast:
    """What was said at a moment that a period would bring."""

    row: strawberry.Private[Mapping[str, Any]]
    name: str
    version: str
    period: str
    starts: datetime
    ends: datetime
    as_of: datetime
    expected: float
    low: float
    median: float
    high: float
    booked: float
    fresh: float
    guessed: int

    @field
    def divided(
        self, info: Info, by: ForecastDivision = ForecastDivision.TEAM, first: First = PARTS
    ) -> list[ForecastPart]:
        """Its parts, the largest first; by rep only for those who may see personal data."""
        found = json.loads(self.row.get("named") or self.row.get("parts") or "{}")
        return [ForecastPart(**part) for part in found.get(by.value, [])[: info.context.page(first, PARTS)]]

    @field
    async def deals(self, info: Info, first: First = DEALS) -> list[ForecastDeal]:
        """The deals that bring most of it, won or open."""
        pairs = sorted(zip(self.row["deals"], self.row["money"], strict=True), key=lambda p: (-p[1], p[0]))
        some = pairs[: info.context.page(first, DEALS)]
        deals = await _deals(info, [id_ for id_, _ in some])
        return [ForecastDeal(deal=deal, money=money) for deal, (_, money) in zip(deals, some, strict=True)]

    @field
    def moved(self) -> ForecastMovement | None:
        """What moved it since the forecast of the period that was kept before; empty for the first."""
        told = json.loads(self.row.get("moved") or "null")
        if told is None:
            return None
        return ForecastMovement(
            entries_kept=told.get("entries", []),
            since=datetime.fromisoformat(told["since"]),
            before=told["before"],
            causes=[ForecastCause(cause=cause, money=money) for cause, money in told.get("by_cause", {}).items()],
            untold=told.get("untold"),
        )

    @classmethod
    def of(cls, row: Mapping[str, Any], context: Context) -> Self:
        """A forecast from its node, masked for this principal."""
        shown = context.shown("Forecast", row)
        names = ("name", "version", "period", "starts", "ends", "as_of")
        money = ("expected", "low", "median", "high", "booked", "fresh", "guessed")
        return cls(row=shown, **{name: shown[name] for name in (*names, *money)})


async def _deals(info: Info, ids: list[str | None]) -> list[Any]:
    rows = await asyncio.gather(*(info.context.loaders.row("deals", id_) for id_ in ids if id_))
    found = iter(rows)
    return [info.context.entity("Deal", row) if id_ and (row := next(found)) else None for id_ in ids]


async def forecasts(info: Info, period: str | None, first: int) -> list[Forecast]:
    """Forecasts that were kept, the newest moment first."""
    as_of = await info.context.loaders.as_of()
    rows = await info.context.loaders.one_by_one("forecasts", period=period, first=first, as_of=as_of)
    return [Forecast.of(row["row"], info.context) for row in rows]
