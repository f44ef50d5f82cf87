"""Reads one text as a moment: wholly, or not at all, with the reason. No tail and no zone is dropped."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from resolution.normalise.numbers import BLANKS
from resolution.normalise.placeholders import EMPTY_WORDS

EARLIEST, LATEST = 1900, 2199
NO_DAYS = frozenset(("1900-01-01", "1899-12-30", "1899-12-31", "0001-01-01", "9999-12-31", "2999-12-31", "0000-00-00"))
"""Days that systems write where there is none."""
ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
         "PST": -8, "PDT": -7, "MDT": -6, "EDT": -4}  # fmt: skip
"""Zone names with one meaning, and their hours; EST, CST, IST and BST have several, so they are refused."""
_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp][Mm])?)?"
)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?()()")
_ZONE = re.compile(r"\s*(Z|z|[+-]\d{2}(?::?\d{2})?|[A-Z]{3,4})$")
_HOURS = ("%H", "%I", "%X", "%c", "%-H", "%-I")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in naive UTC, or why it is none (empty: the text says that there is none)."""

    value: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class TimeRule:
    """How times of a column are written: the zone of texts without one, formats, an epoch ('s', 'ms', 'excel')."""

    zone: str = "UTC"
    formats: tuple[str, ...] = ()
    epoch: str = ""


@lru_cache(maxsize=200_000)
def read_moment(text: str, rule: TimeRule) -> Moment:
    """The moment (naive UTC) that a text is, or why it is none; a bare date is the end of that day."""
    body = re.sub(r"\s+", " ", text.translate(BLANKS)).strip()
    if body.lower() in EMPTY_WORDS or body[:10] in NO_DAYS:
        return Moment()
    read = _of_epoch(body, rule) if rule.epoch else _of_formats(body, rule) if rule.formats else _of_iso(body, rule)
    if isinstance(read, str):
        return Moment(why=read)
    if read.date().isoformat() in NO_DAYS:
        return Moment()
    if not EARLIEST <= read.year <= LATEST:
        short = "; a year of two digits is %y" if read.year < 100 else ""
        return Moment(why=f"has the year {read.year}, which is not from {EARLIEST} to {LATEST}{short}: correct it")
    return Moment(read)


def _of_epoch(body: str, rule: TimeRule) -> datetime | str:
    if not re.fullmatch(r"-?\d+(\.\d+)?([eE]\+?\d+)?", body):
        return f"is no number, as epoch = {rule.epoch!r} wants: correct it, or give format"
    number = float(body)
    try:
        if rule.epoch == "excel":
            read = datetime(1899, 12, 30) + timedelta(seconds=round(number * 86400))
            return read if "." in body else _end_of_day(read)
        read = datetime(1970, 1, 1) + timedelta(seconds=number / (1000 if rule.epoch == "ms" else 1))
    except OverflowError:
        return f"is too large for epoch = {rule.epoch!r}: is it in another unit?"
    if read.year < 1971 and number > 0:
        return f"is a day of {read.year} with epoch = {rule.epoch!r}: is it in another unit?"
    return read


def _of_formats(body: str, rule: TimeRule) -> datetime | str:
    read: dict[datetime, str] = {}
    for form in rule.formats:
        moment = _formatted(body, form, rule.zone)
        if moment is not None:
            read.setdefault(moment, form)
    if len(read) > 1:
        return f"could be {' or '.join(f'{m:%Y-%m-%d} ({f})' for m, f in read.items())}: name one format"
    if read:
        return next(iter(read))
    return f"is no date or time in the format {' or '.join(map(repr, rule.formats))}: correct it, or change format"


def _formatted(body: str, form: str, zone: str) -> datetime | None:
    timed = any(part in form for part in _HOURS)
    naive = _strptime(body, form)
    if naive is not None:
        return _end_of_day(naive) if not timed else naive if "%z" in form else _utc(naive, zone)
    found = _ZONE.search(body)
    if not timed or not found or (offset := _offset(found[1])) is None:
        return None
    naive = _strptime(body[: found.start()], form)
    return None if naive is None else naive - offset


def _strptime(body: str, form: str) -> datetime | None:
    """As `strptime`, with 24:00 as the end of the day."""
    day_end = "%H:%M" in form and re.search(r"\b24:00(:00)?\b", body)
    try:
        read = datetime.strptime(re.sub(r"\b24:00", "00:00", body) if day_end else body, form.replace("%-", "%"))
    except ValueError:
        return None
    read = read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
    return read + timedelta(days=1) if day_end else read


def _of_iso(body: str, rule: TimeRule) -> datetime | str:
    zone = _ZONE.search(body) if re.search(r"[Zz]$|\d{2}:\d{2}.*[+-]\d|T\d{4,6}.*[+-]\d|[A-Z]{3,4}$", body) else None
    naive = body
    offset: timedelta | None = None
    if zone and not re.search(r"\d\s*[AP]M$", body, re.IGNORECASE):
        offset = _offset(zone[1])
        naive = body[: zone.start()]
        if offset is None and (_ISO.fullmatch(naive) or _BASIC.fullmatch(naive)):
            return f"has the zone {zone[1]!r}, which has several meanings: export it with an offset such as +01:00"
    match = _ISO.fullmatch(naive) or _BASIC.fullmatch(naive)
    read = _from_parts(match) if match else None
    if match is None or read is None:
        return _why_no_time(body)
    if match[4] is None:
        return _end_of_day(read)
    return read - offset if offset is not None else _utc(read, rule.zone)


def _from_parts(match: re.Match[str]) -> datetime | None:
    year, month, date, hour, minute, second, part, half = match.groups()
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    late = hours == 24 and int(minute or 0) == int(second or 0) == 0
    try:
        read = datetime(
            int(year), int(month), int(date), 0 if late else hours, int(minute or 0), int(second or 0),
            int((part or "0")[:6].ljust(6, "0")),
        )  # fmt: skip
    except ValueError:
        return None
    return read + timedelta(days=1) if late else read


def _why_no_time(body: str) -> str:
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-](\d{2}|\d{4})(\s.*)?", body):
        return "is no date or time whose order is known: give format, such as '%d/%m/%Y' or '%m/%d/%Y'"
    if re.fullmatch(r"[2-7]\d{4}(\.\d+)?", body):
        return 'is no date or time, but looks like a serial number of Excel: set epoch = "excel"'
    if re.fullmatch(r"\d{10}|\d{13}", body):
        return f"is no date or time, but looks like an epoch: set epoch = {'s' if len(body) == 10 else 'ms'!r}"
    return "is no date or time that this mapping reads: correct it, or give format or epoch"


def _offset(zone: str) -> timedelta | None:
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return (size if zone[0] == "+" else -size) if size <= timedelta(hours=14) else None
    hours = ZONES.get(zone.upper())
    return None if hours is None else timedelta(hours=hours)


def _utc(naive: datetime, zone: str) -> datetime:
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def _end_of_day(day: datetime) -> datetime:
    return day.replace(hour=23, minute=59, second=59, microsecond=0)
