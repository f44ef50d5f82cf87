"""Leads: interest of a person before it is a deal, what they did on our pages and mails, and their conversion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log
from random import Random
from typing import Final

from resolution.demo import causes, clock
from resolution.demo.people import Company, Person

LEAD_CAUSES: Final = (
    "engagement",
    "rank",
    "source_warmth",
    "free_mail",
    "open_deals",
    "won_before",
    "industry_fit",
    "country_fit",
)
POINTS: Final = {"form": 3.0, "event": 2.0, "mail_click": 1.0, "web_visit": 1.0, "mail_open": 0.3}
RANK: Final = {"c_level": 0.3, "vp": 0.5, "director": 0.6, "manager": 0.2, "staff": -0.4}
CAMPAIGNS: Final = 36


@dataclass(slots=True)
class Start:
    """The wish to open a deal."""

    company: Company
    kind: str
    source: str
    campaign: int | None = None
    lead: str | None = None
    person: Person | None = None


@dataclass(slots=True)
class Lead:
    """One lead; `decided` is when sales looks at it, `deal` the deal it became."""

    key: str
    person: Person
    company: Company
    created: float
    decided: float
    source: str
    campaign: int | None
    free_mail: bool
    seniority: str
    touches: list[tuple[float, str]] = field(default_factory=list)
    probability: float = 0.0
    values: dict[str, float] = field(default_factory=dict)
    converted: float | None = None
    deal: str | None = None


def draw_leads(rng: Random, block: int, companies: Sequence[Company]) -> Iterator[Lead]:
    """About 1.8 leads per company over the three years, each with a few touches before and after it is decided."""
    number = 0
    for one in companies:
        if one.industry == "Investment":
            continue
        day = max(5.0, one.created)
        while (day := day + rng.expovariate(1 / 560.0)) < clock.END - 10:
            human = rng.choice(one.people)
            source = rng.choices(("Web", "Content Download", "Event", "Partner"), (38, 32, 20, 10))[0]
            created = clock.whole_seconds(day)
            lead = Lead(
                key=f"{block}-{number}",
                person=human,
                company=one,
                created=created,
                decided=clock.whole_seconds(created + rng.uniform(2, 30)),
                source=source,
                campaign=rng.randrange(CAMPAIGNS) if source != "Web" or rng.random() < 0.5 else None,
                free_mail=rng.random() < 0.12,
                seniority=human.jobs[0].seniority,
            )
            keen = rng.gauss(0, 0.8)
            kinds = rng.choices(
                tuple(POINTS), (14, 8, 22, 34, 22), k=min(12, int(rng.expovariate(1 / (2.4 * 2.718**keen))) + 1)
            )
            lead.touches = sorted((clock.whole_seconds(created + rng.uniform(0, 30)), k) for k in kinds)
            number += 1
            yield lead


def score_lead(lead: Lead, open_deals: int, wins: int, deals: int, *, null: bool) -> None:
    """Set the causes and the true probability of conversion at the moment of decision."""
    points = sum(POINTS[k] * 0.5 ** ((lead.decided - at) / 30) for at, k in lead.touches if at <= lead.decided)
    lead.values = {
        "engagement": log(1 + points),
        "rank": RANK[lead.seniority],
        "source_warmth": causes.SOURCE_WARMTH[lead.source],
        "free_mail": float(lead.free_mail),
        "open_deals": float(min(2, open_deals)),
        "won_before": float(min(2, wins)),
        "industry_fit": causes.INDUSTRY_FIT[lead.company.industry],
        "country_fit": causes.COUNTRY_FIT[lead.company.country],
    }
    v = lead.values
    logit = -0.55 + v["rank"] + 1.2 * v["source_warmth"] - 1.2 * v["free_mail"]
    if not null:
        logit += 1.3 * (v["engagement"] - 1.1) - 0.5 * v["open_deals"] + 0.5 * v["won_before"]
        logit += 1.2 * v["industry_fit"] + v["country_fit"]
    lead.probability = causes.probability(logit)
