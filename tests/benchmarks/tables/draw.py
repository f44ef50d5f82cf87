"""Draws a population of flat tables of deals whose true probabilities are known.

Columns are correlated by latent factors; numbers have every usual marginal and effect (`shapes`), categories have 2 to
60 levels, and there are flags and ids. Values are missing at random, by their size, or where missing itself says
something. Some tables have interactions, noise that no column shows, a base rate that drifts, several rows an entity
(which share one outcome), accounts of two entities, or useless columns. Entities stand in order of time: the model
learns from the first and is judged on later ones.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.stats import norm

from scoring.learning.dataset import TrainingSet, weighed
from scoring.model.tables import Column, Floats, probability
from tests.benchmarks.tables import shapes

TEST = 3000
"""Later entities that a model is judged on."""
FUTURE = 1.3
"""Time at the last test row, where learning rows run from 0 to 1."""
DAY, HOUR = 86_400.0, 3_600.0
WOBBLE = 0.5
"""Standard deviation by which rows of one entity differ in a column that changes; that between entities is 1."""
LEVELS = (2, 3, 4, 5, 6, 8, 10, 15, 30, 60)
MISSING = ("never", "never", "never", "at random", "by value", "says something")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table is like.

    `factors` is how many latent factors the columns share and `together` how much of a column (a correlation) comes
    from them; `active` is the share of columns with an effect and `strength` the standard deviation of coefficients;
    `noise` and `drift` are standard deviations in log-odds; `rows` is rows an entity, `account` entities an account.
    """

    rows: int
    account: int
    factors: int
    together: float
    numbers: int
    kinds: int
    flags: int
    useless: int
    strength: float
    active: float
    interactions: int
    noise: float
    drift: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A training set, later rows of other entities with their outcomes, and the names of the text columns.

    `truth` holds the true probabilities of the later rows; None where several rows of an entity share one outcome,
    as that depends on rows not yet seen.
    """

    seed: int
    plan: Plan
    train: TrainingSet
    frame: Mapping[str, Column]
    outcome: Floats
    truth: Floats | None
    categorical: tuple[str, ...]

    def traits(self) -> dict[str, float]:
        """The plan as plain numbers, with the share of deals won."""
        return {**asdict(self.plan), "won": float(self.train.y.mean())}


def plan_of(chance: Generator) -> Plan:
    """Draws what a table is like."""
    return Plan(
        rows=int(chance.integers(2, 6)) if chance.random() < 0.2 else 1,
        account=2 if chance.random() < 0.3 else 1,
        factors=int(chance.integers(1, 5)),
        together=float(chance.choice([0.0, 0.3, 0.6, 0.85])),
        numbers=int(chance.integers(3, 18)),
        kinds=int(chance.integers(1, 10)),
        flags=int(chance.integers(0, 8)),
        useless=int(chance.choice([0, 0, 0, 20, 50])),
        strength=float(chance.choice([0.2, 0.4, 0.7])),
        active=float(chance.uniform(0.15, 0.6)),
        interactions=int(chance.choice([0, 0, 1, 2, 4])),
        noise=float(chance.choice([0.0, 0.0, 0.5])),
        drift=float(chance.choice([0.0, 0.0, 0.7])),
    )


class Table:
    """A table in the making: its columns so far, and the log-odds that they add up to.

    Arrays have one entry a row; `entity` is the row's entity, counted in order of time, and `when` its time.
    """

    def __init__(self, plan: Plan, deals: int, test: int, chance: Generator) -> None:
        self.plan, self.chance, self.deals, self.entities = plan, chance, deals, deals + test
        self.entity = np.repeat(np.arange(self.entities), plan.rows)
        self.when = np.r_[np.linspace(0, 1, deals), np.linspace(1, FUTURE, test)][self.entity]
        self.factors = chance.normal(size=(self.entities, plan.factors))
        self.log_odds = np.zeros(len(self.entity))
        self.columns: dict[str, Column] = {}
        self.texts: list[str] = []
        self.latents: list[Floats] = []

    def latent(self, *, steady: bool = False, useless: bool = False) -> Floats:
        """A standard normal column: factors and its own part. A steady one is the same in all rows of an entity."""
        plan, chance = self.plan, self.chance
        own = chance.normal(size=self.entities)
        if useless:
            return own[self.entity]
        shared = self.factors @ chance.normal(size=plan.factors)
        shared /= np.sqrt((shared**2).mean())
        values = (plan.together * shared + np.sqrt(1 - plan.together**2) * own)[self.entity]
        if plan.rows > 1 and not steady and chance.random() < 0.6:
            values = (values + WOBBLE * chance.normal(size=len(values))) / np.sqrt(1 + WOBBLE**2)
        return np.asarray(values, dtype=np.float64)

    def acts(self) -> bool:
        """Draws whether a column has an effect."""
        return bool(self.chance.random() < self.plan.active)

    def some_entities(self, share: float | Floats) -> NDArray[np.bool_]:
        """Rows of entities drawn with a probability, one for all or one a row."""
        return np.asarray(self.chance.random(self.entities)[self.entity] < share, dtype=np.bool_)

    def add_number(self, name: str, *, useless: bool = False) -> None:
        """Adds a number, its effect and its gaps; a useless one is independent of everything."""
        latent = self.latent(useless=useless)
        values = shapes.marginal(latent, self.when, self.chance)
        if not useless:
            self.latents.append(latent)
            if self.acts():
                self.log_odds += self.coefficient() * shapes.effect(latent, self.chance)
        self.columns[name] = np.where(self.gaps(latent, useless=useless), np.nan, values)

    def gaps(self, latent: Floats, *, useless: bool) -> NDArray[np.bool_]:
        """Draws where a number is missing, and adds what that says."""
        why, share = str(self.chance.choice(MISSING)), self.chance.uniform(0.05, 0.6)
        if why == "never":
            return np.zeros(len(latent), dtype=np.bool_)
        by_value = probability(np.log(share / (1 - share)) + 1.5 * latent)
        gone = self.some_entities(by_value if why == "by value" else share)
        if why == "says something" and not useless:
            self.log_odds += self.coefficient() * gone
        return gone

    def coefficient(self, times: float = 1.0) -> float:
        """Draws a coefficient."""
        return float(self.chance.normal(0, times * self.plan.strength))

    def add_kind(self, name: str, *, useless: bool = False) -> None:
        """Adds a category of 2 to 60 levels, from even to very uneven ones, three of ten times with gaps."""
        chance = self.chance
        levels = int(chance.choice(LEVELS))
        share = 1 / np.arange(1, levels + 1) ** chance.uniform(0, 1.3)
        edges = np.cumsum(share / share.sum())[:-1]
        place = np.searchsorted(edges, norm.cdf(self.latent(steady=True, useless=useless)))
        place = chance.permutation(levels)[place]
        if not useless:
            self.latents.append(np.asarray((place - place.mean()) / (place.std() + 1e-9)))
            if self.acts():
                self.log_odds += chance.normal(0, 1.2 * self.plan.strength, levels)[place]
        values = np.array([f"level {i}" for i in range(levels)], dtype=object)[place]
        if chance.random() < 0.3:
            values[self.some_entities(chance.uniform(0.05, 0.5))] = None
        self.add_text(name, values)

    def add_flag(self, name: str) -> None:
        """Adds a column of Yes and No."""
        on = self.some_entities(self.chance.uniform(0.03, 0.6))
        if self.acts():
            self.log_odds += self.coefficient(1.5) * on
        self.latents.append(np.where(on, 1.0, -1.0))
        self.add_text(name, np.where(on, "Yes", "No").astype(object))

    def add_ids(self) -> None:
        """Adds, to some tables, an id as text (of every entity, or one for about three) and an id as a number."""
        chance = self.chance
        if chance.random() < 0.4:
            many = int(chance.choice([self.entities, max(self.entities // 3, 2)]))
            drawn = chance.integers(0, many, self.entities)
            self.add_text("code", np.array([f"id {i}" for i in drawn], dtype=object)[self.entity])
        if chance.random() < 0.3:
            # by time, not by row: test rows stand closer, and would else count up to many times what was learned from
            serial = np.round(self.deals * self.when) + chance.integers(0, 5, self.entities)[self.entity]
            self.columns["serial"] = np.asarray(serial, dtype=np.float64)

    def add_text(self, name: str, values: Column) -> None:
        """Adds a text column."""
        self.columns[name] = values
        self.texts.append(name)

    def add_interaction(self) -> None:
        """Adds what two columns do together: their product, or that both are above their middle."""
        first, second = self.chance.choice(len(self.latents), 2, replace=False)
        one, other = self.latents[first], self.latents[second]
        both = one * other if self.chance.random() < 0.5 else 2.0 * ((one > 0) & (other > 0))
        self.log_odds += self.coefficient(1.5) * both

    def fill(self) -> None:
        """Adds every column of the plan and every part of the log-odds."""
        plan, chance = self.plan, self.chance
        for i in range(plan.numbers + plan.useless):
            self.add_number(f"number {i}", useless=i >= plan.numbers)
        for i in range(plan.kinds + plan.useless // 10):
            self.add_kind(f"kind {i}", useless=i >= plan.kinds)
        for i in range(plan.flags):
            self.add_flag(f"flag {i}")
        self.add_ids()
        for _ in range(plan.interactions):
            self.add_interaction()
        self.log_odds += chance.normal(0, plan.noise, self.entities)[self.entity]
        self.log_odds += chance.normal(-0.9, 0.8) - self.log_odds.mean()
        self.log_odds += chance.normal(0, plan.drift) * (2 * self.when - 1)

    def outcomes(self) -> Floats:
        """Draws the outcome of every row: one an entity, from the mean log-odds of its rows."""
        mean = np.bincount(self.entity, self.log_odds) / self.plan.rows
        spread = 1.3 if self.plan.rows > 1 else 1.0  # the mean of several rows varies less than one row
        won = self.chance.random(self.entities) < probability(spread * mean)
        return won.astype(np.float64)[self.entity]


def draw(deals: int, seed: int, test: int = TEST) -> Problem:
    """Draws a table with so many entities to learn from; the same one for the same deals and seed."""
    chance = np.random.default_rng([seed, deals])
    plan = plan_of(chance)
    table = Table(plan, deals, test, chance)
    table.fill()
    outcome = table.outcomes()
    later = np.flatnonzero(table.entity >= deals)
    later = later if plan.rows == 1 else chance.choice(later, test, replace=False)
    return Problem(
        seed=seed,
        plan=plan,
        train=training_set(table, outcome, deals),
        frame={name: values[later] for name, values in table.columns.items()},
        outcome=outcome[later],
        truth=probability(table.log_odds[later]) if plan.rows == 1 else None,
        categorical=tuple(table.texts),
    )


def training_set(table: Table, outcome: Floats, deals: int) -> TrainingSet:
    """The rows of the first entities: a deal a day, the rows of one an hour apart, each decided a second later."""
    rows = np.flatnonzero(table.entity < deals)
    entity = table.entity[rows]
    ages = np.asarray(HOUR * (rows % table.plan.rows), dtype=np.float64)
    seconds = DAY * deals * table.when[rows] + ages
    data = TrainingSet(
        ids=np.array([f"d{i:06d}" for i in entity]),
        groups=np.array([f"a{i:06d}" for i in entity // table.plan.account]),
        seconds=seconds,
        closed=seconds + 1,
        kinds=np.ones(len(rows)),
        y=outcome[rows],
        weight=np.ones(len(rows)),
        frame={name: values[rows] for name, values in table.columns.items()},
        ages=ages,
    )
    return replace(data, weight=weighed(data, float(seconds.max()) + DAY))
