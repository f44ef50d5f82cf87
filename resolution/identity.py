"""Which id an entity has: made from the key of its founding record, given once, and kept by majority.

An id is never lost from sight: an entity that merges away leaves a redirect, and its records remember it, so that a
later cut gives it back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from resolution.clusters import Cluster, entity_id


def name_clusters(
    kind: str,
    clusters: Sequence[Cluster],
    before: Mapping[str, str],
    lost: Mapping[str, Sequence[str]] | None = None,
    in_use: Set[str] = frozenset(),
) -> dict[str, str]:
    """The id of each cluster, by founder.

    First that of the old entity it shares most records with, each old id given once; ties go to the cluster holding the
    old founding record, then to the smaller key. A cluster without one takes in the same way an id that its records
    lost (`lost`: key → ids), else the id that its own founder makes. Ids `in_use` elsewhere are given to nobody.
    """
    ids: dict[str, str] = {}
    taken = set(in_use)
    for held in (
        {key: (old,) for key, old in before.items()},
        {key: tuple(old) for key, old in (lost or {}).items()},
    ):
        for _, _, founder, old in sorted(_claims(kind, [c for c in clusters if c.founder not in ids], held)):
            if founder not in ids and old not in taken:
                ids[founder] = old
                taken.add(old)
    for cluster in clusters:
        if cluster.founder not in ids:
            own, key = entity_id(kind, cluster.founder), cluster.founder
            while own in taken:
                key += "+"
                own = entity_id(kind, key)
            ids[cluster.founder] = own
            taken.add(own)
    return ids


def _claims(
    kind: str, clusters: Sequence[Cluster], held: Mapping[str, Sequence[str]]
) -> list[tuple[int, bool, str, str]]:
    """(minus the records shared, whether the founder is elsewhere, founder, old id), one a cluster and old id."""
    claims = []
    for cluster in clusters:
        shared = Counter(old for m in cluster.members for old in held.get(m.key, ()))
        if not shared:
            continue
        founded = {entity_id(kind, m.key) for m in cluster.members}
        claims += [(-n, old not in founded, cluster.founder, old) for old, n in shared.items()]
    return claims
