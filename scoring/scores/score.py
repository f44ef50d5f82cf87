"""What a score is: frozen data that check themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from kg.errors import ConfigurationError

Entity = str
Direction = Literal["up", "down", "none"]
BANDS = ("A", "B", "C", "D")
WHENEVER = ", whenever that is"
WORDED = {1: "a day", 7: "a week", 365: "a year"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a practised seller would say before any data: `weight` log-odds for each `scale` above `centre`, at most
    two.

    A positive weight raises the score with the feature. A missing value adds nothing.
    """

    feature: str
    weight: float
    centre: float
    scale: float

    def __post_init__(self) -> None:
        if self.scale <= 0 or self.weight == 0:
            raise ConfigurationError(f"rule on {self.feature!r}: scale must be above 0 and weight must not be 0")


@dataclass(frozen=True, slots=True)
class Score:
    """One question about one kind of entity, and everything training needs to learn its answer.

    A score is learned and judged at the moments at which people see it. `moments` says how much each kind of moment of
    the label query counts (a kind that is not named counts nothing; an empty mapping lets all count alike); `day_30` is
    the moment 30 days after an entity arose. With a `horizon` the outcome must come within that time, without one
    whenever it comes. `question` and `about` name the horizon as `{horizon}`: `said` fills it in.

    `labels` and `population` name query files (by default the score's name and `open_<entity>`); `monotone` says for a
    feature in which direction it may move this score, where its file says otherwise; `allow` names columns that it may
    learn from although they seem to tell the outcome, each with the reason that somebody gave. `competitors` names a
    feature of the entity whose rows are those that it competes with, by id: of it and them exactly one has the outcome,
    and their probabilities add up to one. It is not among the features that the model learns from.
    """

    name: str
    entity: Entity
    question: str
    about: str
    horizon: timedelta | None
    features: tuple[str, ...]
    flat: frozenset[str]
    rules: tuple[Rule, ...]
    prior_rate: float
    cuts: tuple[float, float, float]
    minimum_each: int = 40
    moments: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    labels: str = ""
    population: str = ""
    monotone: Mapping[str, Direction] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    allow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    competitors: str = ""

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ConfigurationError(f"score {self.name!r}: a name is lower case with underscores")
        if len(set(self.features)) != len(self.features):
            raise ConfigurationError(f"score {self.name!r} lists a feature twice")
        if unknown := ({r.feature for r in self.rules} | self.flat) - set(self.features):
            raise ConfigurationError(f"score {self.name!r}: {sorted(unknown)} are not among its features")
        if self.competitors in self.features:
            raise ConfigurationError(
                f"score {self.name!r}: {self.competitors} names the competitors, and so is no feature to learn from"
            )
        if not 0 < self.prior_rate < 1:
            raise ConfigurationError(f"score {self.name!r}: prior rate {self.prior_rate} is not between 0 and 1")
        if list(self.cuts) != sorted(self.cuts, reverse=True):
            raise ConfigurationError(f"score {self.name!r}: band cuts {self.cuts} must fall from A to C")
        if self.moments and not all(weight >= 0 for weight in self.moments.values()):
            raise ConfigurationError(f"score {self.name!r}: moments {dict(self.moments)} must not weigh below 0")
        if self.moments and not any(self.moments.values()):
            raise ConfigurationError(f"score {self.name!r}: no kind of moment of {dict(self.moments)} counts")
        if not self.labels:
            object.__setattr__(self, "labels", self.name)
        if not self.population:
            object.__setattr__(self, "population", f"open_{self.entity}")

    def band(self, probability: float) -> str:
        """A, B, C or D."""
        return next((b for b, cut in zip(BANDS, self.cuts, strict=False) if probability >= cut), BANDS[-1])

    @property
    def days(self) -> tuple[int, ...]:
        """The N of its moments `day_N`."""
        return tuple(int(kind[4:]) for kind in self.moments if kind.startswith("day_") and kind[4:].isdigit())

    def said(self, text: str) -> str:
        """`question` or `about` with the horizon in words, also where the text leaves no place for it."""
        if self.horizon is None:
            return text
        words = WORDED.get(self.horizon.days, f"{self.horizon.days} days")
        if "{horizon}" in text:
            return text.replace("{horizon}", words)
        return f"{text[:-1].replace(WHENEVER, '')} within {words}{text[-1]}"
