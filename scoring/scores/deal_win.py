"""Will this open deal be won?"""

from types import MappingProxyType

from scoring.scores.score import Rule, Score

FLAT = (
    "deal_amount",
    "deal_kind",
    "deal_lead_source",
    "account_industry",
    "account_employees",
    "account_country",
    "product_family",
    "stage_order",
    "deal_age",
)

GRAPH = (
    "buying_center_coverage",
    "contacts_engaged",
    "single_threading",
    "seniority_reached",
    "champion_confidence",
    "economic_buyer_met",
    "power_gap",
    "similar_deal_win_rate",
    "related_account_wins",
    "champion_moved",
    "former_employer_customers",
    "contact_bought_before",
    "account_win_share",
    "account_recent_losses",
    "subsidiary_wins",
    "meetings_recent",
    "meetings_booked",
    "activity_velocity",
    "days_since_inbound",
    "reciprocity",
    "response_lag",
    "senior_meetings",
    "stage_age_vs_won",
    "stage_regressions",
    "close_date_pushes",
    "amount_change",
    "rep_win_rate",
    "rep_industry_history",
    "usage_trend",
    "open_severe_tickets",
    "account_centrality",
    "community_win_rate",
    "co_engagement",
)

DEAL_WIN = Score(
    name="deal_win",
    entity="deal",
    question="Will this open deal be won?",
    about="Probability that this deal, open at the moment, will be won, whenever that is.",
    horizon=None,
    features=(*GRAPH, *FLAT),
    flat=frozenset(FLAT),
    # What sales practice agrees on before a company has data of its own; half a unit of log-odds is a strong opinion.
    rules=(
        Rule("buying_center_coverage", 0.5, 0.4, 0.25),
        Rule("champion_confidence", 0.4, 0.4, 0.3),
        Rule("economic_buyer_met", 0.4, 0.4, 0.5),
        Rule("single_threading", -0.3, 0.5, 0.5),
        Rule("stage_order", 0.3, 2.0, 1.0),
        Rule("meetings_recent", 0.3, 1.0, 1.5),
        Rule("days_since_inbound", -0.3, 21.0, 21.0),
        Rule("close_date_pushes", -0.3, 1.0, 1.0),
        Rule("stage_regressions", -0.2, 0.5, 1.0),
        Rule("account_win_share", 0.4, 0.3, 0.3),
        Rule("similar_deal_win_rate", 0.3, 0.3, 0.2),
    ),
    prior_rate=0.25,
    cuts=(0.6, 0.35, 0.15),
    # A cross-section: all deals open at each month's end. Moments at which a stage was entered add deals that never saw
    # one; at half the weight the young stages are not learned at the cost of the old ones.
    moments=MappingProxyType({"month_end": 1.0, "opened": 0.5, "stage": 0.5, "last": 0.5}),
)
