"""Says what a staging cannot know, so that nobody wonders later why a score has nothing to stand on."""

from collections.abc import Iterator

from resolution.staging.misread import told
from resolution.staging.session import Bench


def cannot_know(bench: Bench) -> Iterator[str]:
    """One sentence for each thing that the records do not tell, and for what was read in a way to tell."""
    yield from told(bench)
    yield from _about_deals(bench)
    yield from _about_currencies(bench)
    yield from _about_the_rest(bench)
    found = set(bench.fetched)
    for source, kind in dict.fromkeys(place for place in bench.absent if place not in found):
        yield f"source {source}: no file of kind {kind} was found, so it tells nothing of any {kind.replace('_', ' ')}"
    yield from _about_time(bench)


def _one(bench: Bench, statement: str) -> int:
    return int(bench.connection.execute(statement).fetchall()[0][0] or 0)


def _about_deals(bench: Bench) -> Iterator[str]:
    total = _one(bench, "SELECT count(*) FROM out.staged_deal WHERE known_to IS NULL")
    if not total:
        yield "no source stages a deal: there is nothing to win, so deal scores have no entity to speak of"
        return
    closed = _one(bench, "SELECT count(*) FROM out.staged_deal WHERE known_to IS NULL AND state IN ('won', 'lost')")
    if not closed:
        yield f"all {total} deals are open: no outcome is known, so nothing can be learned and scores answer by rule"
    for column, sentence in (
        ("opened_at", "have no open date: their age and cycle time are unknown"),
        ("account", "name no account: account features say nothing of them"),
        ("state", "have no stage that means open, won or lost: they count neither as open nor as ended"),
        ("amount", "have no amount"),
        ("owner", "have no owner: rep features say nothing of them"),
    ):
        missing = _one(bench, f"SELECT count(*) FROM out.staged_deal WHERE known_to IS NULL AND {column} IS NULL")
        if missing:
            yield f"{missing} of {total} deals {sentence}"
    yield from _about_order(bench)
    ended = "known_to IS NULL AND state IN ('won', 'lost') AND closed_at IS NULL"
    if undated := _one(bench, f"SELECT count(*) FROM out.staged_deal WHERE {ended}"):
        yield f"{undated} closed deals have no closing date: they count from the moment their last change was known"


def _about_order(bench: Bench) -> Iterator[str]:
    """Deals that closed before they were opened; where most did, day and month are likely to have changed places."""
    dated = "FROM out.staged_deal WHERE known_to IS NULL AND opened_at IS NOT NULL AND coalesce(closed_at, close_date)"
    for state in ("won", "lost", "open"):
        both = f"{dated} IS NOT NULL AND state = '{state}'"
        total = _one(bench, f"SELECT count(*) {both}")
        early = f"{both} AND coalesce(closed_at, close_date) < date_trunc('day', opened_at)"
        wrong = _one(bench, f"SELECT count(*) {early}")
        if not wrong:
            continue
        source, record, place = bench.connection.execute(
            f"SELECT source, record_id, row_ref {early} ORDER BY source, record_id LIMIT 1"
        ).fetchall()[0]
        said = f"{wrong} of {total} {state} deals have a closing before their opening ({source}:{record}, {place})"
        if 2 * wrong > total:
            said += ": are day and month, or the columns of opened_at and closed_at, the wrong way round?"
        yield said


def _about_currencies(bench: Bench) -> Iterator[str]:
    """Amounts in several currencies that nothing converts would be added as they stand."""
    if bench.workspace.currency:
        return
    for kind in ("deal", "invoice"):
        rows = bench.connection.execute(
            f"SELECT upper(trim(currency)), count(*) FROM out.staged_{kind} WHERE known_to IS NULL "
            "AND amount IS NOT NULL AND nullif(trim(currency), '') IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        if len(rows) > 1:
            listed = ", ".join(f"{count} in {code}" for code, count in rows)
            yield (
                f"{kind} amounts stand in several currencies ({listed}) and nothing converts them, so sums and "
                "features mix them: set currency and rates under [workspace]"
            )


def _about_the_rest(bench: Bench) -> Iterator[str]:
    for kind, sentence in (
        (
            "contact",
            "no source stages a contact: who takes part in a decision is unknown, so buying-center features are empty",
        ),
        ("account", "no source stages an account: deals stand alone"),
        (
            "history",
            "no source stages stage history: only the present stage of a deal is known, and when it was last changed",
        ),
        ("activity", "no source stages activities: engagement is unknown"),
        ("lead", "no source stages leads: lead conversion has no entity to speak of"),
    ):
        if not _one(bench, f"SELECT count(*) FROM out.staged_{kind} WHERE known_to IS NULL"):
            yield sentence


def _about_time(bench: Bench) -> Iterator[str]:
    for source, kind, count in bench.undated:
        yield (
            f"source {source}: {count} {kind} records have no moment at which they were known, so they count as "
            "known only now; "
            "name a column or a constant in known_at"
        )
