"""Why two records are one or not, and how an entity was built."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any

import strawberry

from api.graphql.context import Context, Info
from api.graphql.types.base import field
from api.graphql.types.judgement import RecordKey
from api.graphql.types.reference import SourceRecord
from kg.errors import InputError, NotFound
from resolution.explain.explanation import Decision, Edge, Explanation, explain, not_stored, sides

Row = dict[str, Any]
strawberry.enum(Decision, name="MatchDecision", description="What was decided about two records.")
COMPARED = ({"account"}, {"contact", "lead"}, {"deal", "invoice"})
"""Kinds of records that are compared with one another."""


@strawberry.type(description="One comparison of a pair.")
class MatchPart:
    """One comparison of a pair."""

    comparison: str
    level: str = strawberry.field(description="The level that the two met.")
    weight: float = strawberry.field(description="Match weight of the level (log2).")
    adjustment: float = strawberry.field(description="What the frequency of the value adds (log2).")


@strawberry.type(description="The smallest change of one comparison that would accept a rejected pair.")
class MatchFlip:
    """The smallest change of one comparison that would accept a rejected pair."""

    comparison: str
    level: str = strawberry.field(description="The level that it would have to meet.")
    gain: float = strawberry.field(description="What that would add (log2).")


@strawberry.type(description="The best pair of a record that was rejected.")
class RejectedPair:
    """The best pair of a record that was rejected."""

    of: SourceRecord
    record: SourceRecord
    match_weight: float


@strawberry.type(description="Why two records are one entity, or why not. Prior, weights and adjustments make the sum.")
class MatchExplanation:
    """Why two records are one entity, or why not. Prior, weights and adjustments make the sum."""

    a: SourceRecord
    b: SourceRecord
    together: bool = strawberry.field(description="Whether they are one entity now.")
    decision: Decision
    sentence: str = strawberry.field(description="The decision and its reason.")
    match_weight: float | None = strawberry.field(description="Prior, weights and adjustments summed (log2).")
    probability: float | None
    prior: float | None = strawberry.field(description="Weight before any comparison (log2).")
    threshold: float | None = strawberry.field(description="Weight from which a pair is accepted (log2).")
    comparisons: list[MatchPart]
    block: str | None = strawberry.field(description="The blocking key that brought the two together.")
    veto: str | None = strawberry.field(description="What forbids the pair, whatever its weight.")
    cut: str | None = strawberry.field(description="Why an accepted pair is two entities.")
    mean_weight: float | None = strawberry.field(description="Mean weight between two groups that stayed apart (log2).")
    model: str | None = strawberry.field(description="Digest of the matching model.")
    flip: MatchFlip | None

    @field
    async def linked_by(self, info: Info) -> list[SourceRecord]:
        """Records that accepted pairs tie to both, five at most."""
        around = await _around(info.context, self.a.key, self.b.key)
        return [SourceRecord.of(row, info.context) for row in around["links"]]

    @field
    async def best_rejected(self, info: Info) -> list[RejectedPair]:
        """The best rejected pair of each of the two."""
        around = await _around(info.context, self.a.key, self.b.key)
        return [
            RejectedPair(
                of=SourceRecord.of(row["of"], info.context),
                record=SourceRecord.of(row["record"], info.context),
                match_weight=row["match_weight"],
            )
            for row in around["rejected"]
        ]


@strawberry.type(description="One step in which an entity was built.")
class JoinStep:
    """One step in which an entity was built."""

    step: int = strawberry.field(description="Number of the step, from 1.")
    joined: list[str] = strawberry.field(description="Records that joined, as source:record_id.")
    into: list[str] = strawberry.field(description="Records that they joined.")
    mean_weight: float = strawberry.field(
        description="Mean weight over all pairs between the two, clipped to ±12 (log2)."
    )
    held_from: datetime = strawberry.field(description="When the pair was known: the later of its two records.")
    pair: MatchExplanation = strawberry.field(description="The best pair between the two.")


async def _around(context: Context, a: str, b: str) -> Row:
    row = await context.loaders.row("compared_pair", {"a": min(a, b), "b": max(a, b)})
    return row or {"pair": None, "links": [], "rejected": []}


async def why_records(context: Context, a: RecordKey, b: RecordKey) -> MatchExplanation:
    """Why two records are one entity, or why not, as far as the graph holds it.

    Raises:
        NotFound: a record is not there, or its id is personal and may not be asked for. InputError: it was named
            twice, or the kinds are never compared.
    """
    asked = [{"source": key.source, "record_id": str(key.record_id), "kind": key.kind, "own": False} for key in (a, b)]
    found = [await context.loaders.rows("records_by_key", key) for key in asked]
    for key, rows in zip((a, b), found, strict=True):
        if not rows:
            kind = f"{key.kind} " if key.kind else ""
            raise NotFound(f"There is no {kind}record {key.source}:{key.record_id} as of what is published.")
    if (told := await _between(context, *found)) is not None:
        return told
    raise InputError(
        f"whyMatched: {a.source}:{a.record_id} and {b.source}:{b.record_id} are one record, or of kinds that are never "
        "compared; name two records of a kind."
    )


async def _between(context: Context, lefts: list[Row], rights: list[Row]) -> MatchExplanation | None:
    for left, right in product(lefts, rights):
        kinds = {left["record"]["kind"], right["record"]["kind"]}
        if left["record"]["id"] != right["record"]["id"] and any(kinds <= group for group in COMPARED):
            return await _why(context, left, right)
    return None


async def _why(context: Context, left: Row, right: Row) -> MatchExplanation:
    one, other = sorted((left["record"]["id"], right["record"]["id"]))
    around = await _around(context, one, other)
    together = _group(left, right) is not None and _group(left, right) == _group(right, left)
    if around["pair"]:
        told = explain(one, other, around["pair"], together=together)
    else:
        edges = [Edge(e["of"]["id"], e["record"]["id"], e["match_weight"]) for e in around["rejected"]]
        told = not_stored(one, other, edges, together=together)
    return shown(told, left["record"], right["record"], context)


def record_name(record: Row, context: Context) -> str:
    """A record as source:record_id, as far as this principal may see it."""
    return f"{record['source']}:{context.key('Record', record, 'record_id')}"


def _group(own: Row, other: Row) -> str | None:
    """The entity by which two records are one: a lead's contact, unless both are leads."""
    leads = own["record"]["kind"] == other["record"]["kind"] == "lead"
    group: str | None = own["entity"] if leads else own["person"] or own["entity"]
    return group


