"""What a feature is, read from the header of its file."""

from __future__ import annotations

from typing import Self

import strawberry

from kg.features.features import Feature


@strawberry.type(description="A feature: a number, or a word, and its reasons; one file of cypher/features.")
class FeatureDefinition:
    """A feature: a number, or a word, and its reasons; one file of cypher/features."""

    name: str
    entity: str = strawberry.field(description="What it is about: deal, lead, account, contact or an own kind.")
    family: str = strawberry.field(description="Which family it belongs to.")
    about: str = strawberry.field(description="What it says.")
    unit: str = strawberry.field(description="Its unit.")
    aggregate: str = strawberry.field(description="How its evidence rows become its value.")
    monotone: str = strawberry.field(description="Which way a score may move with it: up, down or none.")
    window: str | None = strawberry.field(description="How far back it looks.")
    categorical: bool = strawberry.field(description="Whether its value is a word.")
    absent: str = strawberry.field(description="What it means when it has no evidence.")
    digest: str = strawberry.field(description="SHA-256 of its file; a model refuses another.")

    @classmethod
    def of(cls, feature: Feature) -> Self:
        """The definition of a feature."""
        return cls(
            name=feature.name,
            entity=feature.entity,
            family=feature.family,
            about=feature.about,
            unit=feature.unit,
            aggregate=feature.aggregate,
            monotone=feature.monotone,
            window=feature.window or None,
            categorical=feature.categorical,
            absent=feature.absent,
            digest=feature.digest,
        )
