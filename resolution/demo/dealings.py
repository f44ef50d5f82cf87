"""A deal as it truly went: buying center, stages, pushes, activities. Nothing here looks at how it ends."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from random import Random
from typing import Final

from resolution.demo import clock, words
from resolution.demo.people import Company, Person

CONTINUE: Final = (0.92, 0.88, 0.80, 0.62)
"""Chance to enter the next stage, from each of the first four."""
STAGE_DAYS: Final = (13.0, 17.0, 19.0, 16.0, 12.0)
ENTRIES: Final = 8
"""A deal that entered this many stages goes back no more."""
PUSH_DAYS: Final = (14, 30, 30, 45, 60)
"""By how much a close date is moved, each alike."""
JOIN_DAYS: Final = 14.0
"""Mean days from the opening until one who will take part does."""
TALK_DAYS: Final = 25.0
"""Mean days between talks, where nothing heats or cools them."""
TALKS: Final = 60
MAIL: Final = 0.45
CALL: Final = 0.62
"""Talks drawn below the first are mails, below the second calls, above it meetings."""
PEOPLE: Final = (1, 1, 2, 2, 3)
"""How many take part in a call or meeting, each alike."""


@dataclass(slots=True)
class Rep:
    """One who sells for us; `craft` is latent."""

    key: int
    first: tuple[str, ...]
    last: str
    email: str
    team: str
    craft: float


@dataclass(slots=True)
class Seat:
    """A person's true part in one deal: when they first take part (None: never) and how much they are for us."""

    person: Person
    role: str
    seniority: str
    joined: float | None
    strength: float


@dataclass(slots=True)
class Activity:
    """Something that happened between us and them."""

    key: str
    day: float
    kind: str
    direction: str
    people: list[Person]
    minutes: int
    scheduled: float


@dataclass(slots=True)
class Moment:
    """The true state of a deal at a moment; `probability` is that of a win, were it decided in this state."""

    day: float
    name: str
    probability: float
    values: dict[str, float]
    amount: float


@dataclass(slots=True)
class Temper:
    """What is latent in a deal and steers how it goes on: of its stages (`pull`, `speed`, `drift`) and of its talks."""

    pull: float
    speed: float
    drift: float
    heat: float = 0.0
    turn: float = 0.0
    answering: float = 0.0


@dataclass(slots=True)
class Deal:
    """An opportunity. `close` is the day of the decision, drawn before its result and independent of it."""

    key: str
    company: Company
    kind: str
    product: int
    extra: int | None
    rep: Rep
    opened: float
    amounts: list[tuple[float, float]]
    source: str
    campaign: int | None
    lead: str | None
    seats: list[Seat] = field(default_factory=list)
    entries: list[tuple[float, int]] = field(default_factory=list)
    promised: list[tuple[float, float]] = field(default_factory=list)
    owners: list[tuple[float, Rep]] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    close: float = 0.0
    result: str | None = None
    reason: str = ""
    competitor: str = ""
    moments: list[Moment] = field(default_factory=list)
    days: list[float] = field(default_factory=list)
    temper: Temper = field(default_factory=lambda: Temper(0.0, 1.0, 0.0))

    def amount_at(self, day: float) -> float:
        """Amount in EUR as agreed by then."""
        return next((a for d, a in reversed(self.amounts) if d <= day), self.amounts[0][1])

    def before(self, day: float) -> list[Activity]:
        """Activities up to `day`; they are kept in order of time."""
        return self.activities[: bisect_right(self.days, day)]


def seat_people(rng: Random, deal: Deal, pull: float) -> None:
    """Who sits in this buying center, and who of them will ever talk to us: more where the deal's pull is strong."""
    here = [(p, j) for p in deal.company.people if (j := p.job_at(deal.opened)) and j.company is deal.company]
    taken: set[str] = set()
    for person, job in here:
        if job.role in taken and rng.random() < 0.6:
            continue
        taken.add(job.role)
        keen = rng.gauss(0.55 * pull, 0.9)
        joined = None
        if keen > -0.25 or not deal.seats:
            joined = deal.opened + (0.0 if not deal.seats else rng.expovariate(1 / JOIN_DAYS))
        strength = min(1.0, max(0.3, rng.gauss(0.66 + 0.05 * pull, 0.2)))
        deal.seats.append(Seat(person, job.role, job.seniority, joined, strength))
    rng.shuffle(deal.seats)


