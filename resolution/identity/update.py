"""Identity of one kind kept up to date: new, changed and deleted records change only the entities that they touch.

The model that was trained stands still. A change is worked out in memory, on the records, keys and pairs that it can
reach, and written in one transaction, so that a killed process leaves all of it or nothing. What is reached: the
changed records; the records of every key that became a hub or ceased to be one; then every component that an accepted
pair, old or new, ties to these. Each of them is grouped as a whole run groups it, so any order of changes ends in the
partition of one run over all records.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb

from kg.progress import Progress
from resolution.database.connection import rows_in
from resolution.database.lookup import among, picked
from resolution.identity.delta import Delta
from resolution.identity.events import Event
from resolution.identity.regroup import keys_now, records_now, settle
from resolution.identity.store import keep_empty, kept_model, let_go, trained_on
from resolution.judgements.verdicts import NOBODY, Verdicts
from resolution.linking.blocking import cap_sql, usable_columns, write_keys
from resolution.linking.decision import decide
from resolution.linking.link import link, link_none, prepare
from resolution.linking.linker import score
from resolution.linking.model import Model
from resolution.matchers.terms import Matcher
from resolution.settings import settings

FEW = 2_000
"""So many records, or fewer, are planned for lightly."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a change came to: its events as the feed gives them, and how many records were grouped again."""

    events: tuple[Event, ...]
    regrouped: int


