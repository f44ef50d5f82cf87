"""One matcher over one table of records: prepare, block, train, score, decide, group."""

from dataclasses import dataclass

import duckdb

from kg.progress import Progress
from resolution.database.connection import rows_in
from resolution.linking.blocking import candidate_pairs, parts_for, usable_columns, write_keys
from resolution.linking.decision import decide, refit_prior
from resolution.linking.frequencies import count_frequencies, provisional
from resolution.linking.linker import score, train
from resolution.linking.model import Model
from resolution.matchers.terms import Matcher


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
        records = rows_in(con, f"FROM {prepared}")
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
