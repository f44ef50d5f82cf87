"""What truly was: written beside the data, never into it."""

from __future__ import annotations

from typing import Final

from resolution.demo import causes, clock, words
from resolution.demo.dealings import Deal
from resolution.demo.files import Files
from resolution.demo.forward import ever_won
from resolution.demo.leads import LEAD_CAUSES, Lead
from resolution.demo.world import Block

FLAT: Final = (
    "flat_amount",
    "flat_kind",
    "flat_lead_source",
    "flat_industry",
    "flat_employees",
    "flat_country",
    "flat_product_family",
    "flat_stage_order",
    "flat_deal_age",
)
HEADERS: Final = {
    "truth/probabilities.csv": ",".join(
        (
            "source",
            "record_id",
            "as_of",
            "moment",
            "probability",
            "if_decided_now",
            "label",
            "closed_at",
            "account_entity_id",
            *causes.CAUSE_NAMES,
            *FLAT,
        )
    ),
    "truth/leads.csv": ",".join(
        ("source", "record_id", "as_of", "moment", "probability", "label", "won", "closed_at", *LEAD_CAUSES)
    ),
}


def write(files: Files, block: Block, seed: int, *, null: bool) -> None:
    """Probabilities of deals at their moments, and of leads when they are decided."""
    by_key = {d.key: d for d in block.deals}
    for deal in block.deals:
        write_deal(files, deal, ever_won(deal, f"truth/{seed}", null=null))
    for lead in block.leads:
        write_lead(files, lead, by_key.get(lead.deal) if lead.deal else None)


def write_deal(files: Files, deal: Deal, chances: list[float]) -> None:
    """One row a moment; label 1 won, 0 lost, blank while it is open at the end. Only closed deals have `last`.

    `probability` is the chance of ever being won from the true state at the moment, `chances` in the order of the
    moments; `if_decided_now` that of a win, were the deal decided in this state.
    """
    label: object = "" if deal.result is None else int(deal.result == "won")
    closed = clock.iso(deal.close) if deal.result else ""
    one = deal.company
    key = files.id("006", "deal", deal.key)
    for at, chance in zip(deal.moments, chances, strict=True):
        if at.name == "last" and deal.result is None:
            continue
        files.row(
            "truth/probabilities.csv",
            (
                "crm",
                key,
                clock.iso(at.day),
                at.name,
                f"{chance:.4f}",
                f"{at.probability:.6f}",
                label,
                closed,
                f"A{one.key}",
                *(f"{at.values[c]:.6g}" for c in causes.CAUSE_NAMES),
                at.amount,
                deal.kind,
                deal.source,
                one.industry,
                one.employees,
                one.country,
                words.PRODUCTS[deal.product][1],
                int(at.values["stage"]),
                f"{at.day - deal.opened:.4f}",
            ),
        )


def write_lead(files: Files, lead: Lead, deal: Deal | None) -> None:
    """One row a lead, at the moment sales decided."""
    if not lead.values:
        return
    won: object = int(deal is not None and deal.result == "won")
    files.row(
        "truth/leads.csv",
        (
            "marketing",
            files.id("ml-", "lead", lead.key),
            clock.iso(lead.decided),
            "decided",
            f"{lead.probability:.6f}",
            int(lead.deal is not None),
            won,
            clock.iso(deal.close) if deal is not None and deal.result else "",
            *(f"{lead.values[c]:.6g}" for c in LEAD_CAUSES),
        ),
    )