def create(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    now: datetime,
    *,
    verdicts: Verdicts = NOBODY,
    compare: bool = True,
    progress: Progress | None = None,
) -> Model | None:
    """Train on the records of `input_<kind>`, which are all there are, and settle them; None without a model.

    Entities that the store knows keep their ids. There is no model where nothing can be compared, or need not be.
    """
    kind = matcher.kind
    linked = link(con, matcher, progress=progress) if compare else link_none(con, matcher)
    model = linked.model
    filled = model.filled if model else usable_columns(con, f"prepared_{kind}")
    records = rows_in(con, f"FROM prepared_{kind}")
    keep_empty(con, matcher, model, records)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE gone AS
        SELECT uid AS unique_id FROM store.component_{kind} ANTI JOIN input_{kind} USING (uid);
        CREATE OR REPLACE TEMP TABLE replaced AS SELECT unique_id FROM prepared_{kind} UNION FROM gone;
        CREATE OR REPLACE TEMP VIEW prepared_now AS FROM prepared_{kind};
        CREATE OR REPLACE TABLE old_prepared AS SELECT uid AS unique_id FROM store.component_{kind};
        CREATE OR REPLACE TABLE old_keys AS FROM keys_{kind} LIMIT 0;
        CREATE OR REPLACE TEMP TABLE touched AS SELECT unique_id FROM prepared_{kind};
        DROP TABLE IF EXISTS fresh_keys; ALTER TABLE keys_{kind} RENAME TO fresh_keys;
        DROP TABLE IF EXISTS scored; ALTER TABLE pairs_{kind} RENAME TO scored;
        CREATE OR REPLACE TEMP TABLE arrived AS SELECT uid, known_from AS known FROM input_{kind}"""
    )
    _changed_verdicts(con, kind, verdicts)
    settle(con, matcher, Delta(kind, filled), now, verdicts)
    return model


def follow(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    now: datetime,
    verdicts: Verdicts,
    *,
    retrain: bool = False,
    compare: bool = True,
    progress: Progress | None = None,
) -> Model | None:
    """Bring the store to the records of view `every_<kind>`: those that changed alone, unless the model is outdated.

    It is learned anew on request, after a change of code, and where the records have grown or shrunk by more than
    DEALGRAPH_RESOLUTION_RETRAIN_GROWTH since, or fill columns that it does not read.
    """
    kind = matcher.kind
    trained, every = trained_on(con, kind), rows_in(con, f"FROM every_{kind}")
    outdated = not trained or abs(every - trained) > settings().resolution_retrain_growth * trained
    if not (retrain or not compare or outdated):
        model = kept_model(con, matcher)
        delta = arrive(con, matcher, model.filled, arrivals(con, kind), verdicts)
        if usable_columns(con, delta.prepared) == model.filled:
            _finish(con, matcher, model, delta, now, verdicts)
            return model
        let_go(con, matcher, model)
    con.execute(f"CREATE OR REPLACE TABLE input_{kind} AS FROM every_{kind}")
    return create(con, matcher, now, verdicts=verdicts, compare=compare, progress=progress)


def arrivals(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    """Make `input_<kind>` of the records of `every_<kind>` that are new or say something else; returns those gone."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE news AS
        SELECT uid FROM (SELECT uid, hash(e) AS said FROM every_{kind} e) ANTI JOIN store.seen_{kind} USING (uid, said);
        CREATE OR REPLACE TABLE input_{kind} AS FROM every_{kind} SEMI JOIN news USING (uid)"""
    )
    rows = con.execute(f"SELECT uid FROM store.seen_{kind} ANTI JOIN every_{kind} USING (uid)").fetchall()
    return [str(row[0]) for row in rows]


def update(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    model: Model,
    now: datetime,
    *,
    gone: Iterable[str] = (),
    verdicts: Verdicts = NOBODY,
) -> Settled:
    """Take in the records of `input_<kind>`, new or changed, and let go of the keys `gone`; `con` is from `attach`.

    `verdicts` are all that people said of the kind; records of which they said something new are looked at again.
    """
    delta = arrive(con, matcher, model.filled, gone, verdicts)
    return _finish(con, matcher, model, delta, now, verdicts)


@contextmanager
def _planned_lightly(con: duckdb.DuckDBPyConnection, kind: str) -> Iterator[None]:
    """Let DuckDB plan long SQL over a few records lightly: two of its passes take longer than they save then."""
    few = con.execute(f"SELECT count(*) <= {FEW} FROM input_{kind}").fetchall()[0][0]
    if few:
        con.execute("SET disabled_optimizers = 'common_subexpressions,expression_rewriter'")
    try:
        yield
    finally:
        con.execute("RESET disabled_optimizers")


def _finish(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, model: Model, delta: Delta, now: datetime, verdicts: Verdicts
) -> Settled:
    """Score the `candidates` that `arrive` found, and settle them."""
    wanted = "SELECT join_key_l FROM candidates UNION SELECT join_key_r FROM candidates"
    con.execute(f"CREATE OR REPLACE TABLE involved AS {records_now(con, delta, wanted)}")
    if con.execute("SELECT 1 FROM candidates LIMIT 1").fetchall():
        with _planned_lightly(con, matcher.kind):
            score(con, model, "involved", "candidates", delta.scored)
        decide(con, matcher, model.filled, delta.scored, "involved")
    else:
        con.execute(f"CREATE OR REPLACE TABLE {delta.scored} AS FROM store.pairs_{matcher.kind} LIMIT 0")
    first, regrouped = settle(con, matcher, delta, now, verdicts)
    rows = con.execute(
        "SELECT event, entities, records FROM store.events WHERE sequence >= ? ORDER BY sequence", [first]
    ).fetchall()
    return Settled(tuple(Event(event, tuple(ids), tuple(keys)) for event, ids, keys in rows), regrouped)


def arrive(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    filled: frozenset[str],
    gone: Iterable[str] = (),
    verdicts: Verdicts = NOBODY,
) -> Delta:
    """Prepare the records of `input_<kind>` and make `candidates`, the pairs to score anew; returns what changed."""
    kind = matcher.kind
    with _planned_lightly(con, kind):
        prepare(con, matcher)
    con.execute("CREATE OR REPLACE TEMP TABLE gone AS SELECT unnest(?::VARCHAR[]) AS unique_id", [list(gone)])
    con.execute(f"CREATE OR REPLACE TEMP TABLE replaced AS SELECT unique_id FROM prepared_{kind} UNION FROM gone")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW prepared_now AS FROM store.prepared_{kind} ANTI JOIN replaced USING (unique_id) "
        f"UNION ALL BY NAME FROM prepared_{kind}"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE arrived AS SELECT uid, known_from AS known FROM input_{kind}")
    write_keys(con, matcher, filled, f"prepared_{kind}", "fresh_keys")
    _touch(con, matcher, filled, verdicts)
    delta = Delta(kind, filled)
    _candidates(con, matcher, delta)
    return delta


def _touch(con: duckdb.DuckDBPyConnection, matcher: Matcher, filled: frozenset[str], verdicts: Verdicts) -> None:
    """Make `touched`, the records whose pairs may change, and `around`, the holders of keys that come or go."""
    kind = matcher.kind
    old = picked(con, f"store.prepared_{kind}", "unique_id", "FROM replaced")
    con.execute(f"CREATE OR REPLACE TABLE old_prepared AS {old}")
    write_keys(con, matcher, filled, "old_prepared", "old_keys")
    asked = "SELECT key FROM fresh_keys UNION SELECT key FROM old_keys"
    con.execute(f"CREATE OR REPLACE TEMP TABLE held AS FROM store.keys_{kind} WHERE {among(con, 'key', asked)}")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE around AS
        FROM held ANTI JOIN replaced USING (unique_id) UNION ALL FROM fresh_keys"""
    )
    _changed_verdicts(con, kind, verdicts)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE touched AS
        WITH counted AS (
            SELECT key, any_value(block) AS block, sum(was) AS was, sum(1 - was) AS stay FROM (
                SELECT key, block, 1 AS was FROM held UNION ALL SELECT key, block, 0 FROM around) GROUP BY key
        ), turned AS (SELECT key FROM counted WHERE (was > {cap_sql(matcher)}) <> (stay > {cap_sql(matcher)}))
        SELECT unique_id FROM prepared_{kind}
        UNION SELECT unique_id FROM around SEMI JOIN turned USING (key)
        UNION SELECT unique_id FROM (SELECT a AS unique_id FROM verdict_changed UNION SELECT b FROM verdict_changed)
            SEMI JOIN prepared_now USING (unique_id)"""
    )


def _changed_verdicts(con: duckdb.DuckDBPyConnection, kind: str, verdicts: Verdicts) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE verdict_now AS FROM store.verdict_{kind} LIMIT 0")
    said = [(*pair, verdict) for pair, verdict in sorted(verdicts.said().items())]
    if said:
        columns = [list(column) for column in zip(*said, strict=True)]
        con.execute("INSERT INTO verdict_now SELECT unnest(?), unnest(?), unnest(?)", columns)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE verdict_changed AS (FROM verdict_now EXCEPT FROM store.verdict_{kind})
            UNION (FROM store.verdict_{kind} EXCEPT FROM verdict_now)"""
    )


