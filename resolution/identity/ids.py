"""Stable entity ids: made from the founding record, inherited by the cluster that shares most records."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType

from resolution.clustering.cluster import Cluster


def entity_id(kind: str, key: str) -> str:
    """The id of the entity that a record founds: kind letter and 12 hex digits of SHA-256 of 'kind|source|record_id'.

    `key` is a record's key 'kind|source:record_id'; the source ends at the first colon.
    """
    source, _, record = key.partition("|")[2].partition(":")
    return f"{kind[0]}_{hashlib.sha256(f'{kind}|{source}|{record}'.encode()).hexdigest()[:12]}"


def entity_id_sql(kind: str, key: str) -> str:
    """SQL for `entity_id` of the record key in column `key`."""
    rest = f"substr({key}, strpos({key}, '|') + 1)"
    founding = f"'{kind}|' || split_part({rest}, ':', 1) || '|' || substr({rest}, strpos({rest}, ':') + 1)"
    return f"'{kind[0]}_' || left(sha256({founding}), 12)"


def inherit(
    kind: str,
    clusters: Sequence[Cluster],
    previous: Mapping[str, str],
    former: Mapping[str, Sequence[str]] = MappingProxyType({}),
    in_use: Set[str] = frozenset(),
) -> dict[str, str]:
    """The id of each cluster, by founder: that of the old entity it shares most records with, each old id given once.

    Ties go to the id that more of its records had before, then to the older id's founder, that is the cluster holding
    the old founding record, then to the smaller key. A cluster without an old id takes one that most of its records had
    before that (`former`) and that is free again, as after an unmerge; else the id that its own founder makes. Ids
    `in_use` elsewhere are given to nobody.
    """
    ids: dict[str, str] = {}
    taken = set(in_use)
    held = {key: (old,) for key, old in previous.items()}
    for known in (held, former):
        claims = _claims(kind, [c for c in clusters if c.founder not in ids], known, former)
        for *_, founder, old in sorted(claims):
            if founder not in ids and old not in taken:
                ids[founder] = old
                taken.add(old)
    for cluster in clusters:
        if cluster.founder not in ids:
            key = cluster.founder
            while (own := entity_id(kind, key)) in taken:
                key += "+"
            ids[cluster.founder] = own
            taken.add(own)
    return ids


def _claims(
    kind: str, clusters: Sequence[Cluster], held: Mapping[str, Sequence[str]], former: Mapping[str, Sequence[str]]
) -> list[tuple[int, int, bool, str, str]]:
    """Each claim to an id: minus the records that have it and that had it, whether its founder is elsewhere, …

    … then the cluster's founder and the id: the smallest goes first.
    """
    claims = []
    for cluster in clusters:
        shared = Counter(old for m in cluster.members for old in held.get(m.key, ()))
        if shared:
            ever = Counter(old for m in cluster.members for old in former.get(m.key, ()))
            founded = {entity_id(kind, m.key) for m in cluster.members}
            claims += [(-n, -ever[old], old not in founded, cluster.founder, old) for old, n in shared.items()]
    return claims
