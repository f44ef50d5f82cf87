"""One reason of a score: a feature, what it adds, and the paths behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isnan
from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.loaders import FIRST_PATHS
from api.graphql.types.base import First, field
from api.graphql.types.feature import FeatureDefinition
from api.graphql.types.graph import Path
from kg.errors import StaleModel
from kg.features.features import Feature
from scoring.scores import SCORES

SAME = 1e-9
"""Log-odds that differ by less are the same."""


def kind_of(score: str) -> str:
    """The kind of entity that a score is of; 'deal' of a score that is no longer declared."""
    return next((known.entity for known in SCORES if known.name == score), "deal")


async def known_feature(info: Info, kind: str, name: str) -> Feature:
    """The feature of that name of a kind of entity.

    Raises:
        StaleModel: a score names a feature whose file, or whose attribute, is gone.
    """
    found = (await info.context.loaders.features(kind)).get(name)
    if found is None:
        raise StaleModel(
            f"A score names the feature {name!r}, whose file is gone from cypher/features: run `dealgraph refresh`."
        )
    return found


@strawberry.type(description="One reason of a score; the contributions and the base add up to the score's log-odds.")
class Contribution:
    """One reason of a score; the contributions and the base add up to the score's log-odds."""

    name: strawberry.Private[str]
    other: strawberry.Private[str | None]
    entity: strawberry.Private[str]
    kind: strawberry.Private[str]
    moment: strawberry.Private[datetime]
    value: float | None = strawberry.field(description="Value of the feature; empty where it has none.")
    word: strawberry.Private[str | None]
    log_odds: float = strawberry.field(description="What it adds to the log-odds.")
    moved: float | None = strawberry.field(
        description="What it adds more than in the score before; only in `reasons(group: CHANGED)`.", default=None
    )

    @field
    async def text(self, info: Info) -> str | None:
        """Value of a feature whose value is a word."""
        if self.word is None or info.context.principal.sees_personal:
            return self.word
        found = await info.context.loaders.reasons(self.name, self.entity, self.moment, kind=self.kind)
        return str(found.said) if found.value == self.word else None

    @field
    async def feature(self, info: Info) -> FeatureDefinition:
        """The feature."""
        return FeatureDefinition.of(await known_feature(info, self.kind, self.name))

    @field
    async def paired_with(self, info: Info) -> FeatureDefinition | None:
        """The second feature, where the reason is how the two meet."""
        return FeatureDefinition.of(await known_feature(info, self.kind, self.other)) if self.other else None

    @field
    async def sentence(self, info: Info) -> str:
        """What it says, in words; of the evidence known at the moment of the score."""
        found = await info.context.loaders.reasons(self.name, self.entity, self.moment, kind=self.kind)
        if not self.other:
            return found.sentence
        second = await info.context.loaders.reasons(self.other, self.entity, self.moment, kind=self.kind)
        return f"{found.sentence.rstrip('.')}, together with: {second.sentence}"

    @field
    async def paths(self, info: Info, first: First = FIRST_PATHS) -> list[Path]:
        """The paths behind it, heaviest or newest first; without any, the entity alone and what that means."""
        take = info.context.page(first, FIRST_PATHS)
        names = [self.name, *([self.other] if self.other else [])]
        found = await asyncio.gather(
            *(info.context.loaders.reasons(n, self.entity, self.moment, take, self.kind) for n in names)
        )
        return [Path.of(evidence, info.context) for reasons in found for evidence in reasons.paths[:take]]


def contributions(row: Mapping[str, Any]) -> list[Contribution]:
    """The contributions of a stored score, the largest first."""
    texts = row.get("texts") or []
    paired = row.get("paired") or []
    kind = kind_of(row["name"])
    found = []
    for i, (name, log_odds) in enumerate(zip(row["features"], row["contributions"], strict=True)):
        value = row["values"][i] if i < len(row.get("values") or []) else None
        found.append(
            Contribution(
                name=name,
                other=(paired[i] or None) if i < len(paired) else None,
                entity=row["entity_id"],
                kind=kind,
                moment=row["as_of"],
                value=None if value is None or isnan(value) else value,
                word=(texts[i] or None) if i < len(texts) else None,
                log_odds=log_odds,
            )
        )
    return sorted(found, key=lambda c: (-abs(c.log_odds), c.name, c.other or ""))


def changed(now: Sequence[Contribution], before: Sequence[Contribution]) -> list[Contribution]:
    """The contributions that differ from an earlier score's, by how much each moved; what fell away adds nothing."""
    was = {(c.name, c.other): c for c in before}
    found = [replace(c, moved=c.log_odds - was[key].log_odds if (key := (c.name, c.other)) in was else c.log_odds)
             for c in now]  # fmt: skip
    there = {(c.name, c.other) for c in now}
    moment = now[0].moment if now else None
    found += [replace(c, moved=-c.log_odds, log_odds=0.0, value=None, word=None, moment=moment or c.moment)
              for key, c in was.items() if key not in there]  # fmt: skip
    differ = [c for c in found if abs(c.moved or 0.0) > SAME]
    return sorted(differ, key=lambda c: (-abs(c.moved or 0.0), c.name, c.other or ""))
