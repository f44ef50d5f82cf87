"""Organisations: firms, offices, schools and churches; subsidiaries, franchises and names that all sound alike."""

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.benchmarks.population import words
from tests.benchmarks.population.lands import CLOSE, COUNTRIES, Land, address, phone
from tests.benchmarks.population.mention import Facts, Mention
from tests.benchmarks.population.plan import Plan
from tests.benchmarks.population.scripts import latin, plain

PLACE = ("house", "street", "unit", "city", "state", "zip", "lat", "lon")
EVEN = (1.0, 1.0, 1.0, 0.3, 0.5)
FAMILY_FORMS = (
    "{f} {t}",
    "{f} {t}",
    "{f} & {s}",
    "{a}&{b} {t}",
    "{f} Brothers {t}",
    "{f} & Sons",
    "{f}, {s} and Associates",
    "{g}'s {t}",
    "{f} {s} {t}",
)


def mentions(plan: Plan, rng: random.Random, scene: str) -> Iterator[Mention]:
    """All records of an organisations problem; where there are only names, no two organisations bear the same."""
    taste = tuple(rng.random() ** 2 for _ in range(5))
    near = rng.choice((0.0, 0.05, 0.2))
    agents = [address(plan.lands[0], rng, business=True) for _ in range(2)] if rng.random() < 0.2 else []
    before: list[tuple[Land, Facts]] = []
    taken: set[str] = set()
    twice = rng.choice((0.0, 0.01, 0.05)) if scene == "companies" else 0.0
    for n, sources in enumerate(plan.tellings):
        for _ in range(12):
            place, facts = _one(plan, before, near, taste, rng)
            if facts["base"].lower() not in taken or rng.random() < twice:
                break
        else:
            second = rng.choice((facts["city"], place.families.pick(rng)))
            facts = _renamed(facts, f"{second} {facts['base']}")
        taken.add(facts["base"].lower())
        before.append((place, facts))
        if agents and rng.random() < 0.2:  # registered at an agent's, as thousands are
            facts = facts | rng.choice(agents)
        for mention in _records(f"o{n}", sources, place, facts, plan, rng):
            yield _affiliated(mention, rng) if scene == "affiliations" else mention


def _affiliated(mention: Mention, rng: random.Random) -> Mention:
    """An organisation as authors name it: with a department before it, its town and country behind it."""
    facts, rooms = mention.facts, words.listed("rooms", mention.land.language)
    parts = [facts["name"]]
    if rooms and rng.random() < 0.4:
        parts.insert(0, rng.choice(rooms))
    if rng.random() < 0.6:
        parts.append(facts["city"])
    if rng.random() < 0.5:
        parts.append(rng.choice(COUNTRIES[mention.land.code]))
    return replace(mention, facts=facts | {"name": ", ".join(parts), "legal": ""})


def _records(
    key: str, sources: tuple[int, ...], place: Land, facts: Facts, plan: Plan, rng: random.Random
) -> Iterator[Mention]:
    """An organisation's records, some from after it moved or changed its phone."""
    times = [facts]
    while rng.random() < plan.moving and len(times) < 3:
        fresh = firm(place, rng)
        times.append(times[-1] | {p: fresh[p] for p in rng.choice((PLACE, ("phone",), ("contact",), ("web", "email")))})
    for source in sources:
        yield Mention(key, source, "organisation", place, rng.choice(times))


def _one(
    plan: Plan, before: list[tuple[Land, Facts]], near: float, taste: tuple[float, ...], rng: random.Random
) -> tuple[Land, Facts]:
    """A new organisation, now and then named like one before."""
    place = rng.choice(plan.lands) if rng.random() < 0.4 else plan.lands[0]
    facts = firm(place, rng, taste)
    if before and rng.random() < near:
        place, other = rng.choice(before)
        facts = _kin(other, firm(place, rng, taste), rng)
    return place, facts


def firm(place: Land, rng: random.Random, taste: tuple[float, ...] = EVEN) -> Facts:
    """An organisation: name, legal form, place, phones, web, numbers. `taste` weighs the kinds of names."""
    town = place.towns.pick(rng)
    base, legal = named(place, town.name, rng, taste)
    number = phone(town, place, rng)
    return address(place, rng, town, business=True) | {
        "base": base,
        "legal": legal,
        "name": f"{legal} {base}" if place.language in {"ru", "uk"} and legal else f"{base} {legal}".strip(),
        "phone": number,
        "fax": number[:-4] + f"{rng.randint(0, 9999):04d}",
        **online(base, place, rng),
        "vat": f"{place.code[-2:]}{rng.randint(10**8, 10**9 - 1)}",
        "industry": rng.choice(words.listed("industry", "en")[:24]),
        "employees": str(int(10 ** rng.uniform(0, 4.3))),
        "contact": _head(place, rng),
    }


