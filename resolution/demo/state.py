"""The causes of one deal at one moment, read from the true world, never from the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Final

from resolution.demo import causes, words
from resolution.demo.customers import Service
from resolution.demo.dealings import Deal
from resolution.demo.people import Company

EXPECTED: Final = 0.28
SENIOR: Final = frozenset({"c_level", "vp", "director"})


@dataclass(slots=True)
class History:
    """What has happened in a block so far: closed deals and services by company key."""

    closed: dict[int, list[tuple[float, bool]]] = field(default_factory=dict)
    service: dict[int, Service] = field(default_factory=dict)

    def record(self, company: Company, day: float, won: bool) -> None:
        """A deal of `company` closed."""
        self.closed.setdefault(company.key, []).append((day, won))


def values_of(deal: Deal, day: float, history: History) -> dict[str, float]:
    """Every cause of `causes.CAUSES` by name."""
    company = deal.company
    out = talks(deal, day)
    order, since = 1, deal.opened
    regressions = 0
    for at, stage in deal.entries:
        if at > day:
            break
        regressions += stage < order
        order, since = stage, at
    closed = history.closed.get(company.key, [])
    out["neighbours"] = word_of_neighbours(company, day, history)
    out["own_past"] = weighted(((at, won, 1.0) for at, won in closed), day, 2.0)
    out["recent_losses"] = float(min(3, sum(not won and at > day - 365 for at, won in closed)))
    out["staleness"] = min(4.0, (day - since) / 20)
    out["pushes"] = float(min(4, sum(at <= day for at, _ in deal.promised[1:])))
    out["regressions"] = float(min(2, regressions))
    out["rep_craft"] = next((r.craft for at, r in reversed(deal.owners) if at <= day), deal.rep.craft)
    service = history.service.get(company.key)
    out["adoption"] = max(-0.1, min(0.1, service.trend(day))) if service else 0.0
    out["trouble"] = float(min(3, service.open_severe(day))) if service else 0.0
    family = words.PRODUCTS[deal.product][1]
    out |= {
        "stage": float(order),
        "renewal": float(deal.kind == "renewal"),
        "expansion": float(deal.kind == "expansion"),
        "source_warmth": causes.SOURCE_WARMTH[deal.source],
        "size": log(max(1000.0, deal.amount_at(day))),
        "family_pull": causes.FAMILY_PULL[family],
        "industry_fit": causes.INDUSTRY_FIT[company.industry],
        "size_fit": log(company.employees + 1),
        "country_fit": causes.COUNTRY_FIT[company.country],
        "unseen_fit": company.fit,
    }
    return out


def talks(deal: Deal, day: float) -> dict[str, float]:
    """The causes that live in the conversation: who met us, how much, how lately, who began."""
    seats = {s.person.key: s for s in deal.seats}
    met: set[int] = set()
    senior = recent = earlier = meetings = began = exchanged = 0
    inbound = deal.opened - 10.0
    for act in deal.before(day):
        age = day - act.day
        if act.kind != "mail":
            met.update(p.key for p in act.people)
            senior += age < 90 and any(seats[p.key].seniority in SENIOR for p in act.people)
        if age < 90 and act.kind != "meeting":
            exchanged += 1
            began += act.direction == "inbound"
        if act.direction == "inbound":
            inbound = act.day
        recent += age < 30
        earlier += 30 <= age < 60
        meetings += age < 30 and act.kind == "meeting"
    roles = {seats[k].role for k in met}
    here = [s for s in deal.seats if s.joined is not None and s.joined <= day]
    bought = sum(any(at < day for at, _ in s.person.bought) for s in here)
    return {
        "coverage": sum(words.ROLES[r][0] for r in words.ROLES if r in roles),
        "champion": max((s.strength for s in here if s.role == "champion"), default=0.0),
        "senior_talks": log(1 + senior),
        "advocates": float(min(3, bought)),
        "momentum": float(max(-6, min(6, recent - earlier))),
        "meetings": float(min(4, meetings)),
        "silence": log(1 + day - inbound),
        "reciprocity": began / exchanged if exchanged else 0.3,
    }


def word_of_neighbours(company: Company, day: float, history: History) -> float:
    """Won minus expected among closed deals of related companies, halved per step and by every two years of age."""
    rows = (
        (at, won, 0.5 ** (steps - 1))
        for other, steps in company.related()
        for at, won in history.closed.get(other.key, ())
    )
    return weighted(rows, day, 1.0)


def weighted(rows: object, day: float, prior: float) -> float:
    """Shrunk mean of (won - expected) over rows of (day, won, weight)."""
    above, total = 0.0, prior
    for at, won, weight in rows:  # type: ignore[attr-defined]
        fade = weight * 0.5 ** ((day - at) / 730)
        above += fade * ((1.0 if won else 0.0) - EXPECTED)
        total += fade
    return above / total
