"""How good a resolution is expected to be where no truth is known: two figures with their intervals, in a sentence."""

from dataclasses import astuple, dataclass

SURE = 0.8
"""Below this estimate a reader is told what can be done."""


@dataclass(frozen=True, slots=True)
class Share:
    """An estimated share between 0 and 1, and the ends of its 80 % interval."""

    estimate: float
    low: float
    high: float

    def holds(self, truth: float) -> bool:
        """Whether the interval holds the true share."""
        return self.low <= truth <= self.high


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected precision and recall of the pairs that were put together, twins included, and how many these are."""

    precision: Share
    recall: Share
    pairs: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sums over a resolved file, so that the parts of a mixed one can be added.

    Pairs `together` are in one entity; those `apart` were compared and are in two.
    """

    records: float = 0
    """Rows of the file."""
    organisations: float = 0
    """Rows of parts resolved as organisations."""
    alone: float = 0
    """Rows that are their entity's only one."""
    groups: float = 0
    """Entities of two rows or more."""
    squares: float = 0
    """Sum of squares of the pairs in each entity: how far a few large entities decide."""
    filled: float = 0
    """Cells that are filled."""
    cells: float = 0
    together: float = 0
    twins: float = 0
    """Pairs together that say exactly the same, and were never scored."""
    compared: float = 0
    """Pairs together that were scored."""
    right: float = 0
    """Expected true pairs among those together; an unscored pair is as likely as its entity's scored ones."""
    pairs_right: float = 0
    """Sum of the probabilities of the scored pairs together."""
    refused: float = 0
    """Scored pairs together that were not accepted by themselves."""
    thin: float = 0
    """Scored pairs together for which at most two comparisons spoke."""
    spoke: float = 0
    """Comparisons that spoke for the scored pairs together."""
    against: float = 0
    """Comparisons that spoke against them."""
    known: float = 0
    """Comparisons of which both values are known, for them."""
    near: float = 0
    """Scored pairs together of a weight below 5."""
    firm: float = 0
    """Scored pairs together of a weight of 10 and more."""
    others: float = 0
    """Weight (log2) by which a household, a namesake or an owner explains them; a sum."""
    best: float = 0
    """Sum over entities of the mean probability of their scored pairs."""
    undecided: float = 0
    """Scored pairs, together or apart, with a probability between 0.1 and 0.9."""
    apart: float = 0
    """Sum of the probabilities of the pairs apart without a veto."""
    vetoed: float = 0
    """Sum of the probabilities of the pairs apart with a veto."""
    cut: float = 0
    """Accepted pairs apart: grouping parted them."""
    between: float = 0
    """Expected true pairs between entities, if all pairs of two entities are as likely as the scored ones."""
    closest: float = 0
    """The same, if all are as likely as the likeliest one."""
    once: float = 0
    """Likely pairs together that one block alone found (of those looked at)."""
    twice: float = 0
    """Likely pairs together that two blocks found."""
    often: float = 0
    """Likely pairs together that three blocks or more found."""

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def sentences(expected: Expected) -> list[str]:
    """What a user reads: the two figures, and what to do where one of them is low."""
    right, found = expected.precision, expected.recall
    said = [
        f"Of the {expected.pairs:,} pairs put together about {_percent(right)} are expected to be right, and about "
        f"{_percent(found)} of all true pairs to be found; estimated without labels."
    ]
    low = [name for name, share in (("precision", right), ("recall", found)) if share.estimate < SURE]
    if low:
        said.append(
            f"The expected {' and '.join(low)} {'is' if len(low) == 1 else 'are'} low: look at the columns' roles "
            "with `dealgraph resolve fit --out settings.toml`, correct them there, and give the file by --settings."
        )
    return said


def _percent(share: Share) -> str:
    """Only an end of an interval is ever 100 %: nobody knows without labels that all is right."""
    estimate = min(99, round(share.estimate * 100))
    return f"{estimate} % ({min(estimate, int(share.low * 100))} to {max(estimate, round(share.high * 100))} %)"
