"""Persons: with households, namesakes, twins and colleagues, or as mentions in documents."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.population import organisations, words
from tests.benchmarks.population.lands import CLOSE, Land, Pool, address, feminine, phone, pool
from tests.benchmarks.population.mention import Facts, Mention
from tests.benchmarks.population.plan import Plan
from tests.benchmarks.population.scripts import latin, plain

HOME = ("house", "street", "unit", "city", "state", "zip", "lat", "lon", "phone")


@dataclass(frozen=True, slots=True)
class Person:
    """A person: what stays, and the stations (employer, town, phones, mail) one after another."""

    key: str
    land: Land
    facts: Facts
    stations: tuple[Facts, ...]


def mentions(plan: Plan, rng: random.Random, scene: str) -> Iterator[Mention]:
    """All records of a persons problem: as mentions in documents, or each by itself."""
    people = population(plan, rng, [f"p{n}" for n in range(len(plan.tellings))])
    if scene == "documents":
        yield from _documents(people, plan, rng)
        return
    for person, sources in zip(people, plan.tellings, strict=True):
        for place, source in enumerate(sources):
            yield Mention(person.key, source, "person", person.land, told(person, place / len(sources), rng))


def told(person: Person, when: float, rng: random.Random) -> Facts:
    """A person's facts at a time of life between 0 and 1."""
    when = when if rng.random() < 0.7 else rng.random()
    return person.facts | person.stations[min(int(when * len(person.stations)), len(person.stations) - 1)]


