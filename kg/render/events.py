"""Patterns of own events: the activities of one kind of a user's own, and the numbers that they carry."""

from dataclasses import dataclass
from typing import Final

from kg.errors import ConfigurationError
from kg.query.known import expand_known
from kg.query.shown import expand_shown
from kg.render.attributes import PLAIN
from kg.render.newest import expand_newest

NEWEST: Final = 200
"""How many of an account's newest activities are looked at for each deal or lead."""


@dataclass(frozen=True, slots=True)
class EventWay:
    """How an entity reaches its events, and the words that stand before their names."""

    entity: str
    words: str
    match: str
    ties: str
    nodes: str
    through: str = ""


WAYS: Final = (
    *(EventWay(entity, "", "MATCH (e)<-[b:ABOUT]-(a:Activity)", "b", "e, a") for entity in ("deal", "lead", "account")),
    *(
        EventWay(entity, "account ", f"MATCH (e)-[w:{tie}]->(f:Account) WHERE known(w)\n"
                 "newest((f)<-[b:ABOUT]-(a:Activity))\nWITH *", "w, b", "e, f, a", "account")
        for entity, tie in (("deal", "WITH"), ("lead", "AT"))
    ),
    EventWay("deal", "lead ", "MATCH (e)-[w:GREW_FROM]->(f:Lead)<-[b:ABOUT]-(a:Activity)", "w, b", "e, f, a", "lead"),
    EventWay("lead", "contact ", "MATCH (e)-[w:IS]->(f:Contact) WHERE known(w)\n"
             "newest((f)-[b:TOOK_PART_IN]->(a:Activity))\nWITH *", "w, b", "e, f, a", "contact"),
)  # fmt: skip


def event_pattern(way: EventWay, key: str, number: str | None) -> tuple[str, dict[str, str]]:
    """What stands before the RETURN of an event's pattern, and the expression of each of its columns.

    Raises:
        ConfigurationError: the key or the property is no name that staging makes.
    """
    for name in (key, number or key):
        if not name or not set(name) <= PLAIN:
            raise ConfigurationError(f"{name!r} is no name of an event or of its number")
    body = f"{way.match} WHERE a.event_key = '{key}' AND a.at <= as_of AND known({way.ties})"
    if number:
        body += f" AND a.`a_{number}` IS NOT NULL AND coalesce(a.numbers_known, a.at) <= as_of"
    body = expand_newest(body, str(NEWEST) if "newest(" in body else None, __name__)
    told = expand_shown("MATCH (a:Activity) RETURN told(a.event)").rpartition("RETURN ")[2]
    columns = {
        "id": "a.id",
        "x": f"a.`a_{number}`" if number else "1.0",
        "at": "a.at",
        "event": told,
        "nodes": f"[{way.nodes}]",
        "relationships": f"[{way.ties}]",
    }
    return expand_known(body), columns