async def why_entities(context: Context, a: str, b: str) -> MatchExplanation:
    """Why two entities are two: their best stored pair.

    Raises:
        NotFound: an entity is not there. InputError: both ids are one entity.
    """
    living = []
    for id_ in (a, b):
        row = await context.loaders.row("living_ids", id_)
        if row is None:
            raise NotFound(f"There is no entity {id_!r} as of what is published.")
        living.append(row["id"])
    if living[0] == living[1]:
        raise InputError(f"whyEntities: {a} and {b} are one entity, {living[0]}: ask `how` it was built.")
    row = await context.loaders.row("entity_pair", {"a": living[0], "b": living[1]})
    keys = (row or {}).get("best") or row or {}
    if not (keys.get("a") and keys.get("b")):
        raise NotFound(f"whyEntities: {a if not keys.get('a') else b} has no source record as of what is published.")
    found = [await context.loaders.rows("records_by_key", keys[side] | {"own": True}) for side in "ab"]
    if (told := await _between(context, *found)) is None:
        raise InputError(f"whyEntities: {a} and {b} are of kinds that are never compared; name two of a kind.")
    return told


def shown(told: Explanation, a: Row, b: Row, context: Context) -> MatchExplanation:
    """An explanation as it is answered."""
    flip = told.flip
    return MatchExplanation(
        a=SourceRecord.of(a, context),
        b=SourceRecord.of(b, context),
        together=told.together,
        decision=told.decision,
        sentence=told.sentence,
        match_weight=told.match_weight,
        probability=told.probability,
        prior=told.prior,
        threshold=told.threshold,
        comparisons=[
            MatchPart(comparison=p.comparison, level=p.level, weight=p.weight, adjustment=p.adjustment)
            for p in told.parts
        ],
        block=told.block,
        veto=told.veto,
        cut=told.cut,
        mean_weight=told.mean_weight,
        model=told.model,
        flip=MatchFlip(comparison=flip.comparison, level=flip.level, gain=flip.gain) if flip else None,
    )


async def how_of(info: Info, id_: str, first: int | None) -> list[JoinStep]:
    """The steps that built an entity, in order."""
    rows = await info.context.loaders.rows("entity_steps", id_)
    numbered = sorted(rows, key=lambda row: _step(row, id_)[0])
    both = sides([(r["a"]["id"], r["b"]["id"]) for r in numbered], rows[0]["founder"] if rows else "")
    names = {r[side]["id"]: record_name(r[side], info.context) for r in rows for side in "ab"}
    steps = [
        JoinStep(
            step=int(_step(row, id_)[0]),
            joined=[names[key] for key in joined],
            into=[names[key] for key in into],
            mean_weight=_step(row, id_)[1],
            held_from=row["pair"]["known_from"],
            pair=shown(
                explain(row["a"]["id"], row["b"]["id"], row["pair"], together=True), row["a"], row["b"], info.context
            ),
        )
        for row, (into, joined) in zip(numbered, both, strict=True)
    ]
    return steps[: info.context.page(first)]


def _step(row: Row, id_: str) -> tuple[float, float]:
    at = row["pair"]["step_of"].index(id_)
    return row["pair"]["step"][at], row["pair"]["mean_weights"][at]