def _head(place: Land, rng: random.Random) -> str:
    given, family = rng.choice((place.men, place.women)).pick(rng), place.families.pick(rng)
    return family + given if place.language in CLOSE else f"{given} {family}"


def online(base: str, place: Land, rng: random.Random) -> Facts:
    """The web and mail address that go with a name."""
    mail = plain(latin(base, place.language, rng)).lower()
    parts = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in mail.split()]
    parts = [part for part in parts if part and part not in {"the", "of", "and"}] or ["firm"]
    stem = rng.choice(("".join(parts[:2]), parts[0] + (parts[-1][:3] if parts[1:] else ""), "-".join(parts[:3])))
    end = "com" if place.language == "en" or rng.random() < 0.4 else place.code[-2:].lower()
    web = f"{stem[:28].strip('-')}.{end}"
    return {"web": web, "email": f"{rng.choice(('info', 'contact', 'office', 'sales', 'admin'))}@{web}"}


def named(place: Land, town: str, rng: random.Random, taste: tuple[float, ...] = EVEN) -> tuple[str, str]:
    """A name and its legal form: of a family, a coined brand, a town, an authority, or from faker's own list."""
    legal = rng.choice(words.LEGAL.get(place.language, ("",))) if rng.random() < 0.75 else ""
    kind = rng.choices(("family", "coined", "town", "office", "listed"), [share + 0.02 for share in taste])[0]
    if kind == "listed" and place.language not in {"ar", "he", "uk"}:
        return _parted(place.firms.pick(rng))
    if kind == "office" and place.language == "en":
        return rng.choice(words.listed("offices")).format(d=rng.choice(words.listed("services"))), ""
    if kind == "town":
        forms = words.listed("placed") if place.language == "en" else words.listed("placed_abroad", place.language)
        return rng.choice(forms).format(t=town, f=place.families.pick(rng)), legal if rng.random() < 0.1 else ""
    if kind == "coined" and place.language not in {*CLOSE, "ar"}:
        return _coined(place, town, rng), legal
    return _family(place, town, rng), legal


def _parted(name: str) -> tuple[str, str]:
    """The legal form apart from the name that it ends."""
    base, _, last = name.rpartition(" ")
    return (base.rstrip(","), last) if base and last in words.LEGAL_FORMS else (name, "")


def _trade(place: Land, rng: random.Random) -> str:
    return rng.choice(words.listed("industry", place.language) or words.listed("industry", "en"))


def _coined(place: Land, town: str, rng: random.Random) -> str:
    trade = _trade(place, rng)
    if rng.random() < 0.35:
        epithet, other = rng.sample(words.listed("epithets"), 2)
        return rng.choice((f"{epithet} {trade}", f"{epithet} {other} {trade}", f"{epithet} {trade} {town}"))
    word = rng.choice(words.listed("brands")) + rng.choice(words.listed("brand_ends"))
    return f"{word} {trade}" if rng.random() < 0.5 and place.language not in {"he", "el"} else word


def _family(place: Land, town: str, rng: random.Random) -> str:
    """The founders' names and mostly the trade."""
    family, second, trade = place.families.pick(rng), place.families.pick(rng), _trade(place, rng)
    if place.language in CLOSE:
        return rng.choice((family, family, family + second[-1], town)) + trade
    if place.language == "ar":
        return f"شركة {family} {trade}"
    forms = FAMILY_FORMS if place.language == "en" else ("{f} {t}", "{t} {f}", "{f} & {s}", "{f} {s} {t}")
    given = place.men.pick(rng)
    return rng.choice(forms).format(f=family, s=second, t=trade, a=family[0], b=second[0], g=given)


def _renamed(facts: Facts, base: str) -> Facts:
    return facts | {"base": base, "name": f"{base} {facts['legal']}".strip()}


def _kin(other: Facts, own: Facts, rng: random.Random) -> Facts:
    """Another organisation named like one before: a subsidiary, a near name, or plainly a namesake elsewhere."""
    how = rng.choice(("function", "function", "land", "near", "franchise", "namesake"))
    base = other["base"]
    if how == "function":
        base = f"{base} {rng.choice(words.listed('functions'))}"
    elif how == "land":
        land = rng.choice(words.listed("foreign"))
        base = rng.choice((f"{base} ({land})", f"{base} {land}"))
    elif how == "near":
        base = f"{base.split()[0]} {own['base'].split()[-1]}"
    elif how == "franchise":
        base = rng.choice((f"{base} {own['city']}", f"{own['base']} dba {base}", f"{base} of {own['city']}"))
    facts = _renamed(own | {"legal": own["legal"] if own["legal"] and other["legal"] else other["legal"]}, base)
    if how in {"function", "land"}:
        shared = ["web"] * (rng.random() < 0.6) + ["phone"] * (rng.random() < 0.3) + list(PLACE) * (rng.random() < 0.3)
        facts |= {part: other[part] for part in shared}
    return facts
