"""What a role may read, decided in the database: personal text never leaves it for those who may not see it.

    told(c.name)    the value; without personal data a word that stands for it, such as 'someone'
    seen(c.name)    the value; without personal data nothing: for filters and orders. Also seen(d[$by]).

Both become a CASE on `$personal`. A property is personal by the ontology, or in one node by its `personal_values`:
the names of its properties whose value a person carries (an account's phone that is a contact's).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from kg.errors import BadQuery
from kg.ontology import LABELS, RELATIONSHIPS, TYPES, Property, Type
from kg.ontology.own import Own, current
from kg.query.tokens import Token, substitute, words
from kg.query.words import bindings

CALL: Final = re.compile(r"\b(told|seen)\s*\(\s*((?:\w+\.)*\w+)(?:\.(\w+)|\[(\$\w+)\])\s*\)")
MISPLACED: Final = re.compile(r"\b(told|seen)\s*\(")
OURS: Final = frozenset(
    (
        "Norm",
        "Measure",
        "Score",
        "Forecast",
        "HealthEvent",
        "Model",
        "Run",
        "Workspace",
        "Redirect",
        "COMPARED_WITH",
        "Attribute",
        "Attributes",
    )
)
"""Labels and types whose text Dealgraph writes itself."""
KEYS: Final = frozenset(("id", "run", "record", "payload_hash", "field", "source", "by"))
"""Texts that name rows, fields and sources."""
STAND_INS: Final[Mapping[tuple[str, str], str]] = {
    ("Contact", "name"): "someone",
    ("Lead", "name"): "someone",
    ("Rep", "name"): "a rep",
    ("Account", "name"): "an account",
    ("Deal", "name"): "a deal",
    ("Lead", "company"): "a company",
}
HIDDEN: Final = "hidden"
PREDICATE: Final = ("=", "<", ">", "IN", "IS", "STARTS", "ENDS", "CONTAINS", "=~")
NUMBERS: Final = frozenset(("toFloat", "toInteger", "size", "count"))
"""Functions that make a number of a text."""
CLAUSES: Final = frozenset(
    ("MATCH", "WITH", "RETURN", "UNWIND", "WHERE", "ORDER", "CALL", "WHEN", "THEN", "ELSE", "END", "CASE")
)
ASKING: Final = frozenset(("WHERE", "WHEN", "CASE"))


def personal(label: str) -> frozenset[str]:
    """Names of the properties of a label (or relationship type) that are personal by the ontology."""
    return _personal(label, current())


@lru_cache(maxsize=512)
def _personal(label: str, own: Own) -> frozenset[str]:
    return frozenset(name for name, p in _declared(label).items() if p.personal)


def guarded(label: str) -> frozenset[str]:
    """Names of the properties of a label (or type) that hold free text, so that a person's value may stand there."""
    return _guarded(label, current())


@lru_cache(maxsize=512)
def _guarded(label: str, own: Own) -> frozenset[str]:
    if label in OURS:
        return frozenset()
    free = (p for p in _declared(label).values() if p.type in (Type.TEXT, Type.TEXTS) and not p.values)
    ours = {"golden", "golden_from", "personal_values", *(KEYS if label != "Lead" else KEYS - {"source"})}
    return frozenset(p.name for p in free if p.name not in ours)


def stand_in(label: str, name: str) -> str:
    """The word that stands for a property which may not be read."""
    return STAND_INS.get((label, name), HIDDEN)


def expand_shown(text: str, place: str = "query") -> str:
    """`text` with each `told(…)` and `seen(…)` outside quotes and comments expanded.

    Raises:
        BadQuery: the file does not say what the variable is, or what stands in the brackets is no property.
    """
    if not MISPLACED.search(text):
        return text
    bound = bindings(words(text, place))

    def case(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start()) + 1
        return _case(match, sorted(bound.get(match[2].rpartition(".")[2], ())), f"{place}:{line}")

    made = substitute(CALL, case, text, place)
    for t, after in zip(found := words(made, place), found[1:], strict=False):
        if t.kind == "word" and t.text in ("told", "seen") and after.text == "(":
            raise BadQuery(f"{place}:{t.line}: {t.text} takes one property of a variable, as in {t.text}(c.name).")
    return made