def walk_stages(rng: Random, deal: Deal, pull: float) -> None:
    """Stages with steps back and pushes of the close date; deals with pull go somewhat further and faster."""
    day, order = deal.opened, 1
    speed = (0.62 if deal.kind != "new" else 1.0) * 2.718 ** rng.gauss(-0.10 * pull, 0.35)
    promised = day + 80 * speed * rng.uniform(0.8, 1.4)
    deal.entries.append((day, order))
    deal.promised.append((day, promised))
    drift = rng.gauss(-0.3 * pull, 1.0)
    deal.temper = Temper(pull, speed, drift)
    while True:
        day = clock.whole_seconds(day + STAGE_DAYS[order - 1] * speed * 2.718 ** rng.gauss(0, 0.5))
        deal.close = day
        lateness = promised - day < 25 or drift > 0.9
        if lateness and rng.random() < 0.45 + 0.12 * drift:
            promised = max(promised, day) + rng.choice(PUSH_DAYS)
            pushed = clock.whole_seconds(day - rng.uniform(0.5, 4.0))
            if pushed > deal.entries[-1][0]:
                deal.promised.append((pushed, promised))
        if order == 5 or rng.random() > CONTINUE[order - 1] + 0.02 * pull:
            return
        if order > 1 and rng.random() < 0.08 + 0.03 * max(drift, 0) and len(deal.entries) < ENTRIES:
            order -= 1
        else:
            order += 1
        deal.entries.append((day, order))
        if rng.random() < 0.18:
            deal.amounts.append((day, round(deal.amounts[-1][1] * 2.718 ** rng.gauss(0, 0.22), -2)))


def talk(rng: Random, deal: Deal, pull: float) -> None:
    """Mails, calls and meetings until the decision, by people who have joined by then."""
    joined = [s for s in deal.seats if s.joined is not None]
    if not joined:
        return
    heat = rng.gauss(0.45 * pull, 0.55)
    turn = rng.gauss(0, 0.035)
    answering = 1 / (1 + 2.718 ** -(rng.gauss(-0.4, 0.7) + 0.35 * pull))
    deal.temper.heat, deal.temper.turn, deal.temper.answering = heat, turn, answering
    day, count = deal.opened, 0
    while True:
        level = 2.718 ** max(-1.6, min(1.6, heat + turn * (day - deal.opened)))
        day += rng.expovariate(level / TALK_DAYS)
        if day >= deal.close or count > TALKS:
            break
        count += 1
        people = [s for s in joined if s.joined is not None and s.joined <= day]
        chosen = people if len(people) < 2 else rng.sample(people, min(len(people), rng.choice(PEOPLE)))
        draw = rng.random()
        kind = "mail" if draw < MAIL else "call" if draw < CALL else "meeting"
        inbound = kind != "meeting" and rng.random() < answering
        if kind == "mail":
            chosen = chosen[:1]
        add(rng, deal, day, kind, inbound, [s.person for s in chosen])
    for seat in joined:
        meet = seat.joined
        if meet is not None and meet < deal.close and rng.random() < 0.75:
            add(
                rng,
                deal,
                meet + rng.uniform(0.1, 2.0),
                "meeting" if rng.random() < 0.6 else "call",
                rng.random() < 0.3,
                [seat.person],
            )
    deal.activities = sorted((a for a in deal.activities if a.day < deal.close), key=lambda a: (a.day, a.key))
    deal.days = [a.day for a in deal.activities]


def add(rng: Random, deal: Deal, day: float, kind: str, inbound: bool, people: list[Person]) -> None:
    """One activity; a meeting is booked some days ahead, a mail may get an answer within hours."""
    day = clock.whole_seconds(day)
    direction = "none" if kind == "meeting" else "inbound" if inbound else "outbound"
    minutes = 0 if kind == "mail" else rng.choice((10, 15, 20)) if kind == "call" else rng.choice((30, 45, 60, 90))
    booked = clock.whole_seconds(max(deal.opened, day - rng.uniform(0.5, 5.0))) if kind == "meeting" else day
    deal.activities.append(
        Activity(f"{deal.key}-{len(deal.activities)}", day, kind, direction, people, minutes, booked)
    )


def product_price(rng: Random, product: int, employees: int) -> float:
    """Amount in EUR of a first contract: list price, grown with the size of the customer."""
    base = words.PRODUCTS[product][2] * (employees / 200) ** 0.25
    return float(round(base * 2.718 ** rng.gauss(0, 0.4), -2))
