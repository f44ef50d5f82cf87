"""The companies and people of one block of the demo world, as they truly are (their records are in `spelling`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from resolution.demo import words

SURNAME_ENDINGS = ("sson", "mann", "ley", "ford", "owski", "escu", "ini", "strand", "quist", "bauer", "worth", "hart")


@dataclass(slots=True)
class Company:
    """An organisation. `fit` is latent; `root` is the part of the name that a family of companies shares."""

    key: int
    root: str
    descriptor: str
    industry: str
    country: str
    city: str
    postcode: str
    street: str
    phone: str
    domain: str
    employees: int
    revenue: float
    registration: str
    form: tuple[str, str]
    created: float
    fit: float = 0.0
    health: float = 0.0
    parent: Company | None = None
    investor: Company | None = None
    partners: list[Company] = field(default_factory=list)
    children: list[Company] = field(default_factory=list)
    holdings: list[Company] = field(default_factory=list)
    renamed: tuple[float, str] | None = None
    moved: tuple[float, str, str, str] | None = None
    people: list[Person] = field(default_factory=list)
    family: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name without legal form."""
        return f"{self.root} {self.descriptor}".strip()

    def related(self) -> list[tuple[Company, int]]:
        """Companies within two steps of ownership, investment or partnership, with the number of steps."""
        near = self.neighbours()
        found = {self.key: 0} | {c.key: 1 for c in near}
        out = [(c, 1) for c in near]
        for first in near:
            for second in first.neighbours():
                if second.key not in found:
                    found[second.key] = 2
                    out.append((second, 2))
        return out

    def neighbours(self) -> list[Company]:
        """Companies one step away."""
        parent = [self.parent] if self.parent else []
        investor = [self.investor] if self.investor else []
        return [*parent, *self.children, *self.partners, *investor, *self.holdings]


@dataclass(slots=True)
class Job:
    """A person's time at one company."""

    company: Company
    start: float
    end: float | None
    role: str
    title: str
    seniority: str
    department: str
    email: str
    phone: str


@dataclass(slots=True)
class Person:
    """A human being; `role` in a job is the true part in that company's buying decisions."""

    key: int
    first: tuple[str, ...]
    last: str
    mobile: str
    free_mail: str
    linkedin: str
    jobs: list[Job]
    bought: list[tuple[float, Company]] = field(default_factory=list)

    def job_at(self, day: float) -> Job | None:
        """The job held then, if any."""
        return next((j for j in reversed(self.jobs) if j.start <= day and (j.end is None or day < j.end)), None)


def digits(rng: Random, count: int) -> str:
    """`count` random digits."""
    return str(rng.randrange(10 ** (count - 1), 10**count))


def company(rng: Random, key: int, industry: str, parent: Company | None = None) -> Company:
    """A new company; a subsidiary shares root, domain and often switchboard with its parent but lives elsewhere."""
    country = rng.choices(tuple(words.COUNTRIES), (22, 16, 16, 10, 10, 8, 8, 10))[0]
    _, dial, _, ending, forms, cities = words.COUNTRIES[country]
    city, head = rng.choice(cities)
    descriptor = rng.choice(words.INDUSTRY_WORDS[industry])
    draw = rng.random()
    if parent is not None:
        root = parent.root
        descriptor = rng.choice(
            (f"{parent.descriptor} {country}", f"{descriptor} {country}", descriptor, parent.descriptor)
        )
    elif draw < 0.50:
        root = (
            rng.choice(words.HEADS) + rng.choice(words.TAILS) + (rng.choice(words.TAILS) if rng.random() < 0.4 else "")
        )
    elif draw < 0.72:
        root = surname(rng)
    elif draw < 0.86:
        root = f"{rng.choice(words.PLACES)} {rng.choice(words.HEADS)}{rng.choice(words.TAILS)}"
    else:
        root = f"{rng.choice(words.PLACES)} {city}"
    if rng.random() < 0.18:
        descriptor += rng.choice((" Group", " International", " Services", " Technologies"))
    employees = int(min(40000, 30 * 2.718 ** rng.gauss(2.0, 1.25)))
    slug = ascii_form(f"{root}{descriptor.split(' ')[0]}" if rng.random() < 0.5 else root).lower()
    domain = parent.domain if parent and rng.random() < 0.55 else f"{''.join(c for c in slug if c.isalnum())}.{ending}"
    return Company(
        key=key,
        root=root,
        descriptor=descriptor,
        industry=industry,
        country=country,
        city=city,
        postcode=head + digits(rng, 3 if len(head) > 1 else 2),
        street=f"{rng.choice(words.STREETS)} Street {rng.randrange(1, 180)}",
        phone=parent.phone if parent and rng.random() < 0.3 else f"+{dial}{digits(rng, 9)}",
        domain=domain,
        employees=employees,
        revenue=round(employees * rng.uniform(0.08, 0.3), 1),
        registration=f"{words.COUNTRIES[country][0]}{digits(rng, 8)}",
        form=rng.choice(forms),
        created=rng.uniform(0, 60) if rng.random() < 0.8 else rng.uniform(60, 500),
        parent=parent,
    )


