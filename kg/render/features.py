"""A feature's pattern put together into its two queries: the values of many entities, and the rows behind them.

Words that a pattern may use beside Cypher (`known(…)` is expanded when the file is read):

    days(a, b)     days from a to b, as a number          current(r)   r.from <= as_of and r has not ended by then
    month(t)       the month of t, as in a Norm's id      quarter(t)   the first month of its quarter
    level(s)       a seniority as a number, 1 to 5        decay(t, h)  1 now, one half h days ago
    before(n)      the moment n days before as_of               path(list)   the list; null in batch
    newest(p)      a hub's newest rows by a path p (kg/render/newest.py); the header's `newest` says how many
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kg.errors import BadQuery
from kg.ontology import ENTITIES, SECOND
from kg.query.known import expand_known
from kg.query.query import Query
from kg.query.tokens import Token, words
from kg.render.aggregates import Aggregate
from kg.render.loading import quoted

LEVELS: Final = {"c_level": 5.0, "vp": 4.0, "director": 3.0, "manager": 2.0, "staff": 1.0}
_LEVEL: Final = " ".join(f"WHEN '{name}' THEN {value}" for name, value in LEVELS.items())
WORDS: Final[dict[str, Callable[..., str]]] = {
    "days": lambda a, b: f"(({b}.epochMillis - {a}.epochMillis) / 86400000.0)",
    "current": lambda r: f"({r}.from <= as_of AND ({r}.to IS NULL OR {r}.to > as_of))",
    "month": lambda t: f"left(toString(date.truncate('month', {t})), 7)",
    "quarter": lambda t: f"left(toString(date.truncate('quarter', {t})), 7)",
    "level": lambda s: f"(CASE {s} {_LEVEL} ELSE 0.0 END)",
    "decay": lambda t, h: f"(2.0 ^ ((as_of.epochMillis - {t}.epochMillis) / ({h} * -86400000.0)))",
    "before": lambda n: f"(as_of - duration({{days: {n}}}))",
}
CALL: Final = re.compile(rf"\b({'|'.join(WORDS)})\(\s*([^(),]+?)\s*(?:,\s*([^(),]+?)\s*)?\)")
RESERVED: Final = ("nodes", "relationships")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What rendering needs of a feature: the text before its last RETURN and what that RETURN gives, by column.

    `prior` is the group of a Norm (`name|group`) and the weight of the row that it adds, or None.
    """

    name: str
    entity: str
    body: str
    columns: dict[str, str]
    aggregate: Aggregate
    argument: float | None
    take: int | None
    prior: tuple[str, float] | None


def expand(text: str, drawn: bool = True) -> str:
    """`text` with the words above expanded; unless `drawn`, no path is made."""
    text = _paths(text, drawn)

    def word(match: re.Match[str]) -> str:
        return WORDS[match[1]](*(part for part in match.groups()[1:] if part is not None))

    while (wider := CALL.sub(word, text)) != text:
        text = wider
    return text


def _paths(text: str, drawn: bool) -> str:
    start = text.find("path(")
    while start >= 0:
        end, depth = start + 5, 1
        while depth and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        text = text[:start] + (text[start + 5 : end - 1] if drawn else "null") + text[end:]
        start = text.find("path(", start)
    return text


def split(text: str, place: str) -> tuple[str, dict[str, str]]:
    """A pattern's text as (what stands before its last outer RETURN, expression by column)."""
    outer, depth = [], 0
    for token in words(text, place):
        depth -= token.kind == "symbol" and token.text in ")]}"
        outer.append((token, depth))
        depth += token.kind == "symbol" and token.text in "([{"
    last = max((i for i, (t, d) in enumerate(outer) if d == 0 and t.upper == "RETURN"), default=None)
    if last is None:
        raise BadQuery(f"{place}:1: the pattern has no RETURN.")
    columns: dict[str, str] = {}
    item: list[Token] = []
    for token, d in [*outer[last + 1 :], (Token("symbol", ",", len(text), 0), 0)]:
        if d == 0 and token.text == ",":
            name, expression = _column(text, item, place)
            columns[name] = expression
            item = []
        elif d == 0 and token.upper in ("ORDER", "LIMIT", "SKIP", "UNION"):
            raise BadQuery(f"{place}:{token.line}: rendering orders and limits a feature's rows; drop {token.text}.")
        else:
            item.append(token)
    return text[: outer[last][0].at].rstrip(), columns


