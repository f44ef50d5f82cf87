"""Which id an entity has, and what happened to it: pure rules over 'record key → entity id', before and after.

An id is made from the key of the founding record, given once, and never lost from sight: an entity that merges away
leaves a redirect, and its records remember it, so that a later cut gives it back.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from resolution.clusters import Cluster, entity_id


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to `entity`, and the `records` concerned.

    CREATED from new records; MERGED: `other` merged into it; SPLIT: `other` was cut out of it; MOVED: records went to
    `other`, which was there before; RETIRED: no record is left.
    """

    kind: str
    entity: str
    other: str | None
    records: tuple[str, ...]


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


def changes(before: Mapping[str, str], after: Mapping[str, str], elsewhere: Set[str] = frozenset()) -> list[Event]:
    """The events between two assignments of keys to ids, ordered by kind and id; nothing where nothing moved.

    `elsewhere` are living ids that neither mapping holds all records of.
    """
    old_ids, living = set(before.values()), {*after.values(), *elsewhere}
    went: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, old in sorted(before.items()):
        if key in after:
            went[old][after[key]].append(key)
    cut_out = {after[key] for key in before.keys() & after.keys()}
    events = [
        Event("CREATED", new, None, tuple(k for k, e in sorted(after.items()) if e == new))
        for new in sorted(set(after.values()) - old_ids - cut_out)
    ]
    for old in sorted(old_ids):
        to = sorted(went[old].items(), key=lambda item: (-len(item[1]), item[0]))
        if not to and old not in living:
            events.append(Event("RETIRED", old, None, tuple(k for k, e in sorted(before.items()) if e == old)))
        elif old not in living:
            events.append(Event("MERGED", to[0][0], old, tuple(to[0][1])))
            events += [Event("MOVED", old, new, tuple(keys)) for new, keys in to[1:]]
        else:
            for new, keys in to:
                if new != old:
                    events.append(Event("MOVED" if new in old_ids else "SPLIT", old, new, tuple(keys)))
    return sorted(events, key=lambda e: (e.kind, e.entity, e.other or ""))
