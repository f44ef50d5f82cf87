"""How headers spell an attribute: by several conventions, in several languages, and sometimes not at all."""

import random

from tests.benchmarks.population.words import BOOK, table

HEADERS = table("headers")
ABROAD: dict[str, dict[str, str]] = BOOK["headers_abroad"]
SPELT = {
    "snake": lambda text: text.replace(" ", "_"),
    "camel": lambda text: text.split()[0] + "".join(part.title() for part in text.split()[1:]),
    "pascal": lambda text: "".join(part.title() for part in text.split()),
    "title": str.title,
    "upper": lambda text: text.upper().replace(" ", "_"),
    "joined": lambda text: text.replace(" ", ""),
    "spaced": lambda text: text,
}


def styled(attributes: tuple[str, ...], language: str, rng: random.Random) -> tuple[str, ...]:
    """A header for each attribute, all in one convention and no two alike; a few files call their columns nothing."""
    spell = SPELT[rng.choice(("snake", "snake", "snake", "camel", "pascal", "title", "upper", "joined", "spaced"))]
    abroad = ABROAD.get(language, {}) if rng.random() < 0.4 else {}
    blind = rng.choices(("none", "some", "all"), (90, 7, 3))[0]
    mute = rng.choice(("col{}", "field_{}", "attr{}", "Column {}", "F{}"))
    plain = rng.random() < 0.5
    found: list[str] = []
    for place, part in enumerate(attributes, 1):
        options = HEADERS.get(part, (part,))
        words = abroad[part] if part in abroad else spell(options[0] if plain else rng.choice(options))
        if part in {"record_type", "name_org"} and rng.random() < 0.8:
            words = part
        elif blind == "all" or (blind == "some" and rng.random() < 0.25):
            words = mute.format(place)
        taken = {name.lower() for name in found} | {"record_id"}
        while words.lower() in taken:
            other = spell(rng.choice(options))
            words = other if other.lower() not in taken and rng.random() < 0.8 else f"{words}{place}"
        found.append(words)
    return tuple(found)
