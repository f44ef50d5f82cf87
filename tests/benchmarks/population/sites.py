"""Sites: the places of organisations. One owner may have many of one name; each place is an entity of its own."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.population import organisations
from tests.benchmarks.population.lands import Land, Town, address, phone
from tests.benchmarks.population.mention import Facts, Mention
from tests.benchmarks.population.plan import Plan
from tests.benchmarks.population.words import listed, table

TRADES = tuple(table("site_trades"))
SPOT = ("house", "street", "zip", "lat", "lon")


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner of many sites: a chain, a franchise's operator or an authority, at home in one town or anywhere.

    `way` is how its sites are named: all alike (bare), by number, by town or by street.
    """

    facts: Facts
    brand: str
    land: Land
    town: Town | None
    way: str


def mentions(plan: Plan, rng: random.Random, scene: str) -> Iterator[Mention]:
    """All records of a sites problem; `scene` is the trade."""
    chained, shared_phone = rng.choice((0.05, 0.3, 0.7)), rng.choice((0.0, 0.1, 0.5))
    way = rng.choice(("bare", "number", "place", "any"))
    many = max(rng.randint(3, 12), len(plan.tellings) // rng.choice((8, 25, 80)))
    owners = [_owner(scene, place, way, rng) for place in plan.lands for _ in range(many)]
    before: list[tuple[Town, Facts]] = []
    taken: set[tuple[str, ...]] = set()
    for n, sources in enumerate(plan.tellings):
        place = rng.choice(plan.lands) if rng.random() < 0.3 else plan.lands[0]
        owner = None
        if rng.random() < chained:
            owner = owners[min(int(rng.expovariate(3) * len(owners)), len(owners) - 1)]
            place = owner.land
        town, spot = rng.choice(before) if before and rng.random() < 0.04 else (None, None)  # one mall or campus
        town = town if town in place.towns.items else None
        for _ in range(6):
            here = town or (owner.town if owner and owner.town and rng.random() < 0.8 else place.towns.pick(rng))
            where = address(place, rng, here, business=True)
            where |= {part: spot[part] for part in SPOT} if spot and town else {}
            facts = _site(scene, owner, place, here, where, shared_phone, rng)
            if (facts["name"], facts["street"], facts["house"]) not in taken:
                break
        taken.add((facts["name"], facts["street"], facts["house"]))
        before.append((here, facts))
        later = facts | {"phone": phone(here, place, rng)} if rng.random() < plan.moving else facts
        for source in sources:
            yield Mention(f"s{n}", source, "site", place, later if rng.random() < 0.4 else facts)


def _owner(scene: str, place: Land, way: str, rng: random.Random) -> Owner:
    facts = organisations.firm(place, rng)
    town = place.towns.pick(rng) if rng.random() < 0.5 else None
    brand = rng.choice(listed("site_chains", scene))
    if rng.random() < 0.4:
        brand = _alone(scene, place, town or place.towns.pick(rng), facts["base"], rng)
    own = rng.choice(("bare", "number", "place", "street")) if way == "any" or rng.random() < 0.2 else way
    return Owner(facts, brand, place, town, own)


def _site(
    scene: str,
    owner: Owner | None,
    place: Land,
    town: Town,
    where: Facts,
    shared_phone: float,
    rng: random.Random,
) -> Facts:
    """One site: an owner's, or one that is its owner's only one."""
    own = organisations.firm(place, rng)
    if owner:
        name = owner.brand + _tail(owner.way, town, where, rng)
        facts = own | {part: owner.facts[part] for part in ("web", "email", "vat", "contact")}
        line = owner.facts["phone"] if rng.random() < shared_phone else phone(town, place, rng)
        facts |= {"owner": owner.facts["name"], "phone": line}
    else:
        name = _alone(scene, place, town, own["name"], rng)
        fresh = organisations.online(name, place, rng)
        facts = own | fresh | {"owner": own["name"] if rng.random() < 0.6 else name, "phone": phone(town, place, rng)}
    named = {
        "name": name,
        "base": name,
        "legal": "",
        "trade": scene,
        "industry": rng.choice(listed("site_kinds", scene)),
    }
    return facts | where | named | {"employees": str(int(10 ** rng.uniform(0.3, 2.5)))}


def _alone(scene: str, place: Land, town: Town, name: str, rng: random.Random) -> str:
    """The name of a single site; abroad mostly that of a firm."""
    if place.language != "en" and (rng.random() < 0.9 or not place.families.items[0][0].isascii()):
        return name
    return rng.choice(listed("site_trades", scene)).format(
        g=place.men.pick(rng),
        f=place.families.pick(rng),
        s=place.families.pick(rng),
        t=town.name,
        d=rng.randint(1, 40),
        a=rng.choice(listed("adjectives")),
        n=rng.choice(listed("nouns")),
        c=rng.choice(listed("adjectives")),
    )


def _tail(way: str, town: Town, where: Facts, rng: random.Random) -> str:
    """What an owner's sites are told apart by in their names, if by anything."""
    if way == "number":
        return rng.choice((" #{}", " No. {}", " {}", " Store {}")).format(rng.randint(1, 4000))
    if way == "place":
        return rng.choice((f" - {town.name}", f" {town.name}", f" of {town.name}"))
    if way == "street":
        return rng.choice((" at {}", " - {}", " {}")).format(where["street"].split()[0])
    return ""
