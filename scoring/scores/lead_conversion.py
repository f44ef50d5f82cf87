"""Will this lead become a won deal within the horizon?"""

from datetime import timedelta

from scoring.scores.score import Rule, Score

FLAT = ("lead_source", "lead_seniority", "lead_free_mail", "lead_age")

GRAPH = (
    "lead_engagement",
    "lead_days_since_touch",
    "lead_campaign_win_rate",
    "lead_account_open_deals",
    "lead_account_won",
    "lead_colleagues_engaged",
    "lead_industry_win_rate",
    "lead_known_contact",
    "lead_deal_stage",
)

LEAD_CONVERSION = Score(
    name="lead_conversion",
    entity="lead",
    question="Will this lead become a won deal within {horizon}?",
    about="Probability that a deal which grows from this lead is won within {horizon} of the moment.",
    horizon=timedelta(days=365),
    features=(*GRAPH, *FLAT),
    flat=frozenset(FLAT),
    rules=(
        Rule("lead_engagement", 0.5, 2.0, 3.0),
        Rule("lead_days_since_touch", -0.3, 14.0, 14.0),
        Rule("lead_free_mail", -0.4, 0.3, 0.5),
        Rule("lead_account_won", 0.4, 0.5, 1.0),
        Rule("lead_colleagues_engaged", 0.3, 0.5, 1.0),
        Rule("lead_known_contact", 0.3, 0.5, 0.5),
    ),
    prior_rate=0.08,
    cuts=(0.3, 0.15, 0.05),
)
