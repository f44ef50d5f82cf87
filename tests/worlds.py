"""Small worlds for tests: rows of nodes and relationships, loaded into the graph; a world can be cut at a moment."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from kg.features.networks import rebuild_networks
from kg.features.norms import rebuild_norms
from kg.graph import Graph
from kg.ontology.values import ROLES, SENIORITIES
from kg.store.load import NodeRows, RelationshipRows, load

Row = dict[str, Any]
Triple = tuple[str, str, str]

ENDS = ("to", "left_at", "closed_at", "converted_at", "paid_at")
"""Properties that are written later onto an old fact."""

LAST_KNOWN: Mapping[str, tuple[str, ...]] = {
    "Deal": ("kind", "amount", "currency", "closed_at", "close_date", "stage", "state", "lead_source"),
    "Lead": ("email", "company", "title", "source", "status", "country", "converted_at"),
    "Account": ("domain", "country", "city", "phone", "employees", "revenue", "registration_id"),
    "Contact": ("email", "phone", "title", "seniority", "department", "country"),
}
"""Properties of entities that hold the newest value only: no feature may read them."""


def day(text: str) -> datetime:
    """'2024-03-05' or '2024-03-05T10:00' as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class World:
    """Rows by label and by triple. `add` and `tie` write one row each, known from `at` unless told otherwise."""

    nodes: dict[str, list[Row]] = field(default_factory=dict)
    ties: dict[Triple, list[Row]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, id: str, known: str | datetime = "2023-01-01", **properties: Any) -> str:
        """One node; text times are read as days."""
        row = {"id": id, "known_from": _moment(known), **properties}
        self.nodes.setdefault(label, []).append(row)
        self.labels[id] = label
        return id

    def tie(self, start: str, kind: str, end: str, known: str | datetime = "2023-01-01", **properties: Any) -> None:
        """One relationship between nodes that were added."""
        triple = (self.labels[start], kind, self.labels[end])
        row = {
            "start": start,
            "end": end,
            "known_from": _moment(known),
            **{k.rstrip("_"): v for k, v in properties.items()},
        }
        self.ties.setdefault(triple, []).append(row)

    def batches(self) -> Iterator[NodeRows | RelationshipRows]:
        """What kg.store.load takes."""
        for label, rows in self.nodes.items():
            yield NodeRows(label, rows)
        for (start, kind, end), rows in self.ties.items():
            yield RelationshipRows(start, kind, end, rows)

    def cut(self, as_of: datetime) -> World:
        """The world as it was known at `as_of`: later facts gone, later ends and all last-known properties emptied."""
        rest = World()
        for label, rows in self.nodes.items():
            kept = [_as_known(row, as_of, LAST_KNOWN.get(label, ())) for row in rows if row["known_from"] <= as_of]
            rest.nodes[label] = kept
            rest.labels |= {row["id"]: label for row in kept}
        for triple, rows in self.ties.items():
            rest.ties[triple] = [
                _as_known(row, as_of)
                for row in rows
                if row["known_from"] <= as_of and row["start"] in rest.labels and row["end"] in rest.labels
            ]
        return rest

    def load(self, graph: Graph, now: datetime) -> None:
        """Into an empty graph, with the norms and networks of `now`."""
        load(graph, self.batches(), run="test")
        rebuild_norms(graph, now, "test")
        rebuild_networks(graph, now, "test")


def _moment(known: str | datetime) -> datetime:
    return day(known) if isinstance(known, str) else known


def _as_known(row: Row, as_of: datetime, drop: tuple[str, ...] = ()) -> Row:
    kept = {k: v for k, v in row.items() if k not in drop}
    for name in (*ENDS, "known_to"):
        if kept.get(name) is not None and kept[name] > as_of:
            kept[name] = None
    return kept


