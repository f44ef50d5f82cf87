"""Files that hold persons and organisations: donors, vendors, owners of land, parties to contracts."""

import random
from collections.abc import Iterator

from tests.benchmarks.population import organisations, persons
from tests.benchmarks.population.mention import Facts, Mention
from tests.benchmarks.population.plan import Plan

TYPES = (
    ("PERSON", "ORGANIZATION"),
    ("person", "organization"),
    ("INDIVIDUAL", "COMPANY"),
    ("Person", "Org"),
    ("IND", "ORG"),
)


def mentions(plan: Plan, rng: random.Random, scene: str) -> Iterator[Mention]:
    """All records of a mixed file: some entities persons, the others organisations."""
    share = rng.uniform(0.2, 0.8)
    human = [rng.random() < share for _ in plan.tellings]
    people = iter(persons.population(plan, rng, [f"p{n}" for n, one in enumerate(human) if one]))
    words = rng.choice(TYPES)
    taste = (1, 0.7, 0.3, 0.1, 0.5)
    taken: set[str] = set()
    for n, sources in enumerate(plan.tellings):
        if human[n]:
            person = next(people)
            for place, source in enumerate(sources):
                facts = persons.told(person, place / len(sources), rng) | {"record_type": words[0]}
                yield Mention(person.key, source, "person", person.land, facts)
            continue
        land = rng.choice(plan.lands) if rng.random() < 0.3 else plan.lands[0]
        facts = organisations.firm(land, rng, taste)
        for _ in range(6):
            if facts["base"] in taken:
                facts = organisations.firm(land, rng, taste)
        taken.add(facts["base"])
        facts |= {"record_type": words[1]}
        for source in sources:
            yield Mention(f"o{n}", source, "organisation", land, facts)


def shown(cells: Facts, what: str, attributes: tuple[str, ...], rng: random.Random) -> Facts:
    """The names in a mixed file's columns: one column for both, or each its own."""
    if what == "person" and "name" in attributes:
        return {"name": cells["full"]}
    if what == "organisation" and "name_org" in attributes:
        return {"name_org": cells["name"]}
    return {}
