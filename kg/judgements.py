"""What people decided about pairs of records: one way to write it for every door, one way to read it back.

A judgement is a fact of its own, never derived: no refresh closes or rewrites one. The newest on a pair counts; it is
withdrawn by a newer one that says `unsure`. Keys are those of Record nodes, 'kind|source:record_id'.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from kg.errors import InputError, NotFound
from kg.graph import Graph
from kg.ontology.values import Verdict
from kg.query.files import load_queries
from kg.query.query import Query
from kg.steps import Ask, Row, Steps
from kg.store.validate import node_checker, relationship_checker

COMPARABLE: Final = frozenset(
    {("account", "account"), ("contact", "contact"), ("contact", "lead"), ("deal", "deal"), ("deal", "invoice"),
     ("lead", "lead")}
)  # fmt: skip
"""Kinds of records that can speak of one organisation, person or deal."""
KINDS: Final = frozenset(kind for kinds in COMPARABLE for kind in kinds)
RUN: Final = "judged"
TRIPLE: Final = ("Judgement", "ON", "Record")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's verdict on two records (`a` < `b`), with its author, reason and time (UTC).

    Raises:
        InputError: the verdict, reason or author is not valid, or the two can never be one.
    """

    a: str
    b: str
    verdict: str
    author: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        if self.verdict not in tuple(Verdict):
            raise InputError(f"verdict: {self.verdict!r} is none; say {', '.join(Verdict)}.")
        if not self.reason.strip() or not self.author.strip():
            raise InputError(f"{self.a} and {self.b}: a judgement needs a reason and an author.")
        if self.at.tzinfo is None:
            raise InputError(f"at: {self.at.isoformat()} has no time zone; write it as 2025-01-31T12:00:00Z.")
        if self.a == self.b:
            raise InputError(f"{self.a} is one record: a judgement is about two.")
        first, second = sorted((self.a, self.b))
        object.__setattr__(self, "a", first)
        object.__setattr__(self, "b", second)
        kinds = (kind_of(first), kind_of(second))
        if kinds not in COMPARABLE:
            raise InputError(f"{first} and {second}: a record of {kinds[0]} and one of {kinds[1]} are never the same.")

    @property
    def id(self) -> str:
        """The same judgement, imported twice, is one."""
        said = (self.a, self.b, self.verdict, self.author, self.reason, self.at.astimezone(UTC).isoformat())
        return f"judgement|{sha256(chr(31).join(said).encode()).hexdigest()[:24]}"


@dataclass(frozen=True, slots=True)
class RecordName:
    """A record as people name it; the kind may be left out where the name means one record only."""

    source: str
    record_id: str
    kind: str | None = None

    def __str__(self) -> str:
        return f"{self.source}:{self.record_id}" + (f" ({self.kind})" if self.kind else "")


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """A pair of records that is worth a look; `fields` and `parts` have parallel lists; weights in log2."""

    id: str
    kind: str
    a: str
    b: str
    score: float
    reason: str
    match_weight: float
    probability: float
    threshold: float
    together: bool
    parts: tuple[str, ...]
    part_levels: tuple[str, ...]
    part_weights: tuple[float, ...]
    fields: tuple[str, ...]
    values_a: tuple[str, ...]
    values_b: tuple[str, ...]


def kind_of(key: str) -> str:
    """The kind that a record's key begins with."""
    return key.partition("|")[0]


def read_name(text: str, kind: str | None = None) -> RecordName:
    """'source:record_id' as a name, or a whole key 'kind|source:record_id'; the source ends at the first colon.

    Raises:
        InputError: there is no colon.
    """
    before, bar, rest = text.partition("|")
    if bar and before in KINDS:
        text, kind = rest, before
    source, colon, record_id = text.partition(":")
    if not colon or not source or not record_id:
        raise InputError(f"{text!r} names no record: write source:record_id, such as crm:A-17.")
    return RecordName(source, record_id, kind)


def read_judgements(graph: Graph) -> tuple[Judgement, ...]:
    """Every judgement, oldest first."""
    rows = graph.read(load_queries("reads")["judgements"])
    return tuple(Judgement(**{k: row[k] for k in ("a", "b", "verdict", "author", "reason", "at")}) for row in rows)


def review_queue(graph: Graph, *, kind: str | None, first: int) -> tuple[ReviewPair, ...]:
    """The pairs most worth a look as of what is published, best first, without those judged since."""
    published = graph.read(load_queries("reads")["workspace"])
    if not published or published[0]["as_of"] is None:
        raise NotFound("Nothing is published yet: run `dealgraph refresh --sources sources.toml`.")
    rows = graph.read(
        load_queries("reads")["review_queue"],
        kind=kind, first=first, at_score=None, at_id=None, as_of=published[0]["as_of"],
    )  # fmt: skip
    names = [declared.name for declared in fields(ReviewPair)]
    found = []
    for row in rows:
        told: dict[str, Any] = row["row"] | {"a": row["a"]["id"], "b": row["b"]["id"]}
        values: dict[str, Any] = {n: tuple(told[n]) if isinstance(told[n], list) else told[n] for n in names}
        found.append(ReviewPair(**values))
    return tuple(found)