def norrland() -> World:
    """One open deal, D1 with Norrland, and the history around it: every graph feature has something to say about it."""
    w = World()
    w.add("Industry", "logistics", name="Logistics")
    w.add("Product", "router", name="Router", family="hardware", price=100.0)
    w.add("Product", "switch", name="Switch", family="hardware", price=10.0)
    for order, (stage, state) in enumerate([("prospect", "open"), ("proposal", "open"), ("won", "won")], 1):
        w.add("Stage", stage, name=stage.title(), source="crm", pipeline="main", order=order, state=state)
    w.add("Rep", "rita", name="Rita")
    for account in ("norrland", "polar", "baltic", "hafen"):
        w.add("Account", account, name=account.title())
        w.tie(account, "IN", "logistics")
    w.tie("baltic", "SUBSIDIARY_OF", "norrland")
    w.tie("hafen", "PARTNERS_WITH", "baltic")
    for contact, name in (("mara", "Mara"), ("jon", "Jon"), ("ines", "Ines")):
        w.add("Contact", contact, name=name)
    w.tie(
        "mara", "WORKS_AT", "polar", title="Planner", seniority="staff", from_=day("2022-01-01"), to=day("2024-02-01")
    )
    w.tie("mara", "WORKS_AT", "norrland", "2024-02-02", title="VP Operations", seniority="vp", from_=day("2024-02-02"))
    w.tie("jon", "WORKS_AT", "norrland", title="Planner", seniority="staff", from_=day("2023-01-01"))
    w.tie("ines", "WORKS_AT", "norrland", title="CFO", seniority="c_level", from_=day("2023-01-01"))
    past = (
        ("d_polar", "polar", "won", "2023-06-01"),
        ("d_baltic", "baltic", "won", "2023-09-01"),
        ("d_hafen", "hafen", "lost", "2023-10-01"),
        ("d_old", "norrland", "lost", "2024-01-15"),
        ("d_won", "norrland", "won", "2023-08-01"),
    )
    for deal, account, result, end in past:
        close(w, deal, account, result, "2023-02-01", end)
    w.tie("d_won", "FOR", "switch", "2023-02-01", amount=10.0)
    w.tie("mara", "PLAYS", "d_polar", "2023-03-01", role="user", confidence=0.9)
    w.add("Deal", "D1", "2024-03-01", name="D1", opened_at=day("2024-03-01"), state="won", amount=999.0)
    w.tie("D1", "WITH", "norrland", "2024-03-01")
    w.tie("D1", "FOR", "router", "2024-03-01", amount=500.0)
    w.tie("rita", "OWNS", "D1", "2024-03-01", from_=day("2024-03-01"))
    w.tie("mara", "PLAYS", "D1", "2024-03-02", role="champion", confidence=0.8, basis="stated")
    w.tie("ines", "PLAYS", "D1", "2024-03-02", role="economic_buyer", confidence=0.9, basis="stated")
    w.tie("jon", "PLAYS", "D1", "2024-03-02", role="user", confidence=0.5, basis="inferred")
    stages = (("prospect", "2024-03-01", 1), ("proposal", "2024-03-20", 2), ("prospect", "2024-04-01", 1))
    for stage, at, order in stages:
        w.tie("D1", "ENTERED", stage, at, at=day(at), order=order)
    changes = (
        ("amount", None, "100", 100.0, "2024-03-01"),
        ("amount", "100", "200", 200.0, "2024-04-10"),
        ("kind", None, "new", None, "2024-03-01"),
        ("lead_source", None, "event", None, "2024-03-01"),
        ("close_date", None, "2024-05-01", None, "2024-03-01"),
        ("close_date", "2024-05-01", "2024-06-01", None, "2024-04-02"),
    )
    for i, (name, old, new, number, at) in enumerate(changes):
        due = day(new) if name == "close_date" else None
        w.add("Change", f"h{i}", at, field=name, old=old, new=new, number=number, moment=due, at=day(at))
        w.tie(f"h{i}", "OF", "D1", at)
    account_changes = (("industry", "logistics", None), ("employees", "250", 250.0), ("country", "SE", None))
    for name, new, number in account_changes:
        w.add("Change", f"a_{name}", field=name, new=new, number=number, at=day("2023-01-01"))
        w.tie(f"a_{name}", "OF", "norrland")
    acts = (
        ("m1", "meeting", "none", "2024-04-10", ("mara", "jon")),
        ("m2", "meeting", "none", "2024-03-05", ("ines",)),
        ("o1", "mail", "outbound", "2024-04-12T08:00", ("mara",)),
        ("i1", "mail", "inbound", "2024-04-12T13:00", ("mara",)),
        ("c1", "call", "outbound", "2024-04-14", ("jon",)),
    )
    for act, kind, direction, at, people in acts:
        activity(w, act, kind, direction, at, "D1", people)
    w.add(
        "Ticket",
        "t1",
        "2024-04-01",
        severity="severe",
        subject="Down",
        opened_at=day("2024-04-01"),
        closed_at=day("2024-06-01"),
    )
    w.tie("t1", "RAISED_BY", "norrland", "2024-04-01")
    for week, users in (("2024-03-25", 10), ("2024-04-01", 12), ("2024-04-08", 15)):
        w.add("Usage", f"u{week}", week, week=day(week), active_users=users)
        w.tie(f"u{week}", "OF", "norrland", week)
    w.add("Activity", "booked", "2024-04-14", kind="meeting", direction="none", at=day("2024-04-20"))
    w.tie("booked", "ABOUT", "D1", "2024-04-14")
    lead(w)
    return w


