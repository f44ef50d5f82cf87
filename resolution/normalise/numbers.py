"""Reads one text as a number: wholly, or not at all, with the reason.

A text is read by its shape where only one reading is possible, and refused where two are.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from resolution.normalise.placeholders import EMPTY_WORDS

CODES = (
    "EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|ISK|TRY|UAH|RUB|CAD|AUD|NZD|JPY|CNY|INR|BRL|MXN|ZAR|AED|SGD|HKD|"
    "KRW|ILS|THB|IDR|MYR|PHP"
)
_UNIT = rf"(?:[A-Z]{{0,3}}[$€£¥₹₽₺₩₪₫₴฿₦]|(?:{CODES})|kr\.?|Kč|zł|Fr\.?|Lei|R\$)"
_SCALES = (
    (1e3, "k|K|tsd\\.?|thousand"), (1e6, "M|mio\\.?|Mio\\.?|mn|mln|million|millions|Millionen"),
    (1e9, "B|bn|mrd\\.?|Mrd\\.?|billion|billions"),
)  # fmt: skip
_SCALE = "|".join(words for _, words in _SCALES)
_AMOUNT = rf"(?:{_UNIT}\s*)?[\d.,' ]*\d[.,]?\s*(?:{_SCALE})?\s*{_UNIT}?"
_NUMBER = re.compile(
    rf"([-+]?)\s*(?:{_UNIT})?\s*([-+]?)\s*([\d.,' ]*\d[.,]?(?:[eE][-+]?\d{{1,3}})?|[.,]\d+)\s*({_SCALE})?"
    rf"\s*(?:{_UNIT})?\s*(%?)(-?)"
)
_BAND = re.compile(rf"({_AMOUNT})\s*(?:-|–|—|to|bis|até|\.\.+)\s*({_AMOUNT})", re.IGNORECASE)
_OVER = re.compile(
    rf"(?:(?:>=?|≥|over|more than|mehr als|über|from|ab)\s*({_AMOUNT})\+?|({_AMOUNT})\s*\+)", re.IGNORECASE
)
_UNDER = re.compile(rf"(?:<=?|≤|under|less than|up to|bis|unter|weniger als)\s*({_AMOUNT})", re.IGNORECASE)
BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\u2002\u2003", " ") | {"’": "'", "\u2212": "-"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or why it is none (empty: the text says that there is none). `note` is 'band' for a band."""

    value: float | None = None
    why: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class NumberRule:
    """How numbers of a column are written: decimal mark; whether the column's own values contradict it (`doubtful`);
    what a band such as 51-200 counts as ('low', 'middle' or ''); whether 80% is 0.8.
    """

    decimal: str = "."
    doubtful: bool = False
    band: str = ""
    share: bool = False


@lru_cache(maxsize=200_000)
def read_number(text: str, rule: NumberRule) -> Number:
    """The number that a text is, or why it is none."""
    body = re.sub(r"\s+", " ", text.translate(BLANKS)).strip()
    if body.lower() in EMPTY_WORDS:
        return Number()
    found = _amount(body, rule)
    if not isinstance(found, str):
        return Number(found) if math.isfinite(found) else Number(why="is no finite number")
    band = _band(body, rule)
    if band is None:
        return Number(why=found)
    if not rule.band:
        return Number(
            why='is a band, not a number: set band = "low" (its lower bound) or "middle" (the geometric mean of both)'
        )
    low, high = band
    middle = rule.band == "middle" and low > 0 and math.isfinite(high)
    return Number(math.sqrt(low * high) if middle else low, note="band")


def _amount(body: str, rule: NumberRule) -> float | str:
    """A number with its sign, unit and scale, or the reason why it is none."""
    sign = 1.0
    if match := re.fullmatch(r"\((.+)\)", body):
        sign, body = -1.0, match[1].strip()
    match = _NUMBER.fullmatch(body)
    if not match:
        return f"is no number with decimal {rule.decimal!r}: correct it, or set decimal"
    before, inside, digits, scale, percent, after = match.groups()
    if sum(bool(s) for s in (before, inside, after, sign < 0)) > 1:
        return "has two signs: correct it"
    own, other = (by_mark(digits.strip(), mark) for mark in (rule.decimal, "," if rule.decimal == "." else "."))
    if own is None and other is None:
        return f"is no number with decimal {rule.decimal!r}: correct it, or set decimal"
    if own is not None and other is not None and own != other and rule.doubtful:
        return f"could be {own:g} or {other:g}: other rows do not write {rule.decimal!r} as decimal mark; set decimal"
    value = own if own is not None else other or 0.0
    factor = next((f for f, words in _SCALES if scale and re.fullmatch(words, scale)), 1.0)
    factor *= 0.01 if percent and rule.share else 1.0
    return value * factor * (-sign if "-" in (before, inside, after) else sign)


def by_mark(digits: str, mark: str) -> float | None:
    """The digits with `mark` before the decimals, or None if they cannot be read so."""
    group, m = ("," if mark == "." else "."), re.escape(mark)
    for between in (group, " ", "'"):
        g = re.escape(between)
        indian = rf"|[1-9]\d?(?:{g}\d{{2}})+{g}\d{{3}}(?:{m}\d*)?" if between == "," else ""
        if re.fullmatch(rf"[1-9]\d{{0,2}}(?:{g}\d{{3}})+(?:{m}\d*)?{indian}", digits):
            return float(digits.replace(between, "").replace(mark, "."))
    if re.fullmatch(rf"(?:\d+(?:{m}\d*)?|{m}\d+)(?:[eE][-+]?\d{{1,3}})?", digits):
        return float(digits.replace(mark, "."))
    return None


def _band(body: str, rule: NumberRule) -> tuple[float, float] | None:
    """Both bounds of a band."""
    if match := _BAND.fullmatch(body):
        scale = re.search(rf"({_SCALE})\s*{_UNIT}?$", match[2].strip())
        first = match[1].strip()
        if scale and not re.search(rf"({_SCALE})\s*{_UNIT}?$", first):
            first += scale[1]
        low, high = _amount(first, rule), _amount(match[2].strip(), rule)
    elif match := _OVER.fullmatch(body):
        low, high = _amount((match[1] or match[2]).strip(), rule), math.inf
    elif match := _UNDER.fullmatch(body):
        low, high = 0.0, _amount(match[1].strip(), rule)
    else:
        return None
    return (low, high) if not isinstance(low, str) and not isinstance(high, str) and low < high else None
