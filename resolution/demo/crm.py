"""The CRM's own files: accounts, contacts, deals with history, roles, line items (Salesforce names)."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from resolution.demo import clock, money, spelling, words
from resolution.demo.dealings import Deal
from resolution.demo.files import Files
from resolution.demo.people import Company, Job, Person
from resolution.demo.world import Block

ROLE_LABELS = {
    "economic_buyer": "Economic Buyer",
    "champion": "Champion",
    "technical_evaluator": "Technical Evaluator",
    "procurement": "Procurement",
    "user": "Business User",
    "influencer": "Influencer",
}
INDUSTRY_FORMS = {"Financial Services": "Finance", "Healthcare": "Health Care", "Software": "Technology"}


@dataclass(slots=True)
class Ledger:
    """What systems of one block call things: the ids that later rows refer to."""

    accounts: dict[int, list[str]] = field(default_factory=dict)
    contacts: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    deal_accounts: dict[str, str] = field(default_factory=dict)


def write(files: Files, rng: Random, block: Block) -> Ledger:
    """Everything of the block that the CRM holds."""
    ledger = Ledger()
    first_deal: dict[int, float] = {}
    first_seat: dict[tuple[int, int], float] = {}
    for deal in block.deals:
        first_deal.setdefault(deal.company.key, deal.opened)
        for seat in deal.seats:
            if seat.joined is not None:
                key = (seat.person.key, deal.company.key)
                first_seat[key] = min(first_seat.get(key, clock.END), max(deal.opened, seat.joined))
    for one in block.companies:
        write_account(files, rng, ledger, one, first_deal.get(one.key, clock.END))
    for one in block.companies:
        write_relations(files, rng, ledger, one)
    for human in block.persons:
        for job in human.jobs:
            write_contact(files, rng, ledger, human, job, first_seat.get((human.key, job.company.key)))
    for rep in block.reps:
        user = files.id("005", "rep", rep.key)
        files.row("crm/User.csv", (user, f"{rep.first[0]} {rep.last}", rep.email, rep.team, "true", clock.iso(0)))
        files.truth("crm", user, "rep", f"R{rep.key}")
    for deal in block.deals:
        write_deal(files, rng, ledger, deal)
    return ledger


def write_account(files: Files, rng: Random, ledger: Ledger, one: Company, needed: float) -> None:
    """One account, sometimes twice: people do not look before they add."""
    copies = 2 if rng.random() < 0.09 else 1
    for copy in range(copies):
        created = (
            min(one.created, needed - 0.01)
            if copy == 0
            else rng.uniform(one.created, min(one.created + 300, clock.END - 40))
        )
        created = max(0.0, created)
        habit = spelling.CRM
        key = files.id("001", "account", one.key, copy)
        street, city, postcode = spelling.address(rng, one, habit, created)
        parent = ledger.accounts[one.parent.key][0] if one.parent and rng.random() < 0.7 else ""
        files.row(
            "crm/Account.csv",
            (
                key,
                spelling.company_name(rng, one, habit, created),
                spelling.website(rng, spelling.company_domain(rng, one, habit)),
                spelling.company_phone(rng, one, habit),
                street,
                city,
                postcode,
                spelling.country(rng, one.country),
                INDUSTRY_FORMS.get(one.industry, one.industry),
                one.employees,
                one.revenue * 1e6 if rng.random() < 0.6 else "",
                one.registration if rng.random() < habit.registration else "",
                parent,
                clock.iso(created),
                clock.iso(rng.uniform(created, clock.END)),
            ),
        )
        files.truth("crm", key, "account", f"A{one.key}")
        ledger.accounts.setdefault(one.key, []).append(key)


def write_relations(files: Files, rng: Random, ledger: Ledger, one: Company) -> None:
    """Partners, parents and investors as the CRM knows them: nearly all of them, from early on."""
    ties = [(p, "Partner") for p in one.partners if p.key > one.key]
    ties += [(one.parent, "Parent")] if one.parent else []
    ties += [(one.investor, "Investor")] if one.investor else []
    for other, label in ties:
        if rng.random() < 0.96:
            key = files.id("0Ea", "tie", one.key, other.key, label)
            created = clock.iso(rng.uniform(0, 40) if rng.random() < 0.9 else rng.uniform(40, 600))
            files.row(
                "crm/AccountRelation.csv",
                (key, ledger.accounts[one.key][0], ledger.accounts[other.key][0], label, created),
            )


def write_contact(files: Files, rng: Random, ledger: Ledger, human: Person, job: Job, needed: float | None) -> None:
    """A contact for each job whose holder sits in a deal, and for most others; now and then twice."""
    moved = len(human.jobs) > 1
    if needed is None and rng.random() < (0.1 if moved else 0.45):
        return
    created = max(0.0, job.start, job.company.created) + rng.uniform(0, 200)
    created = min(created, needed if needed is not None else clock.END - 1, clock.END - 1)
    for copy in range(2 if rng.random() < 0.07 else 1):
        key = files.id("003", "contact", human.key, job.company.key, copy)
        first, last = spelling.person_name(rng, human, 0.28)
        account = rng.choice(ledger.accounts[job.company.key]) if copy else ledger.accounts[job.company.key][0]
        files.row(
            "crm/Contact.csv",
            (
                key,
                account,
                first,
                last,
                spelling.person_mail(rng, human, job, 0.85),
                spelling.person_phone(rng, human, job, 0.9 if moved else 0.75),
                spelling.title(rng, job.title),
                job.department,
                human.linkedin if rng.random() < (0.97 if moved else 0.5) else "",
                job.company.city if rng.random() < 0.5 else "",
                spelling.country(rng, job.company.country),
                clock.iso(created),
                clock.iso(rng.uniform(created, clock.END)),
            ),
        )
        files.truth("crm", key, "contact", f"P{human.key}")
        ledger.contacts.setdefault((human.key, job.company.key), []).append(key)
        if copy == 0 and rng.random() < 0.9:
            began = clock.date(job.start) if job.start > 0 else "2021-01-01"
            ended = clock.date(job.end) if job.end is not None else ""
            link = files.id("07k", "job", human.key, job.company.key)
            files.row(
                "crm/AccountContactRelation.csv", (link, account, key, job.title, began, ended, clock.iso(created))
            )
        created = min(clock.END - 1, created + rng.uniform(30, 300))


def write_deal(files: Files, rng: Random, ledger: Ledger, deal: Deal) -> None:
    """A deal with its history, products and roles; a closed one is touched again later."""
    one = deal.company
    key = files.id("006", "deal", deal.key)
    files.truth("crm", key, "deal", f"D{deal.key}")
    accounts = ledger.accounts[one.key]
    account = accounts[1] if len(accounts) > 1 and rng.random() < 0.25 else accounts[0]
    ledger.deal_accounts[deal.key] = account
    code = words.COUNTRIES[one.country][2]
    closed = deal.close < clock.END
    product = words.PRODUCTS[deal.product][0]
    history = write_history(files, deal, key, code)
    stage, amount, promised, owner = history
    touched = min(clock.END - 0.01, deal.close + rng.uniform(1, 45)) if closed else clock.END - rng.uniform(0.1, 20)
    touched = max(touched, deal.opened)
    contact = first_contact(ledger, deal)
    label = {"new": "New Business", "renewal": "Renewal", "expansion": "Existing - Expansion"}[deal.kind]
    files.row(
        "crm/Opportunity.csv",
        (
            key,
            f"{one.root} - {product} {label.split(' ')[0]}",
            account,
            contact,
            label,
            deal.source,
            files.id("cmp", "campaign", deal.campaign) if deal.campaign is not None else "",
            files.id("ml-", "lead", deal.lead) if deal.lead is not None else "",
            stage,
            amount,
            code,
            promised,
            owner,
            deal.reason if closed and rng.random() < 0.85 else "",
            deal.competitor,
            clock.iso(deal.opened),
            clock.iso(deal.close) if closed else "",
            clock.iso(touched),
        ),
    )
    if closed:
        files.truth("crm", key, "outcome", f"O{deal.key}")
    write_lines(files, rng, deal, key, code)
    write_roles(files, rng, ledger, deal, key)


def first_contact(ledger: Ledger, deal: Deal) -> str:
    """The CRM contact of the first person who was there when the deal was opened, or an empty text."""
    return next(
        (
            ledger.contacts[k][0]
            for s in deal.seats
            if s.joined is not None
            and s.joined <= deal.opened
            and (k := (s.person.key, deal.company.key)) in ledger.contacts
        ),
        "",
    )


def write_lines(files: Files, rng: Random, deal: Deal, key: str, code: str) -> None:
    """One line for each product of a deal."""
    total = deal.amounts[0][1]
    for number, (item, share) in enumerate(((deal.product, 0.8 if deal.extra is not None else 1.0), (deal.extra, 0.2))):
        if item is not None:
            price = money.in_currency(total * share, code, deal.opened)
            files.row(
                "crm/OpportunityLineItem.csv",
                (
                    files.id("00k", key, number),
                    key,
                    files.id("01t", "product", item),
                    rng.choice((1, 1, 2, 5)),
                    price,
                    code,
                    clock.iso(deal.opened),
                ),
            )


def write_history(files: Files, deal: Deal, key: str, code: str) -> tuple[str, float, str, str]:
    """A row for every change of stage, amount, close date or owner; returns the last stage, amount, date and owner."""
    days = {d for d, _ in deal.entries} | {d for d, _ in deal.promised} | {d for d, _ in deal.owners}
    if deal.close < clock.END:
        days.add(deal.close)
    last = ("", 0.0, "", "")
    for day in sorted(d for d in days if d < clock.END):
        ended = day >= deal.close
        order = [s for d, s in deal.entries if d <= day][-1]
        stage = ("Closed Won" if deal.result == "won" else "Closed Lost") if ended else words.STAGES[order - 1]
        promise = clock.date(day if ended else [p for d, p in deal.promised if d <= day][-1])
        owner = files.id("005", "rep", [r for d, r in deal.owners if d <= day][-1].key)
        last = (stage, money.in_currency(deal.amount_at(day), code, deal.opened), promise, owner)
        files.row(
            "crm/OpportunityHistory.csv",
            (files.id("008", key, round(day * 86400)), key, stage, last[1], code, promise, owner, clock.iso(day)),
        )
    return last


def write_roles(files: Files, rng: Random, ledger: Ledger, deal: Deal, key: str) -> None:
    """Roles as reps note them: most of them soon, some wrong, some never, some only after the decision."""
    for seat in deal.seats:
        contacts = ledger.contacts.get((seat.person.key, deal.company.key))
        if not contacts:
            continue
        role, confidence = seat.role, min(1.0, max(0.3, rng.gauss(seat.strength, 0.05)))
        if rng.random() < 0.03:
            role = rng.choice(("influencer", "user", "technical_evaluator"))
        if seat.joined is not None and rng.random() < 0.96:
            noted = max(deal.opened, seat.joined) + (rng.expovariate(1 / 0.5) if rng.random() < 0.4 else 0.0)
        elif rng.random() < 0.25 and deal.close < clock.END:
            noted = deal.close + rng.uniform(0.2, 20)
        else:
            continue
        if noted >= clock.END or (seat.joined is not None and seat.joined > deal.close):
            continue
        stamp = clock.iso(noted)
        files.row(
            "crm/OpportunityContactRole.csv",
            (
                files.id("00K", key, seat.person.key),
                key,
                contacts[0],
                ROLE_LABELS[role],
                round(confidence, 2),
                stamp,
                stamp,
            ),
        )
