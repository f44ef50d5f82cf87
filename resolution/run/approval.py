"""Write, audit, publish: a resolution that would change too much of what is known stops until a person approves it."""

from dataclasses import dataclass

import duckdb

from kg.errors import NeedsApproval
from resolution.settings import ResolutionSettings, settings


@dataclass(frozen=True, slots=True)
class Upheaval:
    """How many entities of a kind were known before, and how many of them merge into others or split."""

    kind: str
    known: int
    merged: int
    split: int
    changed: int

    @property
    def share(self) -> float:
        """Of the entities known before, those that merge or split."""
        return self.changed / self.known if self.known else 0.0

    def too_much(self, limits: ResolutionSettings) -> bool:
        """Whether a person has to approve it."""
        return self.changed >= limits.resolution_approval_floor and self.share > limits.resolution_approval_share


def upheavals(con: duckdb.DuckDBPyConnection) -> tuple[Upheaval, ...]:
    """What a resolution does to the entities of the run before (attached as `old`), by kind."""
    rows = con.execute(
        """WITH went AS (
            SELECT p.kind, p.entity_id, count(DISTINCT k.entity_id) AS parts,
                p.entity_id IN (SELECT entity_id FROM resolved_key) AS lives
            FROM old.resolved p LEFT JOIN resolved_key k ON k.kind = p.kind AND k.key = p.key
            GROUP BY p.kind, p.entity_id
        ) SELECT kind, count(*), count(*) FILTER (NOT lives AND parts > 0), count(*) FILTER (parts > 1),
            count(*) FILTER ((NOT lives AND parts > 0) OR parts > 1) FROM went GROUP BY kind ORDER BY kind"""
    ).fetchall()
    return tuple(Upheaval(str(kind), *map(int, counts)) for kind, *counts in rows)


def hold(found: tuple[Upheaval, ...]) -> None:
    """Stop a resolution that changes too much.

    Raises:
        NeedsApproval: more than the set share of a kind's entities would merge or split.
    """
    limits = settings()
    wild = [u for u in found if u.too_much(limits)]
    if not wild:
        return
    told = " and ".join(
        f"{u.changed:,} of the {u.known:,} {u.kind} entities known before ({u.share:.1%}: {u.merged:,} merged, "
        f"{u.split:,} split)"
        for u in wild
    )
    raise NeedsApproval(
        f"This resolution would merge or split {told}; {limits.resolution_approval_share:.1%} pass without "
        "approval, so nothing was published: see what changed in the sources or the matching, then run again with "
        "--approve."
    )
