"""The demo's calendar: three fixed years, told in days since their first instant. Nothing reads the wall clock."""

from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2023, 1, 1, tzinfo=UTC)
END: Final = 1096.0
"""Days from 2023-01-01 to 2026-01-01: nothing is known later."""


def moment(day: float) -> datetime:
    """The instant `day` days after the start, to the whole second."""
    return START + timedelta(seconds=round(day * 86400))


def iso(day: float) -> str:
    """As Salesforce writes it: 2024-03-01T09:30:00.000Z."""
    return moment(day).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def date(day: float) -> str:
    """A bare date, 2024-03-01."""
    return moment(day).strftime("%Y-%m-%d")


def epoch(day: float) -> int:
    """Seconds since 1970."""
    return int(moment(day).timestamp())


def local(day: float, form: str, offset_hours: int) -> str:
    """A local time without its zone, as office systems write it; `offset_hours` is fixed, without summer time."""
    return (moment(day) + timedelta(hours=offset_hours)).strftime(form)


def whole_seconds(day: float) -> float:
    """`day` moved to a whole second, so that the record and the truth name the same instant."""
    return round(day * 86400) / 86400


def month_starts() -> tuple[float, ...]:
    """Days on which the calendar months of the three years begin."""
    return tuple(
        (datetime(year, month, 1, tzinfo=UTC) - START).days * 1.0
        for year in (2023, 2024, 2025)
        for month in range(1, 13)
    )


MONTHS: Final = month_starts()
