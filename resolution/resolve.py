"""Staged records → entities: accounts, then persons and leads, then deals and their outcomes, into resolution.duckdb.

Everything is written to a file beside the target and renamed at the end, so a run that is killed leaves the earlier
state. Tables: resolved, previous, former, employer, lead_contact, invoice_outcome, pairs_<kind>, forgotten, events,
redirects, models, findings, review, unjudged and meta. What people judged is given: it lives in the graph, so that no
lost file takes it along.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from kg.judgements import Judgement
from resolution import inputs
from resolution.approval import hold, upheavals
from resolution.assignment import History, assign, read_history
from resolution.clusters import Cluster, Member, Pair
from resolution.database import beside
from resolution.employers import find_employers
from resolution.events import write_events
from resolution.grouping import Linked, group, link
from resolution.guards import Finding, audit
from resolution.judgements import Verdicts, apply, newest, settle
from resolution.linker import Progress
from resolution.matchers import ACCOUNT, CONTACT, DEAL
from resolution.measure import keep_unjudged
from resolution.model import Model
from resolution.outcomes import outcomes
from resolution.review import queue
from resolution.steps import write_forgotten

SAME_INTEREST_DAYS = 30
"""Two systems' leads of one person that arose this near to each other are one lead; later interest is a new one."""

KEPT = {
    "employer": "uid", "lead_contact": "uid", "invoice_outcome": "uid", "events": "ALL", "redirects": "ALL",
    "former": "ALL", "forgotten": "ALL", "models": "kind", "findings": "ALL", "unjudged": "ALL",
    "review": "score DESC, id",
}  # fmt: skip
"""Tables that are written as they are, and in which order."""

PAIR_TABLES = ("account", "contact", "deal", "outcome")


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


def resolve(
    staging_db: Path,
    resolution_db: Path,
    *,
    now: datetime | None = None,
    judgements: Sequence[Judgement] = (),
    approve: bool = False,
    progress: Progress | None = None,
) -> ResolveReport:
    """Decide which staged records known by `now` are one entity; `now` is the newest knowledge time unless given.

    `judgements` (those of the graph) outrank the model both ways, at whatever moment: they say who is who, not since
    when.

    Raises:
        NeedsApproval: more than the set share of the entities known before would merge or split, and it was not
            approved; the earlier state stays as it is.
    """
    say = progress or (lambda done, total, what: None)
    con, moment = inputs.open_staging(Path(staging_db), now)
    target = Path(resolution_db)
    try:
        history, verdicts = read_history(con, target, moment), settle(judgements)
        con.execute(
            "CREATE TABLE resolved_key (kind VARCHAR, key VARCHAR, entity_id VARCHAR, known_from TIMESTAMP, "
            "match_weight DOUBLE)"
        )
        con.execute("CREATE TABLE models (kind VARCHAR, digest VARCHAR, prior DOUBLE, settings VARCHAR)")
        found = {}
        say(0, 5, "matching accounts")
        found["account"], model = _accounts(con, history, verdicts, progress)
        say(1, 5, "finding the employers of leads and contacts")
        find_employers(con, model)
        say(2, 5, "matching contacts and leads")
        found["contact"] = _persons(con, history, verdicts, progress)
        say(3, 5, "matching deals")
        found["deal"] = _deals(con, history, verdicts, progress)
        say(4, 5, "matching outcomes")
        found["outcome"] = outcomes(con, history, verdicts.of("outcome"), progress)
        _keep_model(con, found["outcome"])
        write_forgotten(con)
        events = write_events(con, history.ids, moment)
        if not approve:
            hold(upheavals(con, history))
        findings = audit(con, verdicts)
        queue(con, newest(judgements))
        _write(con, target, moment)
        say(5, 5, "entities written")
        return replace(_report(con, moment, found, events), findings=findings)
    finally:
        con.close()


def _known(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, datetime]:
    return {str(key): moment for key, moment in con.execute(sql).fetchall()}


