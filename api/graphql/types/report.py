"""How good a score has been: the report that `dealgraph score report` computed and kept with a model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry

FIGURES = ("auc", "brier", "log_loss", "ece", "slope")


@strawberry.type(description="A figure with its 90 % interval, resampled by account.")
class ReportFigure:
    """A figure with its 90 % interval, resampled by account."""

    name: str
    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, name: str, told: Mapping[str, Any]) -> Self:
        """A figure from a triple of value, low and high."""
        return cls(name=name, value=told["value"], low=told.get("low"), high=told.get("high"))


@strawberry.type(description="How well one way of answering did on all that was tested.")
class ReportRival:
    """How well one way of answering did on all that was tested."""

    name: str = strawberry.field(description="The score itself, a model of flat fields alone, or Odoo's algorithm.")
    auc: ReportFigure = strawberry.field(description="Area under the ROC curve.")
    brier: ReportFigure = strawberry.field(description="Mean squared error of the probability.")
    log_loss: ReportFigure = strawberry.field(description="Mean minus log-likelihood, natural logarithm.")
    ece: ReportFigure = strawberry.field(description="Expected calibration error, in tenths.")
    slope: ReportFigure = strawberry.field(description="Calibration slope; 1 is right.")


@strawberry.type(description="One part of what was tested: a month, an age, a stage or a value of a field.")
class ReportPart:
    """One part of what was tested: a month, an age, a stage or a value of a field."""

    name: str
    n: float = strawberry.field(description="Moments tested.")
    predicted: float | None = strawberry.field(description="Mean probability.")
    won: float | None = strawberry.field(description="Share that came true.")
    auc: float | None = strawberry.field(description="Area under the ROC curve; empty without both outcomes.")
    brier: float | None = strawberry.field(description="Mean squared error of the probability.")


@strawberry.type(description="What was tested, divided by the values of one field.")
class ReportSegment:
    """What was tested, divided by the values of one field."""

    field: str
    parts: list[ReportPart]


@strawberry.type(description="A tenth of what was tested, from the lowest probabilities to the highest.")
class ReportBin:
    """A tenth of what was tested, from the lowest probabilities to the highest."""

    predicted: float = strawberry.field(description="Mean probability.")
    realised: float = strawberry.field(description="Share that came true.")
    n: float = strawberry.field(description="Moments in it.")


@strawberry.type(description="The highest probabilities, up to a share of all.")
class ReportTop:
    """The highest probabilities, up to a share of all."""

    share: str
    precision: float | None = strawberry.field(description="Share of them that came true.")
    lift: float | None = strawberry.field(description="That as a multiple of the average.")


@strawberry.type(description="A feature that was not learned from, and why.")
class ReportLeftOut:
    """A feature that was not learned from, and why."""

    feature: str
    why: str


@strawberry.type(description="The calibration error that perfect probabilities would show on as many outcomes.")
class ReportChance:
    """The calibration error that perfect probabilities would show on as many outcomes."""

    mean: float
    high: float = strawberry.field(description="95 of 100 times it is below this.")


@strawberry.type(description="How good a score has been: learned as of each month and asked at the month's moments.")
class ModelReport:
    """How good a score has been: learned as of each month and asked at the month's moments."""

    as_of: datetime = strawberry.field(description="Nothing later than this was used.")
    means: str = strawberry.field(description="What the numbers mean, in one sentence.")
    tested: int = strawberry.field(description="Moments that were tested.")
    entities: int = strawberry.field(description="Deals, leads or others behind them.")
    predicted: float | None = strawberry.field(description="Mean probability; empty where no month could be tested.")
    won: float | None = strawberry.field(description="Share that came true.")
    overall: list[ReportRival] = strawberry.field(description="The score beside others in the same months.")
    ece_of_perfect: ReportChance | None = strawberry.field(description="What chance alone does to `ece`.")
    gain: list[ReportFigure] = strawberry.field(description="Log loss of the score less that of each other.")
    families: list[ReportFigure] = strawberry.field(description="By how much log loss grows without each family.")
    reliability: list[ReportBin] = strawberry.field(description="Predicted against realised.")
    top: list[ReportTop] = strawberry.field(description="What the highest probabilities were worth.")
    months: list[ReportPart] = strawberry.field(description="By the month in which it was asked.")
    ages: list[ReportPart] = strawberry.field(description="By how long the entity had been there.")
    stages: list[ReportPart] = strawberry.field(description="By stage.")
    segments: list[ReportSegment] = strawberry.field(description="By each field that is text.")
    left_out: list[ReportLeftOut] = strawberry.field(description="Features that were not learned from.")

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The report as it was kept; without a month that could be tested its lists are empty."""
        chance = told.get("ece_of_perfect")
        return cls(
            as_of=datetime.fromisoformat(told["as_of"]),
            means=told["means"],
            tested=told["tested"],
            entities=told["entities"],
            predicted=told.get("predicted"),
            won=told.get("won"),
            overall=[_rival(name, found) for name, found in told["overall"].items()],
            ece_of_perfect=ReportChance(**chance) if chance else None,
            gain=[ReportFigure.of(*one) for one in told.get("gain", {}).items()],
            families=[ReportFigure.of(*one) for one in told.get("families", {}).items()],
            reliability=[ReportBin(**one) for one in told.get("reliability", ())],
            top=[ReportTop(share=share, **one) for share, one in told.get("precision", {}).items()],
            months=_parts(told.get("months", {})),
            ages=_parts(told.get("ages", {})),
            stages=_parts(told.get("stages", {})),
            segments=[ReportSegment(field=name, parts=_parts(one)) for name, one in told.get("segments", {}).items()],
            left_out=[ReportLeftOut(feature=name, why=why) for name, why in told["left_out"].items()],
        )


def _rival(name: str, found: Mapping[str, Any]) -> ReportRival:
    return ReportRival(name=name, **{figure: ReportFigure.of(figure, found[figure]) for figure in FIGURES})


def _parts(found: Mapping[str, Mapping[str, Any]]) -> list[ReportPart]:
    return [ReportPart(name=name, **one) for name, one in found.items()]
