"""Names in two scripts: pairs that people really write, and a way to spell the rest in Latin letters."""

import random
import unicodedata

from anyascii import anyascii

from tests.benchmarks.population.words import BOOK

VARIANTS = (("iy", "y"), ("ii", "iy"), ("yu", "iu"), ("ya", "ia"), ("kh", "h"), ("zh", "j"), ("ou", "u"), ("ks", "x"))


def _split(pair: str) -> tuple[str, tuple[str, ...]]:
    """The native side of a pair, and the ways to write it in Latin letters."""
    cut = next((n for n, c in enumerate(pair) if c == " " and pair[n + 1 : n + 2].isascii()), len(pair))
    return pair[:cut], tuple(way.strip() for way in pair[cut:].split("/"))


def _table(parts: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """All pairs of a language, the longest first, so that no part of a name is taken for a shorter one."""
    found = dict(_split(pair) for text in parts.values() for pair in text.split("|"))
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


TABLES = {language: _table(parts) for language, parts in BOOK["pairs"].items()}
NAMES = {
    language: _table({part: text for part, text in parts.items() if part != "words"})
    for language, parts in BOOK["pairs"].items()
    if len(parts) > 1
}


def native(language: str, part: str) -> list[str]:
    """The native side of a language's pairs, the common first: givens_m, givens_f, families or cities."""
    text = BOOK["pairs"].get(language, {}).get(part, "")
    return [_split(pair)[0] for pair in text.split("|")] if text else []


def plain(text: str) -> str:
    """The text without accents."""
    folded = unicodedata.normalize("NFD", text.replace("ß", "ss").replace("ł", "l").replace("ø", "o"))
    return unicodedata.normalize("NFC", "".join(c for c in folded if not 0x300 <= ord(c) < 0x370))


def latin(text: str, language: str, rng: random.Random, person: bool = False) -> str:
    """The text in Latin letters, in one of the spellings that offices use; in a person's name no word is translated."""
    if text.isascii():
        return text
    for name, ways in (NAMES if person else TABLES).get(language, {}).items():
        if name in text:
            text = text.replace(name, f" {rng.choice(ways)} ")
    text = anyascii(text).replace("'", "").replace("`", "").replace(" -", "-")
    if rng.random() < 0.3:
        old, new = rng.choice(VARIANTS)
        text = text.replace(old, new)
    return " ".join(word[:1].upper() + word[1:] for word in text.split())
