"""Stand-ins for the graph features, computed from the demo's own files with the true identities.

They follow the definitions of `cypher/features/deal` closely enough to answer one question without a database: can what
the records show reach what the causes of the demo world reach?
"""

from __future__ import annotations

import csv
import itertools
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime
from math import log
from pathlib import Path
from typing import Any

Row = dict[str, str]
ROLES = ("Economic Buyer", "Champion", "Technical Evaluator", "Procurement", "Business User")
LEVELS = {"c": 5, "v": 4, "d": 3, "m": 2}
EXPECTED = 0.28
FLAT_NUMBERS = ("flat_amount", "flat_employees", "flat_stage_order", "flat_deal_age")
FLAT_TEXTS = ("flat_kind", "flat_lead_source", "flat_industry", "flat_country", "flat_product_family")


def rows(demo: Path, name: str, delimiter: str = ",") -> list[Row]:
    """A file of the demo."""
    with (demo / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def day(text: str) -> float:
    """Days since 1970 of an ISO time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() / 86400


def senior(title: str) -> bool:
    """Whether a title is of a director or above."""
    words = title.lower()
    return any(w in words for w in ("chief", "cfo", "ceo", "coo", "vp", "vice president", "head of", "director"))


class Records:
    """What the files say, by the true entity of everyone concerned."""

    def __init__(self, demo: Path) -> None:
        """Read the files once."""
        self.truth = {
            (r["source"], r["record_id"], r["kind"]): r["entity_id"] for r in rows(demo, "truth/entities.csv")
        }
        self.deals = {r["Id"]: r for r in rows(demo, "crm/Opportunity.csv")}
        self.account = {k: self.who("crm", r["AccountId"], "account") for k, r in self.deals.items()}
        self.history: dict[str, list[Row]] = defaultdict(list)
        for r in rows(demo, "crm/OpportunityHistory.csv"):
            self.history[r["OpportunityId"]].append(r)
        self.roles: dict[str, list[tuple[float, str, str, float]]] = defaultdict(list)
        for r in rows(demo, "crm/OpportunityContactRole.csv"):
            person = self.who("crm", r["ContactId"], "contact")
            self.roles[r["OpportunityId"]].append((day(r["CreatedDate"]), person, r["Role"], float(r["Confidence__c"])))
        self.senior = {self.who("crm", r["Id"], "contact"): senior(r["Title"]) for r in rows(demo, "crm/Contact.csv")}
        self.talks = self.read_talks(demo)
        self.read_ties(demo)
        self.read_outcomes()
        self.read_service(demo)

    def who(self, source: str, record: str, kind: str) -> str:
        """The true entity."""
        return self.truth[source, record, kind]

    def read_talks(self, demo: Path) -> dict[str, list[tuple[float, str, str, list[str]]]]:
        """Activities of each deal in order: (day, kind, direction, people)."""
        people: dict[str, list[str]] = defaultdict(list)
        for r in rows(demo, "mail/attendees.csv"):
            people[r["event_id"]].append(self.who("mail", r["address_id"], "contact"))
        out: dict[str, list[tuple[float, str, str, list[str]]]] = defaultdict(list)
        for r in rows(demo, "mail/events.csv"):
            if r["crm_opportunity"]:
                out[r["crm_opportunity"]].append((day(r["start"]), r["kind"], r["direction"], people[r["event_id"]]))
        for r in rows(demo, "crm/Task.csv"):
            direction = "received" if r["Call_Direction__c"] == "Inbound" else "sent"
            out[r["WhatId"]].append(
                (day(r["ActivityDateTime"]), "call", direction, [self.who("crm", r["WhoId"], "contact")])
            )
        for talks in out.values():
            talks.sort(key=lambda t: t[0])
        return out

    def read_ties(self, demo: Path) -> None:
        """Related accounts within two steps."""
        near: dict[str, set[str]] = defaultdict(set)
        for r in rows(demo, "crm/AccountRelation.csv"):
            a, b = self.who("crm", r["AccountFromId"], "account"), self.who("crm", r["AccountToId"], "account")
            near[a].add(b)
            near[b].add(a)
        self.related = {
            a: {**{c: 0.5 for b in bs for c in near[b]}, **dict.fromkeys(bs, 1.0)} | {a: 0.0} for a, bs in near.items()
        }

    def read_outcomes(self) -> None:
        """Closed deals by account and by rep, buyers by person."""
        self.closed: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        self.bought: dict[str, list[float]] = defaultdict(list)
        self.sold: dict[str, list[tuple[float, float]]] = defaultdict(list)
        rates = {"New Business": 0.2, "Renewal": 0.55, "Existing - Expansion": 0.4}
        for key, r in self.deals.items():
            if not r["Closed_On__c"]:
                continue
            at, won = day(r["Closed_On__c"]), r["StageName"] == "Closed Won"
            self.closed[self.account[key]].append((at, won))
            self.sold[r["OwnerId"]].append((at, won - rates[r["Type"]]))
            if won:
                for noted, person, _, _ in self.roles[key]:
                    self.bought[person].append(max(at, noted))

    def read_service(self, demo: Path) -> None:
        """Usage and tickets by account."""
        import pyarrow.parquet as pq

        self.usage: dict[str, list[tuple[float, int]]] = defaultdict(list)
        table = pq.read_table(demo / "product/usage.parquet").to_pydict()
        for workspace, week, users in zip(table["workspace"], table["week"], table["active_users"], strict=True):
            start = (week - datetime(1970, 1, 1).date()).days
            self.usage[self.who("product", workspace, "account")].append((float(start), users))
        self.tickets: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for r in rows(demo, "support/tickets.csv"):
            if r["priority"] in ("P1", "P2"):
                opened, solved = (
                    datetime.strptime(r[c] + " +0530", "%d/%m/%Y %H:%M:%S %z").timestamp() / 86400 if r[c] else 1e9
                    for c in ("opened", "solved")
                )
                self.tickets[self.who("support", r["org_id"], "account")].append((opened, solved))


def shrunk(found: list[tuple[float, bool, float]], now: float, prior: float) -> float:
    """Shrunk mean of won minus expected, halved by every two years."""
    above, total = 0.0, prior
    for at, won, weight in found:
        if at < now:
            fade = weight * 0.5 ** ((now - at) / 730)
            above += fade * (won - EXPECTED)
            total += fade
    return above / total


def features(world: Records, key: str, now: float) -> dict[str, float]:
    """Every stand-in of a deal as of `now`."""
    account, deal = world.account[key], world.deals[key]
    talks = world.talks[key][: bisect_right(world.talks[key], now, key=lambda t: t[0])]
    met = {p for at, kind, _, people in talks if kind != "mail" for p in people}
    engaged = met | {p for _, _, way, people in talks if way == "received" for p in people}
    here = [(p, role, c) for noted, p, role, c in world.roles[key] if noted <= now]
    recent = [t for t in talks if t[0] > now - 30]
    spoken = [t for t in talks if t[0] > now - 90 and t[1] != "meeting"]
    came = [t[0] for t in talks if t[2] == "received"]
    past = [h for h in world.history[key] if day(h["CreatedDate"]) <= now]
    order = [
        ("Qualification", "Discovery", "Proposal", "Negotiation", "Contract Review").index(h["StageName"]) for h in past
    ]
    dates = [h["CloseDate"] for h in past]
    closed = [(at, won, 1.0) for at, won in world.closed[account]]
    near = [(at, won, w) for other, w in world.related.get(account, {}).items() if w for at, won in world.closed[other]]
    weeks = [u for start, u in world.usage[account] if now - 56 - 7 < start <= now - 7]
    sold = [s for at, s in world.sold[deal["OwnerId"]] if at < now]
    roles_met = {role for p, role, _ in here if p in met}
    buyers = {role for p, role, _ in here}
    out = {f"met_{r}": float(r in roles_met) for r in ROLES} | {f"known_{r}": float(r in buyers) for r in ROLES}
    return out | {
        "contacts_engaged": float(len(engaged)),
        "champion_confidence": max((c for _, role, c in here if role == "Champion"), default=0.0),
        "senior_meetings": log(
            1 + sum(t[0] > now - 90 and t[1] != "mail" and any(world.senior.get(p) for p in t[3]) for t in talks)
        ),
        "bought_before": float(sum(any(b < now for b in world.bought[p]) for p in {p for p, _, _ in here})),
        "related_account_wins": shrunk(near, now, 1.0),
        "account_win_share": shrunk(closed, now, 2.0),
        "account_recent_losses": float(sum(not won and now - 365 < at < now for at, won, _ in closed)),
        "activity_velocity": float(max(-6, min(6, len(recent) - sum(now - 60 < t[0] <= now - 30 for t in talks)))),
        "meetings_recent": float(min(4, sum(t[1] == "meeting" for t in recent))),
        "days_since_inbound": log(1 + (now - came[-1] if came else now - day(deal["CreatedDate"]) + 10)),
        "inbound_share": sum(t[2] == "received" for t in spoken) / len(spoken) if spoken else 0.3,
        "close_date_pushes": float(min(4, sum(b > a for a, b in itertools.pairwise(dates)))),
        "stage_regressions": float(sum(b < a for a, b in itertools.pairwise(order))),
        "rep_win_rate": sum(sold) / (len(sold) + 20),
        "usage_trend": slope([log(1 + u) for u in weeks]),
        "open_severe_tickets": float(sum(a <= now < b for a, b in world.tickets[account])),
    }


def slope(values: list[float]) -> float:
    """Least-squares slope per step, 0 without two values."""
    if len(values) < 2:
        return 0.0
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    return max(
        -0.1,
        min(
            0.1,
            sum((i - middle) * (v - mean) for i, v in enumerate(values))
            / sum((i - middle) ** 2 for i in range(len(values))),
        ),
    )


def last_moments(demo: Path) -> list[dict[str, Any]]:
    """One row for each closed deal at its last stage: truth, causes, flat fields and stand-ins, in order of closing."""
    world = Records(demo)
    out: list[dict[str, Any]] = []
    for r in rows(demo, "truth/probabilities.csv"):
        if r["moment"] == "last":
            out.append({**r, **features(world, r["record_id"], day(r["as_of"]) + 1e-6)})
    return sorted(out, key=lambda r: (r["closed_at"], r["record_id"]))
