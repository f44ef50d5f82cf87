"""Kinds of event that fell silent: by their own rhythm, not by a number of days; which features read them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kg.features.features import load_features
from scoring.health.streams import reads, silences, streams_of
from scoring.settings import settings

NOW = datetime(2025, 6, 1, tzinfo=UTC)
DEAL = {name: f for name, f in load_features().items() if f.entity == "deal"}


def rows(kind: str, at: list[datetime], label: str = "Activity") -> Iterator[dict[str, Any]]:
    """Rows of `arrivals`, known at once."""
    days: dict[datetime, list[datetime]] = {}
    for one in sorted(at):
        days.setdefault(one.replace(hour=0, minute=0, second=0, microsecond=0), []).append(one)
    for day, some in days.items():
        yield {"label": label, "kind": kind, "day": day, "rows": len(some), "newest": max(some)}


def arriving(seed: int, a_day: float, *, until: datetime = NOW, working: bool = False) -> list[datetime]:
    """Events of a year at a rate a day; with `working` none at weekends and in two weeks of holidays."""
    chance = random.Random(seed)
    at, found = NOW - timedelta(days=365), []
    while (at := at + timedelta(days=chance.expovariate(a_day))) < until:
        if not working or (at.weekday() < 5 and not (at.month == 12 and at.day > 17)):
            found.append(at)
    return found


@pytest.mark.parametrize("a_day", [0.03, 0.2, 1.0, 8.0])
@pytest.mark.parametrize("working", [False, True])
def test_a_year_as_usual_is_never_silent(a_day: float, working: bool) -> None:
    other = list(rows("call", [NOW - timedelta(hours=1)]))
    silent = 0
    for seed in range(200):
        found = streams_of([*rows("mail", arriving(seed, a_day, working=working)), *other], NOW)
        silent += any(one.silent(settings()) for one in found)
    assert silent <= 3


@pytest.mark.parametrize(("a_day", "days"), [(8.0, 8), (1.0, 18), (0.3, 60)])
def test_what_stopped_is_silent(a_day: float, days: int) -> None:
    other = list(rows("call", [NOW - timedelta(hours=1)]))
    mails = [list(rows("mail", arriving(seed, a_day, until=NOW - timedelta(days=days)))) for seed in range(20)]
    assert sum(streams_of([*mail, *other], NOW)[1].silent(settings()) for mail in mails) >= 18


def test_where_everything_ends_nothing_stands_out() -> None:
    until = NOW - timedelta(days=90)
    found = streams_of(
        [*rows("mail", arriving(1, 3.0, until=until)), *rows("call", arriving(2, 3.0, until=until))], NOW
    )
    assert not any(one.silent(settings()) for one in found)


def test_what_is_told_late_is_late_as_usual() -> None:
    """Mails that are loaded once a month are a month old before each load."""
    loads = [NOW - timedelta(days=30 * k) for k in range(12, 0, -1)]
    late = [{"label": "Activity", "kind": "mail", "day": day, "rows": 90, "newest": day} for day in loads]
    found = streams_of([*late, *rows("call", arriving(2, 3.0))], NOW)
    assert 29 < next(one for one in found if one.kind == "mail").days <= 30
    assert not any(one.silent(settings()) for one in found)


def test_features_are_known_by_what_they_read() -> None:
    found = streams_of(
        [*rows("mail", arriving(1, 3.0)), *rows("meeting", arriving(2, 1.0)), *rows("usage", arriving(3, 1.0), "Usage"),
         *rows("stage", arriving(4, 1.0), "ENTERED")], NOW,
    )  # fmt: skip
    told = {name: {s.kind for s in reads(DEAL[name], found)} for name in DEAL}
    assert told["meetings_recent"] == {"meeting"} and told["usage_trend"] == {"usage"}
    assert told["activity_velocity"] == {"mail", "meeting"} and told["stage_regressions"] == {"stage"}
    assert told["deal_amount"] == told["account_industry"] == set()


def test_a_silence_names_its_features_and_says_so() -> None:
    silent = arriving(1, 3.0, until=NOW - timedelta(days=21))
    found = streams_of([*rows("meeting", silent), *rows("mail", arriving(2, 30.0))], NOW)
    (breach,) = silences(found, DEAL, settings())
    assert breach.severe and "meetings_recent" in breach.features and "deal_amount" not in breach.features
    assert "activity_velocity" not in breach.features, "one row in eleven that it reads is a meeting"
    assert breach.sentence.startswith("No meeting activities for 21 days") and breach.value > breach.allowed


def test_what_no_feature_reads_is_only_told() -> None:
    silent = arriving(1, 3.0, until=NOW - timedelta(days=21))
    found = streams_of([*rows("outcome", silent, "Outcome"), *rows("mail", arriving(2, 30.0))], NOW)
    (breach,) = silences(found, DEAL, settings())
    assert not breach.severe and breach.features == ()
