"""What people's judgements come to: which records are one, which are two, and where judgements contradict each other.

They outrank the model and the sources both ways. The newest on a pair counts, `unsure` takes an older one back. Where a
chain of `same` would put two records together that were judged `different`, `different` wins: of the chain, the
oldest `same` is set aside, and told as a finding.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import duckdb

from kg.judgements import Judgement, kind_of
from resolution.clustering.cluster import Pair, Union

MATCHERS = {
    "account": frozenset({("account", "account")}),
    "contact": frozenset({("contact", "contact"), ("contact", "lead"), ("lead", "lead")}),
    "lead": frozenset({("lead", "lead")}),
    "deal": frozenset({("deal", "deal")}),
    "outcome": frozenset({("deal", "invoice")}),
}
"""The kinds of records that each grouping puts together. A judgement on two leads is about the person and the lead."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A pair judged the same, and the pair judged different that it would put together."""

    same: Pair
    different: Pair

    @property
    def sentence(self) -> str:
        """What is told about it."""
        return (
            f"{self.same[0]} and {self.same[1]} were judged the same, but that would join {self.different[0]} and "
            f"{self.different[1]}, which were judged different; different wins"
        )


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Pairs that are one, pairs that are never one (no chain of the former joins them), and contradictions found.

    `stated` are pairs that a source calls two; people outrank it.
    """

    same: frozenset[Pair] = frozenset()
    different: frozenset[Pair] = frozenset()
    contradictions: tuple[Contradiction, ...] = ()
    stated: frozenset[Pair] = frozenset()

    @property
    def apart(self) -> frozenset[Pair]:
        """Pairs that no entity may hold both of."""
        return self.stated - self.same | self.different

    def said(self) -> dict[Pair, str]:
        """What counts for each pair: 'same', 'different' or 'stated'."""
        return (
            dict.fromkeys(self.stated, "stated")
            | dict.fromkeys(self.different, "different")
            | dict.fromkeys(self.same, "same")
        )

    def among(self, keys: Set[str], one_of: Set[str]) -> "Verdicts":
        """Those on two records of `keys`, at least one of them in `one_of`."""

        def near(pairs: frozenset[Pair]) -> frozenset[Pair]:
            return frozenset(pair for pair in pairs if keys >= set(pair) and one_of & set(pair))

        return Verdicts(near(self.same), near(self.different), (), near(self.stated))

    def of(self, matcher: str) -> "Verdicts":
        """Those that concern one grouping, with the keys that its matcher uses."""
        kinds = MATCHERS[matcher]
        same, different = (
            frozenset(_keys(pair, matcher) for pair in pairs if (kind_of(pair[0]), kind_of(pair[1])) in kinds)
            for pairs in (self.same, self.different)
        )
        return Verdicts(same, different)


NOBODY = Verdicts()
"""Nobody said anything."""


def newest(judgements: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """The judgement that counts for each pair."""
    return {(j.a, j.b): j for j in sorted(judgements, key=lambda j: (j.at, j.id))}


def settle(judgements: Sequence[Judgement]) -> Verdicts:
    """What judgements come to, whatever order they are given in."""
    found = newest(judgements)
    different = frozenset(pair for pair, j in found.items() if j.verdict == "different")
    union = Union()
    apart: dict[str, dict[str, Pair]] = defaultdict(dict)
    for pair in sorted(different):
        for one, other in (pair, pair[::-1]):
            apart[one][other] = pair
    same, contradictions = set(), []
    agreed = sorted((j for j in found.values() if j.verdict == "same"), key=lambda j: (j.at, j.id), reverse=True)
    for judgement in agreed:
        a, b = union.find(judgement.a), union.find(judgement.b)
        if b in apart[a]:
            contradictions.append(Contradiction((judgement.a, judgement.b), apart[a][b]))
            continue
        same.add((judgement.a, judgement.b))
        if a != b:
            union.join(a, b)
            kept, gone = (a, b) if union.find(a) == a else (b, a)
            for other, pair in apart.pop(gone, {}).items():
                apart[other].pop(gone, None)
                apart[other].setdefault(kept, pair)
                apart[kept].setdefault(other, pair)
    return Verdicts(frozenset(same), different, tuple(sorted(contradictions, key=lambda c: c.same)))


VETO = {"different": "a person said: different", "stated": "a source says that they are two"}


def apply(con: duckdb.DuckDBPyConnection, scored: str, verdicts: Verdicts) -> None:
    """Let verdicts decide in a scored table: `same` accepts (a pair never scored gets a row), the others reject."""
    said = sorted(verdicts.said().items())
    if not said:
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE judged_pair AS SELECT unnest(?::VARCHAR[]) AS l, unnest(?::VARCHAR[]) AS r, "
        "unnest(?::VARCHAR[]) AS veto",
        [[a for (a, _), _ in said], [b for (_, b), _ in said], [VETO.get(verdict) for _, verdict in said]],
    )
    con.execute(
        f"UPDATE {scored} p SET accepted = j.veto IS NULL, veto = j.veto FROM judged_pair j WHERE p.l = j.l AND p.r = "
        "j.r"
    )
    con.execute(
        f"INSERT INTO {scored} (l, r, accepted) SELECT l, r, true FROM judged_pair ANTI JOIN {scored} USING (l, r) "
        "WHERE judged_pair.veto IS NULL"
    )


def _keys(pair: Pair, matcher: str) -> Pair:
    """Deals are compared with invoices by the outcome that they ended in."""
    if matcher != "outcome":
        return pair
    deal, invoice = pair
    first, second = sorted(("outcome" + deal.removeprefix("deal"), invoice))
    return first, second
