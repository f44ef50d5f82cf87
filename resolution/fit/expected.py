"""Expected precision and recall of a fitted resolution, without labels: what it says of itself, calibrated.

Probabilities that a model learned without labels are too sure of themselves wherever the model is wrong. So the raw
figures are only features: two linear models on the log-odds scale, one for the estimate and one for its spread, were
fitted to drawn problems whose truth is known (`tests/benchmarks/population/calibrate.py` writes `expected.toml`). The
ends of the interval are conformal: in eight of ten held-out problems both figures lay within theirs.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import ConfigurationError
from resolution.evaluation.expected import Evidence, Expected, Share

CALIBRATED = Path(__file__).parent / "expected.toml"
MOST = 0.995
LEAST = 0.05
"""Shares above the one and below the other are not told apart."""
SLACK = 0.015
"""An interval reaches at least so far to both sides: nothing is known more finely without labels."""
FIGURES = ("precision", "recall")


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Coefficients of one figure: log-odds = base + coefficients · features, each feature kept to the range seen.

    The interval goes from log-odds - below · spread to log-odds + above · spread, with a linear log(spread).
    """

    base: float
    coefficients: Mapping[str, float]
    spread_base: float
    spread: Mapping[str, float]
    below: float
    above: float
    ranges: Mapping[str, tuple[float, float]]

    def share(self, said: Mapping[str, float]) -> Share:
        """The figure for these features. Raises ConfigurationError where they are not those it was fitted on."""
        if set(said) != set(self.ranges):
            raise ConfigurationError(f"{CALIBRATED.name} was fitted on other features: run calibrate.py again")
        kept = {name: min(max(said[name], least), most) for name, (least, most) in self.ranges.items()}
        at = self.base + sum(self.coefficients[name] * value for name, value in kept.items())
        width = math.exp(self.spread_base + sum(self.spread[name] * value for name, value in kept.items()))
        return interval(at, width * self.below, width * self.above)


def interval(at: float, below: float, above: float) -> Share:
    """A share from log-odds and how far its interval reaches, and SLACK; an end beyond what is told apart is 0 or 1."""
    estimate, low, high = (1 / (1 + math.exp(-max(-30.0, min(30.0, x)))) for x in (at, at - below, at + above))
    estimate, low, high = min(max(estimate, LEAST), MOST), min(low, MOST) - SLACK, max(high, LEAST) + SLACK
    return Share(estimate, 0.0 if low <= LEAST else low, 1.0 if high >= MOST else high)


def expected(said: Evidence | None) -> Expected | None:
    """Estimates from the evidence of a file; None where no pair was put together."""
    if said is None or said.together < 1:
        return None
    found = features(said)
    precision, recall = (calibrated()[figure].share(found) for figure in FIGURES)
    return Expected(precision, recall, int(said.together))


@cache
def calibrated() -> dict[str, Calibrated]:
    """The coefficients of `expected.toml` by figure."""
    told = tomllib.loads(CALIBRATED.read_text(encoding="utf-8"))
    ranges = {name: (float(row["least"]), float(row["most"])) for name, row in told["features"].items()}
    return {
        figure: Calibrated(
            float(told[figure]["base"]),
            {name: float(row[figure]) for name, row in told["features"].items()},
            float(told[figure]["spread"]),
            {name: float(row[f"{figure}_spread"]) for name, row in told["features"].items()},
            float(told[figure]["below"]),
            float(told[figure]["above"]),
            ranges,
        )
        for figure in FIGURES
    }


def features(said: Evidence) -> dict[str, float]:
    """What the calibration reads. Pairs apart and doubtful count against those together, so that a file's size cancels.

    Pairs that no block found are estimated from how many found the others, by capture and recapture (Chao 1987).
    """
    never = said.right * _unseen(said)
    true = said.right + said.apart + never

    def each(amount: float) -> float:
        return amount / max(said.compared, 1.0)

    def against(amount: float) -> float:
        return math.log((amount + 1.0) / (said.together + 1.0))

    return {
        "raw_precision": log_odds(said.right / said.together),
        "raw_recall": log_odds(said.right / true if true else 1.0),
        "entity_precision": log_odds(said.best / max(said.groups, 1.0)),
        "undecided": against(said.undecided),
        "apart": against(said.apart),
        "vetoed": against(said.vetoed),
        "cut": against(said.cut),
        "between": against(said.between),
        "closest": against(said.closest),
        "unseen": math.sqrt(_unseen(said)),
        "uncompared": math.sqrt(max(0.0, 1 - (said.compared + said.twins) / said.together)),
        "refused": math.sqrt(each(said.refused)),
        "thin": each(said.thin),
        "near": each(said.near),
        "firm": each(said.firm),
        "spoke": each(said.spoke),
        "disagree": each(said.against),
        "known": each(said.known),
        "others": each(said.others),
        "twins": said.twins / said.together,
        "alone": said.alone / said.records,
        "size": math.log(1 + said.together / max(said.groups, 1.0)),
        "largest": math.log(said.together**2 / max(said.squares, 1.0)),
        "pairs": math.log(said.together),
        "filled": said.filled / max(said.cells, 1.0),
        "organisations": said.organisations / said.records,
    }


def log_odds(share: float) -> float:
    """log(p / (1 - p)), of a share kept away from 0 and 1."""
    kept = min(max(share, 1 - MOST), MOST)
    return math.log(kept / (1 - kept))


def _unseen(said: Evidence) -> float:
    """Pairs that no block found for each that some did: once² / 2 twice of those found; at most as many again."""
    found = said.once + said.twice + said.often
    return min(1.0, said.once**2 / (2 * (said.twice + 1)) / found) if found else 0.0
