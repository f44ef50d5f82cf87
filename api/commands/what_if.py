"""dealgraph score what-if: what a meeting would make of a deal's score."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf, published_or

if TYPE_CHECKING:
    from scoring.serving.what_if import WhatIf


def what_if(
    record: Annotated[
        str, typer.Option("--record", help="source:record_id of the deal; the source ends at the first colon.")
    ],
    name: Annotated[str, typer.Argument(help="Name of the score, such as deal_win.")] = "deal_win",
    meet: Annotated[
        list[str] | None, typer.Option("--meet", help="Id of a contact; without one, all that could be.")
    ] = None,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """What a meeting would make of a deal's score: a real score of a graph in which it was held; nothing is kept."""
    from kg.errors import NotFound
    from scoring.scores import score_named
    from scoring.serving.explain import entity_of
    from scoring.serving.what_if import feasible
    from scoring.serving.what_if import what_if as ask

    with show.graph() as graph:
        at, score = published_or(graph, as_of), score_named(name)
        entity = entity_of(graph, score, record, at)
        changes = feasible(graph, entity, at)
        if unknown := [one for one in meet or () if one not in {c.contact for c in changes}]:
            there = ", ".join(f"{c.contact} ({c.name})" for c in changes) or "nobody"
            raise NotFound(f"--meet {unknown[0]!r} cannot be met about {record}; there are {there}.")
        asked = [c for c in changes if not meet or c.contact in meet]
        found = ask(graph, score, entity, at, home=show.settings().home, changes=asked)
    if json:
        show.as_json(_plain(found))
        return
    show.out.print(f"{found.probability:.1%} now (band {found.band}).")
    rows = [
        (e.change.name, e.change.role or "", f"{e.probability:.1%}", f"{e.log_odds - found.log_odds:+.3f}", e.band,
         ", ".join(f"{feature} {gain:+.2f}" for feature, gain in e.moved[:3]))
        for e in found.effects
    ]  # fmt: skip
    show.table(("a meeting with", "role", "makes it", "log-odds", "band", "by"), rows, right=("makes it", "log-odds"))
    if found.cheapest:
        show.out.print("Most for the effort: " + ", ".join(e.change.name for e in found.cheapest) + ".")
    if found.flips:
        show.out.print(f"A meeting with {found.flips.change.name} alone would lift it into band {found.flips.band}.")


def _plain(found: WhatIf) -> dict[str, Any]:
    effects = [
        {
            "change": asdict(e.change),
            **{name: getattr(e, name) for name in ("probability", "low", "high", "log_odds", "band")},
            "moved": [{"feature": feature, "log_odds": gain} for feature, gain in e.moved],
            "new_paths": [path.sentence for path in e.paths],
        }
        for e in found.effects
    ]
    return {
        "probability": found.probability,
        "log_odds": found.log_odds,
        "band": found.band,
        "effects": effects,
        "cheapest": [e.change.contact for e in found.cheapest],
        "flips": found.flips.change.contact if found.flips else None,
    }
