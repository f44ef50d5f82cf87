"""The words of a query file held against the ontology: labels, relationship types, properties, and some habits.

A variable's properties are checked where the file says what it is, `(d:Deal)` or `[r:WITH]`; maps are left alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from kg.errors import BadQuery
from kg.ontology import LABELS, MARKERS, RELATIONSHIPS, TYPES
from kg.ontology.own import Own, current
from kg.query.tokens import Token

BLOCKS: Final = frozenset(("CALL", "EXISTS", "COUNT", "COLLECT", "THEN", "ELSE", "UNION", "ALL"))


@dataclass(slots=True)
class Bracket:
    """An open bracket: what it is, and the labels or types named in it so far."""

    kind: str
    variable: str | None = None
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a word: a label, a type, or a property of a variable or pattern."""

    kind: str
    name: str
    line: int
    of: tuple[str, ...] = ()
    variable: str | None = None


def hold_words(tokens: list[Token], place: str) -> None:
    """Refuse words that the ontology does not declare, a LIMIT without its ORDER BY, LOAD CSV and a malformed known."""
    _hold_habits(tokens, place)
    uses = list(_uses(tokens))
    for use in uses:
        if use.kind == "label" and use.name not in LABELS and use.name not in MARKERS:
            raise BadQuery(f"{place}:{use.line}: label {use.name!r} is not in the ontology: {', '.join(LABELS)}.")
        if use.kind == "type" and use.name not in TYPES:
            raise BadQuery(f"{place}:{use.line}: type {use.name!r} is not in the ontology: {', '.join(sorted(TYPES))}.")
    declared = _bound(uses)
    for use in uses:
        if use.kind == "property":
            _hold_property(use, declared, place)


def bindings(tokens: list[Token]) -> dict[str, set[str]]:
    """The labels or types that a text gives each variable, as in `(d:Deal)` and `[r:WITH]`."""
    return _bound(_uses(tokens))


def _bound(uses: Iterable[Use]) -> dict[str, set[str]]:
    bound: dict[str, set[str]] = {}
    for use in uses:
        if use.kind in ("label", "type") and use.variable and use.name not in MARKERS:
            bound.setdefault(use.variable, set()).add(use.name)
    return bound


@lru_cache(maxsize=8)
def _properties(own: Own) -> Mapping[str, frozenset[str]]:
    """Names of the properties of each label and type; `own` are the declarations of this context."""
    return {
        **{node.label: frozenset(node.by_name) for node in LABELS.values()},
        **{t: frozenset(name for r in RELATIONSHIPS if r.type == t for name in r.by_name) for t in TYPES},
    }


def _hold_property(use: Use, declared: Mapping[str, set[str]], place: str) -> None:
    properties = _properties(current())
    owners = [word for word in use.of if word in properties] or sorted(declared.get(use.variable or "", ()))
    if not owners or any(use.name in properties[owner] for owner in owners):
        return
    valid = ", ".join(sorted(set().union(*(properties[owner] for owner in owners))))
    raise BadQuery(f"{place}:{use.line}: {'|'.join(owners)} has no property {use.name!r}; it has {valid}.")


def _uses(tokens: list[Token]) -> Iterator[Use]:
    """Every use of a label, a type or a property, in order."""
    stack: list[Bracket] = [Bracket("block")]
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else None
        if token.kind == "symbol" and token.text in "([{":
            stack.append(_opened(tokens, i, stack[-1]))
        elif token.kind == "symbol" and token.text in ")]}":
            if len(stack) > 1:
                stack.pop()
        elif token.text == ":":
            yield from _coloned(tokens, i, stack)
        elif token.text == "." and before is not None and i + 1 < len(tokens):
            name = tokens[i + 1].identifier
            chained = i >= 2 and tokens[i - 2].text == "."
            if name and before.identifier and not chained:
                yield Use("property", name, token.line, variable=before.identifier)


def _opened(tokens: list[Token], i: int, outer: Bracket) -> Bracket:
    token, before = tokens[i], tokens[i - 1] if i else None
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    variable = after.identifier if after else None
    if token.text == "[":
        related = before is not None and before.text == "-"
        return Bracket("relationship" if related else "list", variable)
    if token.text == "(":
        return Bracket("node", variable)
    if _is_block(tokens, i):
        return Bracket("block")
    in_pattern = outer.kind in ("node", "relationship") and before is not None and before.identifier is not None
    if in_pattern and after is not None and after.text != ".":  # `d {.name}` is a projection, no pattern
        return Bracket("pattern", outer.variable, outer.words)
    return Bracket("map")


def _is_block(tokens: list[Token], i: int) -> bool:
    """Whether the brace at `i` opens a subquery, or a quantifier, rather than a map."""
    if i and tokens[i - 1].upper in BLOCKS:
        return True
    if i and tokens[i - 1].text == ")":  # CALL (e, as_of) { or the quantifier of a path ((a)-->(b)){1,3}
        depth = 0
        for j in range(i - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(tokens[j].text, 0)
            if depth == 0:
                return j == 0 or tokens[j - 1].upper == "CALL" or tokens[i + 1].kind in ("number", "symbol")
    return False


def _coloned(tokens: list[Token], i: int, stack: list[Bracket]) -> Iterator[Use]:
    """What stands after a colon: labels, types, or the value of a map's key."""
    top, before = stack[-1], tokens[i - 1] if i else None
    if top.kind == "map":
        return
    if top.kind == "pattern":
        if before is not None and before.identifier:
            yield Use("property", before.identifier, before.line, tuple(top.words), top.variable)
        return
    kind = "type" if top.kind == "relationship" else "label"
    variable = before.identifier if before is not None and before.kind in ("word", "name") else None
    for token in _expression(tokens, i + 1, alternatives=top.kind != "list"):
        name = token.identifier or token.text
        top.words.append(name)
        yield Use(kind, name, token.line, variable=variable)


def _expression(tokens: list[Token], i: int, *, alternatives: bool) -> Iterator[Token]:
    """The names of a label expression such as `A|!B`; in a list comprehension `|` ends it."""
    expected = True
    while i < len(tokens):
        token = tokens[i]
        if expected and token.identifier:
            yield token
            expected = False
        elif expected and token.text in "!(%:":
            pass
        elif not expected and (token.text == "&" or (token.text == "|" and alternatives)):
            expected = True
        else:
            return
        i += 1


def _hold_habits(tokens: list[Token], place: str) -> None:
    depth, ordered = 0, {0: False}
    for before, token in zip([None, *tokens], tokens, strict=False):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0) if token.kind == "symbol" else 0
        if token.kind != "word" or (before is not None and before.text in ".:"):
            continue
        if token.upper in ("WITH", "RETURN"):
            ordered[depth] = False
        elif token.upper == "ORDER":
            ordered[depth] = True
        elif token.upper == "LIMIT" and not ordered.get(depth):
            raise BadQuery(
                f"{place}:{token.line}: LIMIT without ORDER BY gives other rows every time; order them first."
            )
        elif token.upper == "CSV" and before is not None and before.upper == "LOAD":
            raise BadQuery(f"{place}:{token.line}: LOAD CSV reads files and addresses; rows come as parameters.")
        elif token.text == "known":
            raise BadQuery(f"{place}:{token.line}: known takes names of variables, as in known(a, b).")
