"""Own events: activities named in words of the user's own, which of them count, and the numbers that they carry."""

from collections.abc import Iterator

from resolution.sources.attributes import AttributeType
from resolution.staging.attribute_features import names_people, property_name
from resolution.staging.attribute_types import MAIL
from resolution.staging.notices import Notice
from resolution.staging.session import Bench

MOST = 60
"""Own events that become features; the most frequent ones."""
FEWEST = 10
"""An event that happened less often teaches nothing."""
NUMBERS = (AttributeType.NUMBER, AttributeType.MONEY, AttributeType.FLAG)
SHOWN = 12


def write_events(bench: Bench) -> None:
    """Writes `event_key` (each spelling's event) and `events` (each event and number of it) into `out`."""
    connection = bench.connection
    connection.execute(
        """CREATE TABLE out.event_key (said VARCHAR, key VARCHAR);
           CREATE TABLE out.events (key VARCHAR, event VARCHAR, property VARCHAR, name VARCHAR, type VARCHAR,
             filled BIGINT, feature BOOLEAN, why VARCHAR)"""
    )
    said = connection.execute(
        """SELECT said, first(name ORDER BY n DESC, name), sum(n)::BIGINT FROM (
             SELECT lower(trim(event)) AS said, trim(event) AS name, count(*) AS n FROM out.staged_activity
             WHERE trim(event) <> '' GROUP BY ALL)
           GROUP BY said ORDER BY 3 DESC, said"""
    ).fetchall()
    if not said:
        return
    people = names_people(bench, [name for _, name, _ in said])
    taken: set[str] = set()
    keys, events = [], []
    for word, name, times in said:
        key = property_name(name, taken)
        keys.append((word, key))
        why = _why_not(len(keys), times, personal=word in people or bool(MAIL.fullmatch(word)))
        events.append((key, name, None, name, "event", times, not why, why))
    connection.executemany("INSERT INTO out.event_key VALUES (?, ?)", keys)
    connection.executemany("INSERT INTO out.events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", events)
    connection.execute(
        f"""INSERT INTO out.events
            SELECT k.key, any_value(e.event), a.property, any_value(a.name), any_value(a.type), count(*),
                bool_and(e.feature), ''
            FROM out.staged_activity v JOIN out.event_key k ON k.said = lower(trim(v.event))
            JOIN out.events e ON e.key = k.key AND e.property IS NULL
            JOIN out.staged_attribute s ON s.kind = 'activity' AND s.source = v.source AND s.record_id = v.record_id
            JOIN out.attributes a ON a.kind = s.kind AND a.property = s.property
            WHERE s.number IS NOT NULL AND a.feature AND a.type IN {tuple(str(t) for t in NUMBERS)}
            GROUP BY k.key, a.property"""
    )
    bench.notices.extend(_told(bench))


def _why_not(place: int, times: int, *, personal: bool) -> str:
    if personal:
        return "names people"
    if times < FEWEST:
        return f"happened {times} time{'' if times == 1 else 's'}, fewer than {FEWEST}"
    return f"is one of more than {MOST} events, and others happened more often" if place > MOST else ""


def _told(bench: Bench) -> Iterator[Notice]:
    rows = bench.connection.execute(
        """SELECT e.event, e.filled, e.feature, e.why, list(n.name ORDER BY n.name) FILTER (n.name IS NOT NULL)
           FROM out.events e LEFT JOIN out.events n ON n.key = e.key AND n.property IS NOT NULL
           WHERE e.property IS NULL GROUP BY ALL ORDER BY e.filled DESC, e.event"""
    ).fetchall()
    counted = [
        f"{event} ({times:,}{', with ' + ', '.join(numbers) if numbers else ''})"
        for event, times, feature, _, numbers in rows
        if feature
    ]
    if counted:
        more = f" and {len(counted) - SHOWN} more" if len(counted) > SHOWN else ""
        some = "1 own event counts" if len(counted) == 1 else f"{len(counted)} own events count"
        yield Notice("events", f"{some}: {'; '.join(counted[:SHOWN])}{more}", "", "activity", "event", len(counted))
    left = [(event, why) for event, _, feature, why, _ in rows if not feature]
    for event, why in left[:SHOWN]:
        shown = "an event" if why == "names people" else f"event {event}"
        yield Notice("events", f"{shown} {why}: it is no feature", "", "activity", "event", 1)
    if len(left) > SHOWN:
        rest = f"{len(left) - SHOWN} further events are no features: they happened too seldom, or name people"
        yield Notice("events", rest, "", "activity", "event", len(left) - SHOWN)
