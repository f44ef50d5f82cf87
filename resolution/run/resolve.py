"""Staged records → entities: accounts, then persons and leads, then deals and their outcomes, into resolution.duckdb.

What was resolved before is carried on: records that changed since are matched anew, the others stay as they are (see
`identity.update` and, for the tables of matching, `identity.store`). Everything is written to a file beside the
target and renamed at the end, so a run that is killed leaves the earlier state. What people judged is given: it lives
in the graph, so that no lost file takes it along.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from kg.errors import InputError
from kg.judgements import Judgement
from kg.progress import Progress
from resolution.clustering.cluster import Pair
from resolution.database.connection import attach, beside, leave_nothing, new_name, workplace
from resolution.evaluation.measure import keep_unjudged
from resolution.explain.steps import write_forgotten
from resolution.identity import store
from resolution.identity.update import follow
from resolution.judgements.guards import Finding, audit
from resolution.judgements.queue import queue
from resolution.judgements.verdicts import Verdicts, newest, settle
from resolution.linking.model import Model
from resolution.matchers import ACCOUNT, CONTACT, DEAL
from resolution.matchers.terms import Matcher
from resolution.run.approval import hold, upheavals
from resolution.run.employers import find_employers
from resolution.run.inputs import ACCOUNTS, DEALS, PERSONS
from resolution.run.outcomes import outcomes
from resolution.staging import as_of

KEPT = {
    "employer": "uid", "invoice_outcome": "uid", "pairs_outcome": "l, r", "forgotten": "ALL", "findings": "ALL",
    "unjudged": "ALL", "review": "score DESC, id",
}  # fmt: skip
"""Tables that are made anew by each run, and in which order they are written."""
PAIR_KINDS = ("account", "contact", "deal", "outcome")


@dataclass(frozen=True, slots=True)
class ResolveReport:
    """Counts by kind: records read, entities found, pairs scored and accepted; what guards found; and the moment."""

    now: datetime
    records: Mapping[str, int]
    entities: Mapping[str, int]
    pairs: Mapping[str, int]
    accepted: Mapping[str, int]
    events: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What all steps of a run need: the connection, the moment, what people said, and whether to learn anew."""

    con: duckdb.DuckDBPyConnection
    now: datetime
    verdicts: Verdicts
    retrain: bool
    progress: Progress | None

    def follow(self, matcher: Matcher, said: Verdicts, *, compare: bool = True) -> Model | None:
        """Bring a matcher's kind up to the records there are, and let the usual names mean all that is kept of it."""
        kind = matcher.kind
        model = follow(self.con, matcher, self.now, said, retrain=self.retrain, compare=compare, progress=self.progress)
        keep_unjudged(self.con, matcher, said)
        for name in ("prepared", "keys", "pairs"):
            self.con.execute(f"DROP TABLE {name}_{kind}; CREATE VIEW {name}_{kind} AS FROM store.{name}_{kind}")
        self.con.execute(f"DROP TABLE input_{kind}; CREATE VIEW input_{kind} AS FROM every_{kind}")
        return model


def resolve(
    staging_db: Path,
    resolution_db: Path,
    *,
    now: datetime | None = None,
    judgements: Sequence[Judgement] = (),
    approve: bool = False,
    retrain: bool = False,
    progress: Progress | None = None,
) -> ResolveReport:
    """Decide which staged records known by `now` are one entity; `now` is the newest knowledge time unless given.

    `judgements` (those of the graph) outrank the model both ways, at whatever moment: they say who is who, not since
    when. With `retrain` the models are learned anew; entities keep their ids.

    Raises:
        NeedsApproval: more than the set share of the entities known before would merge or split, and it was not
            approved; the earlier state stays as it is.
    """
    say = progress or (lambda done, total, what: None)
    target = Path(resolution_db)
    target.parent.mkdir(parents=True, exist_ok=True)
    with workplace(target) as con:
        _, moment = as_of.open_staging(Path(staging_db), now, con)
        run = Run(con, moment, settle(judgements), retrain, progress)
        with _working(con, target, moment) as before:
            say(0, 5, "matching accounts")
            model = _accounts(run)
            say(1, 5, "finding the employers of leads and contacts")
            find_employers(con, model)
            say(2, 5, "matching contacts and leads")
            con.execute(PERSONS)
            run.follow(CONTACT, run.verdicts.of("contact"))
            say(3, 5, "matching deals")
            _deals(run)
            say(4, 5, "matching outcomes")
            outcomes(con, moment, run.verdicts.of("outcome"), progress)
            write_forgotten(con)
            if before and not approve:
                hold(upheavals(con))
            findings = audit(con, run.verdicts)
            queue(con, newest(judgements))
            report = replace(_report(con, moment, before=before), findings=findings)
            _write(con, target, moment)
        say(5, 5, "entities written")
    return report