def _keep_model(con: duckdb.DuckDBPyConnection, linked: Linked) -> Model | None:
    if linked.model:
        m = linked.model
        con.execute(
            "INSERT INTO models VALUES (?, ?, ?, ?)",
            [m.kind, m.digest, m.prior, json.dumps(m.settings, sort_keys=True)],
        )
    return linked.model


def _accounts(
    con: duckdb.DuckDBPyConnection, history: History, verdicts: Verdicts, progress: Progress | None
) -> tuple[Linked, Model | None]:
    con.execute(inputs.ACCOUNT_INPUT)
    said = verdicts.of("account")
    linked = link(con, ACCOUNT, progress=progress)
    apart, known = _related(con), _known(con, "SELECT uid, known_from FROM input_account")
    keep_unjudged(con, ACCOUNT, known, apart, said)
    apply(con, "pairs_account", said)
    clusters = group(con, ACCOUNT, known, apart=apart - said.same | said.different, together=said.same)
    assign(con, "account", clusters, known, history)
    return linked, _keep_model(con, linked)


def _related(con: duckdb.DuckDBPyConnection) -> frozenset[Pair]:
    """Account records that a source states to be two: a parent and its child, partners, an owner and its company."""
    con.execute(inputs.STATED_TWO)
    con.execute(inputs.KEEP_STATED_TWO.format(pairs="pairs_account"))
    rows = con.execute("SELECT a, b FROM stated_two").fetchall()
    return frozenset((str(a), str(b)) for a, b in rows)


def _persons(con: duckdb.DuckDBPyConnection, history: History, verdicts: Verdicts, progress: Progress | None) -> Linked:
    con.execute(inputs.PERSON_INPUT)
    said = verdicts.of("contact")
    linked = link(con, CONTACT, progress=progress)
    _keep_model(con, linked)
    known = _known(con, "SELECT uid, known_from FROM input_contact")
    keep_unjudged(con, CONTACT, known, frozenset(), said)
    apply(con, "pairs_contact", said)
    persons = group(con, CONTACT, known, apart=said.different, together=said.same)
    con.execute(
        "CREATE TABLE lead_contact (uid VARCHAR, contact_uid VARCHAR, known_from TIMESTAMP, match_weight DOUBLE)"
    )
    contacts, ties = [], []
    for cluster in persons:
        inside = [m for m in cluster.members if m.key.startswith("contact|")]
        if len(inside) > 1:
            contacts.append(_only(cluster.members, "contact|"))
        if inside and len(inside) < len(cluster.members):
            first = min(inside, key=lambda m: (known[m.key], m.key)).key
            ties += [
                (m.key, first, max(m.known_from, known[first]), m.weight)
                for m in cluster.members
                if m.key.startswith("lead|")
            ]
    if ties:
        con.execute(
            "INSERT INTO lead_contact SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), "
            "unnest(?::DOUBLE[])",
            [list(column) for column in zip(*ties, strict=True)],
        )
    assign(con, "contact", contacts, {k: t for k, t in known.items() if k.startswith("contact|")}, history)
    _leads(con, history, verdicts.of("lead"), {k: t for k, t in known.items() if k.startswith("lead|")})
    return linked


def _only(members: tuple[Member, ...], prefix: str) -> Cluster:
    """A cluster's records of one kind, founder first; each belongs from when it was connected through all of them."""
    inside = [m for m in members if m.key.startswith(prefix)]
    founder = min(inside, key=lambda m: (m.known_from, m.key))
    rest = sorted((m for m in inside if m is not founder), key=lambda m: (m.known_from, m.key))
    return Cluster((founder, *rest))


