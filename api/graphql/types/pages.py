"""Pages of entities in an order: those that have the value first, by (value, id); then those without it, by id."""

from __future__ import annotations

from typing import Any

from api.graphql.context import Context
from api.graphql.cursors import Cursor, decode
from api.graphql.types.attribute import asked_of
from api.graphql.types.filters import Filter, Order, chosen, parameters
from api.graphql.types.page import Connection, Direction, page
from kg.errors import InputError
from kg.query.shown import personal

Row = dict[str, Any]


async def entity_page(
    context: Context,
    label: str,
    given: Filter,
    order: Order | None,
    first: int,
    after: str | None,
    *,
    default: tuple[str, Direction],
    score: str | None = None,
) -> Connection[Any]:
    """A page of entities.

    Raises:
        InputError: the order, the cursor or a filter is not a valid one.
    """
    by, direction = chosen(order, default)
    if by in personal(label) and not context.principal.sees_personal:
        by = "id"  # neither the order nor a cursor may tell a name
    name = f"{by}:{direction.value}"
    cursor = decode(after, name) if after else None
    narrowed = parameters(given) | {"attributes": await asked_of(context, label.lower(), given.attributes)}
    if narrowed.get("account") is not None:  # an id that was given up narrows to the one that took its place
        living = await context.loaders.row("living_ids", narrowed["account"])
        narrowed["account"] = living["id"] if living else narrowed["account"]
    common = narrowed | {"as_of": await context.loaders.as_of(), "first": first + 1}
    scores = {key: common.pop(key, None) for key in ("min_score", "max_score")}
    if by != "score" and any(value is not None for value in scores.values()):
        raise InputError(
            "filter: minScore and maxScore narrow a list that is ordered by score; order by {score: DESC}."
        )
    plural = f"{label.lower()}s"
    rows: list[Row] = []
    if cursor is None or cursor.value is not None:
        at = {"at_value": cursor.value if cursor else None, "at_id": cursor.id if cursor else None}
        if by == "score":
            rows = await context.loaders.one_by_one(
                f"{plural}_by_score_{direction.value}", **common, **at, score=score, **_range(scores, direction, cursor)
            )
        else:
            rows = await context.loaders.one_by_one(f"{plural}_sorted_{direction.value}", **common, **at, by=by)
    narrow = any(value is not None for value in scores.values())
    if score is not None and len(rows) <= first and not narrow:
        at_id = cursor.id if cursor and cursor.value is None else None
        wanted = common | {"first": first + 1 - len(rows)}
        rows += await context.loaders.one_by_one(
            f"{plural}_rest", **wanted, at_id=at_id, score=score, by=None if by == "score" else by
        )
    made = [(context.entity(label, r["row"]), Cursor(name, r["value"], r["row"]["id"]).encode()) for r in rows]
    return page(made, first)


def _range(scores: Row, direction: Direction, cursor: Cursor | None) -> dict[str, float]:
    """The range of scores to seek in: the filter's, cut at the cursor, so that a deep page costs what a first does."""
    low = 0.0 if scores["min_score"] is None else scores["min_score"]
    high = 1.0 if scores["max_score"] is None else scores["max_score"]
    if cursor is not None and isinstance(cursor.value, int | float):
        low, high = (low, min(high, cursor.value)) if direction is Direction.DESC else (max(low, cursor.value), high)
    return {"min_score": low, "max_score": high}