def surname(rng: Random) -> str:
    """A family name: mostly a real one, else a made-up one, so that names are as unequally frequent as in life."""
    if rng.random() < 0.70:
        return words.SURNAMES[int(len(words.SURNAMES) * rng.random() ** 2)].replace("_", " ")
    return rng.choice(words.HEADS) + rng.choice(SURNAME_ENDINGS)


def person(rng: Random, key: int, employer: Company, role: str, start: float) -> Person:
    """A new person with a first job at `employer`."""
    first = words.FIRST_NAMES[int(len(words.FIRST_NAMES) * rng.random() ** 1.7)]
    kin = employer.family and rng.random() < 0.08
    last = rng.choice(employer.family) if kin else surname(rng)
    employer.family.append(last)
    dial = words.COUNTRIES[employer.country][1]
    slug = f"{mail_part(first[0])}.{mail_part(last)}"
    human = Person(
        key=key,
        first=first,
        last=last,
        mobile=f"+{dial}{digits(rng, 9)}",
        free_mail=f"{slug}{rng.choice(('', digits(rng, 2)))}@{rng.choice(words.FREE_MAIL)}",
        linkedin=f"linkedin.com/in/{slug.replace('.', '-')}-{key:x}",
        jobs=[],
    )
    hire(rng, human, employer, role, start)
    return human


def hire(rng: Random, human: Person, employer: Company, role: str, start: float) -> Job:
    """Give `human` a job; an earlier one ends."""
    title, seniority, department = rng.choice(words.ROLES[role][1])
    if human.jobs:
        human.jobs[-1].end = start
    style = rng.random()
    first, last = mail_part(human.first[0]), mail_part(human.last)
    local = f"{first}.{last}" if style < 0.6 else f"{first[0]}{last}" if style < 0.85 else f"{first}{last[0]}"
    job = Job(
        company=employer,
        start=start,
        end=None,
        role=role,
        title=title,
        seniority=seniority,
        department=department,
        email=f"{local}@{employer.domain}",
        phone=employer.phone if rng.random() < 0.45 else employer.phone[:-3] + digits(rng, 3),
    )
    human.jobs.append(job)
    employer.people.append(human)
    return job


PLAIN = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "å": "a",
        "Å": "A",
        "ø": "o",
        "Ø": "O",
        "é": "e",
        "è": "e",
        "ê": "e",
        "É": "E",
        "í": "i",
        "ó": "o",
        "á": "a",
        "ñ": "n",
        "ç": "c",
        "ł": "l",
        "Ł": "L",
        "ń": "n",
        "ś": "s",
        "ź": "z",
        "ż": "z",
        "ř": "r",
        "ě": "e",
        "ě".upper(): "E",
        "š": "s",
        "Ç": "C",
        "ı": "i",
        "à": "a",
        "ë": "e",
        "ï": "i",
        "ò": "o",
        "č": "c",
        "ý": "y",
        "ú": "u",
        "ą": "a",
        "ę": "e",
        "ć": "c",
        "Ś": "S",
        "Ż": "Z",
    }
)


def ascii_form(text: str) -> str:
    """The transliteration that western systems use."""
    return text.translate(PLAIN)


def mail_part(name: str) -> str:
    """A name as the local part of an e-mail address has it."""
    return "".join(c for c in ascii_form(name).lower() if c.isalnum())


def relate(rng: Random, companies: Sequence[Company]) -> None:
    """Tie companies of a block to partners and investors."""
    investors = [c for c in companies if c.industry == "Investment"]
    others = [c for c in companies if c.industry != "Investment"]
    for one in others:
        if investors and rng.random() < 0.28:
            one.investor = rng.choice(investors)
            one.investor.holdings.append(one)
        if rng.random() < 0.42:
            two = rng.choice(others)
            if two is not one and two not in one.partners:
                one.partners.append(two)
                two.partners.append(one)
