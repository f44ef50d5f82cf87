"""Seconds per 100,000 (deal, moment) pairs for each feature, on a synthetic company of any size."""

import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kg.features.extraction import BATCH, extract
from kg.features.features import load_features
from kg.features.networks import rebuild_networks
from kg.features.norms import rebuild_norms
from kg.graph import Graph
from kg.ontology.values import ROLES, SENIORITIES
from kg.store.load import NodeRows, RelationshipRows, load

START = datetime(2022, 1, 1, tzinfo=UTC)
DAYS = 1000
NOW = START + timedelta(days=DAYS)
ACTIVITIES = 20
Batches = Iterator[NodeRows | RelationshipRows]


def run(graph: Graph, pairs: Sequence[tuple[str, datetime]]) -> dict[str, float]:
    """Seconds per 100,000 pairs by feature of deals; `all` is their sum."""
    seconds: dict[str, float] = {}
    for feature in load_features().values():
        if feature.entity != "deal":
            continue
        extract(graph, [feature], pairs[:10])  # the plan is made once, not once a batch
        begun = time.perf_counter()
        extract(graph, [feature], pairs, batch=BATCH)
        seconds[feature.name] = (time.perf_counter() - begun) * 100_000 / len(pairs)
    return seconds | {"all": sum(seconds.values())}


def moment(r: random.Random, low: float = 0.0, high: float = DAYS) -> datetime:
    """A moment of the synthetic company's life, to the second."""
    return START + timedelta(seconds=round(r.uniform(low, high) * 86400))


def pairs_of(deals: int, count: int, seed: int = 5) -> list[tuple[str, datetime]]:
    """Deals of the synthetic company with moments within 90 days of their opening."""
    r = random.Random(seed)
    return [
        (f"d{i}", opened_at(i) + timedelta(days=r.uniform(5, 90))) for i in (r.randrange(deals) for _ in range(count))
    ]


def opened_at(deal: int) -> datetime:
    """When a deal of the synthetic company was opened."""
    return START + timedelta(days=random.Random(deal).uniform(0, DAYS - 100))


