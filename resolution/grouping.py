"""One matcher over one table of records: prepare, block, train, score, decide, group."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from resolution.blocking import candidate_pairs, cap_sql, parts_for, usable_columns, write_keys
from resolution.clusters import Cluster, Pair, Union, average_linkage, components, joined
from resolution.decision import decide, refit_prior
from resolution.frequencies import count_frequencies, provisional
from resolution.linker import Progress, score, train
from resolution.matchers.terms import Matcher
from resolution.model import Model

NEVER = -12.0
"""Weight (log2) of a compared pair that scored below what is kept."""

Weights = dict[int, dict[Pair, float]]
Vetoes = dict[int, set[Pair]]


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
    progress: Progress | None = None,
) -> Linked:
    """Score the records of `input_<kind>` into table `pairs_<kind>`; the prepared records stay in `prepared_<kind>`."""
    kind = matcher.kind
    learn(con, matcher)
    prepare(con, matcher)
    into, prepared = f"pairs_{kind}", f"prepared_{kind}"
    filled = usable_columns(con, prepared)
    write_keys(con, matcher, filled, prepared, f"keys_{kind}")
    say = progress or (lambda done, total, what: None)
    say(0, None, f"training the {kind} matcher")
    model = train(con, matcher, filled, prepared, progress)
    if model is None:
        _no_pairs(con, kind)
    else:
        say(0, None, f"counting how often values of {kind}s occur")
        provisional(con, matcher, filled, prepared)
        count_frequencies(con, model, prepared)
        records = int(con.execute(f"SELECT count(*) FROM {prepared}").fetchall()[0][0])
        say(0, None, f"finding pairs of {kind}s to compare")
        candidate_pairs(con, matcher, f"keys_{kind}", f"candidates_{kind}", parts_for(con, records))
        say(0, None, f"comparing pairs of {kind}s")
        score(con, model, prepared, f"candidates_{kind}", into)
        model = refit_prior(con, model, into, records)
    decide(con, matcher, filled, into, prepared)
    pairs, accepted = con.execute(f"SELECT count(*), count(*) FILTER (accepted) FROM {into}").fetchall()[0]
    return Linked(model, int(pairs), int(accepted))


def link_none(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> Linked:
    """The tables of `link` where no two records need a comparison."""
    learn(con, matcher)
    prepare(con, matcher)
    write_keys(con, matcher, frozenset(), f"prepared_{matcher.kind}", f"keys_{matcher.kind}")
    _no_pairs(con, matcher.kind)
    decide(con, matcher, frozenset(), f"pairs_{matcher.kind}", f"prepared_{matcher.kind}")
    return Linked(None, 0, 0)


def _no_pairs(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    con.execute(
        f"CREATE OR REPLACE TABLE pairs_{kind} (l VARCHAR, r VARCHAR, match_weight DOUBLE, probability DOUBLE, "
        "block VARCHAR)"
    )


def learn(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> None:
    """Count over all records of `input_<kind>` what `prepare` needs to know of the rest."""
    if matcher.learn:
        con.execute(matcher.learn)


def prepare(con: duckdb.DuckDBPyConnection, matcher: Matcher) -> None:
    """Make `prepared_<kind>` from `input_<kind>`, any of the records that `learn` has seen, or later ones."""
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
    together: frozenset[Pair] = frozenset(),
    where: str = "true",
) -> list[Cluster]:
    """Entities of two records or more, from `pairs_<kind>` (rows that meet `where`); all other records are alone.

    `apart` are never one entity, also not through third records; `together` always are, and stand above any veto.
    """
    rows = con.execute(
        f"SELECT l, r, match_weight FROM pairs_{matcher.kind} p WHERE accepted AND {where} ORDER BY l, r"
    ).fetchall()
    skipped = apart | together
    scored = {(str(a), str(b)): w for a, b, w in rows if a in known and b in known}
    links: dict[Pair, float | None] = {pair: w for pair, w in scored.items() if pair not in skipped}
    parts = _parts(con, matcher, links, apart, where)
    judged = {pair for pair in together if pair[0] in known and pair[1] in known}
    if judged:
        parts = _united(con, matcher, parts, judged, apart, where)
        links |= {pair: scored.get(pair) for pair in judged}
    owner = {key: number for number, part in enumerate(parts) for key in part}
    own: dict[int, dict[Pair, float | None]] = defaultdict(dict)
    for pair, weight in links.items():
        if (number := owner.get(pair[0], -1)) == owner.get(pair[1], -2):
            own[number][pair] = weight
    found = [joined(part, own[number], known) for number, part in enumerate(parts)]
    return sorted(found, key=lambda cluster: cluster.founder)


def _parts(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    links: Mapping[Pair, float | None],
    apart: frozenset[Pair],
    where: str,
) -> list[list[str]]:
    """Groups of two records or more by the model's links, those that people and sources keep apart kept apart."""
    found: list[list[str]] = []
    large: dict[str, int] = {}
    groups = components(links)
    place = {key: number for number, members in enumerate(groups) for key in members}
    agreed = Counter(place[a] for (a, _), weight in links.items() if weight is not None and weight >= matcher.threshold)
    for number, members in enumerate(groups):
        if len(members) == 2 or agreed[number] == len(members) * (len(members) - 1) // 2:  # so is every mean
            found.append(members)
        else:
            large.update(dict.fromkeys(members, number))
    weights, forbidden = _inside(con, matcher, large, where)
    keep_apart(forbidden, apart, large)
    for number in sorted(weights):
        parts = average_linkage(
            groups[number],
            weights[number],
            threshold=matcher.threshold,
            missing=matcher.missing_pair,
            apart=frozenset(forbidden[number]),
        )
        found += [part for part in parts if len(part) > 1]
    return found


