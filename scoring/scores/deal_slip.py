"""Will this open deal close by the day that the rep expects?"""

from types import MappingProxyType

from scoring.scores import deal_win
from scoring.scores.score import Rule, Score

FLAT = deal_win.FLAT
GRAPH = (*deal_win.GRAPH, "close_date_due", "rep_push_rate")

DEAL_SLIP = Score(
    name="deal_slip",
    entity="deal",
    question="Will the expected day of closing slip?",
    about="Probability that the expected day of closing is moved to a later one, or passes with the deal open.",
    horizon=None,
    features=(*GRAPH, *FLAT),
    flat=frozenset(FLAT),
    rules=(
        Rule("close_date_pushes", 0.4, 1.0, 1.0),
        Rule("stage_age_vs_won", 0.3, 1.0, 1.0),
        Rule("days_since_inbound", 0.2, 21.0, 21.0),
        Rule("rep_push_rate", 0.4, 0.4, 0.2),
    ),
    prior_rate=0.5,
    cuts=(0.7, 0.5, 0.3),
    population="dated_deal",
    # The files say what speaks for winning; little of it says by when.
    monotone=MappingProxyType(
        {**dict.fromkeys((*GRAPH, *FLAT), "none"), "close_date_pushes": "up", "rep_push_rate": "up"}
    ),
)
