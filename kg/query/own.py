"""A company's own query files: what ours must keep, and more, because nobody reviewed them before they run.

They read and do nothing else: no procedure, no function of a plug-in, no file, one statement; and whatever they match
of what sources assert they match as of a moment (`known(…)`).
"""

from collections.abc import Iterator
from typing import Final

from kg.errors import BadQuery
from kg.ontology import LABELS, RELATIONSHIPS
from kg.query.tokens import Token, words

OPEN: Final = ("features", "norms", "segments", "labels", "populations", "checks")
"""Folders that a company may add files to."""
FIRST: Final = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "CALL", "RETURN")
NAMESPACES: Final = frozenset(("date", "datetime", "localdatetime", "time", "localtime", "duration", "point", "vector"))
TIMELESS: Final = ("checks",)


def hold_own(raw: str, kind: str, place: str) -> None:
    """Refuse an own file that does more than read, or reads past its moment.

    Raises:
        BadQuery: names file and line.
    """
    tokens = [t for t in words(raw, place) if t.kind != "comment"]
    if tokens and tokens[0].upper not in FIRST:
        valid = ", ".join(FIRST)
        raise BadQuery(f"{place}:{tokens[0].line}: an own query begins with one of {valid}, not {tokens[0].text!r}.")
    for i, token in enumerate(tokens):
        before, after = tokens[i - 1] if i else None, tokens[i + 1] if i + 1 < len(tokens) else None
        _hold_token(token, before, after, place)
        if token.text == ";" and after is not None:
            raise BadQuery(f"{place}:{token.line}: an own file holds one statement; put the next one in its own file.")
        called = i > 1 and after is not None and after.text == "(" and tokens[i - 1].text == "."
        if called and token.identifier and tokens[i - 2].identifier not in NAMESPACES:
            name = f"{tokens[i - 2].text}.{token.text}"
            raise BadQuery(
                f"{place}:{token.line}: {name}(…) is no function of Cypher itself; own queries call no others."
            )
    if kind not in TIMELESS:
        _hold_clocks(tokens, place)


def _hold_token(token: Token, before: Token | None, after: Token | None, place: str) -> None:
    if token.kind != "word" or (before is not None and before.text in (".", ":", "|", "&")):
        return
    if token.upper == "CALL" and (after is None or after.text not in "({"):
        raise BadQuery(f"{place}:{token.line}: an own query calls no procedure; CALL (…) {{ … }} opens a subquery.")
    if (
        token.upper in ("USE", "LOAD", "TRANSACTIONS")
        and after is not None
        and after.kind in ("word", "name", "symbol")
    ):
        keyword = token.upper != "USE" or after.kind in ("word", "name")
        if keyword and not (after.kind == "symbol" and token.upper != "TRANSACTIONS"):
            raise BadQuery(f"{place}:{token.line}: {token.upper} is not for own queries, which read this graph alone.")


def _hold_clocks(tokens: list[Token], place: str) -> None:
    """Every relationship that is matched, and every node that is matched alone, is read as of a moment."""
    dated = set(_dated(tokens))
    asserted = {r.type for r in RELATIONSHIPS if r.asserted} | {n.label for n in LABELS.values() if n.asserted}
    for i, token in enumerate(tokens):
        if token.text == "-" and _bare(tokens, i):
            raise BadQuery(
                f"{place}:{token.line}: name the relationship and its type, as in -[r:TYPE]-, and use known(r)."
            )
        if token.text == "[" and i and tokens[i - 1].text == "-":
            variable, names = _inside(tokens, i)
            if (not names or asserted & set(names)) and (variable is None or variable not in dated):
                raise BadQuery(
                    f"{place}:{token.line}: {variable or 'a relationship'} is read at any time; {_remedy('r')}"
                )
        if token.text == "(" and _alone(tokens, i):
            variable, names = _inside(tokens, i)
            if names and asserted & set(names) and (variable is None or variable not in dated):
                raise BadQuery(f"{place}:{token.line}: {variable or names[0]} is read at any time; {_remedy('n')}")


def _remedy(variable: str) -> str:
    return f"name it and say WHERE known({variable}), so that nothing known later counts."


def _dated(tokens: list[Token]) -> Iterator[str]:
    """Variables whose knowledge time is heeded: in known(…), newest(…), by `.known_from`, or one by one (`x IN r`)."""
    yield "e"
    for i, token in enumerate(tokens):
        if token.text in ("known", "newest") and i + 1 < len(tokens) and tokens[i + 1].text == "(":
            depth = 0
            for inner in tokens[i + 1 :]:
                depth += {"(": 1, ")": -1}.get(inner.text, 0)
                if depth == 0:
                    break
                if inner.identifier:
                    yield inner.identifier
        if token.text == "known_from" and i > 1 and tokens[i - 1].text == ".":
            yield tokens[i - 2].text
        if token.upper == "IN" and i + 2 < len(tokens) and tokens[i + 2].upper == "WHERE" and tokens[i + 1].identifier:
            yield tokens[i + 1].text


def _bare(tokens: list[Token], i: int) -> bool:
    """Whether the sign at `i` begins `--` or `-->` between two nodes: a relationship without a name."""
    following = "".join(t.text for t in tokens[i + 1 : i + 3])
    return i > 0 and tokens[i - 1].text in (")", "<") and following.startswith(("-(", "->"))


def _inside(tokens: list[Token], i: int) -> tuple[str | None, tuple[str, ...]]:
    """The variable and the labels or types of the bracket that opens at `i`."""
    variable, names, colon = None, [], False
    for token in tokens[i + 1 :]:
        if token.text in ("]", ")", "{", "*") or token.upper == "WHERE":
            break
        if token.text == ":":
            colon = True
        elif token.identifier and not colon:
            variable = token.identifier
        elif token.identifier:
            names.append(token.identifier)
    return variable, tuple(names)


def _alone(tokens: list[Token], i: int) -> bool:
    """Whether the bracket at `i` is a node pattern that no relationship touches."""
    if not i or tokens[i - 1].upper not in ("MATCH", ",", "{"):
        return False
    depth = 0
    for j in range(i, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[j].text, 0)
        if depth == 0:
            return j + 1 >= len(tokens) or tokens[j + 1].text not in ("-", "<")
    return False
