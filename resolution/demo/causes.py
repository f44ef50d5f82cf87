"""What makes a deal won in the demo world: the log-odds are BASE + Σ weight x cause, linear and documented.

Each cause is the true state of the world at a moment. The records are a noisy and partial view of it: some
activities and roles are never written down, some roles are wrong, some arrive days later, people appear under other
names. How a deal goes (stages, pushes, talks) is drawn before its result and without it; deals differ in a latent
`pull` that makes people join, talk, answer and champion, and that reaches the result only through the causes below.
Once a deal enters its last stage its result is drawn from its state at that moment; the closing follows days later,
at a time drawn independently. So a deal has two true probabilities at any moment (`truth/probabilities.csv`): that of
a win `if_decided_now`, from the causes as they stand, and the `probability` that it will ever be won, which looks ahead
from the state by simulation (`forward`). The second is what a seller asks and what `deal_win` answers.

With `--null` only `OFFER` (fields that stand on the deal itself) drives the outcome, the causes of the graph get
weight 0, and stages no longer depend on `pull`.
"""

from dataclasses import dataclass
from math import exp
from typing import Final


@dataclass(frozen=True, slots=True)
class Cause:
    """One term: its log-odds are weight x (value - centre)."""

    name: str
    weight: float
    centre: float
    about: str
    seen_as: str

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or not self.about or not self.seen_as:
            raise ValueError(f"cause {self.name!r} needs a name, a meaning and the records that show it")


BASE: Final = -1.25
NULL_STRENGTH: Final = 1.3
"""How much more each cause of the offer counts in the null world."""

GRAPH: Final = (
    Cause(
        "coverage",
        1.1,
        0.45,
        "share of the decision (by weight of role) whose holder met us on this deal",
        "contact roles + participants of meetings and calls",
    ),
    Cause("champion", 0.62, 0.35, "strength 0-1 of the champion who is on our side; 0 without one", "role confidence"),
    Cause(
        "senior_talks",
        0.27,
        0.85,
        "ln(1 + meetings and calls with director or above in 90 days)",
        "participants + titles",
    ),
    Cause(
        "advocates",
        0.17,
        0.5,
        "people on this deal who bought from us before, here or at a former employer (at most 3)",
        "roles of earlier won deals + job changes",
    ),
    Cause(
        "neighbours",
        1.2,
        0.0,
        "won minus expected among deals of partners, owners and family within 2 steps, faded",
        "relations + outcomes",
    ),
    Cause("own_past", 0.6, 0.0, "won minus expected among the account's own closed deals, faded", "outcomes"),
    Cause("recent_losses", -0.18, 0.5, "deals of the account lost in the last 365 days (at most 3)", "outcomes"),
    Cause(
        "momentum",
        0.085,
        0.7,
        "mails, calls and meetings of the last 30 days minus the 30 days before (-6 to 6)",
        "activities",
    ),
    Cause("meetings", 0.18, 1.0, "meetings in the last 30 days (at most 4)", "activities"),
    Cause("silence", -0.25, 3, "ln(1 + days since they last came to us)", "inbound activities"),
    Cause("reciprocity", 0.85, 0.4, "share of mails and calls of 90 days that they began", "direction of activities"),
    Cause("staleness", -0.25, 0.0, "days in the present stage / 20 (at most 4); 0 on entering", "stage history"),
    Cause("pushes", -0.34, 0.6, "times the close date was moved later (at most 4)", "close date in the history"),
    Cause("regressions", -0.45, 0.15, "steps back in the stages (at most 2)", "stage history"),
    Cause("rep_craft", 0.3, 0.0, "skill of the rep, in log-odds", "the rep's outcomes against expectation"),
    Cause("adoption", 5.0, 0.0, "slope per week of ln(1 + active users) over 8 weeks, customers only", "product usage"),
    Cause("trouble", -0.4, 0.1, "open high or severe tickets (at most 3)", "support tickets"),
)

OFFER: Final = (
    Cause("stage", 0.44, 3.6, "order of the stage, 1 to 5", "stage history"),
    Cause("renewal", 1.25, 0.25, "1 for a renewal", "type of the deal"),
    Cause("expansion", 0.5, 0.12, "1 for an expansion", "type of the deal"),
    Cause("source_warmth", 1.0, 0.0, "how warm the lead source is, in log-odds", "lead source of the deal"),
    Cause("size", -0.55, 10.0, "ln of the amount in EUR", "amount of the deal"),
    Cause("family_pull", 1.0, 0.0, "how well the product family sells, in log-odds", "product of the deal"),
)
FIT: Final = (
    Cause("industry_fit", 1.0, 0.0, "how well the industry suits us, in log-odds", "industry of the account"),
    Cause("size_fit", 0.24, 5.4, "ln of employees", "employees of the account"),
    Cause("country_fit", 1.0, 0.0, "how strong we are in the country, in log-odds", "country of the account"),
    Cause("unseen_fit", 0.5, 0.0, "fit of the account that no record tells, in log-odds", "nothing but outcomes"),
)

CAUSES: Final = (*GRAPH, *OFFER, *FIT)
CAUSE_NAMES: Final = tuple(c.name for c in CAUSES)

SOURCE_WARMTH: Final = {
    "Referral": 0.7,
    "Partner": 0.4,
    "Event": 0.1,
    "Web": 0.0,
    "Content Download": -0.35,
    "Outbound": -0.7,
    "Existing Customer": 0.1,
}
FAMILY_PULL: Final = {"Planning": 0.25, "Analytics": -0.2, "Execution": 0.1, "Network": -0.15}
INDUSTRY_FIT: Final = {
    "Manufacturing": 0.35,
    "Software": -0.4,
    "Logistics": 0.5,
    "Healthcare": -0.25,
    "Financial Services": -0.45,
    "Retail": 0.25,
    "Energy": 0.0,
    "Construction": -0.1,
    "Investment": -0.5,
}
COUNTRY_FIT: Final = {
    "Germany": 0.2,
    "Sweden": 0.25,
    "United Kingdom": 0.0,
    "France": -0.2,
    "Netherlands": 0.1,
    "Poland": -0.15,
    "Italy": -0.1,
    "United States": -0.3,
}


def log_odds(values: dict[str, float], *, null: bool) -> float:
    """Log-odds of winning, were the deal decided in this state. In the null world only OFFER counts, more strongly."""
    if null:
        return -1.05 + sum(NULL_STRENGTH * c.weight * (values[c.name] - c.centre) for c in OFFER)
    return BASE + sum(c.weight * (values[c.name] - c.centre) for c in CAUSES)


def probability(logit: float) -> float:
    """The inverse of the log-odds."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, logit))))