def lead(w: World) -> None:
    """A lead, L1, at Norrland from a campaign."""
    w.add("Campaign", "fair", name="Trade fair")
    w.add("Lead", "L1", "2024-04-01", name="Mara", created_at=day("2024-04-01"), email="mara@gmail.com")
    w.tie("L1", "CAME_FROM", "fair", "2024-04-01")
    w.tie("L1", "AT", "norrland", "2024-04-01")
    w.tie("L1", "IS", "mara", "2024-04-01")
    for name, new in (("source_name", "fair"), ("title", "VP Operations"), ("mail_domain", "gmail.com")):
        w.add("Change", f"l_{name}", "2024-04-01", field=name, new=new, at=day("2024-04-01"))
        w.tie(f"l_{name}", "OF", "L1", "2024-04-01")
    activity(w, "f1", "form", "inbound", "2024-04-02", "L1", ("mara",))
    activity(w, "w1", "web_visit", "none", "2024-04-14", "L1", ("mara",))
    w.add("Lead", "L0", "2023-05-01", name="Old", created_at=day("2023-05-01"))
    w.tie("L0", "CAME_FROM", "fair", "2023-05-01")
    w.tie("d_baltic", "GREW_FROM", "L0", "2023-06-01")


def close(w: World, deal: str, account: str, result: str, opened: str, end: str) -> None:
    """A deal that ended, sold by Rita."""
    w.add("Deal", deal, opened, name=deal, opened_at=day(opened))
    w.tie(deal, "WITH", account, opened)
    w.tie(deal, "FOR", "router", opened, amount=100.0)
    w.tie("rita", "OWNS", deal, opened, from_=day(opened))
    w.tie(deal, "ENTERED", "prospect", opened, at=day(opened), order=1)
    w.add("Outcome", f"o_{deal}", end, result=result, at=day(end), reason="price" if result == "lost" else "fit")
    w.tie(deal, "ENDED_IN", f"o_{deal}", end)
    if result == "won":
        w.tie(deal, "ENTERED", "won", end, at=day(end), order=3)


def activity(w: World, id: str, kind: str, direction: str, at: str, about: str, people: tuple[str, ...]) -> None:
    """Something that happened, known at once."""
    w.add("Activity", id, at, kind=kind, direction=direction, at=day(at))
    w.tie(id, "ABOUT", about, at)
    for person in people:
        w.tie(person, "TOOK_PART_IN", id, at)


START = day("2023-01-01")
SPAN = 700


