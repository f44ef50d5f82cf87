"""Types of attributes are read off all values, or the attribute is left out with the reason."""

from __future__ import annotations

import duckdb
import pytest

from resolution.sources.attributes import AttributeColumn, AttributeType
from resolution.staging.attribute_types import flag, kept_up, typed

TOLD: tuple[tuple[str, dict[str, int], str, str], ...] = (
    ("Budget confirmed", {"Yes": 40, "No": 60}, "flag", ""),
    ("Vertrag", {"ja": 1, "nein": 3}, "flag", ""),
    ("Opted in", {"1": 10, "0": 5}, "flag", ""),
    ("Visits", {"1": 10, "0": 5, "7": 2}, "number", ""),
    ("Visits", {"3": 40, "17": 8, "n.v.t.": 9}, "category", ""),
    ("Budget", {"$1,200.50": 4, "$90": 5, "$3": 1}, "money", ""),
    ("Fit", {"low": 3, "High": 9, "medium": 4}, "ordinal", ""),
    ("Employees", {"1-10": 3, "11-50": 9, "51-200": 4, "201+": 1}, "ordinal", ""),
    ("Signed", {"2024-03-05": 3, "2024-11-30": 9}, "date", ""),
    ("Signed", {"05/03/2024": 3, "06/04/2024": 9}, "date", "could be"),
    ("Channels", {"mail; phone": 9, "phone": 4, "mail": 5, "mail; fair; phone": 3}, "list", ""),
    ("Segment", {"A": 30, "B": 20, "C": 2}, "category", ""),
    ("Remark", {f"text {i}": 1 for i in range(200)}, "text", "is text with 200 different values in 200 records"),
    ("Order Number", {f"{i}": 1 for i in range(1000, 1200)}, "number", "names each record"),
    ("Contact E-Mail", {"a@b.se": 30, "b@b.se": 20}, "category", "holds personal data"),
    ("AccountManager", {"Ann Berg": 30, "Ove Dahl": 20}, "category", "holds personal data"),
    ("Contract Manager Area", {"north": 30, "south": 20}, "category", ""),
    ("Reply to", {"a@b.se": 30, "b@b.se": 20}, "category", "holds personal data"),
)


@pytest.mark.parametrize(("name", "counts", "kind", "why"), TOLD)
def test_types_are_read_off_the_values(name: str, counts: dict[str, int], kind: str, why: str) -> None:
    found = typed(duckdb.connect(), name, counts, None, ".")
    assert str(found.type) == kind
    assert why in found.why_not
    assert bool(why) == bool(found.why_not)


def test_numbers_take_the_decimal_mark_of_their_file() -> None:
    counts = {"1.234,5": 3, "7,25": 4}
    number = typed(duckdb.connect(), "Area", counts, None, ",").number
    assert number is not None
    assert [number(text) for text in counts] == [1234.5, 7.25]


def test_ranks_follow_the_order_of_the_ladder_and_of_the_mapping() -> None:
    fit = typed(duckdb.connect(), "Fit", {"high": 3, "low": 9, "medium": 4}, None, ".")
    assert fit.order == ("low", "medium", "high")
    told = AttributeColumn("Tier", "Tier", AttributeType.ORDINAL, ("C", "B", "A"))
    number = typed(duckdb.connect(), "Tier", {"A": 3, "B": 9, "C": 4}, told, ".").number
    assert number is not None
    assert [number(level) for level in ("c", "B", "A", "D")] == [1.0, 2.0, 3.0, None]


def test_a_type_that_is_told_wins_and_one_without_an_order_is_left_out() -> None:
    told = AttributeColumn("Plan", "Plan", AttributeType.CATEGORY)
    assert str(typed(duckdb.connect(), "Plan", {"1": 3, "2": 9}, told, ".").type) == "category"
    told = AttributeColumn("Plan", "Plan", AttributeType.ORDINAL)
    assert "say order =" in typed(duckdb.connect(), "Plan", {"red": 3, "blue": 9}, told, ".").why_not


def test_bands_are_ordered_by_number() -> None:
    counts = {"11-50": 9, "1-10": 3, "201+": 1, "51-200": 4}
    assert typed(duckdb.connect(), "Size", counts, None, ".").order == ("1-10", "11-50", "51-200", "201+")


def test_the_parts_of_lists_are_counted() -> None:
    counts = {"mail; phone": 9, "phone": 4, "mail": 3, "mail; fair; phone": 2}
    assert typed(duckdb.connect(), "Channels", counts, None, ".").items == ("phone", "mail", "fair")


def test_flags_know_yes_and_no_in_several_languages() -> None:
    assert [flag(t) for t in ("TRUE", "Ja", "não", "0", "maybe")] == [1.0, 1.0, 0.0, 0.0, None]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("current_stage", True), ("is_sql", True), ("total_touches_all", True), ("Converted", True),
        ("touch_count", False), ("Tags", False), ("days_since_last_touch", False), ("Overall size", False),
        ("Wonderland", False),
    ],
)  # fmt: skip
def test_what_stands_at_the_end_needs_a_time_of_its_own(name: str, kept: bool) -> None:
    assert bool(kept_up(name, 100, 100, stamped=True)) is kept


@pytest.mark.parametrize(
    ("name", "filled", "kept"),
    [
        ("Tags", 100, True), ("Last Activity", 100, True), ("LostReason", 10, True), ("lead_status", 100, True),
        ("Lead Quality", 30, True), ("Lead Quality", 100, False), ("Industry", 100, False), ("Lastenrad", 100, False),
        ("What is your current occupation", 70, False), ("When did you last buy a car?", 100, False),
        ("What was your reason to decline?", 100, True), ("Have you won?", 100, True), ("What lost us", 100, True),
    ],
)  # fmt: skip
def test_columns_that_people_keep_up_are_known_by_their_names(name: str, filled: int, kept: bool) -> None:
    assert bool(kept_up(name, filled, 100)) is kept