def _united(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    parts: list[list[str]],
    together: set[Pair],
    apart: frozenset[Pair],
    where: str,
) -> list[list[str]]:
    """Groups after people put some together: whole groups join; where a veto stands between them, only those named.

    In the second case the records concerned are grouped anew, beginning with what people put together.
    """
    place = {key: number for number, part in enumerate(parts) for key in part}
    whole = Union()  # over numbers of groups, and over keys (which hold a |) of records that are in none
    for a, b in sorted(together):
        whole.join(str(place.get(a, a)), str(place.get(b, b)))
    affected = whole.groups()
    members = [
        sorted(key for name in names for key in (parts[int(name)] if name.isdigit() else [name])) for names in affected
    ]
    large = {key: number for number, some in enumerate(members) for key in some}
    weights, forbidden = _inside(con, matcher, large, where)
    keep_apart(forbidden, apart, large)
    begin: dict[int, list[list[str]]] = defaultdict(list)
    named: dict[str, int] = {}
    for order, some in enumerate(components(together)):
        begin[large[some[0]]].append(some)
        named.update(dict.fromkeys(some, order))
    gone = {int(name) for names in affected for name in names if name.isdigit()}
    found = [part for number, part in enumerate(parts) if number not in gone]
    for number, some in enumerate(members):
        if all(named.get(a, -1) == named.get(b, -2) for a, b in forbidden[number]):
            found.append(some)
            continue
        again = average_linkage(
            some,
            weights[number],
            threshold=matcher.threshold,
            missing=matcher.missing_pair,
            apart=frozenset(forbidden[number]),
            together=begin[number],
        )
        found += [part for part in again if len(part) > 1]
    return found


def keep_apart(forbidden: Vetoes, apart: frozenset[Pair], place: Mapping[str, int]) -> None:
    """Add the pairs `apart` to the vetoes of the number that both their records have."""
    for a, b in apart:
        if a in place and place[a] == place.get(b):
            forbidden[place[a]].add((a, b))


def _inside(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, place: Mapping[str, int], where: str
) -> tuple[Weights, Vetoes]:
    """Weights and vetoes of every compared pair inside the components that need a closer look."""
    if not place:
        return defaultdict(dict), defaultdict(set)
    con.execute("CREATE OR REPLACE TEMP TABLE placed (key VARCHAR, number INTEGER)")
    con.execute(
        "INSERT INTO placed SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[])", [list(place), list(place.values())]
    )
    return by_number(con.execute(inside_sql(matcher, where)).fetchall())


def by_number(rows: Iterable[tuple[int, str, str, float, bool]]) -> tuple[Weights, Vetoes]:
    """Rows of `inside_sql` as weights and vetoes by number."""
    weights: Weights = defaultdict(dict)
    forbidden: Vetoes = defaultdict(set)
    for number, a, b, weight, vetoed in rows:
        weights[number][(a, b)] = weight
        if vetoed:
            forbidden[number].add((a, b))
    return weights, forbidden


def inside_sql(matcher: Matcher, where: str) -> str:
    """SELECT number, l, r, weight, vetoed: every pair of records of one number of `placed` that was compared."""
    keys = f"keys_{matcher.kind}"
    return f"""WITH mine AS (SELECT k.*, number FROM {keys} k JOIN placed ON placed.key = k.unique_id),
        open AS (SELECT key FROM {keys} SEMI JOIN mine USING (key) GROUP BY key, block HAVING count(*) <=
            {cap_sql(matcher)}),
        compared AS (
            SELECT DISTINCT a.number, a.unique_id AS l, b.unique_id AS r FROM mine a JOIN mine b
            ON a.key = b.key AND a.number = b.number AND a.unique_id < b.unique_id SEMI JOIN open ON open.key = a.key
        )
        SELECT number, l, r, coalesce(p.match_weight, {NEVER})::DOUBLE AS weight,
            p.veto IS NOT NULL OR NOT ({where}) AS vetoed
        FROM compared LEFT JOIN pairs_{matcher.kind} p USING (l, r)"""
