"""Every score that Dealgraph computes, listed once: ours, as this context changes them, and the company's own."""

from collections.abc import Sequence

from kg.errors import InputError
from kg.ontology import Declared
from scoring.scores.account_fit import ACCOUNT_FIT
from scoring.scores.champion_strength import CHAMPION_STRENGTH
from scoring.scores.cross_sell import CROSS_SELL
from scoring.scores.deal_slip import DEAL_SLIP
from scoring.scores.deal_win import DEAL_WIN
from scoring.scores.lead_conversion import LEAD_CONVERSION
from scoring.scores.own import all_scores
from scoring.scores.score import Score
from scoring.settings import settings

BUILT_IN: tuple[Score, ...] = (DEAL_WIN, LEAD_CONVERSION, DEAL_SLIP, ACCOUNT_FIT, CROSS_SELL, CHAMPION_STRENGTH)
SCORES: Sequence[Score] = Declared((), lambda _: all_scores(BUILT_IN))


def score_named(name: str) -> Score:
    """The score of that name, or a sentence with the names there are."""
    for score in SCORES:
        if score.name == name:
            return score
    raise InputError(f"there is no score {name!r}; there are {', '.join(s.name for s in SCORES)}")


def refreshed() -> tuple[Score, ...]:
    """The scores that a refresh learns and gives: ours, or those of ours that the settings name, and all own ones.

    Raises:
        InputError: the settings name one that there is not.
    """
    named = {score_named(name.strip()).name for name in settings().scores.split(",") if name.strip()}
    ours = {score.name for score in BUILT_IN}
    return tuple(score for score in SCORES if not named or score.name in named or score.name not in ours)


def ever_won() -> Score | None:
    """The score that says whether an open deal will ever be won, which forecasts rest on; None where there is none."""
    return next((score for score in SCORES if score.entity == "deal" and score.horizon is None), None)


__all__ = ["SCORES", "ever_won", "refreshed", "score_named"]
