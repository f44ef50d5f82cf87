"""What was found of a model, and which model answers because of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.evaluation.profile import Drift
from scoring.health.breach import Breach
from scoring.model.tables import Floats
from scoring.registry.artifact import Artifact


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found of one model: breaches, how each column moved (none without a profile), what it says now."""

    model: Artifact
    breaches: tuple[Breach, ...]
    moved: Mapping[str, Drift]
    said: Floats
    untold: str = ""

    @property
    def severe(self) -> tuple[Breach, ...]:
        """What keeps it from answering."""
        return tuple(b for b in self.breaches if b.severe)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which model answers, and what is wrong: with the one that would have (`looked`), severe first."""

    looked: Checkup
    answers: Artifact
    how: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What whoever reads the scores should know."""
        told = sorted(self.looked.breaches, key=lambda b: not b.severe)
        found = [said(b.sentence, self.how if b.severe else "") for b in told]
        found += [self.looked.untold] if self.looked.untold else []
        return tuple(f"{self.answers.score}: {sentence}" for sentence in found)


def said(sentence: str, how: str) -> str:
    """A sentence with what answers because of it."""
    return f"{sentence} {how}" if how else sentence
