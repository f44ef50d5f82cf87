"""Notices: what a staging tells beside its counts, sorted and without repeats."""

from resolution.staging.notices import Notice, first_of, sentences, sorted_notices


def test_notices_are_sorted_and_told_once() -> None:
    late, early = Notice("dangling", "b", "crm", "deal", "owner", 2), Notice("dangling", "a", "crm", "deal", "account")
    assert sorted_notices([late, early, late]) == (early, late)
    assert list(sentences([early, Notice("currency", "c")])) == ["source crm: a", "c"]


def test_the_first_values_are_listed() -> None:
    assert (first_of([]), first_of([1, 2]), first_of("abcd")) == ("", "1, 2", "a, b, c …")
