"""Texts as numbers and moments: read wholly, or refused with the reason; never a tail, a zone or a mark dropped."""

from datetime import datetime

import pytest

from resolution.normalise.moments import TimeRule, read_moment
from resolution.normalise.numbers import NumberRule, read_number

COMMA, POINT = NumberRule(","), NumberRule(".")


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        (COMMA, "100.0", 100.0), (COMMA, "1234.56", 1234.56), (COMMA, "45,000.00", 45000.0),
        (COMMA, "1.234,50", 1234.5), (COMMA, "1 234,50", 1234.5), (COMMA, "1\u00a0234,50", 1234.5),
        (COMMA, "1\u202f234,50", 1234.5), (COMMA, "1’234,50", 1234.5), (COMMA, "1.250,00 €", 1250.0),
        (COMMA, "EUR 5", 5.0), (COMMA, "5,5 CHF", 5.5), (COMMA, "1.234", 1234.0), (COMMA, "12,5", 12.5),
        (COMMA, "0.500", 0.5), (COMMA, "1,234,567", 1234567.0), (COMMA, "-", None), (COMMA, "1.234.567,8", 1234567.8),
        (POINT, "$1,250.00", 1250.0), (POINT, "(1,000)", -1000.0), (POINT, "-5", -5.0), (POINT, "5-", -5.0),
        (POINT, "−5", -5.0), (POINT, "$-5", -5.0), (POINT, "-$5", -5.0), (POINT, "1'234.50", 1234.5),
        (POINT, "12,34,567.8", 1234567.8), (POINT, "1,5", 1.5), (POINT, "1.234,50", 1234.5), (POINT, "1.234", 1.234),
        (POINT, "US$ 10", 10.0), (POINT, "1e+16", 1e16), (POINT, "10k", 10000.0), (POINT, "€1.5M", 1.5e6),
        (POINT, "N/A", None), (POINT, "nan", None), (POINT, "1.234.567", 1234567.0), (POINT, "100 kr", 100.0),
    ],
)  # fmt: skip
def test_a_number_is_read_by_its_shape(rule: NumberRule, text: str, value: float | None) -> None:
    read = read_number(text, rule)
    assert (read.value, read.why) == (pytest.approx(value) if value is not None else None, "")


@pytest.mark.parametrize(
    ("rule", "text", "why"),
    [
        (POINT, "1x0", "is no number with decimal '.'"), (COMMA, "12.34.5", "is no number with decimal ','"),
        (POINT, "5 m", "is no number"), (POINT, "1,23,4", "is no number"), (POINT, "-5-", "has two signs"),
        (POINT, "5 EUR net", "is no number"), (POINT, "10/20", "is no number"), (POINT, "inf", "is no number"),
        (NumberRule(".", True), "45.000", "could be 45 or 45000"), (NumberRule(",", True), "1.234", "could be 1234 or"),
        (POINT, "51-200", "is a band"), (POINT, "1,000+", "is a band"), (POINT, "$1M-$10M", "is a band"),
        (POINT, "<50", "is a band"), (POINT, "200 to 499", "is a band"), (POINT, "2024-01", "is no number"),
    ],
)  # fmt: skip
def test_what_is_not_wholly_understood_is_no_number(rule: NumberRule, text: str, why: str) -> None:
    read = read_number(text, rule)
    assert read.value is None
    assert why in read.why


@pytest.mark.parametrize(
    ("band", "text", "value"),
    [
        ("low", "51-200", 51.0), ("middle", "50–200", 100.0), ("low", "1,000+", 1000.0), ("middle", ">500", 500.0),
        ("low", "$1M-$10M", 1e6), ("middle", "1-4M", 2e6), ("low", "<50", 0.0), ("low", "1.001 bis 5.000", 1.001),
    ],
)  # fmt: skip
def test_a_band_counts_by_the_declared_rule(band: str, text: str, value: float) -> None:
    read = read_number(text, NumberRule(".", band=band))
    assert (read.value, read.note) == (pytest.approx(value), "band")


