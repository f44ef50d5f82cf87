"""Kinds of event that features read, how regularly each is heard of, and whether one fell silent.

The rhythm of a kind of event is its own: the longest time that it was not heard of in a year. Where gaps between
arrivals are exponential, one of them is c times the longest of N others with the probability N·B(N, c + 1) (B is the
beta function); regular rhythms, such as working days, are less likely to pass it. A kind counts as silent when as
many gaps as it had would bring less than `health_alpha` of such a gap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import betaln

from kg.features.events import FAMILY as EVENT
from kg.features.features import Feature
from kg.ontology.values import ACTIVITY_KINDS
from kg.query.files import load_queries
from kg.query.tokens import words
from scoring.health.breach import Breach
from scoring.settings import ScoringSettings

if TYPE_CHECKING:
    from kg.graph import Graph

YEAR: Final = timedelta(days=366)
DAY: Final = 86400.0
READ: Final = ("Activity", "Usage", "Ticket", "ENTERED")
"""What features measure the absence of: where it stops, they are wrong. Other kinds only say how far the data go."""
PART: Final = 0.1
"""Least share of the rows that a feature reads, from which on it is wrong without them."""
WORDED: Final = {
    "usage": "product use",
    "ticket": "support tickets",
    "stage": "steps to another stage",
    "change": "changes of fields",
    "outcome": "deals that ended",
}


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of event: rows in a year, days since the newest, and the longest time without one before.

    `gaps` is how many times it came after a while, `chance` how often so long a silence is expected in as many gaps.
    """

    label: str
    kind: str
    rows: int
    newest: datetime
    days: float
    longest: float
    gaps: int
    chance: float

    @property
    def named(self) -> str:
        """Its name in a sentence."""
        return WORDED.get(self.kind, f"{self.kind.replace('_', ' ')} activities")

    def silent(self, settings: ScoringSettings) -> bool:
        """Whether it fell silent."""
        return self.days >= settings.health_silent_days and self.chance < settings.health_alpha


def read_streams(graph: "Graph", as_of: datetime) -> tuple[Stream, ...]:
    """Every kind of event that was heard of in the year before a moment, as it was known then."""
    rows = graph.read(load_queries("reads")["arrivals"], as_of=as_of, since=as_of - YEAR)
    return streams_of(rows, as_of)


def streams_of(rows: Iterable[Mapping[str, Any]], as_of: datetime) -> tuple[Stream, ...]:
    """The same from rows of `arrivals`: label, kind, day (of arrival), rows and newest (moment), by day.

    Silence is counted up to the newest row of any kind: where nothing at all is newer, no kind stands out.
    """
    found = list(rows)
    if not found:
        return ()
    now = min(as_of, max(max(row["newest"], row["day"]) for row in found))
    kinds: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in found:
        kinds.setdefault((row["label"], row["kind"]), []).append(row)
    return tuple(_stream(label, kind, mine, now) for (label, kind), mine in sorted(kinds.items()))


def _stream(label: str, kind: str, rows: list[Mapping[str, Any]], now: datetime) -> Stream:
    newest = rows[0]["newest"]
    waits = []
    for row in rows[1:]:
        waits.append(max((row["day"] - newest).total_seconds() / DAY, 0.0))
        newest = max(newest, row["newest"])
    days = max((now - newest).total_seconds() / DAY, 0.0)
    longest = max(max(waits, default=0.0), 1.0)  # a day is the unit that arrivals are counted in
    return Stream(
        label,
        kind,
        sum(int(row["rows"]) for row in rows),
        newest,
        days,
        longest,
        len(waits),
        _chance(len(waits), days / longest),
    )


def _chance(gaps: int, times: float) -> float:
    """Of so many exponential gaps, how many are expected to be so many times the longest of the others."""
    if not gaps:
        return 1.0
    return float(min(1.0, gaps * np.exp(np.log(gaps) + betaln(gaps, times + 1))))


def reads(feature: Feature, streams: Iterable[Stream]) -> dict[Stream, float]:
    """The kinds of event that a feature reads, each with its share of all the rows that it may read.

    An activity's kinds are those that its file names, or all of them.
    """
    tokens = words(feature.pattern.body, feature.name)
    labels = {after.text for token, after in pairwise(tokens) if token.text in (":", "|")}
    named = {token.text.strip("'\"") for token in tokens if token.kind == "string"}
    every = [s for s in streams if s.label in READ and s.label in labels]
    kinds = {s.kind for s in every if s.label == "Activity"} | set(ACTIVITY_KINDS)
    kinds |= named if feature.family == EVENT else set()
    mine = [s for s in every if s.label != "Activity" or not named & kinds or s.kind in named]
    total = sum(s.rows for s in mine)
    return {s: s.rows / total for s in mine} if total else {}


def silences(streams: Iterable[Stream], features: Mapping[str, Feature], settings: ScoringSettings) -> list[Breach]:
    """What fell silent, with the features that cannot be believed without it."""
    found = []
    streams = tuple(streams)
    shares = {name: reads(feature, streams) for name, feature in features.items()}
    for stream in (s for s in streams if s.silent(settings)):
        names = tuple(sorted(name for name, mine in shares.items() if mine.get(stream, 0.0) >= PART))
        severe = bool(names) and stream.label in READ
        usual = f"{stream.longest:.0f} day{'' if round(stream.longest) == 1 else 's'}"
        sentence = f"No {stream.named} for {stream.days:.0f} days, where {usual} was the longest time without"
        found.append(
            Breach("silent", stream.kind, severe, f"{sentence}.", stream.days, stream.longest, names if severe else ())
        )
    return found
