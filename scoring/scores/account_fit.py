"""Will this account become a customer?"""

from datetime import timedelta

from scoring.scores.score import Rule, Score

FLAT = ("fit_industry", "fit_country", "fit_employees")

GRAPH = (
    "fit_industry_win_rate",
    "fit_open_deals",
    "fit_lost_deals",
    "fit_related_customers",
    "fit_people_bought",
    "fit_contacts",
    "fit_senior_contact",
    "fit_leads",
    "fit_engagement",
    "fit_centrality",
)

ACCOUNT_FIT = Score(
    name="account_fit",
    entity="account",
    question="Will this account buy from us for the first time within {horizon}?",
    about="Probability that an account which has not bought yet has a deal won with it within {horizon} of the moment.",
    horizon=timedelta(days=365),
    features=(*GRAPH, *FLAT),
    flat=frozenset(FLAT),
    rules=(
        Rule("fit_open_deals", 0.8, 0.5, 0.5),
        Rule("fit_related_customers", 0.4, 0.5, 1.0),
        Rule("fit_people_bought", 0.4, 0.5, 1.0),
        Rule("fit_leads", 0.3, 0.5, 1.0),
        Rule("fit_engagement", 0.3, 1.0, 2.0),
        Rule("fit_industry_win_rate", 0.3, 0.25, 0.1),
    ),
    prior_rate=0.1,
    cuts=(0.3, 0.15, 0.05),
)