def _column(text: str, item: list[Token], place: str) -> tuple[str, str]:
    if len(item) == 1:
        return item[0].text, item[0].text
    if len(item) < 3 or item[-2].upper != "AS":
        raise BadQuery(f"{place}:1: each column of a feature's RETURN reads 'expression AS name'.")
    return item[-1].text, text[item[0].at : item[-3].at + len(item[-3].text)]


def _scope(entity: str) -> str:
    """What a pattern may begin at: `e`, of a pair `second` as well, and the moment."""
    return "(e, second, as_of)" if entity in SECOND else "(e, as_of)"


def _head(pattern: Pattern) -> str:
    label = quoted(ENTITIES[pattern.entity])
    if pattern.entity in SECOND:
        second = quoted(SECOND[pattern.entity])
        return (
            "UNWIND $rows AS row\nWITH row, split(row.id, '|')[0] AS first\n"
            f"MATCH (e:{label} {{id: first}}) WHERE e.known_from <= row.as_of\n"
            f"CALL (row, first) {{ MATCH (s:{second} {{id: substring(row.id, size(first) + 1)}})\n"
            "WHERE s.known_from <= row.as_of RETURN s AS second }\n"
            "WITH e, second, row.i AS i, row.as_of AS as_of\n"
        )
    return (
        f"UNWIND $rows AS row\nMATCH (e:{label} {{id: row.id}}) WHERE e.known_from <= row.as_of\n"
        "WITH e, row.i AS i, row.as_of AS as_of\n"
    )


def _rows(pattern: Pattern, columns: tuple[str, ...], returning: str) -> str:
    """The pattern's rows, cut to the heaviest, with the prior's row among them."""
    given = ", ".join(f"{pattern.columns[c]} AS {c}" if c in pattern.columns else f"false AS {c}" for c in columns)
    cut = " ORDER BY w DESC, id LIMIT $take" if pattern.take else ""
    if pattern.prior is None:
        return f"{pattern.body}\n{returning} {given}{cut}"
    group = pattern.prior[0]
    prior = {
        "id": "'norm'",
        "x": "norm.value",
        "w": "$prior",
        "nodes": "[e, norm]",
        "relationships": "[]",
        "prior": "true",
    }
    given_prior = ", ".join(f"{prior.get(c, 'null')} AS {c}" for c in columns)
    norm = expand_known(f"MATCH (norm:Norm {{id: '{group}|' + month(as_of)}}) WHERE known(norm)\nRETURN {given_prior}")
    union = f"CALL {_scope(pattern.entity)} {{\n{pattern.body}\nRETURN {given}{cut}\nUNION ALL\n{norm}\n}}"
    return f"{union}\n{returning} {', '.join(columns)}"


def _parameters(pattern: Pattern, *names: str) -> frozenset[str]:
    extra = {"take": pattern.take, "prior": pattern.prior, "argument": pattern.argument}
    return frozenset(name for name in (*names, "take", "prior") if extra.get(name, "") is not None)


PARAMETER: Final = re.compile(r"\$(empty|take|prior|argument)\b")


def batch_query(patterns: Sequence[Pattern]) -> Query:
    """Values of many (entity, moment) pairs: `i` and `values`, one for each pattern, for each row of $rows.

    No path is materialised. Several patterns of one entity share a query, because finding the entity and answering a
    row cost as much as a small pattern; their parameters carry their place: $empty_0, $take_0, $empty_1 ….
    """
    parts, names = [], {"rows"}
    for k, pattern in enumerate(patterns):
        text = PARAMETER.sub(lambda match, k=k: f"${match[1]}_{k}", _value(pattern))  # type: ignore[misc]  # k is bound
        parts.append(f"CALL {_scope(pattern.entity)} {{\n{text} AS value_{k}\n}}")
        names |= {f"{name}_{k}" for name in _parameters(pattern, "empty", "argument")}
    values = ", ".join(f"value_{k}" for k in range(len(patterns)))
    text = f"{_head(patterns[0])}{chr(10).join(parts)}\nRETURN i, [{values}] AS values"
    return Query(
        name=", ".join(pattern.name for pattern in patterns),
        kind="feature values",
        text=expand(text, drawn=False),
        parameters=frozenset(names),
        columns=("i", "values"),
    )