class Chance:
    """Draws for a random world: the same seed gives the same world."""

    def __init__(self, seed: int, world: World) -> None:
        self.random, self.world = random.Random(seed), world
        self.known: dict[str, datetime] = {}

    def moment(self, low: float = 0, high: float = SPAN) -> datetime:
        """A moment, some of them on the same whole days, so that ties happen."""
        days = self.random.uniform(low, high)
        return START + timedelta(days=round(days) if self.random.random() < 0.3 else round(days, 3))

    def heard(self, at: datetime) -> datetime:
        """When a source knew of something that happened at `at`: often at once, sometimes weeks later."""
        return at + timedelta(days=self.random.choice((0, 0, 0, 1, 20, 60)))

    def add(self, label: str, id: str, at: datetime = START, /, **properties: Any) -> str:
        self.known[id] = self.heard(at) if at > START else START
        properties |= {"known_to": self._end(self.known[id])}
        return self.world.add(label, id, self.known[id], **properties)

    def tie(self, start: str, kind: str, end: str, at: datetime = START, /, **properties: Any) -> None:
        known = max(self.known[start], self.known[end], self.heard(at) if at > START else START)
        self.world.tie(start, kind, end, known, known_to=self._end(known), **properties)

    def _end(self, known: datetime) -> datetime | None:
        return known + timedelta(days=self.random.randint(1, 400)) if self.random.random() < 0.08 else None


def chance_world(seed: int, deals: int = 24) -> World:
    """A dense random world with late knowledge, closings, ends written later and equal times."""
    w = World()
    c = Chance(seed, w)
    r = c.random
    industries = [c.add("Industry", f"y{i}", name=f"Industry {i}") for i in range(2)]
    products = [c.add("Product", f"p{i}", name=f"P{i}", family=f"family {i % 2}", price=10.0 * i) for i in range(3)]
    stages = [c.add("Stage", f"s{i}", name=f"S{i}", order=i, state="open" if i < 4 else "won") for i in range(1, 5)]
    reps = [c.add("Rep", f"r{i}", name=f"Rep {i}") for i in range(3)]
    campaigns = [c.add("Campaign", f"k{i}", name=f"Campaign {i}") for i in range(2)]
    accounts = [c.add("Account", f"a{i}", name=f"Account {i}", employees=7) for i in range(7)]
    for account in accounts:
        c.tie(account, "IN", r.choice(industries))
        for name, new in (("industry", r.choice(industries)), ("country", "SE"), ("employees", str(r.randint(5, 900)))):
            _change(c, account, name, None, new, c.moment(0, 300))
        for k in range(3):
            at = c.moment()
            end = at + timedelta(days=r.randint(1, 90)) if r.random() < 0.6 else None
            c.add(
                "Ticket",
                f"t{account}{k}",
                at,
                severity=r.choice(("severe", "high", "low")),
                opened_at=at,
                closed_at=end,
            )
            c.tie(f"t{account}{k}", "RAISED_BY", account, at)
        for week in range(0, SPAN, 14):
            at = START + timedelta(days=week)
            c.add("Usage", f"u{account}{week}", at, week=at, active_users=r.randint(0, 40))
            c.tie(f"u{account}{week}", "OF", account, at)
    for i, a in enumerate(accounts):
        if r.random() < 0.8:
            c.tie(
                a,
                r.choice(("PARTNERS_WITH", "OWNED_BY", "SUBSIDIARY_OF")),
                accounts[(i + r.randint(1, 6)) % 7],
                c.moment(0, 300),
            )
    contacts = [c.add("Contact", f"c{i}", name=f"Person {i}", seniority="c_level") for i in range(14)]
    for contact in contacts:
        _jobs(c, contact, accounts)
    leads = [_lead(c, i, campaigns, accounts, contacts) for i in range(8)]
    for i in range(deals):
        _deal(c, f"d{i}", r.choice(accounts), contacts, reps, products, stages, leads)
    return w


def _change(c: Chance, entity: str, name: str, old: str | None, new: str, at: datetime) -> None:
    number = float(new) if new.replace(".", "").isdigit() else None
    due = day(new) if name == "close_date" else None
    id = f"h|{entity}|{name}|{len(c.known)}"
    c.add("Change", id, at, field=name, old=old, new=new, number=number, moment=due, at=at)
    c.tie(id, "OF", entity, at)


