"""A company of hubs: one account with every deal, one person on two of five, one product, one rep, one reseller.

The same seed and size give the same company; twice the size is the same hubs with twice as much around them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kg.features.features import Feature, bundles
from kg.features.networks import rebuild_networks
from kg.features.norms import months_between, rebuild_norms
from kg.graph import Graph
from kg.ontology.values import ROLES
from kg.query.files import load_queries
from kg.query.query import Query
from kg.store.load import NodeRows, RelationshipRows, load

START = datetime(2022, 1, 1, tzinfo=UTC)
DAYS = 1000
NOW = START + timedelta(days=DAYS)
KNOWN = {"known_from": START}
Rows = list[dict[str, Any]]
Batches = Iterator[NodeRows | RelationshipRows]


def build(graph: Graph, deals: int, seed: int = 9) -> None:
    """Load a company with `deals` deals of one account, its norms and its networks, into an empty graph."""
    load(graph, skewed(deals, seed), run="skew")
    rebuild_norms(graph, NOW, "skew")
    rebuild_networks(graph, NOW, "skew")
    graph.read(load_queries("reads")["replan"], seconds=300)


def pairs_of(entity: str, deals: int) -> list[tuple[str, datetime]]:
    """Everything of a kind at a moment late in the company's life, when all hubs have their full size."""
    people, others = max(5, deals // 10), max(2, deals // 5)
    accounts = ["big", "reseller", *(f"a{i}" for i in range(others))]
    ids = {
        "deal": [f"d{i}" for i in range(deals)],
        "lead": [f"l{i}" for i in range(max(1, deals // 4))],
        "account": accounts,
        "seat": [f"d{i}|c{i % people}" for i in range(deals)],
        "offer": [f"{account}|p" for account in accounts],
    }
    return [(id, NOW) for id in ids[entity]]


def skewed(deals: int, seed: int = 9) -> Batches:
    """Rows of the company, ready to load."""
    r = random.Random(seed)
    opened = [START + timedelta(days=r.uniform(0, DAYS - 30)) for _ in range(deals)]
    people, others = max(5, deals // 10), max(2, deals // 5)
    yield from _hubs(people, others)
    yield from _deals(r, opened, people, others)
    yield from _activities(r, opened, people)
    yield from _around(r, deals, people)


def _hubs(people: int, others: int) -> Batches:
    """One industry, product, rep and account; people who work there; accounts that one reseller ties to it."""
    yield NodeRows("Industry", [{"id": "y", "name": "Industry", **KNOWN}])
    yield NodeRows("Product", [{"id": "p", "name": "Product", "family": "F", **KNOWN}])
    states = ((1, "open"), (2, "open"), (3, "won"))
    yield NodeRows("Stage", [{"id": f"s{i}", "name": f"S{i}", "order": i, "state": s, **KNOWN} for i, s in states])
    yield NodeRows("Rep", [{"id": "r", "name": "Rep", **KNOWN}])
    accounts = ["big", "reseller", *(f"a{i}" for i in range(others))]
    yield NodeRows("Account", [{"id": a, "name": a, **KNOWN} for a in accounts])
    yield NodeRows("Contact", [{"id": f"c{i}", "name": f"Person {i}", **KNOWN} for i in range(people)])
    yield RelationshipRows("Account", "IN", "Industry", [{"start": a, "end": "y", **KNOWN} for a in accounts])
    yield RelationshipRows(
        "Account",
        "PARTNERS_WITH",
        "Account",
        [{"start": "reseller", "end": a, **KNOWN} for a in ("big", *accounts[2:])],
    )
    yield RelationshipRows(
        "Account", "SUBSIDIARY_OF", "Account", [{"start": a, "end": "big", **KNOWN} for a in accounts[2:]]
    )
    work = [
        {"start": f"c{i}", "end": "big", "from": START, "seniority": ("vp", "staff")[i % 2], **KNOWN}
        for i in range(people)
    ]
    past = [
        {"start": f"c{i}", "end": f"a{i % others}", "from": START, "to": START + timedelta(days=1), **KNOWN}
        for i in range(people)
    ]
    yield RelationshipRows("Contact", "WORKS_AT", "Account", [*work, *past])


def _deals(r: random.Random, opened: list[datetime], people: int, others: int) -> Batches:
    """Deals of the big account, its owner, product, stage and people; nine of ten ended; one at each small account."""
    known = [{"known_from": t} for t in opened]
    small = [{"id": f"e{i}", "opened_at": START, **KNOWN} for i in range(others)]
    yield NodeRows("Deal", [{"id": f"d{i}", "name": f"D{i}", "opened_at": t, **known[i]} for i, t in enumerate(opened)])
    yield NodeRows("Deal", small)
    to_big = [{"start": f"d{i}", "end": "big", **k} for i, k in enumerate(known)]
    to_small = [{"start": f"e{i}", "end": f"a{i}", **KNOWN} for i in range(others)]
    yield RelationshipRows("Deal", "WITH", "Account", [*to_big, *to_small])
    yield RelationshipRows("Deal", "FOR", "Product", [{"start": f"d{i}", "end": "p", **k} for i, k in enumerate(known)])
    owns = [{"start": "r", "end": f"d{i}", "from": t, **known[i]} for i, t in enumerate(opened)]
    yield RelationshipRows("Rep", "OWNS", "Deal", owns)
    entered = [{"start": f"d{i}", "end": "s1", "at": t, "order": 1, **known[i]} for i, t in enumerate(opened)]
    yield RelationshipRows("Deal", "ENTERED", "Stage", entered)
    plays: Rows = []
    for i, k in enumerate(known):
        team = dict.fromkeys(
            ("c0", *r.sample([f"c{j}" for j in range(1, people)], 2)) if i % 5 < 2 else (f"c{i % people}",)
        )
        plays += [
            {"start": c, "end": f"d{i}", "role": ROLES[n % len(ROLES)], "confidence": 0.8, **k}
            for n, c in enumerate(team)
        ]
    yield RelationshipRows("Contact", "PLAYS", "Deal", plays)
    ended = [(f"d{i}", t + timedelta(days=r.uniform(5, 25))) for i, t in enumerate(opened) if i % 10]
    ended += [(f"e{i}", START + timedelta(days=9)) for i in range(others)]
    outcomes = [
        {"id": f"o{d}", "result": r.choice(("won", "lost")), "at": t, "reason": "price", "known_from": t}
        for d, t in ended
    ]
    yield NodeRows("Outcome", outcomes)
    yield RelationshipRows(
        "Deal", "ENDED_IN", "Outcome", [{"start": d, "end": f"o{d}", "known_from": t} for d, t in ended]
    )


def _activities(r: random.Random, opened: list[datetime], people: int) -> Batches:
    """Four mails, calls and meetings of each deal; the busy person is in two of five."""
    acts: list[tuple[str, str, datetime, str]] = []
    for i, t in enumerate(opened):
        for k in range(4):
            at = min(t + timedelta(days=r.uniform(0, 60)), NOW)
            acts.append((f"x{i}-{k}", f"d{i}", at, "c0" if i % 5 < 2 else f"c{(i + k) % people}"))
    kinds = ("mail", "call", "meeting", "mail")
    rows = [
        {"id": x, "at": at, "kind": kinds[n % 4], "direction": ("inbound", "outbound")[n % 2], "known_from": at}
        for n, (x, _, at, _) in enumerate(acts)
    ]
    yield NodeRows("Activity", rows)
    about = [{"start": x, "end": d, "known_from": at} for x, d, at, _ in acts]
    yield RelationshipRows("Activity", "ABOUT", "Deal", about)
    took = [{"start": c, "end": x, "known_from": at} for x, _, at, c in acts]
    yield RelationshipRows("Contact", "TOOK_PART_IN", "Activity", took)


def _around(r: random.Random, deals: int, people: int) -> Batches:
    """Tickets and leads of the big account, and a webinar in which everybody took part."""
    tickets = [(f"t{i}", START + timedelta(days=r.uniform(0, DAYS))) for i in range(max(1, deals // 10))]
    yield NodeRows("Ticket", [{"id": t, "severity": "high", "opened_at": at, "known_from": at} for t, at in tickets])
    yield RelationshipRows("Ticket", "RAISED_BY", "Account", [{"start": t, "end": "big", **KNOWN} for t, _ in tickets])
    leads = [f"l{i}" for i in range(max(1, deals // 4))]
    yield NodeRows("Lead", [{"id": lead, "name": lead, "created_at": START, **KNOWN} for lead in leads])
    yield NodeRows("Campaign", [{"id": "k", "name": "Campaign", **KNOWN}])
    yield RelationshipRows("Lead", "AT", "Account", [{"start": lead, "end": "big", **KNOWN} for lead in leads])
    yield RelationshipRows("Lead", "CAME_FROM", "Campaign", [{"start": lead, "end": "k", **KNOWN} for lead in leads])
    yield RelationshipRows(
        "Lead", "IS", "Contact", [{"start": lead, "end": f"c{i % people}", **KNOWN} for i, lead in enumerate(leads)]
    )
    at = NOW - timedelta(days=9)
    yield NodeRows("Activity", [{"id": "webinar", "at": at, "kind": "meeting", "direction": "none", "known_from": at}])
    yield RelationshipRows("Activity", "ABOUT", "Deal", [{"start": "webinar", "end": "d0", "known_from": at}])
    everybody = [{"start": f"c{i}", "end": "webinar", "known_from": at} for i in range(people)]
    yield RelationshipRows("Contact", "TOOK_PART_IN", "Activity", everybody)


@dataclass(frozen=True, slots=True)
class Asked:
    """One query as a refresh asks it of the whole company: what it is, its kind, and its parameters."""

    name: str
    kind: str
    query: Query
    parameters: dict[str, Any]


def questions(features: Iterable[Feature], deals: int) -> Iterator[Asked]:
    """Every feature for every deal or lead, every label, norm and network, as of the end of the company's life."""
    for feature in features:
        bundle = bundles([feature])[0]
        rows = [{"i": i, "id": id, "as_of": at} for i, (id, at) in enumerate(pairs_of(feature.entity, deals))]
        yield Asked(feature.name, f"{feature.entity} feature", bundle.query, {"rows": rows, **bundle.parameters})
    given = {"now": NOW, "horizon_days": 90, "days": [30], "months": months_between(START, NOW)}
    for kind in ("labels", "norms", "networks"):
        for query in load_queries(kind).values():
            yield Asked(query.name, kind, query, {name: given[name] for name in query.parameters})


def hits(plan: dict[str, Any]) -> int:
    """Values that a profiled query read from the store, all its steps together."""
    return int(plan["args"].get("DbHits", 0)) + sum(hits(child) for child in plan.get("children") or [])