def _value(pattern: Pattern) -> str:
    """A subquery's text that ends in the aggregate of the pattern's rows."""
    aggregate = pattern.aggregate
    since = ("since",) if aggregate.name == "latest" and "since" in pattern.columns else ()
    wanted = ("id", *aggregate.needs, *since)
    columns = wanted if pattern.take is None else tuple(dict.fromkeys((*wanted, "w")))
    order = ""
    if aggregate.name == "latest":
        order = f" ORDER BY at DESC, {'since DESC, ' if since else ''}id DESC"
    elif aggregate.ordered:
        order = " ORDER BY id"
    rows = _rows(pattern, columns, "WITH")
    if order and pattern.take is not None and pattern.prior is None:
        rows += f"\nWITH {', '.join(columns)}"
    parts = ", ".join(part for part in ("count(*) AS n", aggregate.parts) if part)
    empty = "n = 0" + (f" OR {aggregate.divisor} = 0" if aggregate.divisor else "")
    return f"{rows}{order}\nWITH {parts}\nRETURN CASE WHEN {empty} THEN $empty ELSE {aggregate.value} END"


def evidence_query(pattern: Pattern) -> Query:
    """The rows behind the values: for each row of $rows `i`, `anchor`, all rows' figures and the first $first paths."""
    columns = tuple(dict.fromkeys((*pattern.columns, "prior")))
    figures = ", ".join(f"{c}: {c}" for c in columns if c not in RESERVED)
    newest = "at DESC, " if "at" in columns else ""
    heaviest = "w DESC, " if "w" in columns else newest
    rows = _rows(pattern, columns, "WITH")
    if pattern.take is not None and pattern.prior is None:
        rows += f"\nWITH {', '.join(columns)}"
    text = (
        f"{_head(pattern)}CALL {_scope(pattern.entity)} {{\n{rows} ORDER BY prior, {heaviest}id\n"
        f"WITH collect({{{figures}}}) AS rows, collect({{nodes: nodes, relationships: relationships}}) AS paths\n"
        "RETURN rows, paths[..$first] AS paths\n}\nRETURN i, e AS anchor, rows, paths"
    )
    text = expand(text)
    return Query(
        name=pattern.name,
        kind="feature evidence",
        text=text,
        parameters=_parameters(pattern, "rows", "first", *(["personal"] if "$personal" in text else [])),
        columns=("i", "anchor", "rows", "paths"),
    )


def freshness_query(pattern: Pattern) -> Query:
    """When the newest row behind each value happened: for each row of $rows `i` and `newest`, null without rows.

    Of a row without `at`, or with one that is still to come, it is when the newest part of its path became known. A
    norm that joins the rows says nothing of this entity and does not count.
    """
    drawn = ("nodes", "relationships")
    columns = tuple(dict.fromkeys(("id", *(c for c in ("w", "at") if c in pattern.columns), *drawn, "prior")))
    rows = _rows(pattern, columns, "WITH")
    known = (
        "reduce(newest = e.known_from, part IN nodes + relationships | "
        "CASE WHEN part.known_from > newest AND part.known_from <= as_of THEN part.known_from ELSE newest END)"
    )
    when = f"CASE WHEN at <= as_of THEN at ELSE {known} END" if "at" in columns else known
    text = (
        f"{_head(pattern)}CALL {_scope(pattern.entity)} {{\n{rows}\nWITH {', '.join(columns)} WHERE NOT prior\n"
        f"RETURN max({when}) AS newest\n}}\nRETURN i, newest"
    )
    return Query(
        name=pattern.name,
        kind="feature freshness",
        text=expand(text),
        parameters=_parameters(pattern, "rows"),
        columns=("i", "newest"),
    )
