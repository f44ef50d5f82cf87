"""Will this customer buy this product too?"""

from datetime import timedelta

from scoring.scores.score import Rule, Score

FEATURES = (
    "offer_won",
    "offer_days_since_won",
    "offer_same_family",
    "offer_lost_before",
    "offer_product_win_rate",
    "offer_related_bought",
    "offer_people_bought",
    "offer_usage_trend",
    "offer_severe_tickets",
)

CROSS_SELL = Score(
    name="cross_sell",
    entity="offer",
    question="Will this customer buy this product within {horizon}?",
    about="Probability that a customer which has not bought this product yet has a deal for it won within {horizon}.",
    horizon=timedelta(days=365),
    features=FEATURES,
    flat=frozenset(),
    rules=(
        Rule("offer_won", 0.3, 1.5, 1.5),
        Rule("offer_related_bought", 0.4, 0.5, 1.0),
        Rule("offer_people_bought", 0.4, 0.5, 1.0),
        Rule("offer_severe_tickets", -0.3, 0.5, 1.0),
        Rule("offer_lost_before", -0.3, 0.5, 1.0),
    ),
    prior_rate=0.05,
    cuts=(0.2, 0.1, 0.04),
)