def told_of(pattern: str, property_: str, place: str = "query") -> str:
    """The expression that `told(variable.property)` becomes behind a pattern that says what the variable is.

    Raises:
        BadQuery: as `expand_shown`.
    """
    return expand_shown(f"{pattern}\nRETURN told({property_})", place).rpartition("RETURN ")[2]


def _case(match: re.Match[str], labels: Sequence[str], place: str) -> str:
    word, owner, name, by = match.groups()
    value = f"{owner}.{name}" if name else f"{owner}[{by}]"
    if not labels:
        raise BadQuery(f"{place}: {match.group()}: the file does not say what {owner!r} is; write ({owner}:Label).")
    other = f"'{stand_in(labels[0], name)}'" if word == "told" and name else "null"
    known = f"{'' if word == 'seen' else f'{value} IS NULL OR '}"
    if name and any(name in personal(label) for label in labels):
        return f"(CASE WHEN {known}$personal THEN {value} ELSE {other} END)"
    fixed = sorted(set().union(*(personal(label) for label in labels))) if by else []
    key = f"'{name}'" if name else by
    more = f" + {fixed!r}" if fixed else ""
    hidden = f"{key} IN coalesce({owner}.personal_values, []){more}"
    return f"(CASE WHEN {known}$personal OR NOT {hidden} THEN {value} ELSE {other} END)"


def hold_shown(text: str, place: str) -> None:
    """Refuse a pattern that hands out free text as it stands; it may compare it, and hand it out by `told`.

    Raises:
        BadQuery: a property that may be personal stands outside `told(…)` and outside a condition.
    """
    found = words(text, place)
    bound = bindings(found)
    clauses = [""]
    for i, token in enumerate(found):
        text_ = token.text if token.kind == "symbol" else ""
        if text_ and text_ in "([{":
            told = i > 0 and found[i - 1].text in ("told", "seen")
            clauses.append("WHERE" if told else clauses[-1])
        elif text_ and text_ in ")]}":
            clauses = clauses[:-1] or [""]
        elif token.kind == "word" and token.upper in CLAUSES and (i == 0 or found[i - 1].text != "."):
            clauses[-1] = token.upper
        if clauses[-1] not in ASKING:
            _hold_access(found, i, bound, place)


def _hold_access(found: Sequence[Token], i: int, bound: Mapping[str, set[str]], place: str) -> None:
    token, after = found[i], found[i + 1 : i + 4]
    if token.text in ("properties", "keys") and after and after[0].text == "(":
        raise BadQuery(f"{place}:{token.line}: {token.text}(…) hands out everything; name properties, by told(…).")
    keyed = (
        i > 0
        and found[i - 1].identifier is not None
        and found[i - 1].upper not in ("IN", "UNWIND", "RETURN", "THEN", "ELSE", "AS")
    )
    if token.text == "[" and keyed and after and after[0].kind in ("string", "param"):
        raise BadQuery(f"{place}:{token.line}: a property is named as in told(c.name), not in brackets.")
    if token.text != "." or not i or not after:
        return
    name, owner = after[0].identifier, found[i - 1].identifier
    if owner is None and found[i - 1].text in "{,":
        raise BadQuery(f"{place}:{token.line}: a map of properties hands them out as they stand; use told(…).")
    if owner is None or name is None:
        return
    labels = bound.get(owner) or set()
    risky = any(name in guarded(x) for x in labels) if labels else any(name in guarded(x) for x in (*LABELS, *TYPES))
    rest = found[i + 2 : i + 4]
    if not risky or (rest and rest[0].upper in PREDICATE) or (i > 1 and found[i - 2].upper in PREDICATE[:3]):
        return
    if [t.text for t in rest] == ["AS", "x"] and labels:
        return  # a value of the feature itself: what is said of it goes through told
    if i > 2 and found[i - 2].text == "(" and found[i - 3].text in NUMBERS:
        return
    raise BadQuery(f"{place}:{token.line}: {owner}.{name} may be personal; write told({owner}.{name}).")


def _declared(label: str) -> Mapping[str, Property]:
    if label in LABELS:
        return LABELS[label].by_name
    return {name: p for r in RELATIONSHIPS if r.type == label for name, p in r.by_name.items()}
