"""Every score that Dealgraph computes, listed once."""

from kg.errors import InputError
from scoring.scores.deal_win import DEAL_WIN
from scoring.scores.lead_conversion import LEAD_CONVERSION
from scoring.scores.score import Score

SCORES: tuple[Score, ...] = (DEAL_WIN, LEAD_CONVERSION)


def score_named(name: str) -> Score:
    """The score of that name, or a sentence with the names there are."""
    for score in SCORES:
        if score.name == name:
            return score
    raise InputError(f"there is no score {name!r}; there are {', '.join(s.name for s in SCORES)}")


__all__ = ["SCORES", "score_named"]
