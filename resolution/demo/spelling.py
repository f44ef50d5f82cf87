"""How other systems spell a company or a person: every form here is of the truth, none of it is the truth itself.

No single field is enough to tell who is who: names lose legal forms, are cut, turned, mistyped, transliterated or
old; domains are shared inside a family and blank elsewhere; phones are switchboards; mails are private or old.
Together they are enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from resolution.demo import words
from resolution.demo.people import Company, Job, Person, ascii_form, mail_part

KEYS_NEAR = dict(zip("abcdefghijklmnopqrstuvwxyz", "snvfrdgjokljmnipwetrycqzux", strict=True))


@dataclass(frozen=True, slots=True)
class Habit:
    """How one system writes; each number is the chance that a record is so, or that a field is there."""

    form: float
    twisted: float
    domain: float
    phone: float
    address: float
    registration: float


CRM = Habit(form=0.60, twisted=0.26, domain=0.77, phone=0.80, address=0.90, registration=0.40)
MARKETING = Habit(form=0.30, twisted=0.43, domain=0.79, phone=0.60, address=0.70, registration=0.0)
SUPPORT = Habit(form=0.35, twisted=0.41, domain=0.79, phone=0.75, address=0.70, registration=0.0)
BILLING = Habit(form=0.97, twisted=0.20, domain=0.45, phone=0.70, address=0.97, registration=0.85)
PRODUCT = Habit(form=0.0, twisted=0.38, domain=0.90, phone=0.0, address=0.75, registration=0.45)


def typo(rng: Random, text: str) -> str:
    """One slip of the fingers: two letters turned, one lost, doubled or its neighbour hit."""
    if len(text) < 5:
        return text
    i = rng.randrange(1, len(text) - 1)
    draw = rng.random()
    if draw < 0.3:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if draw < 0.6:
        return text[:i] + text[i + 1 :]
    if draw < 0.8:
        return text[:i] + text[i] + text[i:]
    return text[:i] + KEYS_NEAR.get(text[i], text[i]) + text[i + 1 :]


def company_name(rng: Random, one: Company, habit: Habit, day: float) -> str:
    """The company's name as a system with this habit has it on `day`."""
    name = one.name
    if one.renamed is not None and (day > one.renamed[0]) == (rng.random() < 0.85):
        name = f"{one.renamed[1]} (formerly {one.root})" if rng.random() < 0.25 else one.renamed[1]
    if rng.random() < habit.twisted:
        name = twisted(rng, one, name)
    if rng.random() < habit.form:
        form = rng.choice(one.form)
        name = f"{name} {form}" if rng.random() < 0.92 else f"{form} {name}"
    draw = rng.random()
    if draw < 0.06:
        return name.upper()
    return ascii_form(name) if draw < 0.30 else name


def twisted(rng: Random, one: Company, name: str) -> str:
    """One of the ways in which people shorten, turn or misspell a name."""
    parts = name.split(" ")
    draw = rng.random()
    if draw < 0.24:
        return (
            " ".join(words.SHORT_WORDS.get(p, p) for p in parts)
            if any(p in words.SHORT_WORDS for p in parts)
            else typo(rng, name)
        )
    if draw < 0.44:
        return typo(rng, name)
    if draw < 0.58 and len(parts) > 1:
        return " ".join(parts[:-1])
    if draw < 0.68:
        return f"{name} {one.city}"
    if draw < 0.76 and len(parts) > 2:
        return "".join(p[0] for p in parts if p[0].isalnum()).upper()
    if draw < 0.84:
        return "".join(parts) if len(parts) == 2 else "-".join(parts)
    if draw < 0.92 and len(parts) > 1:
        return f"{parts[-1]} {' '.join(parts[:-1])}"
    return f"{name} {rng.choice(('HQ', 'Head Office', '- ' + one.country, 'Main Account', 'Group'))}"


def company_domain(rng: Random, one: Company, habit: Habit) -> str:
    """Its domain, or a brother of it, or nothing."""
    if rng.random() >= habit.domain:
        return ""
    draw = rng.random()
    stem, _, ending = one.domain.partition(".")
    if draw < 0.06:
        return f"{stem}.{'com' if ending != 'com' else 'net'}"
    if draw < 0.08:
        return f"{stem}-group.com"
    if draw < 0.095:
        return rng.choice(words.FREE_MAIL)
    return one.domain


