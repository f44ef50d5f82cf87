"""What a change of records comes to before it is grouped: the tables that the update makes and the regrouping reads."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delta:
    """One change of one kind: the columns that its model reads, and the tables in memory that say what changed.

    Each table is named by an attribute, so that whoever reads it says where it has it from. `gone` and `replaced`
    (unique_id): records that are no more, and those whose stored rows count no more. `arrived` (uid, known): records
    that are new or changed. `touched` (unique_id): records whose pairs may change. `prepared` (view): all prepared
    records as they are after the change. `old_prepared`, `old_keys`: rows of changed records as they were.
    `fresh_keys` (unique_id, key, block): keys of new and changed records. `scored`: pairs scored anew. `verdicts`
    (a, b, verdict): what people said of pairs of this kind.
    """

    kind: str
    filled: frozenset[str]
    gone: str = "gone"
    replaced: str = "replaced"
    arrived: str = "arrived"
    touched: str = "touched"
    prepared: str = "prepared_now"
    old_prepared: str = "old_prepared"
    old_keys: str = "old_keys"
    fresh_keys: str = "fresh_keys"
    scored: str = "scored"
    verdicts: str = "verdict_now"
