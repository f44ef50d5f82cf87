"""Marketing automation: companies and people as they filled in forms, leads, campaigns, web and mail events."""

from __future__ import annotations

from random import Random

from resolution.demo import clock, spelling, words
from resolution.demo.files import Files
from resolution.demo.leads import CAMPAIGNS, Lead
from resolution.demo.people import Company, Person
from resolution.demo.world import Block

SECTORS = {"Manufacturing": "Industrial", "Financial Services": "Banking & Insurance", "Retail": "Retail & Consumer"}


def stamp(day: float) -> str:
    """A time as this system exports it: 31.12.2024 09:30:00, in UTC."""
    return clock.local(day, "%d.%m.%Y %H:%M:%S", 0)


def campaign(files: Files, number: int) -> str:
    """Id of a campaign."""
    return files.id("cmp", "campaign", number)


def write_campaigns(files: Files, rng: Random) -> None:
    """One campaign a month."""
    for number in range(CAMPAIGNS):
        kind = rng.choice(words.CAMPAIGN_KINDS)
        name = f"{clock.date(clock.MONTHS[number])[:7]} {kind} {rng.choice(words.PRODUCTS)[1]}"
        files.row("marketing/campaigns.csv", (campaign(files, number), name, kind, stamp(0.0)))


def write(files: Files, rng: Random, block: Block) -> None:
    """What marketing holds of the block."""
    leads: dict[int, float] = {}
    for lead in block.leads:
        leads[lead.company.key] = min(leads.get(lead.company.key, clock.END), lead.created)
    ids: dict[int, str] = {}
    for one in block.companies:
        if one.key in leads or rng.random() < 0.25:
            ids[one.key] = write_company(files, rng, one, leads.get(one.key, rng.uniform(0, 1000)))
    for human in block.persons:
        if rng.random() < 0.24:
            write_person(files, rng, human, ids)
    for lead in block.leads:
        write_lead(files, rng, lead)


def write_company(files: Files, rng: Random, one: Company, day: float) -> str:
    """A company as marketing's enrichment has it."""
    key, habit = files.id("mc-", "company", one.key), spelling.MARKETING
    _, city, _ = spelling.address(rng, one, habit, day)
    heads = round(one.employees * rng.uniform(0.8, 1.25)) if rng.random() < 0.7 else ""
    files.row(
        "marketing/companies.csv",
        (
            key,
            spelling.company_name(rng, one, habit, day),
            spelling.company_domain(rng, one, habit),
            spelling.company_phone(rng, one, habit),
            city,
            spelling.country(rng, one.country),
            SECTORS.get(one.industry, one.industry),
            heads,
            stamp(day),
        ),
    )
    files.truth("marketing", key, "account", f"A{one.key}")
    return key


def write_person(files: Files, rng: Random, human: Person, ids: dict[int, str]) -> None:
    """A subscriber."""
    day = rng.uniform(0, 1050)
    job = human.job_at(day) or human.jobs[0]
    key = files.id("mp-", "person", human.key)
    first, last = spelling.person_name(rng, human, 0.39)
    company = spelling.company_name(rng, job.company, spelling.MARKETING, day) if rng.random() < 0.88 else ""
    files.row(
        "marketing/people.csv",
        (
            key,
            first,
            last,
            spelling.person_mail(rng, human, job, 0.88),
            spelling.person_phone(rng, human, job, 0.5),
            spelling.title(rng, job.title) if rng.random() < 0.7 else "",
            company,
            ids.get(job.company.key, "") if rng.random() < 0.6 else "",
            spelling.country(rng, job.company.country),
            human.linkedin if rng.random() < 0.4 else "",
            stamp(day),
        ),
    )
    files.truth("marketing", key, "contact", f"P{human.key}")


def write_lead(files: Files, rng: Random, lead: Lead) -> None:
    """A lead with its events; status and conversion are written over the row later."""
    one, human = lead.company, lead.person
    key = files.id("ml-", "lead", lead.key)
    job = human.job_at(lead.created)
    if job is None or job.company is not one:
        job = next(j for j in human.jobs if j.company is one)
    first, last = spelling.person_name(rng, human, 0.22)
    mail = human.free_mail if lead.free_mail else job.email
    converted = lead.converted if lead.deal is not None else None
    updated = converted if converted is not None else min(clock.END - 0.01, lead.decided)
    status = "converted" if converted is not None else "new" if lead.decided >= clock.END else "disqualified"
    domain = spelling.company_domain(rng, one, spelling.MARKETING)
    files.row(
        "marketing/leads.csv",
        (
            key,
            f"{first} {last}",
            mail,
            spelling.person_phone(rng, human, job, 0.4),
            spelling.company_name(rng, one, spelling.MARKETING, lead.created),
            spelling.title(rng, job.title),
            spelling.country(rng, one.country),
            spelling.website(rng, domain) if rng.random() < 0.5 else "",
            lead.source,
            campaign(files, lead.campaign) if lead.campaign is not None else "",
            status,
            stamp(lead.created),
            stamp(updated),
            stamp(converted) if converted is not None else "",
            files.id("006", "deal", lead.deal) if converted is not None else "",
        ),
    )
    files.truth("marketing", key, "lead", f"L{lead.key}")
    files.row("truth/links.csv", ("marketing", key, f"P{human.key}", f"A{one.key}"))
    for number, (day, kind) in enumerate(lead.touches):
        if day < clock.END and rng.random() >= 0.04:
            files.event(
                {
                    "event_id": files.id("me-", lead.key, number),
                    "lead_id": key,
                    "type": kind,
                    "ts": clock.epoch(day) * 1000,
                    "asset": f"/{kind.replace('_', '-')}/{number + 1}",
                }
            )
