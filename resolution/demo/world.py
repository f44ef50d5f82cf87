"""The demo world, one block of companies after the other; a block is simulated in the order of time and then written.

A block has its own seeded generator and its own companies, people, reps and history, so memory stays that of one block
however many there are, and the first blocks of a large world are those of a small one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from resolution.demo import causes, clock, people, words
from resolution.demo.customers import Service, serve
from resolution.demo.dealings import Deal, Moment, Rep, product_price, seat_people, talk, walk_stages
from resolution.demo.leads import Lead, Start, draw_leads, score_lead
from resolution.demo.people import Company, Person
from resolution.demo.state import History, values_of

BLOCK: Final = 50
REPS: Final = 5


@dataclass(slots=True)
class Block:
    """One block: what there truly is and what truly happened."""

    number: int
    companies: list[Company] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    reps: list[Rep] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    services: list[tuple[Company, Service]] = field(default_factory=list)


def blocks(accounts: int, seed: int, null: bool) -> Iterator[tuple[Block, Random]]:
    """Every block of a world of `accounts` companies, with a generator for what is written about it."""
    for number, first in enumerate(range(0, accounts, BLOCK)):
        rng = Random(f"world/{seed}/{number}")
        yield Simulation(rng, number, min(BLOCK, accounts - first), null).run(), Random(f"records/{seed}/{number}")


class Simulation:
    """One block in the order of time: a queue of (day, number, what happens)."""

    def __init__(self, rng: Random, number: int, size: int, null: bool) -> None:
        """Populate the block; nothing has happened yet."""
        self.rng, self.null = rng, null
        self.block = Block(number)
        self.history = History()
        self.queue: list[tuple[float, int, str, object]] = []
        self.pushed = 0
        self.populate(size)

    def at(self, day: float, what: str, about: object) -> None:
        """Let something happen on `day`, unless the calendar has ended by then."""
        if day < clock.END:
            self.pushed += 1
            heapq.heappush(self.queue, (day, self.pushed, what, about))

    def populate(self, size: int) -> None:
        """Companies, their ties, people, reps, leads and first intentions to buy."""
        rng, block = self.rng, self.block
        for index in range(size):
            key = block.number * BLOCK + index
            family = [c for c in block.companies if c.parent is None and c.industry != "Investment"]
            parent = rng.choice(family) if family and index > 5 and rng.random() < 0.17 else None
            industry = "Investment" if index in (1, 26) else parent.industry if parent else rng.choice(words.INDUSTRIES)
            one = people.company(rng, key, industry, parent)
            one.fit, one.health = rng.gauss(0, 0.15), rng.gauss(0, 1)
            if parent:
                parent.children.append(one)
            if rng.random() < 0.06:
                root = rng.choice(words.HEADS) + rng.choice(words.TAILS)
                one.renamed = (rng.uniform(200, 900), f"{root} {one.descriptor}")
            if rng.random() < 0.12:
                city, head = rng.choice(words.COUNTRIES[one.country][5])
                street = f"{rng.choice(words.STREETS)} Street {rng.randrange(1, 180)}"
                one.moved = (rng.uniform(100, 1000), city, street, head + people.digits(rng, 3 if len(head) > 1 else 2))
            block.companies.append(one)
        people.relate(rng, block.companies)
        for number in range(REPS if size > 20 else 2):
            first, last = rng.choice(words.FIRST_NAMES), people.surname(rng)
            mail = f"{people.mail_part(first[0])}.{people.mail_part(last)}{block.number}{number}@dockflow.example"
            team = (
                f"{('Nordics', 'DACH', 'UK & Ireland', 'South', 'Americas')[block.number % 5]} {1 + block.number // 5}"
            )
            block.reps.append(Rep(block.number * REPS + number, first, last, mail, team, rng.gauss(0, 0.3)))
        for one in block.companies:
            self.staff(one)
            self.intend(one)
        for lead in draw_leads(rng, block.number, block.companies):
            block.leads.append(lead)
            self.at(lead.decided, "lead", lead)

    def staff(self, one: Company) -> None:
        """Three to six people, one of every main role first."""
        roles = ["economic_buyer", "champion", "technical_evaluator", "procurement", "user"]
        self.rng.shuffle(roles)
        for role in [*roles, "user", "technical_evaluator"][: self.rng.choice((4, 5, 5, 5, 6))]:
            human = people.person(self.rng, self.block.number * 1000 + len(self.block.persons), one, role, -400.0)
            self.block.persons.append(human)
            if self.rng.random() < 0.14:
                self.at(self.rng.uniform(120, 1060), "move", human)

    def intend(self, one: Company) -> None:
        """Deals that our people start by themselves, and services from before the calendar."""
        rng = self.rng
        if one.industry == "Investment":
            return
        day = max(0.0, one.created)
        while (day := day + rng.expovariate(1 / 560.0)) < clock.END:
            source = rng.choices(("Outbound", "Referral", "Partner", "Event"), (50, 22, 16, 12))[0]
            self.at(day, "open", Start(one, "new", source))
        if rng.random() < 0.12:
            self.begin_service(one, 0.0)
            self.at(rng.uniform(5, 330), "open", Start(one, "renewal", "Existing Customer"))

    def begin_service(self, one: Company, day: float) -> None:
        """`one` is a customer from `day`."""
        rng = self.rng
        if one.key not in self.history.service or self.history.service[one.key].end < day:
            service = serve(rng, day, one.employees, len(one.people))
            self.history.service[one.key] = service
            self.block.services.append((one, service))
        while (day := day + rng.expovariate(1 / 1100.0)) < clock.END:
            if rng.random() < 0.8:
                self.at(day, "expand", one)

    def run(self) -> Block:
        """Let everything happen."""
        while self.queue:
            day, _, what, about = heapq.heappop(self.queue)
            getattr(self, f"on_{what}")(day, about)
        return self.block

    def on_open(self, day: float, start: Start) -> None:
        """A deal begins: how it will go is drawn now, how it ends only on the day of its last stage."""
        rng, block, one = self.rng, self.block, start.company
        day = clock.whole_seconds(day)
        product = rng.randrange(len(words.PRODUCTS))
        rep = block.reps[(one.key * 7 + (0 if rng.random() < 0.75 else 1)) % len(block.reps)]
        amount = product_price(rng, product, one.employees) * (0.5 if start.kind == "expansion" else 1.0)
        deal = Deal(
            key=f"{block.number}-{len(block.deals)}",
            company=one,
            kind=start.kind,
            product=product,
            extra=rng.randrange(len(words.PRODUCTS)) if rng.random() < 0.12 else None,
            rep=rep,
            opened=day,
            amounts=[(day, amount)],
            source=start.source,
            campaign=start.campaign,
            lead=start.lead,
            owners=[(day, rep)],
        )
        pull = rng.gauss(0, 1)
        seat_people(rng, deal, pull)
        if start.person is not None and all(s.person is not start.person for s in deal.seats):
            start.person = None
        walk_stages(rng, deal, 0.0 if self.null else pull)
        talk(rng, deal, pull)
        if rng.random() < 0.06:
            deal.owners.append((clock.whole_seconds(rng.uniform(day, deal.close)), rng.choice(block.reps)))
        block.deals.append(deal)
        self.at(day, "moment", (deal, "opened"))
        for entered, _ in deal.entries[1:]:
            self.at(entered, "moment", (deal, "stage"))
        for month in clock.MONTHS:
            if day < month < deal.close:
                self.at(month, "moment", (deal, "monthly"))
        self.at(deal.entries[-1][0], "decide", deal)
        self.at(deal.close, "close", deal)

    def on_expand(self, day: float, one: Company) -> None:
        """A customer thinks of more, if it still is one."""
        if self.history.service[one.key].end > day:
            self.on_open(day, Start(one, "expansion", "Existing Customer"))

    def on_moment(self, day: float, about: tuple[Deal, str]) -> None:
        """Note the true state and probability."""
        deal, name = about
        values = values_of(deal, day, self.history)
        chance = causes.probability(causes.log_odds(values, null=self.null))
        deal.moments.append(Moment(day, name, chance, values, deal.amount_at(day)))

    def on_decide(self, day: float, deal: Deal) -> None:
        """The last stage is entered: its state decides how the deal will end."""
        self.on_moment(day, (deal, "last"))
        if deal.close < clock.END:
            deal.result = "won" if self.rng.random() < deal.moments[-1].probability else "lost"

    def on_close(self, day: float, deal: Deal) -> None:
        """The result is known; customers come and go, buyers remember."""
        rng, won = self.rng, deal.result == "won"
        deal.reason = rng.choice(words.WON_REASONS if won else words.LOST_REASONS)
        if rng.random() < (0.25 if won else 0.45):
            deal.competitor = rng.choice(words.COMPETITORS)
        self.history.record(deal.company, day, won)
        if won:
            for seat in deal.seats:
                if seat.joined is not None and seat.joined <= day:
                    seat.person.bought.append((day, deal.company))
            if deal.kind != "expansion":
                self.begin_service(deal.company, day)
                self.at(day + 365 - rng.uniform(50, 110), "open", Start(deal.company, "renewal", "Existing Customer"))
        elif deal.kind == "renewal" and deal.company.key in self.history.service:
            self.history.service[deal.company.key].end = day

    def on_move(self, day: float, human: Person) -> None:
        """A person changes employer inside the block; one who bought before often starts a deal there."""
        rng = self.rng
        options = [c for c in self.block.companies if c.industry != "Investment" and c is not human.jobs[-1].company]
        if not options:
            return
        to = rng.choice(options)
        people.hire(rng, human, to, human.jobs[-1].role, clock.whole_seconds(day))
        if rng.random() < (0.7 if human.bought else 0.3):
            self.at(
                day + rng.uniform(20, 150), "open", Start(to, "new", "Referral" if rng.random() < 0.4 else "Outbound")
            )

    def on_lead(self, day: float, lead: Lead) -> None:
        """Sales decides whether a lead becomes a deal."""
        started = [d.result for d in self.block.deals if d.company is lead.company and d.opened < day]
        opened = sum(d.opened <= day < d.close and d.company is lead.company for d in self.block.deals)
        wins = sum(won for at, won in self.history.closed.get(lead.company.key, []) if at < day)
        score_lead(lead, opened, wins, len(started), null=self.null)
        if self.rng.random() < lead.probability:
            lead.converted = clock.whole_seconds(day + self.rng.uniform(0.1, 4.0))
            if lead.converted < clock.END:
                lead.deal = f"{self.block.number}-{len(self.block.deals)}"
                kind = "new"
                self.on_open(
                    lead.converted, Start(lead.company, kind, lead.source, lead.campaign, lead.key, lead.person)
                )
                lead.converted = self.block.deals[-1].opened
