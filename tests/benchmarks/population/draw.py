"""Draw a problem: python -m tests.benchmarks.population.draw SEED FOLDER writes its records.csv and truth.csv."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.population import mixed, organisations, persons, sites, words
from tests.benchmarks.population.columns import Layout, laid_out
from tests.benchmarks.population.letters import slip
from tests.benchmarks.population.mention import Facts, Mention
from tests.benchmarks.population.noise import Taste, spoiled, taste
from tests.benchmarks.population.plan import Plan, planned
from tests.benchmarks.population.problem import Problem
from tests.benchmarks.population.writing import written

SCENES = {
    "persons": ("customers", "customers", "staff", "documents"),
    "organisations": ("names", "names", "affiliations", "companies", "companies", "companies"),
    "sites": sites.TRADES,
    "mixed": ("typed", "typed", "typed", "split", "split", "apart", "apart", "one"),
}
SUBJECTS = {
    "persons": persons.mentions,
    "organisations": organisations.mentions,
    "sites": sites.mentions,
    "mixed": mixed.mentions,
}
KINDS = {"persons": "contact", "organisations": "account", "sites": "account", "mixed": "mixed"}
FRESH = ("document", "topic", "year", "colleagues")  # never copied from another record
NAMES = ("family", "full", "name", "name_org", "middle")
TYPED = ("job", "colleagues", "topic", "contact", "owner", "full", "address", "industry")


def draw(seed: int, most: int = 6000) -> Problem:
    """The problem of a seed: of at most `most` records, always the same one."""
    rng = random.Random(f"problem {seed}")
    plan = planned(seed, most, rng)
    subject = plan.strata["subject"]
    scene = rng.choice(SCENES[subject])
    if scene == "affiliations" and plan.strata["noise"] == "none":
        scene = "names"
    layout = laid_out(plan, subject, scene, rng)
    told = list(SUBJECTS[subject](plan, rng, scene))
    rows = list(_rows(told, plan, layout, taste(rng), rng))
    order = list(range(len(rows)))
    rng.shuffle(order)
    if rng.random() < 0.3:  # some exports stand source by source
        order.sort(key=lambda n: told[n].source)
    form = rng.choice(("{}", "R{:06d}", "rec-{}", "{:05d}"))
    start = rng.choice((0, 1, 1000, 530211))
    entities = {key: f"E{n}" for n, key in enumerate(dict.fromkeys(told[n].entity for n in order), 1)}
    return Problem(
        seed,
        KINDS[subject],
        ("record_id", *layout.headers),
        tuple((form.format(start + n), *rows[place]) for n, place in enumerate(order)),
        tuple(entities[told[place].entity] for place in order),
        plan.strata,
    )


def _rows(
    told: list[Mention], plan: Plan, layout: Layout, likes: Taste, rng: random.Random
) -> Iterator[tuple[str, ...]]:
    """The cells of each record; a record may be a copy of an earlier one of its entity, with its errors."""
    before: dict[str, list[Facts]] = {}
    messy = min(1.0, plan.dose * 2)
    for mention in told:
        earlier = before.setdefault(mention.entity, [])
        if earlier and rng.random() < plan.copying:
            fresh = {part: mention.facts[part] for part in FRESH if part in mention.facts}
            facts = rng.choice(earlier) | fresh
            facts = spoiled(facts, mention.what, mention.land, plan.dose * 0.3, likes, rng)
        else:
            facts = spoiled(mention.facts, mention.what, mention.land, plan.dose, likes, rng)
        earlier.append(facts)
        source = plan.sources[mention.source]
        cells = written(facts, mention.land, source, messy, rng) | _extras(source.name, rng)
        cells |= mixed.shown(cells, mention.what, layout.attributes, rng)
        yield tuple(
            _cell(cells.get(part, ""), part, mention.source, plan, layout, likes, rng) for part in layout.attributes
        )


def _cell(
    value: str, part: str, source: int, plan: Plan, layout: Layout, likes: Taste, rng: random.Random
) -> str:  # fmt: skip
    """A value as it stands in the file: empty, a placeholder, or with a slip that came with the writing."""
    if (source, part) in layout.never:
        return ""
    if rng.random() < layout.rates[part] or not value:
        if part not in NAMES and rng.random() < plan.sources[source].blanks:
            return rng.choice(words.BLANKS.get(part, words.BLANKS["any"]))
        return ""
    if part in TYPED and rng.random() < plan.dose * 0.3:
        return slip(value, likes.slips, rng)
    return value


def _extras(source: str, rng: random.Random) -> Facts:
    """What a file has besides: nothing of it tells who somebody is."""
    return {
        "source": source,
        "notes": rng.choice(words.NOTES) if rng.random() < 0.3 else "",
        "amount": f"{10 ** rng.uniform(1, 5):.2f}",
        "status": rng.choice(words.STATUSES),
        "created": f"{rng.randint(2009, 2023)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "category": rng.choice("ABC"),
        "department": rng.choice(("Sales", "IT", "Finance", "Operations", "HR", "R&D", "Legal")),
        "capacity": str(rng.randint(5, 200)),
    }


def main(arguments: list[str]) -> int:
    """Write the problem of a seed into a folder and say what it is."""
    if len(arguments) != 2 or not arguments[0].lstrip("-").isdigit():
        print("python -m tests.benchmarks.population.draw SEED FOLDER", file=sys.stderr)
        return 2
    problem, folder = draw(int(arguments[0])), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    problem.write(folder)
    said = ", ".join(f"{name} {value}" for name, value in problem.strata.items())
    print(f"{len(problem.rows)} records of {len(set(problem.truth))} entities, kind {problem.kind}: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
