"""Periods that sellers speak of: a year, a quarter, a month."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from kg.errors import InputError

FORM = re.compile(r"(\d{4})(?:-?Q([1-4])|-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` until just before `end`, both the first instant of a month in UTC."""

    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """2026, 2026Q1 or 2026-02."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        forms = {12: f"{self.start:%Y}", 3: f"{self.start:%Y}Q{(self.start.month + 2) // 3}"}
        return forms.get(months, f"{self.start:%Y-%m}")

    def after(self, periods: int) -> "Period":
        """The period of the same length so many later (earlier, where negative)."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        return Period(_moved(self.start, periods * months), _moved(self.end, periods * months))


def period(text: str) -> Period:
    """The period that is named so.

    Raises:
        InputError: it is none.
    """
    found = FORM.fullmatch(text.strip().upper())
    if found is None or not 1 <= int(found[1]) <= 9998:
        raise InputError(f"{text!r} is no period: write a quarter (2026Q1), a month (2026-02) or a year (2026).")
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        return _from(year, 3 * int(quarter) - 2, 3)
    return _from(year, int(month), 1) if month else _from(year, 1, 12)


def quarter_of(moment: datetime) -> Period:
    """The quarter that a moment lies in."""
    at = moment.astimezone(UTC)
    return _from(at.year, (at.month - 1) // 3 * 3 + 1, 3)


def _from(year: int, month: int, months: int) -> Period:
    start = datetime(year, month, 1, tzinfo=UTC)
    return Period(start, _moved(start, months))


def _moved(at: datetime, months: int) -> datetime:
    whole = at.year * 12 + at.month - 1 + months
    return at.replace(year=whole // 12, month=whole % 12 + 1)
