"""One matcher over one table of records: prepare, block, train, score, decide, group."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from resolution.blocking import candidate_pairs, cap_sql, usable_columns, write_keys
from resolution.clusters import Cluster, Pair, average_linkage, components, joined
from resolution.frequencies import provisional
from resolution.judgements import Judgement, apply
from resolution.linker import Model, Progress, count_frequencies, decide, refit_prior, score, train
from resolution.matchers.terms import Matcher

JUDGED = 100.0
"""Weight (log2) of a link that a person said is the same."""
NEVER = -12.0
"""Weight (log2) of a compared pair that scored below what is kept."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What a matcher found: its model (None: there was nothing to compare), how many pairs it scored and accepted."""

    model: Model | None
    pairs: int
    accepted: int


def link(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    *,
    verdicts: tuple[Judgement, ...] = (),
    progress: Progress | None = None,
) -> Linked:
    """Score the records of `input_<kind>` into table `pairs_<kind>`; the prepared records stay in `prepared_<kind>`."""
    kind = matcher.kind
    prepare(con, matcher)
    into, prepared = f"pairs_{kind}", f"prepared_{kind}"
    filled = usable_columns(con, prepared)
    write_keys(con, matcher, filled, prepared, f"keys_{kind}")
    if progress:
        progress(0, None, f"training the {kind} matcher")
    model = train(con, matcher, filled, prepared, progress)
    if model is None:
        con.execute(
            f"CREATE OR REPLACE TABLE {into} (l VARCHAR, r VARCHAR, match_weight DOUBLE, probability DOUBLE, "
            "block VARCHAR)"
        )
    else:
        provisional(con, matcher, filled, prepared)
        count_frequencies(con, model, prepared)
        candidate_pairs(con, matcher, f"keys_{kind}", f"candidates_{kind}")
        score(con, model, prepared, f"candidates_{kind}", into)
        records = int(con.execute(f"SELECT count(*) FROM {prepared}").fetchall()[0][0])
        model = refit_prior(con, model, into, records)
    decide(con, matcher, filled, into, prepared)
    apply(con, into, verdicts)
    pairs, accepted = con.execute(f"SELECT count(*), count(*) FILTER (accepted) FROM {into}").fetchall()[0]
    return Linked(model, int(pairs), int(accepted))


def prepare(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> None:
    """Make `prepared_<kind>` from `input_<kind>`."""
    names = {str(row[0]) for row in con.execute(f"DESCRIBE input_{matcher.kind}").fetchall()}
    sources = {"domain": "host_of(domain)", "website": "host_of(website)", "email": "mail_host(email)"}
    hosts = [
        f"SELECT DISTINCT {sql} AS host FROM input_{matcher.kind}" for name, sql in sources.items() if name in names
    ]
    union = " UNION ".join(hosts) or "SELECT NULL::VARCHAR AS host"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE host_domain AS SELECT host, registrable(host) AS domain FROM ({union}) "
        "WHERE host IS NOT NULL"
    )
    con.execute(matcher.prepare)


def group(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    known: Mapping[str, datetime],
    *,
    apart: frozenset[Pair] = frozenset(),
    same: frozenset[Pair] = frozenset(),
    where: str = "true",
) -> list[Cluster]:
    """Entities of two records or more, from `pairs_<kind>` (rows that meet `where`); all other records are alone.

    Pairs in `same` were judged to be one: they weigh JUDGED, whatever the model says of them.
    """
    table = f"pairs_{matcher.kind}"
    rows = con.execute(
        f"SELECT l, r, coalesce(match_weight, {JUDGED}) FROM {table} p WHERE accepted AND {where} ORDER BY l, r"
    ).fetchall()
    links = {
        (str(a), str(b)): JUDGED if (a, b) in same else float(w)
        for a, b, w in rows
        if (a, b) not in apart and a in known and b in known
    }
    found: list[Cluster] = []
    large: dict[str, int] = {}
    groups = components(links)
    for number, members in enumerate(groups):
        pair = (members[0], members[1])
        if len(members) == 2 and pair in links:
            found.append(joined(members, {pair: links[pair]}, known))
        else:
            large.update(dict.fromkeys(members, number))
    weights, forbidden = _inside(con, matcher, large, where)
    for a, b in apart:
        if a in large and large[a] == large.get(b):
            forbidden[large[a]].add((a, b))
    for pair, weight in links.items():
        if weight == JUDGED and pair[0] in large:
            weights[large[pair[0]]][pair] = JUDGED
    for number in sorted(weights):
        within = weights[number]
        parts = average_linkage(
            groups[number],
            within,
            threshold=matcher.threshold,
            missing=matcher.missing_pair,
            apart=frozenset(forbidden[number]),
        )
        found += [
            joined(part, {p: w for p, w in within.items() if p in links}, known) for part in parts if len(part) > 1
        ]
    return sorted(found, key=lambda cluster: cluster.founder)


def _inside(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, place: Mapping[str, int], where: str
) -> tuple[dict[int, dict[Pair, float]], dict[int, set[Pair]]]:
    """Weights and vetoes of every compared pair inside the components that need a closer look."""
    weights: dict[int, dict[Pair, float]] = defaultdict(dict)
    forbidden: dict[int, set[Pair]] = defaultdict(set)
    if not place:
        return weights, forbidden
    con.execute("CREATE OR REPLACE TEMP TABLE placed (key VARCHAR, number INTEGER)")
    con.execute(
        "INSERT INTO placed SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[])", [list(place), list(place.values())]
    )
    keys = f"keys_{matcher.kind}"
    rows = con.execute(
        f"""WITH mine AS (SELECT k.*, number FROM {keys} k JOIN placed ON placed.key = k.unique_id),
        open AS (SELECT key FROM {keys} SEMI JOIN mine USING (key) GROUP BY key, block HAVING count(*) <=
            {cap_sql(matcher)}),
        compared AS (
            SELECT DISTINCT a.number, a.unique_id AS l, b.unique_id AS r FROM mine a JOIN mine b
            ON a.key = b.key AND a.number = b.number AND a.unique_id < b.unique_id SEMI JOIN open ON open.key = a.key
        )
        SELECT number, l, r, coalesce(p.match_weight, {NEVER}), p.veto IS NOT NULL OR NOT ({where})
        FROM compared LEFT JOIN pairs_{matcher.kind} p USING (l, r)"""
    ).fetchall()
    for number, a, b, weight, vetoed in rows:
        weights[number][(a, b)] = float(weight)
        if vetoed:
            forbidden[number].add((a, b))
    return weights, forbidden
