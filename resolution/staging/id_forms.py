"""Forms in which one id is written: Salesforce's 15 and 18 characters, numbers with a tail, GUIDs in braces.

Salesforce: an 18-character id is the case-sensitive 15-character one with three characters that tell which letters are
capitals, so that it survives systems that do not mind case ("Considerations for Salesforce 18-character IDs").
"""

import re

SALESFORCE = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])[A-Za-z0-9]{15}([A-Za-z0-5]{3})?")
GUID = re.compile(r"\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\}?")
NUMBER = re.compile(r"([0-9]+)\.0+")
GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
POWER = re.compile(r"([0-9])\.?([0-9]*)[eE]\+?([0-9]{1,2})")
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def check_characters(id_: str) -> str:
    """The three characters that make an 18-character Salesforce id of one of 15."""
    fives = (id_[start : start + 5] for start in (0, 5, 10))
    return "".join(CHECK[sum(1 << i for i, letter in enumerate(five) if letter.isupper())] for five in fives)


def with_capitals(id_: str) -> str:
    """The 15 characters of an 18-character Salesforce id, their case as its last three characters tell."""
    letters = []
    for position, letter in enumerate(id_[:15]):
        bits = CHECK.index(id_[15 + position // 5].upper())
        letters.append(letter.upper() if bits >> (position % 5) & 1 else letter.lower())
    return "".join(letters)


def forms(id_: str) -> tuple[str, ...]:
    """Every plain form that an id may stand for; two ids are one where they share a form.

    An 18-character id whose check characters do not fit its case may have lost its case, or its check characters.
    """
    if SALESFORCE.fullmatch(id_):
        if len(id_) == 15:
            return (id_,)
        return tuple(dict.fromkeys((with_capitals(id_), id_[:15])))
    if GUID.fullmatch(id_):
        return (re.sub(r"[{}-]", "", id_).lower(),)
    if found := NUMBER.fullmatch(id_):
        return (found[1],)
    if GROUPED.fullmatch(id_):
        return (id_.replace(",", ""),)
    if (found := POWER.fullmatch(id_)) and len(found[2].rstrip("0")) <= int(found[3]):
        digits = found[2].rstrip("0")
        return (found[1] + digits,) if len(digits) == int(found[3]) else ()
    return (id_,)


def how(id_: str, found: str) -> str:
    """In a few words, why an id was written otherwise than the record that it finds."""
    if SALESFORCE.fullmatch(id_) and SALESFORCE.fullmatch(found):
        full = id_ if len(id_) == 18 else found
        fits = len(full) < 18 or full[15:].upper() == check_characters(with_capitals(full))
        plain = fits and with_capitals(full) == full[:15] if len(full) == 18 else True
        return "15 and 18 characters" if plain else "check characters that do not fit"
    if GUID.fullmatch(id_):
        return "braces or letter case"
    return "a number as a spreadsheet writes it"
