"""What the values of a column look like, without its name: shares of them that have the shape of a date, a name, …"""

import re
from dataclasses import dataclass

from anyascii import anyascii

from resolution.fit.roles import is_street_word
from resolution.normalise.given_names import GIVEN_NAMES
from resolution.normalise.words import LEGAL_FORMS

GENDERS = frozenset(
    ("m", "f", "male", "female", "man", "woman", "u", "unknown", "x", "d", "mann", "frau", "h", "other", "w",
     "nonbinary")
)  # fmt: skip
STREETS = re.compile(
    r"\d.*\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|place|pl|court|ct|blvd|boulevard|suite|crescent|close)"
    r"\b|\b(street|road|avenue|lane|drive)\b|stra(ss|ß)e|\bp\.?o\.? box\b",
    re.IGNORECASE,
)

PUBLIC = frozenset(("university", "institute", "bank", "group", "holding", "holdings"))
"""Words of organisations' names that are no legal forms."""
INITIALS = (
    r"^(?:[^\W\d_](?:\.\s?|\s|-)){1,3}[^\W\d_]{2,}(?:[ '-][^\W\d_]{2,})?$|"
    r"^[^\W\d_]{2,}(?:[ '-][^\W\d_]{2,})?,? (?:[^\W\d_](?:\.\s?|\s|-|$)){1,3}$"
)
"""`T. K. Hoffmann`, `Hoffmann TK`."""
TURNED = r"^[^\W\d_]+(?:[ '-][^\W\d_]+)?, [^\W\d_]+(?:[ .'-]+[^\W\d_]+){0,2}\.?$"
"""`Hoffmann, Tara K.`"""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shares of distinct values that look like something, their mean words and letters, and distinct values a cell."""

    shares: dict[str, float]
    words: float
    length: float
    unique: float

    @property
    def person(self) -> float:
        """Share of values that are plainly names of persons: with a known given name, initials, or turned round."""
        return max(self.shares[shape] for shape in ("first", "initials", "turned"))


def shapes(values: list[str], distinct: int, count: int) -> Shapes:
    """The shapes of a column: a sample of its distinct values, how many of these and how many cells it has."""
    n = max(len(values), 1)

    def share(pattern: str) -> float:
        compiled = re.compile(pattern)
        return sum(bool(compiled.search(v)) for v in values) / n

    digits = [len(re.sub(r"\D", "", v)) for v in values]
    lower = [v.lower().strip() for v in values]
    folded = [anyascii(v).lower() for v in values]
    plain = [re.findall(r"[a-z0-9]+", v.replace(".", "")) for v in folded]
    return Shapes(
        {
            "email": share(r"[^@\s<]+@[^@\s]+\.[A-Za-z]{2,}"),
            "url": share(r"^(https?://|www\.)|^[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|de|uk|io|co|fr|eu|info)(/.*)?$"),
            "phone": sum(
                7 <= d <= 15 and bool(re.fullmatch(r"\+?[\d\s().\-/]+((ext|x)\.?\s*\d+)?", v, re.I))
                and bool(re.search(r"^\+|^0|[\s()./]|\d-", v)) and not re.fullmatch(r"[-+]?\d*\.\d+", v)
                for v, d in zip(values, digits, strict=True)
            ) / n,
            "number": share(r"^[-+]?[$€£]?\s?\d{1,3}(,\d{3})+(\.\d+)?$|^[-+]?[$€£]?\s?\d*\.?\d+\s?%?$"),
            "integer": share(r"^\d+$"),
            "year": share(r"^(18[5-9]\d|19\d\d|20[0-3]\d)(\.0)?$"),
            "gender": sum(v in GENDERS for v in lower) / n,
            "code": share(r"^(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ./-]{4,24}$"),
            "postcode": share(r"^\d{4,5}(-?\d{4})?$|^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$|^[A-Z]\d[A-Z]\s*\d[A-Z]\d$"),
            "street": sum(map(_names_street, values, folded)) / n,
            "housed": share(r"^\d{1,5}[A-Za-z]?[ ,]+[^\W\d]{2}|[^\W\d]{3}[., ]+\d{1,4} ?[A-Za-z]?$"),
            "degrees": share(r"^-?(1[0-7]|[1-9])?\d[.,]\d{3,}$"),
            "legal": sum(_legal(words) for words in plain) / n,
            "first": sum(any(w in GIVEN_NAMES for w in words[:2]) for words in plain) / n,
            "initials": share(INITIALS),
            "turned": share(TURNED),
            "letter": share(r"^[A-Za-z]\.?$"),
            "letters": share(r"^[^\W\d_]+([-' .,]+[^\W\d_]+)*\.?$"),
        },
        sum(len(re.findall(r"\w+", v)) for v in values) / n,
        sum(map(len, values)) / n,
        distinct / max(count, 1),
    )  # fmt: skip


def _legal(words: list[str]) -> bool:
    """Whether words, without marks and points, name an organisation: by its legal form, or by what it is.

    Forms of two letters are words of their own elsewhere: they count at the end only.
    """
    return not PUBLIC.isdisjoint(words) or any(
        word in LEGAL_FORMS and (len(word) > 2 or place == len(words) - 1) for place, word in enumerate(words) if place
    )


def _names_street(value: str, folded: str) -> bool:
    words = re.findall(r"[a-z0-9]+", folded)
    return bool(STREETS.search(value)) or (
        any(map(str.isdigit, words)) and any(is_street_word(w) for w in words) and len(words) > 1
    )