def build(graph: Graph, deals: int, seed: int = 3) -> None:
    """A company with `deals` deals, four to an account, 20 activities and 5 roles each, loaded and with its norms."""
    r = random.Random(seed)
    accounts, contacts, reps = max(10, deals // 4), max(20, deals * 5 // 4), max(3, deals // 200)
    load(graph, company(r, accounts, contacts, reps), run="bench")
    load(graph, deal_rows(r, deals, accounts, contacts, reps), run="bench")
    load(graph, activity_rows(r, deals, contacts), run="bench")
    rebuild_norms(graph, NOW, "bench")
    rebuild_networks(graph, NOW, "bench")


def company(r: random.Random, accounts: int, contacts: int, reps: int) -> Batches:
    """Accounts with industries, relations, tickets and usage; people with jobs."""
    known = {"known_from": START}
    yield NodeRows("Industry", [{"id": f"y{i}", "name": f"Industry {i}", **known} for i in range(12)])
    yield NodeRows("Product", [{"id": f"p{i}", "name": f"P{i}", "family": f"F{i % 4}", **known} for i in range(16)])
    yield NodeRows(
        "Stage",
        [
            {"id": f"s{i}", "name": f"S{i}", "order": i, "state": "open" if i < 6 else "won", **known}
            for i in range(1, 7)
        ],
    )
    yield NodeRows("Rep", [{"id": f"r{i}", "name": f"Rep {i}", **known} for i in range(reps)])
    yield NodeRows("Account", [{"id": f"a{i}", "name": f"Account {i}", **known} for i in range(accounts)])
    yield NodeRows("Contact", [{"id": f"c{i}", "name": f"Person {i}", **known} for i in range(contacts)])
    yield RelationshipRows(
        "Account",
        "IN",
        "Industry",
        [{"start": f"a{i}", "end": f"y{r.randrange(12)}", **known} for i in range(accounts)],
    )
    for kind in ("PARTNERS_WITH", "SUBSIDIARY_OF", "OWNED_BY"):
        ends = {(r.randrange(accounts), r.randrange(accounts)) for _ in range(accounts // 3)}
        yield RelationshipRows(
            "Account", kind, "Account", [{"start": f"a{a}", "end": f"a{b}", **known} for a, b in sorted(ends) if a != b]
        )
    yield RelationshipRows(
        "Contact",
        "WORKS_AT",
        "Account",
        [
            {"start": f"c{i}", "end": f"a{i % accounts}", "from": START, "seniority": r.choice(SENIORITIES), **known}
            for i in range(contacts)
        ],
    )
    moved = [(i, moment(r)) for i in range(0, contacts, 5)]
    yield RelationshipRows(
        "Contact",
        "WORKS_AT",
        "Account",
        [
            {"start": f"c{i}", "end": f"a{(i * 7 + 3) % accounts}", "from": at, "seniority": "vp", "known_from": at}
            for i, at in moved
        ],
    )
    fields = [("industry", "y1", None), ("country", "SE", None), ("employees", "50", 50.0)]
    yield from changes([(f"a{i}", f, new, n, START) for i in range(accounts) for f, new, n in fields], "Account")
    weeks = [(f"a{i}", w) for i in range(0, accounts, 4) for w in range(0, DAYS // 7, 1)]
    usage = [(a, START + timedelta(weeks=w)) for a, w in weeks]
    yield NodeRows(
        "Usage",
        [{"id": f"u{a}{at:%y%m%d}", "week": at, "active_users": r.randint(1, 90), "known_from": at} for a, at in usage],
    )
    yield RelationshipRows(
        "Usage", "OF", "Account", [{"start": f"u{a}{at:%y%m%d}", "end": a, "known_from": at} for a, at in usage]
    )
    tickets = [(i, moment(r)) for i in range(accounts)]
    yield NodeRows(
        "Ticket", [{"id": f"t{i}", "severity": "high", "opened_at": at, "known_from": at} for i, at in tickets]
    )
    yield RelationshipRows(
        "Ticket", "RAISED_BY", "Account", [{"start": f"t{i}", "end": f"a{i}", "known_from": at} for i, at in tickets]
    )


def deal_rows(r: random.Random, deals: int, accounts: int, contacts: int, reps: int) -> Batches:
    """Deals with account, owner, product, stages, roles, changes and, for four of five, an outcome."""
    opened = {i: opened_at(i) for i in range(deals)}
    at = {i: {"known_from": t} for i, t in opened.items()}
    yield NodeRows("Deal", [{"id": f"d{i}", "name": f"Deal {i}", "opened_at": t, **at[i]} for i, t in opened.items()])
    yield RelationshipRows(
        "Deal", "WITH", "Account", [{"start": f"d{i}", "end": f"a{i % accounts}", **at[i]} for i in opened]
    )
    yield RelationshipRows(
        "Deal", "FOR", "Product", [{"start": f"d{i}", "end": f"p{i % 16}", "amount": 9.0, **at[i]} for i in opened]
    )
    yield RelationshipRows(
        "Rep",
        "OWNS",
        "Deal",
        [{"start": f"r{r.randrange(reps)}", "end": f"d{i}", "from": t, **at[i]} for i, t in opened.items()],
    )
    for k in range(1, 5):
        yield RelationshipRows(
            "Deal",
            "ENTERED",
            "Stage",
            [
                {
                    "start": f"d{i}",
                    "end": f"s{k}",
                    "at": t + timedelta(days=12 * k),
                    "order": k,
                    "known_from": t + timedelta(days=12 * k),
                }
                for i, t in opened.items()
            ],
        )
    yield RelationshipRows(
        "Contact",
        "PLAYS",
        "Deal",
        [
            {"start": person(i, k, accounts, contacts), "end": f"d{i}", "role": ROLES[k], "confidence": 0.8, **at[i]}
            for i in opened
            for k in range(5)
        ],
    )
    fields = [("amount", "90", 90.0), ("kind", "new", None), ("lead_source", "web", None), ("stage", "S1", None)]
    rows = [(f"d{i}", f, new, n, t) for i, t in opened.items() for f, new, n in fields]
    for f, new, n, days in (
        ("close_date", "2024-01-01", None, 1),
        ("close_date", "2024-03-01", None, 20),
        ("amount", "100", 100.0, 30),
    ):
        rows += [(f"d{i}", f, new, n, t + timedelta(days=days)) for i, t in opened.items()]
    yield from changes(rows, "Deal")
    ended = [(i, t + timedelta(days=r.uniform(50, 95))) for i, t in opened.items() if r.random() < 0.8]
    yield NodeRows(
        "Outcome",
        [{"id": f"o{i}", "result": "won" if r.random() < 0.3 else "lost", "at": t, "known_from": t} for i, t in ended],
    )
    yield RelationshipRows(
        "Deal", "ENDED_IN", "Outcome", [{"start": f"d{i}", "end": f"o{i}", "known_from": t} for i, t in ended]
    )


def changes(rows: list[tuple[str, str, str, float | None, datetime]], label: str) -> Batches:
    """Change nodes with what they changed."""
    ids = [f"h{label[0]}{k}" for k in range(len(rows))]
    yield NodeRows(
        "Change",
        [
            {"id": id, "field": name, "new": new, "number": number, "at": at, "known_from": at}
            for id, (_, name, new, number, at) in zip(ids, rows, strict=True)
        ],
    )
    yield RelationshipRows(
        "Change",
        "OF",
        label,
        [{"start": id, "end": entity, "known_from": at} for id, (entity, _, _, _, at) in zip(ids, rows, strict=True)],
    )


def person(deal: int, k: int, accounts: int, contacts: int) -> str:
    """The k-th person of a deal: one who works at its account."""
    return f"c{(deal % accounts + accounts * k) % contacts}"


def activity_rows(r: random.Random, deals: int, contacts: int) -> Batches:
    """Mails, calls and meetings, each with two people of the deal."""
    accounts = max(10, deals // 4)
    acts: list[tuple[str, int, datetime, dict[str, Any]]] = []
    for i in range(deals):
        start = opened_at(i)
        for k in range(ACTIVITIES):
            at = start + timedelta(seconds=round(r.uniform(0, 80) * 86400))
            kind = {
                "kind": r.choice(("mail", "mail", "call", "meeting")),
                "direction": r.choice(("inbound", "outbound")),
            }
            acts.append((f"x{i}-{k}", i, at, kind))
    yield NodeRows("Activity", [{"id": x, "at": at, "known_from": at, **kind} for x, _, at, kind in acts])
    yield RelationshipRows(
        "Activity", "ABOUT", "Deal", [{"start": x, "end": f"d{i}", "known_from": at} for x, i, at, _ in acts]
    )
    for k in range(2):
        yield RelationshipRows(
            "Contact",
            "TOOK_PART_IN",
            "Activity",
            [
                {"start": person(i, r.randrange(k * 2, k * 2 + 2), accounts, contacts), "end": x, "known_from": at}
                for x, i, at, _ in acts
            ],
        )
