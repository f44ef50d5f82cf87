"""The true chance that a deal will ever be won: exact where nothing is left to happen, calibrated everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from resolution.demo.dealings import Deal
from resolution.demo.forward import ever_won
from resolution.demo.world import blocks


@pytest.fixture(scope="module", params=[False, True], ids=["world", "null"])
def seen(request: pytest.FixtureRequest) -> tuple[list[Deal], list[list[float]], bool]:
    null = bool(request.param)
    deals = [d for block, _ in blocks(150, 5, null) for d in block.deals if d.result]
    return deals, [ever_won(d, "truth/5", null=null) for d in deals], null


def test_in_the_last_stage_of_all_the_entry_says_it(seen: tuple[list[Deal], list[list[float]], bool]) -> None:
    tried = 0
    for deal, chances in zip(*seen[:2], strict=True):
        for moment, chance in zip(deal.moments, chances, strict=True):
            day, stage = next((at, s) for at, s in reversed(deal.entries) if at <= moment.day)
            if stage == 5:
                entered = next(m for m in deal.moments if m.day == day and m.name in ("opened", "stage"))
                assert chance == pytest.approx(entered.probability, abs=1e-9)
                tried += 1
    assert tried > 20


def test_chances_are_what_comes_true(seen: tuple[list[Deal], list[list[float]], bool]) -> None:
    deals, chances, _ = seen
    kept = [(d, c) for d, c in zip(deals, chances, strict=True) if d.opened < 850]  # slow ones have closed too
    gap = np.array([np.mean(c) - (d.result == "won") for d, c in kept])
    assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(len(gap))
    p = np.array([np.mean(c) for _, c in kept])
    won = np.array([d.result == "won" for d, _ in kept])
    high = p > np.median(p)
    assert won[high].mean() - won[~high].mean() == pytest.approx(p[high].mean() - p[~high].mean(), abs=0.13)


def test_the_same_seed_gives_the_same_chances(seen: tuple[list[Deal], list[list[float]], bool]) -> None:
    deals, chances, null = seen
    assert ever_won(deals[3], "truth/5", null=null) == chances[3]
    assert ever_won(deals[3], "truth/6", null=null) != chances[3]