def _leads(con: duckdb.DuckDBPyConnection, history: History, said: Verdicts, known: dict[str, datetime]) -> None:
    """Leads of one person in two systems, arisen within SAME_INTEREST_DAYS, are one lead; others stay apart."""
    con.execute(
        f"""CREATE TEMP TABLE near_leads AS SELECT p.l, p.r FROM pairs_contact p
        JOIN s_lead a ON p.l = {inputs.key_sql("lead", "a")} JOIN s_lead b ON p.r = {inputs.key_sql("lead", "b")} AND
            a.source <> b.source
        WHERE p.accepted AND abs(date_diff('hour', coalesce(a.created_at, a.known_from), coalesce(b.created_at,
            b.known_from)))
              <= {SAME_INTEREST_DAYS * 24} AND coalesce(a.converted_deal = b.converted_deal, true)"""
    )
    near = "(p.l, p.r) IN (SELECT (l, r) FROM near_leads)"
    leads = group(con, CONTACT, known, apart=said.different, together=said.same, where=near)
    assign(con, "lead", leads, known, history)


def _deals(con: duckdb.DuckDBPyConnection, history: History, verdicts: Verdicts, progress: Progress | None) -> Linked:
    con.execute(inputs.DEAL_INPUT)
    said = verdicts.of("deal")
    known = _known(con, "SELECT uid, known_from FROM input_deal")
    sources = con.execute("SELECT count(DISTINCT source) FROM input_deal").fetchall()[0][0]
    linked = Linked(None, 0, 0)
    clusters: list[Cluster] = []
    if sources > 1 or said.same:
        linked = link(con, DEAL, progress=progress)
        _keep_model(con, linked)
        con.execute(
            "UPDATE pairs_deal SET accepted = false, veto = 'two deals of one system' WHERE split_part(l, "
            "':', 1) = split_part(r, ':', 1)"
        )
        keep_unjudged(con, DEAL, known, frozenset(), said)
        apply(con, "pairs_deal", said)
        clusters = group(con, DEAL, known, apart=said.different, together=said.same)
    else:
        con.execute(
            "CREATE TABLE pairs_deal (l VARCHAR, r VARCHAR, match_weight DOUBLE, probability DOUBLE, block "
            "VARCHAR, veto VARCHAR, accepted BOOLEAN)"
        )
    assign(con, "deal", clusters, known, history)
    return linked


def _write(con: duckdb.DuckDBPyConnection, target: Path, now: datetime) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = beside(target)
    con.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
    con.execute("CREATE TABLE fresh.meta AS SELECT ?::TIMESTAMP AS now", [now])
    con.execute(
        """CREATE TABLE fresh.resolved AS SELECT kind, split_part(substr(key, strpos(key, '|') + 1), ':', 1) AS source,
        substr(key, strpos(key, ':') + 1) AS record_id, entity_id, known_from, match_weight FROM resolved_key ORDER BY
            key"""
    )
    con.execute("CREATE TABLE fresh.previous AS SELECT kind, key, entity_id FROM resolved_key ORDER BY key")
    for kind in PAIR_TABLES:
        con.execute(f"CREATE TABLE fresh.pairs_{kind} AS SELECT * FROM pairs_{kind} ORDER BY l, r")
    for name, order in KEPT.items():
        con.execute(f"CREATE TABLE fresh.{name} AS SELECT * FROM {name} ORDER BY {order}")
    attached = {str(row[0]) for row in con.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
    if "old" in attached:
        con.execute("DETACH old")
    con.execute("DETACH fresh")
    fresh.replace(target)


def _report(
    con: duckdb.DuckDBPyConnection, now: datetime, found: Mapping[str, Linked], events: dict[str, int]
) -> ResolveReport:
    rows = con.execute(
        "SELECT kind, count(*), count(DISTINCT entity_id) FROM resolved_key GROUP BY kind ORDER BY kind"
    ).fetchall()
    return ResolveReport(
        now=now,
        records={str(kind): int(n) for kind, n, _ in rows},
        entities={str(kind): int(n) for kind, _, n in rows},
        pairs={kind: linked.pairs for kind, linked in found.items()},
        accepted={kind: linked.accepted for kind, linked in found.items()},
        events=events,
    )
