"""Entities whose own columns hold what is asked for: `holds(d)` in a query file becomes that condition.

`$attributes` is null or a list of maps: `key` and `until` name properties of Attributes (`a_…`, `u_…`), `text` (small
letters) or `number` is what the newest value must equal, `least` and `most` are bounds of a number.
"""

import re
from typing import Final

from kg.query.known import known
from kg.query.tokens import scan

CALL: Final = re.compile(r"\bholds\(\s*(\w+)\s*\)")
NEWEST: Final = (
    "MATCH ({entity})<-[held_q:RESOLVED_TO]-(:Record)<-[held_o:OF]-(held:Attributes) "
    "WHERE {known} AND held.at <= $as_of AND held[want.key] IS NOT NULL "
    "AND coalesce(held[want.until] > $as_of.epochMillis, true) "
    "AND ($personal OR NOT want.key IN coalesce(held.personal_values, [])) "
    "RETURN held[want.key] AS value ORDER BY held.at DESC, held.id DESC LIMIT 1"
)
ASKED: Final = (
    "(want.text IS NULL OR toLower(toString(value)) = want.text) AND (want.number IS NULL OR value = want.number) "
    "AND (want.least IS NULL OR value >= want.least) AND (want.most IS NULL OR value <= want.most)"
)


def expand_holds(text: str, place: str = "query") -> str:
    """`text` with each `holds(d)` outside quotes and comments expanded; lines stay where they are."""
    if not CALL.search(text):
        return text
    quiet = [(t.at, t.at + len(t.text)) for t in scan(text, place) if t.kind in ("comment", "string", "name")]

    def condition(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in quiet):
            return match.group()
        both = " AND ".join(f"({known(name, '$as_of')})" for name in ("held_q", "held_o"))
        newest = NEWEST.format(entity=match[1], known=both)
        held = f"any(value IN COLLECT {{ {newest} }} WHERE {ASKED})"
        return f"($attributes IS NULL OR all(want IN $attributes WHERE {held}))"

    return CALL.sub(condition, text)
