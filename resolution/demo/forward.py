"""The chance that a deal will ever be won, from its true state at a moment, by simulating how it goes on.

A deal at a moment has a stage that it entered, people who take part, talks so far, and a latent temper. From there its
stages, pushes, late joiners and talks are drawn many times by the law of `dealings`; a deal that ends in a stage is won
with the probability of its state when it entered that stage. What lies outside the deal (the account's history, usage,
tickets, owner) stays as it is at the moment. Each stage in which a simulated deal may end counts by its probability, so
that few simulations do.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from resolution.demo import causes, words
from resolution.demo.dealings import (
    CALL,
    CONTINUE,
    ENTRIES,
    JOIN_DAYS,
    MAIL,
    PEOPLE,
    PUSH_DAYS,
    STAGE_DAYS,
    TALK_DAYS,
    TALKS,
    Deal,
    Seat,
)
from resolution.demo.state import SENIOR

WAYS: Final = 32
"""Simulations of each moment: the standard error of its chance is about .013."""
SOON: Final = 1e-3
"""A deal that is still open with less than this probability is taken to end where it is."""
STAYS: Final = np.array([*CONTINUE, 0.0])
LASTS: Final = np.array(STAGE_DAYS)
PUSHES: Final = np.array(PUSH_DAYS, dtype=float)
SHARES: Final = {role: words.ROLES[role][0] for role in words.ROLES}
WEIGHT: Final = {c.name: c.weight for c in causes.CAUSES}
MOVING: Final = (
    "coverage", "champion", "senior_talks", "advocates", "momentum", "meetings", "silence", "reciprocity", "staleness",
    "pushes", "regressions", "stage", "size",
)  # fmt: skip
"""Causes that the deal itself moves."""
NULL_MOVING: Final = ("stage", "size")
NEVER: Final = np.inf
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def ever_won(deal: Deal, seed: str, *, null: bool) -> list[float]:
    """The chance of ever being won at each moment of a deal, in their order."""
    draw = np.random.default_rng(list(f"{seed}/{deal.key}".encode()))
    now = np.repeat([m.day for m in deal.moments], WAYS)
    fixed = np.repeat([_fixed(m.values, null=null) for m in deal.moments], WAYS)
    here, *later = _walk(draw, deal, now, pull=0.0 if null else deal.temper.pull)
    last = np.max([stage.entered for stage in (here, *later)], axis=0)
    talks = None if null else _talk(draw, deal, now, last)
    entered = [m for m in deal.moments if m.name in ("opened", "stage")]
    present = np.searchsorted([m.day for m in entered], now, side="right") - 1
    total = here.ends * np.array([m.probability for m in entered])[present]
    for stage in later:
        total += stage.ends / (1 + np.exp(-(fixed + _moving(stage, talks))))
    return [float(p) for p in total.reshape(-1, WAYS).mean(axis=1)]


@dataclass(slots=True)
class Stage:
    """A stage that the simulated deals enter, and the probability that they end in it."""

    entered: Floats
    order: NDArray[np.int64]
    count: NDArray[np.int64]
    pushes: Floats
    regressions: Floats
    size: Floats
    ends: Floats


def _fixed(values: dict[str, float], *, null: bool) -> float:
    """Log-odds of a state without what the deal itself moves."""
    moved = sum(WEIGHT[name] * values[name] for name in (NULL_MOVING if null else MOVING))
    return causes.log_odds(values, null=null) - (causes.NULL_STRENGTH if null else 1.0) * moved


def _walk(draw: np.random.Generator, deal: Deal, now: Floats, *, pull: float) -> list[Stage]:
    """The stages of each simulated deal from the present one on, as `dealings.walk_stages` draws them."""
    temper, rows = deal.temper, len(now)
    here, promised, last_push = _present(deal, now)
    found, count, open_ = [here], here.count, np.ones(rows)
    since, pushed = now, last_push > here.entered  # the present stage: longer than till now, its push may be known
    while True:
        last = found[-1]
        scale = LASTS[last.order - 1] * temper.speed
        floor = ndtr(np.log(np.maximum(since - last.entered, 1e-9) / scale) / 0.5)
        leave = last.entered + scale * np.exp(0.5 * ndtri(floor + (1 - floor) * draw.uniform(1e-9, 1 - 1e-9, rows)))
        leave = np.where(pushed, np.maximum(since, last_push + draw.uniform(0.5, 4.0, rows)), leave)
        tight = (promised - leave < 25) | (temper.drift > 0.9)
        late = tight & (draw.random(rows) < 0.45 + 0.12 * temper.drift) & ~pushed
        promised = np.where(late, np.maximum(promised, leave) + draw.choice(PUSHES, rows), promised)
        pushes = last.pushes + (late & (leave - draw.uniform(0.5, 4.0, rows) > since))
        stays = np.clip(STAYS[last.order - 1] + 0.02 * pull, 0, 1) * (last.order < 5)
        if (open_ * stays).max() < SOON:
            last.ends = open_
            return found
        last.ends, open_ = open_ * (1 - stays), open_ * stays
        falls = (last.order > 1) & (count < ENTRIES) & (draw.random(rows) < 0.08 + 0.03 * max(temper.drift, 0.0))
        grown = np.where(draw.random(rows) < 0.18, np.exp(draw.normal(0, 0.22, rows)), 1.0)
        order = np.clip(last.order + np.where(falls, -1, 1), 1, 5)
        count = count + 1
        found.append(Stage(leave, order, count, pushes, last.regressions + falls, last.size * grown, open_))
        since, pushed = leave, np.zeros(rows, dtype=bool)


def _present(deal: Deal, now: Floats) -> tuple[Stage, Floats, Floats]:
    """The stage at each moment, the close date promised then, and when it was last moved (-NEVER: never)."""
    days = np.array([day for day, _ in deal.entries])
    orders = np.array([order for _, order in deal.entries])
    back = np.concatenate([[0.0], np.cumsum(orders[1:] < orders[:-1])])
    sizes = np.array([deal.amount_at(day) for day in days])
    promises = np.array(deal.promised)
    at = np.searchsorted(days, now, side="right") - 1
    told = np.searchsorted(promises[:, 0], now, side="right") - 1
    here = Stage(days[at], orders[at], at + 1, told.astype(float), back[at], sizes[at], np.ones(len(now)))
    return here, promises[told, 1], np.where(told > 0, promises[told, 0], -NEVER)


@dataclass(slots=True)
class Acts:
    """Activities of simulated deals, rows × activities (day NEVER where none is); `who` rows × activities × seats."""

    day: Floats
    meeting: Mask
    mail: Mask
    inbound: Mask
    who: Mask


@dataclass(slots=True)
class Talks:
    """All that was and will be said; `met` and `joined` say when, rows × seats; `bought` who bought from us before."""

    acts: Acts
    senior: Mask
    met: Floats
    joined: Floats
    bought: Mask
    roles: NDArray[np.str_]
    strength: Floats
    first: float


def _talk(draw: np.random.Generator, deal: Deal, now: Floats, until: Floats) -> Talks:
    """What was said by each moment, and how it goes on until each simulated deal's last stage."""
    seats = [s for s in deal.seats if s.joined is not None]
    joins = np.array([s.joined for s in seats], dtype=float)
    late = now[:, None] + draw.exponential(JOIN_DAYS, (len(now), len(seats)))
    joined = np.where(joins <= now[:, None], joins, late)
    parts = [_said(deal, seats, now), _to_come(draw, deal, now, until, joined), _greetings(draw, now, until, joined)]
    acts = Acts(*(np.concatenate([getattr(p, f.name) for p in parts], axis=1) for f in fields(Acts)))
    face = np.where(acts.mail, NEVER, acts.day)
    senior = np.array([s.seniority in SENIOR for s in seats], dtype=bool)
    bought = [[any(at < m.day for at, _ in s.person.bought) for s in seats] for m in deal.moments]
    return Talks(
        acts,
        (acts.who & senior).any(axis=2) & ~acts.mail,
        np.where(acts.who, face[:, :, None], NEVER).min(axis=1, initial=NEVER),
        joined,
        np.repeat(np.array(bought, dtype=bool).reshape(len(deal.moments), len(seats)), WAYS, axis=0),
        np.array([s.role for s in seats], dtype=str),
        np.array([s.strength for s in seats], dtype=float),
        deal.opened - 10.0,
    )


