"""Query files: the folder is the kind, the kind is a contract, and a file that breaks it is refused with file:line."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.errors import BadQuery
from kg.ontology.own import Own, current
from kg.query.conditions import expand_conditions
from kg.query.contracts import BY_KIND, Contract
from kg.query.known import expand_known
from kg.query.own import OPEN, hold_own
from kg.query.query import Mode, Query
from kg.query.shown import expand_shown, hold_shown
from kg.query.tokens import Token, is_auto_commit, words
from kg.query.words import hold_words

CYPHER: Final = Path(__file__).parents[2] / "cypher"
WRITING: Final = frozenset(("CREATE", "MERGE", "SET", "DELETE", "REMOVE", "DROP", "FOREACH"))


def load_queries(kind: str, root: Path = CYPHER) -> dict[str, Query]:
    """Every query of one kind by name (the file's stem); BadQuery says which file and line break the contract."""
    if kind not in BY_KIND:
        raise BadQuery(f"{root}:1: {kind!r} is no kind of query; the kinds are {', '.join(BY_KIND)}.")
    found: dict[str, Query] = {}
    for path in sorted((root / kind).rglob("*.cypher")):
        query = read_query(path, BY_KIND[kind], root)
        if query.name in found:
            raise BadQuery(f"{_place(path, root)}:1: {query.name!r} is also the name of {found[query.name].path}.")
        found[query.name] = query
    return found | _own_queries(kind, found) if root == CYPHER else found


def _own_queries(kind: str, ours: Mapping[str, Query]) -> dict[str, Query]:
    """A company's own files of one kind, held against the same contract and `kg.query.own`."""
    found: dict[str, Query] = {}
    for query in _read_own(current(), kind):
        if query.name in ours:
            raise BadQuery(f"{query.path}:1: {query.name!r} is a query of Dealgraph's; name the file differently.")
        if query.name in found:
            raise BadQuery(f"{query.path}:1: {query.name!r} is also the name of {found[query.name].path}.")
        found[query.name] = query
    return found


@lru_cache(maxsize=64)
def _read_own(own: Own, kind: str) -> tuple[Query, ...]:
    found: list[Query] = []
    for path, raw in own.folder("cypher", ".cypher").items():
        folder = path.split("/")[1]
        if folder not in OPEN:
            raise BadQuery(f"{path}:1: {folder!r} takes no own files; the folders are {', '.join(OPEN)}.")
        if folder == kind:
            hold_own(raw, kind, path)
            found.append(query_from(raw, Path(path), BY_KIND[kind], path))
    return tuple(found)


def read_query(path: Path, contract: Contract, root: Path = CYPHER) -> Query:
    """One file as a query, held against its contract."""
    return query_from(path.read_text(encoding="utf-8"), path, contract, _place(path, root))


def query_from(raw: str, path: Path, contract: Contract, place: str) -> Query:
    """The text of one file as a query, held against its contract."""
    header = read_header(raw, place)
    if contract.guarded:
        hold_shown(raw, place)
    called = expand_conditions(raw, CYPHER / "conditions", place)
    text = expand_shown(expand_known(called, contract.moment, place), place)
    tokens = words(text, place)
    if not tokens:
        raise BadQuery(f"{place}:1: the file holds no Cypher.")
    hold_words(tokens, place)
    query = Query(
        name=path.stem,
        kind=contract.kind,
        text=text,
        mode=mode_of(tokens),
        path=path,
        header=header,
        parameters=frozenset(t.text[1:].strip("`") for t in tokens if t.kind == "param"),
        columns=columns_of(text, tokens),
        auto_commit=is_auto_commit(tokens),
        digest=hashlib.sha256(raw.encode()).hexdigest(),
    )
    _hold(query, contract, place)
    return query


def read_header(text: str, place: str) -> dict[str, str]:
    """The leading `// key: value` lines; `//   more` continues the value before it."""
    header: dict[str, str] = {}
    key = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("//"):
            break
        body = line[2:]
        if key and body.startswith("   "):
            header[key] = f"{header[key]} {body.strip()}"
            continue
        key, colon, value = (part.strip() for part in body.partition(":"))
        if not colon or not key.isidentifier():
            raise BadQuery(f"{place}:{number}: a header line reads '// key: value', not {line!r}.")
        if key in header:
            raise BadQuery(f"{place}:{number}: the header gives {key!r} twice.")
        header[key] = value
    return header


def mode_of(tokens: list[Token]) -> Mode:
    """Whether the text writes."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.kind == "word" and token.upper in WRITING and (before is None or before.text not in (".", ":", "|")):
            return "write"
    return "read"


def columns_of(text: str, tokens: list[Token]) -> tuple[str, ...]:
    """The names that the last RETURN gives: what stands after AS, or the expression itself."""
    outer = list(_outermost(tokens))
    last = max((i for i, token in enumerate(outer) if token.upper == "RETURN"), default=None)
    if last is None:
        return ()
    names: list[str] = []
    item: list[Token] = []
    for token in outer[last + 1 :]:
        if token.upper in ("ORDER", "SKIP", "LIMIT", "OFFSET", "UNION") and token.kind == "word":
            break
        if token.text == ";":
            break
        if token.text == ",":
            names.append(_column(text, item))
            item = []
        else:
            item.append(token)
    return (*names, _column(text, item)) if item else tuple(names)


def _outermost(tokens: list[Token]) -> Iterator[Token]:
    """The tokens outside every bracket (the brackets themselves included)."""
    depth = 0
    for token in tokens:
        if token.kind == "symbol" and token.text in ")]}":
            depth -= 1
        if depth == 0:
            yield token
        if token.kind == "symbol" and token.text in "([{":
            depth += 1


def _column(text: str, item: list[Token]) -> str:
    if len(item) > 2 and item[-2].upper == "AS":
        return item[-1].identifier or item[-1].text
    if item and item[0].upper == "DISTINCT":
        item = item[1:]
    return text[item[0].at : item[-1].at + len(item[-1].text)] if item else ""


def _hold(query: Query, contract: Contract, place: str) -> None:
    """Refuse a query that breaks its contract."""
    kind = contract.kind
    for key in contract.keys:
        if not query.header.get(key):
            raise BadQuery(f"{place}:1: a file of {kind} needs '// {key}: …' in its header.")
    _no_others(place, "header key", query.header, contract.keys, contract.optional_keys)
    for parameter in contract.parameters:
        if parameter not in query.parameters:
            raise BadQuery(f"{place}:1: a file of {kind} must use ${parameter}.")
    _no_others(place, "parameter", sorted(query.parameters), contract.parameters, contract.optional_parameters)
    for column in contract.columns:
        if column not in query.columns:
            raise BadQuery(
                f"{place}:1: a file of {kind} must return {column!r}; it returns {', '.join(query.columns)}."
            )
    _no_others(place, "column", query.columns, contract.columns, contract.optional_columns)
    if query.mode != contract.mode:
        raise BadQuery(f"{place}:1: a file of {kind} must {contract.mode}, this one would {query.mode}.")


def _no_others(
    place: str,
    what: str,
    given: Mapping[str, str] | tuple[str, ...] | list[str],
    known: tuple[str, ...],
    optional: tuple[str, ...] | None,
) -> None:
    if optional is None:
        return
    for name in given:
        if name not in known and name not in optional:
            valid = ", ".join((*known, *optional)) or "none"
            raise BadQuery(f"{place}:1: {what} {name!r} is not one of this kind's: {valid}.")


def _place(path: Path, root: Path) -> str:
    return str(path.relative_to(root.parent)) if path.is_relative_to(root.parent) else str(path)


__all__ = ["CYPHER", "Query", "load_queries", "read_query"]
