"""Words that names, streets and notes are made of, from `words.toml`; the product's own word lists are never read."""

import tomllib
from pathlib import Path

BOOK = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def listed(name: str, key: str = "") -> tuple[str, ...]:
    """The words of a list, or of a list in a table; none where the table has no such key."""
    text = BOOK[name].get(key, "") if key else BOOK[name]
    return tuple(text.split("|")) if text else ()


def groups(name: str) -> tuple[tuple[str, ...], ...]:
    """A list of things that can be said in several ways."""
    return tuple(tuple(one.split("/")) for one in listed(name))


def table(name: str) -> dict[str, tuple[str, ...]]:
    """A table whose values are lists."""
    return {key: tuple(text.split("|")) for key, text in BOOK[name].items()}


STATES: dict[str, str] = BOOK["states"]
STREET_SHORT = table("street_short")
ORG_SHORT = table("org_short")
LEGAL = table("legal")
LEGAL_FORMS = frozenset(form for forms in LEGAL.values() for form in forms) | {"Group", "OHG", "KGaA", "Sp.k.", "EI"}
SAME_LEGAL = groups("same_legal")
NICKNAMES = groups("nicknames")
JOBS = listed("jobs")
MAIL_HOSTS = listed("mail_hosts")
NOTES = listed("notes")
STATUSES = listed("statuses")
BLANKS = table("blanks")
