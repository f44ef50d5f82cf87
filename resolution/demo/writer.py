"""Writes the demo: every system's files, the mapping that reads them, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from resolution.demo import clock, conversations, crm, marketing, money, probabilities, services, words
from resolution.demo.files import Files
from resolution.demo.mapping import SOURCES_TOML
from resolution.demo.world import BLOCK, blocks


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was written: folder, companies, source rows in all and by file, deals, closed deals and those won."""

    out: Path
    accounts: int
    seed: int
    null: bool
    records: int
    rows: Mapping[str, int]
    deals: int
    closed: int
    won: int


def write_demo(
    out: Path,
    *,
    accounts: int = 500,
    seed: int = 1,
    null: bool = False,
    truth: bool = True,
    progress: Callable[[int, int | None, str], None] | None = None,
) -> DemoReport:
    """Write the demo company into `out`: the same arguments give the same bytes on every machine.

    About 130 source records come with each account (100k from 770 accounts, a million from 7,700), 3.5 deals among
    them; 2,000 accounts hold about 6,200 closed deals. With `null` nothing of the graph bears on any outcome. Without
    `truth` the probabilities of deals and leads, which take most of the time, are not written.
    Raises ValueError when `accounts` is not at least 1.
    """
    if accounts < 1:
        raise ValueError(f"accounts is {accounts}; give at least 1")
    out.mkdir(parents=True, exist_ok=True)
    deals = closed = won = 0
    with Files(out, seed, probabilities.HEADERS if truth else {}) as files:
        money.write(files)
        for number, (name, family, price) in enumerate(words.PRODUCTS):
            files.row("crm/Product2.csv", (files.id("01t", "product", number), name, family, price, clock.iso(0)))
        marketing.write_campaigns(files, Random(f"campaigns/{seed}"))
        for block, rng in blocks(accounts, seed, null):
            ledger = crm.write(files, rng, block)
            conversations.write(files, rng, block, ledger)
            marketing.write(files, rng, block)
            services.write(files, rng, block)
            if truth:
                probabilities.write(files, block, seed, null=null)
            deals += len(block.deals)
            closed += sum(d.result is not None for d in block.deals)
            won += sum(d.result == "won" for d in block.deals)
            if progress is not None:
                progress(min(accounts, (block.number + 1) * BLOCK), accounts, "companies")
    (out / "sources.toml").write_text(SOURCES_TOML, encoding="utf-8")
    return DemoReport(out, accounts, seed, null, files.rows, files.counts, deals, closed, won)
