"""Does this person carry the deal?"""

from scoring.scores.score import Rule, Score

FEATURES = (
    "seat_role",
    "seat_confidence",
    "seat_seniority",
    "seat_tenure",
    "seat_meetings",
    "seat_inbound",
    "seat_days_since",
    "seat_share",
    "seat_colleagues",
    "seat_bought_before",
)

CHAMPION_STRENGTH = Score(
    name="champion_strength",
    entity="seat",
    question="Does this person carry the deal?",
    about="Share of deals that are won where somebody behaves on them as this person does, by nothing but that person.",
    horizon=None,
    features=FEATURES,
    flat=frozenset(),
    rules=(
        Rule("seat_confidence", 0.2, 0.5, 0.3),
        Rule("seat_seniority", 0.2, 3.0, 1.0),
        Rule("seat_meetings", 0.3, 0.5, 1.0),
        Rule("seat_inbound", 0.3, 0.5, 1.0),
        Rule("seat_colleagues", 0.3, 1.0, 1.0),
        Rule("seat_bought_before", 0.3, 0.5, 1.0),
    ),
    prior_rate=0.25,
    cuts=(0.6, 0.35, 0.15),
)