def website(rng: Random, domain: str) -> str:
    """The address of the site as people type it."""
    return domain and rng.choice(("https://www.{}", "http://{}/", "www.{}", "{}", "https://{}/en")).format(domain)


def phone(rng: Random, number: str, dial: str) -> str:
    """A phone number in one of the usual ways of writing it."""
    rest = number[1 + len(dial) :]
    draw = rng.random()
    if draw < 0.4:
        return f"+{dial} {rest[:2]} {rest[2:5]} {rest[5:]}"
    if draw < 0.6:
        return number
    if draw < 0.8:
        return f"0{rest[:2]}-{rest[2:]}"
    return f"00{dial} ({rest[:2]}) {rest[2:6]}-{rest[6:]}"


def company_phone(rng: Random, one: Company, habit: Habit) -> str:
    """Its switchboard, formatted, or nothing."""
    return phone(rng, one.phone, words.COUNTRIES[one.country][1]) if rng.random() < habit.phone else ""


def address(rng: Random, one: Company, habit: Habit, day: float) -> tuple[str, str, str]:
    """Street, city and postcode: of the old place for a while after a move; the city may be in English."""
    street, city, postcode = one.street, one.city, one.postcode
    if one.moved is not None and (day > one.moved[0]) == (rng.random() < 0.8):
        _, city, street, postcode = one.moved
    if rng.random() < 0.3:
        street = street.replace("Street", "St.")
    elif rng.random() < 0.15:
        name, _, number = street.rpartition(" ")
        street = f"{number} {name}"
    draw = rng.random()
    city = words.CITY_FORMS.get(city, ascii_form(city)) if draw < 0.3 else city
    if rng.random() >= habit.address:
        return "", city if rng.random() < 0.6 else "", ""
    return street, city, postcode if rng.random() < 0.92 else ""


def country(rng: Random, name: str) -> str:
    """The country's name or code."""
    return words.COUNTRIES[name][0] if rng.random() < 0.5 else name


def person_name(rng: Random, human: Person, dirt: float) -> tuple[str, str]:
    """First and last name as somebody wrote them: nickname, initial, transliteration, slip, turned round."""
    first, last = human.first[0], human.last
    if len(human.first) > 1 and rng.random() < dirt:
        first = rng.choice(human.first[1:])
    draw = rng.random()
    if draw < dirt * 0.22:
        first = f"{first[0]}."
    elif draw < dirt * 0.50:
        last = typo(rng, last)
    elif draw < dirt * 0.62:
        first, last = last, first
    elif draw < dirt * 0.70:
        first = typo(rng, first)
    if rng.random() < 0.35:
        first, last = ascii_form(first), ascii_form(last)
    return first, last


def person_mail(rng: Random, human: Person, job: Job, present: float) -> str:
    """Their work address, another form of it, a private one, a shared mailbox, or nothing."""
    if rng.random() >= present:
        return ""
    draw = rng.random()
    if draw < 0.08:
        return human.free_mail
    if draw < 0.18:
        first, last = mail_part(human.first[0]), mail_part(human.last)
        return f"{first[0]}.{last}@{job.company.domain}"
    if draw < 0.28:
        return shared_mail(rng, job.company)
    return job.email.upper() if draw < 0.31 else job.email


def shared_mail(rng: Random, one: Company) -> str:
    """A mailbox that several people of the company read."""
    return f"{rng.choice(('info', 'office', 'sales'))}@{one.domain}"


def mailbox_kind(rng: Random) -> str:
    """From which address somebody writes to us."""
    return rng.choices(("work", "private", "shared"), (88, 7, 5))[0]


def person_phone(rng: Random, human: Person, job: Job, present: float) -> str:
    """Mobile, direct line or switchboard, formatted, or nothing."""
    if rng.random() >= present:
        return ""
    number = human.mobile if rng.random() < 0.55 else job.phone
    country_of = next((n for n, c in words.COUNTRIES.items() if number.startswith("+" + c[1])), job.company.country)
    return phone(rng, number, words.COUNTRIES[country_of][1])


def title(rng: Random, written: str) -> str:
    """A job title or one of its other forms."""
    return words.TITLE_FORMS.get(written, written) if rng.random() < 0.4 else written