def _candidates(con: duckdb.DuckDBPyConnection, matcher: Matcher, delta: Delta) -> None:
    """Make `candidates`: pairs of a touched record and any other that share a key which is no hub."""
    near = "around"
    fresh = f"prepared_{matcher.kind}"
    if con.execute(f"SELECT 1 FROM touched ANTI JOIN {fresh} USING (unique_id) LIMIT 1").fetchall():
        con.execute(f"CREATE OR REPLACE TABLE touched_prepared AS {records_now(con, delta, 'FROM touched')}")
        write_keys(con, matcher, delta.filled, "touched_prepared", "touched_keys")
        near = "near"
        asked = keys_now(con, delta, "SELECT key FROM touched_keys")
        con.execute(f"CREATE OR REPLACE TEMP TABLE near AS {asked}")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE candidates AS
        WITH open AS (SELECT * FROM {near} QUALIFY count(*) OVER (PARTITION BY key) BETWEEN 2 AND {cap_sql(matcher)}),
        mine AS (FROM open SEMI JOIN touched USING (unique_id))
        SELECT least(m.unique_id, o.unique_id) AS join_key_l, greatest(m.unique_id, o.unique_id) AS join_key_r,
            min(m.block)::VARCHAR AS match_key
        FROM mine m JOIN open o ON m.key = o.key AND m.unique_id <> o.unique_id GROUP BY 1, 2"""
    )
