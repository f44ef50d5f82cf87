"""A company in which every month is like the one before, unless something is planted: a silence, a shift."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from scoring.scores.score import Rule, Score
from tests.scoring.scored import DEAL_WIN
from tests.worlds import START, World

NOW = START + timedelta(days=500)
FEATURES = ("meetings_recent", "days_since_inbound", "rep_win_rate", "deal_amount", "deal_kind", "deal_lead_source")
SMALL: Score = replace(
    DEAL_WIN,
    features=FEATURES,
    flat=frozenset(("deal_amount", "deal_kind", "deal_lead_source")),
    rules=(Rule("meetings_recent", 0.3, 1.0, 1.5), Rule("rep_win_rate", 0.3, 0.25, 0.2)),
)
"""`deal_win` with a few features, so that a test learns it in a second."""
COUNTRIES = ("SE", "DE")
SIZES = (8.0, 120.0, 4000.0)


def steady(
    seed: int, deals: int = 150, *, quiet: datetime | None = None, dear: datetime | None = None, emptied: bool = False
) -> World:
    """Deals that open every day, last some six weeks, are met weekly and won more often the more they are met.

    From `quiet` on no meeting and mail is told any more; from `dear` on all deals are a hundred times as large, or with
    `emptied` no amount is told any more.
    """
    w, r = World(), random.Random(seed)
    w.add("Stage", "s1", START, name="Open", source="crm", pipeline="main", order=1, state="open")
    for i in range(3):
        w.add("Rep", f"r{i}", START, name=f"Rep {i}")
    for i in range(30):
        account = w.add("Account", f"a{i}", START, name=f"Account {i}")
        changed(w, account, "country", START, new=COUNTRIES[i % 2])
        changed(w, account, "employees", START, number=SIZES[i % 3])
    for k in range(deals):
        _deal(w, r, f"d{k}", k, START + timedelta(days=490 * (k + r.random()) / deals), quiet, dear, emptied)
    record = w.add("Record", "crm|D", START, source="crm", record_id="D", kind="deal")
    w.tie(record, "RESOLVED_TO", f"d{deals - 1}", w.nodes["Deal"][-1]["known_from"])
    return w


def _deal(
    w: World, r: random.Random, id_: str, k: int, opened: datetime, quiet: datetime | None, dear: datetime | None,
    emptied: bool,
) -> None:  # fmt: skip
    w.add("Deal", id_, opened, name=id_, opened_at=opened)
    w.tie(id_, "WITH", f"a{k % 30}", opened)
    w.tie(f"r{k % 3}", "OWNS", id_, opened, from_=opened)
    w.tie(id_, "ENTERED", "s1", opened, at=opened, order=1)
    amount, end = r.lognormvariate(9, 0.8), opened + timedelta(days=r.uniform(20, 70))
    if dear is None or opened < dear:
        changed(w, id_, "amount", opened, number=amount, until=dear if emptied else None)
    if dear is not None and not emptied and end > dear:
        changed(w, id_, "amount", max(opened, dear), number=100 * amount)
    changed(w, id_, "kind", opened, new=r.choice(("new", "renewal")))
    changed(w, id_, "lead_source", opened, new=r.choice(("web", "event", "partner")))
    rate = r.choice((0.05, 0.3))
    at, n = opened, 0
    while (at := at + timedelta(days=r.expovariate(rate))) < min(end, NOW):
        kind = "meeting" if r.random() < 0.6 else "mail"
        if quiet is None or at < quiet:
            n += 1
            act = w.add(
                "Activity", f"x{id_}.{n}", at, kind=kind, direction="none" if kind == "meeting" else "inbound", at=at
            )
            w.tie(act, "ABOUT", id_, at)
    if end < NOW:
        won = r.random() < (0.15 if rate < 0.1 else 0.5)
        w.add("Outcome", f"o{id_}", end, result="won" if won else "lost", at=end)
        w.tie(id_, "ENDED_IN", f"o{id_}", end)


def changed(
    w: World, id_: str, field: str, at: datetime, *, new: str | None = None, number: float | None = None,
    until: datetime | None = None,
) -> None:  # fmt: skip
    """A field took a value, which the source told until a moment."""
    told = new or f"{number:.0f}"
    change = w.add("Change", f"h{id_}.{field}.{told}", at, field=field, new=told, number=number, at=at)
    w.tie(change, "OF", id_, at, known_to=until)
