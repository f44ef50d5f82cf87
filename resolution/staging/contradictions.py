"""What the records of one staging contradict themselves in: told with counts, and kept as they are."""

from resolution.staging.notices import Notice, first_of
from resolution.staging.session import Bench


def date_closings(bench: Bench) -> None:
    """Dates a closed deal without a closing date by the moment at which its end was known, and tells how many."""
    mapped = [
        source.name
        for source in bench.workspace.sources
        if any(s.kind == "deal" and "closed_at" in s.values for s in source.sections)
    ]
    for source in mapped:
        found = bench.connection.execute(
            """UPDATE new_deal SET closed_at = state__known, closed_at__known = state__known
               WHERE source = $s AND state IN ('won', 'lost') AND closed_at IS NULL AND state__known IS NOT NULL
               RETURNING record_id""",
            {"s": source},
        ).fetchall()
        if found:
            first = first_of(sorted(key for (key,) in found))
            sentence = f"{len(found):,} closed deals have no closing date: they count as closed when that was known"
            bench.notices.append(Notice("undated", f"{sentence} ({first})", source, "deal", "closed_at", len(found)))
