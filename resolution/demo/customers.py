"""Customers in use: weekly active users and support tickets of a company, driven by its latent health."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from random import Random

from resolution.demo import clock


@dataclass(slots=True)
class Ticket:
    """A support ticket; still open when `closed` is later than the moment asked about."""

    number: int
    opened: float
    closed: float
    severity: str
    person: int


@dataclass(slots=True)
class Service:
    """What a customer gets: time of use, seats, weekly active users (when hosted by us), tickets."""

    start: float
    hosted: bool
    end: float = clock.END
    first_week: int = 0
    users: list[int] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)

    def trend(self, day: float) -> float:
        """Least-squares slope per week of ln(1 + active users) over the last 8 weeks known by `day`; 0 without two."""
        last = int((day - 1) // 7) - 1  # weeks begin on Monday 2023-01-02; a week is known when it is over
        first = max(self.first_week, last - 7)
        if not self.hosted or day > self.end + 60 or last - first < 1:
            return 0.0
        values = [log(1 + u) for u in self.users[first - self.first_week : last + 1 - self.first_week]]
        if len(values) < 2:
            return 0.0
        middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
        above = sum((i - middle) * (v - mean) for i, v in enumerate(values))
        return above / sum((i - middle) ** 2 for i in range(len(values)))

    def open_severe(self, day: float) -> int:
        """High and severe tickets open then."""
        return sum(
            t.opened <= day < t.closed and t.opened < self.end and t.severity in ("high", "severe")
            for t in self.tickets
        )


def serve(rng: Random, start: float, employees: int, people: int) -> Service:
    """A new service from `start` to the end of the calendar; the renewal may cut it short."""
    service = Service(start, hosted=rng.random() < 0.45)
    begin = max(start, 1.0)
    service.first_week = int((begin - 1) // 7) + 1
    level, slope = log(3 + min(400, employees * 0.05)), rng.gauss(0, 0.02)
    for _ in range(service.first_week, int((clock.END - 1) // 7)):
        if rng.random() < 0.06:
            slope = rng.gauss(0.003, 0.045)
        level = max(0.4, min(7.0, level + slope))
        service.users.append(max(0, round(2.718 ** (level + rng.gauss(0, 0.10)))))
    day = begin
    while (day := day + rng.expovariate(1 / 95.0)) < clock.END:
        severity = rng.choices(("low", "normal", "high", "severe"), (30, 35, 22, 13))[0]
        lasts = rng.expovariate(1 / (8.0 if severity in ("low", "normal") else 45.0)) + 0.1
        service.tickets.append(
            Ticket(
                len(service.tickets),
                clock.whole_seconds(day),
                clock.whole_seconds(day + lasts),
                severity,
                rng.randrange(max(1, people)),
            )
        )
    return service
