"""Support desk, product and billing: each knows the customers by names, ids and addresses of its own."""

from __future__ import annotations

from random import Random
from typing import Final

from resolution.demo import clock, money, spelling, words
from resolution.demo.customers import Service
from resolution.demo.files import Files
from resolution.demo.people import Company, Job, Person, mail_part
from resolution.demo.world import Block

SUBJECTS: Final = (
    "Login fails",
    "Export is slow",
    "Wrong totals",
    "Interface down",
    "How do I",
    "Data missing",
    "Timeout",
    "New user",
)
MONDAY: Final = 19359
"""Days from 1970-01-01 to Monday 2023-01-02."""


def india(day: float) -> str:
    """A time as the outsourced support desk writes it: local time in Kolkata, 31/12/2024 14:00:00."""
    return clock.local(day + 0.5 / 24, "%d/%m/%Y %H:%M:%S", 5)


def write(files: Files, rng: Random, block: Block) -> None:
    """What the three systems hold of the block."""
    customers: dict[int, str] = {}
    seen: set[str] = set()
    for one, service in block.services:
        if one.key not in customers:
            customers[one.key] = write_customer(files, rng, one, max(0.0, service.start))
        write_support(files, rng, one, service, seen)
        if service.hosted:
            write_usage(files, rng, one, service, seen)
    for deal in block.deals:
        if deal.result == "won":
            number = customers.get(deal.company.key)
            if number is None:
                customers[deal.company.key] = number = write_customer(files, rng, deal.company, deal.close)
            issued = deal.close + rng.uniform(1, 12)
            if issued >= clock.END:
                continue
            code = words.COUNTRIES[deal.company.country][2]
            invoice = files.id("INV-", deal.key)
            paid = issued + rng.uniform(10, 60)
            files.row(
                "billing/invoices.csv",
                (
                    invoice,
                    number,
                    files.id("006", "deal", deal.key) if rng.random() < 0.6 else "",
                    words.PRODUCTS[deal.product][0],
                    money.in_currency(deal.amount_at(deal.close), code, deal.opened),
                    code,
                    clock.iso(issued),
                    clock.iso(paid) if paid < clock.END else "",
                ),
            )
            files.truth("billing", invoice, "outcome", f"O{deal.key}")


def write_customer(files: Files, rng: Random, one: Company, since: float) -> str:
    """A debtor with legal name, register number and the person whom invoices are sent to."""
    key, habit = files.id("K", "customer", one.key), spelling.BILLING
    street, city, postcode = spelling.address(rng, one, habit, since)
    human = next(
        (
            p
            for p in one.people
            if (j := p.job_at(since)) and j.company is one and j.role in ("procurement", "economic_buyer")
        ),
        None,
    )
    job = next((j for j in human.jobs if j.company is one), None) if human else None
    if human is not None and job is not None and rng.random() < 0.6:
        person = files.id("att-", human.key, one.key)
        name, mail = " ".join(spelling.person_name(rng, human, 0.18)), spelling.person_mail(rng, human, job, 0.8)
        files.row("billing/attention.csv", (person, key, name, mail, clock.iso(since)))
        files.truth("billing", person, "contact", f"P{human.key}")
    files.row(
        "billing/customers.csv",
        (
            key,
            spelling.company_name(rng, one, habit, since),
            spelling.company_domain(rng, one, habit),
            spelling.company_phone(rng, one, habit),
            street,
            city,
            postcode,
            spelling.country(rng, one.country),
            one.registration if rng.random() < habit.registration else "",
            clock.iso(since),
        ),
    )
    files.truth("billing", key, "account", f"A{one.key}")
    return key


def write_support(files: Files, rng: Random, one: Company, service: Service, seen: set[str]) -> None:
    """Organisation, requesters and tickets; the desk makes an organisation with the first ticket."""
    tickets = [t for t in service.tickets if t.opened < min(service.end, clock.END)]
    if not tickets:
        return
    org, habit = files.id("org", "organisation", one.key), spelling.SUPPORT
    since = tickets[0].opened
    if org not in seen:
        seen.add(org)
        street, city, postcode = spelling.address(rng, one, habit, since)
        files.row(
            "support/organisations.csv",
            (
                org,
                spelling.company_name(rng, one, habit, since),
                spelling.company_domain(rng, one, habit),
                spelling.company_phone(rng, one, habit),
                street,
                city,
                postcode,
                spelling.country(rng, one.country),
                india(since),
            ),
        )
        files.truth("support", org, "account", f"A{one.key}")
    for ticket in tickets:
        human = one.people[ticket.person % len(one.people)]
        requester = files.id("rq", "requester", human.key, one.key)
        job = next(j for j in human.jobs if j.company is one)
        if requester not in seen:
            seen.add(requester)
            write_requester(files, rng, human, job, (org, requester, ticket.opened))
        if rng.random() >= 0.03:
            priority = {"low": "P4", "normal": "P3", "high": "P2", "severe": "P1"}[ticket.severity]
            files.row(
                "support/tickets.csv",
                (
                    files.id("t", one.key, service.start, ticket.number),
                    org,
                    requester,
                    priority,
                    rng.choice(SUBJECTS),
                    india(ticket.opened),
                    india(ticket.closed) if ticket.closed < clock.END else "",
                ),
            )


def write_requester(files: Files, rng: Random, human: Person, job: Job, known: tuple[str, str, float]) -> None:
    """Who raised a ticket; `known` is their organisation, their own id and since when."""
    org, requester, since = known
    first_name, last = spelling.person_name(rng, human, 0.41)
    name = f"{first_name} {last}" if rng.random() < 0.9 else mail_part(human.first[0]) + "." + mail_part(human.last)
    files.row(
        "support/requesters.csv",
        (
            requester,
            org,
            name,
            spelling.person_mail(rng, human, job, 0.9),
            spelling.person_phone(rng, human, job, 0.55),
            spelling.title(rng, job.title) if rng.random() < 0.4 else "",
            india(since),
        ),
    )
    files.truth("support", requester, "contact", f"P{human.key}")


def write_usage(files: Files, rng: Random, one: Company, service: Service, seen: set[str]) -> None:
    """Weekly use; a week in a hundred is missing."""
    workspace = files.id("ws-", "workspace", one.key)
    if workspace not in seen:
        seen.add(workspace)
        habit = spelling.PRODUCT
        day = max(1.0, service.start)
        _, city, _ = spelling.address(rng, one, habit, day)
        files.row(
            "product/workspaces.csv",
            (
                workspace,
                spelling.company_name(rng, one, habit, day),
                spelling.company_domain(rng, one, habit),
                city,
                spelling.country(rng, one.country),
                one.registration if rng.random() < habit.registration else "",
                clock.iso(day),
            ),
        )
        files.truth("product", workspace, "account", f"A{one.key}")
    for number, users in enumerate(service.users):
        week = service.first_week + number
        if 1 + week * 7 + 8 >= min(service.end + 60, clock.END):
            break
        if rng.random() >= 0.01:
            files.week(workspace, MONDAY + week * 7, users, users * rng.randrange(8, 40))
