"""Patterns of own events: the activities of one kind of a user's own, and the numbers that they carry."""

from typing import Final

from kg.query.known import expand_known
from kg.query.shown import told_of
from kg.render.attributes import Drawn, Way, hold_plain
from kg.render.newest import expand_newest

NEWEST: Final = 200
"""How many of an account's newest activities are looked at for each deal or lead."""


WAYS: Final = (
    *(Way(entity, entity, "", "MATCH (e)<-[b:ABOUT]-(a:Activity)", "e, a", "b") for entity in
      ("deal", "lead", "account")),
    *(Way(entity, "account", "account ", f"MATCH (e)-[w:{tie}]->(f:Account) WHERE known(w)\n"
          "newest((f)<-[b:ABOUT]-(a:Activity))\nWITH *", "e, f, a", "w, b")
      for entity, tie in (("deal", "WITH"), ("lead", "AT"))),
    Way("deal", "lead", "lead ", "MATCH (e)-[w:GREW_FROM]->(f:Lead)<-[b:ABOUT]-(a:Activity)", "e, f, a", "w, b"),
    Way("lead", "contact", "contact ", "MATCH (e)-[w:IS]->(f:Contact) WHERE known(w)\n"
        "newest((f)-[b:TOOK_PART_IN]->(a:Activity))\nWITH *", "e, f, a", "w, b"),
)  # fmt: skip


def event_pattern(way: Way, key: str, number: str | None) -> Drawn:
    """The pattern of an event, or of one of its numbers.

    Raises:
        ConfigurationError: the key or the number is no name that staging makes.
    """
    hold_plain(key)
    body = f"{way.match} WHERE a.event_key = '{key}' AND a.at <= as_of AND known({way.relationships})"
    if number:
        hold_plain(number)
        body += f" AND a.`a_{number}` IS NOT NULL AND coalesce(a.numbers_known, a.at) <= as_of"
    body = expand_newest(body, str(NEWEST) if "newest(" in body else None, __name__)
    columns = {
        "id": "a.id",
        "x": f"a.`a_{number}`" if number else "1.0",
        "at": "a.at",
        "event": told_of("MATCH (a:Activity)", "a.event"),
        "nodes": f"[{way.nodes}]",
        "relationships": f"[{way.relationships}]",
    }
    return expand_known(body), columns
