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

    `decision_share` is how much of an entity's weight its moment `last` carries, the rest being shared by its other
    moments;
    None shares alike. `last` looks back from the outcome, so a high share answers "were it decided as it stands",
    which is
    lower for young entities than "will it ever be won", and calibration is judged at `last` alone.

    `labels` and `population` name query files (by default the score's name and `open_<entity>`); `monotone` says for a
    feature in which direction it may move this score, where its file says otherwise.
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
    decision_share: float | None = None
    labels: str = ""
    population: str = ""
    monotone: Mapping[str, Direction] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ConfigurationError(f"score {self.name!r}: a name is lower case with underscores")
        if len(set(self.features)) != len(self.features):
            raise ConfigurationError(f"score {self.name!r} lists a feature twice")
        if unknown := ({r.feature for r in self.rules} | self.flat) - set(self.features):
            raise ConfigurationError(f"score {self.name!r}: {sorted(unknown)} are not among its features")
        if not 0 < self.prior_rate < 1:
            raise ConfigurationError(f"score {self.name!r}: prior rate {self.prior_rate} is not between 0 and 1")
        if list(self.cuts) != sorted(self.cuts, reverse=True):
            raise ConfigurationError(f"score {self.name!r}: band cuts {self.cuts} must fall from A to C")
        if not self.labels:
            object.__setattr__(self, "labels", self.name)
        if not self.population:
            object.__setattr__(self, "population", f"open_{self.entity}")

    def band(self, probability: float) -> str:
        """A, B, C or D."""
        return next((b for b, cut in zip(BANDS, self.cuts, strict=False) if probability >= cut), BANDS[-1])
