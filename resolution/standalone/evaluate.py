"""`dealgraph resolve predict` and `dealgraph resolve evaluate`: resolve any file of persons or organisations.

`kind` is contact, account or mixed (rows are told apart by their columns). Without `fit` the built-in matcher is used
    on
the columns it recognises; with `fit` unseen columns are profiled and learned as well. No labels are used either way.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from kg.errors import InputError
from resolution.clustering.group import founders
from resolution.database.connection import rows_in
from resolution.database.rows import row_key, row_of
from resolution.evaluation.causes import Resolution, Scored, causes
from resolution.evaluation.expected import sentences
from resolution.evaluation.metrics import report
from resolution.fit import plan
from resolution.fit.compose import Plan
from resolution.fit.decide import collapse, settle, spread
from resolution.fit.evidence import evidence
from resolution.fit.expected import expected
from resolution.fit.settings import Settings
from resolution.fit.sites import Meant
from resolution.linking.link import link
from resolution.linking.model import Model, added_sql
from resolution.matchers.terms import Matcher
from resolution.normalise.placeholders import Placeholder, sentence_of
from resolution.standalone.answers import NOTHING, Answers, read_answers
from resolution.standalone.parts import opened, parts_of
from resolution.standalone.read import read_input

Tell = Callable[[str], None]
"""Is given a sentence for each value that was emptied before matching, and how sure the answer is."""
FEW = 10
"""Records of so few of whom none shares anything with another stay by themselves; of more, the columns say nothing."""
EVIDENCE_FROM = 2.0
"""A comparison that adds this much (log2) spoke for a pair."""


def predict(
    records_csv: Path | str,
    kind: str,
    fit: bool,
    out_csv: Path | str,
    settings: Settings | None = None,
    tell: Tell = lambda _: None,
    answers: Path | None = None,
) -> dict[str, int]:
    """Write record_id, entity_id for each row of a file, in its order; entity ids are E1, E2, … by first row.

    Raises InputError when the file has no column record_id, or no column that can be compared.
    """
    found = resolve_file(Path(records_csv), kind, fit, settings, answers)
    _say(found, tell)
    with Path(out_csv).open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("record_id", "entity_id"))
        writer.writerows(zip(found.ids, found.entities, strict=True))
    return {"records": len(found.ids), "entities": len(set(found.entities))}


def evaluate(
    records_csv: Path | str,
    truth_csv: Path | str,
    kind: str,
    fit: bool,
    settings: Settings | None = None,
    tell: Tell = lambda _: None,
    answers: Path | None = None,
) -> dict[str, Any]:
    """Resolve a file, compare with the truth (record_id, entity_id): pairs, cluster pairs, B-cubed and causes.

    `expected` has what is said without the truth, with `fit`: see `evaluation.expected.Expected`.
    """
    found = resolve_file(Path(records_csv), kind, fit, settings, answers)
    _say(found, tell)
    truth = read_truth(Path(truth_csv))
    said = dict(zip(found.ids, found.entities, strict=True))
    links = ((found.ids[s.a], found.ids[s.b], s.weight, s.accepted) for s in spread(found))
    known = {"expected": asdict(found.expected) if found.expected else None}
    return {**report(said, truth, links), "causes": causes(found, truth), **known}


def _say(found: Resolution, tell: Tell) -> None:
    for sentence in [*found.emptied, *(sentences(found.expected) if found.expected else ())]:
        tell(sentence)


def read_truth(path: Path) -> dict[str, str]:
    """Record id → entity id; InputError when the file is not there or lacks a column."""
    if not path.is_file():
        raise InputError(f"{path} is not there: name a CSV file with the columns record_id and entity_id")
    with path.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        if not {"record_id", "entity_id"} <= set(reader.fieldnames or ()):
            raise InputError(
                f"{path} needs the columns record_id and entity_id; it has {', '.join(reader.fieldnames or ())}"
            )
        return {row["record_id"]: row["entity_id"] for row in reader}


def resolve_file(
    path: Path, kind: str, fit: bool, settings: Settings | None = None, answers: Path | None = None
) -> Resolution:
    """Resolve a file of records of a kind; with `fit` by a matcher made for it, or by given settings.

    `answers` is a file of questions that a person answered: they hold, and what they say of other pairs is learned.
    """
    found = resolved(path, kind, fit, settings, answers)
    found.expected = expected(found.evidence)
    return found


def resolved(
    path: Path, kind: str, fit: bool, settings: Settings | None = None, answers: Path | None = None
) -> Resolution:
    """The same without `expected`, which is calibrated on such resolutions."""
    said: list[str] = []
    with opened(path, kind, said) as (con, columns):
        told = read_answers(con, answers) if answers else NOTHING
        ids = [str(row[0]) for row in con.execute("SELECT record_id FROM file ORDER BY row_no").fetchall()]
        found = Resolution(ids, [], emptied=said)
        place = list(range(len(ids)))
        fitted = fit or settings is not None
        for linked in linked_parts(con, columns, kind, fit=fitted, settings=settings, answers=told):
            _keep(con, linked, told, place, found, fitted=fitted)
        _across(told, place)
        names: dict[int, str] = {}
        found.entities = [names.setdefault(root, f"E{len(names) + 1}") for root in place]
        return found


@dataclass(frozen=True, slots=True)
class LinkedPart:
    """The matcher and model by which a part of a file was linked, and rows written alike: the one kept → the others."""

    matcher: Matcher
    model: Model | None
    twins: Mapping[int, Sequence[int]] = field(default_factory=dict)
    emptied: Sequence[Placeholder] = ()
    meant: Meant | None = None
    """What one entity of a file of organisations was found to be."""
    answers: Answers = NOTHING
    """What a person said about the rows of the part that were compared."""


def linked_parts(
    con: duckdb.DuckDBPyConnection, columns: list[str], kind: str, *, fit: bool, settings: Settings | None,
    answers: Answers,
) -> Iterator[LinkedPart]:  # fmt: skip
    """Link each part of table `file` that has two rows or more, and something to compare."""
    for part, where in parts_of(con, columns, kind):
        if rows_in(con, f"FROM file WHERE {where}") >= 2:
            linked = link_part(con, columns, part, where, fit=fit, settings=settings, answers=answers)
            if linked is not None:
                yield linked


def link_part(
    con: duckdb.DuckDBPyConnection,
    columns: list[str],
    kind: str,
    where: str,
    *,
    fit: bool,
    settings: Settings | None = None,
    answers: Answers = NOTHING,
) -> LinkedPart | None:
    """Score the pairs of a part of a file into `pairs_<kind>`; None where it has no two rows.

    Raises InputError where no column tells records apart.
    """
    if not fit:
        reading = read_input(con, "file", columns, kind, where=where)
        if not reading.fields:
            raise InputError(
                f"none of the columns {', '.join(columns)} is known for kind {kind}: rename one, or use --fit"
            )
        model = link(con, reading.matcher).model
        return LinkedPart(reading.matcher, model, {}, reading.emptied, answers=_of_part(con, kind, {}, answers))
    made = plan_part(con, columns, kind, where, settings)
    if made is None:
        if rows_in(con, f"FROM file WHERE {where}") < FEW:
            return None
        raise InputError(
            f"none of the columns {', '.join(columns)} tells records of kind {kind} apart: add one that does"
        )
    return link_plan(con, made, settings, answers)


def plan_part(
    con: duckdb.DuckDBPyConnection, columns: list[str], kind: str, where: str, settings: Settings | None
) -> Plan | None:
    """A matcher made for a part of table `file`, as the settings say; None as of `plan`."""
    if settings is None:
        return plan(con, "file", columns, kind, where=where)
    made = plan(con, "file", columns, kind, where=where, columns=settings.columns(kind))
    return made and replace(made, entity=settings.entity)


def link_plan(
    con: duckdb.DuckDBPyConnection, made: Plan, settings: Settings | None, answers: Answers = NOTHING
) -> LinkedPart:
    """Score, learn and decide with a matcher made for the file; the threshold is chosen where none is set."""
    threshold = settings.threshold(made.kind) if settings else None
    twins = collapse(con, made) if made.alone else {}
    told = _of_part(con, made.kind, twins, answers)
    matcher, model, found = settle(con, made, link(con, made.matcher).model, threshold, told.said)
    return LinkedPart(matcher, model, twins, made.emptied, found, told)


def _of_part(
    con: duckdb.DuckDBPyConnection, kind: str, twins: Mapping[int, Sequence[int]], answers: Answers
) -> Answers:
    """What a person said about the rows of a part, those that another one stands for under that one's key."""
    if not answers.said:
        return NOTHING
    keys = frozenset(str(row[0]) for row in con.execute(f"SELECT uid FROM input_{kind}").fetchall())
    return answers.among(keys, {row_key(other): row_key(kept) for kept, others in twins.items() for other in others})