def _said(deal: Deal, seats: list[Seat], now: Floats) -> Acts:
    """The deal's own activities, as far as they are known at each moment."""
    past, place = deal.activities, {s.person.key: i for i, s in enumerate(seats)}
    who = np.zeros((len(past), len(seats)), dtype=bool)
    for i, act in enumerate(past):
        who[i, [place[p.key] for p in act.people if p.key in place]] = True
    day = np.array([a.day for a in past], dtype=float)

    def wide(column: list[bool]) -> Mask:
        return np.broadcast_to(np.array(column, dtype=bool), (len(now), len(past)))

    return Acts(
        np.where(day[None, :] <= now[:, None], day[None, :], NEVER),
        wide([a.kind == "meeting" for a in past]),
        wide([a.kind == "mail" for a in past]),
        wide([a.direction == "inbound" for a in past]),
        np.broadcast_to(who, (len(now), *who.shape)),
    )


def _to_come(draw: np.random.Generator, deal: Deal, now: Floats, until: Floats, joined: Floats) -> Acts:
    """Mails, calls and meetings after the moment, among those who have joined by then."""
    t, day = deal.temper, now
    days: list[Floats] = []
    while joined.shape[1] and len(days) < TALKS:
        level = np.exp(np.clip(t.heat + t.turn * (day - deal.opened), -1.6, 1.6))
        day = day + draw.exponential(TALK_DAYS, len(now)) / level
        if not (day < until).any():
            break
        days.append(np.where(day < until, day, NEVER))
    at = np.stack(days, axis=1) if days else np.zeros((len(now), 0))
    kind = draw.random(at.shape)
    mail, meeting = kind < MAIL, kind >= CALL
    inbound = ~meeting & (draw.random(at.shape) < t.answering)
    wanted = np.where(mail, 1, draw.choice(PEOPLE, at.shape))
    there = joined[:, None, :] <= at[:, :, None]
    lot = np.where(there, draw.random(there.shape, dtype=np.float32), np.float32(2.0))
    who = there & (lot.argsort(axis=2).argsort(axis=2) < wanted[:, :, None])
    return Acts(at, meeting, mail, inbound, who)


