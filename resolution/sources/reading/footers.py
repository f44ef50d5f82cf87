"""Tells a report's footer from its records: totals, notices, lines padded with delimiters, rows without any value."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

HELD = 80
"""Records held back while reading, among which a footer at the end is looked for."""
SUMS = (
    "grand total|subtotal|sub-total|total|totals|grand totals|subtotals|sub-totals|sum|gesamt|gesamtsumme|summe|"
    "zwischensumme|total général|total general|sous-total|somme|totale|subtotale|suma|razem|totaal|subtotaal|summa|"
    "celkem|összesen|итого|всего|合計|小計|总计|合计"
)
SUM = re.compile(rf"(?:{SUMS})s?\s*(?:[:：]|\(.*\)|of .*|\d[\d,. ]*)?\s*(?:records?|rows?)?", re.IGNORECASE)
PLAIN_SUM = re.compile(r"totals?|sum|total general|summa|suma|totale|totaal", re.IGNORECASE)
"""Words that can be a company's name as well: a sum only where a number stands beside them or at the end."""
NOTICE = re.compile(
    r"confidential|copyright|©|\(c\)\s*\d{4}|all rights reserved|do not distribute|generated (?:by|on|at|:)|"
    r"exported (?:by|on|at|from)|export(?:ed)? date|report (?:run|generated|name|date|end)|run (?:by|on|date)|"
    r"printed (?:by|on)|as of \d|page \d+|^\s*\d[\d,. ]* (?:rows?|records?|results?|items?|entries)\b|"
    r"(?:rows?|records?|record count|number of \w+)\s*(?:returned|exported|total)?\s*[:=]\s*\d|"
    r"end of (?:file|report|list)|salesforce\.com|filters? applied|vertraulich|erstellt am|confidentiel|confidencial",
    re.IGNORECASE,
)
NUMBER = re.compile(r"[-+(]?\s*(?:[A-Z]{3}\s*)?[$€£¥]?\s*[-+]?\d[\d.,'\s\u00a0]*\s*(?:%|[$€£¥]|[A-Z]{3})?\)?")
SUSPECT = re.compile(
    rb"(?im)^[\s,;|\t\"]*(?:grand |sub-?)?(?:total|sum|sous-total|gesamt|zwischensumme|razem|celkem"
    rb"|confidential|copyright|\xc2\xa9|\(c\)|\xc3\xb6sszesen|\xd0\x98\xd1\x82\xd0\xbe\xd0\xb3|\xd0\x92\xd1\x81\xd0\xb5\xd0\xb3\xd0\xbe"
    rb"|\xe5\x90\x88|\xe5\xb0\x8f|\xe6\x80\xbb)|^[,;|\t\" ]+$"
)
"""Lines for which it is worth looking at every row of a file."""


@dataclass(slots=True)
class Row:
    """One record: the line it begins on, its cells, its text as far as it is known, and why it is broken if it is."""

    line: int
    cells: Sequence[str]
    text: str = ""
    why: str | None = None
    after_blank: bool = False


@dataclass(slots=True)
class Dropped:
    """What was left out: the lines and texts of a footer's rows, and how many rows had no value."""

    footer: list[tuple[int, str]] = field(default_factory=list)
    blank: int = 0

    def notes(self, name: str) -> list[str]:
        """A sentence for each reason, with the count and the first lines."""
        told = []
        if self.footer:
            self.footer.sort()
            shown = "; ".join(f"{n}: {text[:60]!r}" for n, text in self.footer[:4]) + ("; …" if self.footer[4:] else "")
            rows = "1 row" if len(self.footer) == 1 else f"{len(self.footer)} rows"
            told.append(f"{name}: {rows} of totals or notices left out, on line {shown}; footer = false keeps them")
        if self.blank:
            told.append(f"{name}: {self.blank} {'row' if self.blank == 1 else 'rows'} without any value left out")
        return told


def without_footers(rows: Iterable[Row], width: int, dropped: Dropped, *, footer: bool) -> Iterator[Row]:
    """The rows that are records, or broken ones; others are noted in `dropped`. Without `footer` only blank ones go."""
    held: deque[Row] = deque()
    blank = False
    for row in rows:
        if row.why is None and not any(c.strip() for c in row.cells):
            blank = True
            dropped.blank += bool(len(row.cells) > 1)
            continue
        row.after_blank, blank = blank, False
        if not footer:
            yield row
            continue
        if _is_sum(row, width, last=False):
            dropped.footer.append((row.line, _shown(row)))
            continue
        held.append(row)
        if len(held) > HELD:
            yield held.popleft()
    yield from _without_end(held, width, dropped)


def _without_end(held: deque[Row], width: int, dropped: Dropped) -> Iterator[Row]:
    """Takes sums and notices off the end; prose only where a blank line stands between it and the table."""
    rows = list(held)
    end, before = len(rows), -1
    while end != before:
        before = end
        while end and (_is_sum(rows[end - 1], width, last=True) or _is_notice(rows[end - 1], width)):
            end -= 1
        prose = end
        while prose and _prose(rows[prose - 1], width):
            prose -= 1
        end = next((i for i in range(prose, end) if rows[i].after_blank), end)
    dropped.footer += [(row.line, _shown(row)) for row in rows[end:]]
    yield from rows[:end]


def _filled(row: Row) -> list[str]:
    return [c.strip() for c in row.cells if c.strip()]


def _shown(row: Row) -> str:
    return " ".join(" ".join(_filled(row)).split()) or row.text.strip()


def _is_sum(row: Row, width: int, *, last: bool) -> bool:
    """A sum's word in the first filled cell, only numbers beside it, and a cell left blank."""
    filled = _filled(row)
    if not filled or len(filled) >= width > 1 or not SUM.fullmatch(filled[0]):
        return False
    if not all(NUMBER.fullmatch(c) for c in filled[1:]):
        return False
    return last or len(filled) > 1 or not PLAIN_SUM.fullmatch(filled[0])


def _is_notice(row: Row, width: int) -> bool:
    filled = _filled(row)
    return len(filled) in (1, 2) and len(filled) < max(width, 2) and bool(NOTICE.search(" ".join(filled)))


def _prose(row: Row, width: int) -> bool:
    """One cell with several words, in a table of several columns."""
    filled = _filled(row)
    return width > 1 and len(filled) == 1 and " " in filled[0]
