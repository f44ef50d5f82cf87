"""Names of periods."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kg.errors import InputError
from scoring.forecast.periods import period, quarter_of


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("2026Q1", (2026, 1), (2026, 4)), ("2026-q4", (2026, 10), (2027, 1)), ("2026-12", (2026, 12), (2027, 1)),
     ("2026", (2026, 1), (2027, 1))],
)  # fmt: skip
def test_a_period_is_read_and_named_back(text: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Quarter, month and year."""
    found = period(text)
    assert found.start == datetime(*start, 1, tzinfo=UTC)
    assert found.end == datetime(*end, 1, tzinfo=UTC)
    assert period(found.name) == found


@pytest.mark.parametrize("text", ["", "2026Q5", "Q1 2026", "2026-13", "26Q1", "0000Q1"])
def test_what_is_no_period_is_refused(text: str) -> None:
    """With the forms that there are."""
    with pytest.raises(InputError, match="write a quarter"):
        period(text)


def test_periods_follow_each_other() -> None:
    """Across years, in both directions."""
    quarter = quarter_of(datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    assert quarter.name == "2026Q1"
    assert quarter.after(-1).name == "2025Q4"
    assert quarter.after(4).name == "2027Q1"
    assert quarter.after(-1).end == quarter.start