def population(plan: Plan, rng: random.Random, keys: list[str]) -> list[Person]:
    """One person for each key; some share a name, a household or a company with one before."""
    each = max(4, len(keys) // 12)
    steep = rng.choice((0.3, 0.7, 1.1))
    firms = {place.code: pool([organisations.firm(place, rng) for _ in range(each)], steep) for place in plan.lands}
    people: list[Person] = []
    names: set[tuple[str, str]] = set()
    for key in keys:
        other = rng.choice(people) if people else None
        if other and rng.random() < plan.households:
            person = _relative(key, other, firms[other.land.code].pick(rng), rng)
        else:
            person = _stranger(key, other, names, firms, plan, rng)
        names.add((person.facts["given"], person.facts["family"]))
        people.append(person)
    return people


def _stranger(
    key: str,
    other: Person | None,
    names: set[tuple[str, str]],
    firms: dict[str, Pool],
    plan: Plan,
    rng: random.Random,
) -> Person:
    """A person by itself. Common names meet anyway; how often beyond that they do is what `namesakes` says."""
    place = rng.choice(plan.lands) if rng.random() < 0.3 else plan.lands[0]
    facts = _self(place, rng)
    for _ in range(6):
        if (facts["given"], facts["family"]) in names:
            facts = _self(place, rng)
    if other and rng.random() < plan.namesakes:
        place = other.land
        facts |= {part: other.facts[part] for part in ("given", "family", "surname", "gender", "middle")}
        if rng.random() < 0.7:
            facts["middle"] = _middle(place, facts["gender"], rng)
    return _person(key, place, facts, firms[place.code], plan, rng)


def _middle(place: Land, gender: str, rng: random.Random) -> str:
    if place.language == "ar":
        return place.men.pick(rng)
    if place.language in {"ja", "zh", "ko", "he"} or rng.random() < 0.4:
        return ""
    return (place.women if gender == "F" else place.men).pick(rng)


def _self(place: Land, rng: random.Random) -> Facts:
    """What stays with a person."""
    gender = rng.choice("FM")
    family = place.families.pick(rng)
    if place.code in {"es_ES", "pt_BR"} and rng.random() < 0.7:
        family += " " + place.families.pick(rng)
    elif rng.random() < 0.03 and place.language not in {"ja", "zh", "ko", "ar", "he"}:
        family += "-" + place.families.pick(rng)
    year = int(rng.triangular(1925, 2008, 1972))
    return {
        "given": (place.women if gender == "F" else place.men).pick(rng),
        "middle": _middle(place, gender, rng),
        "family": feminine(family, place) if gender == "F" else family,
        "surname": family,
        "gender": gender,
        "suffix": "",
        "title": rng.choice(("Mr", "Mr.", "Dr.") if gender == "M" else ("Ms", "Mrs.", "Miss", "Dr.")),
        "dob": f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "ssn": f"{rng.randint(100, 899)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}",
    }


def _person(key: str, place: Land, facts: Facts, firms: Pool, plan: Plan, rng: random.Random) -> Person:
    """A person with one station, and more for those who move."""
    stations = [_station(place, facts, firms.pick(rng), rng)]
    while rng.random() < plan.moving and len(stations) < 4:
        last = dict(stations[-1])
        fresh = _station(place, facts, firms.pick(rng), rng)
        parts = rng.choice(
            (HOME, ("employer", "job", "work_mail", "work_phone", "web"), ("email",), ("phone", "mobile"))
        )
        stations.append(last | {part: fresh[part] for part in parts})
    return Person(key, place, facts, tuple(stations))


def _station(place: Land, facts: Facts, work: Facts, rng: random.Random) -> Facts:
    town = place.towns.pick(rng)
    home = address(place, rng, town)
    mail = mail_name(facts, place, rng)
    return home | {
        "phone": phone(town, place, rng),
        "mobile": phone(town, place, rng, mobile=True),
        "email": f"{mail}{rng.choice(('', '', str(rng.randint(1, 99))))}@{rng.choice(words.MAIL_HOSTS)}",
        "employer": work["name"],
        "work_phone": work["phone"] if rng.random() < 0.6 else phone(town, place, rng),
        "work_mail": f"{mail}@{work['web']}",
        "web": work["web"],
        "job": rng.choice(words.JOBS),
    }


def mail_name(facts: Facts, place: Land, rng: random.Random) -> str:
    """The part of an address before the @, in one of the usual ways."""
    given, family = (
        "".join(c for c in plain(latin(facts[part], place.language, rng)).lower() if c.isascii() and c.isalnum()) or "x"
        for part in ("given", "family")
    )
    forms = ("{g}.{f}", "{i}{f}", "{g}{f}", "{f}.{i}", "{g}_{f}")
    return rng.choice(forms).format(g=given, f=family, i=given[0])


def _relative(key: str, other: Person, work: Facts, rng: random.Random) -> Person:
    """A spouse, child, twin or junior of somebody: one house, mostly one surname, often one phone or mailbox."""
    facts = _self(other.land, rng)
    how = rng.choices(("spouse", "child", "twin", "junior", "flatmate"), (5, 5, 1, 1, 1))[0]
    if how == "twin":
        facts |= {"dob": other.facts["dob"], "gender": other.facts["gender"]}
        same = [g for g in _givens(other) if g[:1] == other.facts["given"][:1]]
        facts["given"] = rng.choice(same or [facts["given"]])
    elif how == "junior":
        facts |= {part: other.facts[part] for part in ("given", "gender", "middle")}
        born = int(other.facts["dob"][:4]) + rng.randint(19, 38)
        facts |= {"suffix": rng.choice(("Jr", "Jr.", "II")), "dob": f"{born}{facts['dob'][4:]}"}
    if how != "flatmate":
        surname = other.facts["surname"]
        family = feminine(surname, other.land) if facts["gender"] == "F" else surname
        facts |= {"surname": surname, "family": family}
    if how != "junior" and facts["given"] == other.facts["given"]:
        facts["given"] = next((g for g in _givens(other) if g != other.facts["given"]), facts["given"])
    own = _station(other.land, facts, work, rng)
    shared = list(HOME) if rng.random() < 0.7 else [part for part in HOME if part != "phone"]
    shared += ["email"] * (rng.random() < 0.25) + ["mobile"] * (rng.random() < 0.1)
    return Person(key, other.land, facts, (own | {part: other.stations[0][part] for part in shared},))


def _givens(person: Person) -> tuple:
    return (person.land.women if person.facts["gender"] == "F" else person.land.men).items


def _called(person: Person) -> str:
    given, family = person.facts["given"], person.facts["family"]
    return family + given if person.land.language in CLOSE else f"{given} {family}"


def _teams(people: list[Person], sizes: list[int], rng: random.Random) -> list[list[int]]:
    """Who writes with whom: a few people, and many around those with very many documents."""
    size, n = rng.choice((3, 6, 12)), 0
    found: list[list[int]] = []
    while n < len(people):
        more = int(max(sizes[n : n + size]) ** 0.6)
        found.append(list(range(n, min(n + size + more, len(people)))))
        n += size + more
    return found


def _documents(people: list[Person], plan: Plan, rng: random.Random) -> Iterator[Mention]:
    """One record per person and document: teams write together, and who is on one document is never one person."""
    left = {n: list(sources) for n, sources in enumerate(plan.tellings)}
    number = rng.randint(10**6, 9 * 10**6)
    topics, alone = words.listed("topics"), rng.uniform(0.4, 1.2)
    for team in _teams(people, [len(sources) for sources in plan.tellings], rng):
        boss, field, alive = people[team[0]], rng.choice(topics), list(team)
        while alive:
            together = min(len(alive), 1 + int(rng.expovariate(alone)))
            chosen = sorted(alive, key=lambda n: rng.random() ** (1 / len(left[n])), reverse=True)[:together]
            done = 1 - max(len(left[n]) / len(plan.tellings[n]) for n in chosen)
            number += rng.randint(1, 40)
            title = rng.choice(words.listed("phrases")).format(a=field, b=rng.choice(topics), c=rng.choice(topics))
            shared = {"document": str(number), "topic": title, "year": str(1996 + int(20 * done) + rng.randint(0, 6))}
            if rng.random() < 0.5:
                shared["employer"] = boss.stations[0]["employer"]
            for n in chosen:
                others = [people[o] for o in chosen if o != n]
                shared["colleagues"] = "; ".join(_called(o) for o in others)
                facts = told(people[n], done, rng) | shared
                yield Mention(people[n].key, left[n].pop(), "person", people[n].land, facts)
            alive = [n for n in alive if left[n]]