@contextmanager
def _working(con: duckdb.DuckDBPyConnection, target: Path, now: datetime) -> Iterator[bool]:
    """Attach a copy of the target as `store`, and the target as `old`; gives whether anything is carried on.

    A run that stood later than `now`, or one of an earlier version, is not. A run that fails leaves no copy behind.
    """
    fresh = beside(target)
    try:
        known = target.is_file() and _carried_on(con, target, now)
        if known:
            shutil.copyfile(target, fresh)
        store.join(con, fresh)
        con.execute(
            """CREATE VIEW resolved_key AS SELECT kind, key, entity_id, known_from, match_weight FROM store.resolved;
            CREATE VIEW models AS FROM store.models;
            CREATE VIEW lead_contact AS FROM store.lead_contact"""
        )
        yield known
    finally:
        con.close()
        leave_nothing(fresh)


def _carried_on(con: duckdb.DuckDBPyConnection, target: Path, now: datetime) -> bool:
    try:
        attach(con, target, "old")
        stood = con.execute("SELECT max(now) FROM old.meta").fetchall()[0][0]
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'old'").fetchall()
    except duckdb.Error as error:
        raise InputError(
            f"{target} is not a resolution file of ours ({error}): move it away and resolve again"
        ) from error
    if stood is not None and stood <= now and ("redirect_step",) in tables:
        return True
    con.execute("DETACH old")
    return False


def _accounts(run: Run) -> Model | None:
    run.con.execute(ACCOUNTS)
    run.con.execute(as_of.STATED_TWO)
    rows = run.con.execute("SELECT a, b FROM stated_two").fetchall()
    stated: frozenset[Pair] = frozenset((str(a), str(b)) for a, b in rows)
    return run.follow(ACCOUNT, replace(run.verdicts.of("account"), stated=stated))


def _deals(run: Run) -> None:
    """Deals of one system are each a deal of its own: with one source there is nothing to compare."""
    run.con.execute(DEALS)
    said = run.verdicts.of("deal")
    sources = run.con.execute("SELECT count(DISTINCT source) FROM every_deal").fetchall()[0][0]
    run.follow(DEAL, said, compare=sources > 1 or bool(said.same))


def _write(con: duckdb.DuckDBPyConnection, target: Path, now: datetime) -> None:
    con.execute("CREATE OR REPLACE TABLE store.meta AS SELECT ?::TIMESTAMP AS now", [now])
    for name, order in KEPT.items():
        con.execute(f"CREATE OR REPLACE TABLE store.{name} AS SELECT * FROM {name} ORDER BY {order}")
    attached = {str(row[0]) for row in con.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
    if "old" in attached:
        con.execute("DETACH old")
    con.execute("CHECKPOINT store; DETACH store")
    new_name(target).replace(target)


def _report(con: duckdb.DuckDBPyConnection, now: datetime, *, before: bool) -> ResolveReport:
    rows = con.execute(
        "SELECT kind, count(*), count(DISTINCT entity_id) FROM resolved_key GROUP BY kind ORDER BY kind"
    ).fetchall()
    since = con.execute(f"SELECT coalesce(max(sequence), 0) FROM {'old' if before else 'store'}.events").fetchall()
    events = con.execute(
        "SELECT event, count(*) FROM store.events WHERE sequence > ? GROUP BY event ORDER BY event",
        [since[0][0] if before else 0],
    ).fetchall()
    scored = {
        kind: con.execute(f"SELECT count(*), count(*) FILTER (accepted) FROM pairs_{kind}").fetchall()[0]
        for kind in PAIR_KINDS
    }
    return ResolveReport(
        now=now,
        records={str(kind): int(n) for kind, n, _ in rows},
        entities={str(kind): int(n) for kind, _, n in rows},
        pairs={kind: int(n) for kind, (n, _) in scored.items()},
        accepted={kind: int(n) for kind, (_, n) in scored.items()},
        events={str(event): int(n) for event, n in events},
    )
