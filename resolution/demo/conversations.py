"""Mail, calendar and logged calls: what people said to each other, under the ids and addresses of the office system."""

from __future__ import annotations

from random import Random
from typing import Final

from resolution.demo import clock, spelling
from resolution.demo.crm import Ledger
from resolution.demo.dealings import Activity, Deal
from resolution.demo.files import Files
from resolution.demo.people import Company, Person
from resolution.demo.world import Block

LOST: Final = 0.04
SUBJECTS: Final = (
    "Next steps",
    "Your questions",
    "Offer",
    "Demo follow-up",
    "Requirements",
    "Security review",
    "Pricing",
    "Rollout plan",
    "Reference call",
    "Contract draft",
    "Kick-off",
    "Status",
)


class AddressBook:
    """The office system's people of one block: a new entry whenever an address is first seen."""

    def __init__(self, files: Files, rng: Random) -> None:
        """An empty book."""
        self.files, self.rng = files, rng
        self.kinds: dict[tuple[int, int], str] = {}
        self.known: dict[tuple[int, int, str], tuple[str, str]] = {}

    def entry(self, human: Person, company: Company, day: float) -> tuple[str, str]:
        """(address id, e-mail) of a person: mostly of the work address, else of a private or a shared one."""
        rng = self.rng
        job = next((j for j in human.jobs if j.company is company), human.jobs[0])
        kind = self.kinds.setdefault((human.key, company.key), spelling.mailbox_kind(rng))
        key = (human.key, company.key, kind)
        if key not in self.known:
            mail = {"private": human.free_mail, "shared": spelling.shared_mail(rng, company)}.get(kind, job.email)
            number = self.files.id("adr-", *key)
            first, last = spelling.person_name(rng, human, 0.45)
            display = f"{last}, {first}" if rng.random() < 0.15 else f"{first} {last}" if rng.random() < 0.93 else ""
            office = ""
            if rng.random() >= (0.2 if kind == "private" else 0.35):
                office = spelling.company_name(rng, company, spelling.MARKETING, day)
            self.files.row("mail/people.csv", (number, display, mail, office, stamp(day)))
            self.files.truth("mail", number, "contact", f"P{human.key}")
            self.known[key] = (number, mail)
        return self.known[key]


def stamp(day: float) -> str:
    """A time as the office system exports it, at a fixed offset of one hour."""
    return clock.local(day, "%Y-%m-%dT%H:%M:%S+01:00", 1)


def write(files: Files, rng: Random, block: Block, ledger: Ledger) -> None:
    """All conversations of the block, a few of them lost or not tied to their deal."""
    book = AddressBook(files, rng)
    for deal in block.deals:
        key = files.id("006", "deal", deal.key)
        for act in deal.activities:
            if act.day >= clock.END or rng.random() < LOST * 0.6:
                continue
            if act.kind == "call" and rng.random() < 0.7 and write_task(files, rng, deal, key, act, ledger):
                continue
            write_event(files, rng, book, deal, key if rng.random() >= LOST * 0.4 else "", act)
        if deal.result == "won":
            for number in range(rng.choice((0, 1, 2))):
                onboard(files, rng, book, deal, key, number)


def write_task(files: Files, rng: Random, deal: Deal, key: str, act: Activity, ledger: Ledger) -> bool:
    """A call that the rep logged in the CRM with one contact; False when the CRM does not know the person."""
    known = [c[0] for p in act.people if (c := ledger.contacts.get((p.key, deal.company.key)))]
    if len(act.people) != 1 or not known:
        return False
    files.row(
        "crm/Task.csv",
        (
            files.id("00T", act.key),
            known[0],
            key,
            files.id("005", "rep", deal.rep.key),
            "Call",
            "Inbound" if act.direction == "inbound" else "Outbound",
            rng.choice(SUBJECTS),
            act.minutes,
            clock.iso(act.day),
            clock.iso(act.day),
        ),
    )
    return True


def write_event(files: Files, rng: Random, book: AddressBook, deal: Deal, key: str, act: Activity) -> None:
    """A mail, call or meeting of the office system with its attendees."""
    event = files.id("ev-", act.key)
    logged = stamp(act.scheduled)
    files.row(
        "mail/events.csv",
        (
            event,
            act.kind,
            {"inbound": "received", "outbound": "sent", "none": ""}[act.direction],
            deal.rep.email,
            stamp(act.day),
            act.minutes or "",
            f"{rng.choice(SUBJECTS)} {deal.company.root}",
            key,
            logged,
        ),
    )
    for human in act.people:
        if rng.random() >= 0.02:
            number, mail = book.entry(human, deal.company, act.scheduled)
            files.row("mail/attendees.csv", (event, number, mail, logged))


def onboard(files: Files, rng: Random, book: AddressBook, deal: Deal, key: str, number: int) -> None:
    """A trap for those who look ahead: meetings that only happen because the deal was won."""
    day = clock.whole_seconds(deal.close + rng.uniform(3, 40))
    people = [s.person for s in deal.seats if s.role != "procurement"][:3]
    if day < clock.END and people:
        booked = clock.whole_seconds(day - rng.uniform(0.5, 2.5))
        write_event(
            files, rng, book, deal, key, Activity(f"{deal.key}-on{number}", day, "meeting", "none", people, 60, booked)
        )
