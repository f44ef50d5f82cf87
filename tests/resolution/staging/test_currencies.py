"""Amounts in several currencies: converted by rates that can be, or said aloud."""

from pathlib import Path

import pytest

from kg.errors import SourceRefused
from tests.resolution.staging.test_staging import COLUMNS, DEAL, GOOD, HEAD, run

BARE = '[source.crm]\nfiles = "deals.csv"\nknown_at = "Modified"\n'


def deals(*codes: str) -> str:
    return COLUMNS + "".join(GOOD.replace("1,Acme", f"{i},D{i}").replace("EUR", code) for i, code in enumerate(codes))


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("JPY", "EUR"), "deal amounts stand in several currencies (1 in EUR, 1 in JPY)"),
        (("USD", "usd", "GBP"), "(2 in USD, 1 in GBP)"),
        (("EUR", "EUR"), ""),
        (("", "EUR"), ""),
    ],
)
def test_currencies_that_nothing_converts_are_told(tmp_path: Path, codes: tuple[str, ...], said: str) -> None:
    told = " | ".join(run(tmp_path, BARE + DEAL, deals=deals(*codes)).cannot_know)
    assert said in told and ("several currencies" in told) == bool(said)


@pytest.mark.parametrize(("code", "rate"), [("JPY", "155.33"), ("SEK", "11.2"), ("HUF", "390"), ("INR", "91")])
def test_a_rates_file_turned_round_is_refused(tmp_path: Path, code: str, rate: str) -> None:
    with pytest.raises(SourceRefused, match=f"1 {code} = {rate} EUR cannot be: .* write 1 / rate"):
        run(tmp_path, HEAD + DEAL, deals=deals(code), rates=f"date,currency,rate\n2024-01-01,{code},{rate}\n")


@pytest.mark.parametrize(("code", "rate"), [("JPY", "0.0064"), ("GBP", "1.17"), ("KWD", "3.0")])
def test_a_rate_that_can_be_is_taken(tmp_path: Path, code: str, rate: str) -> None:
    report = run(tmp_path, HEAD + DEAL, deals=deals(code), rates=f"date,currency,rate\n2024-01-01,{code},{rate}\n")
    assert not report.refused and report.counts[0].misread == 0
