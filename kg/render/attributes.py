"""Patterns of attributes: the newest value that a record gave for a column of the user's own."""

from dataclasses import dataclass
from typing import Final

from kg.errors import ConfigurationError
from kg.query.known import expand_known
from kg.query.shown import told_of

PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
DAY: Final = 86400.0
Drawn = tuple[str, dict[str, str]]
"""What stands before the RETURN of a pattern, and the expression of each of its columns."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an entity reaches what counts for it: through which kind, and the words that stand before its name."""

    entity: str
    kind: str
    words: str
    match: str
    nodes: str
    relationships: str


WAYS: Final = (
    *(Way(kind, kind, "", "MATCH (e)<-[q:RESOLVED_TO]-(r:Record)<-[o:OF]-(h:Attributes)", "e, r, h", "q, o")
      for kind in ("deal", "lead", "account", "contact")),
    *(Way(entity, kind, f"{kind} ", f"MATCH (e)-[w:{type_}]->(f:{kind.title()})<-[q:RESOLVED_TO]-(r:Record)"
          "<-[o:OF]-(h:Attributes)", "e, f, r, h", "w, q, o")
      for entity, type_, kind in (
          ("deal", "WITH", "account"), ("deal", "GREW_FROM", "lead"), ("lead", "AT", "account"),
          ("lead", "IS", "contact"),
      )),
)  # fmt: skip
CONTACTS: Final = Way(
    "deal",
    "contact",
    "contacts' ",
    """MATCH (e)<-[w:PLAYS]-(f:Contact) WHERE known(w)
WITH e, as_of, f, collect(w)[0] AS w
CALL (f, as_of) {{
  MATCH (f)<-[q:RESOLVED_TO]-(r:Record)<-[o:OF]-(h:Attributes) WHERE {held} AND known(q, o)
  RETURN q, r, o, h ORDER BY h.at DESC, h.id DESC LIMIT 1
}}""",
    "e, f, r, h",
    "w, q, o",
)
"""A deal's contacts: the newest value of each."""


def hold_plain(name: str) -> None:
    """Refuse what staging never makes as the name of a property or event: it goes into the text of queries.

    Raises:
        ConfigurationError: the name is empty or holds something else than small letters, digits and underscores.
    """
    if not name or not set(name) <= PLAIN:
        raise ConfigurationError(f"{name!r} is no name that staging makes")


def attribute_pattern(way: Way, property_: str, type_: str) -> Drawn:
    """The pattern of an attribute.

    Raises:
        ConfigurationError: the property is no name that staging makes.
    """
    hold_plain(property_)
    a, t = f"`a_{property_}`", f"`t_{property_}`"
    held = f"h.{a} IS NOT NULL AND h.at <= as_of AND coalesce(h.`u_{property_}` > as_of.epochMillis, true)"
    if way is CONTACTS:
        body = way.match.format(held=held)
    else:
        ties = way.relationships
        body = f"{way.match} WHERE {held} AND known({ties})"
    x = f"(as_of.epochSeconds - h.{a}) / {DAY}" if type_ == "date" else f"h.{a}"
    told = told_of("MATCH (h:Attributes)", f"h.a_{property_}")
    words = {
        "flag": f"CASE WHEN h.{a} > 0 THEN 'yes' ELSE 'no' END",
        "date": f"h.{t}",
        "ordinal": f"h.{t}",
        "category": told,
    }.get(type_, f"h.{a}")
    columns = {
        "id": "f.id" if way is CONTACTS else "h.id",
        "x": x,
        "at": "h.at",
        "words": words,
        "since": "h.known_from",
        "nodes": f"[{way.nodes}]",
        "relationships": f"[{way.relationships}]",
    }
    if type_ == "category":
        columns["said"] = told
    return expand_known(body), columns
