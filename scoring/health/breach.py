"""What can be wrong with a score, as data."""

from dataclasses import dataclass
from typing import Literal

What = Literal["silent", "missing", "drifted", "shifted", "miscalibrated"]


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is wrong: `value` was found where `allowed` may be.

    A severe one keeps the model from answering; `features` are those that a model must do without because of it.
    `subject` is the feature, the kind of event or the version that it is about.
    """

    what: What
    subject: str
    severe: bool
    sentence: str
    value: float
    allowed: float
    features: tuple[str, ...] = ()