def _keep(
    con: duckdb.DuckDBPyConnection,
    linked: LinkedPart,
    told: Answers,
    place: list[int],
    found: Resolution,
    *,
    fitted: bool,
) -> None:
    """Group a linked part, and add what became of it to what was found: `place` has the first row of each entity."""
    entities = _collect(con, linked, place, found)
    if linked.model is not None and fitted:
        said = evidence(con, linked.matcher, entities, linked.twins)
        found.evidence = said if found.evidence is None else found.evidence + said
    found.emptied += [sentence_of(placeholder) for placeholder in linked.emptied]
    for kept, others in linked.twins.items():
        rows = {kept, *others}
        parted = {row_of(b) for a, b in told.apart if row_of(a) in rows and row_of(b) in rows}
        for other in others:
            if other not in parted:  # nobody but a person tells apart what says the same
                place[other] = place[kept]
                found.stand_in[other] = kept


def _across(told: Answers, place: list[int]) -> None:
    """Put together what a person calls one although it was never compared: a person and an organisation, as read."""
    for a, b in sorted(told.together):
        one, other = place[row_of(a)], place[row_of(b)]
        if one != other:
            place[:] = [one if root == other else root for root in place]


def _collect(con: duckdb.DuckDBPyConnection, linked: LinkedPart, place: list[int], found: Resolution) -> dict[str, str]:
    """Group a part's pairs into entities, and keep what explains them; the first key of each key's entity."""
    matcher, kind = linked.matcher, linked.matcher.kind
    entities = founders(con, matcher, linked.answers.apart, linked.answers.together)
    for key, first in entities.items():
        place[row_of(key)] = row_of(first)
    names = {str(row[0]) for row in con.execute(f"DESCRIBE pairs_{kind}").fetchall()}
    spoke = [
        f"CASE WHEN {added_sql(c.name, names)} >= {EVIDENCE_FROM} THEN '{c.name.rstrip('_0123456789')}' END"
        for c in matcher.comparisons
        if f"mw_{c.name}" in names
    ]
    why = f"concat_ws(' and ', {', '.join(spoke)})" if spoke else "''"
    pairs = con.execute(
        f"SELECT l, r, match_weight, accepted, veto, CASE WHEN accepted THEN {why} ELSE '' END "
        f"FROM pairs_{kind} ORDER BY l, r"
    ).fetchall()
    found.scored += [Scored(row_of(a), row_of(b), float(w), bool(ok), veto, why) for a, b, w, ok, veto, why in pairs]
    compared = con.execute(f"SELECT join_key_l, join_key_r FROM candidates_{kind}").fetchall()
    found.compared |= {(min(row_of(a), row_of(b)), max(row_of(a), row_of(b))) for a, b in compared}
    return entities
