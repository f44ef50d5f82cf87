"""What happened, in one list: activities, stages entered, changes and tickets."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import strawberry

from api.graphql.context import Info
from api.graphql.types.activity import Activity
from api.graphql.types.graph import text
from kg.query.shown import HIDDEN

FIELDS = {
    "close_date": "Close date",
    "amount": "Amount",
    "owner": "Owner",
    "kind": "Kind",
    "lead_source": "Lead source",
}


@strawberry.type(description="Something that happened, as one line.")
class TimelineEvent:
    """Something that happened, as one line."""

    at: datetime
    kind: str = strawberry.field(description="activity, stage, change or ticket.")
    sentence: str


def activity_line(activity: Activity) -> str:
    """An activity as one line: what it was and with whom."""
    people = [getattr(person, "called", "someone") for person in activity.people]
    with_ = f" with {', '.join(people[:3])}" if people else ""
    more = f" and {len(people) - 3} more" if len(people) > 3 else ""
    kind = activity.event or (activity.kind or "activity").replace("_", " ").capitalize()
    direction = (
        f" ({activity.direction})"
        if activity.direction in {"inbound", "outbound"} and activity.kind != "meeting"
        else ""
    )
    outcome = f": {activity.outcome}" if activity.outcome else ""
    return f"{kind}{direction}{with_}{more}{outcome}"


def change_line(row: dict[str, object]) -> str:
    """A change as one line."""
    name = FIELDS.get(str(row["field"]), str(row["field"]).replace("_", " ").capitalize())
    new, old = (str(row[k])[:10] if row["field"] == "close_date" and row.get(k) else row.get(k) for k in ("new", "old"))
    if row["field"] == "amount" and isinstance(row.get("number"), int | float):
        new = text(row["number"])
    old, new = (HIDDEN if value is None else value for value in (old, new))
    return f"{name} changed from {old} to {new}"


async def deal_timeline(
    info: Info, deal: str, account: str | None, since: datetime | None, first: int
) -> list[TimelineEvent]:
    """The newest events of a deal, and of its account's support since it was opened, newest first."""
    loaders = info.context.loaders

    async def tickets_() -> list[dict[str, Any]]:
        return await loaders.rows("account_tickets", account, first=first) if account else []

    activities, stages, changes, tickets = await asyncio.gather(
        loaders.rows("deal_activities", deal, first=first),
        loaders.rows("deal_stages", deal),
        loaders.rows("deal_changes", deal, first=first),
        tickets_(),
    )
    events = [
        TimelineEvent(at=row["at"], kind="activity", sentence=activity_line(Activity.of(row, info.context)))
        for row in activities
    ]
    events += [TimelineEvent(at=row["at"], kind="stage", sentence=f"Entered {row['stage']}") for row in stages]
    events += [
        TimelineEvent(at=row["at"], kind="change", sentence=change_line(info.context.shown("Change", row)))
        for row in changes
        if row["field"] not in {"stage", "state"}
    ]
    for row in (info.context.shown("Ticket", ticket) for ticket in tickets):
        said = f"{str(row.get('severity') or '').capitalize()} ticket".strip()
        subject = f": {row['subject']}" if row.get("subject") else ""
        events.append(TimelineEvent(at=row["opened_at"], kind="ticket", sentence=f"{said} opened{subject}"))
        if row.get("closed_at"):
            events.append(TimelineEvent(at=row["closed_at"], kind="ticket", sentence=f"{said} closed{subject}"))
    events = [e for e in events if e.kind != "ticket" or since is None or e.at >= since]
    return sorted(events, key=lambda e: (e.at, e.kind, e.sentence), reverse=True)[:first]
