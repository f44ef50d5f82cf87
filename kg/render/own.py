"""Reads of a company's own kinds, rendered from their declarations: labels and types are the ontology's."""

from typing import Final

from kg.ontology import LABELS
from kg.ontology.own import Own
from kg.ontology.own_file import MARKER, TARGETS
from kg.query.known import expand_known
from kg.query.query import Query
from kg.render.loading import quoted

KEYED: Final = frozenset(("keys", "as_of"))


def own_by_ids(label: str) -> Query:
    """Own entities of a label by id: `key` and `rows` with the properties of at most one."""
    text = (
        f"UNWIND $keys AS key MATCH (n:{quoted(LABELS[label].label)} {{id: key}}) WHERE known(n) "
        "RETURN key, collect(properties(n)) AS rows"
    )
    return _query(f"{label} by id", text, KEYED, ("key", "rows"))


def own_page(label: str) -> Query:
    """A page of own entities by id, whose properties equal the values of `$equal`; readers see no personal ones met."""
    text = (
        f"MATCH (n:{quoted(LABELS[label].label)}) WHERE known(n) AND n.id > $at_id "
        "AND all(name IN keys($equal) WHERE n[name] = $equal[name]) "
        "AND ($personal OR none(name IN keys($equal) WHERE name IN coalesce(n.personal_values, []))) "
        "RETURN properties(n) AS row ORDER BY n.id LIMIT $first"
    )
    return _query(f"{label} page", text, frozenset(("as_of", "at_id", "equal", "first", "personal")), ("row",))


def own_related(own: Own, type_: str | None) -> Query:
    """What is tied to entities by own relationships, those of one type or all: `type`, `outgoing`, `node`."""
    declared = {r.type for kind in own.kinds for r in kind.relationships if type_ in (None, r.type)}
    types = "|".join(quoted(name) for name in sorted(declared))
    entities = "|".join(sorted({*(TARGETS[name] for name in ("account", "contact", "lead", "deal")), MARKER}))
    text = (
        f"UNWIND $keys AS key MATCH (e:{entities} {{id: key}}) CALL (e) {{ "
        f"MATCH (e)-[r:{types}]-(n) WHERE known(r, n) "
        "WITH r, n, startNode(r) = e AS outgoing ORDER BY type(r), n.id, r.id LIMIT $first "
        "RETURN collect({type: type(r), outgoing: outgoing, node: n}) AS rows } RETURN key, rows"
    )
    return _query(f"related by {types}", text, KEYED | {"first"}, ("key", "rows"))


def _query(name: str, text: str, parameters: frozenset[str], columns: tuple[str, ...]) -> Query:
    return Query(name, "own read", expand_known(text, "$as_of"), parameters=parameters, columns=columns)