def _jobs(c: Chance, contact: str, accounts: list[str]) -> None:
    first, second = c.random.sample(accounts, 2)
    start, moved = c.moment(0, 100), c.moment(150, SPAN)
    level = c.random.choice(SENIORITIES)
    c.tie(
        contact,
        "WORKS_AT",
        first,
        start,
        title="Planner",
        seniority=level,
        from_=start,
        to=moved if c.random.random() < 0.6 else None,
    )
    if c.random.random() < 0.6:
        c.tie(contact, "WORKS_AT", second, moved, title="Head", seniority=c.random.choice(SENIORITIES), from_=moved)


def _lead(c: Chance, i: int, campaigns: list[str], accounts: list[str], contacts: list[str]) -> str:
    at = c.moment(0, 500)
    id = c.add(
        "Lead", f"l{i}", at, name=f"Lead {i}", created_at=at, email="x@gmail.com", title="CEO", status="converted"
    )
    c.tie(id, "CAME_FROM", c.random.choice(campaigns), at)
    c.tie(id, "AT", c.random.choice(accounts), at)
    if c.random.random() < 0.6:
        c.tie(id, "IS", c.random.choice(contacts), at)
    for name, new in (
        ("source_name", "web"),
        ("title", c.random.choice(("CEO", "Head of IT", "Clerk"))),
        ("mail_domain", "gmail.com"),
    ):
        _change(c, id, name, None, new, at)
    _activities(c, id, at, contacts, 4)
    return id


def _activities(c: Chance, about: str, opened: datetime, contacts: list[str], count: int) -> None:
    for k in range(count):
        at = opened + timedelta(days=round(c.random.uniform(0, 200), c.random.choice((0, 3))))
        kind = c.random.choice(("mail", "mail", "call", "meeting", "form", "web_visit"))
        id = c.add(
            "Activity", f"x{about}{k}", at, kind=kind, direction=c.random.choice(("inbound", "outbound", "none")), at=at
        )
        c.tie(id, "ABOUT", about, at)
        for person in c.random.sample(contacts, c.random.randint(0, 3)):
            c.tie(person, "TOOK_PART_IN", id, at)


def _deal(
    c: Chance,
    id: str,
    account: str,
    contacts: list[str],
    reps: list[str],
    products: list[str],
    stages: list[str],
    leads: list[str],
) -> None:
    r = c.random
    opened = c.moment(0, 550)
    c.add(
        "Deal", id, opened, name=id, opened_at=opened, amount=1.0, state="won", stage="S4", kind="new", closed_at=opened
    )
    c.tie(id, "WITH", account, opened)
    for product in r.sample(products, r.randint(0, 2)):
        c.tie(id, "FOR", product, opened, amount=float(r.randint(1, 900)))
    c.tie(r.choice(reps), "OWNS", id, opened, from_=opened, to=c.moment(550, SPAN) if r.random() < 0.4 else None)
    if r.random() < 0.3:
        c.tie(id, "GREW_FROM", r.choice(leads), opened)
    people = r.sample(contacts, 5)
    for person in people[:4]:
        c.tie(person, "PLAYS", id, opened, role=r.choice(ROLES), confidence=round(r.uniform(0.2, 1), 2))
    at = opened
    for stage in r.sample(stages[:3], 3):
        c.tie(id, "ENTERED", stage, at, at=at, order=int(stage[1:]), left_at=at + timedelta(days=90))
        at += timedelta(days=r.randint(0, 60))
    for name, values in (
        ("amount", ("100", "150.5", "90")),
        ("kind", ("new", "renewal")),
        ("lead_source", ("web", "event")),
        ("close_date", ("2024-01-01", "2024-02-01", "2024-01-15")),
    ):
        old = None
        for new in values[: r.randint(1, len(values))]:
            _change(c, id, name, old, new, opened + timedelta(days=0 if old is None else r.randint(0, 120)))
            old = new
    _activities(c, id, opened, people, 9)
    if r.random() < 0.75:
        end = at + timedelta(days=r.randint(1, 60))
        c.add("Outcome", f"o{id}", end, result=r.choice(("won", "lost")), reason="price", at=end)
        c.tie(id, "ENDED_IN", f"o{id}", end)
        c.tie(id, "ENTERED", stages[3], end, at=end, order=4)
