"""Slips in single letters: of the hand, the ear, the scanner, and what a short field cuts off."""

import random

from tests.benchmarks.population.words import BOOK, groups

NEAR: dict[str, str] = BOOK["near_keys"]
SEEN = groups("seen")
HEARD = groups("heard")


def _place(text: str, rng: random.Random) -> int:
    """A letter or digit, the first one less often, as people slip."""
    places = [n for n, c in enumerate(text) if c.isalnum()]
    if len(places) > 1 and rng.random() < 0.8:
        places = places[1:]
    return rng.choice(places) if places else -1


def swap(text: str, rng: random.Random) -> str:
    """Two neighbours change places."""
    n = _place(text, rng)
    return text[:n] + text[n + 1] + text[n] + text[n + 2 :] if 0 <= n < len(text) - 1 else text


def drop(text: str, rng: random.Random) -> str:
    """One letter is missing."""
    n = _place(text, rng)
    return text[:n] + text[n + 1 :] if n >= 0 and len(text) > 2 else text


def double(text: str, rng: random.Random) -> str:
    """One letter stands twice."""
    n = _place(text, rng)
    return text[: n + 1] + text[n:] if n >= 0 else text


def miss(text: str, rng: random.Random) -> str:
    """The neighbouring key is hit; in scripts without a keyboard here, another letter of the text."""
    n = _place(text, rng)
    if n < 0:
        return text
    new = rng.choice(NEAR.get(text[n].lower(), text.replace(" ", "")))
    return text[:n] + (new.upper() if text[n].isupper() else new) + text[n + 1 :]


def add(text: str, rng: random.Random) -> str:
    """A letter too many."""
    n = _place(text, rng)
    return text[:n] + rng.choice(NEAR.get(text[n].lower(), text[n])) + text[n:] if n >= 0 else text


def _exchanged(text: str, pairs: tuple[tuple[str, ...], ...], rng: random.Random) -> str:
    fitting = [(old, new) for old, new in pairs if old in text]
    if not fitting:
        return miss(text, rng)
    old, new = rng.choice(fitting)
    return text.replace(old, new, 1)


def scan(text: str, rng: random.Random) -> str:
    """What a scanner takes for another letter."""
    return _exchanged(text, SEEN, rng)


def hear(text: str, rng: random.Random) -> str:
    """What sounds the same."""
    return _exchanged(text, HEARD, rng)


def split(text: str, rng: random.Random) -> str:
    """A blank goes, or comes where none was."""
    if " " in text and rng.random() < 0.7:
        return text.replace(" ", "", 1)
    n = _place(text, rng)
    return text[:n] + " " + text[n:] if 1 < n < len(text) - 1 else text


SLIPS = (swap, drop, double, miss, add, scan, hear, split)


def slip(text: str, weights: tuple[float, ...], rng: random.Random) -> str:
    """One slip, of the kinds that this file's typists make."""
    return rng.choices(SLIPS, weights)[0](text, rng) if text else text


def digit(text: str, rng: random.Random) -> str:
    """A digit wrong, or two swapped; separators stay."""
    places = [n for n, c in enumerate(text) if c.isdigit()]
    if len(places) < 2:
        return text
    n = rng.choice(places[1:])
    before = places[places.index(n) - 1]
    if rng.random() < 0.4:
        both = list(text)
        both[n], both[before] = both[before], both[n]
        return "".join(both)
    return text[:n] + str(rng.randint(0, 9)) + text[n + 1 :]