def write(judgements: Iterable[Judgement]) -> Steps[int]:
    """Write judgements down, all or none of them; how many.

    Raises:
        NotFound: a record is not in the graph.
    """
    rows = [_row(judgement) for judgement in judgements]
    found = yield from _ask("reads", "records_there", keys=sorted({tie["end"] for row in rows for tie in row["ties"]}))
    if lost := [row["key"] for row in found if not row["there"]]:
        raise NotFound(f"There is no record {lost[0]} in the graph ({len(lost)} of them in all): refresh first.")
    yield from _ask("writes", "judge", rows=rows)
    return len(rows)


def judge(a: RecordName, b: RecordName, verdict: str, *, author: str, reason: str, at: datetime) -> Steps[Judgement]:
    """Write one judgement down.

    Raises:
        NotFound: there is no such record.
        InputError: a name means several records, or the judgement is not a valid one.
    """
    first, second = yield from named((a, b))
    made = Judgement(first, second, verdict, author, reason, at)
    yield from write([made])
    return made


def unmerge(
    entity: str, apart: Sequence[RecordName], *, author: str, reason: str, at: datetime
) -> Steps[tuple[Judgement, ...]]:
    """Cut an entity: the records named are judged different from each of its other records.

    Raises:
        NotFound: there is no such entity or record.
        InputError: a record does not belong to the entity, or none would be left.
    """
    rows = yield from _ask("reads", "entity_members", id=entity)
    if not rows:
        raise NotFound(f"There is no entity {entity!r} with records: look its id up by one of its records.")
    members = {(row["source"], row["record_id"]): str(row["id"]) for row in rows}
    for name in apart:
        if (name.source, name.record_id) not in members:
            have = ", ".join(f"{s}:{r}" for s, r in list(members)[:8])
            raise InputError(f"{name} is no record of {entity}; its records are {have}{_more(len(members) - 8)}.")
    cut = {members[name.source, name.record_id] for name in apart}
    rest = [key for key in members.values() if key not in cut]
    if not cut or not rest:
        raise InputError(f"{entity}: name some of its {len(members)} records, not {'all' if cut else 'none'} of them.")
    made = tuple(Judgement(a, b, "different", author, reason, at) for a in sorted(cut) for b in rest)
    yield from write(made)
    return made


def named(names: Sequence[RecordName]) -> Steps[tuple[str, ...]]:
    """The keys of records that people named.

    Raises:
        NotFound: there is no such record.
        InputError: a name means several records.
    """
    keys = [{"source": n.source, "record_id": n.record_id, "kind": n.kind} for n in names]
    found = yield from _ask("reads", "records_named", keys=keys)
    by_name: Mapping[tuple[str, str, str | None], list[str]] = {
        (row["key"]["source"], row["key"]["record_id"], row["key"]["kind"]): row["ids"] for row in found
    }
    ids = [by_name.get((n.source, n.record_id, n.kind), []) for n in names]
    kinds = [{kind_of(id_) for id_ in some} for some in ids]
    chosen = []
    for name, some in zip(names, ids, strict=True):
        if not some:
            raise NotFound(f"There is no record {name} in the graph: refresh first, or correct source:record_id.")
        # `crm:7 mail:9` where 7 is a contact and a deal, and 9 a contact: only the contacts can be meant
        fitting = [i for i in some if len(some) == 1 or all({kind_of(i)} & others for others in kinds)]
        if len(fitting) != 1:
            raise InputError(f"{name} is {' and '.join(sorted(map(kind_of, some)))}: say which by its kind.")
        chosen.append(fitting[0])
    return tuple(chosen)


def _ask(folder: str, name: str, **params: Any) -> Steps[list[Row]]:
    query: Query = load_queries(folder)[name]
    return (yield Ask(query, params))


def _row(made: Judgement) -> dict[str, Any]:
    """A judgement as the ontology has it: its node, and a relationship to each of the two records."""
    node = {"id": made.id, "verdict": made.verdict, "author": made.author, "reason": made.reason}
    node = node_checker("Judgement", RUN)({**node, "at": made.at, "known_from": made.at})
    tie = relationship_checker(TRIPLE, RUN)
    ends = [{"start": made.id, "end": key, "known_from": made.at} for key in (made.a, made.b)]
    return {"node": node, "ties": [tie(end) for end in ends]}


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""