def _greetings(draw: np.random.Generator, now: Floats, until: Floats, joined: Floats) -> Acts:
    """The first meeting or call with each who joins after the moment."""
    day = joined + draw.uniform(0.1, 2.0, joined.shape)
    comes = (draw.random(joined.shape) < 0.75) & (joined > now[:, None]) & (day < until[:, None])
    meeting = draw.random(joined.shape) < 0.6
    inbound = ~meeting & (draw.random(joined.shape) < 0.3)
    seats = joined.shape[1]
    who = np.broadcast_to(np.eye(seats, dtype=bool), (len(now), seats, seats))
    return Acts(np.where(comes, day, NEVER), meeting, np.zeros(joined.shape, dtype=bool), inbound, who)


def _moving(stage: Stage, talks: Talks | None) -> Floats:
    """Log-odds of what the deal itself moves, on entering a stage; as `state.values_of` counts it."""
    size = np.log(np.maximum(1000.0, stage.size))
    if talks is None:
        return np.asarray(causes.NULL_STRENGTH * (WEIGHT["stage"] * stage.order + WEIGHT["size"] * size))
    acts, at = talks.acts, stage.entered[:, None]
    age = at - acts.day
    lately, before, quarter = (age >= 0) & (age < 30), (age >= 30) & (age < 60), (age >= 0) & (age < 90)
    exchanged = quarter & ~acts.meeting
    n = exchanged.sum(axis=1)
    here, met = talks.joined <= at, talks.met <= at
    came = np.where((age >= 0) & acts.inbound, acts.day, -NEVER).max(axis=1, initial=talks.first)
    values = {
        "coverage": sum(share * met[:, talks.roles == role].any(axis=1) for role, share in SHARES.items()),
        "champion": np.where(here & (talks.roles == "champion"), talks.strength, 0.0).max(axis=1, initial=0.0),
        "senior_talks": np.log1p((quarter & talks.senior).sum(axis=1)),
        "advocates": np.minimum(3, (here & talks.bought).sum(axis=1)),
        "momentum": np.clip(lately.sum(axis=1) - before.sum(axis=1), -6, 6),
        "meetings": np.minimum(4, (lately & acts.meeting).sum(axis=1)),
        "silence": np.log1p(stage.entered - came),
        "reciprocity": np.where(n > 0, (exchanged & acts.inbound).sum(axis=1) / np.maximum(n, 1), 0.3),
        "staleness": 0.0,
        "pushes": np.minimum(4, stage.pushes),
        "regressions": np.minimum(2, stage.regressions),
        "stage": stage.order,
        "size": size,
    }
    return np.asarray(sum(WEIGHT[name] * value for name, value in values.items()), dtype=np.float64)