def test_a_share_in_percent() -> None:
    assert read_number("80 %", NumberRule(share=True)).value == pytest.approx(0.8)
    assert read_number("80%", NumberRule()).value == 80.0


ISO, BERLIN = TimeRule(), TimeRule("Europe/Berlin")
GERMAN = TimeRule("Europe/Berlin", ("%d.%m.%Y %H:%M",))


@pytest.mark.parametrize(
    ("rule", "text", "moment"),
    [
        (ISO, "2025-01-05", datetime(2025, 1, 5, 23, 59, 59)), (ISO, "2025/1/5", datetime(2025, 1, 5, 23, 59, 59)),
        (BERLIN, "2025-01-05 10:00", datetime(2025, 1, 5, 9)), (ISO, "2025-01-05 10:00 CET", datetime(2025, 1, 5, 9)),
        (BERLIN, "2025-01-05T10:00:00+02:00", datetime(2025, 1, 5, 8)),
        (ISO, "2025-01-05T10:00:00.000+0000", datetime(2025, 1, 5, 10)),
        (BERLIN, "2025-01-05 10:00:00 UTC", datetime(2025, 1, 5, 10)), (ISO, "2025-01-05 24:00", datetime(2025, 1, 6)),
        (ISO, "2025-01-01 10:00 PM", datetime(2025, 1, 1, 22)), (ISO, "20250105T101500Z", datetime(2025, 1, 5, 10, 15)),
        (GERMAN, "05.01.2025 10:00", datetime(2025, 1, 5, 9)), (GERMAN, "05.01.2025 10:00 Z", datetime(2025, 1, 5, 10)),
        (GERMAN, "05.01.2025 10:00 +05:30", datetime(2025, 1, 5, 4, 30)),
        (GERMAN, "05.01.2025 24:00", datetime(2025, 1, 5, 23)),
        (TimeRule(formats=("%d.%m.%y",)), "05.01.25", datetime(2025, 1, 5, 23, 59, 59)),
        (TimeRule(epoch="excel"), "45662", datetime(2025, 1, 5, 23, 59, 59)),
        (TimeRule(epoch="excel"), "45662.5", datetime(2025, 1, 5, 12)),
        (TimeRule(epoch="ms"), "1705276800000", datetime(2024, 1, 15)), (ISO, "1900-01-01", None), (ISO, "n/a", None),
        (ISO, "9999-12-31 00:00:00", None), (TimeRule(formats=("%d.%m.%Y",)), "01.01.1900", None),
    ],
)  # fmt: skip
def test_a_moment_is_read_wholly(rule: TimeRule, text: str, moment: datetime | None) -> None:
    read = read_moment(text, rule)
    assert (read.value, read.why) == (moment, "")


@pytest.mark.parametrize(
    ("rule", "text", "why"),
    [
        (ISO, "2025-01-05xyz", "is no date or time"), (ISO, "2025-01-05 10:00 IST", "has the zone 'IST'"),
        (ISO, "2025-02-30", "is no date or time"), (ISO, "45662", "serial number of Excel"),
        (ISO, "1/5/2025", "whose order is known: give format"), (ISO, "1705276800", "epoch = 's'"),
        (ISO, "0025-01-05", "has the year 25"), (GERMAN, "05.01.2025 10:00 net", "is no date or time in the format"),
        (GERMAN, "05.01.25 10:00", "is no date or time in the format"), (GERMAN, "05.01.2025", "in the format"),
        (TimeRule(formats=("%d/%m/%Y", "%m/%d/%Y")), "1/5/2025", "could be 2025-05-01 (%d/%m/%Y) or 2025-01-05"),
        (TimeRule(epoch="ms"), "1705276800", "is it in another unit?"),
        (TimeRule(epoch="s"), "2025-01-05", "is no number"),
        (ISO, "2025-01-05 25:00", "is no date or time"), (ISO, "13:00", "is no date or time"),
    ],
)  # fmt: skip
def test_what_is_not_wholly_understood_is_no_moment(rule: TimeRule, text: str, why: str) -> None:
    read = read_moment(text, rule)
    assert read.value is None
    assert why in read.why
