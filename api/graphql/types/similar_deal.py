"""Deals most like this one."""

from __future__ import annotations

import strawberry

from api.graphql.context import Info
from api.graphql.types.graph import Path
from api.graphql.types.links import DealLink

SIMILAR = "similar_deal_win_rate"


@strawberry.type(description="A deal much like this one, and what they share.")
class SimilarDeal:
    """A deal much like this one, and what they share."""

    deal: DealLink
    similarity: float | None = strawberry.field(
        description="How alike they are; its weight in the feature similar_deal_win_rate."
    )
    result: str | None = strawberry.field(description="How it ended.")
    shares: str | None = strawberry.field(description="What they share, in a few words.")
    sentence: str = strawberry.field(description="How they are alike and how it ended, in words.")
    path: Path = strawberry.field(description="What they share, in the graph.")


async def similar_deals(info: Info, deal: str, k: int) -> list[SimilarDeal]:
    """The evidence of the similarity feature: the same deals that the score compares with."""
    context = info.context
    as_of = await context.loaders.as_of()
    found = []
    reasons = await context.loaders.reasons(SIMILAR, deal, as_of, k + 1)  # one more: the prior is among the rows
    why = {row["id"]: row.get("why") for row in reasons.rows}
    for evidence in reasons.paths:
        other = next((n for n in evidence.nodes if "Deal" in n.labels and n.id != deal), None)
        if other is None:
            continue
        outcome = next((n for n in evidence.nodes if "Outcome" in n.labels), None)
        path = Path.of(evidence, context)
        found.append(
            SimilarDeal(
                deal=context.entity("Deal", dict(other.properties)),
                similarity=evidence.w,
                result=str(outcome.properties.get("result")) if outcome else None,
                shares=why.get(evidence.id),
                sentence=path.sentence,
                path=path,
            )
        )
    return found[:k]
